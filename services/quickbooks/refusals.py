"""What one fault of QuickBooks means, by its code and, where that is ambiguous, its words; pure."""

import re
from collections.abc import Iterable
from enum import IntEnum
from types import MappingProxyType

from services.domain.causes import Cause
from services.quickbooks.envelopes import Fault

NOT_FOUND = "610"
_THROTTLED = "3001"
_EXPIRED = frozenset({"100", "110", "130", "3200", "3202"})  # 130: another cluster has the company.
_FORBIDDEN = frozenset({"120", "3100"})
_STALE = "5010"
_INVALID_REFERENCE = "2500"
_BUSINESS_RULE = "6000"
_DUPLICATE_NUMBER = "6140"
_CLOSED = "6210"
# QuickBooks failed, is being maintained, or has seen the request id: each may hide a success.
_TELLS_NOTHING = frozenset({"", "140", "150", "600", "10000"})


class Weight(IntEnum):
    """How much a fault decides where there are several; the smallest number decides."""

    IN_DOUBT = 0  # Whatever else is said, it may have happened.
    THROTTLED = 1  # Nobody has looked at the rest; so with the next two, which ask for more.
    EXPIRED = 2
    FORBIDDEN = 3
    STALE = 4  # The rest was judged by an object that is no longer so.
    TELLING = 5
    GENERAL = 6  # "Something is invalid" says less than what it is.
    UNKNOWN = 7
    TRANSIENT = 8  # Time heals it, but none of the others.


