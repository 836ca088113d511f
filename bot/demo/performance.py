"""Plays a story from the first line to the exit code, and leaves nothing running behind it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine

from bot.demo.program import BotDied
from bot.demo.stage import Stage, set_stage
from bot.demo.story import tell_the_whole_story
from bot.demo.teller import Teller
from sandbox.slack import CannotDo

Story = Callable[[Stage, Teller], Awaitable[None]]

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SIGNALLED = 128  # What shells add the signal's number to.


def run(*, paced: bool, story: Story = tell_the_whole_story) -> int:
    """0: every check held. 1: one did not, or the story broke off. 128 + n: ended by signal n."""
    teller = Teller(paced=paced)
    return asyncio.run(_until_signalled(_play(story, teller), teller))


async def _until_signalled(performance: Coroutine[None, None, None], teller: Teller) -> int:
    playing, caught = asyncio.create_task(performance), list[int]()

    def end(number: int) -> None:
        if not caught:  # Impatience must not cut the tidying up short.
            caught.append(number)
            playing.cancel()

    for number in ENDINGS:
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        await playing
    except asyncio.CancelledError:
        if not caught:
            raise
        teller.say("Stopped; the bot and its books are gone.")
        return SIGNALLED + caught[0]
    return teller.verdict()


async def _play(story: Story, teller: Teller) -> None:
    teller.title("Counterfoil")
    teller.say(
        "Slack and QuickBooks are simulated here, on this machine alone. The bot is the real one, "
        "in a process of its own; it starts now."
    )
    try:
        async with set_stage() as stage:
            await _play_on(stage, story, teller)
    except* (BotDied, CannotDo, TimeoutError) as broken:
        for reason in _leaves(broken):
            teller.break_off(reason)


async def _play_on(stage: Stage, story: Story, teller: Teller) -> None:
    """Tell it for as long as the bot lives; show the bot's own words where it breaks off."""
    try:
        async with asyncio.TaskGroup() as together:
            watch = together.create_task(stage.bot.watch())
            await story(stage, teller)
            watch.cancel()
    except* (BotDied, CannotDo, TimeoutError):
        teller.quote("What the bot logged last", stage.bot.last_words())
        raise


def _leaves(group: BaseExceptionGroup[Exception]) -> list[Exception]:
    leaves: list[Exception] = []
    for error in group.exceptions:
        leaves.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return leaves
