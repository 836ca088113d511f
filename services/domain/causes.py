"""Why something is not in QuickBooks, in words that a bookkeeper can act on."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Cause(StrEnum):
    """A reason that a person has to deal with, kept beside a Failed or Skipped record."""

    NAME_TAKEN = "name_taken"
    NEAR_MATCH = "near_match"
    CLOSED_PERIOD = "closed_period"
    GONE = "gone"
    TOO_LONG = "too_long"
    PERMISSION = "permission"
    SUBSCRIPTION_ENDED = "subscription_ended"
    NO_UNDEPOSITED_FUNDS = "no_undeposited_funds"
    BUSINESS_RULE = "business_rule"
    UNKNOWN = "unknown"
    FOREIGN_CURRENCY = "foreign_currency"


OUR_WORDS = frozenset({Cause.NEAR_MATCH, Cause.FOREIGN_CURRENCY})  # Their detail is not a quote.


@dataclass(frozen=True)
class Explanation:
    """What happened, and the one safe way out."""

    happened: str
    way_out: str


EXPLANATIONS = MappingProxyType(
    {
        Cause.NAME_TAKEN: Explanation(
            "QuickBooks already uses this name for another customer, vendor or employee",
            "rename one of the two, then sync again",
        ),
        Cause.NEAR_MATCH: Explanation(
            "QuickBooks has a customer whose name is almost the same, or who is inactive",
            "give both the same name (and make it active) to use that customer, "
            "or rename the client to create a new one; then sync again",
        ),
        Cause.CLOSED_PERIOD: Explanation(
            "the books are closed for this date",
            "ask the bookkeeper to open the period in QuickBooks, then sync again",
        ),
        Cause.GONE: Explanation(
            "something that this needs was deleted or made inactive in QuickBooks",
            "make it active again in QuickBooks, then sync again",
        ),
        Cause.TOO_LONG: Explanation(
            "a text is longer than QuickBooks takes",
            "ask whoever looks after Counterfoil to look at the log",
        ),
        Cause.PERMISSION: Explanation(
            "QuickBooks does not let the person who connected it do this",
            "ask an admin to connect QuickBooks again as somebody who may, then sync again",
        ),
        Cause.SUBSCRIPTION_ENDED: Explanation(
            "the company's QuickBooks subscription has ended",
            "renew it in QuickBooks, then sync again",
        ),
        Cause.NO_UNDEPOSITED_FUNDS: Explanation(
            "the company has no active Undeposited Funds account",
            "make that account active in QuickBooks, then sync again",
        ),
        Cause.BUSINESS_RULE: Explanation(
            "QuickBooks refused it",
            "mend what its own words say, then sync again",
        ),
        Cause.UNKNOWN: Explanation(
            "QuickBooks refused it",
            "mend what its own words say, then sync again",
        ),
        Cause.FOREIGN_CURRENCY: Explanation(
            "it is in another currency than the company's books",
            "record it in QuickBooks by hand",
        ),
    }
)
