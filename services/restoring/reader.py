"""Reads all that a company holds: renews the access on the way, and waits where it must."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from services.access import Keys
from services.domain.ids import RealmId
from services.errors import AccessExpired, Throttled, TryLater
from services.ports import Access, Books
from services.restoring.comparison import Entity, Row

PAGE = 1_000  # QuickBooks' largest.
OVERLAP = 20  # Rows that are read twice: so many may be deleted while a page is turned.
REST = timedelta(seconds=60)  # After a throttle that names no time.
MOST_TRIES = 10
_T = TypeVar("_T")


@dataclass
class Reader:
    books: Books
    keys: Keys
    realm: RealmId
    _access: Access | None = field(default=None, init=False)

    async def pages(self, entity: Entity) -> AsyncIterator[list[dict[str, Any]]]:
        """The oldest first. Raise ConnectionLost or TryLater."""
        start = 1
        while True:
            page = await self._page(entity, start)
            yield page
            if len(page) < PAGE:
                return
            start += PAGE - OVERLAP

    async def _page(self, entity: Entity, start: int) -> list[dict[str, Any]]:
        return await self._patiently(
            lambda access: self.books.page(access, entity.name, entity.where, start=start)
        )

    async def find(self, entity: Entity, qbo_id: str) -> Row | None:
        """None where it is gone. Raise ConnectionLost or TryLater."""
        return await self._patiently(lambda access: self.books.find(access, entity.name, qbo_id))

    async def _patiently(self, ask: Callable[[Access], Awaitable[_T]]) -> _T:
        for _ in range(MOST_TRIES):
            if self._access is None:
                self._access = await self.keys.access(self.realm)
            try:
                return await ask(self._access)
            except AccessExpired:
                self._access = await self.keys.access(self.realm, expired=self._access)
            except Throttled as error:
                await asyncio.sleep((error.retry_after or REST).total_seconds())
        raise TryLater("QuickBooks asks to slow down again and again")
