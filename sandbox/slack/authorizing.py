"""The page on which somebody allows the app: here they do so by themselves.

    GET /oauth/v2/authorize   {"client_id", "scope", "redirect_uri", "state", "team"?, "user"?}:
                              sends the browser back with a code of that workspace, or of the one
                              where people are signed in; who installs is its owner unless named

400 says what is wrong with the address, as Slack's own page does.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sandbox.slack.registration import Registration
from sandbox.slack.world import World

DENIED = "access_denied"


async def authorize(registration: Registration, known: set[str], request: Request) -> Response:
    """`known` are the scopes that there are."""
    asked = request.query_params
    world = registration.workspace(asked.get("team", ""))
    wrong = _find_mistake(registration, known, request)
    if wrong or world is None:
        return PlainTextResponse(wrong or "invalid_team", HTTPStatus.BAD_REQUEST)
    back = {"state": asked.get("state", "")}
    if world.denies_apps:
        return _send_back(request, {**back, "error": DENIED})
    code = world.permissions.issue_code(
        user_id=asked.get("user") or _installer(world),
        scopes=frozenset(_scopes(request)),
        redirect_uri=asked.get("redirect_uri", ""),
    )
    return _send_back(request, {**back, "code": code})


def _find_mistake(registration: Registration, known: set[str], request: Request) -> str | None:
    asked, urls = request.query_params, registration.redirect_urls
    if asked.get("client_id") != registration.client_id:
        return "invalid_client_id"
    if not set(_scopes(request)) <= known:
        return "invalid_scope"
    if not _scopes(request):
        return "no_scopes"
    address = asked.get("redirect_uri", "")
    if not address or (urls and not any(address.startswith(each) for each in urls)):
        return "bad_redirect_uri"
    return None


def _scopes(request: Request) -> list[str]:
    return [each for each in request.query_params.get("scope", "").split(",") if each]


def _installer(world: World) -> str:
    people = [account for account in world.accounts.values() if not account.bot]
    owners = [account for account in people if account.owner or account.admin]
    return [*owners, *people][0].id if people else ""


def _send_back(request: Request, answer: dict[str, str]) -> Response:
    address = request.query_params["redirect_uri"]
    joined = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joined}{urlencode(answer)}", HTTPStatus.FOUND)
