"""The ASGI side of Slack: the Web API under /api/, response urls, and the page that installs."""

import asyncio
import json
from base64 import b64decode
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.slack.authorizing import authorize
from sandbox.slack.errors import ApiError
from sandbox.slack.failures import RESPONSE_URL, Failure
from sandbox.slack.methods import apps, chat, conversations, oauth, people, views
from sandbox.slack.methods.method import Args, Method, missing_scope
from sandbox.slack.records import Payload
from sandbox.slack.registration import Registration
from sandbox.slack.responding import respond
from sandbox.slack.world import Call, World

METHODS: dict[str, Method] = {
    **people.METHODS,
    **conversations.METHODS,
    **chat.METHODS,
    **views.METHODS,
    **oauth.METHODS,
    **apps.METHODS,
}
ALL_SCOPES = {scope for method in METHODS.values() for scope in method.scopes} | {"commands"}
SECRETS = frozenset(
    {"token", "client_secret", "code", "refresh_token"}
)  # Never in the log of calls.
LONGEST_SILENCE = 300.0  # Seconds that a call ordered to time out is left without an answer.
TOO_MANY = 429
GATEWAY_TIMEOUT = 504
NOT_FOUND = 404


def web_api(registration: Registration) -> Starlette:
    """Of all workspaces that know the app: each call is for the one whose token it bears."""

    async def call(request: Request) -> Response:
        given = {**await _arguments(request), **_credentials(request)}
        world = _addressed(registration, given)
        return await _call(world, request.path_params["method"], given)

    async def answer(request: Request) -> Response:
        path = request.path_params["path"]
        return await _answer(_addressed(registration, {"code": path}), path, request)

    async def install(request: Request) -> Response:
        return await authorize(registration, ALL_SCOPES, request)

    return Starlette(
        routes=[
            Route("/api/{method}", call, methods=["GET", "POST"]),
            Route("/response/{path:path}", answer, methods=["POST"]),
            Route("/oauth/v2/authorize", install),
        ]
    )


def _addressed(registration: Registration, given: Payload) -> World:
    """Whose token, code or refresh token it is; the first one's where it is nobody's."""
    token = str(given.get("refresh_token") or given.get("token") or "")
    code = str(given.get("code") or "")
    for world in registration.workspaces:
        if world.tokens.knows(token) or world.permissions.knows(code):
            return world
    return registration.workspaces[0]


async def _call(world: World, name: str, given: Payload) -> Response:
    failure = world.failures.take(name)
    if failure is None or failure.applied:
        result = _run(world, name, given)
    else:
        result = {"ok": False, "error": failure.error or "failure_ordered"}
    _log(world, name, given, result)
    return await _fail(world, failure) if failure else _respond(world, name, result)


def _run(world: World, name: str, given: Payload) -> Payload:
    try:
        return {"ok": True, **_admitted(world, name, given).run(world, Args(given))}
    except ApiError as error:
        return error.as_body()


def _admitted(world: World, name: str, given: Payload) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise ApiError("unknown_method", req_method=name)
    if not method.open:
        _authenticate(world, given.get("token"), for_app=method.for_app)
    if wait := world.rate_limits.spend_call(name, method.tier):
        raise ApiError("ratelimited", retry_after=wait)
    if method.scopes and world.scopes.isdisjoint(method.scopes):
        raise missing_scope(world, *method.scopes)
    if absent := [needed for needed in method.required if given.get(needed) in (None, "")]:
        messages = [f"[ERROR] missing required field: {needed}" for needed in absent]
        raise ApiError("invalid_arguments", messages=messages)
    return method


def _authenticate(world: World, token: str | None, *, for_app: bool) -> None:
    if not token:
        raise ApiError("not_authed")
    if token != world.app_token:
        world.tokens.check(token)
    if (token == world.app_token) is not for_app:
        raise ApiError("not_allowed_token_type")


def _respond(world: World, name: str, result: Payload) -> Response:
    if (wait := result.get("retry_after")) is not None:
        return _too_many(wait)
    headers = {"X-OAuth-Scopes": ",".join(sorted(world.scopes))}
    if name in METHODS:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(METHODS[name].scopes)
    return JSONResponse(result, headers=headers)


async def _fail(world: World, failure: Failure) -> Response:
    if failure.timeout:
        await _stay_silent(world)
        return PlainTextResponse("", status_code=GATEWAY_TIMEOUT)
    if failure.http is not None:
        return PlainTextResponse("", status_code=failure.http)
    if failure.retry_after is not None:
        return _too_many(failure.retry_after)
    return JSONResponse({"ok": False, "error": failure.error})


async def _stay_silent(world: World) -> None:
    try:
        async with asyncio.timeout(LONGEST_SILENCE):
            await world.closing.wait()
    except TimeoutError:
        return


def _too_many(wait: int) -> Response:
    return JSONResponse(
        {"ok": False, "error": "ratelimited"},
        status_code=TOO_MANY,
        headers={"Retry-After": str(wait)},
    )


async def _arguments(request: Request) -> Payload:
    """Merge what came by query, form and JSON, as the SDK uses all three."""
    given: Payload = dict(request.query_params)
    body = (await request.body()).decode()
    if request.headers.get("content-type", "").startswith("application/json"):
        decoded = _decode(body)
        return {**given, **decoded} if isinstance(decoded, dict) else given
    return {**given, **dict(parse_qsl(body, keep_blank_values=True))}


def _decode(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _credentials(request: Request) -> Payload:
    """Read a bearer token, or the client's id and secret as `oauth.v2.access` gets them."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme == "Bearer":
        return {"token": value}
    if scheme == "Basic":
        client_id, _, client_secret = b64decode(value).decode().partition(":")
        return {"client_id": client_id, "client_secret": client_secret}
    return {}


def _log(world: World, name: str, given: Payload, result: Payload) -> None:
    args = {key: value for key, value in given.items() if key not in SECRETS}
    ts = result.get("ts") or result.get("message_ts")
    world.calls.append(Call(method=name, args=args, at=world.clock(), ts=ts, result=result))
    world.changed()


async def _answer(world: World, path: str, request: Request) -> Response:
    message = _decode((await request.body()).decode())
    failure = world.failures.take(RESPONSE_URL)
    try:
        if failure is None or failure.applied:
            respond(world, path, message)
    except ApiError as error:
        return JSONResponse(error.as_body(), status_code=NOT_FOUND)
    return await _fail(world, failure) if failure else PlainTextResponse("ok")
