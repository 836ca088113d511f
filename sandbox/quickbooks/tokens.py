"""Connections between an app and a company: codes, access tokens, and rotating refresh tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

CODE_LIFETIME = timedelta(minutes=10)
ACCESS_LIFETIME = timedelta(seconds=3600)
REFRESH_LIFETIME = timedelta(seconds=8_726_400)  # 101 days, as every reply says.
HARD_LIFETIME = timedelta(seconds=157_680_000)  # Five years.
SHORTEST_BEARER = 32  # What is shorter is called malformed.
LONGEST_BEARER = 4096
MOST_BEARERS = 10_000  # Expired ones are kept, to be called expired; the oldest go first.
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class TokenRules:
    """Where public reports about Intuit's tokens conflict, the choice is a switch.

    A refresh token rotates once it is `rotates_after` old; a replaced one works on for `grace`.
    `revokes_on_race`: whoever sends a replaced one past its grace ends the whole connection.
    """

    rotates_after: timedelta = timedelta(0)  # Intuit's servers: about 24 hours.
    grace: timedelta = timedelta(0)
    revokes_on_race: bool = False


class InvalidGrantError(Exception):
    """The code or refresh token is worth nothing; the text is Intuit's description."""


@dataclass(slots=True)
class Connection:
    realm_id: str
    client_id: str
    scope: str
    granted_at: datetime
    revoked: bool = False
    refresh_token: str = ""
    refresh_issued_at: datetime | None = None
    replaced: dict[str, datetime] = field(default_factory=dict)  # Old refresh tokens, and when.


@dataclass(frozen=True, slots=True)
class Bearer:
    connection: Connection
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    realm_id: str
    client_id: str
    redirect_uri: str
    scope: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenPair:
    access_token: str
    refresh_token: str
    access_expires_in: timedelta
    hard_expires_in: timedelta


class Tokens:
    """`hard_lifetime`: so long after the consent all ends, whatever is refreshed.

    `access_lifetime` is what new access tokens are given.
    """

    def __init__(self, *, clock: Callable[[], datetime], chance: Random) -> None:
        self._clock, self._chance = clock, chance
        self.hard_lifetime = HARD_LIFETIME
        self.access_lifetime = ACCESS_LIFETIME
        self._codes: dict[str, Code] = {}
        self._bearers: dict[str, Bearer] = {}
        self._connections: dict[str, Connection] = {}  # By every refresh token they ever had.

    def secret(self, prefix: str, length: int) -> str:
        return prefix + "".join(self._chance.choices(_LETTERS, k=length))

    def issue_code(self, *, realm_id: str, client_id: str, redirect_uri: str, scope: str) -> str:
        code = self.secret("AB11", 46)
        expires_at = self._clock() + CODE_LIFETIME
        self._codes[code] = Code(realm_id, client_id, redirect_uri, scope, expires_at)
        return code

    def exchange(self, code: str, *, client_id: str, redirect_uri: str) -> TokenPair:
        """A code works once, in time, for its own app and redirect."""
        found = self._codes.pop(code, None)
        if found is None or (found.client_id, found.redirect_uri) != (client_id, redirect_uri):
            raise InvalidGrantError("Invalid authorization code")
        if self._clock() >= found.expires_at:
            raise InvalidGrantError("Invalid authorization code")
        return self.connect(realm_id=found.realm_id, client_id=client_id, scope=found.scope)

    def connect(self, *, realm_id: str, client_id: str, scope: str) -> TokenPair:
        now = self._clock()
        connection = Connection(realm_id, client_id, scope, granted_at=now)
        self._rotate(connection, now)
        return self._pair(connection, now)

    def refresh(self, token: str, *, client_id: str, rules: TokenRules) -> TokenPair:
        connection = self._connections.get(token)
        now = self._clock()
        if connection is None or connection.client_id != client_id or connection.revoked:
            raise InvalidGrantError("Incorrect or invalid refresh token")
        if token in connection.replaced:
            self._refuse_replaced(connection, token, rules, now)
        issued_at = connection.refresh_issued_at or now
        age = now - issued_at
        if age >= REFRESH_LIFETIME or self._left(connection, now) <= timedelta(0):
            raise InvalidGrantError("Incorrect or invalid refresh token")
        if token == connection.refresh_token and age >= rules.rotates_after:
            self._rotate(connection, now)
        return self._pair(connection, now)

    def _refuse_replaced(
        self, connection: Connection, token: str, rules: TokenRules, now: datetime
    ) -> None:
        if now - connection.replaced[token] < rules.grace:
            return
        if rules.revokes_on_race:
            connection.revoked = True
        raise InvalidGrantError("Incorrect or invalid refresh token")

    def _rotate(self, connection: Connection, now: datetime) -> None:
        if connection.refresh_token:
            connection.replaced[connection.refresh_token] = now
        connection.refresh_token = self.secret("RT1-", 46)
        connection.refresh_issued_at = now
        self._connections[connection.refresh_token] = connection

    def _pair(self, connection: Connection, now: datetime) -> TokenPair:
        access_token = self.secret("eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..", 180)
        if len(self._bearers) >= MOST_BEARERS:
            del self._bearers[next(iter(self._bearers))]
        self._bearers[access_token] = Bearer(connection, now + self.access_lifetime)
        return TokenPair(
            access_token,
            connection.refresh_token,
            self.access_lifetime,
            self._left(connection, now),
        )

    def _left(self, connection: Connection, now: datetime) -> timedelta:
        return self.hard_lifetime - (now - connection.granted_at)

    def revoke(self, token: str) -> bool:
        """Either token ends the connection; False where it is unknown or ended already."""
        bearer = self._bearers.get(token)
        connection = bearer.connection if bearer else self._connections.get(token)
        if connection is None or connection.revoked:
            return False
        connection.revoked = True
        return True

    def find_bearer(self, token: str) -> Connection | str | None:
        """The live connection, or Intuit's words for why there is none."""
        if not SHORTEST_BEARER <= len(token) <= LONGEST_BEARER:
            return "Malformed bearer token: too short or too long"
        bearer = self._bearers.get(token)
        if bearer is None:
            return None
        if bearer.connection.revoked:
            return "Token revoked"
        if self._clock() >= bearer.expires_at:
            return f"Token expired: {token[:4]}..."
        return bearer.connection
