"""PUBLIC_URL: whether the world reaches the bot there."""

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from bot.config import Config
from bot.doctor.finding import Finding

ABOUT = "PUBLIC_URL"
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
