"""Indexes with which many years of payments are as fast as the first one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "state IN ('pending', 'sending', 'unconfirmed')"
SOUGHT = ["firm_id", "number", "voided", "method", "amount_minor", "received_on", "reference"]


def upgrade() -> None:
    for table in ("clients", "invoices", "payments", "refunds"):
        _keep_in_view(table)
    op.create_index("ix_invoices_latest", "invoices", ["firm_id", "created_at", "id"])
    of_status = ["firm_id", "status", "created_at", "id"]
    op.create_index("ix_invoices_of_status", "invoices", of_status)
    op.create_index("ix_refunds_of_status", "refunds", ["firm_id", "status"])
    _create("ix_refunds_tied", "refunds", ["firm_id", "qbo_id"], "qbo_id IS NOT NULL")
    of_day = ["firm_id", "received_on", "number", "voided"]
    op.create_index("ix_payments_of_day", "payments", of_day)
    op.create_index("ix_payments_sought", "payments", SOUGHT)
    op.create_index(
        "ix_payments_void",
        "payments",
        ["firm_id", "number"],
        sqlite_where=sa.text("voided = 1"),
        postgresql_where=sa.text("voided"),
    )
    op.create_index("ix_payments_of_client", "payments", ["client_id", "number"])
    op.drop_index("ix_payments_client_id", "payments")
    op.drop_index("ix_outbox_due", "outbox")
    _create("ix_outbox_due", "outbox", ["firm_id", "due_at"], OPEN)
    nothing = "state IN ('failed', 'skipped')"
    _create("ix_outbox_came_to_nothing", "outbox", ["record_id"], nothing)


def _keep_in_view(table: str) -> None:
    trouble = "(status = 'failed' OR note_cause IS NOT NULL)"
    _create(f"ix_{table}_need_a_person", table, ["firm_id", "created_at"], trouble)
    _create(f"ix_{table}_suspected", table, ["firm_id", "twin_id"], "twin_id IS NOT NULL")


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    """Of those rows alone where the condition holds."""
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
