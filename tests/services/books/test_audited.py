"""Who reads the audit knows what was typed, what became of it, and what it is in QuickBooks."""

from datetime import timedelta
from typing import Any

import pytest

from services.db import ledger
from services.domain.alerts import TopicKind
from services.domain.ledger import Reason
from services.domain.sync import RecordKind
from tests.auditor import UnauditedError
from tests.builders import ANNA, FIRM, NOW
from tests.services.books.desk import Desk
from tests.services.books.failing import retry, the_alert, the_subscription_ends

TOMORROW = NOW + timedelta(days=1)


async def rows(desk: Desk, *actions: str) -> list[dict[str, Any]]:
    async with desk.office.database.read() as db:
        found = [row async for row in ledger.audit_rows(db, FIRM)]
    return [row for row in found if row["action"] in actions]


async def changes(desk: Desk, *actions: str) -> list[dict[str, Any]]:
    return [row["change"] for row in await rows(desk, *actions)]


async def test_what_was_typed_stands_in_the_first_row(desk: Desk) -> None:
    await desk.adds_client("Birch", email="books@birch.example", sync=False)
    number = await desk.bills("Birch", lines=[("Advice", "2.5", "100.00")], sync=False)
    name = await desk.receives("Birch", "300.00", on={number: "250.00"}, sync=False)
    await desk.refunds(name, "20.00", Reason.CREDIT_RETURNED)
    client, invoice, payment, refund = [
        each["after"]
        for each in await changes(
            desk, "client recorded", "invoice recorded", "payment recorded", "refund recorded"
        )
    ]
    assert client == {"name": "Birch", "email": "books@birch.example"}
    its_client = {"client": str((await desk.client("Birch")).id), "currency": "USD"}
    assert invoice == {
        **its_client,
        "number": number,
        "invoiced_on": "2026-11-02",
        "due_on": "2026-12-02",
        "lines": [{"description": "Advice", "quantity": "2.5", "unit_price_minor": 10000}],
    }
    part = {"invoice": str((await desk.invoice(number)).id), "minor": 25000, "left_out": False}
    assert payment == {
        **its_client,
        "amount_minor": 30000,
        "received_on": "2026-11-02",
        "method": "Check",
        "reference": None,
        "description": None,
        "allocations": [part],
    }
    assert refund == {
        "payment": str((await desk.payment(name)).id),
        "amount_minor": 2000,
        "currency": "USD",
        "reason": "credit_returned",
        "account": desk.account_id("Checking"),
        "refunded_on": "2026-11-02",
    }


async def test_an_edit_says_what_was_and_what_is(desk: Desk) -> None:
    name = await desk.receives("Acme", "300.00", sync=False)
    await desk.edits_payment(name, amount="310.00")
    number = await desk.bills("Acme", "20.00", sync=False)
    await desk.edits_invoice(number, number="INV-7")
    await desk.adds_client("Birch", sync=False)
    await desk.edits_client("Birch", to="Birch & Co")
    (payment,) = await changes(desk, "payment edited")
    assert (payment["before"]["amount_minor"], payment["after"]["amount_minor"]) == (30000, 31000)
    assert await changes(desk, "invoice edited", "client edited") == [
        {"before": {"number": number}, "after": {"number": "INV-7"}},
        {"before": {"name": "Birch"}, "after": {"name": "Birch & Co"}},
    ]


async def test_an_edit_of_what_is_in_quickbooks_says_what_was_wanted_and_what_came_of_it(
    desk: Desk,
) -> None:
    name = await desk.receives("Acme", "300.00")
    await desk.edits_payment(name, amount="310.00", reference="1042")
    (asked,) = await changes(desk, "update asked for")
    assert (asked["before"]["amount_minor"], asked["wanted"]["amount_minor"]) == (30000, 31000)
    (ended,) = await rows(desk, "update ended")
    assert ended["change"] == {
        "status": ["syncing", "synced"],
        "before": {"amount_minor": 30000, "reference": None},
        "after": {"amount_minor": 31000, "reference": "1042"},
    }
    assert ended["qbo_id"] == await desk.qbo_id(name)
    assert ended["intuit_tid"]


async def test_what_quickbooks_refused_of_an_edit_is_no_change(desk: Desk) -> None:
    name = await desk.receives("Acme", "300.00")
    the_subscription_ends(desk, "payment")
    await desk.edits_payment(name, amount="310.00")
    (ended,) = await changes(desk, "update ended")
    assert set(ended) == {"status", "note"}
    assert ended["note"][:2] == ["update", "subscription_ended"]


