"""The modals in which an invoice is made and edited."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.desk import Desk, Request, update_modal
from handlers.elements import (
    Block,
    Reply,
    actions,
    button,
    field_input,
    modal,
    section,
    text_input,
)
from handlers.errors import Unusable, as_we_made_it
from handlers.forms import chosen
from handlers.invoices.forms import line_field, line_indices, read_invoice
from handlers.invoices.found import invoice_of, show_invoice
from handlers.payments.views import client_option
from handlers.text import MAX_AMOUNT_TEXT, escape, money, quantity
from services.domain.ids import ClientId
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    Client,
    Invoice,
    InvoiceLine,
    NewInvoice,
)
from services.errors import AlreadySaved, NotFound, Refused
from services.submissions import digest

DUE_AFTER = timedelta(days=30)
MOST_LINES = 20  # As many as fit into a form with all that stands around them.
_NO_CLIENT = "Search… (no such client? /client new)"
_ADD = "add_line"


@dataclass(frozen=True)
class Draft:
    """What a form starts with; `invoice` where it is an edit."""

    currency: str
    invoiced_on: date
    due_on: date
    client: Client | None = None
    invoice: Invoice | None = None
    lines: tuple[InvoiceLine, ...] = ()


def invoice_modal(draft: Draft, *, locale: str) -> Block:
    invoice = draft.invoice
    callback, title = (
        (ids.EDIT_INVOICE, f"Edit {invoice.number}")
        if invoice
        else (ids.NEW_INVOICE, "Make an invoice")
    )
    about = {"currency": draft.currency, "invoice": str(invoice.id) if invoice else None}
    if invoice:
        about["shown"] = _digest(invoice)
    blocks = [*_head(draft), *_dates(draft), *_line_blocks(draft, locale), *_add_button()]
    view = modal(callback, title, "Save", blocks)
    return {**view, "private_metadata": json.dumps(about)}


def _head(draft: Draft) -> list[Block]:
    if draft.invoice:
        return _edited_head(draft.invoice)
    search: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": {"type": "plain_text", "text": _NO_CLIENT},
    }
    if draft.client:
        search["initial_option"] = client_option(draft.client)
    number = text_input(max_length=MAX_REFERENCE)
    hint = "Left empty, it gets your next number."
    return [
        field_input(ids.CLIENT, "Client", search),
        field_input(ids.INVOICE_NUMBER, "Number", number, optional=True, hint=hint),
    ]


def _edited_head(invoice: Invoice) -> list[Block]:
    """What is in QuickBooks keeps its number there."""
    about = section(f"*{escape(invoice.number)}* · {escape(invoice.client.name)}")
    if invoice.sync.is_in_quickbooks:
        return [about]
    number = text_input(max_length=MAX_REFERENCE, initial=invoice.number)
    return [about, field_input(ids.INVOICE_NUMBER, "Number", number)]


def _dates(draft: Draft) -> list[Block]:
    dates = (
        (ids.INVOICED_ON, "Invoice date", draft.invoiced_on),
        (ids.DUE_ON, "Due date", draft.due_on),
    )
    return [
        field_input(name, label, {"type": "datepicker", "initial_date": on.isoformat()})
        for name, label, on in dates
    ]


def _line_blocks(draft: Draft, locale: str) -> list[Block]:
    lines: Iterable[InvoiceLine | None] = draft.lines or (None,)
    return [
        block
        for index, line in enumerate(lines)
        for block in line_fields(index, draft.currency, line, locale=locale)
    ]


def line_fields(
    index: int, currency: str, line: InvoiceLine | None = None, *, locale: str
) -> list[Block]:
    """The three fields of one line; all but the first line may stay empty."""
    suffix, optional = (f" (line {index + 1})", True) if index else ("", False)
    price = money(line.unit_price, locale) if line else None
    many = quantity(line.quantity, locale) if line else "1"
    fields = (
        (
            ids.LINE_DESCRIPTION,
            "Description",
            text_input(max_length=MAX_DESCRIPTION, initial=line.description if line else None),
            None,
        ),
        (ids.QUANTITY, "Quantity", text_input(max_length=MAX_AMOUNT_TEXT, initial=many), None),
        (
            ids.UNIT_PRICE,
            "Unit price",
            text_input(max_length=MAX_AMOUNT_TEXT, initial=price),
            f"In {currency}.",
        ),
    )
    return [
        field_input(
            line_field(name, index), f"{label}{suffix}", element, optional=optional, hint=hint
        )
        for name, label, element, hint in fields
    ]


def _add_button() -> list[Block]:
    return [{**row, "block_id": _ADD} for row in actions(button("Add a line", ids.ADD_LINE, "-"))]


async def add_line(desk: Desk, request: Request) -> None:
    """Show one more line; what was typed before stays, since its fields keep their names."""
    del desk
    shown = request.view
    with as_we_made_it():
        currency = json.loads(shown["private_metadata"])["currency"]
        index = line_indices(block["block_id"] for block in shown["blocks"])[-1] + 1
    rest = [block for block in shown["blocks"] if block["block_id"] != _ADD]
    more = line_fields(index, currency, locale=request.member.locale)
    blocks = [*rest, *more, *(_add_button() if index + 1 < MOST_LINES else [])]
    kept = {name: shown[name] for name in ("callback_id", "private_metadata", "title")}
    buttons = {name: shown[name] for name in ("submit", "close")}
    await update_modal(request, {"type": "modal", **kept, **buttons, "blocks": blocks})


async def save_invoice(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    client = chosen(view["state"]["values"], ids.CLIENT)
    if client is None:
        raise Unusable({ids.CLIENT: "This is needed."})
    with as_we_made_it():
        new = _read(desk, request, view, ClientId(UUID(client)))
    member = request.member
    with _at_the_number(new):
        invoice = await desk.invoices.record(
            member.firm_id, new, submission_id=view["id"], by=member.user_id
        )
    return await show_invoice(desk, request, invoice)


async def save_edit(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    member = request.member
    with as_we_made_it():
        invoice, shown = invoice_of(_about(view)["invoice"]), _about(view)["shown"]
    standing = await desk.invoices.show(member.firm_id, invoice)
    with as_we_made_it():
        wanted = _read(desk, request, view, standing.invoice.client.id)
    if shown != _digest(standing.invoice):
        raise Refused(
            f"{standing.invoice.name} was changed since you opened this form. "
            "Close it, and look at what it is now."
        )
    with _at_the_number(wanted):
        await desk.invoices.edit(member.firm_id, invoice, wanted, by=member.user_id)
    return await show_invoice(desk, request, invoice)


@contextmanager
def _at_the_number(new: NewInvoice) -> Iterator[None]:
    """A number that was typed is what is refused most; what else is, reads well there too."""
    try:
        yield
    except Refused as error:
        if new.number is None or isinstance(error, AlreadySaved | NotFound):
            raise
        raise Unusable({ids.INVOICE_NUMBER: str(error)}) from None


def _digest(invoice: Invoice) -> str:
    """What can be edited of it, as the person saw it."""
    return digest(invoice.number, invoice.invoiced_on, invoice.due_on, invoice.lines)


def _read(desk: Desk, request: Request, view: dict[str, Any], client: ClientId) -> NewInvoice:
    shown, books = _about(view)["currency"], request.settings.currency
    if _about(view)["invoice"] is None and shown != books:
        changed = f"The books are in {books} now, and this form is in {shown}. Open a new one."
        raise Unusable({line_field(ids.UNIT_PRICE, 0): changed})
    return read_invoice(
        view["state"]["values"],
        client,
        locale=request.member.locale,
        currency=shown,
        now=desk.clock(),
    )


def _about(view: dict[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(view["private_metadata"])
    return about
