"""Payments that are posted to the channel that they were recorded in."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BARRIERS = "'not_allowed', 'not_private', 'shared', 'out_of_reach'"
RULES = {
    "posting_barrier_is_known": f"posting_barrier IN ({BARRIERS})",
    "posted_until_a_barrier": "(posting_due_at IS NOT NULL) = "
    "(posting_channel IS NOT NULL AND posting_barrier IS NULL)",
}


def upgrade() -> None:
    with op.batch_alter_table("payments") as batch:
        for name in ("posting_channel", "posting_ts", "posting_barrier"):
            batch.add_column(sa.Column(name, sa.String(), nullable=True))
        batch.add_column(sa.Column("posting_due_at", sa.BigInteger(), nullable=True))
        for name in ("posting_version", "posting_attempt"):
            zero = sa.text("0")
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=zero))
        for name, rule in RULES.items():
            batch.create_check_constraint(op.f(f"ck_payments_{name}"), sa.text(rule))
    op.create_index(
        "ix_payments_posting_behind",
        "payments",
        ["posting_due_at"],
        sqlite_where=sa.text("posting_due_at IS NOT NULL AND posting_version < version"),
        postgresql_where=sa.text("posting_due_at IS NOT NULL AND posting_version < version"),
    )
