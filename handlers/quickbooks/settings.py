"""The modal in which admins choose, and what they may choose from."""

import json
from collections.abc import Sequence
from datetime import date

from handlers import ids
from handlers.desk import Desk, Request, open_modal, update_modal
from handlers.elements import Block, context, field_input, modal, option, toggle
from handlers.forms import is_checked
from handlers.live import live_menu, told
from handlers.quickbooks.alerting import alerting_fields
from handlers.quickbooks.people import people_fields
from handlers.text import escape
from services.domain.connection import Account, Company
from services.domain.ledger import Method, Settings

MOST_TWIN_DAYS = 60  # A cheque that old has been cashed, or never will be.
_DEFAULT = "By default, sync manually created payments with QuickBooks"
_DEFINE = "Define deposit-to account for payments"


async def open_settings(desk: Desk, request: Request) -> None:
    company = await desk.previews.company(request.member.firm_id)
    await open_modal(request, settings_modal(request.settings, company))


def settings_modal(settings: Settings, company: Company | None) -> Block:
    accounts = account_fields(settings, company) if settings.deposit_account_id else []
    fields = [
        context(_books(settings, company)),
        *_payment_fields(settings),
        *accounts,
        *_other_fields(settings, company),
        *people_fields(settings.rights),
        *alerting_fields(settings),
    ]
    view = modal(ids.SETTINGS, "Settings", "Save", fields)
    return {**view, "private_metadata": json.dumps({"version": settings.version})}


def _books(settings: Settings, company: Company | None) -> str:
    """The currency is not the firm's to choose."""
    if company is None:
        return f"Amounts are in {settings.currency} until QuickBooks is connected."
    return f"The books of {escape(company.name)} are in {settings.currency}."


def _payment_fields(settings: Settings) -> list[Block]:
    defines = settings.deposit_account_id is not None
    return [
        field_input(
            ids.SYNC_BY_DEFAULT,
            "Payments",
            toggle(_DEFAULT, ids.ON, checked=settings.sync_by_default),
            optional=True,
            hint="Everyone can still choose for each payment. "
            "It counts for payments begun from now on.",
        ),
        field_input(
            ids.DEFINE_ACCOUNT,
            "Deposit-to account",
            toggle(_DEFINE, ids.ON, checked=defines),
            optional=True,
            hint="Cleared, payments go to Undeposited Funds. "
            "It counts for what is sent from now on.",
            tells=True,
        ),
    ]


def account_fields(settings: Settings, company: Company | None) -> list[Block]:
    """The account for all payments, and one for each method that has its own."""
    first = field_input(
        ids.ACCOUNT,
        "Account for payments",
        _account_menu(settings.deposit_account_id, company),
        hint="Active accounts of type Bank or Other Current Asset, as QuickBooks has them now.",
    )
    others = [
        field_input(
            method_field(method),
            f"Account for {method}",
            _account_menu(settings.method_accounts.get(method), company),
            optional=True,
        )
        for method in Method
    ]
    return [first, *others]


def method_field(method: Method) -> str:
    return f"{ids.ACCOUNT}/{method.name.lower()}"


ACCOUNT_FIELDS: Sequence[str] = (ids.ACCOUNT, *(method_field(method) for method in Method))


def _account_menu(account: str | None, company: Company | None) -> Block:
    menu = live_menu("Search QuickBooks’ accounts…")
    if account is None:
        return menu
    name = company.account_name(account) if company else None
    return {**menu, "initial_option": option(name or f"Account {account}", account)}


def _other_fields(settings: Settings, company: Company | None) -> list[Block]:
    window: Block = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(MOST_TWIN_DAYS),
        "initial_value": str(settings.twin_window_days),
    }
    return [
        field_input(
            ids.START_ON,
            "Start date",
            _day(settings.start_on),
            optional=True,
            hint="What is older stays out of QuickBooks unless somebody syncs it all the same.",
        ),
        field_input(
            ids.SERVICE_ITEM,
            "Service item",
            _item_menu(settings.service_item_id, company),
            optional=True,
            hint="What invoices sell, in QuickBooks. Empty: the one called Services.",
        ),
        field_input(
            ids.TWIN_WINDOW,
            "Twin window",
            window,
            hint="Days around a payment in which one of the same amount in QuickBooks is taken "
            "for the same, and asked about.",
        ),
    ]


def _day(on: date | None) -> Block:
    return {"type": "datepicker", **({"initial_date": on.isoformat()} if on else {})}


def _item_menu(item: str | None, company: Company | None) -> Block:
    menu = live_menu("Search QuickBooks’ services…")
    if item is None:
        return menu
    names = {each.id: each.name for each in company.items} if company else {}
    return {**menu, "initial_option": option(names.get(item, f"Item {item}"), item)}


async def follow_toggle(desk: Desk, request: Request) -> None:
    """Show the accounts while the box is ticked; all else stays as it was typed."""
    shown = request.view
    blocks = [each for each in shown["blocks"] if each["block_id"] not in ACCOUNT_FIELDS]
    if is_checked(shown["state"]["values"], ids.DEFINE_ACCOUNT):
        company = await desk.previews.company(request.member.firm_id)
        at = [each["block_id"] for each in blocks].index(ids.DEFINE_ACCOUNT) + 1
        blocks[at:at] = account_fields(request.settings, company)
    names = ("type", "callback_id", "private_metadata", "title", "submit", "close")
    await update_modal(request, {**{name: shown[name] for name in names}, "blocks": blocks})


async def suggest_accounts(desk: Desk, request: Request) -> list[Block]:
    async def find() -> list[Block]:
        return [_account_option(each) for each in await desk.live.accounts(request.member.firm_id)]

    return await told(desk, find(), request.words, none="QuickBooks has no account that fits.")


def _account_option(account: Account) -> Block:
    return option(account.name, account.id, account.kind)


async def suggest_items(desk: Desk, request: Request) -> list[Block]:
    async def find() -> list[Block]:
        found = await desk.live.items(request.member.firm_id)
        return [option(each.name, each.id) for each in found]

    return await told(desk, find(), request.words, none="QuickBooks has no active service.")
