"""What becomes of a channel, over HTTP: an owner of the workspace may do it.

    GET  /channels               every channel: id and name
    POST /channels/{id}/{act}    share {"with": nobody, organisation, invited or outside}, archive,
                                 unarchive, make_public, make_private, make_read_only,
                                 remove_app and add_app (the app's membership)

404 says that there is no such channel or act, 400 that there is nobody such to share it with.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack.message import Channel
from sandbox.slack.records import Sharing
from sandbox.slack.workspace import Workspace

MALFORMED, NOT_FOUND = 400, 404

ACTS: dict[str, Callable[[Channel], None]] = {
    "archive": Channel.archive,
    "unarchive": Channel.unarchive,
    "make_public": Channel.make_public,
    "make_private": Channel.make_private,
    "make_read_only": Channel.make_read_only,
    "remove_app": Channel.remove_app,
    "add_app": Channel.add_app,
}


def channel_routes(workspace: Workspace) -> list[Route]:
    async def channels(_request: Request) -> JSONResponse:
        known = workspace.channels.values()
        return JSONResponse([{"id": each.id, "name": each.name} for each in known])

    async def act(request: Request) -> JSONResponse:
        channel = workspace.channels.get(request.path_params["channel"])
        name = request.path_params["act"]
        if channel is None or name not in {*ACTS, "share"}:
            return JSONResponse({"error": "no such channel or act"}, status_code=NOT_FOUND)
        if name != "share":
            ACTS[name](channel)
            return JSONResponse({"ok": True})
        return await _share(channel, request)

    return [Route("/channels", channels), Route("/channels/{channel}/{act}", act, methods=["POST"])]


async def _share(channel: Channel, request: Request) -> JSONResponse:
    try:
        channel.share(Sharing((await request.json())["with"]))
    except (KeyError, TypeError, ValueError) as mistake:
        return JSONResponse({"error": f"malformed: {mistake!r}"}, status_code=MALFORMED)
    return JSONResponse({"ok": True})
