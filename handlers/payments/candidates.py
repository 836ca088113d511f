"""How what QuickBooks holds reads in Slack."""

from handlers.text import day, money
from services.domain.money import Money
from services.domain.twins import Candidate


def words(candidate: Candidate, currency: str, locale: str) -> str:
    """What a person knows it by: as typed, so escape it where it could be markup."""
    try:
        amount = money(Money.from_decimal(candidate.amount, currency), locale)
    except ValueError:  # More digits than the currency knows: QuickBooks may have its reasons.
        amount = f"{candidate.amount} {currency}"
    facts = (amount, day(candidate.on, locale), candidate.reference, f"id {candidate.qbo_id}")
    return " · ".join(filter(None, facts))
