"""What nobody has written down about QuickBooks: whichever way it is, the books come out right."""

import pytest

from sandbox.quickbooks import Fault, Kind, Rules
from services.domain.ledger import Reason
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import TODAY, Desk
from tests.services.books.test_interruptions import A_WHILE

CREDIT = Books({FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00")
PAID = Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


@pytest.mark.parametrize("rules", [Rules(deletes_paid_invoices=each) for each in (True, False)])
async def test_a_paid_invoice_leaves_whether_quickbooks_would_delete_it_or_not(
    desk: Desk, rules: Rules
) -> None:
    desk.office.quickbooks.rules = rules
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.unsyncs(invoice, credit=True)
    assert await desk.says(invoice, payment) == ["Not synced", "Synced"]
    assert desk.books == CREDIT


@pytest.mark.parametrize("rules", [Rules(frees_linked_purchases=each) for each in (True, False)])
async def test_a_returned_credit_leaves_whether_quickbooks_would_untie_it_or_not(
    desk: Desk, rules: Rules
) -> None:
    desk.office.quickbooks.rules = rules
    payment = await desk.receives("Acme", "300.00")
    refund = await desk.refunds(payment, "100.00", Reason.CREDIT_RETURNED)
    await desk.unsyncs(refund)
    assert await desk.says(payment, refund) == ["Synced", "Not synced"]
    assert desk.books == CREDIT


@pytest.mark.parametrize("rules", [Rules(), Rules(inactive_is_not_found=False)])
async def test_an_inactive_account_fails_in_whatever_words(desk: Desk, rules: Rules) -> None:
    desk.office.quickbooks.rules = rules
    checking = desk.account_id(CHECKING)
    await desk.chooses(deposit_account_id=checking)
    desk.makes_inactive("Account", checking)
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Synced", "Failed: account_gone"]
    assert desk.books == Books()


@pytest.mark.parametrize(
    ("rules", "cause"),
    [(Rules(), "wrong_account_type"), (Rules(wrong_account_breaks_a_rule=False), "account_gone")],
)
async def test_an_account_of_the_wrong_type_fails_in_whatever_words(
    desk: Desk, rules: Rules, cause: str
) -> None:
    desk.office.quickbooks.rules = rules
    await desk.chooses(deposit_account_id=desk.account_id("Miscellaneous"))
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Synced", f"Failed: {cause}"]
    assert desk.books == Books()


async def test_a_refusal_that_is_remembered_with_its_request_is_not_met_again(
    desk: Desk,
) -> None:
    desk.office.quickbooks.rules = Rules(stores_validation_faults=True)
    desk.closes_the_books(TODAY)
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says(payment) == ["Failed: closed_period"]
    desk.closes_the_books(None)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    desk.closes_the_books(TODAY)
    await desk.unsyncs(payment)
    desk.closes_the_books(None)
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_a_request_that_is_sent_again_is_the_same_to_the_letter(desk: Desk) -> None:
    desk.office.quickbooks.rules = Rules(compares_bodies=True)
    invoice = await desk.bills("Acme", "300.00")
    desk.office.quickbooks.faults.add(Fault(kind=Kind.CUT_BEFORE, method="POST", count=2))
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    await desk.chooses(deposit_account_id=desk.account_id(CHECKING))  # For what comes later.
    for _ in range(3):
        await desk.goes_on(A_WHILE)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == PAID


async def test_the_first_payment_of_a_client_who_is_there_meets_its_twin(desk: Desk) -> None:
    customer = desk.company.add_customer("Acme")
    theirs = desk.company.add_payment(customer["Id"], "300.00")
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says("Acme", payment) == ["Synced (linked)", "Skipped: possible_twin"]
    assert (await desk.facts(payment)).twin_id == theirs["Id"]
    assert desk.books == CREDIT


async def test_the_first_invoice_and_payment_of_a_client_who_is_there_meet_theirs(
    desk: Desk,
) -> None:
    customer = desk.company.add_customer("Acme")
    facts = {"TxnDate": TODAY.isoformat(), "DocNumber": "INV-1001"}
    made = desk.company.add_invoice(customer["Id"], "300.00", **facts)
    paid = desk.company.add_payment(customer["Id"], "300.00", invoice_id=made["Id"])
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Skipped: possible_twin", "Syncing"]
    await desk.links(invoice, made["Id"])
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    await desk.links(payment, paid["Id"])
    assert await desk.says("Acme", invoice, payment) == ["Synced (linked)"] * 3
    assert await desk.settled(payment) == {invoice: "300.00"}
    assert desk.books == PAID
