"""The audit is a chain for each firm, and refuses to be changed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AT_ONCE = 1_000  # Rows.
BEFORE_THE_FIRST = "0" * 64
REFUSAL = "the audit is never changed, only added to"
KEPT = (*("firm_id", "at", "actor", "action", "record_kind", "record_id", "change", "intuit_tid"),)
COLUMNS = [sa.column(name, sa.JSON() if name == "change" else None) for name in KEPT]
BEFORE = sa.table("audit_before", sa.column("id"), *COLUMNS)
AFTER = sa.table(
    "audit", sa.column("sequence"), sa.column("hash"), *(sa.column(c.name, c.type) for c in COLUMNS)
)


def upgrade() -> None:
    op.drop_index("ix_audit_record", "audit")
    op.drop_index("ix_audit_of_firm", "audit")
    op.rename_table("audit", "audit_before")
    if op.get_bind().dialect.name == "postgresql":  # There the key keeps its name.
        op.execute("ALTER TABLE audit_before RENAME CONSTRAINT pk_audit TO pk_audit_before")
    _create_audit()
    op.create_table(
        "audit_heads",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_audit_heads_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_audit_heads")),
    )
    _keep_by_triggers()
    _chain()
    op.drop_table("audit_before")
    op.create_index("ix_audit_record", "audit", ["record_id", "sequence"])
    op.create_index("ix_audit_of_firm", "audit", ["firm_id", "at"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("firm_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("qbo_id", sa.String(), nullable=True),
        sa.Column("intuit_tid", sa.String(), nullable=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms.id"], name=op.f("fk_audit_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "sequence", name=op.f("pk_audit")),
    )


def _chain() -> None:
    """What was written before is chained in the order in which it was written."""
    ends: dict[str, tuple[int, str]] = {}
    for rows in _pages():
        chained = []
        for row in rows:
            sequence, before = ends.get(row["firm_id"], (0, BEFORE_THE_FIRST))
            said = {**{name: row[name] for name in KEPT}, "sequence": sequence + 1}
            chained.append({**said, "hash": _seal(said, before)})
            ends[row["firm_id"]] = (sequence + 1, chained[-1]["hash"])
        op.get_bind().execute(sa.insert(AFTER), chained)


def _pages() -> Iterator[Sequence[sa.RowMapping]]:
    query, last = sa.select(BEFORE).order_by(BEFORE.c.id).limit(AT_ONCE), 0
    while rows := op.get_bind().execute(query.where(BEFORE.c.id > last)).mappings().all():
        yield rows
        last = rows[-1]["id"]


def _seal(row: Mapping[str, Any], before: str) -> str:
    """As the program does it; it was drawn here as it was then."""
    said = {name: value for name, value in row.items() if value is not None}
    text = json.dumps([before, said], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _keep_by_triggers() -> None:
    """What was written stays, and each row moves the end of its chain."""
    move = (
        "INSERT INTO audit_heads (firm_id, sequence, hash)"
        " VALUES (NEW.firm_id, NEW.sequence, NEW.hash) ON CONFLICT (firm_id)"
        " DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"
    )
    if op.get_bind().dialect.name == "postgresql":
        _create_function("audit_refuses", f"RAISE EXCEPTION '{REFUSAL}'")
        _create_function("audit_moves_head", f"{move}; RETURN NULL")
        op.execute(
            "CREATE TRIGGER audit_refuses_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
        )
        op.execute(
            "CREATE TRIGGER audit_moves_head AFTER INSERT ON audit"
            " FOR EACH ROW EXECUTE FUNCTION audit_moves_head()"
        )
        return
    refuse = f"SELECT RAISE(ABORT, '{REFUSAL}')"
    op.execute(f"CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit BEGIN {refuse}; END")
    op.execute(f"CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit BEGIN {refuse}; END")
    op.execute(f"CREATE TRIGGER audit_moves_head AFTER INSERT ON audit BEGIN {move}; END")


def _create_function(name: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$"
    )
