"""A payment of which something changes: what the bookkeeper added in QuickBooks stays."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.quickbooks import Fault, Kind
from services.domain.ledger import Method, Reason
from services.errors import Refused
from tests.services.books.bookkeeping import (
    CHECKING,
    FUNDS,
    RECEIVABLE,
    SERVICES,
    Books,
    note_of,
)
from tests.services.books.desk import TODAY, Desk

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")


def credit(amount: str) -> Books:
    return Books({FUNDS: amount, RECEIVABLE: f"-{amount}"}, {"Acme": f"-{amount}"}, amount)


async def test_another_amount_is_another_amount_in_the_books(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert await desk.amount(payment) == "450.00"
    assert desk.books == credit("450.00")


@pytest.mark.parametrize(
    ("change", "there"),
    [
        ({"received_on": date(2026, 10, 30)}, ("TxnDate", "2026-10-30")),
        ({"reference": "4712"}, ("PaymentRefNum", "4712")),
        ({"reference": None}, ("PaymentRefNum", None)),
        ({"method": Method.CASH}, ("PaymentMethodRef", {"value": "1", "name": "Cash"})),
        ({"method": Method.OTHER}, ("PaymentMethodRef", None)),
    ],
)
async def test_a_detail_changes_and_nothing_else(
    desk: Desk, change: dict[str, Any], there: tuple[str, Any]
) -> None:
    payment = await desk.receives("Acme", "500.00", reference="4711")
    before = await desk.there(payment)
    await desk.edits_payment(payment, **change)
    name, value = there
    after = await desk.there(payment)
    assert after.get(name) == value
    changes = {"SyncToken", "MetaData", name}
    if "method" in change:
        changes.add("PrivateNote")  # Which names it too.
    assert all(after[each] == before[each] for each in before.keys() - changes)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_another_description_keeps_the_line_that_we_find_it_by(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", description="For October")
    await desk.edits_payment(payment, description="For November")
    assert note_of(await desk.there(payment)) == (
        "For November\nP-1001 entered with Counterfoil, Check [counterfoil]"
    )
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_other_invoices_are_settled(desk: Desk) -> None:
    first, second = await desk.bills("Acme", "300.00"), await desk.bills("Acme", "200.00")
    payment = await desk.receives("Acme", "300.00", on={first: "300.00"})
    await desk.edits_payment(payment, on={first: "100.00", second: "200.00"})
    assert await desk.settled(payment) == {first: "100.00", second: "200.00"}
    assert [await desk.balance(each) for each in (first, second)] == ["200.00", "0.00"]
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "200.00", SERVICES: "-500.00"}, {"Acme": "200.00"}, "300.00"
    )


async def test_no_invoice_is_settled_any_more(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.edits_payment(payment, on={})
    assert await desk.settled(payment) == {}
    assert (await desk.due(invoice), await desk.balance(invoice)) == ("300.00", "300.00")
    assert await desk.unapplied(payment) == "300.00"
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_amount_and_invoices_change_together(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "200.00", on={invoice: "200.00"})
    await desk.edits_payment(payment, amount="320.00", on={invoice: "300.00"})
    assert await desk.unapplied(payment) == "20.00"
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "320.00", RECEIVABLE: "-20.00", SERVICES: "-300.00"}, {"Acme": "-20.00"}, "320.00"
    )


async def test_an_invoice_that_is_not_there_cannot_be_settled_there(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "500.00")
    with pytest.raises(Refused, match="Sync it first"):
        await desk.edits_payment(payment, on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert desk.books == AS_CREDIT


NOTES = [
    ({"amount": "450.00"}, "Checked by Robin\nFor October\nP-1001 entered with Counterfoil, Check"),
    (
        {"description": "For May"},
        "For May\nChecked by Robin\nP-1001 entered with Counterfoil, Check",
    ),
    ({"description": None}, "Checked by Robin\nP-1001 entered with Counterfoil, Check"),
    (
        {"method": Method.CASH},
        "Checked by Robin\nFor October\nP-1001 entered with Counterfoil, Cash",
    ),
]


@pytest.mark.parametrize(("change", "expected"), NOTES)
@pytest.mark.parametrize("lost", [0, 1], ids=["answered", "answer lost"])
async def test_what_the_bookkeeper_wrote_beside_it_stays(
    desk: Desk, change: dict[str, Any], expected: str, lost: int
) -> None:
    payment = await desk.receives("Acme", "500.00", description="For October")
    note = (await desk.there(payment))["PrivateNote"]
    theirs = f"Checked by Robin\n{note}"
    desk.company.change("Payment", await desk.qbo_id(payment), PrivateNote=theirs)
    for _ in range(lost):
        cut = Fault(kind=Kind.CUT_AFTER, method="POST", entity="payment")
        desk.office.quickbooks.faults.add(cut)
    await desk.edits_payment(payment, **change)
    await desk.goes_on(timedelta(minutes=10))
    assert note_of(await desk.there(payment)) == f"{expected} [counterfoil]"
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == credit(change.get("amount", "500.00"))


async def test_an_invoice_of_theirs_that_the_bookkeeper_settled_with_it_stays_settled(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "200.00")
    link = [{"TxnId": theirs["Id"], "TxnType": "Invoice"}]
    line = {"Amount": Decimal("200.00"), "LinkedTxn": link}
    desk.company.change("Payment", await desk.qbo_id(payment), Line=[line])
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert await desk.unapplied(payment) == "250.00"
    assert str((await desk.payment(payment)).unapplied.to_decimal()) == "250.00"
    assert desk.books == Books(
        {FUNDS: "450.00", RECEIVABLE: "-250.00", SERVICES: "-200.00"}, {"Acme": "-250.00"}, "450.00"
    )


async def test_and_stays_settled_when_ours_change(desk: Desk) -> None:
    ours = await desk.bills("Acme", "100.00")
    payment = await desk.receives("Acme", "500.00")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "200.00")
    link = [{"TxnId": theirs["Id"], "TxnType": "Invoice"}]
    line = {"Amount": Decimal("200.00"), "LinkedTxn": link}
    desk.company.change("Payment", await desk.qbo_id(payment), Line=[line])
    await desk.edits_payment(payment, on={ours: "100.00"})
    assert await desk.says(payment) == ["Synced"]
    assert await desk.settled(payment) == {ours: "100.00"}
    assert await desk.unapplied(payment) == "200.00"
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-200.00", SERVICES: "-300.00"}, {"Acme": "-200.00"}, "500.00"
    )


async def test_a_returned_credit_stays_tied_to_what_is_edited(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment, refund) == ["Synced", "Synced"]
    assert await desk.unapplied(payment) == "250.00"
    assert desk.books == Books(
        {FUNDS: "450.00", RECEIVABLE: "-250.00", CHECKING: "-200.00"}, {"Acme": "-250.00"}, "450.00"
    )


async def test_it_cannot_become_less_than_what_went_back(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    with pytest.raises(Refused, match="More than that was refunded"):
        await desk.edits_payment(payment, amount="199.99")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
    )


async def test_an_edit_in_a_closed_period_leaves_the_old_figures_and_a_note(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(TODAY)
    await desk.edits_payment(payment, amount="450.00", on={invoice: "300.00"})
    assert await desk.says(payment) == ["Synced; update not accepted: closed_period"]
    assert (await desk.amount(payment), await desk.settled(payment)) == ("500.00", {})
    assert await desk.due(invoice) == "300.00"  # What was held for the change is free again.
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-200.00", SERVICES: "-300.00"}, {"Acme": "-200.00"}, "500.00"
    )


async def test_an_edit_of_a_deposited_payment_leaves_the_old_figures_and_a_note(
    desk: Desk,
) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced; update not accepted: deposited"]
    assert await desk.amount(payment) == "500.00"
    assert desk.books == Books(
        {CHECKING: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "0.00"
    )


async def test_the_note_goes_once_the_edit_is_accepted(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(TODAY)
    await desk.edits_payment(payment, amount="450.00")
    desk.closes_the_books(None)
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == credit("450.00")


@pytest.mark.parametrize("theirs", [{"TotalAmt": "480.00"}, {"TxnDate": "2026-11-01"}])
async def test_where_quickbooks_has_another_copy_the_edit_is_asked_about_first(
    desk: Desk, theirs: dict[str, str]
) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.change("Payment", await desk.qbo_id(payment), **theirs)
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced; update not accepted: changed_in_quickbooks"]
    assert await desk.amount(payment) == "500.00"
    assert desk.books == credit(theirs.get("TotalAmt", "500.00"))
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert await desk.amount(payment) == "450.00"
    assert desk.books == credit("450.00")


@pytest.mark.parametrize(
    "theirs", [{"TotalAmt": "475.00"}, {"TxnDate": "2026-11-01"}, {"PaymentRefNum": "9"}]
)
async def test_an_edit_that_is_asked_for_again_replaces_all_that_was_changed_there(
    desk: Desk, theirs: dict[str, str]
) -> None:
    payment = await desk.receives("Acme", "500.00", reference="4711")
    before = await desk.there(payment)
    desk.company.change("Payment", await desk.qbo_id(payment), **theirs)
    await desk.edits_payment(payment, method=Method.CASH)
    assert await desk.says(payment) == ["Synced; update not accepted: changed_in_quickbooks"]
    await desk.edits_payment(payment, method=Method.CASH)
    assert await desk.says(payment) == ["Synced"]
    there = await desk.there(payment)
    for name in ("TotalAmt", "TxnDate", "PaymentRefNum"):
        assert there[name] == before[name]
    assert desk.books == AS_CREDIT


async def test_what_the_bookkeeper_changed_to_the_same_needs_no_edit(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.change("Payment", await desk.qbo_id(payment), TotalAmt="450.00")
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert await desk.amount(payment) == "450.00"
    assert desk.books == credit("450.00")


async def test_an_edit_of_what_somebody_deleted_there_makes_no_second_one(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.delete("Payment", await desk.qbo_id(payment))
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced; update not accepted: deleted_in_quickbooks"]
    assert desk.books == Books()
    await desk.unsyncs(payment)
    await desk.edits_payment(payment, amount="450.00")
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == credit("450.00")


async def test_what_is_not_in_quickbooks_is_edited_here_and_goes_as_it_then_is(
    desk: Desk,
) -> None:
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.edits_payment(payment, amount="300.00", on={invoice: "300.00"})
    assert await desk.says(payment) == ["Not synced"]
    assert await desk.due(invoice) == "0.00"
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_what_is_on_its_way_cannot_be_edited(desk: Desk) -> None:
    with desk.resting():
        payment = await desk.receives("Acme", "500.00")
        with pytest.raises(Refused, match="on its way"):
            await desk.edits_payment(payment, amount="450.00")
    await desk.goes_on()
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT
