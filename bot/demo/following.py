"""Follows a payment's message while the bot edits it in place."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.demo.drawing import Seen, draw_history, draw_message
from bot.demo.stage import Stage
from bot.demo.teller import Teller
from sandbox.slack import Message

PATIENCE = 20  # Seconds that a person waits for what must come; a retry takes three.

News = asyncio.Queue[Seen]  # Edits are a second apart, and the waits bound their number.


@dataclass(frozen=True)
class Followed:
    """`on_news` hears of each state as it comes, however long an earlier one is looked at."""

    message: Message
    until: str  # A status, by its name.
    since: float  # When the person acted.
    on_news: Callable[[Seen], None] = lambda _: None


async def follow(stage: Stage, teller: Teller, followed: Followed) -> list[Seen]:
    """Show every state in the place of the one before, then all of them in a list."""
    reader, news = stage.anna.name, News()
    async with asyncio.TaskGroup() as together:
        together.create_task(_watch(stage, followed, news))
        history = [await news.get()]
        with teller.changing(draw_message(history[0], reader=reader)) as live:
            await teller.pause()
            while history[-1].status != followed.until:
                history.append(await news.get())
                live.update(draw_message(history[-1], reader=reader), refresh=True)
                await teller.pause()
    teller.show(draw_history(history))
    await teller.pause()
    return history


async def _watch(stage: Stage, followed: Followed, news: News) -> None:
    seen = _look(followed, news)
    while seen.status != followed.until:
        await _change(stage, followed.message, seen)
        seen = _look(followed, news)


async def _change(stage: Stage, message: Message, seen: Seen) -> None:
    await stage.workspace.wait_until(lambda: message.plain != seen.plain, PATIENCE)


def _look(followed: Followed, news: News) -> Seen:
    message = followed.message
    seen = Seen(now() - followed.since, message.plain, tuple(message.buttons))
    followed.on_news(seen)
    news.put_nowait(seen)
    return seen


def now() -> float:
    return asyncio.get_running_loop().time()
