"""A client so lean that it measures the server: ready bytes out, one answer in."""

import asyncio
import time
from collections.abc import Sequence

MAX_ANSWER = 65_536


class Line:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> float:
        """Seconds from the first byte out to the last byte in; raise unless it is a 200."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        length = next((line for line in lines if line.startswith("content-length:")), "0")
        await self._reader.readexactly(int(length.rpartition(":")[2]))
        taken = time.perf_counter() - began
        if " 200 " not in lines[0]:
            raise RuntimeError(f"answered {lines[0]}")
        return taken

    def close(self) -> None:
        self._writer.close()


async def burst(lines: Sequence[Line], requests: Sequence[bytes]) -> list[float]:
    """All at once, one on each line."""
    asked = (line.ask(request) for line, request in zip(lines, requests, strict=True))
    return list(await asyncio.gather(*asked))
