"""What a payment settles in the ledger, and what is left of invoice and payment."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from services.db import ledger
from services.db.tables import allocations
from services.domain.ids import InvoiceId
from services.domain.ledger import Allocation, Client, Invoice, Payment, Reason
from services.domain.sync import RecordKind, Status
from tests.builders import FIRM, SYNCED, a_line, some_money
from tests.db.shelf import Shelf


@pytest.fixture
async def acme(shelf: Shelf) -> Client:
    return await shelf.client()


@pytest.fixture
async def invoice(shelf: Shelf, acme: Client) -> Invoice:
    return await shelf.invoice(acme, a_line("500.00"))


@pytest.fixture
async def other(shelf: Shelf, acme: Client) -> Invoice:
    return await shelf.invoice(acme, a_line("300.00"))


@pytest.fixture
async def payment(shelf: Shelf, acme: Client) -> Payment:
    """Of 600.00."""
    return await shelf.payment(acme, amount="600.00")


def part(invoice: Invoice, amount: str, *, left_out: bool = False) -> Allocation:
    return Allocation(invoice.id, some_money(amount), left_out)


class Parts:
    """What the ledger says of one payment and the invoices that it settles."""

    def __init__(self, shelf: Shelf, payment: Payment) -> None:
        self.shelf, self.payment = shelf, payment

    async def allot(self, *parts: Allocation) -> None:
        async with self.shelf.database.write(FIRM) as db:
            await ledger.allot(db, self.payment.id, parts)

    async def reserve(self, *parts: Allocation) -> None:
        async with self.shelf.database.write(FIRM) as db:
            await ledger.reserve(db, self.payment.id, parts)

    async def unreserve(self) -> None:
        async with self.shelf.database.write(FIRM) as db:
            await ledger.unreserve(db, self.payment.id)

    async def now(self) -> Payment:
        async with self.shelf.database.read() as db:
            found = await ledger.find_payment(db, FIRM, self.payment.id)
        assert found is not None
        return found

    async def settled(self) -> dict[InvoiceId, str]:
        payment = await self.now()
        return {each.invoice_id: str(each.amount.to_decimal()) for each in payment.allocations}

    async def kept(self) -> list[tuple[int, int | None, bool]]:
        """Row by row: what it has, what it wants, and whether that is left out."""
        table = allocations.c
        query = select(table.amount_minor, table.wanted_minor, table.left_out)
        async with self.shelf.database.read() as db:
            rows = await db.execute(query.where(table.payment_id == self.payment.id))
        return sorted(tuple(row) for row in rows)

    async def balance(self, invoice: Invoice) -> str:
        async with self.shelf.database.read() as db:
            found = await ledger.find_invoice(db, FIRM, invoice.id)
        assert found is not None
        return str(found.balance_due.to_decimal())

    async def unapplied(self) -> str:
        return str((await self.now()).unapplied.to_decimal())


@pytest.fixture
def parts(shelf: Shelf, payment: Payment) -> Parts:
    return Parts(shelf, payment)


async def test_what_is_allotted_is_settled_and_the_rest_is_credit(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "500.00"), part(other, "40.00"))
    assert await parts.settled() == {invoice.id: "500.00", other.id: "40.00"}
    assert await parts.unapplied() == "60.00"
    assert (await parts.balance(invoice), await parts.balance(other)) == ("0.00", "260.00")


async def test_a_new_allotment_takes_the_place_of_the_old_one(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "500.00"))
    await parts.allot(part(other, "300.00"))
    assert await parts.settled() == {other.id: "300.00"}
    assert await parts.balance(invoice) == "500.00"
    await parts.allot()
    assert await parts.settled() == {}
    assert await parts.unapplied() == "600.00"


async def test_an_allotment_tells_of_its_invoice(parts: Parts, shelf: Shelf, acme: Client) -> None:
    there = await shelf.invoice(acme, sync=SYNCED)
    await parts.allot(part(there, "1.00", left_out=True))
    (allotted,) = (await parts.now()).allocations
    assert (allotted.number, allotted.left_out) == (there.number, True)
    assert (allotted.invoice_qbo_id, allotted.invoice_status) == ("58", Status.SYNCED)


async def test_several_payments_settle_one_invoice(
    parts: Parts, shelf: Shelf, acme: Client, invoice: Invoice
) -> None:
    await parts.allot(part(invoice, "200.00"))
    second = Parts(shelf, await shelf.payment(acme))
    await second.allot(part(invoice, "250.00"))
    assert await parts.balance(invoice) == "50.00"


async def test_a_void_payment_settles_nothing(parts: Parts, shelf: Shelf, invoice: Invoice) -> None:
    await parts.allot(part(invoice, "500.00"))
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.PAYMENT, parts.payment.id, voided=True)
    assert await parts.balance(invoice) == "500.00"


async def test_a_void_invoice_has_nothing_due(parts: Parts, shelf: Shelf, invoice: Invoice) -> None:
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.INVOICE, invoice.id, voided=True)
    assert await parts.balance(invoice) == "0.00"


async def test_what_is_left_out_of_quickbooks_is_settled_here(
    parts: Parts, invoice: Invoice
) -> None:
    await parts.allot(part(invoice, "500.00", left_out=True))
    assert await parts.balance(invoice) == "0.00"
    assert await parts.unapplied() == "100.00"


# A change that QuickBooks has not accepted yet.


async def test_a_wanted_part_is_held_and_what_it_has_counts_until_then(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"))
    await parts.reserve(part(invoice, "450.00"), part(other, "100.00"))
    assert await parts.kept() == [(0, 10_000, False), (40_000, 45_000, False)]
    assert (await parts.balance(invoice), await parts.balance(other)) == ("50.00", "200.00")


async def test_what_a_change_gives_up_is_free_only_once_it_is_accepted(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"), part(other, "100.00"))
    await parts.reserve(part(invoice, "50.00"))
    assert await parts.kept() == [(10_000, 0, False), (40_000, 5_000, False)]
    assert (await parts.balance(invoice), await parts.balance(other)) == ("100.00", "200.00")


async def test_a_reservation_does_not_change_what_the_payment_has(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"))
    await parts.reserve(part(other, "300.00"))
    assert await parts.settled() == {invoice.id: "400.00"}
    assert await parts.unapplied() == "200.00"


async def test_a_refused_change_leaves_what_was_there(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00", left_out=True))
    before = await parts.kept()
    await parts.reserve(part(invoice, "450.00"), part(other, "100.00"))
    await parts.unreserve()
    assert await parts.kept() == before
    assert (await parts.balance(invoice), await parts.balance(other)) == ("100.00", "300.00")


async def test_an_accepted_change_ends_the_reservation(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"))
    await parts.reserve(part(other, "300.00"))
    await parts.allot(part(other, "300.00"))
    assert await parts.kept() == [(30_000, None, False)]
    assert (await parts.balance(invoice), await parts.balance(other)) == ("500.00", "0.00")


async def test_of_a_void_payment_nothing_is_held(
    parts: Parts, shelf: Shelf, invoice: Invoice
) -> None:
    await parts.reserve(part(invoice, "450.00"))
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.PAYMENT, parts.payment.id, voided=True)
    assert await parts.balance(invoice) == "500.00"


# An invoice that leaves.


async def test_an_invoice_that_left_quickbooks_is_left_out_where_the_payment_is_there(
    parts: Parts, shelf: Shelf, acme: Client, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "300.00"), part(other, "200.00"))
    await shelf.mark(parts.payment, shelf.synced())
    absent = Parts(shelf, await shelf.payment(acme))
    await absent.allot(part(invoice, "100.00"))
    async with shelf.database.write(FIRM) as db:
        await ledger.leave_out(db, invoice.id)
    assert await parts.kept() == [(20_000, None, False), (30_000, None, True)]
    assert await absent.kept() == [(10_000, None, False)]
    assert await parts.balance(invoice) == "100.00"


async def test_what_settled_a_void_invoice_is_credit(
    parts: Parts, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "300.00"), part(other, "200.00"))
    async with parts.shelf.database.write(FIRM) as db:
        await ledger.free(db, invoice.id)
    assert await parts.settled() == {other.id: "200.00"}
    assert await parts.unapplied() == "400.00"


async def test_who_settles_an_invoice_is_told_without_the_void_ones(
    parts: Parts, shelf: Shelf, acme: Client, invoice: Invoice
) -> None:
    await parts.allot(part(invoice, "300.00", left_out=True))
    await shelf.mark(parts.payment, SYNCED)
    second = Parts(shelf, await shelf.payment(acme))
    void = Parts(shelf, await shelf.payment(acme, voided=True))
    for each in (second, void):
        await each.allot(part(invoice, "50.00"))
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.PAYMENT, void.payment.id, voided=True)
        told = await ledger.payments_on(db, invoice.id)
    assert told == [
        (parts.payment.id, parts.payment.number, "58", True),
        (second.payment.id, second.payment.number, None, False),
    ]


# What went back.


async def test_refunds_count_until_they_are_void(
    parts: Parts, shelf: Shelf, invoice: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"))
    await shelf.refund(parts.payment, amount="50.00", reason=Reason.SALE_REVERSED)
    returned = await shelf.refund(parts.payment, amount="70.00", reason=Reason.CREDIT_RETURNED)
    payment = await parts.now()
    assert (payment.refunded, payment.credit_returned) == (12_000, 7_000)
    assert payment.refundable == some_money("480.00")
    assert payment.unapplied == some_money("130.00")
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.REFUND, returned.id, voided=True)
    payment = await parts.now()
    assert (payment.refunded, payment.credit_returned) == (5_000, 0)
    assert payment.unapplied == some_money("200.00")


async def test_what_settles_only_what_quickbooks_knows_is_no_credit(
    parts: Parts, invoice: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"))
    async with parts.shelf.database.write(FIRM) as db:
        await ledger.set_facts(
            db, RecordKind.PAYMENT, parts.payment.id, applied_elsewhere_minor=15_000
        )
    assert await parts.unapplied() == "50.00"


async def test_a_refund_is_for_what_was_sold_on_the_oldest_invoice_that_names_it(
    parts: Parts, shelf: Shelf, invoice: Invoice, other: Invoice
) -> None:
    await parts.allot(part(invoice, "400.00"), part(other, "100.00"))
    refund = await shelf.refund(parts.payment)
    async with shelf.database.write(FIRM) as db:
        await ledger.set_facts(db, RecordKind.INVOICE, other.id, item_id="7")
        found = await ledger.find_refund(db, FIRM, refund.id)
        assert found is not None
        assert found.item_id == "7"
        await ledger.set_facts(db, RecordKind.INVOICE, invoice.id, item_id="3")
        found = await ledger.find_refund(db, FIRM, refund.id)
    assert found is not None
    assert found.item_id == "3"


async def test_a_record_comes_back_as_it_was_put_down(
    parts: Parts, shelf: Shelf, acme: Client
) -> None:
    sold = (a_line("19.99", quantity="2.50000"), a_line("0.01", quantity="3"))
    invoice = await shelf.invoice(acme, *sold, sync=shelf.synced())
    await parts.allot(part(invoice, "40.00"))
    payment = await parts.now()
    refund = await shelf.refund(payment, amount="5.00")
    async with shelf.database.read() as db:
        assert await ledger.find_invoice(db, FIRM, invoice.id) == replace(
            invoice, applied=some_money("40.00")
        )
        assert await ledger.find_refund(db, FIRM, refund.id) == replace(
            refund, payment=replace(payment, refunded=500)
        )
        assert await ledger.refunds_of(db, payment) == [refund]
