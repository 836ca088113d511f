"""What becomes of the app's sockets, ordered over HTTP.

    GET    /sockets          those that are open, by the host that each was told of in its hello
    POST   /sockets/{act}    to all that are open: warn (they end soon), refresh (they end now),
                             cut (without a word), freeze (nothing moves any more);
                             to the next {"count"?} envelopes: lose, double;
                             to Socket Mode as a whole: disable, enable

404 says that there is no such act, 400 that the count is none.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack.sockets import Sockets
from sandbox.slack.workspace import Workspace

Count = int
WAITED_FOR: dict[str, Callable[[Sockets], Awaitable[None]]] = {
    "warn": Sockets.warn,
    "refresh": Sockets.refresh,
    "disable": Sockets.disable,
}
AT_ONCE: dict[str, Callable[[Sockets, Count], None]] = {
    "enable": lambda sockets, _: sockets.enable(),
    "cut": lambda sockets, _: sockets.cut(),
    "freeze": lambda sockets, _: sockets.freeze(),
    "lose": Sockets.lose,
    "double": Sockets.double,
}


def socket_routes(workspace: Workspace) -> list[Route]:
    async def sockets(_request: Request) -> JSONResponse:
        return JSONResponse([{"host": socket.host} for socket in workspace.sockets.open])

    async def act(request: Request) -> JSONResponse:
        name = request.path_params["act"]
        if name in WAITED_FOR:
            await WAITED_FOR[name](workspace.sockets)
        elif name in AT_ONCE:
            try:
                AT_ONCE[name](workspace.sockets, await _count(request))
            except (AttributeError, TypeError, ValueError) as mistake:
                malformed = {"error": f"malformed: {mistake!r}"}
                return JSONResponse(malformed, status_code=HTTPStatus.BAD_REQUEST)
        else:
            return JSONResponse({"error": "no such act"}, status_code=HTTPStatus.NOT_FOUND)
        return JSONResponse({"ok": True})

    return [Route("/sockets", sockets), Route("/sockets/{act}", act, methods=["POST"])]


async def _count(request: Request) -> Count:
    body = await request.json() if await request.body() else {}
    return int(body.get("count", 1))
