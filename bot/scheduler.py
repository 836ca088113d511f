"""What runs when; it stores nothing, and each job is safe to run in every process."""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.bell import Bell


def schedule(bells: list[Bell], *, every_seconds: float) -> AsyncIOScheduler:
    """Retries fall due and messages fall behind without anybody ringing."""

    async def ring() -> None:
        for bell in bells:
            bell.ring()

    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True})
    scheduler.add_job(ring, "interval", seconds=every_seconds, max_instances=1)
    return scheduler
