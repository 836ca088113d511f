"""Failures of Slack's own, ordered over HTTP.

    POST   /failures    {"method"?, "error" | "http" | "timeout" | "retry_after", "applied"?,
                        "count"?}: the next `count` calls of the method fail so, one unless said;
                        without a method all do, without an end where `count` is null
    DELETE /failures    all is well again

400 says that the request makes no sense.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack.failures import EVERY_METHOD
from sandbox.slack.workspace import Workspace

MALFORMED = 400


def failure_routes(workspace: Workspace) -> list[Route]:
    async def order(request: Request) -> JSONResponse:
        try:
            workspace.failures.add(**{"method": EVERY_METHOD, **(await request.json())})
        except (TypeError, ValueError) as mistake:
            return JSONResponse({"error": f"malformed: {mistake}"}, status_code=MALFORMED)
        return JSONResponse({"ok": True})

    async def clear(_request: Request) -> JSONResponse:
        workspace.failures.clear()
        return JSONResponse({"ok": True})

    return [
        Route("/failures", order, methods=["POST"]),
        Route("/failures", clear, methods=["DELETE"]),
    ]
