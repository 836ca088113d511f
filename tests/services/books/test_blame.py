"""What is to blame is remembered as it was when QuickBooks refused."""

from datetime import date, timedelta

import pytest

from sandbox.quickbooks import Fault, Kind
from services.domain.ledger import Reason
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, Books
from tests.services.books.desk import TODAY, Desk

NEVER = "Business Validation Error: Never on a Monday."


async def blamed(desk: Desk, *names: str) -> list[str | None]:
    facts = [await desk.facts(name) for name in names]
    return [each.note.blame if each.note else each.blame for each in facts]


def times_read(desk: Desk) -> int:
    """How often the company was read."""
    return sum(each.entity == "companyinfo" for each in desk.office.quickbooks.requests)


async def test_all_that_one_inactive_account_stopped_has_one_key(desk: Desk) -> None:
    checking = desk.account_id(CHECKING)
    await desk.chooses(deposit_account_id=checking)
    desk.makes_inactive("Account", checking)
    await desk.adds_client("Birch")
    failed = [await desk.receives(client, "300.00") for client in ("Acme", "Birch", "Acme")]
    keys = await blamed(desk, *failed)
    assert len(set(keys)) == 1
    assert keys[0] is not None
    assert keys[0].endswith(f":account {checking}")
    assert desk.books == Books()


async def test_one_inactive_customer_is_told_from_another_and_from_the_account(
    desk: Desk,
) -> None:
    await desk.chooses(deposit_account_id=desk.account_id(CHECKING))
    await desk.syncs("Acme")
    for client in ("Acme", await desk.adds_client("Birch")):
        desk.makes_inactive("Customer", await desk.qbo_id(client))
    failed = [await desk.receives(client, "300.00") for client in ("Acme", "Birch", "Acme")]
    failed.append(await desk.bills("Birch", "300.00"))
    assert await desk.says(*failed) == ["Failed: customer_gone"] * 4
    acme, birch, *others = await blamed(desk, *failed)
    assert acme != birch
    assert others == [acme, birch]
    assert desk.books == Books()


async def test_what_is_inactive_is_looked_up_once_for_all_that_it_stops(desk: Desk) -> None:
    checking = desk.account_id(CHECKING)
    await desk.chooses(deposit_account_id=checking)
    await desk.syncs("Acme")
    with desk.resting():
        failed = [await desk.receives("Acme", f"{n}00.00") for n in range(1, 6)]
    desk.makes_inactive("Account", checking)
    before = times_read(desk)
    await desk.goes_on()
    assert await desk.says(*failed) == ["Failed: account_gone"] * 5
    assert times_read(desk) == before + 1
    assert desk.books == Books()


async def test_where_nobody_can_say_what_is_inactive_it_is_refused_all_the_same(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    desk.makes_inactive("Customer", await desk.qbo_id("Acme"))
    desk.office.quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE, entity="companyinfo"))
    payment = await desk.receives("Acme", "300.00")
    desk.office.quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE, entity="customer"))
    other = await desk.receives("Acme", "300.00")
    assert await desk.says(payment, other) == ["Failed: inactive"] * 2
    assert desk.books == Books()


@pytest.mark.parametrize("busy", ["companyinfo", "customer"])
async def test_where_quickbooks_is_too_busy_to_say_what_is_inactive_it_is_asked_again(
    desk: Desk, busy: str
) -> None:
    await desk.syncs("Acme")
    desk.makes_inactive("Customer", await desk.qbo_id("Acme"))
    first = await desk.receives("Acme", "300.00")
    desk.office.quickbooks.faults.add(Fault(kind=Kind.THROTTLED, entity=busy))
    second = await desk.receives("Acme", "300.00")
    assert await desk.says(second) == ["Syncing"]
    await desk.goes_on(after=timedelta(minutes=2))
    assert await desk.says(first, second) == ["Failed: customer_gone"] * 2
    assert len(set(await blamed(desk, first, second))) == 1
    assert desk.books == Books()


async def test_what_is_neither_the_account_nor_the_customer_nor_the_item_is_gone(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    words = "Something you're trying to use has been made inactive."
    fault = Fault(kind=Kind.REFUSED, entity="payment", code="610", detail=words)
    desk.office.quickbooks.faults.add(fault)
    payment = await desk.receives("Acme", "300.00")
    assert await desk.says(payment) == ["Failed: gone"]
    assert desk.books == Books()


async def test_another_account_that_was_chosen_since_is_not_to_blame(desk: Desk) -> None:
    checking, savings = desk.account_id(CHECKING), desk.account_id("Savings")
    await desk.chooses(deposit_account_id=checking)
    desk.makes_inactive("Account", checking)
    before = await desk.receives("Acme", "300.00")
    await desk.chooses(deposit_account_id=savings)
    desk.makes_inactive("Account", savings)
    after = await desk.receives("Acme", "300.00")
    keys = await blamed(desk, before, after)
    assert [str(key).rpartition(":")[2] for key in keys] == [
        f"account {checking}",
        f"account {savings}",
    ]
    assert desk.books == Books()


async def test_what_could_not_leave_for_another_is_blamed_on_what_kept_that(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", received_on=date(2026, 10, 30))
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    desk.closes_the_books(date(2026, 10, 31))
    await desk.unsyncs(payment)
    assert await desk.says(payment, refund) == [
        "Synced; delete not accepted: refund_in_the_way",
        "Synced; unapply not accepted: closed_period",
    ]
    assert await blamed(desk, payment, refund) == ["closed_period:firm"] * 2
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
    )


async def test_refused_in_the_same_words_is_refused_for_the_same_reason(desk: Desk) -> None:
    faults = desk.office.quickbooks.faults
    keys = []
    for words in ("No class for 4711.", "No class for 4712.", "No location for 4711."):
        faults.add(Fault(kind=Kind.REFUSED, entity="payment", code="6000", detail=words))
        keys += await blamed(desk, await desk.receives("Acme", "300.00"))
    assert keys[0] == keys[1] != keys[2]
    assert desk.books == Books()


@pytest.mark.parametrize("code", ["6000", "9999"])
async def test_how_support_finds_the_answer_stays_with_a_failure(desk: Desk, code: str) -> None:
    fault = Fault(kind=Kind.REFUSED, entity="payment", code=code, detail=NEVER)
    desk.office.quickbooks.faults.add(fault)
    payment = await desk.receives("Acme", "300.00")
    assert (await desk.facts(payment)).tid
    assert desk.books == Books()


async def test_how_support_finds_the_answer_stays_with_a_note(desk: Desk) -> None:
    payment = await desk.receives("Acme", "300.00")
    desk.closes_the_books(TODAY)
    await desk.unsyncs(payment)
    note = (await desk.facts(payment)).note
    assert note is not None
    assert note.tid
    assert note.blame == "closed_period:firm"
    assert desk.books == Books(
        {FUNDS: "300.00", RECEIVABLE: "-300.00"}, {"Acme": "-300.00"}, "300.00"
    )
