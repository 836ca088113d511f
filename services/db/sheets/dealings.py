"""Sheets of what was done: with QuickBooks, with the team, and by whom."""

import json

from sqlalchemy import select

from services.db.columns import Sealed
from services.db.sheets.sheet import Sheet, plain, text
from services.db.tables import alerts, audit, connections, outbox

_TOLD = [column for column in connections.c if not isinstance(column.type, Sealed)]

COMPANIES = Sheet(
    "companies",
    select(*_TOLD).order_by(connections.c.firm_id),
    connections.c.firm_id,
    {
        "Company": plain("company_name"),
        "Country": plain("country"),
        "Currency": plain("currency"),
        "QuickBooks id": plain("realm_id"),
        "State": plain("state"),
        "Lost because": plain("lost_because"),
        "Connected by": plain("connected_by"),
        "Connected at (UTC)": plain("connected_at"),
        "Last success (UTC)": plain("last_success_at"),
        "Workspace": plain("firm_id"),
    },
)

PUSHES = Sheet(
    "pushes",
    select(outbox).order_by(outbox.c.id),
    outbox.c.firm_id,
    {
        "Record kind": plain("record_kind"),
        "Record id": text("record_id"),
        "Operation": plain("operation"),
        "State": plain("state"),
        "Attempts": plain("attempt"),
        "Waits for": plain("waits_for"),
        "Asked for by": plain("requested_by"),
        "Asked for at (UTC)": plain("created_at"),
        "First sent at (UTC)": plain("first_sent_at"),
        "Last sent at (UTC)": plain("last_sent_at"),
        "Settled at (UTC)": plain("settled_at"),
        "Request id": plain("request_id"),
        "Workspace": plain("firm_id"),
    },
)

ALERTS = Sheet(
    "alerts",
    select(alerts).order_by(alerts.c.firm_id, alerts.c.opened_at, alerts.c.id),
    alerts.c.firm_id,
    {
        "Kind": plain("kind"),
        "About": plain("about"),
        "Opened at (UTC)": plain("opened_at"),
        "Resolved at (UTC)": plain("resolved_at"),
        "Claimed by": plain("claimed_by"),
        "Snoozed by": plain("snoozed_by"),
        "Snoozed until (UTC)": plain("snoozed_until"),
        "Workspace": plain("firm_id"),
        "Id": text("id"),
    },
)

AUDIT = Sheet(
    "audit",
    select(audit).order_by(audit.c.firm_id, audit.c.sequence),
    audit.c.firm_id,
    {
        "At (UTC)": plain("at"),
        "Who": plain("actor"),
        "Role": plain("role"),
        "What": plain("action"),
        "Record kind": plain("record_kind"),
        "Record id": plain("record_id"),
        "Change": lambda row: json.dumps(row.change, ensure_ascii=False, sort_keys=True),
        "QuickBooks id": plain("qbo_id"),
        "Intuit's tid": plain("intuit_tid"),
        "Workspace": plain("firm_id"),
        "Entry": plain("sequence"),
        "Hash": plain("hash"),
    },
)
