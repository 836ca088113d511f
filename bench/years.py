"""A firm with ten years of payments behind it, written straight into the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.payloads import TEAM, USER
from services.db.opening import upgrade
from services.domain.ids import FIRST_NUMBER
from services.domain.ledger import Method, name_key

DAYS = 3_652
FIRST_DAY = date(2016, 11, 25)
AT, DAY = 1_480_032_000_000_000, 86_400_000_000  # The first day, and any, in microseconds.
SYNCING = 40  # The latest payments, on their way.
OF_A_THOUSAND = {"failed": 5, "skipped": 10, "not_synced": 15}  # The others are Synced.
CAUSES = {"failed": "closed_period", "skipped": "before_start_date"}
METHODS = (Method.CHECK, Method.CASH, Method.BANK_TRANSFER, Method.CREDIT_CARD)  # No other.
NAMES = ("Äkta", "Øst", "Łuk", "O'Neil", "St. John", "Larkspur", "Birch", "Café", '"Quoted"')
TRADES = ("Bakery", "Brüder", "Garage", "& Søn", "Holdings", "Law", "100%_Wool", "Fondation")
FILLING = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -524288"
FIRM = (
    "INSERT INTO firms (id, sync_by_default, currency, settings_version, next_payment_number,"
    " method_accounts) VALUES (?, 1, 'USD', 1, ?, '{}')"
)
CLIENT = (
    "INSERT INTO clients (id, firm_id, name, name_key, status, qbo_id, linked, generation,"
    " version, created_by, created_at) VALUES (?, ?, ?, ?, 'synced', ?, 0, 1, 2, ?, ?)"
)
PAYMENT = (
    "INSERT INTO payments (id, firm_id, number, client_id, amount_minor, received_on, method,"
    " reference, submission_id, status, qbo_id, cause, created_by, created_at, notice_due_at,"
    " currency, submission_digest, notice_version, notice_attempt, linked, generation, version,"
    " blame)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'USD', 'digest', 2, 0, 0, 1, 2,"
    " ?12 || ':firm')"  # Where there is a cause.
)
KEY = "lower(hex(randomblob(16)))"
# A third of the payments settle an invoice each; all that was sent has its entry, and all that was
# done is in the audit.
INVOICES = (
    "INSERT INTO invoices (id, firm_id, number, number_key, client_id, total_minor, currency,"
    " invoiced_on, due_on, voided, submission_id, submission_digest, status, qbo_id, linked,"
    " generation, version, created_by, created_at) SELECT {key}, firm_id, 'INV-' || number,"
    " 'inv-' || number, client_id, amount_minor, currency, received_on, received_on, 0,"
    " 'I' || number, 'digest', 'synced', 'i' || number, 0, 1, 2, created_by, created_at"
    " FROM payments WHERE number % 3 = 0"
)
LINES = (
    "INSERT INTO invoice_lines (invoice_id, position, description, quantity, unit_price_minor)"
    " SELECT id, 0, 'Bookkeeping', '1', total_minor FROM invoices"
)
ALLOCATIONS = (
    "INSERT INTO allocations (payment_id, invoice_id, amount_minor, left_out)"
    " SELECT payments.id, invoices.id, amount_minor, 0 FROM payments JOIN invoices"
    " ON number_key = 'inv-' || payments.number AND invoices.firm_id = payments.firm_id"
    " WHERE payments.number % 3 = 0"
)
ENTRIES = (
    "INSERT INTO outbox (firm_id, record_kind, record_id, operation, request_id, body, state,"
    " attempt, unresolved, due_at, requested_by, created_at)"
    " SELECT firm_id, ?, id, 'create', {key}, ?,"
    " CASE status WHEN 'synced' THEN 'done' WHEN 'syncing' THEN 'pending' ELSE status END,"
    " 1, 0, created_at, created_by, created_at FROM {table} WHERE status <> 'not_synced'"
)
AUDIT = (
    "INSERT INTO audit (firm_id, sequence, at, actor, action, record_kind, record_id, change, hash)"
    " SELECT firm_id, ? + row_number() OVER (), created_at, created_by, ?, 'payment', id, ?, 'none'"
    " FROM payments"
)
BODY = '{"CustomerRef":{"value":"58"},"TotalAmt":1250.00,"TxnDate":"2026-11-22"}'
CHANGE = '{"amount":"1250.00","client":"Acme","method":"Check","received_on":"2026-11-22"}'


@dataclass(frozen=True)
class Years:
    """What a firm has lived through."""

    payments: int
    clients: int = 5_000

    def write(self, file: Path) -> None:
        """Without a rule broken; what is broken off halfway is of no use."""
        upgrade(f"sqlite:///{file}")
        chance = Random(1)  # noqa: S311 - the same firm each time.
        clients = [_key(chance) for _ in range(self.clients)]
        with closing(sqlite3.connect(file)) as db, db:
            db.executescript(FILLING)
            with _indexes_at_the_end(db):
                db.execute(FIRM, (TEAM, FIRST_NUMBER + self.payments))
                db.executemany(CLIENT, map(_client, range(self.clients), clients))
                db.executemany(PAYMENT, self._payments(chance, clients))
                _follow(db)

    def _payments(self, chance: Random, clients: list[str]) -> Iterator[tuple[Any, ...]]:
        for number in range(self.payments):
            day = number * DAYS // self.payments
            syncing = number >= self.payments - SYNCING
            status = "syncing" if syncing else _status(number * 619 % 1_000)
            yield (
                *(_key(chance), TEAM, FIRST_NUMBER + number),
                clients[number * 7_919 % len(clients)],  # In no order.
                chance.randrange(1_000, 1_000_000),
                str(FIRST_DAY + timedelta(days=day)),
                METHODS[number % len(METHODS)],
                f"ch-{chance.randrange(10**6)}",
                f"V{number}",
                *(status, f"p{number}" if status == "synced" else None, CAUSES.get(status)),
                *(USER, AT + day * DAY + number),
            )


@contextmanager
def _indexes_at_the_end(db: sqlite3.Connection) -> Iterator[None]:
    """All but those that keep a rule: it takes a quarter less time."""
    made = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    indexes = db.execute(made).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    for _, statement in indexes:
        db.execute(statement)


def _follow(db: sqlite3.Connection) -> None:
    for statement in (INVOICES.format(key=KEY), LINES, ALLOCATIONS):
        db.execute(statement)
    for kind in ("client", "invoice", "payment"):
        db.execute(ENTRIES.format(key=KEY, table=f"{kind}s"), (kind, BODY))
    for done in ("payment recorded", "payment synced"):
        (rows,) = db.execute("SELECT count(*) FROM audit").fetchone()
        db.execute(AUDIT, (rows, done, CHANGE))


def _client(number: int, key: str) -> tuple[Any, ...]:
    name = f"{NAMES[number % len(NAMES)]} {TRADES[number % len(TRADES)]} {number}"
    return key, TEAM, name, name_key(name), f"c{number}", USER, AT


def _key(chance: Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _status(of_a_thousand: int) -> str:
    for status, share in OF_A_THOUSAND.items():
        if of_a_thousand < share:
            return status
        of_a_thousand -= share
    return "synced"
