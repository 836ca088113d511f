"""A ledger as the first release left it: every status, every state, written as it was then."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.domain.ids import PaymentId
from tests.builders import ANNA, FIRM, OTHER_FIRM, REALM
from tests.db.revisions import bring_to, opened

AT = 1_793_638_800_000_000  # 2026-11-02 17:00 UTC, in microseconds.
MINUTE = 60_000_000
Row = dict[str, Any]


def number_of(prefix: str, number: int) -> UUID:
    return UUID(f"{prefix * 8}-0000-4000-8000-{number:012}")


def client_id(number: int) -> UUID:
    return number_of("a", number)


def payment_id(number: int) -> PaymentId:
    return PaymentId(number_of("b", number))


def build(url: str) -> None:
    """Make the tables of the first release, and fill them."""
    bring_to(url, "0001")
    with opened(url) as connection:
        for table, rows in ROWS.items():
            fill(connection, table, rows)


def fill(connection: Connection, table: str, rows: list[Row]) -> None:
    """As `change`."""
    names = ", ".join(f'"{name}"' for name in rows[0])
    values = ", ".join(_place(connection, name) for name in rows[0])
    statement = f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608
    connection.exec_driver_sql(statement, [_plain(connection, row) for row in rows])


def change(connection: Connection, table: str, values: Row, where: str) -> None:
    """By the driver's own types: the table may be another than the program has."""
    settings = ", ".join(f"{name} = {_place(connection, name)}" for name in values)
    statement = f"UPDATE {table} SET {settings} WHERE {where}"  # noqa: S608
    connection.exec_driver_sql(statement, _plain(connection, values))


def _place(connection: Connection, name: str) -> str:
    return f"%({name})s" if _is_on_server(connection) else f":{name}"


