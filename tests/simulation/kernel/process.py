"""A simulated operating-system process: it can be killed or stopped at any point."""

import asyncio
import contextvars
import types
from collections.abc import Collection, Coroutine, Generator
from random import Random
from typing import Any, Protocol, TypeVar

from tests.simulation.kernel.loop import OWNER, VirtualLoop, VirtualTimeError

T = TypeVar("T")

UNWINDINGS = 100  # Each `finally` that awaits takes one; more of them is a loop.
WORDS_OF_A_POINT = 60  # Enough of a statement or a path to recognise it.


class CrashedError(Exception):
    """The process died before it had an answer."""


class Severable(Protocol):
    @property
    def in_transaction(self) -> bool: ...

    def sever(self) -> None: ...


class Process:
    """Everything that runs in tasks spawned here, and in the tasks which those create.

    Its points are numbered from 1: before and after every statement to a database and every HTTP
    request, and whenever one of its timers fires. At each it may crash or freeze, by plan or by
    chance. A crash runs no `finally`: nothing of the process is ever resumed, its database
    connections are cut, and what it has sent travels on by itself.
    """

    def __init__(self, name: str, chance: Random, *, crash_probability: float = 0.0) -> None:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise VirtualTimeError("A simulated process needs a VirtualLoop.")
        self.name = name
        self.chance = chance
        self.crash_probability = crash_probability
        self.points = 0
        self.crashed_at: str | None = None
        self.is_buried = False
        self._loop = loop
        self._crash_at: int | None = None
        self._freeze_at: tuple[int, float] | None = None
        self._frozen_until: float | None = None
        self._held: list[asyncio.Handle] = []
        # In the order of their creation, which is the same in every run of a seed.
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._connections: dict[Severable, None] = {}
        self._end: asyncio.Future[None] = loop.create_future()
        loop.owners.append(self)

    def __repr__(self) -> str:
        state = "alive" if self.alive else f"crashed {self.crashed_at}"
        return f"<Process {self.name}, {state}, {self.points} points>"

    @property
    def alive(self) -> bool:
        return self.crashed_at is None

    @property
    def frozen(self) -> bool:
        return self._frozen_until is not None

    @property
    def in_transaction(self) -> bool:
        """Whether it may hold what others wait for."""
        return any(connection.in_transaction for connection in self._connections)

    def spawn(self, coro: Coroutine[Any, Any, T], *, name: str | None = None) -> asyncio.Task[T]:
        """Start a task of this process. It never ends if the process crashes: see `run`."""
        if not self.alive:
            coro.close()
            raise CrashedError(f"{self.name} crashed {self.crashed_at}.")
        context = contextvars.copy_context()
        context.run(OWNER.set, self)
        return self._loop.create_task(coro, name=name, context=context)

    def start(self, coro: Coroutine[Any, Any, object]) -> None:
        """Spawn what nobody asks for a result; if it fails unheard, the run fails."""
        _ = self.spawn(coro)

    async def run(self, coro: Coroutine[Any, Any, T]) -> T:
        """Run to the end in this process, from outside it; raise CrashedError if it dies first."""
        task = self.spawn(coro)
        either: set[asyncio.Future[Any]] = {task, self._end}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if task.done():
            return task.result()
        raise CrashedError(f"{self.name} crashed {self.crashed_at}.")

    async def wait_crashed(self) -> None:
        await asyncio.wait({self._end})

    def crash(self, where: str = "by hand") -> None:
        """Die. Called from inside, the present step still runs to its next `await`."""
        if not self.alive:
            return
        self.crashed_at = where
        for connection in list(self._connections):
            connection.sever()
        self._connections.clear()
        self._held.clear()
        if not self._end.done():
            self._end.set_result(None)

    def crash_at(self, point: int) -> None:
        """Die at the given point, counted from the start of the process."""
        self._crash_at = point

    def freeze_for(self, seconds: float) -> None:
        """Stop as a paused virtual machine does: timers come due, nothing runs until it thaws."""
        until = self._loop.time() + seconds
        self._frozen_until = max(until, self._frozen_until or until)
        self._loop.outside(seconds, self._thaw, until)

    def freeze_at(self, point: int, *, seconds: float) -> None:
        self._freeze_at = (point, seconds)

    async def point(self, when: str, what: str) -> None:
        """Say that an effect on the world comes next, or has just been made."""
        self._reach(when, what)
        if not self._running:
            await turn()  # Whatever holds this process back holds back its next step.
            if not self.alive:
                raise CrashedError(f"{self.name} is used from outside, and has crashed.")

    def attach(self, connection: Severable) -> None:
        self._connections[connection] = None

    def detach(self, connection: Severable) -> None:
        self._connections.pop(connection, None)

    # What follows is for the loop.

    @property
    def tasks(self) -> Collection[asyncio.Task[Any]]:
        return self._tasks.keys()

    def admits(self, handle: asyncio.Handle) -> bool:
        if self._running and isinstance(handle, asyncio.TimerHandle):
            self._reach("on waking", "")
        if self._running:
            return True
        if self.alive:
            self._held.append(handle)
        return False

    def adopt(self, task: asyncio.Task[Any]) -> None:
        self._tasks[task] = None  # The loop's own references are weak.
        task.add_done_callback(self._forget)

    def bury(self) -> None:
        """Give the memory back, once the loop has ended.

        Python runs `finally` blocks when it frees a suspended coroutine, and there is no way to
        keep it from it. They find that the database, the network and the loop raise Gone.
        """
        self.is_buried = True
        for task in list(self._tasks):
            unwind(task, self._loop)
        self._tasks.clear()

    @property
    def _running(self) -> bool:
        return self.crashed_at is None and self._frozen_until is None

    def _reach(self, when: str, what: str) -> None:
        if not self._running:
            return
        self.points += 1
        if self._freeze_at is not None and self.points == self._freeze_at[0]:
            self.freeze_for(self._freeze_at[1])
        if self.points == self._crash_at or self._is_unlucky():
            words = " ".join(what.split())[:WORDS_OF_A_POINT]
            self.crash(f"{when} {words}".rstrip())

    def _is_unlucky(self) -> bool:
        return self.crash_probability > 0 and self.chance.random() < self.crash_probability

    def _thaw(self, until: float) -> None:
        if until != self._frozen_until:
            return  # A longer freeze has begun meanwhile, and thaws by itself.
        self._frozen_until = None
        held, self._held = self._held, []
        self._loop.readmit(held)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)


def current_process() -> Process | None:
    """Name the process whose task or callback this is; None is the world outside."""
    owner = OWNER.get()
    return owner if isinstance(owner, Process) else None


@types.coroutine
def turn() -> Generator[None, None, None]:
    """Let the loop take one turn: `asyncio.sleep(0)` without its checks."""
    yield


def unwind(task: asyncio.Task[Any], loop: VirtualLoop) -> None:
    """End a pending task whose loop has ended, quietly."""
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # As asyncio.gather does.
    asyncio.tasks._enter_task(loop, task)  # asyncio.timeout asks for it.
    try:
        _close(task.get_coro())
    finally:
        asyncio.tasks._leave_task(loop, task)


def _close(coro: Generator[Any, Any, Any] | Coroutine[Any, Any, Any] | None) -> None:
    if coro is None:
        return
    for _ in range(UNWINDINGS):
        try:
            coro.close()
        except BaseException:  # noqa: BLE001, S112 - A dead process has nobody to tell.
            continue
        return
