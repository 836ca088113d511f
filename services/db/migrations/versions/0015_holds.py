"""Companies that nothing is sent to until an operator has looked."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("held_at", sa.BigInteger(), nullable=True))