def _is_on_server(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _plain(connection: Connection, row: Row) -> Row:
    if _is_on_server(connection):
        return row
    return {name: _as_kept(value) for name, value in row.items()}


def _as_kept(value: Any) -> Any:
    """As SQLite has it."""
    match value:
        case UUID():
            return value.hex
        case date():
            return value.isoformat()
        case _:
            return value


def a_record(identity: UUID, status: str, **known: Any) -> Row:
    return {
        "id": identity,
        "firm_id": FIRM,
        "status": status,
        "qbo_id": None,
        "linked": False,
        "cause": None,
        "detail": None,
        "generation": 1,
        "version": 3,
        "created_by": ANNA,
        "created_at": AT,
        **known,
    }


def _client(number: int, name: str, status: str, **known: Any) -> Row:
    names = {"name": name, "name_key": name.casefold(), "email": None}
    return {**a_record(client_id(number), status, **names), **known}


def _payment(number: int, client: int, status: str, **known: Any) -> Row:
    facts = {
        "number": number,
        "client_id": client_id(client),
        "amount_minor": number * 100 + 1,
        "currency": "USD",
        "received_on": date(2026, 11, 2),
        "method": "Check",
        "reference": f"No {number}",
        "description": None,
        "submission_id": f"V{number}",
        "submission_digest": f"digest of {number}",
        "notice_channel": "D0ANNA",
        "notice_ts": f"1793638800.{number:06}",
        "notice_version": 2,
        "notice_due_at": AT,
        "notice_attempt": 0,
    }
    return {**a_record(payment_id(number), status, **facts), **known}


def _entry(number: int, record: Row, state: str, **known: Any) -> Row:
    return {
        "id": number,
        "firm_id": FIRM,
        "record_kind": "payment" if "amount_minor" in record else "client",
        "record_id": record["id"],
        "operation": "create",
        "request_id": f"{number:032}",
        "body": None,
        "state": state,
        "attempt": 0,
        "unresolved": False,
        "lease_epoch": None,
        "due_at": AT,
        "first_sent_at": None,
        "last_sent_at": None,
        "waits_for": None,
        "refused_cause": None,
        "refused_detail": None,
        "requested_by": ANNA,
        "created_at": AT,
        "settled_at": None,
        **known,
    }


SENT = {
    "attempt": 2,
    "body": '{"TotalAmt": 10.06}',
    "lease_epoch": 4,
    "first_sent_at": AT - MINUTE,
    "last_sent_at": AT,
}
ENDED = {**SENT, "settled_at": AT + MINUTE}
_FIRMS = [
    {"id": FIRM, "sync_by_default": True, "currency": "USD", "settings_version": 4},
    {"id": OTHER_FIRM, "sync_by_default": False, "currency": "EUR", "settings_version": 1},
]
_MEMBER = {"firm_id": FIRM, "locale": "sv-SE", "timezone": "Europe/Stockholm", "seen_at": AT}
_CLIENTS = [
    _client(1, "Acme", "synced", qbo_id="58", email="books@acme.example"),
    _client(2, "Birch", "synced", qbo_id="59", linked=True),
    _client(3, "Cedar", "failed", cause="near_match", detail="“cedar” is there"),
    _client(4, "Dogwood", "not_synced", generation=0),
    _client(5, "Elder", "syncing"),
    {**_client(6, "Acme", "synced", qbo_id="58"), "firm_id": OTHER_FIRM},
]
_PAYMENTS = [
    _payment(1001, 1, "not_synced", generation=0, description="Received through QuickBooks"),
    _payment(1002, 1, "syncing"),
    _payment(1003, 1, "synced", qbo_id="150"),
    _payment(1004, 3, "failed", cause="closed_period", detail="Books closed until 2026-10-31"),
    _payment(1005, 2, "skipped", cause="foreign_currency", detail="It is in EUR", currency="EUR"),
    _payment(1006, 2, "syncing"),
    _payment(1007, 2, "syncing", notice_channel=None, notice_ts=None, notice_version=0),
    _payment(1008, 4, "not_synced"),
]
_ENTRIES = [
    _entry(1, _CLIENTS[4], "pending", waits_for="refused connection", attempt=1),
    _entry(2, _PAYMENTS[1], "pending"),
    _entry(3, _PAYMENTS[2], "done", **ENDED),
    _entry(4, _PAYMENTS[3], "failed", **ENDED),
    _entry(5, _PAYMENTS[4], "skipped", settled_at=AT),
    _entry(6, _PAYMENTS[5], "sending", unresolved=True, **SENT),
    _entry(
        7,
        _PAYMENTS[6],
        "unconfirmed",
        unresolved=True,
        refused_cause="gone",
        refused_detail="no such customer",
        waits_for="making sure that it did not arrive before",
        **SENT,
    ),
    _entry(8, _PAYMENTS[7], "cancelled", settled_at=AT),
]
ROWS: dict[str, list[Row]] = {
    "firms": [{**firm, "next_payment_number": 1009} for firm in _FIRMS],
    "members": [
        {**_MEMBER, "user_id": ANNA, "is_admin": False, "is_outsider": False},
        {**_MEMBER, "user_id": "U0OLIVIA", "is_admin": True, "is_outsider": False},
        {**_MEMBER, "user_id": "U0GUEST", "is_admin": False, "is_outsider": True},
    ],
    "clients": _CLIENTS,
    "payments": _PAYMENTS,
    "outbox": _ENTRIES,
    "connections": [
        {
            "firm_id": FIRM,
            "realm_id": REALM,
            "state": "active",
            "company_name": "Larkspur Accounting",
            "country": "US",
            "currency": "USD",
            "undeposited_funds_id": "4",
            "payment_methods": json.dumps({"check": "2"}),
            "company_read_at": AT,
            "access_token": b"encrypted access",
            "refresh_token": b"encrypted refresh",
            "access_expires_at": AT + 60 * MINUTE,
            "refresh_expires_at": AT + 100_000 * MINUTE,
            "refresh_epoch": 7,
            "refresh_until": None,
            "connected_by": "U0OLIVIA",
            "connected_at": AT - MINUTE,
            "lost_because": None,
            "last_success_at": AT,
        }
    ],
    "consents": [
        {
            "secret_digest": "d1",
            "kind": "link",
            "firm_id": FIRM,
            "user_id": "U0OLIVIA",
            "browser_digest": None,
            "expires_at": AT,
            "used_at": AT,
        }
    ],
    "leases": [
        {
            "realm_id": REALM,
            "holder": "one",
            "epoch": 4,
            "expires_at": AT,
            "paused_until": None,
            "paused_because": None,
            "minute_began_at": AT,
            "requests_this_minute": 3,
        }
    ],
    "audit": [
        {
            "id": number,
            "firm_id": OTHER_FIRM if number == 4 else FIRM,  # In between.
            "at": AT + number,
            "actor": ANNA,
            "action": "payment recorded",
            "record_kind": "payment",
            "record_id": str(payment["id"]),
            "change": json.dumps({"status": [None, payment["status"]]}),
            "intuit_tid": "1-abc",
        }
        for number, payment in enumerate(_PAYMENTS, start=1)
    ],
}
