"""What QuickBooks already holds is not entered a second time unasked."""

from datetime import date, timedelta

import pytest

from sandbox.quickbooks import Weather
from services.domain.sync import Action, Status
from services.domain.waiting import ForInvoice
from tests.services.books.bookkeeping import FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import TODAY, Desk

ONE = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
TWO = Books({FUNDS: "1000.00", RECEIVABLE: "-1000.00"}, {"Acme": "-1000.00"}, "1000.00")


async def theirs(
    desk: Desk, amount: str = "500.00", *, on: date = TODAY, reference: str | None = None
) -> str:
    """A payment that the bookkeeper has entered."""
    if await desk.says("Acme") == ["Not synced"]:
        await desk.syncs("Acme")
    facts = {"PaymentRefNum": reference} if reference else {}
    customer = await desk.qbo_id("Acme")
    made = desk.company.add_payment(customer, amount, TxnDate=on.isoformat(), **facts)
    return str(made["Id"])


def days(count: int) -> date:
    return TODAY - timedelta(days=count)


@pytest.mark.parametrize("days_before", [0, 5, -5])
async def test_the_same_amount_within_the_window_is_a_twin(desk: Desk, days_before: int) -> None:
    twin = await theirs(desk, on=days(days_before))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert (await desk.facts(payment)).twin_id == twin
    assert f"(id {twin})" in await desk.detail(payment)
    assert desk.books == ONE


@pytest.mark.parametrize("days_before", [6, -6])
async def test_the_same_amount_outside_the_window_is_none(desk: Desk, days_before: int) -> None:
    await theirs(desk, on=days(days_before))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == TWO


async def test_the_window_is_the_firms_to_choose(desk: Desk) -> None:
    await desk.chooses(twin_window_days=30)
    await theirs(desk, on=days(30))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert desk.books == ONE


async def test_the_same_reference_is_a_twin_whenever_and_however_much(desk: Desk) -> None:
    await theirs(desk, "480.00", on=days(90), reference="CHK 4711")
    payment = await desk.receives("Acme", "500.00", reference="chk4711")
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert desk.books == Books(
        {FUNDS: "480.00", RECEIVABLE: "-480.00"}, {"Acme": "-480.00"}, "480.00"
    )


async def test_two_references_tell_two_payments_apart(desk: Desk) -> None:
    await theirs(desk, reference="4711")
    payment = await desk.receives("Acme", "500.00", reference="4712")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == TWO


async def test_a_reference_on_one_side_tells_nothing_apart(desk: Desk) -> None:
    await theirs(desk, reference="4711")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert desk.books == ONE


