"""How this process says how it is: alive, ready, and in numbers.

Not alive is what only a restart mends: a loop that has ended never comes back. All else may pass,
or is not this process's own, and makes it not ready.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.metrics import Meters, expose
from bot.pulse import Pulse
from bot.sockets import Sockets
from services.health import Health

log = structlog.get_logger()


@dataclass(frozen=True)
class Probes:
    """What there is to look at; `sockets` in Socket Mode."""

    health: Health
    meters: Meters
    pulses: Sequence[Pulse]
    sockets: Sockets | None

    def beyond_help(self) -> list[str]:
        return [str(each.complaint) for each in self.pulses if each.has_ended]

    async def complaints(self) -> AsyncIterator[str]:
        """Why it cannot do its work just now, a sentence each."""
        if complaint := await self._about_the_ledger():
            yield complaint
        if self.sockets is not None and not self.sockets.up:
            yield "No socket to Slack is up; the log says why."
        for each in self.pulses:
            if complaint := each.complaint:
                yield complaint

    async def _about_the_ledger(self) -> str | None:
        try:
            fits = await self.health.fits()
        except (SQLAlchemyError, OSError) as error:
            log.warning("database not reachable", error=type(error).__name__)
            return "The database cannot be reached."
        return None if fits else "The database's schema does not fit this version."


async def healthz(request: Request) -> Response:
    return _tell("alive", "not alive", _probes(request).beyond_help())


async def readyz(request: Request) -> Response:
    return _tell("ready", "not ready", [each async for each in _probes(request).complaints()])


async def metrics(request: Request) -> Response:
    probes = _probes(request)
    sockets = probes.sockets.count if probes.sockets else None
    text = await expose(probes.meters, probes.pulses, probes.health, sockets)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


ROUTES = (Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics))


def _tell(well: str, ill: str, complaints: list[str]) -> Response:
    if complaints:
        said = {"status": ill, "why": complaints}
        return JSONResponse(said, HTTPStatus.SERVICE_UNAVAILABLE)
    return JSONResponse({"status": well})


def _probes(request: Request) -> Probes:
    return cast("Probes", request.app.state.counterfoil.probes)
