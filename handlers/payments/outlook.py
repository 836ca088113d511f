"""What will happen to a payment, in words, while its form is filled in."""

from collections.abc import Iterator
from datetime import date

from handlers.payments.candidates import words
from handlers.payments.doubts import describe as describe_twin
from handlers.payments.draft import Draft
from handlers.payments.settling import MOST_NAMED, describe_closed
from handlers.text import day, escape, money
from services.domain.ledger import Invoice, Settings
from services.domain.money import Money
from services.domain.sync import Status
from services.forecasts import Forecast, goes_along, is_there

MOST_TWINS = 3  # Of each kind.


def describe(draft: Draft, forecast: Forecast, settings: Settings, *, locale: str) -> str:
    """A line of mrkdwn for what will happen, and one for each thing that is odd about it.

    Nothing before a client and an amount are there.
    """
    if forecast.client is None or draft.amount is None:
        return ""
    what = "; ".join(_effects(draft, forecast, settings, locale))
    lines = [f"{what[0].upper()}{what[1:]}."]
    lines.extend(f":warning: {each}" for each in _warnings(draft, forecast, settings, locale))
    return "\n".join(lines)


def _effects(draft: Draft, forecast: Forecast, settings: Settings, locale: str) -> Iterator[str]:
    settled = forecast.settled
    for invoice, part in settled[:MOST_NAMED]:
        before = invoice.balance_due
        after = Money(before.minor - part.amount.minor, before.currency)
        yield (f"settles {escape(invoice.name)}, {money(before, locale)} to {money(after, locale)}")
    if len(settled) > MOST_NAMED:
        yield f"settles {len(settled) - MOST_NAMED} more"
    if rest := unapplied(draft, forecast):
        yield f"{money(rest, locale)} stays unapplied, as the client’s credit"
    if draft.edits:
        return
    if draft.link_to:
        yield f"is linked to what QuickBooks holds (id {escape(draft.link_to)}); nothing is written"
        yield "its date, method and reference become what they are there"
        return
    if not draft.sync:
        yield "stays out of QuickBooks until somebody syncs it"
        return
    yield f"into {escape(_account(draft, forecast, settings))}"
    yield from _along(draft, forecast)


def _along(draft: Draft, forecast: Forecast) -> Iterator[str]:
    """Nothing goes to QuickBooks unnamed."""
    if forecast.client and goes_along(forecast.client):
        yield f"sends the client {escape(forecast.client.name)} too"
    absent = [each for each in absent_invoices(forecast) if draft.leaves_out or goes_along(each)]
    for invoice in absent[:MOST_NAMED]:
        if draft.leaves_out:
            yield f"{escape(invoice.name)} is left out: credit in QuickBooks"
        else:
            yield f"sends the invoice {escape(invoice.name)} too"
    if (more := len(absent) - MOST_NAMED) > 0:
        yield f"leaves {more} more out" if draft.leaves_out else f"sends {more} more invoices too"


def unapplied(draft: Draft, forecast: Forecast) -> Money | None:
    """What settles no invoice; None for nothing."""
    if draft.amount is None:
        return None
    used = sum(each.amount.minor for each in forecast.allocations)
    rest = draft.amount.minor - used
    return Money(rest, draft.amount.currency) if rest > 0 else None


def absent_invoices(forecast: Forecast) -> list[Invoice]:
    """Those settled that are not in QuickBooks."""
    return [invoice for invoice, _ in forecast.settled if not is_there(invoice)]


def _account(draft: Draft, forecast: Forecast, settings: Settings) -> str:
    chosen = settings.deposit_account_for(draft.method)
    if forecast.company is None:
        return "QuickBooks, once it is connected"
    account = chosen or forecast.company.undeposited_funds_id
    name = forecast.company.account_name(account) if account else None
    return name or "an account that is not active any more"


def _warnings(draft: Draft, forecast: Forecast, settings: Settings, locale: str) -> Iterator[str]:
    if gone := describe_closed(forecast):
        yield escape(gone)
    if draft.amount and draft.invoices and unapplied(draft, forecast):
        yield "It is more than the invoices have open."
    yield from _about_the_date(draft, forecast, settings, locale)
    if draft.sync and forecast.client and forecast.client.excluded:
        yield f"{escape(forecast.client.name)} is excluded from QuickBooks: it will be Skipped."
    if draft.sync and not draft.link_to and not draft.edits:
        yield from _about_waiting(draft, forecast)
    yield from _about_twins(draft, forecast, locale)
    if draft.sync and forecast.is_unanswered:
        yield (
            "QuickBooks has not answered yet. Whether it holds this payment already is looked "
            "up before anything is sent."
        )


def _about_waiting(draft: Draft, forecast: Forecast) -> Iterator[str]:
    """What was left out is not sent with a payment: somebody had a reason."""
    client = forecast.client
    if client and client.sync.status is Status.SKIPPED:
        why = f" ({escape(client.sync.detail)})" if client.sync.detail else ""
        yield (
            f"{escape(client.name)} was left out of QuickBooks{why}: the payment waits until "
            "somebody syncs or links the client."
        )
    if draft.leaves_out:
        return
    skipped = [
        escape(each.name)
        for each in absent_invoices(forecast)
        if each.sync.status is Status.SKIPPED
    ]
    if skipped:
        more = f" and {len(skipped) - MOST_NAMED} more" if len(skipped) > MOST_NAMED else ""
        names = f"{', '.join(skipped[:MOST_NAMED])}{more}"
        yield f"Skipped, so that the payment waits until somebody syncs it: {names}."


def _about_twins(draft: Draft, forecast: Forecast, locale: str) -> Iterator[str]:
    for twin in forecast.twins_here[:MOST_TWINS]:
        yield f"{escape(describe_twin(twin, locale))} looks like the same payment."
    if (more := len(forecast.twins_here) - MOST_TWINS) > 0:
        yield f"So do {more} more."
    for there in forecast.twins_there[:MOST_TWINS]:
        which = escape(words(there, draft.currency, locale))
        yield (
            f"QuickBooks already holds a payment like this one: {which}. If it is the same, "
            "choose it below."
        )
    if (more := len(forecast.twins_there) - MOST_TWINS) > 0:
        yield f"QuickBooks holds {more} more like it."


def _about_the_date(
    draft: Draft, forecast: Forecast, settings: Settings, locale: str
) -> Iterator[str]:
    on, company = draft.received_on, forecast.company
    if on is None:
        return
    if draft.today and on > date.fromisoformat(draft.today):
        yield "The payment date lies ahead."
    if not draft.sync:
        return
    if company and company.books_closed_until and on <= company.books_closed_until:
        until = day(company.books_closed_until, locale)
        yield f"The books are closed until {until}: QuickBooks will refuse it."
    if settings.start_on and on < settings.start_on:
        start = day(settings.start_on, locale)
        yield f"It is older than the firm’s start date, {start}: it will be Skipped."
