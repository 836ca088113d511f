"""Which failure of a payment was told, and indexes for lists and for payments that look alike."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.Column("told_generation", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("payments", told)
    # What has failed before this release stands in its message: it is not told anew.
    op.execute("UPDATE payments SET told_generation = generation")
    op.create_index("ix_payments_of_status", "payments", ["firm_id", "status", "number"])
    alike = ["client_id", "amount_minor", "received_on"]
    op.create_index("ix_payments_alike", "payments", alike)
