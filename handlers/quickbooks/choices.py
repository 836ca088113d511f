"""Read what admins chose, and save it as one change."""

import json
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.errors import Unusable, as_we_made_it
from handlers.forms import Values, chosen, is_checked, typed
from handlers.live import in_time, pick
from handlers.quickbooks.alerting import (
    check_alert_channel,
    read_alerting,
    read_posting_channels,
)
from handlers.quickbooks.people import check_people, read_people
from handlers.quickbooks.settings import MOST_TWIN_DAYS, method_field
from services.domain.connection import Account, Item
from services.domain.ids import FirmId
from services.domain.ledger import Method, Settings
from services.errors import CounterfoilError

_There = TypeVar("_There", Account, Item)
_GONE = "QuickBooks does not have it (any more), or not of this type. Choose another one."
_AWAY = "QuickBooks does not answer just now, so this cannot be looked up. Try again in a moment."


async def save_settings(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    member = request.member
    with as_we_made_it():
        wanted = read_settings(view["state"]["values"], request.settings)
        version = int(json.loads(view["private_metadata"])["version"])
    wanted = replace(wanted, version=version)
    await check_people(desk, request, request.settings.rights, wanted.rights)
    await check_alert_channel(request, wanted.alerting)
    await _check_accounts(desk, member.firm_id, request.settings, wanted)
    await _check_item(desk, member.firm_id, request.settings, wanted)
    await desk.settings.save(member.firm_id, wanted, by=member.user_id)
    choice = "are synced" if wanted.sync_by_default else "are not synced"
    return Reply(f"Saved. New payments {choice} with QuickBooks unless somebody chooses otherwise.")


def read_settings(values: Values, before: Settings) -> Settings:
    """Raise Unusable with a sentence at the field that it is about."""
    defines = is_checked(values, ids.DEFINE_ACCOUNT)
    return replace(
        before,
        sync_by_default=is_checked(values, ids.SYNC_BY_DEFAULT),
        deposit_account_id=_read_account(values) if defines else None,
        method_accounts=dict(_read_method_accounts(values)) if defines else {},
        start_on=_read_day(values, ids.START_ON),
        service_item_id=_read_choice(values, ids.SERVICE_ITEM),
        twin_window_days=_read_days(values),
        rights=read_people(values),
        alerting=read_alerting(values),
        posting_channels=read_posting_channels(values),
    )


def _read_account(values: Values) -> str:
    if ids.ACCOUNT not in values:  # Sent before we could show the field.
        raise Unusable({ids.DEFINE_ACCOUNT: "Choose the account for payments below."})
    return pick(values, ids.ACCOUNT)


def _read_method_accounts(values: Values) -> Iterable[tuple[str, str]]:
    for method in Method:
        if account := _read_choice(values, method_field(method)):
            yield str(method), account


def _read_choice(values: Values, name: str) -> str | None:
    return pick(values, name) if chosen(values, name) else None


def _read_day(values: Values, name: str) -> date | None:
    text = values[name][name].get("selected_date")
    return date.fromisoformat(text) if text else None


def _read_days(values: Values) -> int:
    text = typed(values, ids.TWIN_WINDOW)
    if not text.isdecimal() or int(text) > MOST_TWIN_DAYS:
        raise Unusable({ids.TWIN_WINDOW: f"From 0 to {MOST_TWIN_DAYS} days."})
    return int(text)


async def _check_accounts(desk: Desk, firm: FirmId, before: Settings, wanted: Settings) -> None:
    """What is newly chosen must be there at this moment; what was chosen before may have gone."""
    named = {ids.ACCOUNT: wanted.deposit_account_id}
    named |= {method_field(Method(name)): each for name, each in wanted.method_accounts.items()}
    known = {before.deposit_account_id, *before.method_accounts.values(), None}
    new = {field: account for field, account in named.items() if account not in known}
    if new:
        await _check_there(desk, desk.live.accounts(firm), new)


async def _check_item(desk: Desk, firm: FirmId, before: Settings, wanted: Settings) -> None:
    item = wanted.service_item_id
    if item not in {before.service_item_id, None}:
        await _check_there(desk, desk.live.items(firm), {ids.SERVICE_ITEM: item})


async def _check_there(
    desk: Desk,
    asking: Coroutine[Any, Any, list[_There]],
    new: dict[str, str | None],
) -> None:
    try:
        there = {each.id for each in await in_time(desk, asking)}
    except TimeoutError:
        raise Unusable(dict.fromkeys(new, _AWAY)) from None
    except CounterfoilError as error:
        raise Unusable(
            dict.fromkeys(new, f"{str(error).rstrip('.')}. Try again in a moment.")
        ) from None
    if gone := [field for field, chosen_id in new.items() if chosen_id not in there]:
        raise Unusable(dict.fromkeys(gone, _GONE))
