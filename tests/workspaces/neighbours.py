"""Two firms on one program: a workspace and a company each, and an app that both install."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx
from pydantic import SecretStr

from bot.config import Config
from sandbox.loopback import free_port, listening
from sandbox.quickbooks import QuickBooks
from sandbox.quickbooks.serve import OverSockets
from sandbox.slack import SOCKETS, Workspace
from sandbox.slack.serve import serving
from tests.world import HTTP, World, a_config, in_socket_mode, reach_the_bot, the_bot


@dataclass
class Neighbours:
    """`larkspur` and `birch` differ in all but the program that serves them."""

    larkspur: World
    birch: World

    @property
    def config(self) -> Config:
        return self.larkspur.config

    async def install(self, world: World) -> httpx.Response:
        return await install(world)


async def install(world: World) -> httpx.Response:
    """As somebody does it in a browser who is signed in to that workspace."""
    world.workspace.sign_in()
    async with a_browser(follow_redirects=True) as browser:
        return await browser.get(f"{world.url}/slack/install")


def a_browser(**how: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, **how)


@asynccontextmanager
async def two_firms(
    folder: Path, over: str = HTTP, /, **settings: Any
) -> AsyncIterator[Neighbours]:
    """Neither of them has installed it yet."""
    async with AsyncExitStack() as stack:
        quickbooks = QuickBooks(chance=Random(1))
        qbo_url = await stack.enter_async_context(listening(OverSockets(quickbooks.app)))
        larkspur = Workspace("Larkspur", chance=Random(2), has_app=False)
        birch = Workspace("Birch", chance=Random(3), has_app=False, shares_app_of=larkspur)
        await stack.enter_async_context(serving(larkspur, birch))
        many = {
            "slack_bot_token": None,
            "slack_client_id": larkspur.client_id,
            "slack_client_secret": SecretStr(larkspur.client_secret),
            **(in_socket_mode(larkspur) if over == SOCKETS else {}),
        }
        config = a_config(
            larkspur, quickbooks, qbo_url, folder, free_port(), **{**many, **settings}
        )
        larkspur.registration.redirect_urls = {f"{config.public_url}/slack/oauth_redirect"}
        url = await stack.enter_async_context(the_bot(config))
        await reach_the_bot(larkspur, url, over)
        yield Neighbours(
            *(a_firm(workspace, quickbooks, config, url) for workspace in (larkspur, birch))
        )


def a_firm(workspace: Workspace, quickbooks: QuickBooks, config: Config, url: str) -> World:
    return World(
        workspace=workspace,
        quickbooks=quickbooks,
        company=quickbooks.add_company(name=f"{workspace.name} Accounting"),
        config=config,
        url=url,
        olivia=workspace.add_person("Olivia Owner", owner=True),
        anna=workspace.add_person("Anna Berg"),
    )
