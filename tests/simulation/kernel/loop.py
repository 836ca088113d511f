"""An asyncio event loop on virtual time: when nothing is ready it jumps to the next timer."""

import asyncio
import contextvars
import heapq
import selectors
import threading
from collections import deque
from collections.abc import Callable, Collection, Coroutine, Generator, Sequence
from contextvars import Context, ContextVar
from typing import Any, Protocol, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

UPTIME_AT_START = 1_000.0  # Of a machine that has been up for a while: 0 would read as "never".
RESOLUTION = 1e-6  # Seconds, as in datetime. asyncio's 1e-9 is lost in a float after 194 days.
DAY = 86_400.0
LONGEST_RUN = 400 * DAY  # Past a year and its ends; a poller alone would keep a stuck run alive.
TURNS_AT_ONE_INSTANT = 200_000  # Some seconds of real time: a busy loop, not a busy moment.
TASKS_NAMED = 20  # A report is read by a person.


class VirtualTimeError(Exception):
    """The run left what virtual time can simulate."""


class DeadlockError(VirtualTimeError):
    """Nothing is ready and nothing is due, yet the main coroutine waits."""


class EndlessRunError(VirtualTimeError):
    """Virtual time ran past its limit, or stood still for too many turns."""


class RealWorldError(VirtualTimeError):
    """A real socket or a real thread, which no seed can replay."""


class Gone(BaseException):
    """Raised in what is left when the world has ended; no `except Exception` may hold it up."""


class Owner(Protocol):
    """Whoever decides whether a callback may run: a simulated process."""

    @property
    def alive(self) -> bool: ...

    @property
    def tasks(self) -> Collection[asyncio.Task[Any]]: ...

    def admits(self, handle: asyncio.Handle) -> bool: ...

    def adopt(self, task: asyncio.Task[Any]) -> None: ...

    def crash(self, where: str) -> None: ...

    def bury(self) -> None: ...


# Tasks, timers and callbacks inherit their owner from the context that they were created in.
OWNER: ContextVar[Owner | None] = ContextVar("OWNER", default=None)


class _OwnedHandle(asyncio.Handle):
    __slots__ = ("_owner",)

    _owner: Owner

    def _run(self) -> None:
        if self._owner.admits(self):
            super()._run()


class _OwnedTimerHandle(asyncio.TimerHandle):
    __slots__ = ("_owner",)

    _owner: Owner

    def _run(self) -> None:
        if self._owner.admits(self):
            super()._run()


class _JumpingSelector(selectors.SelectSelector):
    """Holds asyncio's self-pipe and nothing else; "waiting" moves the clock."""

    def __init__(self, wait: Callable[[float | None], None]) -> None:
        super().__init__()
        self._wait = wait

    def register(
        self,
        fileobj: Any,
        events: int,
        data: Any = None,
    ) -> selectors.SelectorKey:
        if self.get_map():
            raise RealWorldError(f"A real socket was registered: {fileobj!r}.")
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._wait(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that never waits, never starts a thread and never opens a socket.

    `owners` are the simulated processes of the run; `complaints` what nobody else reported;
    when it `has_ended` nothing can be scheduled.
    """

    # Of asyncio.BaseEventLoop, which has no public way to queue a handle of one's own.
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _clock_resolution: float

    def __init__(self) -> None:
        self.has_ended = False
        self._now = UPTIME_AT_START
        self._turns_now = 0
        self._thread = threading.get_ident()
        self.owners: list[Owner] = []
        self.complaints: list[Exception] = []
        super().__init__(_JumpingSelector(self._wait))
        self._clock_resolution = RESOLUTION
        self.set_exception_handler(_keep_complaint)

    def time(self) -> float:
        return self._now

    def run_in_executor(
        self,
        executor: object,  # noqa: ARG002 - Every executor is this thread.
        func: Callable[[*Ts], T],
        *args: *Ts,
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - Whatever it raises belongs to the caller.
            future.set_exception(error)
        return future

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: object = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        if self.has_ended:
            coro.close()  # Or Python would warn that nobody awaited it.
        task = super().create_task(coro, name=name, context=context)
        owner = _owner_in(context)
        if owner is not None:
            owner.adopt(task)
        return task

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self._check_closed()
        owner = _owner_in(context)
        if owner is None:
            return super().call_at(when, callback, *args, context=context)
        timer = _OwnedTimerHandle(when, callback, args, self, context)
        timer._owner = owner
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True  # type: ignore[attr-defined]  # A slot that typeshed leaves out.
        return timer

    def call_soon_threadsafe(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        if threading.get_ident() != self._thread:
            error = RealWorldError(f"A real thread reported back: {callback!r}.")
            self.complaints.append(error)
            raise error
        return super().call_soon_threadsafe(callback, *args, context=context)

    def outside(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts
    ) -> asyncio.TimerHandle:
        """Call later as the world does, whichever process asks."""
        return self.call_later(delay, callback, *args, context=Context())

    def readmit(self, handles: Sequence[asyncio.Handle]) -> None:
        """Let go on what an owner has held back; what was cancelled since stays cancelled."""
        self._ready.extend(handles)

    def _check_closed(self) -> None:
        if self.has_ended:
            raise Gone
        super()._check_closed()  # type: ignore[misc]  # asyncio asks it before scheduling.

    def _call_soon(
        self, callback: Callable[..., object], args: Sequence[Any], context: Context | None
    ) -> asyncio.Handle:
        context = contextvars.copy_context() if context is None else context
        owner = context.get(OWNER)
        if owner is None:
            handle = asyncio.Handle(callback, args, self, context)
        else:
            handle = _OwnedHandle(callback, args, self, context)
            handle._owner = owner
        self._ready.append(handle)
        return handle

    def _wait(self, timeout: float | None) -> None:
        if timeout is None:
            raise DeadlockError(f"Nothing will ever happen again. {self._pending()}")
        if timeout > 0:
            self._now += timeout
            self._turns_now = 0
        self._turns_now += 1
        if self._now - UPTIME_AT_START > LONGEST_RUN:
            raise EndlessRunError(f"{LONGEST_RUN / DAY:.0f} days have passed. {self._pending()}")
        if self._turns_now > TURNS_AT_ONE_INSTANT:
            raise EndlessRunError(f"Time stands still. {self._pending()}")

    def _pending(self) -> str:
        frozen = {task for owner in self.owners if not owner.alive for task in owner.tasks}
        waiting = sorted(_whereabouts(task) for task in asyncio.all_tasks(self) - frozen)
        named = "; ".join(waiting[:TASKS_NAMED])
        return f"{len(waiting)} pending: {named}"


def _owner_in(context: Context | None) -> Owner | None:
    return OWNER.get() if context is None else context.get(OWNER)


def _whereabouts(task: asyncio.Task[Any]) -> str:
    coro = task.get_coro()
    name = getattr(coro, "__qualname__", repr(coro))
    stack = task.get_stack()
    if not stack:
        return f"{task.get_name()} {name}"
    frame = stack[-1]
    return f"{task.get_name()} {name} at {frame.f_code.co_filename}:{frame.f_lineno}"


def _keep_complaint(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    assert isinstance(loop, VirtualLoop)
    if loop.has_ended:
        return  # A dead process can no longer hear what its own tasks raised.
    error = context.get("exception")
    if not isinstance(error, Exception):
        error = VirtualTimeError(str(context.get("message")))
    error.add_note(f"asyncio: {context.get('message')} {context.get('task', '')}")
    loop.complaints.append(error)
