"""What programs ask of Intuit, what they are given, and which of it they keep."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import Connection, event

from sandbox.quickbooks import QuickBooks
from sandbox.quickbooks.tokens import Connection as Consent
from services.access import REFRESH_TAKES
from services.db.engine import Database
from services.db.postgres import PostgresDatabase
from services.db.sqlite import SqliteDatabase
from services.domain.ids import RealmId
from services.errors import ConnectionLost, TryLater
from services.ports import Authority, Tokens
from tests.simulation.journal import Journal
from tests.simulation.kernel import Process, VirtualClock

CLAIMED_FOR = REFRESH_TAKES.total_seconds() - 15  # What clocks that roughly agree may make of it.
SOON = 1.0  # Seconds in which whoever was answered has kept what it was given.
CHANGE = re.compile(r"UPDATE connections SET (?P<set>.*?) WHERE", re.DOTALL)


@dataclass(eq=False)
class Asked:
    """`given` is what came back; None where nothing did, or not yet."""

    by: Process
    at: float
    consent: Consent | None = None
    given: Tokens | None = None
    ended_at: float | None = None

    def is_under_way(self, now: float) -> bool:
        return self.ended_at is None and now - self.at < CLAIMED_FOR

    def went_astray(self, standstills: Iterable[tuple[Process, float]]) -> bool:
        """Whether what Intuit gave may have been kept by nobody."""
        if self.given is None or self.ended_at is None or not self.by.alive:
            return True
        if self.ended_at - self.at >= CLAIMED_FOR:
            return True
        soon = self.ended_at + SOON
        return any(who is self.by and self.at <= at <= soon for who, at in standstills)


class Keyring:
    """`complaints`: where a program went back to older tokens, or lost them for no reason.

    `stored`: the access token of each company as it is committed. Where machines disagree about
    the time by minutes, two may well ask at once, and only the first of the promises is kept.
    """

    def __init__(
        self,
        quickbooks: QuickBooks,
        clock: VirtualClock,
        journal: Journal,
        stored: Callable[[], dict[RealmId, bytes]],
        *,
        vault: MultiFernet,
        clocks_agree: bool,
    ) -> None:
        self.complaints: list[str] = []
        self._quickbooks, self._clock, self._journal = quickbooks, clock, journal
        self._stored, self._vault, self._clocks_agree = stored, vault, clocks_agree
        self._asked: list[Asked] = []
        self._standstills: list[tuple[Process, float]] = []
        self._revoked: list[Consent] = []

    def watching(self, authority: Authority, process: Process, database: Database) -> Authority:
        """The same for a program in this process, which keeps its tokens in `database`."""
        assert isinstance(database, SqliteDatabase | PostgresDatabase)
        event.listen(database._writing.sync_engine, "after_cursor_execute", self._look_at_statement)
        return _Watched(authority, process, self)

    def is_renewing(self, process: Process) -> bool:
        now = self._clock.monotonic()
        return any(each.by is process and each.is_under_way(now) for each in self._asked)

    def stands_still(self, process: Process) -> None:
        self._standstills.append((process, self._clock.monotonic()))
        if self.is_renewing(process):
            self._journal.saw("freeze while refreshing")

    def begin(self, process: Process, refresh_token: str | None) -> Asked:
        """None: a code is exchanged, for a consent that is new."""
        consent = self._consent(refresh_token) if refresh_token else None
        asked = Asked(process, self._clock.monotonic(), consent)
        if consent is not None and self._clocks_agree:
            self.complaints.extend(
                f"{process.name} refreshes at {asked.at:.1f}, and {other.by.name} since "
                f"{other.at:.1f}"
                for other in self._of(consent)
                if other.is_under_way(asked.at)
            )
        self._asked.append(asked)
        return asked

    def end(self, asked: Asked, given: Tokens | None) -> None:
        asked.ended_at, asked.given = self._clock.monotonic(), given
        if given is not None:
            asked.consent = self._consent(given.refresh_token)

    def refuse(self, asked: Asked, refresh_token: str) -> None:
        """Intuit takes the newest tokens, unless it gave newer ones that nobody kept."""
        asked.ended_at = self._clock.monotonic()
        consent = asked.consent
        if consent is None or not self._clocks_agree or self._is_revoked(consent):
            return
        others = [each for each in self._of(consent) if each is not asked]
        if not self._quickbooks.token_rules.revokes_on_race:  # Else an old one may have done it.
            given_at = [
                each.at
                for each in others
                if each.given and each.given.refresh_token == refresh_token
            ]
            others = [each for each in others if each.at > max(given_at, default=0)]
        if not any(each.went_astray(self._standstills) for each in others):
            self.complaints.append(
                f"{asked.by.name} was refused at {asked.at:.1f}, and no tokens went astray"
            )

    def revoke(self, refresh_token: str) -> None:
        """By an admin."""
        if consent := self._consent(refresh_token):
            self._revoked.append(consent)

    def _is_revoked(self, consent: Consent) -> bool:
        return any(each is consent for each in self._revoked)

    def _of(self, consent: Consent) -> Iterator[Asked]:
        return (each for each in self._asked if each.consent is consent)

    def _consent(self, refresh_token: str) -> Consent | None:
        return self._quickbooks.tokens._connections.get(refresh_token)

    def _look_at_statement(
        self, _: Connection, cursor: Any, statement: str, values: Any, *__: object
    ) -> None:
        if (
            "access_token" in statement
            and not statement.startswith("SELECT")
            and cursor.rowcount > 0
        ):
            self._keep(values.values() if isinstance(values, dict) else values)
        elif cursor.rowcount == 0 and (change := CHANGE.match(statement)):
            if "access_token" in change["set"]:
                self._journal.saw("refresh came too late")
            elif "refresh_epoch" in change["set"]:
                self._journal.saw("refresh left to another")

    def _keep(self, values: Iterable[Any]) -> None:
        new = self._asked_for(values)
        if new is None or new.consent is None:
            return
        before = self._asked_for([self._stored().get(RealmId(new.consent.realm_id))])
        if before is not None and before.at > new.at:
            self.complaints.append(
                f"{new.by.name} keeps what it asked for at {new.at:.1f} instead of what "
                f"{before.by.name} asked for at {before.at:.1f}"
            )

    def _asked_for(self, values: Iterable[Any]) -> Asked | None:
        """Whoever was given the access token that is among these values, encrypted."""
        opened = {self._open(each) for each in values}
        return next(
            (each for each in self._asked if each.given and each.given.access_token in opened), None
        )

    def _open(self, value: Any) -> str | None:
        sealed = getattr(value, "obj", value)  # As psycopg and sqlite3 wrap what is binary.
        if not isinstance(sealed, bytes | memoryview):
            return None
        try:
            return self._vault.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            return None


class _Watched:
    def __init__(self, authority: Authority, process: Process, keyring: Keyring) -> None:
        self._authority, self._process, self._keyring = authority, process, keyring
        self.authorize_url = authority.authorize_url

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens:
        asked = self._keyring.begin(self._process, None)
        given = await self._authority.exchange(code, realm_id)
        self._keyring.end(asked, given)
        return given

    async def refresh(self, refresh_token: str) -> Tokens:
        asked = self._keyring.begin(self._process, refresh_token)
        try:
            given = await self._authority.refresh(refresh_token)
        except ConnectionLost:
            self._keyring.refuse(asked, refresh_token)
            raise
        except TryLater:
            self._keyring.end(asked, None)
            raise
        self._keyring.end(asked, given)
        return given

    async def revoke(self, refresh_token: str) -> None:
        self._keyring.revoke(refresh_token)
        await self._authority.revoke(refresh_token)
