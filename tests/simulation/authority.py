"""Intuit's OAuth over the simulated network: Intuit's own library blocks, and cannot go there."""

from datetime import timedelta
from urllib.parse import urlencode

import httpx

from services.domain.ids import RealmId
from services.errors import ConnectionLost, TryLater
from services.ports import Tokens
from services.quickbooks.auth import TIMEOUT

API = "https://quickbooks.test"
REDIRECT = "https://counterfoil.test/quickbooks/callback"
TOKEN_URL = f"{API}/oauth2/v1/tokens/bearer"
TELL_THE_END = {"x-include-refresh-token-hard-expires-in": "true"}
REVOKE_URL = f"{API}/v2/oauth2/tokens/revoke"
REFUSALS = frozenset({"invalid_grant", "invalid_client"})


class SimulatedAuthority:
    """The port `Authority`."""

    def __init__(self, http: httpx.AsyncClient, *, client_id: str, client_secret: str) -> None:
        self._http = http
        self._client_id = client_id
        self._keys = httpx.BasicAuth(client_id, client_secret)

    async def authorize_url(self, state: str) -> str:
        asked = {
            "client_id": self._client_id,
            "redirect_uri": REDIRECT,
            "scope": "com.intuit.quickbooks.accounting",
            "state": state,
        }
        return f"{API}/connect/oauth2?{urlencode(asked)}"

    async def exchange(self, code: str, realm_id: RealmId) -> Tokens:
        del realm_id
        return await self._ask(grant_type="authorization_code", code=code, redirect_uri=REDIRECT)

    async def refresh(self, refresh_token: str) -> Tokens:
        return await self._ask(grant_type="refresh_token", refresh_token=refresh_token)

    async def revoke(self, refresh_token: str) -> None:
        try:
            response = await self._http.post(
                REVOKE_URL,
                json={"token": refresh_token},
                auth=self._keys,
                timeout=TIMEOUT.total_seconds(),
            )
        except httpx.TransportError as error:
            raise TryLater(f"Intuit cannot be reached ({type(error).__name__})") from None
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise TryLater(f"Intuit answered with HTTP {response.status_code}")

    async def _ask(self, **form: str) -> Tokens:
        try:
            response = await self._http.post(
                TOKEN_URL,
                data=form,
                auth=self._keys,
                headers=TELL_THE_END,
                timeout=TIMEOUT.total_seconds(),
            )
        except httpx.TransportError as error:
            raise TryLater(f"Intuit cannot be reached ({type(error).__name__})") from None
        if response.status_code == httpx.codes.OK:
            return _tokens(response)
        if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR and _refusal(response):
            raise ConnectionLost("Intuit no longer takes this connection")
        raise TryLater(f"Intuit answered with HTTP {response.status_code}")


def _refusal(response: httpx.Response) -> bool:
    return response.json().get("error") in REFUSALS


def _tokens(response: httpx.Response) -> Tokens:
    reply = response.json()
    return Tokens(
        access_token=reply["access_token"],
        refresh_token=reply["refresh_token"],
        access_lasts=timedelta(seconds=reply["expires_in"]),
        refresh_lasts=timedelta(seconds=reply["x_refresh_token_expires_in"]),
        access_ends_in=timedelta(seconds=reply["x_refresh_token_hard_expires_in"]),
    )
