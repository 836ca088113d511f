"""What runs when; it stores nothing, and each job is safe to run in every process."""

from collections.abc import Mapping

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bell import Bell


def schedule(bells: Mapping[Bell, float]) -> AsyncIOScheduler:
    """Ring each every so many seconds.

    Retries fall due, messages fall behind and things go wrong without anybody ringing.
    """
    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True})
    for bell, seconds in bells.items():
        scheduler.add_job(_ring, "interval", [bell], seconds=seconds, max_instances=1)
    return scheduler


async def _ring(bell: Bell) -> None:
    """In the event loop: what is not a coroutine would run in a thread."""
    bell.ring()
