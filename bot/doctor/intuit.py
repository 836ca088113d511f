"""Intuit and QuickBooks: whether they know the app, and open each company that is connected."""

from collections.abc import Iterable
from http import HTTPStatus

import httpx
from intuitlib.config import DISCOVERY_URL

from bot.config import Config
from bot.doctor.clocks import compare
from bot.doctor.finding import Finding, Findings
from services.access import Keys
from services.domain.connection import Connection, ConnectionState
from services.errors import AccessExpired, ConnectionLost, CounterfoilError
from services.ports import Books, Clock

APP = "Intuit app"
_REACH = "Let this machine reach Intuit by https, or mend INTUIT_ENVIRONMENT."
_KEYS = (
    "Mend INTUIT_CLIENT_ID and INTUIT_CLIENT_SECRET: the development keys go with "
    "INTUIT_ENVIRONMENT=sandbox, the production keys with production."
)
_CONNECT = "An admin of that workspace types /quickbooks connect."
_NO_TOKEN = "counterfoil-doctor"  # noqa: S105 - Intuit says first whether it knows the app.


async def look_at(config: Config, http: httpx.AsyncClient, clock: Clock) -> Findings:
    url = DISCOVERY_URL.get(config.intuit_environment, config.intuit_environment)
    try:
        answer = await http.get(url, follow_redirects=True)
    except httpx.HTTPError as error:
        yield Finding(APP, f"{url} is not reached: {_words(error)}", _REACH)
        return
    endpoint = _token_endpoint(answer)
    if endpoint is None:
        words = f"{url} is no discovery document (HTTP {answer.status_code})"
        yield Finding(APP, words, "Mend INTUIT_ENVIRONMENT.")
        return
    yield compare("Intuit", answer.headers, clock)
    yield await _keys(config, http, endpoint)


def _token_endpoint(answer: httpx.Response) -> str | None:
    try:
        document = answer.json()
    except ValueError:
        return None
    found = document.get("token_endpoint") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


async def _keys(config: Config, http: httpx.AsyncClient, endpoint: str) -> Finding:
    """By asking for a token that was never given out."""
    identity = (config.intuit_client_id, config.intuit_client_secret.get_secret_value())
    form = {"grant_type": "refresh_token", "refresh_token": _NO_TOKEN}
    try:
        answer = await http.post(endpoint, data=form, auth=identity)
    except httpx.HTTPError as error:
        return Finding(APP, f"{endpoint} is not reached: {_words(error)}", _REACH)
    if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Finding(APP, "Intuit refuses its id or secret", _KEYS)
    if answer.status_code != HTTPStatus.BAD_REQUEST:
        return Finding(APP, f"Intuit answers with HTTP {answer.status_code}", "Try again later.")
    redirect = f"{config.public_url.rstrip('/')}/quickbooks/callback"
    words = f"Intuit knows its id and secret; whether it knows {redirect} too, only its pages say"
    return Finding(APP, words)


async def look_at_companies(
    connections: Iterable[Connection], keys: Keys, books: Books
) -> Findings:
    for each in connections:
        about = f"QuickBooks of {each.firm_id}"
        if each.state is ConnectionState.LOST:
            words = f"{each.company.name} is disconnected: {each.lost_because}"
            yield Finding(about, words, _CONNECT)
            continue
        if each.held_at is not None:
            words = f"nothing is sent to {each.company.name}: the ledger was restored"
            yield Finding(about, words, "Run: counterfoil restore, and then with --go-on.")
            continue
        try:
            await _read(each, keys, books)
        except ConnectionLost as error:
            yield Finding(about, f"{each.company.name}: {error}", _CONNECT)
        except CounterfoilError as error:
            mend = "Try again later; what waits goes on by itself."
            yield Finding(about, f"{each.company.name}: {error}", mend)
        else:
            yield Finding(about, _opened(each))


async def _read(connection: Connection, keys: Keys, books: Books) -> None:
    """The least that there is to read."""
    access = await keys.access(connection.realm_id)
    try:
        await books.read_closing_date(access)
    except AccessExpired:
        access = await keys.access(connection.realm_id, expired=access)
        await books.read_closing_date(access)


def _opened(connection: Connection) -> str:
    if connection.state is ConnectionState.UNCONFIRMED:
        return f"{connection.company.name} opens; an admin has not pressed Use this company yet"
    return f"{connection.company.name} opens"


def _words(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__
