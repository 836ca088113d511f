"""Which failure of a refund was told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.Column("told_generation", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("refunds", told)
    # What has failed before this release is not told anew.
    op.execute("UPDATE refunds SET told_generation = generation")
