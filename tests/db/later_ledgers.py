"""What each later release added to a ledger: rows in its new tables, values in its new columns."""

import json
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from tests.builders import ANNA, FIRM, OTHER_FIRM
from tests.db.the_first_ledger import AT, MINUTE, Row, a_record, change, client_id, fill, number_of
from tests.db.the_first_ledger import payment_id as payment

OLIVIA = "U0OLIVIA"
DAY = date(2026, 11, 2)


def add_what_came_with(revision: str, connection: Connection) -> None:
    for table, rows in ADDED.get(revision, {}).items():
        fill(connection, table, rows)
    for table, values, where in CHANGED.get(revision, ()):
        change(connection, table, values, where)


def _invoice_id(number: int) -> UUID:
    return number_of("c", number)


def _alert_id(number: int) -> UUID:
    return number_of("e", number)


def _invoice(number: int, status: str, **known: object) -> Row:
    facts = {
        "number": f"INV-{number}",
        "number_key": f"inv-{number}",
        "client_id": client_id(1),
        "total_minor": 100_000,
        "currency": "USD",
        "invoiced_on": DAY,
        "due_on": DAY,
        "item_id": "1",
        "voided": False,
        "submission_id": f"VI{number}",
        "submission_digest": f"digest of {number}",
    }
    return {**a_record(_invoice_id(number), status, **facts), **known}


def _refund(number: int, status: str, **known: object) -> Row:
    facts = {
        "number": number,
        "payment_id": payment(1003),
        "amount_minor": 100,
        "currency": "USD",
        "reason": "sale_reversed",
        "account_id": "35",
        "refunded_on": DAY,
        "applied": False,
        "voided": False,
        "submission_id": f"VR{number}",
        "submission_digest": f"digest of {number}",
    }
    return {**a_record(number_of("d", number), status, **facts), **known}


def _alert(number: int, kind: str, about: str, **known: object) -> Row:
    return {
        "id": _alert_id(number),
        "firm_id": FIRM,
        "kind": kind,
        "about": about,
        "opened_at": AT,
        "speak_at": AT,
        "resolved_at": None,
        "done": False,
        "claimed_by": None,
        "snoozed_until": None,
        "snoozed_by": None,
        **known,
    }


def _post(number: int, what: str, **known: object) -> Row:
    return {
        "alert_id": _alert_id(number),
        "place": "C0ALERTS",
        "what": what,
        "attempt": 0,
        "due_at": AT,
        "posted_at": None,
        "channel": None,
        "ts": None,
        "shown": None,
        "lost": False,
        **known,
    }


def _event(act: str, by: list[str], until: int | None = None) -> Row:
    told = {"alert_id": _alert_id(1), "act": act, "at": AT, "by": json.dumps(by)}
    return {**told, "count": 1, "until": until, "words": "Books closed"}


def _installation(firm: str, **known: object) -> Row:
    return {
        "firm_id": firm,
        "enterprise_id": None,
        "bot_token": b"encrypted bot",
        "refresh_token": b"encrypted refresh",
        "expires_at": AT,
        "bot_id": "B0BOT",
        "bot_user_id": "U0BOT",
        "scopes": "chat:write,commands",
        "installed_by": OLIVIA,
        "installed_at": AT,
        "removed_at": None,
        "refresh_epoch": 3,
        "refresh_until": None,
        **known,
    }


