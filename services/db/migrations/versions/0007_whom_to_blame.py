"""What is to blame for a failure, and how Intuit's support finds the answer that said so."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RECORDS = {"clients": "client", "invoices": "invoice", "payments": "payment", "refunds": "refund"}
RULE = "(cause IS NULL) = (blame IS NULL) AND (note_cause IS NULL) = (note_blame IS NULL)"


def upgrade() -> None:
    for table, kind in RECORDS.items():
        for column in ("blame", "note_blame"):
            op.add_column(table, sa.Column(column, sa.String(length=200), nullable=True))
        for column in ("tid", "note_tid"):
            op.add_column(table, sa.Column(column, sa.String(), nullable=True))
        _blame_each_on_itself(table, kind)
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_a_cause_has_its_blame"), sa.text(RULE))
    for column in ("refused_code", "refused_tid"):
        op.add_column("outbox", sa.Column(column, sa.String(), nullable=True))


def _blame_each_on_itself(table: str, kind: str) -> None:
    """What an earlier release was told of a failure does not say what was at the root of it."""
    names = ("cause", "blame", "note_cause", "note_blame")
    records = sa.table(table, sa.column("id"), *(sa.column(name, sa.String()) for name in names))
    digits = sa.func.replace(sa.func.lower(sa.cast(records.c.id, sa.String())), "-", "")
    for cause, blame in (("cause", "blame"), ("note_cause", "note_blame")):
        said = records.c[cause]
        itself = said + sa.literal(f":{kind} ") + digits
        op.execute(records.update().where(said.is_not(None)).values({blame: itself}))
