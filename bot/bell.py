"""Wakes whoever waits for work."""

import asyncio


class Bell:
    """Rung while somebody works, it is heard when they are done."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self) -> None:
        await self._rung.wait()
        self._rung.clear()
