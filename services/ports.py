"""What the use cases need from outside, and a test cannot have for real."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from services.domain.connection import Company
from services.domain.ids import FirmId, RealmId, UserId
from services.domain.sync import Operation, Outcome

Clock = Callable[[], datetime]  # The present, as an aware UTC instant.
Ring = Callable[[], None]  # Says "something was committed: look".


@dataclass(frozen=True)
class Tokens:
    """What Intuit hands out: both are secrets, and never shown.

    `access_ends_in`: no refresh goes on after that; None where Intuit does not say.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_lasts: timedelta
    refresh_lasts: timedelta
    access_ends_in: timedelta | None = None


class Authority(Protocol):
    """Intuit's OAuth server. All methods raise `services.errors` only."""

    async def authorize_url(self, state: str) -> str: ...

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens: ...

    async def refresh(self, refresh_token: str) -> Tokens:
        """Raise ConsentRefused where Intuit no longer takes the token."""
        ...

    async def revoke(self, refresh_token: str) -> None:
        """End all access that was granted with it; one that is unknown has ended."""
        ...


@dataclass(frozen=True)
class SlackTokens:
    """What opens a workspace; `refresh_token` and `lasts` are None where it does not expire."""

    bot_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    lasts: timedelta | None = None


@dataclass(frozen=True)
class Installed:
    """What Slack tells of a workspace in which somebody has just installed Counterfoil."""

    firm_id: FirmId
    name: str
    enterprise_id: str | None
    bot_id: str
    bot_user_id: str
    scopes: frozenset[str]
    installed_by: UserId
    tokens: SlackTokens


class Installer(Protocol):
    """Slack's OAuth. All methods raise `services.errors` only."""

    def authorize_url(self, state: str) -> str: ...

    async def exchange(self, code: str) -> Installed:
        """Raise Refused where Slack does not take the code, or installs it in more than one."""
        ...

    async def refresh(self, refresh_token: str) -> SlackTokens:
        """Raise NotInstalled where Slack no longer takes the token."""
        ...


@dataclass(frozen=True)
class Access:
    """The right to call one company's API for a while."""

    realm_id: RealmId
    access_token: str = field(repr=False)


class Books(Protocol):
    """QuickBooks' API. Reads raise `services.errors`; writes answer with an outcome."""

    async def write(
        self, access: Access, entity: str, operation: Operation, body: str, request_id: str
    ) -> Outcome:
        """Send the JSON text `body` as it stands."""
        ...

    async def find(self, access: Access, entity: str, qbo_id: str) -> dict[str, Any] | None:
        """The object as it is now; None where it is gone."""
        ...

    async def query(self, access: Access, entity: str, where: str) -> list[dict[str, Any]]:
        """All matches, page by page; all there are where `where` is empty."""
        ...

    async def page(
        self, access: Access, entity: str, where: str, *, start: int
    ) -> list[dict[str, Any]]:
        """A thousand matches from the `start`-th on, which is 1, the oldest first."""
        ...

    async def read_company(self, access: Access) -> Company: ...

    async def read_closing_date(self, access: Access) -> date | None:
        """Up to and including this day nothing can be changed."""
        ...


class Meter(Protocol):
    """Counts what an operator should see of the pushes."""

    def note_push(self, operation: Operation, outcome: str) -> None:
        """What came of one attempt: an outcome's name, or `PARKED`."""
        ...

    def note_takeover(self) -> None:
        """An earlier worker had left something in flight."""
        ...


PARKED = "parked"  # Our own mistake stopped it.


class NoMeter:
    """For whoever counts nothing."""

    def note_push(self, operation: Operation, outcome: str) -> None: ...

    def note_takeover(self) -> None: ...
