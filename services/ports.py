"""What the use cases need from outside, and a test cannot have for real."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.domain.connection import Company
from services.domain.ids import RealmId
from services.domain.sync import Outcome

Clock = Callable[[], datetime]  # The present, as an aware UTC instant.
Ring = Callable[[], None]  # Says "something was committed: look".


@dataclass(frozen=True)
class Tokens:
    """What Intuit hands out: both are secrets, and never shown."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_lasts: timedelta
    refresh_lasts: timedelta


class Authority(Protocol):
    """Intuit's OAuth server. All methods raise `services.errors` only."""

    async def authorize_url(self, state: str) -> str: ...

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens: ...

    async def refresh(self, refresh_token: str) -> Tokens:
        """Raise ConsentRefused where Intuit no longer takes the token."""
        ...


@dataclass(frozen=True)
class Access:
    """The right to call one company's API for a while."""

    realm_id: RealmId
    access_token: str = field(repr=False)


class Books(Protocol):
    """QuickBooks' API. Reads raise `services.errors`; writes answer with an outcome."""

    async def create(self, access: Access, entity: str, body: str, request_id: str) -> Outcome: ...

    async def query(self, access: Access, entity: str, where: str) -> list[dict[str, Any]]:
        """All matches, page by page."""
        ...

    async def read_company(self, access: Access) -> Company: ...
