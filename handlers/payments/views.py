"""The modal in which a payment is recorded."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Block, field_input, modal, option, text_input, toggle
from handlers.errors import Unusable
from handlers.forms import Values, chosen, is_checked, typed
from handlers.text import MAX_AMOUNT_TEXT, Unreadable, money, read_amount
from services.domain.ids import ClientId
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    Client,
    Method,
    NewPayment,
)
from services.domain.money import Money
from services.domain.sync import Status

EARLIEST = date(2000, 1, 1)  # No book that is still open goes back further.
LATEST = timedelta(days=366)  # Cheques are dated ahead, but not by years.
_HINT = "Received through QuickBooks Online? Note it here and clear the box below."
_SENT_ALONG = "Not in QuickBooks yet: sent along"
_NO_CLIENT = "Search… (no such client? /client new)"


@dataclass(frozen=True)
class Draft:
    """What the modal starts with."""

    currency: str
    sync: bool
    today: str
    client: Client | None
    amount: Money | None


def payment_modal(draft: Draft, *, locale: str) -> Block:
    view = _modal(draft, locale=locale)
    return {**view, "private_metadata": json.dumps({"currency": draft.currency})}


def _modal(draft: Draft, *, locale: str) -> Block:
    amount = money(draft.amount, locale) if draft.amount else None
    methods = [option(method, method) for method in Method]
    return modal(
        ids.NEW_PAYMENT,
        "Record a payment",
        "Save",
        [
            field_input(ids.CLIENT, "Client", _client_search(draft.client)),
            field_input(
                ids.AMOUNT,
                "Amount",
                text_input(max_length=MAX_AMOUNT_TEXT, initial=amount),
                hint=f"In {draft.currency}.",
            ),
            field_input(
                ids.RECEIVED_ON,
                "Payment date",
                {"type": "datepicker", "initial_date": draft.today},
            ),
            field_input(
                ids.METHOD,
                "Method",
                {"type": "static_select", "options": methods, "initial_option": methods[0]},
            ),
            field_input(
                ids.REFERENCE,
                "Reference",
                text_input(max_length=MAX_REFERENCE, hint="Cheque number, transfer id…"),
                optional=True,
            ),
            field_input(
                ids.DESCRIPTION,
                "Description",
                text_input(max_length=MAX_DESCRIPTION, multiline=True),
                optional=True,
                hint=_HINT,
            ),
            field_input(
                ids.SYNC,
                "QuickBooks",
                toggle("Sync this payment to QuickBooks", ids.ON, checked=draft.sync),
                optional=True,
                hint="If the client is not in QuickBooks yet, it is sent along.",
            ),
        ],
    )


def _client_search(client: Client | None) -> Block:
    search: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": {"type": "plain_text", "text": _NO_CLIENT},
    }
    return {**search, "initial_option": client_option(client)} if client else search


def client_option(client: Client) -> Block:
    there = client.sync.status is Status.SYNCED
    return option(client.name, str(client.id), None if there else _SENT_ALONG)


async def suggest_clients(desk: Desk, request: Request) -> list[Block]:
    found = await desk.clients.search(request.member.firm_id, request.words)
    return [client_option(client) for client in found]


async def save_payment(desk: Desk, request: Request, view: dict[str, Any]) -> None:
    member, values = request.member, view["state"]["values"]
    shown, books = json.loads(view["private_metadata"])["currency"], request.settings.currency
    if shown != books:
        changed = f"The books are in {books} now, and this form is in {shown}. Open a new one."
        raise Unusable({ids.AMOUNT: changed})
    await desk.payments.record(
        member.firm_id,
        read_payment(values, locale=member.locale, currency=books, now=desk.clock()),
        sync=is_checked(values, ids.SYNC),
        submission_id=view["id"],
        by=member.user_id,
    )


def read_payment(values: Values, *, locale: str, currency: str, now: datetime) -> NewPayment:
    """Raise Unusable with a sentence at the field that it is about."""
    client = chosen(values, ids.CLIENT)
    if client is None:
        raise Unusable({ids.CLIENT: "This is needed."})
    try:
        amount = read_amount(typed(values, ids.AMOUNT), locale=locale, currency=currency)
    except Unreadable as error:
        raise Unusable({ids.AMOUNT: str(error)}) from None
    return NewPayment(
        client_id=ClientId(UUID(client)),
        amount=amount,
        received_on=_read_day(values, now),
        method=Method(chosen(values, ids.METHOD) or Method.OTHER),
        reference=_read_text(values, ids.REFERENCE, MAX_REFERENCE),
        description=_read_text(values, ids.DESCRIPTION, MAX_DESCRIPTION),
    )


def _read_day(values: Values, now: datetime) -> date:
    """A date that a payment can have: what lies far off is a slip of the finger."""
    text = values[ids.RECEIVED_ON][ids.RECEIVED_ON].get("selected_date")
    if not text:
        raise Unusable({ids.RECEIVED_ON: "This is needed."})
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= now.date() + LATEST:
        raise Unusable({ids.RECEIVED_ON: "This date is too far away. Is the year right?"})
    return day


def _read_text(values: Values, name: str, longest: int) -> str | None:
    text = typed(values, name)
    if len(text) > longest:
        raise Unusable({name: f"This is {len(text)} characters long; {longest} is the most."})
    return text or None
