"""What the program has written, read without its help."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.domain.ids import FirmId, RealmId
from tests.simulation.verdict.rows import Row, Rows

OPEN = ("pending", "sending", "unconfirmed")
TABLES = {"client": "clients", "invoice": "invoices", "payment": "payments", "refund": "refunds"}


@dataclass(frozen=True)
class Records:
    """One firm's, by their ids as a file spells them."""

    clients: dict[str, Row]
    invoices: dict[str, Row]
    payments: dict[str, Row]
    refunds: dict[str, Row]
    allocations: list[Row]
    entries: dict[str, list[Row]]
    audit: dict[str, list[Row]]

    def all(self) -> Iterator[tuple[str, Row]]:
        for kind, rows in (
            ("client", self.clients),
            ("invoice", self.invoices),
            ("payment", self.payments),
            ("refund", self.refunds),
        ):
            for row in rows.values():
                yield kind, row

    def entries_of(self, row: Row) -> list[Row]:
        return self.entries.get(row["id"], [])

    def audit_of(self, row: Row) -> list[Row]:
        return self.audit.get(str(UUID(row["id"])), [])

    def ids_of(self, row: Row) -> set[str]:
        """All that QuickBooks ever called it: whoever is let go keeps none."""
        return {line["qbo_id"] for line in (row, *self.audit_of(row)) if line["qbo_id"]}

    def parts_of(self, payment: Row) -> list[Row]:
        return [each for each in self.allocations if each["payment_id"] == payment["id"]]

    def refunds_of(self, payment: Row) -> list[Row]:
        return [each for each in self.refunds.values() if each["payment_id"] == payment["id"]]

    def customer_of(self, row: Row) -> str | None:
        payment = self.payments[row["payment_id"]] if "payment_id" in row else row
        found: str | None = self.clients[payment["client_id"]]["qbo_id"]
        return found


class Ledger:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.rows = rows.of
        self.close = rows.close

    def lost_realms(self) -> set[RealmId]:
        return {RealmId(row["realm_id"]) for row in self.rows("connections", state="lost")}

    def holders(self, now: datetime) -> set[str]:
        """Who holds a realm."""
        kept = self.rows("leases")
        return {row["holder"] for row in kept if row["expires_at"] > now.timestamp() * 1e6}

    def access_tokens(self) -> dict[RealmId, bytes]:
        """As they are kept: encrypted."""
        return {RealmId(row["realm_id"]): row["access_token"] for row in self.rows("connections")}

    def records(self, firm: FirmId) -> Records:
        payments = self._by_id("payments", firm)
        parts = [each for each in self.rows("allocations") if each["payment_id"] in payments]
        return Records(
            clients=self._by_id("clients", firm),
            invoices=self._by_id("invoices", firm),
            payments=payments,
            refunds=self._by_id("refunds", firm),
            allocations=parts,
            entries=_grouped(self.rows("outbox", firm_id=firm)),
            audit=_grouped(self.rows("audit", firm_id=firm)),
        )

    def _by_id(self, table: str, firm: FirmId) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows(table, firm_id=firm)}

    def open_entries(self) -> list[Row]:
        return self._rows.that("outbox", f"state IN {OPEN}")

    def is_quiet(self) -> bool:
        """Whether all that could be done is done: what is left waits for what is not to come."""
        still = self.open_entries()
        if not still:
            return True
        firms = {entry["firm_id"] for entry in still}
        records = {firm: self.records(firm) for firm in firms}
        return all(lacks(records[entry["firm_id"]], entry) for entry in still)


def lacks(records: Records, entry: Row) -> list[Row]:
    """What must be in QuickBooks before this can be, and is not."""
    record = entry["record_id"]
    if entry["operation"] != "create":
        return []
    match entry["record_kind"]:
        case "invoice":
            needed = [records.clients[records.invoices[record]["client_id"]]]
        case "payment":
            payment = records.payments[record]
            kept = [each for each in records.parts_of(payment) if not each["left_out"]]
            settled = [records.invoices[each["invoice_id"]] for each in kept]
            needed = [records.clients[payment["client_id"]], *settled]
        case "refund":
            needed = [records.payments[records.refunds[record]["payment_id"]]]
        case _:
            needed = []
    return [row for row in needed if row["status"] != "synced"]


def _grouped(rows: list[Row]) -> dict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["record_id"]].append(row)
    return groups
