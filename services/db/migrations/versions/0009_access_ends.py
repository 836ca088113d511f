"""When the access to a company ends, however often its tokens are refreshed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("access_ends_at", sa.BigInteger(), nullable=True))
