"""What stands before several programs, and gives each request to the next that listens."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable

import httpx

# So that nobody waits for a line to one who was killed.
A_LINE_FOR_EACH = httpx.Limits(max_connections=None, max_keepalive_connections=0)


class Balancer(httpx.AsyncBaseTransport):
    """`urls` are those of the programs that it gives anything to."""

    def __init__(self, urls: Iterable[str]) -> None:
        self.urls = deque(urls)
        self._inner = httpx.AsyncHTTPTransport(limits=A_LINE_FOR_EACH)
        self._waited_for: Counter[str] = Counter()
        self._answered = asyncio.Condition()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(len(self.urls)):
            url = self.urls[0]
            self.urls.rotate(-1)
            try:
                return await self._ask(url, request)
            except httpx.ConnectError:
                continue
        raise httpx.ConnectError("no program listens")

    async def _ask(self, url: str, request: httpx.Request) -> httpx.Response:
        target = httpx.URL(url)
        request.url = request.url.copy_with(host=target.host, port=target.port)
        self._waited_for[url] += 1
        try:
            return await self._inner.handle_async_request(request)
        finally:
            self._waited_for[url] -= 1
            async with self._answered:
                self._answered.notify_all()

    async def take_out(self, url: str) -> None:
        """Give it nothing more, and wait until it has answered what it has."""
        self.urls.remove(url)
        async with self._answered:
            await self._answered.wait_for(lambda: not self._waited_for[url])

    async def aclose(self) -> None:
        await self._inner.aclose()
