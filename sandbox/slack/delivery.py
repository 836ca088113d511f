"""Carries what people do to the app under test and waits three seconds for its answer."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.slack.mint import Clock
from sandbox.slack.records import Payload

PATIENCE = 3.0  # Seconds that Slack waits for an app.
SLOWEST_APP = 30.0  # Seconds after which even an ignored answer is given up.
SOCKETS = "sockets"  # In place of a URL: over the sockets that the app opens, as in Socket Mode.
COMMAND, INTERACTION, EVENT = "slash_commands", "interactive", "events_api"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a status and a body, or Slack's name for why nothing did."""

    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None

    @property
    def accepted(self) -> bool:
        return self.error is None

    def as_json(self) -> Any:  # noqa: ANN401 - whatever the app answered.
        """Raises ValueError where the body is not JSON."""
        return json.loads(self.body) if self.body.strip() else {}


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """The exact bytes of one delivery, so that the same can be delivered again.

    A socket takes the payload instead, under its kind.
    """

    kind: str
    payload: Mapping[str, Any]
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def form(fields: Mapping[str, str], *, kind: str = COMMAND) -> Parcel:
    return Parcel(
        kind=kind,
        payload=fields,
        body=urlencode(fields).encode(),
        content_type="application/x-www-form-urlencoded",
    )


def interaction(payload: Payload) -> Parcel:
    wrapped = form({"payload": json.dumps(payload)}, kind=INTERACTION)
    return replace(wrapped, payload=payload)


def event(payload: Payload, *, headers: Mapping[str, str] | None = None) -> Parcel:
    return Parcel(
        kind=EVENT,
        payload=payload,
        body=json.dumps(payload).encode(),
        content_type="application/json",
        headers=headers or {},
    )


Carrier = Callable[[Parcel, float], Awaitable[Answer]]  # Within so many seconds.


class Courier:
    """Knows the app's one request URL and signs what goes there, or who else carries it."""

    def __init__(self, *, signing_secret: str, clock: Clock) -> None:
        self.signing_secret = signing_secret
        self.patience = PATIENCE
        self._clock = clock
        self._url: str | None = None
        self._carry: Carrier | None = None
        self._client: httpx.AsyncClient | None = None
        self._owned: list[httpx.AsyncClient] = []
        self._late: set[asyncio.Task[Answer]] = set()

    def aim(self, url: str, client: httpx.AsyncClient | None) -> None:
        self._url, self._carry = url, None
        self._client = client

    def hand_to(self, carrier: Carrier) -> None:
        self._carry = carrier

    async def close(self) -> None:
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
        for client in self._owned:
            await client.aclose()

    async def deliver(self, parcel: Parcel) -> Answer:
        """Wait as long as Slack does; like a real server, a late app keeps running."""
        if self._carry is not None:
            return await self._carry(parcel, self.patience)
        sending = asyncio.create_task(self._send(parcel))
        done, _ = await asyncio.wait({sending}, timeout=self.patience)
        if done:
            return sending.result()
        self._late.add(sending)
        sending.add_done_callback(self._late.discard)
        return Answer(error="operation_timeout")

    async def _send(self, parcel: Parcel) -> Answer:
        if self._url is None:
            raise RuntimeError("the workspace delivers nowhere yet: call deliver_to(url) first")
        try:
            response = await self._open().post(
                self._url,
                content=parcel.body,
                headers=self._signed(parcel),
            )
        except httpx.TransportError:
            return Answer(error="dispatch_failed")
        failed = None if response.is_success else "dispatch_failed"
        return Answer(
            status=response.status_code,
            body=response.text,
            headers=response.headers,
            error=failed,
        )

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, timeout=SLOWEST_APP)
            self._owned.append(self._client)
        return self._client

    def _signed(self, parcel: Parcel) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        base = b"v0:" + timestamp.encode() + b":" + parcel.body
        digest = hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {
            "Content-Type": parcel.content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
            **parcel.headers,
        }