async def test_what_is_void_says_so_by_whatever_way(desk: Desk) -> None:
    here = await desk.receives("Acme", "10.00", sync=False)
    there = await desk.receives("Acme", "20.00")
    customer = (await desk.client("Acme")).sync.qbo_id
    assert customer is not None
    theirs = desk.company.add_payment(customer, "30.00")["Id"]
    linked = await desk.receives("Acme", "30.00", sync=False)
    await desk.links(linked, theirs)
    invoice = await desk.bills("Acme", "40.00")
    for name in (here, there, linked, invoice):
        await desk.voids(name)
    told = await rows(desk, "payment voided", "delete ended", "void ended")
    assert [each["change"].get("voided") or each["change"]["after"] for each in told] == [
        *(True, {"voided": True}, True, {"voided": True})
    ]
    assert {each["record_id"] for each in told} == {
        str((await desk.record(name)).id) for name in (here, there, linked, invoice)
    }


async def test_an_invoice_that_is_left_out_of_a_payment_is_told(desk: Desk) -> None:
    number = await desk.bills("Acme", "20.00", sync=False)
    name = await desk.receives("Acme", "20.00", on={number: "20.00"}, sync=False)
    await desk.syncs(name, send_invoices=False)
    (change,) = await changes(desk, "invoices left out")
    assert [
        [part["left_out"] for part in change[when]["allocations"]] for when in ("before", "after")
    ] == [[False], [True]]


async def test_a_record_is_known_by_its_id_in_quickbooks_also_once_it_has_left(desk: Desk) -> None:
    name = await desk.receives("Acme", "20.00")
    qbo_id = await desk.qbo_id(name)
    await desk.unsyncs(name)
    told = await rows(desk, "create ended", "delete asked for", "delete ended")
    payment = str((await desk.payment(name)).id)
    of_payment = [each["qbo_id"] for each in told if each["record_id"] == payment]
    assert of_payment == [qbo_id] * 3


async def test_what_people_do_about_an_alert_is_told_in_their_name(desk: Desk) -> None:
    the_subscription_ends(desk, "payment", "payment")
    await desk.receives("Acme", "20.00")
    alert, alerts = await the_alert(desk), desk.office.alerts
    for _ in range(2):
        await alerts.claim(FIRM, alert, by=ANNA)
        await alerts.snooze(FIRM, alert, until=TOMORROW, by=ANNA)
    await retry(desk, alert)
    await desk.goes_on()
    await alerts.dismiss(FIRM, alert, why="paid in cash", by=ANNA)
    found = await rows(desk, "alert claimed", "alert snoozed", "alert retried", "alert dismissed")
    assert {(each["actor"], each["record_kind"], each["record_id"]) for each in found} == {
        (ANNA, "alert", str(alert))
    }
    about = {each["change"].pop("about")[0] for each in found}
    assert about == {TopicKind.FAILURES}
    assert [each["change"] for each in found] == [
        {"claimed_by": [None, ANNA]},
        {"snoozed_until": [None, TOMORROW.isoformat()]},
        {"records": 1, "why": ""},
        {"records": 1, "why": "paid in cash"},
    ]


async def test_every_turn_of_the_connection_is_told(desk: Desk) -> None:
    connections = desk.office.connections
    await connections.disconnect(FIRM, by=ANNA)
    for _ in range(2):
        await connections.revoke(FIRM, by=ANNA)
    await desk.office.come_back()
    found = await rows(desk, "connected", "company confirmed", "disconnected", "access revoked")
    assert [(each["action"], each["change"].get("state")) for each in found] == [
        ("connected", [None, "unconfirmed"]),
        ("company confirmed", ["unconfirmed", "active"]),
        ("disconnected", ["active", "lost"]),
        ("access revoked", None),
        ("connected", ["lost", "active"]),
    ]


@pytest.mark.parametrize("excluded", [True, False])
async def test_excluding_and_including_are_told_apart(desk: Desk, *, excluded: bool) -> None:
    await desk.excludes("Acme")
    if not excluded:
        await desk.excludes("Acme", excluded=False)
    (change,) = await changes(desk, "client excluded" if excluded else "client included")
    assert change == {"excluded": [not excluded, excluded]}


async def test_a_change_that_nobody_tells_of_is_found_in_every_test_of_a_firm(desk: Desk) -> None:
    """By whoever reads along: see `tests/auditor.py`."""
    payment = await desk.payment(await desk.receives("Acme", "20.00"))
    with pytest.raises(UnauditedError, match="UPDATE payments SET voided"):
        async with desk.office.database.write(FIRM) as db:
            await ledger.set_facts(db, RecordKind.PAYMENT, payment.id, voided=True)
    assert not (await desk.payment(payment.name)).voided
