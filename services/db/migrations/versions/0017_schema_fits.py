"""Since when a program fits the schema."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
fits_since = "0017"  # Earlier programs take no schema but their own.


def upgrade() -> None:
    op.create_table(
        "schema_fits",
        sa.Column("since", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("since", name=op.f("pk_schema_fits")),
    )
