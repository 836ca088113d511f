"""A digest of each week, told once, and found without walking through all years."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "firms",
        sa.Column("weekly_digest", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.create_table(
        "digests",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_digests_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "week_on", name=op.f("pk_digests")),
    )
    op.create_index("ix_payments_recorded", "payments", ["firm_id", "created_at"])
    op.create_index("ix_audit_of_firm", "audit", ["firm_id", "at"])
