"""What runs when; it stores nothing, and each job is safe to run in every process."""

from collections.abc import Mapping
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bell import Bell
from bot.pulse import Pulse


def schedule(bells: Mapping[Bell, timedelta], pulse: Pulse) -> AsyncIOScheduler:
    """Ring each every so many seconds; `pulse` beats with each ring.

    Retries fall due, messages fall behind and things go wrong without anybody ringing.
    """
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True})
    for bell, every in bells.items():
        seconds = every.total_seconds()
        scheduler.add_job(_ring, "interval", [bell, pulse], seconds=seconds, max_instances=1)
    return scheduler


async def _ring(bell: Bell, pulse: Pulse) -> None:
    """In the event loop: what is not a coroutine would run in a thread."""
    bell.ring()
    pulse.beat()
