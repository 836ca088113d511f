"""The tables; a room for each kind, and one door to all."""

from services.db.tables.alerts import (
    ALERT_IS_OPEN,
    ALERT_IS_SHOWN,
    RECORD_IS_UNSOLVED,
    alert_events,
    alert_posts,
    alert_records,
    alerts,
)
from services.db.tables.digests import digests
from services.db.tables.firms import firms, members
from services.db.tables.imports import import_rows, imports
from services.db.tables.installations import installations, used_states
from services.db.tables.machinery import (
    CAME_TO_NOTHING,
    ENTRY_IS_OPEN,
    audit,
    audit_heads,
    connections,
    consents,
    leases,
    messengers,
    outbox,
)
from services.db.tables.metadata import metadata
from services.db.tables.records import (
    NOTICE_IS_BEHIND,
    POSTING_IS_BEHIND,
    allocations,
    clients,
    invoice_lines,
    invoices,
    payments,
    refunds,
)
from services.db.tables.schema import schema_fits

__all__ = [
    "ALERT_IS_OPEN",
    "ALERT_IS_SHOWN",
    "CAME_TO_NOTHING",
    "ENTRY_IS_OPEN",
    "NOTICE_IS_BEHIND",
    "POSTING_IS_BEHIND",
    "RECORD_IS_UNSOLVED",
    "alert_events",
    "alert_posts",
    "alert_records",
    "alerts",
    "allocations",
    "audit",
    "audit_heads",
    "clients",
    "connections",
    "consents",
    "digests",
    "firms",
    "import_rows",
    "imports",
    "installations",
    "invoice_lines",
    "invoices",
    "leases",
    "members",
    "messengers",
    "metadata",
    "outbox",
    "payments",
    "refunds",
    "schema_fits",
    "used_states",
]
