"""What people do in the story, shown while they do it."""

import html
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

import httpx

from bot.demo.books import Books, read_books
from bot.demo.drawing import Seen, draw_books, draw_modal, draw_reply
from bot.demo.following import PATIENCE, Followed, follow, now
from bot.demo.stage import Stage
from bot.demo.teller import KEYSTROKE, Teller
from sandbox.slack import CannotDo, Message, Modal, Person

SYNC = "Sync this payment to QuickBooks"
BY_DEFAULT = "By default, sync manually created payments with QuickBooks"


class Type(NamedTuple):
    label: str
    text: str


class Choose(NamedTuple):
    label: str
    option: str


class Tick(NamedTuple):
    label: str
    box: str


class Untick(NamedTuple):
    label: str
    box: str


Entry = Type | Choose | Tick | Untick

_PAGE = re.compile(r"<h1>(.*?)</h1>.*?<p>(.*?)</p>", re.DOTALL)


async def open_modal(teller: Teller, person: Person, command: str) -> Modal:
    teller.step(person.name, command)
    await teller.pause()
    await person.command(command)
    return await person.modal()


async def fill_in(teller: Teller, person: Person, modal: Modal, entries: Sequence[Entry]) -> None:
    """The form is seen as it fills."""
    touched: list[str] = []
    with teller.changing(draw_modal(modal, owner=person.name)) as live:
        await teller.pause()
        for entry in entries:
            await _enter(modal, entry)
            touched.append(entry.label)
            live.update(draw_modal(modal, owner=person.name, touched=touched), refresh=True)
            await teller.pause(KEYSTROKE)
    await teller.pause()


async def _enter(modal: Modal, entry: Entry) -> None:
    match entry:
        case Type():
            await modal.fill(entry.label, entry.text)
        case Choose():
            await modal.choose(entry.label, entry.option)
        case Tick():
            await modal.check(entry.box)
        case Untick():
            await modal.uncheck(entry.box)
        case _:
            assert_never(entry)


async def foreseen(stage: Stage, modal: Modal, words: str) -> None:
    """Wait until the form says what will happen: then it has looked into QuickBooks too."""
    await stage.workspace.wait_until(lambda: words in modal.text, PATIENCE)


async def save(teller: Teller, person: Person, modal: Modal) -> None:
    teller.step(person.name, "presses [Save]")
    result = await modal.submit()
    if not result.accepted:
        raise CannotDo(f"The form was refused: {result.errors or result.error}")


async def save_payment(
    stage: Stage,
    teller: Teller,
    modal: Modal,
    *,
    until: str,
    on_news: Callable[[Seen], None] = lambda _: None,
) -> list[Seen]:
    """Save, and follow the message that comes until it shows this status."""
    messages, since = len(_payments(stage.anna)), now()
    await save(teller, stage.anna, modal)
    await stage.workspace.wait_until(lambda: len(_payments(stage.anna)) > messages, PATIENCE)
    message = _payments(stage.anna)[-1]
    return await follow(stage, teller, Followed(message, until, since, on_news))


async def press_sync(stage: Stage, teller: Teller, label: str) -> list[Seen]:
    """Press the button of the latest payment's message, and follow it until it is Synced."""
    message = _payments(stage.anna)[-1]
    teller.step(stage.anna.name, f"presses [{label}]")
    await teller.pause()
    since = now()
    await message.press(label)
    return await follow(stage, teller, Followed(message, "Synced", since))


async def ask(teller: Teller, person: Person, command: str) -> Message:
    """Type a command that is answered for this person's eyes only, and show the answer."""
    teller.step(person.name, command)
    await teller.pause()
    await person.command(command)
    (reply,) = await person.replies()
    teller.show(draw_reply(reply, reader=person.name))
    await teller.pause()
    return reply


async def direct_message(stage: Stage, teller: Teller, person: Person, words: str) -> Message:
    """Wait for a direct message with these words, and show it."""
    found = await stage.workspace.wait_until(
        lambda: [message for message in person.direct_messages if words in message.plain],
        PATIENCE,
    )
    teller.show(draw_reply(found[-1], reader=person.name))
    await teller.pause()
    return found[-1]


async def follow_in_browser(url: str) -> tuple[list[str], str]:
    """Open a link as a browser does: the paths on the way, and what the page at the end says."""
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
        page = await browser.get(url)
    found = _PAGE.search(page.text)
    words = ". ".join(found.groups()) if found else page.text
    return [each.url.path for each in (*page.history, page)], html.unescape(words)


async def show_books(stage: Stage, teller: Teller, before: Books) -> Books:
    now = read_books(stage.company)
    teller.show(draw_books(before, now))
    await teller.pause()
    return now


def _payments(person: Person) -> list[Message]:
    return [message for message in person.direct_messages if message.text.startswith("P-")]
