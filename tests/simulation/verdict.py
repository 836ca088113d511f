"""What must be true at the end of a life, read from the file and from QuickBooks' books."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from services.domain.causes import Cause
from services.domain.ids import RealmId
from services.domain.sync import OPEN_STATES, Status
from tests.simulation.office import ClientWish, Firm, PaymentWish

Row = dict[str, Any]

ASKABLE = {"not_synced", "failed", "skipped"}
ENDS = {"synced", "failed", "skipped", "not_synced"}


class Ledger:
    """What the program has written, without its help."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        self._file.row_factory = sqlite3.Row

    def close(self) -> None:
        self._file.close()

    def rows(self, table: str, **where: str) -> list[Row]:
        tests = " AND ".join(f"{column} = :{column}" for column in where) or "1"
        query = f"SELECT * FROM {table} WHERE {tests} ORDER BY rowid"  # noqa: S608 - our own words
        return [dict(row) for row in self._file.execute(query, where)]

    def lost_realms(self) -> set[RealmId]:
        return {RealmId(row["realm_id"]) for row in self.rows("connections", state="lost")}

    def open_entries(self) -> list[Row]:
        return [row for row in self.rows("outbox") if row["state"] in OPEN_STATES]

    def is_quiet(self) -> bool:
        """Whether all that could be done is done: what is left waits for a Failed client."""
        failed = {row["id"] for row in self.rows("clients", status="failed")}
        stuck = {row["id"] for row in self.rows("payments") if row["client_id"] in failed}
        return all(entry["record_id"] in stuck for entry in self.open_entries())


def complaints(firm: Firm, ledger: Ledger) -> Iterator[str]:
    """Every broken promise, as a sentence."""
    clients = {UUID(row["id"]): row for row in ledger.rows("clients", firm_id=firm.id)}
    payments = {UUID(row["id"]): row for row in ledger.rows("payments", firm_id=firm.id)}
    for client in firm.clients:
        if client.id is None:
            yield f"{client.name} was never recorded"
        else:
            yield from _about_client(client, clients[client.id])
    for payment in firm.payments:
        if payment.id is None:
            yield f"{payment.reference} was never recorded"
        else:
            row = payments[payment.id]
            client_row = clients[UUID(row["client_id"])]
            yield from _about_payment(payment, row, client_row)
            yield from _about_the_books(payment, row, client_row, firm)
            yield from _about_intentions(payment, ledger)
    yield from _about_strangers(firm, clients, payments)
    for name, records in (("client", clients), ("payment", payments)):
        for row in records.values():
            yield from _about_entries(name, row, ledger)
            yield from _about_audit(name, row, ledger)


def _cause(row: Row) -> Cause | None:
    return Cause(row["cause"]) if row["cause"] else None


def _about_client(client: ClientWish, row: Row) -> Iterator[str]:
    if not client.may_end(Status(row["status"]), _cause(row)):
        yield f"{client} ended {row['status']} ({row['cause']}: {row['detail']})"


def _about_payment(payment: PaymentWish, row: Row, client: Row) -> Iterator[str]:
    if not payment.may_end(Status(row["status"]), _cause(row), Status(client["status"])):
        yield f"{payment} ended {row['status']} ({row['cause']}: {row['detail']})"


def _about_the_books(payment: PaymentWish, row: Row, client: Row, firm: Firm) -> Iterator[str]:
    """Synced: there exactly once, as it was wished for. Else: not there."""
    there = [
        (each["Id"], each["TotalAmt"], each["CustomerRef"]["value"], each["TxnDate"])
        for each in firm.company.payments()
        if each.get("PaymentRefNum") == payment.reference
    ]
    due = []
    if row["status"] == "synced":
        customer, day = client["qbo_id"], payment.received_on.isoformat()
        due = [(row["qbo_id"], payment.amount, customer, day)]
    if there != due:
        yield f"{payment.reference}, {row['status']}: {there} in QuickBooks and not {due}"


def _about_intentions(payment: PaymentWish, ledger: Ledger) -> Iterator[str]:
    assert payment.id is not None
    entries = len(ledger.rows("outbox", record_id=payment.id.hex))
    if not payment.asked <= entries <= payment.asked + payment.perhaps:
        yield f"{payment.reference} was asked for {payment.asked} times and has {entries} entries"


def _about_strangers(
    firm: Firm, clients: dict[UUID, Row], payments: dict[UUID, Row]
) -> Iterator[str]:
    """The books hold nothing of ours but what the ledger knows of, and they balance."""
    known = Counter(row["qbo_id"] for row in payments.values() if row["qbo_id"])
    there = Counter(each["Id"] for each in firm.company.payments())
    if known != there:
        yield f"{firm.id} knows of the payments {known}, QuickBooks of {there}"
    created = Counter(
        row["qbo_id"] for row in clients.values() if row["qbo_id"] and not row["linked"]
    )
    customers = firm.company.customers()
    ours = Counter(each["Id"] for each in customers if "Counterfoil" in each.get("Notes", ""))
    if created != ours:
        yield f"{firm.id} created the customers {created}, QuickBooks has {ours}"
    names = {each["Id"]: each["DisplayName"] for each in customers}
    for row in clients.values():
        if row["qbo_id"] and names.get(row["qbo_id"]) != row["name"]:
            yield f"{row['name']} is customer {row['qbo_id']}, {names.get(row['qbo_id'])}"
    balances = firm.company.trial_balance()
    if sum(balances.values(), Decimal(0)):
        yield f"{firm.id} has a trial balance of {balances}"
    received = sum((each["TotalAmt"] for each in firm.company.payments()), Decimal(0))
    if balances["Undeposited Funds"] != received:
        yield f"{firm.id} received {received}, and holds {balances['Undeposited Funds']}"


def _about_entries(name: str, row: Row, ledger: Ledger) -> Iterator[str]:
    """Syncing means one open entry, which says what it waits for; all others have ended."""
    entries = ledger.rows("outbox", record_id=row["id"])
    still = [entry for entry in entries if entry["state"] in OPEN_STATES]
    if len(still) != (row["status"] == "syncing"):
        yield f"{name} {row['id']} is {row['status']} with {len(still)} open entries"
    for entry in entries:
        if entry["state"] == "sending":
            yield f"{name} {row['id']} has entry {entry['id']} in flight for ever"
        if entry not in still and entry["settled_at"] is None:
            yield f"{name} {row['id']} has entry {entry['id']}, {entry['state']} at no time"
    if row["status"] == "synced" and entries[-1]["state"] != "done":
        yield f"{name} {row['id']} is synced, and its entry {entries[-1]['state']}"


def _about_audit(name: str, row: Row, ledger: Ledger) -> Iterator[str]:
    """Each change begins where the last one ended, may be made, and the last is what is true."""
    now: str | None = None if name == "payment" else "not_synced"
    for line in ledger.rows("audit", record_id=str(UUID(row["id"]))):
        change = json.loads(line["change"]).get("status")
        if change is None:
            continue
        before, after = change
        if before != now or not _may_become(before, after):
            yield f"{name} {row['id']} was {now}, and “{line['action']}” made {before} {after}"
        now = after
    if now != row["status"]:
        yield f"{name} {row['id']} is {row['status']}, and the audit ends {now}"


def _may_become(before: str | None, after: str) -> bool:
    if before is None:
        return after in {"not_synced", "syncing"}
    return after == "syncing" if before in ASKABLE else before == "syncing" and after in ENDS
