"""A payment's form as it stands, however far it is filled in."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.errors import Unusable, as_we_made_it
from handlers.forms import Values, chosen, is_checked, typed
from handlers.text import Unreadable, read_amount
from services.domain.ids import ClientId, InvoiceId, PaymentId
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    Allocation,
    Client,
    Method,
    NewPayment,
)
from services.domain.money import Money
from services.forecasts import Intent

EARLIEST = date(2000, 1, 1)  # No book that is still open goes back further.
LATEST = timedelta(days=366)  # Cheques are dated ahead, but not by years.


@dataclass(frozen=True)
class Draft:
    """What stands in the form; `amount_text` as it was typed, readable or not.

    `both_real` is the name of the box that was ticked: each is about certain twins.
    `edits` is the payment that the form changes, if any, and `client_id` then is its client;
    `shown` tells what it was when the form was opened from what somebody has made of it since.
    `channel` is where it may be posted, `why_not` what stands against that now, in words, and
    `posts` whether it is to be.
    """

    currency: str
    sync: bool
    today: str
    client: Client | None = None
    amount: Money | None = None
    client_id: ClientId | None = None
    amount_text: str | None = None
    received_on: date | None = None
    method: Method = Method.CHECK
    reference: str | None = None
    description: str | None = None
    invoices: tuple[InvoiceId, ...] = ()
    leaves_out: bool = False
    both_real: str | None = None
    link_to: str | None = None
    edits: PaymentId | None = None
    shown: str | None = None
    channel: str | None = None
    why_not: str = ""
    posts: bool = True

    def intent(self, form: str) -> Intent:
        """What a forecast needs of it."""
        return Intent(
            client_id=self.client_id,
            amount=self.amount,
            received_on=self.received_on,
            reference=self.reference,
            invoices=self.invoices,
            leaves_out=self.leaves_out,
            form=form,
            edits=self.edits,
        )


def keep(draft: Draft) -> str:
    """What the form itself does not hold, for its `private_metadata`."""
    client = str(draft.client_id) if draft.client_id else None
    return json.dumps(
        {
            "currency": draft.currency,
            "today": draft.today,
            "edits": str(draft.edits) if draft.edits else None,
            "shown": draft.shown,
            "channel": draft.channel,
            "why_not": draft.why_not,
            "client": client,
            "link_to": draft.link_to,
        }
    )


def read_draft(view: dict[str, Any], *, locale: str) -> Draft:
    """As far as it can be read; whoever saves it checks what must be there."""
    with as_we_made_it():
        draft = _read_fields(view)
    try:
        amount = read_amount(draft.amount_text or "", locale=locale, currency=draft.currency)
    except Unreadable:
        return draft
    return replace(draft, amount=amount)


def _read_fields(view: dict[str, Any]) -> Draft:
    """All but the amount, which may be anything."""
    values, kept = view["state"]["values"], json.loads(view["private_metadata"])
    edits = kept.get("edits")
    client = kept.get("client") if edits else chosen(values, ids.CLIENT)
    on = values[ids.RECEIVED_ON][ids.RECEIVED_ON]
    return Draft(
        currency=kept["currency"],
        sync=is_checked(values, ids.SYNC),
        today=kept.get("today") or on.get("selected_date") or "",  # An older form kept none.
        client_id=ClientId(UUID(client)) if client else None,
        amount_text=typed(values, ids.AMOUNT) or None,
        received_on=date.fromisoformat(on["selected_date"]) if on.get("selected_date") else None,
        method=Method(chosen(values, ids.METHOD) or Method.OTHER),
        reference=typed(values, ids.REFERENCE) or None,
        description=typed(values, ids.DESCRIPTION) or None,
        invoices=_read_invoices(values, client),
        leaves_out=is_checked(values, ids.LEAVES_OUT),
        both_real=_read_ticked(values),
        link_to=_read_link(values, kept, client),
        edits=PaymentId(UUID(edits)) if edits else None,
        shown=kept.get("shown"),
        channel=kept.get("channel"),
        why_not=kept.get("why_not", ""),
        posts=is_checked(values, ids.POST_HERE),
    )


def invoices_name(client: str) -> str:
    """Another client's is another field: what was chosen for one is not for the other."""
    return f"{ids.INVOICES}/{client}"


def already_name(client: str) -> str:
    return f"{ids.ALREADY_THERE}/{client}"


def _read_link(values: Values, kept: dict[str, Any], client: str | None) -> str | None:
    """What was chosen stays so where QuickBooks did not answer, and its field is not drawn.

    Another client's is forgotten.
    """
    name = already_name(client or "")
    if name in values:
        return chosen(values, name)
    return kept.get("link_to") if client == kept.get("client") else None


def _read_ticked(values: Values) -> str | None:
    boxes = (name for name in values if name.startswith(ids.BOTH_REAL))
    return next((name for name in boxes if is_checked(values, name)), None)


def _read_invoices(values: Values, client: str | None) -> tuple[InvoiceId, ...]:
    name = invoices_name(client or "")
    options = values.get(name, {}).get(name, {}).get("selected_options") or []
    return tuple(InvoiceId(UUID(option["value"])) for option in options)


def read_payment(
    draft: Draft, allocations: tuple[Allocation, ...], *, locale: str, now: datetime
) -> NewPayment:
    """Raise Unusable with a sentence at the field that it is about."""
    if draft.client_id is None:
        raise Unusable({ids.CLIENT: "This is needed."})
    return NewPayment(
        client_id=draft.client_id,
        amount=_amount(draft, locale),
        received_on=_day(draft, now),
        method=draft.method,
        reference=_text(ids.REFERENCE, draft.reference, MAX_REFERENCE),
        description=_text(ids.DESCRIPTION, draft.description, MAX_DESCRIPTION),
        allocations=allocations,
    )


def _amount(draft: Draft, locale: str) -> Money:
    try:
        return read_amount(draft.amount_text or "", locale=locale, currency=draft.currency)
    except Unreadable as error:
        raise Unusable({ids.AMOUNT: str(error)}) from None


def _day(draft: Draft, now: datetime) -> date:
    """A date that a payment can have: what lies far off is a slip of the finger."""
    if draft.received_on is None:
        raise Unusable({ids.RECEIVED_ON: "This is needed."})
    if not EARLIEST <= draft.received_on <= now.date() + LATEST:
        raise Unusable({ids.RECEIVED_ON: "This date is too far away. Is the year right?"})
    return draft.received_on


def _text(name: str, text: str | None, longest: int) -> str | None:
    if text and len(text) > longest:
        raise Unusable({name: f"This is {len(text)} characters long; {longest} is the most."})
    return text