async def test_another_clients_payment_is_no_twin(desk: Desk) -> None:
    await theirs(desk)
    await desk.adds_client("Birch")
    payment = await desk.receives("Birch", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(TWO.trial, {"Acme": "-500.00", "Birch": "-500.00"}, "1000.00")


async def test_what_is_tied_to_one_of_ours_is_no_twin_of_another(desk: Desk) -> None:
    linked = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(linked, await theirs(desk))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(linked, payment) == ["Synced (linked)", "Synced"]
    assert desk.books == TWO


async def test_two_equal_ones_recorded_on_purpose_both_go(desk: Desk) -> None:
    payments = [await desk.receives("Acme", "500.00") for _ in range(2)]
    assert await desk.says(*payments) == ["Synced", "Synced"]
    assert desk.books == TWO


async def test_of_two_equal_ones_the_one_that_is_there_holds_back_just_one(desk: Desk) -> None:
    await theirs(desk)
    payments = [await desk.receives("Acme", "500.00") for _ in range(2)]
    assert await desk.says(*payments) == ["Skipped: possible_twin", "Synced"]
    assert desk.books == TWO


async def test_two_there_hold_two_back(desk: Desk) -> None:
    twins = {await theirs(desk), await theirs(desk)}
    payments = [await desk.receives("Acme", "500.00") for _ in range(3)]
    assert await desk.says(*payments) == [*["Skipped: possible_twin"] * 2, "Synced"]
    assert {(await desk.facts(each)).twin_id for each in payments[:2]} == twins
    assert desk.books.undeposited == "1500.00"


async def test_sent_anyway_it_goes(desk: Desk) -> None:
    await theirs(desk)
    payment = await desk.receives("Acme", "500.00")
    assert await desk.may(payment) == {Action.SYNC, Action.LINK}
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == TWO


async def test_each_twin_is_asked_about_once(desk: Desk) -> None:
    first, second = await theirs(desk), await theirs(desk)
    payment = await desk.receives("Acme", "500.00")
    before = (await desk.facts(payment)).twin_id
    await desk.syncs(payment)
    after = (await desk.facts(payment)).twin_id
    assert {before, after} == {first, second}
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert desk.books == TWO
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books.undeposited == "1500.00"


async def test_a_twin_is_not_asked_about_again_where_the_sync_failed_for_another_reason(
    desk: Desk,
) -> None:
    await theirs(desk)
    payment = await desk.receives("Acme", "500.00")
    desk.closes_the_books(TODAY)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Failed: closed_period"]
    desk.closes_the_books(None)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == TWO


async def test_two_reasons_to_skip_it_are_read_one_after_the_other(desk: Desk) -> None:
    await theirs(desk)
    await desk.chooses(start_on=date(2026, 11, 3))
    await desk.excludes("Acme")
    payment = await desk.receives("Acme", "500.00")
    read = []
    for _ in range(3):
        read += await desk.says(payment)
        await desk.syncs(payment)
    assert read == [
        "Skipped: client_excluded",
        "Skipped: before_start_date",
        "Skipped: possible_twin",
    ]
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == TWO


async def test_linked_instead_there_is_still_one(desk: Desk) -> None:
    twin = await theirs(desk)
    payment = await desk.receives("Acme", "500.00")
    await desk.links(payment, twin)
    assert await desk.says(payment) == ["Synced (linked)"]
    assert desk.books == ONE


async def test_our_own_earlier_one_is_no_twin_where_it_still_shows(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.office.clock.advance(timedelta(minutes=5))
    desk.office.quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    await desk.unsyncs(payment)
    await desk.syncs(payment)  # The query still shows what was deleted just now.
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == ONE


async def test_synced_again_the_checks_run_again(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.unsyncs(payment)
    await theirs(desk)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert desk.books == ONE


async def test_a_voided_payment_is_no_twin_of_anything(desk: Desk) -> None:
    desk.company.void("Payment", await theirs(desk))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == ONE


# Invoices.


async def their_invoice(desk: Desk, amount: str = "300.00", **facts: str) -> str:
    if await desk.says("Acme") == ["Not synced"]:
        await desk.syncs("Acme")
    return str(desk.company.add_invoice(await desk.qbo_id("Acme"), amount, **facts)["Id"])


def owed(amount: str) -> Books:
    return Books({RECEIVABLE: amount, SERVICES: f"-{amount}"}, {"Acme": amount})


async def test_an_invoice_of_the_same_number_is_a_twin(desk: Desk) -> None:
    twin = await their_invoice(desk, "10.00", DocNumber="inv 7", TxnDate="2026-01-01")
    invoice = await desk.bills("Acme", "300.00", number="INV7")
    assert await desk.says(invoice) == ["Skipped: possible_twin"]
    assert (await desk.facts(invoice)).twin_id == twin
    assert desk.books == owed("10.00")


async def test_an_invoice_of_the_same_total_and_date_is_a_twin(desk: Desk) -> None:
    twin = await their_invoice(desk, TxnDate=TODAY.isoformat())
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Skipped: possible_twin"]
    assert (await desk.facts(invoice)).twin_id == twin
    assert desk.books == owed("300.00")


@pytest.mark.parametrize(("amount", "on"), [("300.00", "2026-11-01"), ("299.99", "2026-11-02")])
async def test_another_date_or_another_total_is_no_twin(desk: Desk, amount: str, on: str) -> None:
    await their_invoice(desk, amount, TxnDate=on)
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == owed("600.00" if amount == "300.00" else "599.99")


async def test_two_equal_invoices_of_ours_both_go(desk: Desk) -> None:
    invoices = [await desk.bills("Acme", "300.00") for _ in range(2)]
    assert await desk.says(*invoices) == ["Synced", "Synced"]
    assert desk.books == owed("600.00")


async def test_an_invoice_is_sent_anyway_or_linked_instead(desk: Desk) -> None:
    await their_invoice(desk, TxnDate=TODAY.isoformat())
    sent = await desk.bills("Acme", "300.00")
    await desk.syncs(sent)
    linked = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(linked, await their_invoice(desk, DocNumber=linked))
    assert await desk.says(sent, linked) == ["Synced", "Synced (linked)"]
    assert desk.books == owed("900.00")


async def test_our_own_earlier_invoice_is_no_twin_where_it_still_shows(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    desk.office.clock.advance(timedelta(minutes=5))
    desk.office.quickbooks.weather = Weather(query_lag=timedelta(seconds=60))
    await desk.unsyncs(invoice)
    await desk.syncs(invoice)
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == owed("300.00")


async def test_a_payment_waits_for_an_invoice_that_may_be_a_twin(desk: Desk) -> None:
    twin = await their_invoice(desk, TxnDate=TODAY.isoformat(), DocNumber="INV-1001")
    invoice = await desk.bills("Acme", "300.00", sync=False)
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    assert await desk.says(invoice, payment) == ["Skipped: possible_twin", "Syncing"]
    assert desk.books == owed("300.00")
    await desk.links(invoice, twin)
    await desk.goes_on()
    assert await desk.says(invoice, payment) == ["Synced (linked)", "Synced"]
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_no_payment_sends_an_invoice_that_may_be_a_twin_along(desk: Desk) -> None:
    await their_invoice(desk, TxnDate=TODAY.isoformat())
    invoice = await desk.bills("Acme", "300.00")
    with desk.resting():
        payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"}, sync=False)
        await desk.syncs(payment)
    await desk.goes_on()
    assert await desk.says(invoice, payment) == ["Skipped: possible_twin", "Syncing"]
    assert await desk.waits_for(payment) == ForInvoice(invoice, Status.SKIPPED)
    assert desk.books == owed("300.00")
    await desk.syncs(invoice)
    assert await desk.says(invoice, payment) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "300.00", SERVICES: "-600.00"}, {"Acme": "300.00"}, "300.00"
    )
