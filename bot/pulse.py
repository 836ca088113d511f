"""Whether what runs by itself is still at it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

log = structlog.get_logger()

# QuickBooks takes 130 s at most to answer, Slack ten: no single piece of work waits longer.
SILENT_FOR = timedelta(minutes=15)


@dataclass(eq=False)
class Pulse:
    """Beats with each round of a loop, and with each piece of a long one.

    `every` is how often something wakes the loop where nobody else does.
    """

    kind: str
    every: timedelta = timedelta(0)
    has_ended: bool = field(default=False, init=False)
    _last: float = field(default=0, init=False)

    def keep(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run the loop, which is never meant to end before the program does."""
        task = asyncio.create_task(work, name=self.kind)
        task.add_done_callback(self._note_the_end)
        self.beat()
        return task

    def beat(self) -> None:
        self._last = asyncio.get_running_loop().time()

    @property
    def age(self) -> timedelta:
        """Since it beat last."""
        return timedelta(seconds=asyncio.get_running_loop().time() - self._last)

    @property
    def complaint(self) -> str | None:
        """What an operator is told; None where all is well."""
        if self.has_ended:
            return f"The loop for {self.kind} has ended; start this process anew."
        if self.age > self.every + SILENT_FOR:
            minutes = self.age // timedelta(minutes=1)
            return f"The loop for {self.kind} has not moved for {minutes} minutes."
        return None

    def _note_the_end(self, task: asyncio.Task[None]) -> None:
        self.has_ended = True
        if not task.cancelled() and (error := task.exception()):
            log.error("loop ended", kind=self.kind, exc_info=error)
