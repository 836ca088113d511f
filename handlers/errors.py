"""Every request gets an answer, whatever happens; nothing is swallowed."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from handlers.elements import Block, Reply
from services.errors import CounterfoilError, Refused

log = structlog.get_logger()

COMMIT_WITHIN = timedelta(seconds=2)  # Slack waits three.
BROKEN = Reply(
    "Something went wrong on our side, and nothing was changed. Please try again; "
    "if it happens twice, tell whoever looks after Counterfoil.",
    refuses=True,
)
SLOW = Reply(
    "The ledger did not answer in time. Please look whether it was saved before you try again.",
    refuses=True,
)


class Unusable(Exception):  # noqa: N818 - reads as what the input is.
    """What was typed cannot be used; `errors` has a sentence for each block of the form."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(str(dict(errors)))
        self.errors = errors


class NextForm(Exception):  # noqa: N818 - reads as what follows.
    """What was sent is not all: `view` takes the form's place."""

    def __init__(self, view: Block) -> None:
        super().__init__(str(view.get("callback_id")))
        self.view = view


class OpenedAlready(Exception):  # noqa: N818 - reads as what became of the form.
    """The same request came before; its form is there, so there is nothing to say."""


@contextmanager
def as_we_made_it() -> Iterator[None]:
    """Refused where a form or a button cannot be read: another version of ours made it."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.warning("cannot be read", exc_info=error)
        raise Refused("This is from another version. Type the command again.") from None


async def answered(work: Awaitable[Reply | None]) -> Reply | None:
    """Turn whatever goes wrong into a sentence; Unusable and NextForm go to their form."""
    try:
        return await work
    except (Unusable, NextForm):
        raise
    except OpenedAlready:
        return None
    except CounterfoilError as error:
        return Reply(str(error), refuses=True)
    except TimeoutError:
        log.warning("request was too slow")
        return SLOW
    except Exception:  # Slack's edge: people must hear of it, and so must the log.
        log.exception("request failed")
        return BROKEN


async def committed(work: Awaitable[Reply | None]) -> Reply | None:
    """As `answered`, for a write that must be in the ledger before Slack stops waiting."""

    async def in_time() -> Reply | None:
        async with asyncio.timeout(COMMIT_WITHIN.total_seconds()):
            return await work

    return await answered(in_time())


Result = TypeVar("Result")


class Background:
    """Work that goes on behind an acknowledgement: kept, and drained at stop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopping = asyncio.Event()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def unbroken(self, work: Coroutine[Any, Any, Result]) -> Awaitable[Result]:
        """Wait for work that goes on to its end, also where the waiting is broken off."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return asyncio.shield(task)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.info("work ended with an error", error=type(error).__name__)

    async def stops_within(self, wait: timedelta) -> bool:
        """Wait so long for the program to stop; work that goes on and on then gives up."""
        try:
            async with asyncio.timeout(wait.total_seconds()):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True

    async def drain(self, within: timedelta) -> None:
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within.total_seconds())

    async def _run(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # Slack's edge as well: there is nobody left to tell but the log.
            log.exception("background work failed")