_WEIGHT_OF_CODE = MappingProxyType(
    {
        _THROTTLED: Weight.THROTTLED,
        **dict.fromkeys(_EXPIRED, Weight.EXPIRED),
        **dict.fromkeys(_FORBIDDEN, Weight.FORBIDDEN),
        _STALE: Weight.STALE,
    }
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


_WAIT_AND_TRY_AGAIN = _pattern(
    r"\b(wait|few (minutes|moments)|busy|in use|another user)\b.*\btry again\b"
    r"|\btry again\b.{0,20}\b(later|shortly|soon|minutes?|moments?)\b"
)
_MEND_AND_TRY_AGAIN = _pattern(
    r"\b(correct|change|choose|select|enter|remove|fix|check|make sure|reselect\w*)\b"
)
_TRY_AGAIN = _pattern(r"\btry again\b")

_BOOKS_ARE_CLOSED = (
    _pattern(r"\bclosed\b.*\b(books?|period)\b|\b(books?|period)\b.*\bclosed\b|\bclosing date\b"),
    Cause.CLOSED_PERIOD,
)
# Mostly "check the fields with accounts, customers, items, vendors or employees", which is any.
_MADE_INACTIVE = (
    (_pattern(r"\bfields with accounts\W*$"), Cause.ACCOUNT_GONE),
    (_pattern(r"\bfields with customers\W*$"), Cause.CUSTOMER_GONE),
    (_pattern(r"\bfields with items\W*$"), Cause.ITEM_GONE),
    (_pattern(r"\binactive\b"), Cause.INACTIVE),
)

# The first that matches decides: "linked to a deposit" is about the deposit. Closed books were
# seen under 5010 too, and a number that is taken under 6210.
_BY_WORDS = MappingProxyType(
    {
        _STALE: (_BOOKS_ARE_CLOSED,),
        _CLOSED: (
            (
                _pattern(r"\bduplicate document number\b|\bnumber has already been used\b"),
                Cause.DUPLICATE_NUMBER,
            ),
        ),
        _DUPLICATE_NUMBER: (
            (_pattern(r"\bname\b.{0,40}\b(exists|used|using|taken)\b"), Cause.NAME_TAKEN),
        ),
        _BUSINESS_RULE: (
            _BOOKS_ARE_CLOSED,
            (
                _pattern(
                    r"\bappl(y|ied|ying)\b.*\b(more|greater|exceeds?|larger)\b"
                    r"|\badd up to more\b"
                    r"|\b(more|greater) than the (\w+ )?(balance|amount (due|owed|received))\b"
                ),
                Cause.OVER_APPLIED,
            ),
            (
                _pattern(r"\btax(es)?\b|\b(VAT|GST|HST|PST|QST|TPS|TVH|TVQ|TVA)\b"),
                Cause.TAX,
            ),
            (_pattern(r"\bno (active )?accounts? receivable\b"), Cause.NO_RECEIVABLE),
            (
                _pattern(
                    r"\bno (active )?undeposited funds\b"
                    r"|\bundeposited funds\b.*\b(inactive|deleted|missing|not (found|exist))\b"
                ),
                Cause.NO_UNDEPOSITED_FUNDS,
            ),
            (
                _pattern(
                    r"\b(select|choose|use|specify|enter|pick)( [\w/]+){1,3} account\b"
                    r"|\baccount type\b|\btype of account\b|\bmust be an? .*\baccount\b"
                ),
                Cause.WRONG_ACCOUNT_TYPE,
            ),
            (
                _pattern(r"\bdeposited\b|\bundeposited\b|\b(a|the|this|its|bank) deposit\b"),
                Cause.DEPOSITED,
            ),
            (_pattern(r"\bcurrenc(y|ies)\b"), Cause.CURRENCY),
            (_pattern(r"\b(un)?linked\b|\bunlink\b|\bpayments? applied\b"), Cause.LINKED),
            (_pattern(r"\binactive\b"), Cause.INACTIVE),
            (_pattern(r"\b(was|were|been) deleted\b"), Cause.GONE),
        ),
        _INVALID_REFERENCE: (
            (_pattern(r"\baccounts? element\b|AccountRef\b"), Cause.ACCOUNT_GONE),
            (
                _pattern(r"\b(names?|customers?) element\b|CustomerRef\b|: customer\b"),
                Cause.CUSTOMER_GONE,
            ),
            (_pattern(r"\bitems? element\b|ItemRef\b|: item\b"), Cause.ITEM_GONE),
            *_MADE_INACTIVE,
        ),
        NOT_FOUND: _MADE_INACTIVE,
    }
)

_BY_CODE = MappingProxyType(
    {
        **{str(code): Cause.INVALID_VALUE for code in range(2000, 2310, 10)},  # Its family.
        "2050": Cause.TOO_LONG,
        "2220": Cause.CURRENCY,
        "2270": Cause.TAX,
        "2280": Cause.TAX,
        NOT_FOUND: Cause.GONE,
        "620": Cause.INVALID_REFERENCE,
        "700": Cause.INVALID_REFERENCE,
        "800": Cause.LINKED,
        _INVALID_REFERENCE: Cause.INVALID_REFERENCE,
        "5020": Cause.PERMISSION,
        _BUSINESS_RULE: Cause.BUSINESS_RULE,
        "6070": Cause.INVALID_VALUE,
        "6080": Cause.INVALID_VALUE,
        "6100": Cause.TAX,
        _DUPLICATE_NUMBER: Cause.DUPLICATE_NUMBER,
        "6160": Cause.TAX,
        "6170": Cause.TAX,
        "6190": Cause.SUBSCRIPTION_ENDED,
        "6200": Cause.CLOSED_PERIOD,
        _CLOSED: Cause.CLOSED_PERIOD,  # Also where a password would open the books.
        "6220": Cause.LINKED,
        "6230": Cause.TAX,
        "6240": Cause.NAME_TAKEN,
        "6250": Cause.CUSTOMER_GONE,
        "6270": Cause.BUSINESS_RULE,
        "6280": Cause.LINKED,
        "6400": Cause.LINKED,
        "6430": Cause.WRONG_ACCOUNT_TYPE,
        "6470": Cause.TAX,
        "6480": Cause.LINKED,
        "6540": Cause.DEPOSITED,
    }
)
_GENERAL = frozenset({Cause.INVALID_VALUE, Cause.INVALID_REFERENCE, Cause.BUSINESS_RULE})


def most_telling(faults: Iterable[Fault]) -> Fault | None:
    """Choose the fault that decides; the first among equals."""
    return min(faults, key=weight, default=None)


def weight(fault: Fault) -> Weight:
    if fault.is_systems or fault.code in _TELLS_NOTHING:
        return Weight.IN_DOUBT
    cause = cause_of(fault)
    if cause is Cause.UNKNOWN and fault.code in _WEIGHT_OF_CODE:
        return _WEIGHT_OF_CODE[fault.code]
    if _is_transient(fault):
        return Weight.TRANSIENT
    return _weight_of_cause(cause)


def _weight_of_cause(cause: Cause) -> Weight:
    if cause is Cause.UNKNOWN:
        return Weight.UNKNOWN
    return Weight.GENERAL if cause in _GENERAL else Weight.TELLING


def _is_transient(fault: Fault) -> bool:
    """Whether QuickBooks only asks for the same once more; "correct it and try again" does not."""
    if fault.code != _BUSINESS_RULE or not _TRY_AGAIN.search(fault.words):
        return False
    if _WAIT_AND_TRY_AGAIN.search(fault.words):
        return True
    return cause_of(fault) is Cause.BUSINESS_RULE and not _MEND_AND_TRY_AGAIN.search(fault.words)


def cause_of(fault: Fault) -> Cause:
    for pattern, cause in _BY_WORDS.get(fault.code, ()):
        if pattern.search(fault.words):
            return cause
    return _BY_CODE.get(fault.code, Cause.UNKNOWN)
