"""What every listener works with."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.access import Doorkeeper
from handlers.elements import Block, Reply
from handlers.errors import Background, OpenedAlready
from handlers.latest import Latest
from services.alerts import Alerts
from services.clients import Clients
from services.connection import Connections
from services.domain.ledger import Settings
from services.domain.members import Member, Role
from services.errors import TryLater
from services.forecasts import Forecasts
from services.histories import Histories
from services.installations import Installations
from services.invoices import Invoices
from services.links import Links
from services.live import Live
from services.overviews import Overviews
from services.payment_lists import PaymentLists
from services.payments import Payments
from services.ports import Clock
from services.previews import Previews
from services.refunds import Refunds
from services.settings import FirmSettings
from services.skips import Skips
from services.watches import Watches

log = structlog.get_logger()

TRIGGER_LIVES = timedelta(seconds=3)  # Slack's.
SPENT = "exchanged_trigger_id"  # Each opens one form.


@dataclass(frozen=True)
class Desk:
    doorkeeper: Doorkeeper
    payments: Payments
    refunds: Refunds
    invoices: Invoices
    clients: Clients
    links: Links
    live: Live
    overviews: Overviews
    previews: Previews
    forecasts: Forecasts
    histories: Histories
    payment_lists: PaymentLists
    skips: Skips
    alerts: Alerts
    watches: Watches
    settings: FirmSettings
    connections: Connections
    installations: Installations
    background: Background
    latest: Latest
    clock: Clock
    public_url: str
    records_url: str  # Where a person reads a record in QuickBooks' own pages.


@dataclass(frozen=True)
class Request:
    """A person who may ask, what their firm chose, and what they ask for.

    `words` is what follows the command, or the value of the button. `trigger_id` opens a modal
    within three seconds. `view` is the modal that something was pressed or sought in, if any.
    `channel` is where a command was typed.
    """

    member: Member
    settings: Settings
    words: str
    trigger_id: str
    client: AsyncWebClient
    view: dict[str, Any] = field(default_factory=dict)
    channel: str = ""


Answer = Callable[[Desk, Request], Awaitable[Reply | None]]  # None: a modal answers.


@dataclass(frozen=True)
class Order:
    """One thing that a person can ask for.

    `writes`: it commits before Slack hears of it. `replaces`: its answer takes the place of the
    message whose button was pressed; other messages are edited when the ledger has changed.
    `opens`: a modal answers the press, so Slack hears from us before we ask it for one.
    `beside`: its answer leaves what was pressed as it is: a row of a list, for one.
    """

    answer: Answer
    role: Role = Role.RECORDER
    writes: bool = False
    replaces: bool = False
    opens: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Topic:
    """A slash command: its orders by their first word; `otherwise` takes all other words."""

    orders: Mapping[str, Order]
    otherwise: Order


async def request_from(
    desk: Desk, client: AsyncWebClient, body: dict[str, Any], words: str, role: Role
) -> Request:
    member, settings = await desk.doorkeeper.admit(client, body, role)
    trigger_id, view = body.get("trigger_id", ""), body.get("view") or {}
    channel = str(body.get("channel_id", ""))
    return Request(member, settings, words.strip(), trigger_id, client, view, channel)


async def open_modal(request: Request, view: Block) -> str:
    """Show it, on top of the modal that it was asked for in, if any; answer with its id.

    Raise TryLater where Slack does not open it while its trigger lives, OpenedAlready where it was
    opened by that trigger before.
    """
    client, trigger = request.client, request.trigger_id
    try:
        async with asyncio.timeout(TRIGGER_LIVES.total_seconds()):
            if request.view:
                opened = await client.views_push(trigger_id=trigger, view=view)
            else:
                opened = await client.views_open(trigger_id=trigger, view=view)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if isinstance(error, SlackApiError) and error.response.get("error") == SPENT:
            raise OpenedAlready from error
        log.warning("modal not opened", error=type(error).__name__)
        raise TryLater("Slack was too slow to open the form. Please type it again.") from error
    return str(opened["view"]["id"])


async def redraw_modal(client: AsyncWebClient, view_id: str, view: Block) -> None:
    """As `update_modal`, also where something was drawn or typed since we looked."""
    try:
        await client.views_update(view_id=view_id, view=view)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.info("modal not redrawn", error=type(error).__name__)


async def update_modal(request: Request, view: Block) -> None:
    """Change the modal that is in front; what was typed stays where the blocks keep their names.

    Nothing happens where it was changed or closed meanwhile.
    """
    shown = request.view
    try:
        await request.client.views_update(view_id=shown["id"], hash=shown["hash"], view=view)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.info("modal not updated", error=type(error).__name__)


ANYTHING = re.compile("")  # Also what an older version of ours left standing in Slack.


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """One listener for all of them: Bolt tries its listeners one by one."""
    return re.compile(f"(?:{'|'.join(map(re.escape, names))})$")
