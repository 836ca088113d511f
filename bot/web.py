"""HTTP: Slack's requests, Intuit's callback, and how we are (`bot/probes.py`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import cast

import structlog
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from bot import webhooks
from bot.app import Counterfoil, running
from bot.config import Config
from bot.installing import install, oauth_redirect
from bot.pages import Tie, leave, page
from bot.probes import ROUTES
from handlers.quickbooks.blocks import company_found
from services.connection import STATE_LASTS
from services.domain.connection import Connection
from services.domain.ids import RealmId
from services.domain.members import Role
from services.errors import CounterfoilError, Refused, TryLater

log = structlog.get_logger()

COOKIE = "counterfoil_connect"
SLACK_PATH = "/slack/events"
MAX_BODY = 1_000_000  # Slack's largest view is a quarter of it.


def build_web(config: Config) -> Starlette:
    """The ASGI app; its lifespan is the program's."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with running(config) as counterfoil:
                app.state.counterfoil = counterfoil
                app.state.slack = AsyncSlackRequestHandler(counterfoil.bolt, path=SLACK_PATH)
                yield
        except Exception:
            log.exception("ended by an error")  # The server would tell all of its words.
            raise

    app = Starlette(
        lifespan=lifespan,
        routes=[
            *_slack_routes(config),
            Route("/slack/install", install),
            Route("/slack/oauth_redirect", oauth_redirect),
            Route("/quickbooks/connect", connect),
            Route("/quickbooks/reconnect", reconnect),
            Route("/quickbooks/callback", callback),
            *webhooks.routes(config.intuit_webhook_verifier_token),
            *ROUTES,
        ],
    )
    app.state.secure_cookies = config.public_url.startswith("https://")
    return app


def _slack_routes(config: Config) -> list[Route]:
    """None where nothing can be checked; in Socket Mode it all comes another way."""
    if not config.slack_signing_secret:
        return []
    return [Route(SLACK_PATH, _Slack(), methods=["POST"])]


class _Slack:
    """Hands Slack's requests to Bolt; turns away what Slack would never send."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Request(scope).headers
        if not headers.get("x-slack-request-timestamp", "0").isdecimal():  # Bolt trips over it.
            await Response(status_code=HTTPStatus.UNAUTHORIZED)(scope, receive, send)
            return
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            await Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
            return
        await scope["app"].state.slack(scope, receive, _timed(scope, send))


def _timed(scope: Scope, send: Send) -> Send:
    """Measures how long Slack waited, where it is Slack that was answered."""
    began = asyncio.get_running_loop().time()

    async def send_and_measure(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
            meters = cast("Counterfoil", scope["app"].state.counterfoil).probes.meters
            meters.note_ack(asyncio.get_running_loop().time() - began)

    return send_and_measure


async def connect(request: Request) -> Response:
    """From the button in Slack to Intuit's page; the cookie ties the way back to this browser."""
    link = request.query_params.get("link", "")
    try:
        await _still_admin(_counterfoil(request), link, kind="link")
        url, browser = await _counterfoil(request).connections.go_to_intuit(link)
    except TryLater as error:
        return page("Please try again", str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    except CounterfoilError as error:
        return page("Not connected", str(error), HTTPStatus.BAD_REQUEST)
    tie = Tie(COOKIE, browser, path="/quickbooks", lasts=STATE_LASTS)
    return leave(request, url, tie)


async def callback(request: Request) -> Response:
    """Where Intuit sends the browser back to."""
    asked = request.query_params
    if asked.get("error"):
        sentence = "Intuit did not give access. Ask for a new link in Slack to try again."
        return page("Not connected", sentence, HTTPStatus.BAD_REQUEST)
    counterfoil, realm = _counterfoil(request), asked.get("realmId", "")
    try:
        await _still_admin(counterfoil, asked.get("state", ""), kind="state")
        if not (realm.isascii() and realm.isdecimal()):
            raise Refused("Intuit did not say which company it is.")
        connection = await counterfoil.connections.finish(
            state=asked.get("state", ""),
            browser=request.cookies.get(COOKIE, ""),
            code=asked.get("code", ""),
            realm=RealmId(realm),
        )
    except TryLater as error:
        sentence = f"{error}. Ask for a new link in Slack to try again."
        return page("Not connected", sentence, HTTPStatus.SERVICE_UNAVAILABLE)
    except CounterfoilError as error:
        return page("Not connected", str(error), HTTPStatus.BAD_REQUEST)
    counterfoil.background.spawn(_tell(counterfoil, connection))
    sentence = f"{connection.company.name} is connected. Go back to Slack."
    return page("Connected", sentence, HTTPStatus.OK)


async def _still_admin(counterfoil: Counterfoil, secret: str, *, kind: str) -> None:
    """Refused where whoever asked in Slack may no longer connect."""
    firm, user = await counterfoil.connections.who_asked(secret, kind=kind)
    whose = {"team_id": firm, "user_id": user}
    await counterfoil.doorkeeper.admit(
        counterfoil.slack.workspaces.client_of(firm), whose, Role.ADMIN
    )


async def reconnect(_: Request) -> Response:
    """Intuit's own pages lead here; only Slack knows who is asking, so it begins there."""
    sentence = "Type /quickbooks connect in Slack: it gives you a link of your own."
    return page("Connect again", sentence, HTTPStatus.OK)


async def _tell(counterfoil: Counterfoil, connection: Connection) -> None:
    """Ask the admin who connected it whether it is the right company."""
    reply = company_found(connection)
    client = counterfoil.slack.workspaces.client_of(connection.firm_id)
    await client.chat_postMessage(channel=connection.connected_by, **reply.to_slack())


def _counterfoil(request: Request) -> Counterfoil:
    return cast("Counterfoil", request.app.state.counterfoil)
