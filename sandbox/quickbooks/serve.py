"""Serve the simulated QuickBooks on loopback, and say on the first line how to reach it."""

import asyncio
import json
import sys
from typing import TextIO

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.quickbooks.answers import LineCut
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.simulator import QuickBooks

HOST = "127.0.0.1"  # Never anything but loopback: the keys below are on the screen.


class Served:
    """Over a socket a cut line is an unfinished answer, not an exception worth a traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except LineCut:
            return


def describe(quickbooks: QuickBooks, company: Company, *, port: int) -> dict[str, str]:
    """Tell a client everything it needs to connect; the tokens are issued by this."""
    access_token, refresh_token = quickbooks.issue_tokens(company)
    base = f"http://{HOST}:{port}"
    return {
        "api_url": base,
        "discovery_url": f"{base}/.well-known/openid_sandbox_configuration",
        "client_id": quickbooks.client_id,
        "client_secret": quickbooks.client_secret,
        "realm_id": company.realm_id,
        "webhook_verifier_token": quickbooks.webhook_verifier_token,
        "access_token": access_token,
        "refresh_token": refresh_token,
    }


def server_for(quickbooks: QuickBooks, *, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        Served(quickbooks.app), host=HOST, port=port, log_level="critical", lifespan="off"
    )
    return uvicorn.Server(config)


async def serve(
    port: int, *, quickbooks: QuickBooks | None = None, out: TextIO = sys.stdout
) -> None:
    """Serve until cancelled or interrupted; without a QuickBooks of your own a seeded one."""
    if quickbooks is None:
        quickbooks = QuickBooks()
    company = next(iter(quickbooks.companies.values()), None)
    if company is None:
        company = quickbooks.add_company(name="Larkspur Accounting")
    out.write(json.dumps(describe(quickbooks, company, port=port)) + "\n")
    out.flush()
    await server_for(quickbooks, port=port).serve()


def run(port: int) -> None:
    asyncio.run(serve(port))
