"""PUBLIC_URL: whether the world reaches the bot there."""

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from bot import webhooks
from bot.config import Config
from bot.doctor.finding import Finding

ABOUT, WEBHOOKS = "PUBLIC_URL", "Webhooks"
_ALIVE = {"status": "alive"}
_START = (
    "Start the bot; let the reverse proxy hand all requests on to HOST:PORT; let its certificate "
    "be one that is known and not expired."
)


async def look_at(config: Config, http: httpx.AsyncClient) -> Finding:
    url = config.public_url.rstrip("/")
    if not url.startswith("https://"):
        return _plain(url, config)
    try:
        answer = await http.get(f"{url}/healthz")
        alive = answer.status_code == HTTPStatus.OK and answer.json() == _ALIVE
    except (httpx.HTTPError, ValueError) as error:
        return Finding(ABOUT, f"{url} is not reached: {str(error) or type(error).__name__}", _START)
    if not alive:
        return Finding(ABOUT, f"{url} is answered by something else than the bot", _START)
    return Finding(ABOUT, f"{url} leads to the bot")


async def look_at_webhooks(config: Config, http: httpx.AsyncClient) -> Finding:
    """An event without Intuit's signature must be turned away, by the bot."""
    if config.intuit_webhook_verifier_token is None:
        words = "not set up; what changes in QuickBooks' lists is known a day later at most"
        return Finding(WEBHOOKS, words)
    url = f"{config.public_url.rstrip('/')}{webhooks.PATH}"
    mend = f"{_START} Intuit wants an https address."
    if not url.startswith("https://"):
        return Finding(WEBHOOKS, f"Intuit sends none to {url}", mend)
    try:
        answer = await http.post(url, content=b"[]")
    except httpx.HTTPError as error:
        return Finding(
            WEBHOOKS, f"{url} is not reached: {str(error) or type(error).__name__}", mend
        )
    if answer.status_code != HTTPStatus.UNAUTHORIZED:
        words = f"{url} answers {answer.status_code} to what Intuit did not sign, and not 401"
        return Finding(WEBHOOKS, words, f"Start the bot anew with all its settings. {_START}")
    return Finding(WEBHOOKS, f"{url} takes what Intuit signs, and nothing else")


def _plain(url: str, config: Config) -> Finding:
    mend = "Put a reverse proxy with a certificate before the bot, and set its https address."
    if config.intuit_environment == "production":
        return Finding(ABOUT, f"{url}: Intuit's production keys want https", mend)
    if not _is_loopback(urlsplit(url).hostname or ""):
        return Finding(ABOUT, f"{url}: what is said there can be read on the way", mend)
    return Finding(ABOUT, f"{url} is reached from this machine alone, which is enough to try it")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
