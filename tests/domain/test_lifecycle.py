"""The picture of a record's status shows what people and QuickBooks do to it in the code."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest

from services.db import ledger
from services.domain.causes import Cause
from services.domain.ledger import Payment, SyncFacts
from services.domain.sync import (
    ACTIONS,
    Action,
    EntryState,
    Operation,
    RecordKind,
    Rejected,
    Status,
    settle,
    status_after,
)
from services.errors import Refused
from services.intentions import tie
from services.payments import Payments
from services.pushes import PUSHES
from tests.builders import (
    ANNA,
    FIRM,
    NOW,
    PassedClock,
    a_client,
    a_new_payment,
)
from tests.db.shelf import SYNCING, Shelf
from tests.domain.pictures import DOCUMENT, OUTCOMES, START, Arrow, drawn, pictures


def test_the_statuses_are_drawn_under_their_names_on_screen() -> None:
    names = re.findall(r'state "(.+)" as (\w+)', pictures()[0])
    assert {(status.label, status.value) for status in Status} == set(names)


@pytest.mark.parametrize("picture", pictures())
def test_every_arrow_is_explained(picture: str) -> None:
    prose = DOCUMENT.read_text()
    events = {event for _, event, _ in drawn(picture) if event}
    assert {event for event in events if f"**{event}**" not in prose} == set()


def answered() -> Iterator[Arrow]:
    """By what QuickBooks says, or by what we chose."""
    for (word, outcome), operation, doubt in product(OUTCOMES.values(), Operation, (False, True)):
        state = settle(outcome, operation=operation, unresolved_before=doubt).state
        status = status_after(operation, state)
        if status is not Status.SYNCING:
            yield Status.SYNCING, word, status
    for operation in (Operation.DELETE, Operation.RELEASE):
        yield Status.SYNCING, "waited in vain", status_after(operation, EntryState.REFUSED)


async def recorded(payments: Payments) -> set[Arrow]:
    arrows = set()
    for sync in (False, True):
        new = a_new_payment()
        identity = await payments.record(FIRM, new, sync=sync, submission_id=f"V{sync}", by=ANNA)
        standing = await payments.show(FIRM, identity)
        arrows.add((START, "recorded", standing.payment.sync.status.value))
    return arrows


Press = Callable[[Payments, Payment], Awaitable[None]]


async def _link(payments: Payments, payment: Payment) -> None:
    async with payments.database.write(FIRM) as db:
        await tie(db, payment, f"9{payment.number}", by=ANNA, at=NOW)


PRESSES: dict[str, Press] = {
    "sync": lambda payments, it: payments.sync(FIRM, it.id, by=ANNA),
    "link": _link,
    "cancel": lambda payments, it: payments.cancel(FIRM, it.id, by=ANNA),
    "unsync": lambda payments, it: payments.unsync(FIRM, it.id, by=ANNA),
    "dismiss": lambda payments, it: payments.dismiss(FIRM, it.id, why="ours", by=ANNA),
    "edit": lambda payments, it: payments.edit(
        FIRM, it.id, a_new_payment(client_id=it.client.id, reference="7"), by=ANNA
    ),
    "void": lambda payments, it: payments.void(FIRM, it.id, by=ANNA),
}


def situations(shelf: Shelf) -> list[tuple[SyncFacts, Operation | None]]:
    """Every way to have a status; while it is Syncing, with what was asked for."""
    return [
        (SyncFacts(Status.NOT_SYNCED), None),
        (SYNCING, Operation.CREATE),
        (shelf.leaving(), Operation.UPDATE),
        (shelf.leaving(), Operation.DELETE),
        (replace(shelf.leaving(), linked=True), Operation.RELEASE),
        (shelf.synced(), None),
        (replace(shelf.synced(), linked=True), None),
        (SyncFacts(Status.FAILED, cause=Cause.GONE, blame="its own"), None),
        (SyncFacts(Status.SKIPPED, cause=Cause.DISMISSED, blame="its own"), None),
    ]


async def pressed(shelf: Shelf, payments: Payments) -> set[tuple[Status, str, Status | None]]:
    """By what a person does, to a payment for all; None where it is refused."""
    client = await shelf.client(sync=shelf.synced())
    found: set[tuple[Status, str, Status | None]] = set()
    for name, press in PRESSES.items():
        for facts, operation in situations(shelf):
            payment = await shelf.payment(client, sync=facts)
            if operation is not None:
                await shelf.ask(payment, operation)
            try:
                await press(payments, payment)
            except Refused:
                found.add((facts.status, name, None))
            else:
                standing = await payments.show(FIRM, payment.id)
                found.add((facts.status, name, standing.payment.sync.status))
    return found


@pytest.fixture
async def payments(shelf: Shelf) -> Payments:
    async with shelf.database.write(FIRM) as db:
        await ledger.insert_client(db, a_client(), by=ANNA, at=NOW)
    return Payments(shelf.database, PassedClock(), ring=lambda: None)


async def test_the_records_picture_shows_every_arrow_and_no_other(
    shelf: Shelf, payments: Payments
) -> None:
    moves = {
        (before.value, press, after.value)
        for before, press, after in await pressed(shelf, payments)
        if after is not None and after is not before
    }
    assert drawn(pictures()[0]) == {*await recorded(payments), *moves, *answered()}


async def test_what_is_offered_works_and_what_is_not_is_refused(
    shelf: Shelf, payments: Payments
) -> None:
    taken = {
        (before, press)
        for before, press, after in await pressed(shelf, payments)
        if after is not None and press in set(Action)
    }
    assert taken == {(status, action) for status, actions in ACTIONS.items() for action in actions}


def test_the_table_has_a_row_for_each_push_and_says_what_a_refusal_leaves() -> None:
    rows = re.findall(r"^\| (\w+) \| (\w+) \|.*\| (.+?) \|$", DOCUMENT.read_text(), re.MULTILINE)
    told = {(kind, operation): left for kind, operation, left in rows if kind in set(RecordKind)}
    refused = OUTCOMES[Rejected][1]
    for kind, operation in PUSHES:
        state = settle(refused, operation=operation, unresolved_before=False).state
        status = status_after(operation, state)
        note = "" if status is Status.FAILED else ", with a note"
        assert told.pop((kind, operation)) == f"{status.label}{note}"
    assert told == {}
