"""Intuit's OAuth, through Intuit's own client."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from services.domain.ids import RealmId
from services.errors import ConnectionLost, TryLater
from services.ports import Tokens

TIMEOUT = timedelta(seconds=20)
LONGEST_ACCESS = timedelta(days=3660)  # Twice what Intuit grants; beyond is no date to count on.
_REFUSED = "invalid_grant"  # Not invalid_client: those are our own keys, for every firm.
_T = TypeVar("_T")


class _Session(AuthClient):  # type: ignore[misc] # The library has no types.
    """Intuit's client, which waits for ever by itself, with a limit on every call."""

    def __init__(self, *identity: str, timeout: timedelta) -> None:
        self._timeout = timeout  # Before the library's constructor, which calls already.
        super().__init__(*identity)
        self.include_refresh_token_hard_expires_in = True  # Else Intuit does not say when it ends.

    def request(self, method: str, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        self.trust_env = False  # No proxy and no .netrc of the machine's may see a secret.
        kwargs["timeout"] = self._timeout.total_seconds()
        kwargs["allow_redirects"] = method == "GET"  # Secrets go where they were sent, or nowhere.
        response: requests.Response = super().request(method, *args, **kwargs)
        return response


class IntuitAuthority:
    """The port `Authority`, for real.

    The library blocks (in its constructor already), keeps the last answer on itself and puts
    secrets into its exceptions: each call gets an instance and a thread of its own, and its
    exceptions end here.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        environment: str,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        """`environment`: `sandbox`, `production`, or the URL of a discovery document."""
        self._identity = (client_id, client_secret, redirect_uri, environment)
        self._timeout = timeout

    async def authorize_url(self, state: str) -> str:
        return await self._call(
            lambda session: str(session.get_authorization_url([Scopes.ACCOUNTING], state))
        )

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens:
        def run(session: _Session) -> Tokens:
            session.get_bearer_token(code, realm_id)
            return _tokens(session)

        return await self._call(run)

    async def refresh(self, refresh_token: str) -> Tokens:
        def run(session: _Session) -> Tokens:
            session.refresh(refresh_token)
            return _tokens(session)

        return await self._call(run)

    async def revoke(self, refresh_token: str) -> None:
        def run(session: _Session) -> None:
            try:
                session.revoke(token=refresh_token)
            except AuthClientError as error:
                if error.status_code != HTTPStatus.BAD_REQUEST:  # So it is unknown there.
                    raise

        await self._call(run)

    async def _call(self, run: Callable[[_Session], _T]) -> _T:
        return await asyncio.to_thread(self._run, run)

    def _run(self, run: Callable[[_Session], _T]) -> _T:
        try:
            with _Session(*self._identity, timeout=self._timeout) as session:
                return run(session)
        except AuthClientError as error:
            if _REFUSED in str(error.content):
                raise ConnectionLost("Intuit no longer takes this connection") from None
            raise TryLater(f"Intuit answered with HTTP {error.status_code}") from None
        except (requests.RequestException, ValueError, TypeError, LookupError) as error:
            # The last three: an answer that is not what Intuit's client takes for granted.
            raise TryLater(f"Intuit cannot be reached ({type(error).__name__})") from None


def _tokens(session: _Session) -> Tokens:
    if not (session.access_token and session.refresh_token):
        raise ValueError("an answer without tokens")
    return Tokens(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        access_lasts=timedelta(seconds=int(session.expires_in)),
        refresh_lasts=timedelta(seconds=int(session.x_refresh_token_expires_in)),
        access_ends_in=_ends_in(session.x_refresh_token_hard_expires_in),
    )


def _ends_in(seconds: object) -> timedelta | None:
    """None for what cannot be read: that is no reason to throw good tokens away."""
    if not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_ACCESS.total_seconds():
        return None
    return timedelta(seconds=seconds)
