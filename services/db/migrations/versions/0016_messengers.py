"""Which process carries the messages of which firm."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "messengers",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_messengers_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_messengers")),
    )
