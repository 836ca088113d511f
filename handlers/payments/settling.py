"""The invoices that a payment settles: a field of its form."""

from collections.abc import Iterable, Sequence

from handlers.elements import Block, field_input, option
from handlers.errors import Unusable
from handlers.payments.draft import Draft, invoices_name
from handlers.text import day, money
from services.domain.ledger import MAX_ALLOCATIONS, Client, Invoice
from services.forecasts import Forecast, goes_along, is_there

MOST_NAMED = 6  # Who settles more sees how many.
_SENT_ALONG = "Not in QuickBooks yet: sent along"
_WAITED_FOR = "Left out of QuickBooks: what needs it waits"
_SETTLES = "The oldest is settled first; the rest stays unapplied, as the client’s credit."


def invoices_field(draft: Draft, forecast: Forecast, locale: str) -> Iterable[Block]:
    """The client's open ones, the oldest first; none where there is nothing to settle.

    What was chosen and is no longer open stays, so that it can be taken out.
    """
    choosable = (*forecast.closed, *forecast.open_invoices)
    if forecast.client is None or not choosable:
        return
    offered = _offered(draft, choosable)
    choices = {each.id: _option(each, locale) for each in offered}
    menu: Block = {"type": "multi_static_select", "options": list(choices.values())}
    if start := [choices[each] for each in draft.invoices if each in choices]:
        menu["initial_options"] = start
    yield field_input(
        invoices_name(str(forecast.client.id)),
        "Invoices",
        menu,
        optional=True,
        hint=_SETTLES + cut(len(choosable) - len(offered), "open ones"),
        tells=True,
    )


def check_open(draft: Draft, forecast: Forecast) -> None:
    """Raise Unusable: what was settled or voided meanwhile is not left out unsaid."""
    if set(draft.invoices) - {each.id for each in forecast.open_invoices}:
        sentence = describe_closed(forecast) or "One of them is not this client’s."
        raise Unusable({invoices_name(str(draft.client_id)): sentence})


def describe_closed(forecast: Forecast) -> str:
    """A sentence about what was chosen and has nothing open any more, as it was typed."""
    names = [each.name for each in forecast.closed]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} has nothing open any more. Take it out, or choose another."
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    named = f"{', '.join(names[:MOST_NAMED])}{more}"
    return f"{named} have nothing open any more. Take them out, or choose others."


def cut(more: int, what: str) -> str:
    """Say what a menu leaves out."""
    return f" There are {more} more {what} than fit in here." if more > 0 else ""


def _offered(draft: Draft, choosable: Sequence[Invoice]) -> list[Invoice]:
    """As many as fit: what was chosen, and the oldest."""
    if len(choosable) <= MAX_ALLOCATIONS:
        return list(choosable)
    free = MAX_ALLOCATIONS - sum(each.id in draft.invoices for each in choosable)
    others = [each.id for each in choosable if each.id not in draft.invoices]
    kept = {*draft.invoices, *others[:free]}
    return [each for each in choosable if each.id in kept]


def _option(invoice: Invoice, locale: str) -> Block:
    due, balance = day(invoice.due_on, locale), money(invoice.balance_due, locale)
    label = f"{invoice.name} · {balance} · due {due}"
    return option(label, str(invoice.id), what_comes_of(invoice))


def what_comes_of(needed: Client | Invoice) -> str | None:
    """What a synced record makes of what it needs; nothing where that is there."""
    if is_there(needed):
        return None
    return _SENT_ALONG if goes_along(needed) else _WAITED_FOR
