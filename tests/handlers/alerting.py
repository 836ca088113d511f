"""A firm whose alerts come within moments, and what its people do about them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from sandbox.quickbooks import Fault, Kind
from sandbox.slack import Modal, Person
from sandbox.slack.message import Channel, Message
from sandbox.slack.screen import find_pressable
from tests.handlers.test_settings import open_settings
from tests.world import PATIENCE, World, a_world

RHYTHM = {"alert_interval_seconds": 0.2, "alert_settle_seconds": 0.1}


@dataclass
class Team:
    """`channel` is where alerts go, once there is one."""

    world: World
    _channels: list[Channel] = field(default_factory=list)

    @property
    def channel(self) -> Channel:
        return self._channels[-1]

    @property
    def anna(self) -> Person:
        return self.world.anna

    @property
    def olivia(self) -> Person:
        return self.world.olivia

    async def opens_channel(self, *others: Person, private: bool = True) -> Channel:
        members = [self.olivia, self.anna, *others]
        made = self.world.workspace.add_channel("alerts", private=private, members=members)
        modal = await open_settings(self.world)
        await modal.choose("Alert channel", made.name)
        assert (await modal.submit()).accepted
        self._channels.append(made)
        return made

    def refuses(self, code: str = "6210", words: str = "", *, entity: str = "payment") -> None:
        """QuickBooks will, once; by itself because the books are closed."""
        fault = Fault(kind=Kind.REFUSED, method="POST", entity=entity, code=code, detail=words)
        self.world.quickbooks.faults.add(fault)

    async def fails(self, *amounts: str, client: str = "Acme") -> list[Message]:
        """Payments for which the books are closed."""
        failed = []
        for amount in amounts:
            self.refuses()
            payment = await self.world.record(sync=True, amount=amount, client=client)
            await self.world.until(payment, "Failed")
            failed.append(payment)
        return failed

    async def alert(self, person: Person | None = None, *, says: str = "") -> Message:
        """The one in the channel, as that person sees it."""
        viewer = person or self.anna

        def found() -> Message | None:
            there = [each for each in viewer.messages(self.channel) if each.thread_ts is None]
            return next((each for each in there if says in each.plain), None)

        message = await self.world.workspace.wait_until(found, PATIENCE)
        assert message is not None
        return message

    async def until(self, message: Message, words: str) -> None:
        await self.world.until(message, words)

    async def until_told(self, message: Message, words: str) -> None:
        """In its thread."""
        told = self.world.workspace.wait_until
        await told(lambda: any(words in each.plain for each in message.replies), PATIENCE)


def told_in_thread(message: Message) -> list[str]:
    return [each.plain for each in message.replies]


def value_of(message: Message, label: str, *, nth: int | None = None) -> str:
    """What a button brings back; of a menu's entry, what follows the name of its order."""
    found = find_pressable(message.blocks, label, nth=nth)
    if found.option is None:
        return str(found.element["value"])
    return str(found.option["value"]).partition(" ")[2]


async def follow(link: str) -> None:
    """In a browser, to the end."""
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
        page = await browser.get(link)
    assert page.status_code == 200, page.text


async def answer(person: Person) -> str:
    """What the person is told about their last press."""
    (reply,) = await person.replies()
    return reply.plain


async def form(person: Person, message: Message, label: str) -> Modal:
    await message.press(label)
    return await person.modal()


@asynccontextmanager
async def a_team(folder: Path) -> AsyncIterator[Team]:
    async with a_world(folder, **RHYTHM) as world:
        await world.connect()
        await world.add_client("Acme")
        yield Team(world)
