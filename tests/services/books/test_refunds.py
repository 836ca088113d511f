"""Money that goes back: which accounts it moves, and never more than came."""

from datetime import date

import pytest

from sandbox.quickbooks import Fault, Kind
from services.domain.ledger import Reason
from services.domain.sync import Action
from services.errors import Refused
from tests.services.books.bookkeeping import (
    CHECKING,
    FUNDS,
    RECEIVABLE,
    SERVICES,
    Books,
    note_of,
)
from tests.services.books.desk import Desk

REVERSED, RETURNED = Reason.SALE_REVERSED, Reason.CREDIT_RETURNED
AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
RETURNED_200 = Books(
    {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
)


async def test_a_reversed_sale_takes_the_income_back_and_leaves_the_invoice_paid(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    refund = await desk.refunds(payment, "300.00", REVERSED)
    assert await desk.says(invoice, payment, refund) == ["Synced", "Synced", "Synced"]
    assert await desk.balance(invoice) == "0.00"
    assert desk.books == Books({FUNDS: "300.00", CHECKING: "-300.00"}, {}, "300.00")


async def test_a_returned_credit_moves_no_income_and_uses_the_credit_up(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", RETURNED)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.unapplied(payment) == "300.00"
    assert desk.books == RETURNED_200


async def test_all_of_a_credit_is_returned_and_nobody_is_owed_anything(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "500.00", RETURNED)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.unapplied(payment) == "0.00"
    assert desk.books == Books({FUNDS: "500.00", CHECKING: "-500.00"}, {}, "500.00")


@pytest.mark.parametrize("reason", [REVERSED, RETURNED])
async def test_a_refund_can_come_out_of_undeposited_funds(desk: Desk, reason: Reason) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", reason, out_of=FUNDS)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    expected = {
        REVERSED: Books(
            {FUNDS: "300.00", RECEIVABLE: "-500.00", SERVICES: "200.00"},
            {"Acme": "-500.00"},
            "300.00",
        ),
        RETURNED: Books({FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"),
    }
    assert desk.books == expected[reason]


async def test_a_payment_is_refunded_in_parts_but_never_more_than_it_was(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    parts = [await desk.refunds(payment, part, REVERSED) for part in ("100.00", "150.00")]
    with pytest.raises(Refused, match=r"Only 50\.00 of P-1001 is left to refund"):
        await desk.refunds(payment, "50.01", REVERSED)
    parts.append(await desk.refunds(payment, "50.00", REVERSED))
    assert await desk.says(*parts) == ["Synced", "Synced", "Synced"]
    assert desk.books == Books({FUNDS: "300.00", CHECKING: "-300.00"}, {}, "300.00")


async def test_no_more_credit_is_returned_than_there_is(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00", on={invoice: "300.00"})
    with pytest.raises(Refused, match=r"Only 200\.00 of P-1001 is the client’s credit"):
        await desk.refunds(payment, "200.01", RETURNED)
    refund = await desk.refunds(payment, "200.00", RETURNED)
    with pytest.raises(Refused, match=r"Only 0\.00 of P-1001 is the client’s credit"):
        await desk.refunds(payment, "0.01", RETURNED)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", SERVICES: "-300.00", CHECKING: "-200.00"}, {}, "500.00"
    )


async def test_a_void_refund_makes_room_for_another(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    wrong = await desk.refunds(payment, "500.00", RETURNED)
    await desk.voids(wrong)
    right = await desk.refunds(payment, "200.00", RETURNED)
    assert await desk.says(wrong, right) == ["Not synced, void", "Synced"]
    assert desk.books == RETURNED_200


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
async def test_nothing_is_no_refund(desk: Desk, amount: str) -> None:
    payment = await desk.receives("Acme", "500.00")
    with pytest.raises(Refused, match="more than nothing"):
        await desk.refunds(payment, amount, RETURNED)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_what_is_refunded_is_what_the_invoice_sold(desk: Desk) -> None:
    desk.company.add("Item", Name="Books", IncomeAccountRef={"value": "79"})
    await desk.chooses(service_item_id=desk.item_id("Books"))
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.chooses(service_item_id=desk.item_id("Services"))
    refund = await desk.refunds(payment, "100.00", REVERSED)
    assert await desk.sold(refund) == ["Books"]
    assert await desk.says(refund) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "300.00", CHECKING: "-100.00", "Sales of Product Income": "-200.00"}, {}, "300.00"
    )


async def test_without_an_invoice_it_is_the_service_item(desk: Desk) -> None:
    desk.company.add("Item", Name="Books", IncomeAccountRef={"value": "79"})
    await desk.chooses(service_item_id=desk.item_id("Books"))
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "100.00", REVERSED)
    assert await desk.sold(refund) == ["Books"]
    assert await desk.says(refund) == ["Synced"]
    assert desk.books == Books(
        {
            FUNDS: "500.00",
            RECEIVABLE: "-500.00",
            CHECKING: "-100.00",
            "Sales of Product Income": "100.00",
        },
        {"Acme": "-500.00"},
        "500.00",
    )


@pytest.mark.parametrize("reason", [REVERSED, RETURNED])
async def test_a_refund_says_in_the_books_what_it_is_of(desk: Desk, reason: Reason) -> None:
    payment = await desk.receives("Acme", "500.00", received_on=date(2026, 10, 1))
    refund = await desk.refunds(payment, "500.00", reason, out_of=FUNDS, on=date(2026, 10, 15))
    there = await desk.there(refund)
    assert note_of(there) == "R-1001 of P-1001 entered with Counterfoil [counterfoil]"
    assert there["TxnDate"] == "2026-10-15"
    assert await desk.says(refund) == ["Synced"]
    assert desk.books.undeposited == "0.00"


async def test_an_account_that_is_gone_fails_the_refund_alone(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    savings = desk.account_id("Savings")
    with desk.resting():
        refund = await desk.refunds(payment, "200.00", RETURNED, out_of="Savings")
    desk.makes_inactive("Account", savings)
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Failed: account_gone"]
    assert desk.books == AS_CREDIT
    desk.makes_active("Account", savings)
    await desk.syncs(refund)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", "Savings": "-200.00"},
        {"Acme": "-300.00"},
        "500.00",
    )


@pytest.mark.parametrize("reason", [REVERSED, RETURNED])
@pytest.mark.parametrize("gone", ["deleted", "voided"])
async def test_what_somebody_took_out_of_quickbooks_is_not_given_back_there(
    desk: Desk, gone: str, reason: Reason
) -> None:
    payment = await desk.receives("Acme", "500.00")
    qbo_id = await desk.qbo_id(payment)
    if gone == "deleted":
        desk.company.delete("Payment", qbo_id)
    else:
        desk.company.void("Payment", qbo_id)
    refund = await desk.refunds(payment, "200.00", reason)
    assert await desk.says(payment, refund) == ["Synced", "Failed: payment_gone"]
    assert desk.books == Books()
    await desk.unsyncs(payment)
    await desk.syncs(payment)
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert len(desk.company.payments()) == 1


@pytest.mark.parametrize("reason", [REVERSED, RETURNED])
async def test_no_more_goes_back_than_quickbooks_has_left_of_the_payment(
    desk: Desk, reason: Reason
) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.change("Payment", await desk.qbo_id(payment), TotalAmt="300.00")
    before = desk.books
    refund = await desk.refunds(payment, "400.00", reason)
    assert await desk.says(payment, refund) == ["Synced", "Failed: less_is_left"]
    assert desk.books == before
    await desk.voids(refund)
    assert await desk.says(await desk.refunds(payment, "300.00", reason)) == ["Synced"]


async def test_credit_that_was_used_in_quickbooks_is_not_returned_as_well(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    invoice = await desk.bills("Acme", "450.00")
    with desk.resting():
        refund = await desk.refunds(payment, "200.00", RETURNED)
    await desk.applies_by_hand(payment, {invoice: "450.00"})
    before = desk.books
    await desk.goes_on()
    assert await desk.says(payment, refund) == ["Synced", "Failed: less_is_left"]
    assert desk.books == before


async def test_a_refund_comes_out_of_a_bank_account_or_not_at_all(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", REVERSED, out_of="Mastercard")
    assert await desk.says(refund) == ["Failed: wrong_account_type"]
    assert await desk.may(refund) == {Action.SYNC, Action.LINK, Action.DISMISS}
    await desk.dismisses(refund, why="paid in cash")
    assert await desk.says(payment, refund) == ["Synced", "Skipped: dismissed"]
    assert desk.books == AS_CREDIT


async def test_a_credit_that_somebody_used_at_that_moment_is_paid_out_but_not_tied(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.office.quickbooks.faults.add(
        Fault(
            kind=Kind.REFUSED,
            entity="payment",
            operation="update",
            detail="Business Validation Error: The amount applied is more than the amount received",
        )
    )
    refund = await desk.refunds(payment, "200.00", RETURNED)
    assert await desk.says(payment, refund) == [
        "Synced",
        "Synced; apply not accepted: over_applied",
    ]
    assert desk.books == RETURNED_200
    await desk.unsyncs(refund)
    assert await desk.says(refund) == ["Not synced"]
    assert desk.books == AS_CREDIT
