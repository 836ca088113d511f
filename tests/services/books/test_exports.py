"""What is exported says what the ledger says, of one firm or all, at one moment."""

import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert

from services.db import sheets
from services.db.sheets import Cell, Sheet
from services.db.tables import audit
from services.domain.ids import FirmId
from services.domain.ledger import Reason
from services.errors import NotFound
from services.exports import View, viewed
from tests.builders import ANNA, FIRM, NOW, OTHER_FIRM
from tests.services.books.desk import Desk
from tests.services.conftest import Office

MANY = 8_000
MEGABYTE = 1_000_000
SHEETS = {sheet.name: sheet for sheet in sheets.ALL}


async def read(view: View, sheet: Sheet) -> list[dict[str, Cell]]:
    return [
        dict(zip(sheet.columns, row, strict=True))
        async for rows in view.rows(sheet)
        for row in rows
    ]


async def exported(office: Office, name: str, firm: FirmId | None = None) -> list[dict[str, Cell]]:
    async with viewed(office.database, firm) as view:
        rows = await read(view, SHEETS[name])
        assert await view.count(SHEETS[name]) == len(rows)
    return rows


def some(row: dict[str, Cell], *names: str) -> tuple[Cell, ...]:
    return tuple(row[name] for name in names)


async def test_a_payment_says_what_it_settles_and_how_it_stands(desk: Desk) -> None:
    first = await desk.bills("Acme", "300.00")
    second = await desk.bills("Acme", "90.00")
    payment = await desk.receives(
        "Acme", "500.00", on={second: "90.00", first: "300.00"}, reference="1042"
    )
    await desk.refunds(payment, "50.00", Reason.CREDIT_RETURNED)
    (row,) = await exported(desk.office, "payments")
    assert some(row, "Payment", "Client", "Amount", "Currency", "Payment date") == (
        *(payment, "Acme", Decimal("500.00"), "USD", date(2026, 11, 2)),
    )
    assert some(row, "Method", "Reference", "Invoices") == ("Check", "1042", f"{first}; {second}")
    assert some(row, "Applied", "Unapplied", "Refunded") == (
        *(Decimal("390.00"), Decimal("60.00"), Decimal("50.00")),
    )
    assert row["Unapplied"] == (await desk.payment(payment)).unapplied.to_decimal()
    assert some(row, "QuickBooks", "QuickBooks id", "Linked", "Void", "Why") == (
        *("Synced", await desk.qbo_id(payment), False, False, None),
    )
    assert some(row, "Recorded by", "Recorded at (UTC)", "Workspace") == (ANNA, NOW, FIRM)


async def test_what_failed_says_why(desk: Desk) -> None:
    desk.closes_the_books(date(2026, 12, 31))
    await desk.receives("Acme", "500.00")
    (row,) = await exported(desk.office, "payments")
    status, why = some(row, "QuickBooks", "Why")
    assert status == "Failed"
    assert str(why).startswith("The books are closed: ")


async def test_a_change_that_was_not_accepted_is_told(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(date(2026, 12, 31))
    await desk.edits_payment(payment, reference="1042")
    (row,) = await exported(desk.office, "payments")
    assert row["QuickBooks"] == "Synced"
    assert str(row["Change not accepted"]).startswith("Update: The books are closed: ")


async def test_yen_have_no_decimals(desk: Desk) -> None:
    await desk.receives("Acme", "500", currency="JPY", sync=False)
    (row,) = await exported(desk.office, "payments")
    assert str(row["Amount"]) == "500"


async def test_all_sheets_tell_the_same_story(desk: Desk) -> None:
    invoice = await desk.bills("Acme", lines=[("Advice", "2.5", "100.00"), ("Care", "1", "50.00")])
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    refund = await desk.refunds(payment, "20.00", Reason.SALE_REVERSED)
    rows = {name: await exported(desk.office, name) for name in SHEETS}
    assert [some(row, "Name", "QuickBooks") for row in rows["clients"]] == [("Acme", "Synced")]
    assert [some(row, "Number", "Client", "Total", "Paid here") for row in rows["invoices"]] == [
        (invoice, "Acme", Decimal("300.00"), Decimal("300.00"))
    ]
    assert [
        some(row, "Number", "Client", "Description", "Quantity", "Unit price")
        for row in rows["invoice_lines"]
    ] == [
        (invoice, "Acme", "Advice", Decimal("2.5"), Decimal("100.00")),
        (invoice, "Acme", "Care", Decimal(1), Decimal("50.00")),
    ]
    assert [some(row, "Payment", "Invoice", "Amount") for row in rows["allocations"]] == [
        (payment, invoice, Decimal("300.00"))
    ]
    assert [some(row, "Refund", "Payment", "Amount", "Reason") for row in rows["refunds"]] == [
        (refund, payment, Decimal("20.00"), "Sale reversed")
    ]
    assert [some(row, "Company", "State") for row in rows["companies"]] == [
        ("Larkspur Accounting", "active")
    ]
    assert {row["State"] for row in rows["pushes"]} == {"done"}
    assert [row["What"] for row in rows["audit"]] == await desk.office.audited()


async def test_one_firm_is_told_nothing_of_another(desk: Desk) -> None:
    await desk.receives("Acme", "500.00")
    for name in SHEETS:
        assert await exported(desk.office, name, OTHER_FIRM) == []
        assert await exported(desk.office, name, FIRM) == await exported(desk.office, name)


async def test_a_firm_that_is_not_there_is_named_beside_those_that_are(office: Office) -> None:
    with pytest.raises(
        NotFound, match=f"There is no workspace T0. There are: {FIRM}, {OTHER_FIRM}"
    ):
        await exported(office, "payments", FirmId("T0"))


async def test_what_is_recorded_while_it_is_exported_is_in_no_sheet(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    async with viewed(desk.office.database, None) as view:
        assert await view.count(SHEETS["payments"]) == 0
        await desk.receives("Acme", "300.00", on={invoice: "300.00"})
        assert await read(view, SHEETS["payments"]) == []
        assert await read(view, SHEETS["allocations"]) == []


async def test_however_much_there_is_little_of_it_is_held_at_once(office: Office) -> None:
    row = {"firm_id": FIRM, "at": NOW, "actor": ANNA, "action": "wrote", "record_kind": "client"}
    long = {"why": "a long story, " * 150}
    async with office.database.write(FIRM) as db:
        row |= {"change": long, "hash": "none"}
        rows = [{**row, "record_id": str(each), "sequence": each} for each in range(MANY)]
        await db.execute(insert(audit), rows)
    del rows
    size = 0
    tracemalloc.start()
    async with viewed(office.database, None) as view:
        async for some_rows in view.rows(SHEETS["audit"]):
            size += sum(len(str(each)) for each in some_rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 16 * MEGABYTE
    assert peak < 6 * MEGABYTE
