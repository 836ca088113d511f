"""How what QuickBooks holds reads in Slack."""

from handlers.text import day, escape, money
from services.domain.money import Money
from services.domain.presence import Different, Presence, Unseen
from services.domain.twins import Candidate


def words(candidate: Candidate, currency: str, locale: str) -> str:
    """What a person knows it by: as typed, so escape it where it could be markup."""
    try:
        amount = money(Money.from_decimal(candidate.amount, currency), locale)
    except ValueError:  # More digits than the currency knows: QuickBooks may have its reasons.
        amount = f"{candidate.amount} {currency}"
    facts = (amount, day(candidate.on, locale), candidate.reference, f"id {candidate.qbo_id}")
    return " · ".join(filter(None, facts))


def differing(presence: Presence, currency: str, locale: str) -> list[str]:
    """A line of mrkdwn where QuickBooks has something else in a record's place, or may have."""
    match presence:
        case None:
            return []
        case Different():
            whose = f", of {escape(presence.client)}" if presence.client else ""
            there = escape(words(presence.found, currency, locale))
            return [f":warning: In QuickBooks it is: {there}{whose}."]
        case Unseen.GONE:
            return [":warning: QuickBooks no longer holds it."]
        case Unseen.UNKNOWN:
            return ["QuickBooks did not answer in time: it may have been changed there."]
