"""One run of a simulated world, from a seed to a result."""

import asyncio
import gc
import logging
import random
import sys
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from tests.simulation.kernel.clock import MONDAY_MORNING, VirtualClock
from tests.simulation.kernel.loop import VirtualLoop, VirtualTimeError
from tests.simulation.kernel.process import unwind

T = TypeVar("T")
Main = Callable[[VirtualClock, Random], Coroutine[Any, Any, T]]


def run_virtual(main: Main[T], *, seed: int, start: datetime = MONDAY_MORNING) -> T:
    """Run `main(clock, chance)` on a fresh loop and end the world with it.

    At the end tasks outside any process are cancelled, processes crash. An exception which
    nobody awaited fails the run: it is raised as a group, or noted on what `main` raised.
    The module-level `random` is seeded as well, for the libraries that use it.
    """
    with _same_every_time(seed):
        loop = VirtualLoop()
        chance = Random(seed)
        try:
            clock = VirtualClock(loop, start=start)
            result = loop.run_until_complete(main(clock, chance))
        except BaseException as error:
            _end(loop)
            for complaint in loop.complaints:
                error.add_note(f"Besides: {complaint!r}")
            raise
        _end(loop)
        if loop.complaints:
            raise ExceptionGroup("Nobody awaited these.", loop.complaints)
        return result


@contextmanager
def _same_every_time(seed: int) -> Iterator[None]:
    """Let neither the collector's timing nor the module-level chance differ between runs."""
    was_enabled, state = gc.isenabled(), random.getstate()
    gc.disable()
    gc.freeze()  # Makes the collection at the end look at this run's objects alone.
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _end(loop: VirtualLoop) -> None:
    gc.collect()  # A failed task says that nobody awaited it when it is freed.
    for owner in loop.owners:
        owner.crash("with the end of the run")
    try:
        _cancel_tasks_outside(loop)
    except VirtualTimeError as error:
        loop.complaints.append(error)
    loop.close()
    _bury(loop)


def _bury(loop: VirtualLoop) -> None:
    loop.has_ended = True
    with _silence(), _as_if_running(loop):
        for task in _tasks_outside(loop):
            unwind(task, loop)
        for owner in loop.owners:
            owner.bury()
        loop.owners.clear()
        gc.collect()  # Here, and not in the midst of another run.


@contextmanager
def _silence() -> Iterator[None]:
    """Let what is left complain to nobody: in logs, in warnings, or out of finalisers."""
    disabled, hook = logging.root.manager.disable, sys.unraisablehook
    logging.disable()
    sys.unraisablehook = lambda _: None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.unraisablehook = hook
        logging.disable(disabled)


@contextmanager
def _as_if_running(loop: VirtualLoop) -> Iterator[None]:
    """Without a loop asyncio raises RuntimeError, and `except Exception` would try again."""
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)


def _cancel_tasks_outside(loop: VirtualLoop) -> None:
    tasks = _tasks_outside(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks))
    loop.complaints.extend(_failures(tasks))


def _failures(tasks: list[asyncio.Task[Any]]) -> Iterator[Exception]:
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            yield error


def _tasks_outside(loop: VirtualLoop) -> list[asyncio.Task[Any]]:
    owned = {task for owner in loop.owners for task in owner.tasks}
    # asyncio numbers its tasks, so this is the order of their creation.
    return sorted(asyncio.all_tasks(loop) - owned, key=lambda task: _in_order(task.get_name()))


def _in_order(name: str) -> tuple[int, str]:
    return len(name), name
