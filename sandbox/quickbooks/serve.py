"""Serve the simulated QuickBooks on loopback, and say on the first line how to reach it."""

import asyncio
import json
import sys
from typing import TextIO

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.loopback import HOST, listen
from sandbox.quickbooks.answers import LineCut
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.simulator import QuickBooks


class OverSockets:
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


def server_for(quickbooks: QuickBooks) -> uvicorn.Server:
    """A server to be given a listening socket: `await server.serve(sockets=[listener])`."""
    # An unfinished answer is an error to uvicorn; here it is meant, and stays out of the log.
    app = OverSockets(quickbooks.app)
    config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
    return uvicorn.Server(config)


async def serve(
    port: int, *, quickbooks: QuickBooks | None = None, out: TextIO | None = None
) -> None:
    """Serve until interrupted; port 0 takes a free one. Without companies, one is seeded."""
    quickbooks = quickbooks or QuickBooks()
    company = next(iter(quickbooks.companies.values()), None)
    company = company or quickbooks.add_company(name="Larkspur Accounting")
    with listen(port) as listener:
        described = describe(quickbooks, company, port=listener.getsockname()[1])
        print(json.dumps(described), file=out or sys.stdout, flush=True)
        await server_for(quickbooks).serve(sockets=[listener])


def run(port: int) -> None:
    asyncio.run(serve(port))
