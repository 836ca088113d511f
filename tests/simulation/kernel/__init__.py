"""What a simulation of the product stands on: virtual time, crashes, and a faulty network."""

from tests.simulation.kernel.clock import VirtualClock
from tests.simulation.kernel.faults import Fate, Faults
from tests.simulation.kernel.loop import (
    DeadlockError,
    EndlessRunError,
    RealWorldError,
    VirtualLoop,
    VirtualTimeError,
)
from tests.simulation.kernel.network import Event, Network, Seconds
from tests.simulation.kernel.postgres import PostgresLocks, inline_postgres
from tests.simulation.kernel.process import CrashedError, Process, current_process
from tests.simulation.kernel.run import run_virtual
from tests.simulation.kernel.sqlite import InlineConnection, inline_sqlite

__all__ = [
    "CrashedError",
    "DeadlockError",
    "EndlessRunError",
    "Event",
    "Fate",
    "Faults",
    "InlineConnection",
    "Network",
    "PostgresLocks",
    "Process",
    "RealWorldError",
    "Seconds",
    "VirtualClock",
    "VirtualLoop",
    "VirtualTimeError",
    "current_process",
    "inline_postgres",
    "inline_sqlite",
    "run_virtual",
]
