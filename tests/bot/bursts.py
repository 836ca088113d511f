"""Many people who save a payment at the same time, and a ledger that keeps them waiting."""

import asyncio
import copy
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.slack import Modal, payloads
from sandbox.slack.delivery import Answer, interaction
from sandbox.slack.views import find_view
from tests.world import SYNC, World

Payload = dict[str, Any]
PRESSES_AGAIN = 1  # Seconds after which somebody does who was told that it failed.


@dataclass
class Burst:
    """Forms that are filled and not sent yet.

    `taken` counts those that the bot has acknowledged as saved, `unheard` how often somebody was
    told that it does not answer.
    """

    world: World
    forms: Sequence[Payload]
    taken: int = 0
    unheard: int = 0

    async def save(self) -> None:
        """All at once. Whoever sees an error presses Save again, as often as it takes."""
        await asyncio.gather(*map(self.save_one, self.forms))

    async def until_taken(self, count: int) -> None:
        await self.world.workspace.wait_until(lambda: self.taken >= count, 30)

    async def save_one(self, form: Payload) -> None:
        while not _is_saved(answer := await self._send(form)):
            self.unheard += not answer.accepted
            await asyncio.sleep(PRESSES_AGAIN)
        self.taken += 1
        self.world.workspace.changed()

    async def _send(self, form: Payload) -> Answer:
        return await self.world.workspace.courier.deliver(interaction(form))

    @property
    def amounts(self) -> list[str]:
        return [f"{number + 1}.00" for number in range(len(self.forms))]


def _is_saved(answer: Answer) -> bool:
    return answer.accepted and answer.as_json() == {}


async def fill_in(world: World, count: int, *, client: str = "Acme", sync: bool = True) -> Burst:
    """So many forms of one person, with amounts from 1.00 on: nothing is another one's twin."""
    modal = await world.begin_payment(client=client, amount="1.00")
    await (modal.check(SYNC) if sync else modal.uncheck(SYNC))
    form = _submission(world, modal)
    forms = [_another(form, number) for number in range(count)]
    await modal.cancel()
    return Burst(world, forms)


def recorded(world: World) -> int:
    """So many payments are in the ledger."""
    with closing(sqlite3.connect(_file(world))) as db:
        ((count,),) = db.execute("SELECT count(*) FROM payments").fetchall()
    return int(count)


@contextmanager
def ledger_held(world: World) -> Iterator[None]:
    """While inside nobody else writes: what comes waits, for two seconds at most."""
    with closing(sqlite3.connect(_file(world), isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


def _file(world: World) -> str:
    return world.config.database_url.removeprefix("sqlite:///")


def _submission(world: World, modal: Modal) -> Payload:
    view = find_view(world.workspace, view_id=modal.id, external_id=None)
    return payloads.view_submission(world.workspace, world.anna.account, view)


def _another(form: Payload, number: int) -> Payload:
    another = copy.deepcopy(form)
    view = another["view"]
    view["id"] = view["root_view_id"] = f"{view['id']}N{number:04}"
    view["state"]["values"]["amount"]["amount"]["value"] = f"{number + 1}.00"
    return another
