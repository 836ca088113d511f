"""Installs into many workspaces, in a browser: to Slack's page, and back from there."""

from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from bot.app import Counterfoil
from bot.pages import Tie, leave, page
from services.errors import CounterfoilError, TryLater
from services.installations import STATE_LASTS, Installing

COOKIE = "counterfoil_install"
_FOR_ONE = (
    "This Counterfoil serves one workspace, whose app has a token already. To install it into "
    "many, its operator sets SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead of SLACK_BOT_TOKEN."
)


async def install(request: Request) -> Response:
    """To Slack's page; the cookie ties the way back to this browser."""
    installing = _installing(request)
    if installing is None:
        return page("Not here", _FOR_ONE, HTTPStatus.NOT_FOUND)
    url, browser = installing.begin()
    return leave(request, url, Tie(COOKIE, browser, path="/slack", lasts=STATE_LASTS))


async def oauth_redirect(request: Request) -> Response:
    """Where Slack sends the browser back to."""
    installing, asked = _installing(request), request.query_params
    if installing is None:
        return page("Not here", _FOR_ONE, HTTPStatus.NOT_FOUND)
    if asked.get("error"):
        sentence = "Slack did not give access. Begin again with /slack/install."
        return page("Not installed", sentence, HTTPStatus.BAD_REQUEST)
    try:
        installed = await installing.finish(
            state=asked.get("state", ""),
            browser=request.cookies.get(COOKIE, ""),
            code=asked.get("code", ""),
        )
    except TryLater as error:
        sentence = f"{error}. Begin again with /slack/install."
        return page("Not installed", sentence, HTTPStatus.SERVICE_UNAVAILABLE)
    except CounterfoilError as error:
        return page("Not installed", str(error), HTTPStatus.BAD_REQUEST)
    sentence = (
        f"Counterfoil is installed in {installed.name}. Go to Slack: /payment records a payment, "
        "and with /quickbooks connect an admin connects QuickBooks."
    )
    return page("Installed", sentence, HTTPStatus.OK)


def _installing(request: Request) -> Installing | None:
    return cast("Counterfoil", request.app.state.counterfoil).slack.installing
