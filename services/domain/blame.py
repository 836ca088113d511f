"""What is to blame for a failure: what failed for one reason has one key, and is mended at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2s
from types import MappingProxyType

from services.domain.causes import Cause
from services.domain.ledger import Client, Payment, Record, Refund, kind_of

LONGEST_KEY = 200
_DIGEST_BYTES = 8
_NAME = re.compile(r"[“\"].*?[”\"]")
_NUMBER = re.compile(r"[\w-]*\d(?:[\w.,:/-]*\w)?")  # A sum, a date, an id, INV-1042.


class Culprit(Enum):
    """Which object a cause is about."""

    FIRM = auto()  # One setting of QuickBooks or of ours stands against all.
    CLIENT = auto()
    RECORD = auto()
    PAYMENT = auto()  # The one that a refund gives back.
    ACCOUNT = auto()
    ITEM = auto()
    WHAT_IT_NAMED = auto()  # QuickBooks does not say which: the account, else the item.
    WORDS = auto()  # Nobody knows; what QuickBooks says in the same words is held to be the same.


CULPRITS = MappingProxyType(
    {
        Cause.CLOSED_PERIOD: Culprit.FIRM,
        Cause.DEPOSITED: Culprit.RECORD,
        Cause.DUPLICATE_NUMBER: Culprit.RECORD,
        Cause.NAME_TAKEN: Culprit.CLIENT,
        Cause.GONE: Culprit.RECORD,
        Cause.CUSTOMER_GONE: Culprit.CLIENT,
        Cause.ACCOUNT_GONE: Culprit.ACCOUNT,
        Cause.ITEM_GONE: Culprit.ITEM,
        Cause.INACTIVE: Culprit.WHAT_IT_NAMED,
        Cause.WRONG_ACCOUNT_TYPE: Culprit.ACCOUNT,
        Cause.INVALID_REFERENCE: Culprit.WORDS,
        Cause.TOO_LONG: Culprit.RECORD,
        Cause.INVALID_VALUE: Culprit.WORDS,
        Cause.OVER_APPLIED: Culprit.RECORD,
        Cause.LINKED: Culprit.RECORD,
        Cause.PERMISSION: Culprit.FIRM,
        Cause.SUBSCRIPTION_ENDED: Culprit.FIRM,
        Cause.CURRENCY: Culprit.FIRM,
        Cause.TAX: Culprit.FIRM,
        Cause.BUSINESS_RULE: Culprit.WORDS,
        Cause.UNKNOWN: Culprit.WORDS,
        Cause.NO_UNDEPOSITED_FUNDS: Culprit.FIRM,
        Cause.NO_SERVICE_ITEM: Culprit.FIRM,
        Cause.NO_RECEIVABLE: Culprit.FIRM,
        Cause.NEAR_MATCH: Culprit.CLIENT,
        Cause.CHANGED_IN_QUICKBOOKS: Culprit.RECORD,
        Cause.DELETED_IN_QUICKBOOKS: Culprit.RECORD,
        Cause.PAYMENT_GONE: Culprit.PAYMENT,
        Cause.LESS_IS_LEFT: Culprit.PAYMENT,
        Cause.REFUND_IN_THE_WAY: Culprit.RECORD,
        Cause.RECORD_IN_THE_WAY: Culprit.RECORD,
        Cause.BEFORE_START_DATE: Culprit.FIRM,
        Cause.CLIENT_EXCLUDED: Culprit.CLIENT,
        Cause.POSSIBLE_TWIN: Culprit.RECORD,
        Cause.FOREIGN_CURRENCY: Culprit.FIRM,
        Cause.DISMISSED: Culprit.RECORD,
    }
)


@dataclass(frozen=True)
class Named:
    """QuickBooks' ids of what a push named: settings may have changed since."""

    account_id: str | None = None
    item_id: str | None = None


NOTHING_NAMED = Named()


def blame(
    record: Record, cause: Cause, *, named: Named = NOTHING_NAMED, code: str = "", words: str = ""
) -> str:
    """The cause and the object to blame, as one key; `code` and `words` are QuickBooks'."""
    return f"{cause}:{_object(record, CULPRITS[cause], named, code, words)}"[:LONGEST_KEY]


def cause_blamed(key: str) -> Cause:
    """The cause at the root of all that has this key.

    A record that only waited for another one has a cause of its own, and the key of the other.
    """
    return Cause(key.partition(":")[0])


def _object(record: Record, culprit: Culprit, named: Named, code: str, words: str) -> str:
    match culprit:
        case Culprit.FIRM:
            return "firm"
        case Culprit.WORDS:
            return f"{code} {_digest(words, _names(record))}"
        case Culprit.CLIENT | Culprit.PAYMENT | Culprit.RECORD:
            return _key_of(_relative(record, culprit))
        case Culprit.ACCOUNT | Culprit.ITEM | Culprit.WHAT_IT_NAMED:
            return _named(record, culprit, named) or _key_of(record)


def _relative(record: Record, culprit: Culprit) -> Record:
    if culprit is Culprit.CLIENT:
        return _client(record)
    if culprit is Culprit.PAYMENT and isinstance(record, Refund):
        return record.payment
    return record


def _client(record: Record) -> Client:
    return record if isinstance(record, Client) else record.client


def _key_of(record: Record) -> str:
    return f"{kind_of(record)} {record.id.hex}"


def _named(record: Record, culprit: Culprit, named: Named) -> str | None:
    """What leaves QuickBooks names no account: then it is the one that the money is in."""
    account = named.account_id
    if isinstance(record, Payment):
        account = account or record.deposit_account_id
    if isinstance(record, Refund):
        account = account or record.account_id
    if account and culprit is not Culprit.ITEM:
        return f"account {account}"
    return f"item {named.item_id}" if named.item_id and culprit is not Culprit.ACCOUNT else None


def _digest(words: str, names: Iterable[str]) -> str:
    """The same for all that differs only in whose it is, and in numbers."""
    for name in names:
        words = words.replace(name, "#")
    alike = _NUMBER.sub("#", _NAME.sub("#", words)).casefold()
    return blake2s(" ".join(alike.split()).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _names(record: Record) -> list[str]:
    """The longest first: one may be a part of another."""
    client = _client(record)
    texts = {record.name, client.name, client.email}
    if isinstance(record, Payment):
        texts |= {record.reference, record.description}
        texts |= {each.number for each in record.allocations}
    return sorted(filter(None, texts), key=len, reverse=True)
