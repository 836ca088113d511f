"""What is shown of a failure: what happened, who can mend it and where, and what to press then."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.causes import explain_cause, explain_note
from handlers.clients.blocks import show as show_client
from handlers.elements import Reply
from handlers.invoices.blocks import show as show_invoice
from handlers.payments.blocks import show as show_payment
from handlers.refunds.blocks import show as show_refund
from sandbox.quickbooks import Fault, Kind
from sandbox.slack.message import Message
from services.clients import ClientStanding
from services.domain.causes import Cause
from services.domain.ledger import Client, Invoice, Note, Payment, Record, Refund, SyncFacts
from services.domain.sync import ACTIONS, Operation, Status
from services.invoices import InvoiceStanding
from services.payments import Standing
from services.refunds import RefundStanding
from tests.builders import SYNCED, a_client, a_payment, a_refund, an_invoice
from tests.world import World

URL = "https://qbo.intuit.com/app"
LONGEST = 330  # What a bookkeeper reads on a phone without scrolling, quotes not counted.
KINDS: dict[str, Record] = {
    "client": a_client(),
    "invoice": an_invoice(),
    "payment": a_payment(),
    "refund": a_refund(),
}
SAFE = re.compile(
    r"Sync (client|invoice|payment|refund) to QuickBooks"
    r"|Unsync (client|invoice|payment|refund) from QuickBooks"
    r"|Link to a QuickBooks (customer|invoice|payment)"
    r"|Sync client first"
)
OF_WHAT_IS_SYNCED = {
    Cause.DELETED_IN_QUICKBOOKS,
    Cause.REFUND_IN_THE_WAY,
    Cause.RECORD_IN_THE_WAY,
}
every_kind = pytest.mark.parametrize("record", KINDS.values(), ids=KINDS.keys())


def failed(cause: Cause, **facts: Any) -> SyncFacts:
    if cause is Cause.POSSIBLE_TWIN:
        facts |= {"status": Status.SKIPPED, "twin_id": "77"}
    ordinary = {"status": Status.FAILED, "cause": cause, "blame": f"{cause}:its own"}
    return SyncFacts(**{**ordinary, **facts})


def noted(cause: Cause, operation: Operation) -> SyncFacts:
    return replace(SYNCED, note=Note(operation, cause, "", f"{cause}:its own"))


def shown(record: Record) -> Reply:
    actions: Any = ACTIONS[record.sync.status]
    match record:
        case Client():
            return show_client(ClientStanding(record, actions, None), records_url=URL)
        case Invoice():
            standing = InvoiceStanding(record, actions, None)
            return show_invoice(standing, (), locale="en-US", records_url=URL)
        case Payment():
            return show_payment(Standing(record, actions, None), locale="en-US", records_url=URL)
        case Refund():
            refund = RefundStanding(record, actions, None)
            return show_refund(refund, locale="en-US", records_url=URL, company=None)


def buttons(reply: Reply) -> set[str]:
    rows = [block["elements"] for block in reply.blocks if block["type"] == "actions"]
    return {each["text"]["text"] for row in rows for each in row if each["type"] == "button"}


def named(words: str) -> Iterator[str]:
    """The buttons that a text names."""
    return (found[1] for found in re.finditer(r"\*([^*]+)\*", words))


@every_kind
def test_the_next_step_is_a_button_that_is_there(record: Record) -> None:
    for cause in set(Cause) - OF_WHAT_IS_SYNCED:
        there = replace(record, sync=failed(cause))
        assert set(named(explain_cause(there, URL))) <= buttons(shown(there)), cause


@every_kind
@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.DELETE, Operation.RELEASE])
def test_the_next_step_of_a_refused_change_is_there_too(
    record: Record, operation: Operation
) -> None:
    for cause in Cause:
        there = replace(record, sync=noted(cause, operation))
        assert set(named(explain_note(there, URL))) <= buttons(shown(there)), cause


@every_kind
def test_no_next_step_gives_a_record_another_date_or_amount(record: Record) -> None:
    for cause in Cause:
        told = [explain_cause(replace(record, sync=failed(cause)), URL)]
        notes = [replace(record, sync=noted(cause, operation)) for operation in Operation]
        for words in (*told, *(explain_note(each, URL) for each in notes)):
            assert all(SAFE.fullmatch(label) for label in named(words)), words
            assert not re.search(r"\b(date|amount|sum)\b", words.partition("Next: ")[2]), words


@every_kind
def test_an_explanation_fits_on_a_phone(record: Record) -> None:
    for cause in Cause:
        words = explain_cause(replace(record, sync=failed(cause)), URL)
        assert len(re.sub(r"<[^|>]*\|([^>]*)>", r"\1", words)) <= LONGEST, words


def test_who_can_mend_it_is_said() -> None:
    told = {cause: explain_cause(a_payment(sync=failed(cause)), URL) for cause in Cause}
    assert "The bookkeeper can open the period" in told[Cause.CLOSED_PERIOD]
    assert "An admin can choose another account" in told[Cause.ACCOUNT_GONE]
    assert "You can link it if they are the same" in told[Cause.POSSIBLE_TWIN]


def test_settings_and_connection_come_before_the_next_try() -> None:
    account = explain_cause(a_payment(sync=failed(Cause.ACCOUNT_GONE)), URL)
    assert account.endswith("Next: `/quickbooks settings`, then *Sync payment to QuickBooks*.")
    right = explain_cause(a_payment(sync=failed(Cause.PERMISSION)), URL)
    assert right.endswith("Next: `/quickbooks connect`, then *Sync payment to QuickBooks*.")


def test_what_is_there_but_not_as_asked_for_is_not_synced_once_more() -> None:
    words = explain_note(a_payment(sync=noted(Cause.OVER_APPLIED, Operation.CREATE)), URL)
    assert words.startswith(" Change not accepted: ")
    assert "Next:" not in words


def test_what_quickbooks_says_is_no_markup_and_is_cut_where_the_cause_says_as_much() -> None:
    long = "<!channel> *No.* " * 30
    known = explain_cause(a_payment(sync=failed(Cause.CLOSED_PERIOD, detail=long)), URL)
    assert "<!channel>" not in known
    assert len(known) < 600
    unknown = explain_cause(a_payment(sync=failed(Cause.UNKNOWN, detail=long)), URL)
    assert unknown.count("&lt;!channel&gt;") == 30


# In the workspace.


def refuse(world: World, code: str, words: str, *, entity: str = "payment") -> None:
    fault = Fault(kind=Kind.REFUSED, method="POST", entity=entity, code=code, detail=words)
    world.quickbooks.faults.add(fault)


async def a_failed_payment(world: World, code: str, words: str) -> Message:
    await world.connect()
    await world.add_client("Acme")
    refuse(world, code, words)
    message = await world.record(sync=True)
    await world.until(message, "Failed")
    return message


def trace(message: Message) -> str | None:
    found = re.search(r"For Intuit’s support: (\S+)\.(?: |\n|$)", message.plain)
    return found[1] if found else None


async def answer(world: World, words: str) -> Message:
    await world.anna.command(words)
    return (await world.anna.replies())[-1]


async def test_an_unknown_refusal_tells_quickbooks_words_and_how_support_finds_it(
    world: World,
) -> None:
    message = await a_failed_payment(world, "9999", "No class for a Monday.")
    assert "No class for a Monday”" in message.plain
    tid = trace(message)
    assert tid
    for command in ("/payment show P-1001", "/quickbooks failures"):
        reply = await answer(world, command)
        assert "No class for a Monday”" in reply.plain
        assert trace(reply) == tid


async def test_what_is_known_needs_no_support(world: World) -> None:
    message = await a_failed_payment(world, "6210", "The account period has closed.")
    assert trace(message) is None


async def test_an_unknown_refusal_of_a_change_can_be_traced_too(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=True)
    await world.until(message, "Synced")
    refuse(world, "9999", "No class for a Monday.")
    await world.olivia.command("/payment unsync P-1001")
    assert (await (await world.olivia.modal()).submit()).accepted
    await world.until(message, "Change not accepted")
    assert message.text.startswith("P-1001 · Synced")
    assert "No class for a Monday”" in message.plain
    assert trace(message)


async def test_closed_books_lead_to_where_they_are_opened(world: World) -> None:
    message = await a_failed_payment(world, "6210", "The account period has closed.")
    place = f"<{world.config.records_url}/settings?p=Advanced|look there>"
    assert place in str(message.blocks)
    assert place in str((await answer(world, "/quickbooks failures")).blocks)


async def test_once_it_is_mended_the_next_step_sends_it_as_it_was_recorded(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    modal = await world.begin_payment()
    await modal.set_date("Payment date", date(2026, 11, 20))
    await modal.check("Sync this payment to QuickBooks")
    refuse(world, "6210", "The account period has closed.")
    assert (await modal.submit()).accepted
    message = await world.message_to(world.anna, "Failed")
    assert message.plain.endswith("Next: Sync payment to QuickBooks.")
    await message.press("Sync payment to QuickBooks")
    await world.until(message, "Synced")
    (payment,) = world.company.payments()
    assert (payment["TxnDate"], str(payment["TotalAmt"])) == ("2026-11-20", "500.00")
