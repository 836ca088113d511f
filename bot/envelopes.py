"""What Slack sends over sockets, and what Bolt answers to it."""

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

log = structlog.get_logger()

MOST_KEPT = 500  # Answers, for envelopes that come again.


@dataclass
class Answers:
    """What Bolt answers to each envelope: one that comes again has the same answer."""

    bolt: AsyncApp
    _given: OrderedDict[str, asyncio.Task[SocketModeResponse | None]] = field(
        default_factory=OrderedDict
    )

    async def to(self, request: SocketModeRequest) -> SocketModeResponse | None:
        """None where Slack should not take it for answered: it may come again then."""
        name = request.envelope_id
        asked = self._given.get(name)
        if asked is None:
            asked = self._given[name] = asyncio.create_task(self._ask(request), name=name)
            asked.add_done_callback(self._settle)
            if len(self._given) > MOST_KEPT:
                self._given.popitem(last=False)
        return await asyncio.shield(asked)

    async def _ask(self, request: SocketModeRequest) -> SocketModeResponse | None:
        answer = await run_async_bolt_app(self.bolt, request)
        if answer.status != HTTPStatus.OK:
            log.info("envelope refused", kind=request.type, status=answer.status)
            return None
        if not answer.body:
            return SocketModeResponse(request.envelope_id)
        is_json = str(answer.first_headers().get("content-type", "")).startswith("application/json")
        return SocketModeResponse(
            request.envelope_id, json.loads(answer.body) if is_json else {"text": answer.body}
        )

    def _settle(self, asked: asyncio.Task[SocketModeResponse | None]) -> None:
        if asked.cancelled() or asked.exception() or asked.result() is None:
            self._given.pop(asked.get_name(), None)