_NO_TOKENS = {"bot_token": None, "refresh_token": None, "expires_at": None}
_NOTE = {"note_operation": "update", "note_cause": "closed_period", "note_detail": "closed"}
_POSTED = {"posting_channel": "C0MONEY", "posting_ts": "1793638800.2"}
_CLOSED = f"closed_period:payment {payment(1004).hex}"
_LINE = {"invoice_id": _invoice_id(1001), "quantity": "1.5", "unit_price_minor": 100}
_ALLOCATION = {"payment_id": payment(1003), "left_out": False}
_IMPORT = {"id": number_of("f", 1), "firm_id": FIRM, "kind": "client", "requested_by": ANNA}
ADDED: dict[str, dict[str, list[Row]]] = {
    "0002": {
        "invoices": [
            _invoice(1001, "synced", qbo_id="160"),
            _invoice(1002, "failed", cause="tax_code", detail="It needs a tax code"),
            _invoice(1003, "not_synced", generation=0, voided=True),
        ],
        "invoice_lines": [
            {**_LINE, "position": 1, "description": "Advice"},
            {**_LINE, "position": 2, "description": "“More” advice"},
        ],
        "allocations": [
            {
                **_ALLOCATION,
                "invoice_id": _invoice_id(1001),
                "amount_minor": 5,
                "wanted_minor": None,
            },
            {**_ALLOCATION, "invoice_id": _invoice_id(1002), "amount_minor": 0, "wanted_minor": 7},
        ],
        "refunds": [
            _refund(1001, "synced", qbo_id="170"),
            _refund(1002, "failed", cause="closed_period", detail="closed"),
        ],
    },
    "0010": {
        "alerts": [
            _alert(1, "failures", _CLOSED, snoozed_until=AT, snoozed_by=ANNA, claimed_by=ANNA),
            _alert(2, "connection", "", resolved_at=AT, done=True),
        ],
        "alert_records": [
            {
                "alert_id": _alert_id(1),
                "record_id": payment(1004),
                "record_kind": "payment",
                "solved_at": None,
            }
        ],
        "alert_posts": [
            _post(1, "alert", posted_at=AT, channel="C0ALERTS", ts="1793638800.1", shown="{}"),
            _post(2, "alert", lost=True),
        ],
        "alert_events": [_event("claimed", [ANNA]), _event("snoozed", [ANNA], AT + MINUTE)],
    },
    "0011": {
        "digests": [
            {
                "firm_id": FIRM,
                "week_on": DAY,
                "due_at": AT,
                "attempt": 1,
                "posts": "[]",
                "ended_at": AT,
            }
        ]
    },
    "0012": {
        "installations": [
            _installation(FIRM),
            _installation(OTHER_FIRM, removed_at=AT, **_NO_TOKENS),
        ],
        "used_states": [{"digest": "d2", "expires_at": AT}],
    },
    "0014": {
        "imports": [
            {
                **_IMPORT,
                "begun_at": AT,
                "accepted_at": AT,
                "finished_at": None,
                "added": 1,
                "there": 0,
                "left_out": "[]",
            }
        ],
        "import_rows": [
            {
                "import_id": _IMPORT["id"],
                "position": 1,
                "record": json.dumps({"name": "Fir", "email": None}),
            }
        ],
    },
    "0016": {
        "messengers": [{"firm_id": FIRM, "holder": "vm:1:ab", "expires_at": AT}],
    },
}
_EVERY = "1 = 1"
CHANGED: dict[str, list[tuple[str, Row, str]]] = {
    "0002": [
        ("payments", {**_NOTE, "deposit_account_id": "35"}, "number = 1003"),
        ("payments", {"cause": "possible_twin", "twin_id": "9"}, "number = 1005"),
        ("payments", {"voided": True}, "number = 1008"),
        ("clients", {"excluded": True}, "name = 'Dogwood'"),
        ("firms", {"deposit_account_id": "35", "method_accounts": '{"Check": "35"}'}, _EVERY),
        ("firms", {"service_item_id": "1", "start_on": DAY, "twin_window_days": 3}, _EVERY),
        ("firms", {"next_invoice_number": 1004, "next_refund_number": 1003}, _EVERY),
        ("connections", {"books_closed_until": DAY, "invoices_need_tax": True}, _EVERY),
        ("connections", {"company_read_at": AT}, _EVERY),
        ("outbox", {"then_operation": "delete", "same_answers": 1}, "id = 7"),
        ("outbox", {"override_cause": "possible_twin", "override_twin": "9"}, "id = 7"),
    ],
    "0003": [
        ("firms", {"admins": '["U0OLIVIA"]', "posting_channels": '["C0MONEY"]'}, _EVERY),
        ("firms", {"alert_channel": "C0ALERTS", "alert_rhythm": "hourly"}, _EVERY),
        ("firms", {"quiet_from": "22:00:00", "quiet_until": "07:00:00"}, _EVERY),
    ],
    "0004": [("payments", {"told_generation": 0}, "number = 1004")],
    "0006": [("refunds", {"told_generation": 0}, "number = 1002")],
    "0007": [
        ("payments", {"tid": "1-abc"}, "number = 1004"),
        ("outbox", {"refused_code": "610", "refused_tid": "1-abc"}, "id = 7"),
    ],
    "0008": [
        ("payments", {**_POSTED, "posting_due_at": AT, "posting_version": 1}, "number = 1003"),
        ("payments", {**_POSTED, "posting_barrier": "shared"}, "number = 1004"),
    ],
    "0009": [("connections", {"access_ends_at": AT}, _EVERY)],
    "0011": [("firms", {"weekly_digest": False}, _EVERY)],
    "0015": [("connections", {"held_at": AT}, _EVERY)],
}
