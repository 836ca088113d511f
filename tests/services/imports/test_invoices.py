"""Invoices from a file: a row for each line, amounts to the cent, and none of them twice."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet, MultiFernet

from bot.commands.spreadsheets import Writer
from services.db import ledger, sheets
from services.db.tokens import ConnectionStore
from services.domain.connection import ConnectionState
from services.domain.ledger import InvoiceLine
from services.domain.money import Money
from services.domain.sync import Status
from services.errors import Refused
from services.exports import viewed
from tests.builders import ANNA, FIRM, NOW, REALM, a_company, some_tokens
from tests.services.imports.conftest import Importing

HEAD = "Client,Number,Invoice date,Due date,Description,Quantity,Unit price\n"


def a_row(**cells: str) -> str:
    ordinary = {
        "client": "Acme",
        "number": "7",
        "invoiced_on": "2026-10-01",
        "due_on": "2026-10-31",
        "description": "Advice",
        "quantity": "1",
        "price": "100.00",
    }
    return ",".join((ordinary | cells).values()) + "\n"


def dollars(amount: str) -> Money:
    return Money.from_decimal(Decimal(amount), "USD")


async def test_rows_of_one_number_are_one_invoice(operator: Importing) -> None:
    rows = [
        a_row(quantity="2.5", price="99.95"),
        a_row(number="8", description="Audit"),
        a_row(description="Travel", quantity=""),
    ]
    assert await operator.records("invoice", HEAD + "".join(rows)) == (2, 0)
    seven = await operator.invoice("7")
    assert seven.lines == (
        InvoiceLine("Advice", Decimal("2.5"), dollars("99.95")),
        InvoiceLine("Travel", Decimal(1), dollars("100.00")),
    )
    assert (seven.client.name, seven.total, seven.sync.status) == (
        *("Acme", dollars("349.88"), Status.NOT_SYNCED),
    )
    assert (seven.invoiced_on, seven.due_on) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (await operator.invoice("8")).total == dollars("100.00")


async def test_rows_without_a_number_are_invoices_of_their_own(operator: Importing) -> None:
    rows = [a_row(number=""), a_row(number="INV-1001", description="Audit"), a_row(number="")]
    text = HEAD + "".join(rows)
    assert await operator.records("invoice", text) == (3, 0)
    assert await operator.names() == ["Acme", "INV-1001", "INV-1002", "INV-1003"]
    assert (await operator.invoice("INV-1001")).lines[0].description == "Audit"
    assert await operator.records("invoice", text) == (0, 3)
    assert await operator.records("invoice", text.replace(",1,100.00", ",1.0,100")) == (0, 3)
    assert await operator.records("invoice", text + rows[0]) == (1, 3)


async def test_what_was_changed_since_is_not_made_a_second_time(operator: Importing) -> None:
    text = HEAD + a_row()
    assert await operator.records("invoice", text) == (1, 0)
    async with operator.database.write(FIRM) as db:
        await ledger.change_invoice(
            db, replace(await operator.invoice("7"), due_on=date(2026, 12, 24))
        )
    assert await operator.records("invoice", text) == (0, 1)


async def test_what_was_made_by_hand_is_the_same_or_in_the_way(operator: Importing) -> None:
    await operator.records("invoice", HEAD + a_row(number="inv 7"))
    padded = HEAD + a_row(number="INV 7", price="100")
    assert await operator.records("invoice", padded) == (0, 1)
    other = HEAD + a_row(number="INV 7", price="100.01")
    assert await operator.objections("invoice", other) == [
        "line 2: There is another invoice inv 7 already: Acme, 100.00 USD, of 2026-10-01."
    ]


async def test_each_bad_cell_is_named_with_what_it_should_be(operator: Importing) -> None:
    rows = [
        a_row(client="Acmee"),
        a_row(number="8", invoiced_on="10/01/2026", due_on=""),
        a_row(number="9", description="", quantity="0"),
        a_row(number="10", quantity="many", price="-5"),
        a_row(number="11", price="100.005"),
        a_row(number="12", invoiced_on="1926-10-01"),
        a_row(number="13", due_on="2026-09-30"),
        a_row(number="a number of 22 signs!!"),
        a_row(number="14", price="9999999999.99", quantity="2"),
        a_row(number="15"),
        a_row(number="15", due_on="2026-11-30"),
    ]
    assert await operator.objections("invoice", HEAD + "".join(rows)) == [
        "line 2: There is no client “Acmee”. Add it first, or mend the name.",
        "line 3: Invoice date: “10/01/2026” is no date. Write it like 2026-11-02.",
        "line 3: Due date is missing.",
        "line 4: Description is missing.",
        "line 4: Quantity: 0 should be more than nothing, and less than a million.",
        "line 5: Quantity: “many” is no number. Write it like 2.5.",
        "line 5: Unit price: “-5” is no number. Write it like 1250.00.",
        "line 6: Unit price: 100.005 has 3 decimals, and 2 are the most. Write it like 1250.00.",
        "line 7: Invoice date: 1926-10-01 is too far away. Is the year right?",
        "line 8: It cannot be due before its own date.",
        "line 9: Number has 22 characters; 21 are the most.",
        "line 10: That is more than QuickBooks takes on one invoice.",
        "line 12: 15 is one invoice: client, invoice date and due date should be those of line 11.",
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [("100", "100.00"), ("100.5", "100.50"), ('"100,50"', "100.50"), ("0.07", "0.07")],
)
async def test_an_amount_is_what_it_says_to_the_cent(
    operator: Importing, text: str, read: str
) -> None:
    await operator.records("invoice", HEAD + a_row(price=text))
    assert (await operator.invoice("7")).total == dollars(read)


@pytest.mark.parametrize("text", ['"1,250"', '"1,250.00"', "1 250", "$5", "1e3", "NaN", "٣", "1_0"])
async def test_an_amount_that_could_be_another_is_refused(operator: Importing, text: str) -> None:
    (objection,) = await operator.objections("invoice", HEAD + a_row(price=text))
    assert objection.startswith("line 2: Unit price: ")
    assert objection.endswith("Write it like 1250.00.")


async def test_a_quantity_that_could_be_two_numbers_is_refused(operator: Importing) -> None:
    semicolons = (HEAD + a_row(quantity="1.250")).replace(",", ";")
    assert await operator.objections("invoice", semicolons) == [
        "line 2: Quantity: 1.250 could be 1.2500 or 1250. Write one of these."
    ]
    assert await operator.records("invoice", HEAD + a_row(quantity="1.250")) == (1, 0)
    assert (await operator.invoice("7")).lines[0].quantity == Decimal("1.25")


async def test_another_currency_than_the_firms_is_refused(operator: Importing) -> None:
    head = HEAD.strip() + ",Currency\n"
    assert await operator.records("invoice", head + a_row().strip() + ",usd\n") == (1, 0)
    text = head + a_row(number="8").strip() + ",EUR\n"
    assert await operator.objections("invoice", text) == [
        "line 2: Currency: EUR should be USD, as all that the firm records."
    ]


async def test_a_company_whose_invoices_need_tax_codes_takes_none(operator: Importing) -> None:
    await connect(operator, invoices_need_tax=True)
    with pytest.raises(Refused, match="Invoices of Larkspur Accounting need tax codes"):
        await operator.reads("invoice", HEAD + a_row())


async def test_what_is_exported_can_be_imported(operator: Importing) -> None:
    await operator.records("client", "Name,E-mail\n-Dash,d@ash.example\n")
    rows = [a_row(client="-Dash", number=""), a_row(quantity="2.5"), a_row(description="=1+1")]
    await operator.records("invoice", HEAD + "".join(rows))
    for what, name, many in (("client", "clients", 2), ("invoice", "invoice_lines", 2)):
        plan = await operator.reads(what, await exported(operator, name))
        assert (plan.bad, len(plan.new), plan.there) == ((), 0, many)
    assert (await operator.invoice("7")).lines[1].description == "=1+1"


async def exported(operator: Importing, name: str) -> str:
    (sheet,) = (sheet for sheet in sheets.ALL if sheet.name == name)
    file = io.StringIO(newline="")
    writer = Writer(file)
    writer.write(sheet.columns)
    async with viewed(operator.database, FIRM) as view:
        async for rows in view.rows(sheet):
            for row in rows:
                writer.write(row)
    return file.getvalue()


async def connect(operator: Importing, **facts: bool) -> None:
    store = ConnectionStore(MultiFernet([Fernet(Fernet.generate_key())]))
    async with operator.database.write(FIRM) as db:
        await store.save(
            db,
            firm=FIRM,
            realm=REALM,
            state=ConnectionState.ACTIVE,
            company=a_company(**facts),
            tokens=some_tokens(),
            by=ANNA,
            now=NOW,
        )
