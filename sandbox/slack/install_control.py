"""What becomes of the app's installation, over HTTP: an owner of the workspace may do it.

    POST /installation/{act}   uninstall, revoke_tokens; sign_in (the install page is then this
                               workspace's); deny and allow (what people answer on that page)

404 says that there is no such act.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack.workspace import Workspace


async def _sign_in(workspace: Workspace) -> None:
    workspace.sign_in()


async def _deny(workspace: Workspace) -> None:
    workspace.denies_apps = True


async def _allow(workspace: Workspace) -> None:
    workspace.denies_apps = False


ACTS: dict[str, Callable[[Workspace], Awaitable[object]]] = {
    "uninstall": Workspace.uninstall,
    "revoke_tokens": Workspace.revoke_tokens,
    "sign_in": _sign_in,
    "deny": _deny,
    "allow": _allow,
}


def install_routes(workspace: Workspace) -> list[Route]:
    async def act(request: Request) -> JSONResponse:
        name = request.path_params["act"]
        if name not in ACTS:
            return JSONResponse({"error": "no such act"}, status_code=HTTPStatus.NOT_FOUND)
        await ACTS[name](workspace)
        return JSONResponse({"ok": True})

    return [Route("/installation/{act}", act, methods=["POST"])]
