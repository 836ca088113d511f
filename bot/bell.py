"""Wakes whoever waits for work."""

import asyncio
from datetime import timedelta

QUIET = timedelta(seconds=0.1)  # Those who still wait for an acknowledgement come first…
PATIENCE = timedelta(seconds=1)  # …up to a limit.


class Bell:
    """Rung while somebody works, it is heard when they are done; heard once it is quiet."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        await self._rung.wait()
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                while self._rung.is_set():
                    self._rung.clear()
                    await asyncio.sleep(QUIET.total_seconds())
        except TimeoutError:
            self._rung.clear()
