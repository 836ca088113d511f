"""Serves the workspace over loopback HTTP, with the people's controls beside the Web API."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.loopback import listening
from sandbox.slack.channel_control import channel_routes
from sandbox.slack.control import control_routes
from sandbox.slack.delivery import SOCKETS
from sandbox.slack.failure_control import failure_routes
from sandbox.slack.link import linking
from sandbox.slack.socket_control import socket_routes
from sandbox.slack.workspace import Workspace


def whole_app(workspace: Workspace) -> Starlette:
    acts = (control_routes, channel_routes, failure_routes, socket_routes)
    controls = [route for routes in acts for route in routes(workspace)]
    return Starlette(routes=[*controls, Mount("/", workspace.app)])


@asynccontextmanager
async def serving(workspace: Workspace, *, port: int = 0) -> AsyncIterator[Workspace]:
    """Serve the workspace while inside: sets its base URL, and closes it at the end."""
    async with (
        linking(workspace.sockets),
        listening(whole_app(workspace), port=port) as base_url,
    ):
        workspace.base_url = base_url
        workspace.changed()
        try:
            yield workspace
        finally:
            await workspace.close()


async def serve(
    port: int,
    deliver_to: str | None = None,
    *,
    workspace: Workspace | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; the first line on stdout says where everything is, as JSON.

    An app that names no URL is reached over the sockets that it opens.
    """
    workspace = workspace or a_furnished_workspace()
    workspace.deliver_to(deliver_to or SOCKETS)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with serving(workspace, port=port):
        print(json.dumps(directory(workspace)), flush=True)  # noqa: T201 - it is the interface.
        await stopped.wait()


def run(port: int, deliver_to: str | None = None) -> None:
    asyncio.run(serve(port, deliver_to))


def a_furnished_workspace(*, chance: random.Random | None = None) -> Workspace:
    """Return a workspace with an owner, two colleagues, a guest and two channels."""
    workspace = Workspace(chance=chance)
    anna = workspace.add_person("Anna Berg", owner=True, admin=True)
    ben = workspace.add_person("Ben Okafor")
    clara = workspace.add_person("Clara Weiss", locale="de-DE", tz="Europe/Berlin")
    guest = workspace.add_person("Gil Guest", guest=True)
    workspace.add_channel("general", members=[anna, ben, clara, guest])
    workspace.add_channel("alerts", private=True, members=[anna, ben])
    return workspace


def directory(workspace: Workspace) -> dict[str, object]:
    return {
        "api_url": workspace.api_url,
        "people_url": f"{workspace.base_url}/people",
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
        "signing_secret": workspace.signing_secret,
        "client_id": workspace.client_id,
        "client_secret": workspace.client_secret,
        "team_id": workspace.team_id,
        "app_id": workspace.app_id,
        "bot_user_id": workspace.bot_user_id,
        "people": {person.name: person.id for person in workspace.people.values()},
        "channels": {channel.name: channel.id for channel in workspace.channels.values()},
    }
