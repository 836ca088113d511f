"""What the program asks of a database, whichever it is."""

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import ClassVar, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.ids import FirmId

LOCK_WAIT = timedelta(seconds=5)  # For whoever holds what is needed: a backup, another process.


class Database(ABC):
    """`is_shared`: whether other processes may be at work on it as well."""

    is_shared: ClassVar[bool]

    @abstractmethod
    def write(self, firm: FirmId | None) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction: commits at the end, rolls back on an exception.

        What is written of one firm is written one after the other, so that what was read inside
        still holds when it is acted upon. None is for a statement that is whole in itself.
        Never await the network inside: everybody else waits.
        """

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One consistent view of what is committed."""

    @abstractmethod
    async def close(self) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
