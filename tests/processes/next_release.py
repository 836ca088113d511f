"""A copy of the program as its next release could be: it adds to the schema, and uses that."""

import shutil
from pathlib import Path

from services.db.schema import newest
from tests.world import ROOT

PARTS = ("bot", "handlers", "services", "sandbox")
REVISION = "next"
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision = {REVISION!r}
down_revision = {{before!r}}
branch_labels = None
depends_on = None
fits_since = {{before!r}}


def upgrade() -> None:
    op.add_column("payments", sa.Column("release", sa.String()))
    op.create_index("ix_payments_release", "payments", ["release"])
    op.create_table(
        "releases",
        sa.Column("firm_id", sa.String(), sa.ForeignKey("firms.id"), primary_key=True),
        sa.Column("release", sa.String(), nullable=False),
    )
"""
TABLES = f"""
from sqlalchemy import Column, String

payments.append_column(Column("release", String, default={REVISION!r}))
"""


def build(folder: Path) -> Path:
    """Every payment that it records says so, in a column that today's program knows nothing of."""
    code = folder / "next_release"
    for part in PARTS:
        shutil.copytree(ROOT / part, code / part, ignore=shutil.ignore_patterns("__pycache__"))
    migration = code / "services/db/migrations/versions/next.py"
    migration.write_text(MIGRATION.format(before=newest()))
    with (code / "services/db/tables/__init__.py").open("a") as tables:
        tables.write(TABLES)
    return code
