"""What is delivered a second time, in an envelope of its own, leaves the ledger as it was."""

import sqlite3
from uuid import UUID

import pytest

from handlers import ids
from sandbox.slack import payloads
from sandbox.slack.delivery import Parcel, form
from tests.handlers.forging import ledger_of, press
from tests.handlers.invoicing import make_invoice
from tests.world import World

LINES = [
    "/payment sync P-1001",
    "/client sync Acme",
    "/client exclude Acme",
    "/client include Acme",
    "/invoice sync INV-1001",
]


@pytest.mark.parametrize("line", LINES)
async def test_a_command_that_comes_twice_is_obeyed_once(world: World, line: str) -> None:
    """Without a connection nothing but the command changes anything."""
    await world.add_client("Acme")
    await make_invoice(world)
    await world.record(sync=False)
    typed = _typed(world, line)
    await _obeyed(world, typed)
    once = ledger_of(world)
    await _obeyed(world, typed)
    assert ledger_of(world) == once


@pytest.mark.parametrize("name", [ids.SYNC_PAYMENT, ids.CANCEL_SYNC])
async def test_a_press_that_comes_twice_is_obeyed_once(world: World, name: str) -> None:
    await world.add_client("Acme")
    message = await world.record(sync=name == ids.CANCEL_SYNC)
    before, payment = ledger_of(world), _payment(world)
    assert (await press(world, message, world.anna, name, payment)).accepted
    once = ledger_of(world)
    assert (await press(world, message, world.anna, name, payment)).accepted
    assert before != once == ledger_of(world)


def _typed(world: World, line: str) -> Parcel:
    workspace, olivia = world.workspace, world.olivia.account
    place = workspace.conversations[workspace.direct_with(olivia.id).id]
    command, _, text = line.partition(" ")
    return form(payloads.slash_command(workspace, olivia, place, command=command, text=text))


async def _obeyed(world: World, typed: Parcel) -> None:
    """The answer comes with the acknowledgement, or after it."""
    before = len(world.olivia.ephemerals)
    answer = await world.workspace.courier.deliver(typed)
    assert answer.accepted
    if not answer.body:
        await world.workspace.wait_until(lambda: len(world.olivia.ephemerals) > before)


def _payment(world: World) -> str:
    with sqlite3.connect(world.config.database_url.removeprefix("sqlite:///")) as db:
        ((payment,),) = db.execute("SELECT id FROM payments").fetchall()
    return str(UUID(hex=payment))
