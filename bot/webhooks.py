"""What Intuit tells of changes in QuickBooks."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.quickbooks.webhooks import is_signed, read_changes

log = structlog.get_logger()

PATH = "/quickbooks/webhooks"
MAX_BODY = 1_000_000  # An event takes 400 bytes, and Intuit gathers those of some seconds.


def routes(verifier_token: SecretStr | None) -> list[Route]:
    """None where nothing can be checked."""
    if verifier_token is None:
        return []
    return [Route(PATH, _listener(verifier_token.get_secret_value()), methods=["POST"])]


def _listener(verifier_token: str) -> Callable[[Request], Awaitable[Response]]:
    async def hear(request: Request) -> Response:
        """Intuit wants an answer within 3 s, and sends again for days what got none."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body, signature = await request.body(), request.headers.get("intuit-signature", "")
        if not is_signed(body, signature, verifier_token=verifier_token):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            changes = read_changes(body)
        except ValueError:
            # Sent again it reads no better, and would hold up all that comes after.
            log.warning("webhook not understood")
            return Response(status_code=HTTPStatus.OK)
        try:
            await request.app.state.counterfoil.connections.hear(changes)
        except (SQLAlchemyError, OSError) as error:
            log.warning("webhook turned away", error=type(error).__name__)
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return Response(status_code=HTTPStatus.OK)

    return hear
