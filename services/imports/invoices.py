"""Invoices from a file: a row for each line, and one number for those that belong together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.billing import bill
from services.db import ledger
from services.domain.changes import keep_invoice_change, read_lines
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_REFERENCE,
    Client,
    Invoice,
    InvoiceLine,
    NewInvoice,
    name_key,
)
from services.domain.sync import RecordKind
from services.errors import Refused
from services.imports.cells import Cells
from services.imports.files import Bad, Columns, Row
from services.imports.kind import Circumstances, Found, Kept, Kind, Written
from services.invoice_checks import check_company, check_lines
from services.submissions import digest


@dataclass(frozen=True)
class InvoiceRow:
    """One line of an invoice, and what its row says of the whole."""

    line: int = field(compare=False)
    client: str
    number: str | None
    invoiced_on: date
    due_on: date
    sold: InvoiceLine

    @property
    def head(self) -> tuple[str, date, date]:
        return name_key(self.client), self.invoiced_on, self.due_on


@dataclass(frozen=True)
class InvoiceRows:
    """An invoice, from the row that it begins on.

    `times`: how many of the same, to the letter and without a number, come before it in the file.
    """

    rows: tuple[InvoiceRow, ...]
    times: int = 0

    @property
    def first(self) -> InvoiceRow:
        return self.rows[0]

    @property
    def submission(self) -> str:
        """The same whenever the same is read: a file that comes twice is recorded once."""
        said = [(name_key(each.number or ""), *each.head, each.sold) for each in self.rows]
        return f"import:{digest(said, self.times)}"

    def to(self, client: ClientId) -> NewInvoice:
        first, lines = self.first, tuple(each.sold for each in self.rows)
        return NewInvoice(client, lines, first.invoiced_on, first.due_on, first.number)


@dataclass(frozen=True)
class ToWrite:
    new: NewInvoice
    submission: str


class InvoiceKind(Kind[InvoiceRows, ToWrite]):
    kind = RecordKind.INVOICE
    columns = Columns(
        names={
            "client": ("Client", "client name", "customer", "customer name"),
            "number": ("Number", "invoice number", "invoice no", "invoice"),
            "invoiced_on": ("Invoice date", "date"),
            "due_on": ("Due date", "due"),
            "description": ("Description", "memo"),
            "quantity": ("Quantity", "qty"),
            "unit_price": ("Unit price", "price", "rate"),
            "currency": ("Currency",),
        },
        required=frozenset({"client", "invoiced_on", "due_on", "description", "unit_price"}),
    )

    def read(self, rows: Iterable[Row], at: Circumstances) -> tuple[list[InvoiceRows], list[Bad]]:
        read, bad = list[InvoiceRow](), list[Bad]()
        for row in rows:
            cells = Cells(row)
            line = _read(cells, at)
            read.extend([line] if line else [])
            bad.extend(cells.bad)
        invoices = list(_together(read))
        for each in invoices:
            bad.extend(_contradictions(each))
        return invoices, bad

    async def compare(
        self, db: AsyncConnection, records: Iterable[InvoiceRows], at: Circumstances
    ) -> Found[ToWrite]:
        await check_company(db, at.firm)
        found, clients = Found[ToWrite](), dict[str, Client | None]()
        for each in records:
            name = name_key(each.first.client)
            if name not in clients:
                clients[name] = await ledger.find_client_by_name(db, at.firm, each.first.client)
            await _compare(db, each, clients[name], found)
        return found

    def keep(self, record: ToWrite) -> Kept:
        new = record.new
        return {
            "client": str(new.client_id),
            "number": new.number,
            "currency": new.lines[0].unit_price.currency,
            "submission": record.submission,
            **keep_invoice_change(new),
        }

    def rows_of(self, kept: Kept) -> int:
        return 1 + len(kept["lines"])

    async def write(
        self, db: AsyncConnection, firm: FirmId, kept: Kept, *, by: UserId, at: datetime
    ) -> Written:
        submission = kept["submission"]
        client = await ledger.find_client(db, firm, ClientId(UUID(kept["client"])))
        if client is None or await ledger.find_submitted_invoice(db, firm, submission):
            return Written.THERE
        try:
            await bill(db, client, _new(kept), submission=(submission, digest(kept)), by=by, at=at)
        except Refused:  # Its number was taken a moment ago.
            return Written.LEFT_OUT
        return Written.NEW


def _read(cells: Cells, at: Circumstances) -> InvoiceRow | None:
    """None where something of it cannot be read."""
    client = cells.text("client", "Client", most=MAX_NAME)
    number = cells.optional("number", "Number", most=MAX_REFERENCE)
    invoiced_on = cells.day("invoiced_on", "Invoice date", today=at.today)
    due_on = cells.day("due_on", "Due date", today=at.today)
    description = cells.text("description", "Description", most=MAX_DESCRIPTION)
    quantity = cells.quantity("quantity", "Quantity")
    price = cells.amount("unit_price", "Unit price", at.currency)
    cells.only("currency", "Currency", at.currency)
    if cells.bad or not (invoiced_on and due_on and quantity and price):
        return None
    sold = InvoiceLine(description, quantity, price)
    return InvoiceRow(cells.row.line, client, number, invoiced_on, due_on, sold)


def _together(rows: Iterable[InvoiceRow]) -> Iterator[InvoiceRows]:
    """By their number; a row without one is an invoice by itself.

    Those with a number come first: none of theirs must be given to one without.
    """
    numbered: dict[str, list[InvoiceRow]] = {}
    alike = Counter[InvoiceRow]()
    alone = list[InvoiceRows]()
    for row in rows:
        if row.number:
            numbered.setdefault(name_key(row.number), []).append(row)
        else:
            alone.append(InvoiceRows((row,), alike[row]))
            alike[row] += 1
    yield from (InvoiceRows(tuple(rows)) for rows in numbered.values())
    yield from alone


def _contradictions(invoice: InvoiceRows) -> Iterator[Bad]:
    first = invoice.first
    for row in invoice.rows:
        if row.head != first.head:
            words = f"client, invoice date and due date should be those of line {first.line}."
            yield Bad(row.line, f"{row.number} is one invoice: {words}")


async def _compare(
    db: AsyncConnection, rows: InvoiceRows, client: Client | None, found: Found[ToWrite]
) -> None:
    line = rows.first.line
    if client is None:
        words = f"There is no client “{rows.first.client}”. Add it first, or mend the name."
        found.bad.append(Bad(line, words))
        return
    new = rows.to(client.id)
    try:
        check_lines(new)
    except Refused as error:
        found.bad.append(Bad(line, str(error)))
        return
    if await ledger.find_submitted_invoice(db, client.firm_id, rows.submission):
        found.there += 1
        return
    taken = await _find_by_number(db, client, new.number)
    if taken is None:
        found.new.append(ToWrite(new, rows.submission))
    elif _is_same(taken, new):
        found.there += 1
    else:
        words = f"There is another invoice {taken.number} already: {_tell(taken)}."
        found.bad.append(Bad(line, words))


async def _find_by_number(
    db: AsyncConnection, client: Client, number: str | None
) -> Invoice | None:
    return await ledger.find_invoice_by_number(db, client.firm_id, number) if number else None


def _is_same(there: Invoice, new: NewInvoice) -> bool:
    return (there.client.id, there.invoiced_on, there.due_on, there.lines) == (
        *(new.client_id, new.invoiced_on, new.due_on, new.lines),
    )


def _tell(invoice: Invoice) -> str:
    total = f"{invoice.total.to_decimal()} {invoice.total.currency}"
    return f"{invoice.client.name}, {total}, of {invoice.invoiced_on}"


def _new(kept: Kept) -> NewInvoice:
    return NewInvoice(
        client_id=ClientId(UUID(kept["client"])),
        lines=read_lines(kept, kept["currency"]),
        invoiced_on=date.fromisoformat(kept["invoiced_on"]),
        due_on=date.fromisoformat(kept["due_on"]),
        number=kept["number"],
    )
