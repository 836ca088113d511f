"""Read what was typed into the form of an invoice."""

from collections.abc import Iterable
from datetime import date, datetime

from handlers import ids
from handlers.errors import Unusable
from handlers.forms import Values, typed
from handlers.text import Unreadable, money, read_amount, read_quantity
from services.domain.ids import ClientId
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    InvoiceLine,
    NewInvoice,
    total_of,
)
from services.domain.money import Money
from services.invoice_checks import is_far_away

_NEEDED = "This is needed."


def line_field(name: str, index: int) -> str:
    """Name one line's field."""
    return f"{name}_{index}"


def line_indices(names: Iterable[str]) -> list[int]:
    """Which lines a form has, from the names of its fields."""
    prefix = f"{ids.LINE_DESCRIPTION}_"
    return sorted(int(each.removeprefix(prefix)) for each in names if each.startswith(prefix))


def read_invoice(
    values: Values, client: ClientId, *, locale: str, currency: str, now: datetime
) -> NewInvoice:
    """Raise Unusable with a sentence at each field that cannot be used."""
    errors: dict[str, str] = {}
    invoiced_on = _read_day(values, ids.INVOICED_ON, now, errors)
    due_on = _read_day(values, ids.DUE_ON, now, errors)
    number = typed(values, ids.INVOICE_NUMBER) if ids.INVOICE_NUMBER in values else ""
    if len(number) > MAX_REFERENCE:
        errors[ids.INVOICE_NUMBER] = f"A number has {MAX_REFERENCE} characters at the most."
    if invoiced_on and due_on and due_on < invoiced_on:
        errors[ids.DUE_ON] = "It cannot be due before its own date."
    lines = _read_lines(values, errors, locale=locale, currency=currency)
    if errors or invoiced_on is None or due_on is None:
        raise Unusable(errors)
    return NewInvoice(client, lines, invoiced_on, due_on, number or None)


def _read_day(values: Values, name: str, now: datetime, errors: dict[str, str]) -> date | None:
    text = values[name][name].get("selected_date")
    if not text:
        errors[name] = _NEEDED
        return None
    day = date.fromisoformat(text)
    if is_far_away(day, now.date()):
        errors[name] = "This date is too far away. Is the year right?"
    return day


def _read_lines(
    values: Values, errors: dict[str, str], *, locale: str, currency: str
) -> tuple[InvoiceLine, ...]:
    lines = []
    for index in line_indices(values):
        if index and _is_blank(values, index):
            continue
        line = _read_line(values, index, errors, locale=locale, currency=currency)
        lines.extend([line] if line else [])
    if not errors and total_of(lines, currency).minor > MAX_AMOUNT_MINOR:
        largest = money(Money(MAX_AMOUNT_MINOR, currency), locale)
        errors[line_field(ids.UNIT_PRICE, 0)] = f"Together they are more than {largest}."
    return tuple(lines)


def _is_blank(values: Values, index: int) -> bool:
    """A line that was added and not filled in; its quantity was there from the beginning."""
    names = (ids.LINE_DESCRIPTION, ids.UNIT_PRICE)
    return not any(typed(values, line_field(name, index)) for name in names)


def _read_line(
    values: Values, index: int, errors: dict[str, str], *, locale: str, currency: str
) -> InvoiceLine | None:
    described, many, price = (
        line_field(name, index) for name in (ids.LINE_DESCRIPTION, ids.QUANTITY, ids.UNIT_PRICE)
    )
    description = typed(values, described)
    if not 0 < len(description) <= MAX_DESCRIPTION:
        errors[described] = _NEEDED if not description else "This is too long."
    quantity = unit_price = None
    try:
        quantity = read_quantity(typed(values, many), locale=locale)
    except Unreadable as error:
        errors[many] = str(error)
    try:
        unit_price = read_amount(typed(values, price), locale=locale, currency=currency)
    except Unreadable as error:
        errors[price] = str(error)
    if quantity is None or unit_price is None:
        return None
    return InvoiceLine(description, quantity, unit_price)
