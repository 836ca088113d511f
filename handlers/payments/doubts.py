"""Two payments here that look the same: a person is asked once whether both are real."""

from collections.abc import Iterable, Sequence

from handlers import ids
from handlers.elements import Block, field_input, toggle
from handlers.errors import Unusable
from handlers.forms import Values
from handlers.payments.draft import Draft
from handlers.text import day, money
from services.domain.ledger import Payment
from services.forecasts import Forecast
from services.submissions import digest


def box(draft: Draft, forecast: Forecast) -> Iterable[Block]:
    """Nothing where nothing looks the same."""
    if not forecast.twins_here:
        return
    name = _name(forecast.twins_here)
    tick = toggle("Yes, both are real", ids.ON, checked=name == draft.both_real)
    yield field_input(name, "Two payments that look the same", tick, optional=True)


def is_in_doubt(draft: Draft, forecast: Forecast) -> bool:
    return bool(forecast.twins_here) and _name(forecast.twins_here) != draft.both_real


def check_asked(values: Values, twins: Sequence[Payment], *, locale: str) -> None:
    """Raise Unusable where the box was there to tick: another drawing would tell nothing new."""
    name = _name(twins)
    if name not in values:
        return
    more = f", and {len(twins) - 1} more," if len(twins) > 1 else ""
    raise Unusable(
        {
            name: f"Tick this box if both are real: {describe(twins[0], locale)}{more} looks like"
            " this payment. If it is the same, press Cancel: it is recorded already."
        }
    )


def describe(payment: Payment, locale: str) -> str:
    """As it was typed, so escape it where it could be markup."""
    amount, on = money(payment.amount, locale), day(payment.received_on, locale)
    reference = f" {payment.reference}" if payment.reference else ""
    return f"{payment.name} of {amount}{reference} on {on}"


def _name(twins: Sequence[Payment]) -> str:
    """Other twins are another question: what was ticked for one says nothing of the next."""
    return f"{ids.BOTH_REAL}/{digest(*sorted(each.number for each in twins))}"
