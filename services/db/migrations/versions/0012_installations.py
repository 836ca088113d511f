"""The workspaces that Counterfoil is installed in, each with tokens of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.String(), nullable=True),
        sa.Column("bot_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("installed_by", sa.String(), nullable=False),
        sa.Column("installed_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("refresh_epoch", sa.Integer(), nullable=False),
        sa.Column("refresh_until", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (bot_token IS NOT NULL)",
            name=op.f("ck_installations_removed_keeps_no_token"),
        ),
        sa.CheckConstraint(
            "(refresh_token IS NULL) = (expires_at IS NULL)",
            name=op.f("ck_installations_what_expires_can_be_refreshed"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_installations_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_installations")),
    )
    op.create_table(
        "used_states",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_used_states")),
    )
