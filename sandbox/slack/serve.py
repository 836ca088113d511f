"""Serves workspaces over loopback HTTP, with the people's controls beside the Web API."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from sandbox.loopback import listening
from sandbox.slack.channel_control import channel_routes
from sandbox.slack.control import control_routes
from sandbox.slack.delivery import SOCKETS
from sandbox.slack.failure_control import failure_routes
from sandbox.slack.install_control import install_routes
from sandbox.slack.link import linking
from sandbox.slack.socket_control import socket_routes
from sandbox.slack.workspace import Workspace


def whole_app(workspace: Workspace, *others: Workspace) -> Starlette:
    """The controls of the first stand at the root, those of all below /workspaces/{team}."""
    each_apart = [
        Mount(f"/workspaces/{each.team_id}", routes=_controls(each))
        for each in (workspace, *others)
    ]
    return Starlette(routes=[*_controls(workspace), *each_apart, Mount("/", workspace.app)])


def _controls(workspace: Workspace) -> list[Route]:
    acts = (control_routes, channel_routes, failure_routes, socket_routes, install_routes)
    return [route for routes in acts for route in routes(workspace)]


@asynccontextmanager
async def serving(
    workspace: Workspace, *others: Workspace, port: int = 0
) -> AsyncIterator[Workspace]:
    """Serve all that share an app while inside: sets their base URL, and closes them at the end."""
    async with (
        linking(workspace.sockets),
        listening(whole_app(workspace, *others), port=port) as base_url,
    ):
        for each in (workspace, *others):
            each.base_url = base_url
            each.changed()
        try:
            yield workspace
        finally:
            for each in (workspace, *others):
                await each.close()


async def serve(
    port: int,
    deliver_to: str | None = None,
    *,
    workspace: Workspace | None = None,
    others: Sequence[Workspace] = (),
) -> None:
    """Serve until SIGINT or SIGTERM; the first line on stdout says where everything is, as JSON.

    An app that names no URL is reached over the sockets that it opens.
    """
    workspace = workspace or a_furnished_workspace()
    workspace.deliver_to(deliver_to or SOCKETS)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with serving(workspace, *others, port=port):
        told = directory(workspace, *others)
        print(json.dumps(told), flush=True)  # noqa: T201 - it is the interface.
        await stopped.wait()


def run(
    port: int,
    deliver_to: str | None = None,
    *,
    workspaces: int = 1,
    rotate_tokens: bool = False,
) -> None:
    """All but the first workspace are without the app, until somebody installs it there."""
    first, *others = some_furnished_workspaces(workspaces)
    first.registration.rotates_tokens = rotate_tokens
    asyncio.run(serve(port, deliver_to, workspace=first, others=others))


def some_furnished_workspaces(number: int) -> list[Workspace]:
    first = a_furnished_workspace()
    others = [
        furnish(Workspace(f"Workspace {each}", shares_app_of=first, has_app=False))
        for each in range(2, number + 1)
    ]
    return [first, *others]


def a_furnished_workspace(*, chance: random.Random | None = None) -> Workspace:
    return furnish(Workspace(chance=chance))


def furnish(workspace: Workspace) -> Workspace:
    """Give it an owner, two colleagues, a guest and two channels."""
    anna = workspace.add_person("Anna Berg", owner=True, admin=True)
    ben = workspace.add_person("Ben Okafor")
    clara = workspace.add_person("Clara Weiss", locale="de-DE", tz="Europe/Berlin")
    guest = workspace.add_person("Gil Guest", guest=True)
    inside = workspace.has_app
    workspace.add_channel("general", members=[anna, ben, clara, guest], with_app=inside)
    workspace.add_channel("alerts", private=True, members=[anna, ben], with_app=inside)
    return workspace


def directory(workspace: Workspace, *others: Workspace) -> dict[str, object]:
    """What is said of the first workspace stands beside what is said of the app."""
    return {
        "api_url": workspace.api_url,
        "authorize_url": f"{workspace.base_url}/oauth/v2/authorize",
        "app_token": workspace.app_token,
        "signing_secret": workspace.signing_secret,
        "client_id": workspace.client_id,
        "client_secret": workspace.client_secret,
        "app_id": workspace.app_id,
        **_introduce(workspace, workspace.base_url),
        "workspaces": [
            _introduce(each, f"{each.base_url}/workspaces/{each.team_id}")
            for each in (workspace, *others)
        ],
    }


def _introduce(workspace: Workspace, controls: str) -> dict[str, object]:
    return {
        "name": workspace.name,
        "team_id": workspace.team_id,
        "bot_token": workspace.bot_token,
        "bot_user_id": workspace.bot_user_id,
        "people_url": f"{controls}/people",
        "installation_url": f"{controls}/installation",
        "people": {person.name: person.id for person in workspace.people.values()},
        "channels": {channel.name: channel.id for channel in workspace.channels.values()},
    }
