"""The buttons of an alert."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.alerts.blocks import show_alerts
from handlers.alerts.found import NOTHING_LEFT, alert_of, record_of
from handlers.desk import Desk, Request, open_modal
from handlers.elements import Block, Reply, field_input, modal, option
from handlers.errors import as_we_made_it
from handlers.forms import chosen
from services.domain.hours import next_monday
from services.domain.ids import AlertId, FirmId
from services.errors import Refused

_HOURS = (1, 4, 24)
_MONDAY = "monday"


async def show_all(desk: Desk, firm: FirmId) -> Reply:
    """As it stands this moment, not as the last look left it."""
    await desk.watches.keep_in_step(firm)
    return show_alerts(await desk.watches.open_of(firm), desk.records_url)


async def press_retry_all(desk: Desk, request: Request) -> Reply:
    return await _retry(desk, request, alert_of(request.words))


async def press_retry(desk: Desk, request: Request) -> Reply:
    alert, record = record_of(request.words)
    return await _retry(desk, request, alert, only=record)


async def _retry(
    desk: Desk, request: Request, alert: AlertId, *, only: UUID | None = None
) -> Reply:
    member = request.member
    done = await desk.alerts.retry(member.firm_id, alert, by=member.user_id, only=only)
    if not done.count:
        raise Refused(NOTHING_LEFT)
    return await show_all(desk, member.firm_id)


async def press_claim(desk: Desk, request: Request) -> Reply:
    member = request.member
    await desk.alerts.claim(member.firm_id, alert_of(request.words), by=member.user_id)
    return await show_all(desk, member.firm_id)


async def press_snooze(desk: Desk, request: Request) -> None:
    alert = await desk.alerts.find(request.member.firm_id, alert_of(request.words))
    await open_modal(request, snooze_modal(alert.id))


def snooze_modal(alert: AlertId) -> Block:
    choices = [option(f"{hours} hour{'' if hours == 1 else 's'}", str(hours)) for hours in _HOURS]
    choices.append(option("Until Monday morning", _MONDAY))
    menu = {"type": "radio_buttons", "options": choices, "initial_option": choices[0]}
    hint = "Nothing is posted about it before; its message is still edited as it changes."
    field = field_input(ids.SNOOZE_FOR, "Snooze for", menu, hint=hint)
    return {
        **modal(ids.SNOOZE_FORM, "Snooze", "Snooze", [field]),
        "private_metadata": str(alert),
    }


async def snooze(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    member = request.member
    zone = request.settings.alerting.time_zone
    until = _read_until(view, zone, desk.clock())
    alert = alert_of(view["private_metadata"])
    await desk.alerts.snooze(member.firm_id, alert, until=until, by=member.user_id)


def _read_until(view: dict[str, Any], zone: str, now: datetime) -> datetime:
    with as_we_made_it():
        choice = chosen(view["state"]["values"], ids.SNOOZE_FOR)
        if choice == _MONDAY:
            return next_monday(zone, now)
        hours = int(choice or "")
        if hours not in _HOURS:
            raise ValueError(hours)
    return now + timedelta(hours=hours)
