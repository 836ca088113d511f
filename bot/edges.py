"""The edge of what runs by itself: whatever is wrong with one piece must never stop the others."""

from collections.abc import Awaitable

import structlog

log = structlog.get_logger()


async def unless_broken(work: Awaitable[None], complaint: str, **about: str) -> bool:
    """False where it was, which the log then says."""
    try:
        await work
    except Exception:
        log.exception(complaint, **about)
        return False
    return True
