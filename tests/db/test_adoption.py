"""What QuickBooks made of a payment is what the ledger says of it."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.db import ledger
from services.domain.causes import Cause
from services.domain.ledger import Allotted, Client, Invoice, Note, Payment, Reason
from services.domain.money import Money
from services.domain.sync import Operation
from services.pushes.adoption import adopt_payment
from tests.builders import FIRM, OTHER_FIRM, OTHER_REALM, a_line, an_allotment, some_money
from tests.db.shelf import Shelf

ACCOUNT = {"DepositToAccountRef": {"value": "35"}}


@pytest.fixture
async def acme(shelf: Shelf) -> Client:
    return await shelf.client(sync=shelf.synced())


@pytest.fixture
async def invoice(shelf: Shelf, acme: Client) -> Invoice:
    return await shelf.invoice(acme, a_line("500.00"), sync=shelf.synced())


@pytest.fixture
async def other(shelf: Shelf, acme: Client) -> Invoice:
    return await shelf.invoice(acme, a_line("300.00"), sync=shelf.synced())


def settling(invoice: Invoice, amount: str, *, left_out: bool = False) -> Allotted:
    return an_allotment(
        amount,
        qbo_id=invoice.sync.qbo_id or "",
        invoice_id=invoice.id,
        number=invoice.number,
        left_out=left_out,
    )


def a_link(qbo_id: str | None, amount: str, kind: str = "Invoice") -> dict[str, Any]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind}]}


class Adopter:
    def __init__(self, shelf: Shelf, client: Client) -> None:
        self.shelf, self.client = shelf, client

    async def payment(self, *allocations: Allotted, amount: str = "600.00") -> Payment:
        return await self.shelf.payment(
            self.client, amount=amount, sync=self.shelf.synced(), allocations=allocations
        )

    async def adopt(self, payment: Payment, *lines: dict[str, Any]) -> tuple[Payment, Note | None]:
        """What the ledger says afterwards, and what there is to say about it."""
        body = {**ACCOUNT, "Line": [{**line, "LineEx": {}} for line in lines]}
        async with self.shelf.database.write(FIRM) as db:
            note = await adopt_payment(db, payment, body, Operation.UPDATE)
            found = await ledger.find_payment(db, FIRM, payment.id)
        assert found is not None
        return found, note


@pytest.fixture
def adopter(shelf: Shelf, acme: Client) -> Adopter:
    return Adopter(shelf, acme)


def parts(payment: Payment) -> dict[str, tuple[str, bool]]:
    """By invoice: how much of it, and whether that is left out."""
    return {
        each.number: (str(each.amount.to_decimal()), each.left_out) for each in payment.allocations
    }


async def test_what_was_asked_for_is_what_it_has(
    adopter: Adopter, invoice: Invoice, other: Invoice
) -> None:
    asked = await adopter.payment(settling(invoice, "500.00"), settling(other, "60.00"))
    lines = [a_link(invoice.sync.qbo_id, "500.00"), a_link(other.sync.qbo_id, "60.00")]
    payment, note = await adopter.adopt(asked, *lines)
    assert note is None
    assert payment.allocations == asked.allocations
    assert payment.deposit_account_id == "35"
    assert (payment.unapplied, payment.applied_elsewhere) == (some_money("40.00"), 0)


async def test_less_than_was_asked_for_is_told(adopter: Adopter, invoice: Invoice) -> None:
    asked = await adopter.payment(settling(invoice, "500.00"))
    payment, note = await adopter.adopt(asked, a_link(invoice.sync.qbo_id, "120.50"))
    assert parts(payment) == {invoice.number: ("120.50", False)}
    assert payment.unapplied == some_money("479.50")
    assert note is not None
    assert (note.operation, note.cause) == (Operation.UPDATE, Cause.OVER_APPLIED)
    assert note.detail.startswith(f"500.00 was meant for {invoice.number}, and 120.50 of it")


async def test_nothing_of_what_was_asked_for_is_told_too(
    adopter: Adopter, invoice: Invoice
) -> None:
    asked = await adopter.payment(settling(invoice, "500.00"))
    payment, note = await adopter.adopt(asked)
    assert payment.allocations == ()
    assert payment.unapplied == payment.amount
    assert note is not None
    assert "0 of it is applied" in note.detail


async def test_what_somebody_applied_there_is_here_too(adopter: Adopter, other: Invoice) -> None:
    asked = await adopter.payment()
    payment, note = await adopter.adopt(asked, a_link(other.sync.qbo_id, "300.00"))
    assert parts(payment) == {other.number: ("300.00", False)}
    assert note is None


async def test_what_only_quickbooks_knows_is_no_longer_credit(
    adopter: Adopter, invoice: Invoice
) -> None:
    asked = await adopter.payment(settling(invoice, "500.00"))
    lines = [
        a_link(invoice.sync.qbo_id, "500.00"),
        a_link("9001", "30.00"),
        a_link("9002", "20.00", "JournalEntry"),
        a_link("9003", "10.00", "Expense"),
    ]
    payment, _ = await adopter.adopt(asked, *lines)
    assert payment.applied_elsewhere == 6_000
    assert payment.unapplied == some_money("40.00")


async def test_a_returned_credit_of_ours_is_counted_once(adopter: Adopter, shelf: Shelf) -> None:
    asked = await adopter.payment()
    refund = await shelf.refund(
        asked, amount="80.00", reason=Reason.CREDIT_RETURNED, sync=shelf.synced()
    )
    payment, _ = await adopter.adopt(asked, a_link(refund.sync.qbo_id, "80.00", "Expense"))
    assert (payment.applied_elsewhere, payment.credit_returned) == (0, 8_000)
    assert payment.unapplied == some_money("520.00")


async def test_what_was_left_out_on_purpose_stays_so(adopter: Adopter, invoice: Invoice) -> None:
    asked = await adopter.payment(settling(invoice, "500.00", left_out=True))
    payment, note = await adopter.adopt(asked)
    assert parts(payment) == {invoice.number: ("500.00", True)}
    assert note is None


async def test_what_was_left_out_and_is_there_after_all_is_no_longer_left_out(
    adopter: Adopter, invoice: Invoice
) -> None:
    asked = await adopter.payment(settling(invoice, "500.00", left_out=True))
    payment, note = await adopter.adopt(asked, a_link(invoice.sync.qbo_id, "200.00"))
    assert parts(payment) == {invoice.number: ("200.00", False)}
    assert note is None


async def test_two_lines_on_one_invoice_are_one_part(adopter: Adopter, invoice: Invoice) -> None:
    asked = await adopter.payment(settling(invoice, "500.00"))
    lines = [a_link(invoice.sync.qbo_id, amount) for amount in ("199.99", "300.01", "0.00")]
    payment, note = await adopter.adopt(asked, *lines)
    assert parts(payment) == {invoice.number: ("500.00", False)}
    assert note is None


async def test_an_invoice_of_another_firm_is_not_ours(adopter: Adopter, shelf: Shelf) -> None:
    """Two companies may give the same id to different invoices."""
    await shelf.firm(OTHER_FIRM, OTHER_REALM)
    client = await shelf.client(firm_id=OTHER_FIRM, sync=shelf.synced())
    theirs = await shelf.invoice(client, firm_id=OTHER_FIRM, sync=shelf.synced())
    asked = await adopter.payment()
    payment, _ = await adopter.adopt(asked, a_link(theirs.sync.qbo_id, "5.00"))
    assert (parts(payment), payment.applied_elsewhere) == ({}, 500)


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_it_settles_there_the_sums_are_the_same_here(
    adopter: Adopter, invoice: Invoice, other: Invoice, seed: int
) -> None:
    chance = Random(seed)
    ids = [invoice.sync.qbo_id, other.sync.qbo_id, "9001", "9002"]
    lines = [
        a_link(qbo_id, str(Money(chance.randrange(10_000), "USD").to_decimal()))
        for qbo_id in chance.choices(ids, k=chance.randrange(6))
    ]
    asked = await adopter.payment(settling(invoice, "100.00"))
    payment, _ = await adopter.adopt(asked, *lines)
    applied = sum((line["Amount"] for line in lines), Decimal(0))
    assert payment.unapplied.to_decimal() == payment.amount.to_decimal() - applied
    here = sum(each.amount.minor for each in payment.allocations) + payment.applied_elsewhere
    assert Money(here, "USD").to_decimal() == applied
