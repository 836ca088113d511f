"""The registry of causes: what each means, who can mend it and where, and the one safe step."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from types import MappingProxyType

from services.domain.causes import Cause
from services.domain.places import Place
from services.domain.sync import RecordKind


class Fixer(Enum):
    """Who can mend it."""

    RECORDER = auto()  # Whoever records here.
    ADMIN = auto()
    BOOKKEEPER = auto()  # In QuickBooks.


class Step(Enum):
    """What to do here once it is mended; none of them gives a record another date or amount."""

    RETRY = auto()  # Ask for the same again.
    SETTINGS = auto()  # Choose in the settings, then ask for the same again.
    CONNECT = auto()  # Connect QuickBooks again, then ask for the same again.
    INCLUDE = auto()  # Let the client in, then ask for the same again.
    LINK = auto()
    UNSYNC = auto()
    LOOK_AT_CLIENT = auto()  # There it is decided.
    NONE = auto()


@dataclass(frozen=True)
class WayOut:
    """Who can do what about it, where in QuickBooks, and what to do here after that.

    `mend` goes on from "can". It never asks for another date or another amount: the record says
    what happened in the world.
    """

    fixer: Fixer
    mend: str
    place: Place | None
    step: Step


@dataclass(frozen=True)
class Explanation:
    """`title` stands alone; `happened` is a clause."""

    title: str
    happened: str
    way_out: WayOut


_recorder = partial(WayOut, Fixer.RECORDER)
_admin = partial(WayOut, Fixer.ADMIN)
_bookkeeper = partial(WayOut, Fixer.BOOKKEEPER)

EXPLANATIONS = MappingProxyType(
    {
        Cause.CLOSED_PERIOD: Explanation(
            "The books are closed",
            "the books are closed for this date",
            _bookkeeper("open the period in QuickBooks", Place.CLOSING_DATE, Step.RETRY),
        ),
        Cause.DEPOSITED: Explanation(
            "It is in a bank deposit",
            "it is part of a bank deposit in QuickBooks",
            _bookkeeper("take it off that deposit in QuickBooks", Place.PAYMENT, Step.RETRY),
        ),
        Cause.DUPLICATE_NUMBER: Explanation(
            "The number is taken",
            "QuickBooks already holds a record with this number",
            _recorder(
                "link it if that is the same one; if not, give this one another number and sync it",
                Place.CLIENT,
                Step.LINK,
            ),
        ),
        Cause.NAME_TAKEN: Explanation(
            "The name is taken",
            "QuickBooks already uses this name for another customer, vendor or employee",
            _recorder(
                "rename the client here, or the other one there", Place.CUSTOMERS, Step.RETRY
            ),
        ),
        Cause.GONE: Explanation(
            "Something is gone in QuickBooks",
            "QuickBooks no longer holds it, or something that it refers to",
            _recorder(
                "look for what was deleted, and restore it there or choose another here",
                Place.CLIENT,
                Step.RETRY,
            ),
        ),
        Cause.CUSTOMER_GONE: Explanation(
            "The customer is inactive or gone",
            "QuickBooks no longer uses the customer that the client is tied to",
            _bookkeeper("make that customer active again in QuickBooks", Place.CLIENT, Step.RETRY),
        ),
        Cause.ACCOUNT_GONE: Explanation(
            "The account is inactive or gone",
            "QuickBooks no longer uses the account that the money is to go to or come from",
            _admin(
                "choose another account for payments, or have that one made active again",
                Place.ACCOUNTS,
                Step.SETTINGS,
            ),
        ),
        Cause.ITEM_GONE: Explanation(
            "The service item is inactive or gone",
            "QuickBooks no longer uses the service item of its lines",
            _admin(
                "choose another service item, or have that one made active again",
                Place.ITEMS,
                Step.SETTINGS,
            ),
        ),
        Cause.INACTIVE: Explanation(
            "Something is inactive",
            "something that it needs was made inactive in QuickBooks",
            _bookkeeper(
                "look at its customer, account and item there, and make them active again",
                Place.CLIENT,
                Step.RETRY,
            ),
        ),
        Cause.WRONG_ACCOUNT_TYPE: Explanation(
            "The account has the wrong type",
            "QuickBooks does not take this type of account here",
            _admin(
                "choose an account of type Bank or Other Current Asset",
                Place.ACCOUNTS,
                Step.SETTINGS,
            ),
        ),
        Cause.INVALID_REFERENCE: Explanation(
            "Something that it names is missing",
            "it refers to something that QuickBooks does not hold",
            _bookkeeper("restore what QuickBooks’ own words name", None, Step.RETRY),
        ),
        Cause.TOO_LONG: Explanation(
            "A text is too long",
            "a text is longer than QuickBooks takes",
            _recorder("shorten the text that QuickBooks’ own words name", None, Step.RETRY),
        ),
        Cause.INVALID_VALUE: Explanation(
            "QuickBooks could not read it",
            "QuickBooks cannot read it as it was sent",
            _admin("ask whoever looks after Counterfoil to look at the log", None, Step.RETRY),
        ),
        Cause.OVER_APPLIED: Explanation(
            "More is applied than is open",
            "more is applied to an invoice than it has open, or than the payment holds",
            _recorder(
                "look at what is open there, and leave the rest unapplied", Place.CLIENT, Step.RETRY
            ),
        ),
        Cause.LINKED: Explanation(
            "Other records hang on it",
            "other records in QuickBooks are linked to it",
            _bookkeeper("unlink them in QuickBooks", Place.RECORD, Step.RETRY),
        ),
        Cause.PERMISSION: Explanation(
            "QuickBooks does not allow it",
            "QuickBooks does not let the person who connected it do this",
            _admin("connect QuickBooks again as somebody who may", None, Step.CONNECT),
        ),
        Cause.SUBSCRIPTION_ENDED: Explanation(
            "The QuickBooks subscription has ended",
            "the company's QuickBooks subscription has ended",
            _bookkeeper("renew it in QuickBooks", Place.BILLING, Step.RETRY),
        ),
        Cause.CURRENCY: Explanation(
            "The currency does not fit",
            "its currency does not go with its customer, its account or the company",
            _bookkeeper("enter it in QuickBooks by hand", Place.CLIENT, Step.LINK),
        ),
        Cause.TAX: Explanation(
            "QuickBooks wants tax on it",
            "QuickBooks wants tax on it, which Counterfoil does not send",
            _bookkeeper("enter it in QuickBooks by hand, with its tax", Place.CLIENT, Step.LINK),
        ),
        Cause.BUSINESS_RULE: Explanation(
            "A rule of QuickBooks forbids it",
            "a rule of QuickBooks stands against it",
            _bookkeeper("mend what QuickBooks’ own words say", Place.CLIENT, Step.RETRY),
        ),
        Cause.UNKNOWN: Explanation(
            "QuickBooks refused it",
            "QuickBooks refused it for a reason that Counterfoil does not know",
            _bookkeeper(
                "mend what QuickBooks’ own words say, or ask Intuit’s support",
                Place.CLIENT,
                Step.RETRY,
            ),
        ),
        Cause.NO_UNDEPOSITED_FUNDS: Explanation(
            "There is no Undeposited Funds account",
            "the company has no active Undeposited Funds account",
            _bookkeeper("make that account active in QuickBooks", Place.ACCOUNTS, Step.RETRY),
        ),
        Cause.NO_SERVICE_ITEM: Explanation(
            "There is no service item",
            "there is no active service item for its lines",
            _admin("choose one", Place.ITEMS, Step.SETTINGS),
        ),
        Cause.NO_RECEIVABLE: Explanation(
            "There is no Accounts Receivable account",
            "the company has no active Accounts Receivable account",
            _bookkeeper("make that account active in QuickBooks", Place.ACCOUNTS, Step.RETRY),
        ),
        Cause.NEAR_MATCH: Explanation(
            "A similar customer is there",
            "QuickBooks has a customer whose name is almost the same, or who is inactive",
            _recorder(
                "link it if they are the same (make it active first), or create a new one anyway",
                Place.TWIN,
                Step.LOOK_AT_CLIENT,
            ),
        ),
        Cause.CHANGED_IN_QUICKBOOKS: Explanation(
            "It was changed in QuickBooks",
            "it was changed in QuickBooks meanwhile, so the change from here was not sent",
            _recorder(
                "compare the two; to replace theirs with ours, edit it here again",
                Place.RECORD,
                Step.NONE,
            ),
        ),
        Cause.DELETED_IN_QUICKBOOKS: Explanation(
            "It was deleted in QuickBooks",
            "it was deleted in QuickBooks meanwhile, so there was nothing to change",
            _recorder(
                "unsync it here if that was meant; if not, sync it again after that",
                Place.CLIENT,
                Step.UNSYNC,
            ),
        ),
        Cause.PAYMENT_GONE: Explanation(
            "Its payment is gone in QuickBooks",
            "the payment that it gives back was deleted or voided in QuickBooks",
            _recorder(
                "unsync that payment, and sync it again if it belongs there: its refunds follow",
                Place.CLIENT,
                Step.NONE,
            ),
        ),
        Cause.LESS_IS_LEFT: Explanation(
            "Less is left of its payment",
            "QuickBooks has less left of the payment than this gives back",
            _recorder(
                "mend the payment there, or delete this refund and give back what is left",
                Place.PAYMENT,
                Step.RETRY,
            ),
        ),
        Cause.REFUND_IN_THE_WAY: Explanation(
            "A refund is in the way",
            "one of its refunds could not be removed from QuickBooks, so it stays there too",
            _recorder("mend what stands beside that refund", None, Step.UNSYNC),
        ),
        Cause.RECORD_IN_THE_WAY: Explanation(
            "A record is in the way",
            "one of the client's records could not be removed from QuickBooks",
            _recorder("mend what stands beside that record", None, Step.UNSYNC),
        ),
        Cause.BEFORE_START_DATE: Explanation(
            "It is older than the start date",
            "it is older than the firm's start date",
            _recorder("link it if QuickBooks holds it; if not, sync it", Place.CLIENT, Step.LINK),
        ),
        Cause.CLIENT_EXCLUDED: Explanation(
            "Its client is excluded",
            "its client is excluded from QuickBooks",
            _recorder("include the client if it belongs there", None, Step.INCLUDE),
        ),
        Cause.POSSIBLE_TWIN: Explanation(
            "It may be there already",
            "QuickBooks already holds a record that looks like this one",
            _recorder(
                "link it if they are the same; if both are real, sync it", Place.TWIN, Step.LINK
            ),
        ),
        Cause.FOREIGN_CURRENCY: Explanation(
            "It is in another currency",
            "it is in another currency than the company's books",
            _bookkeeper("enter it in QuickBooks by hand", Place.CLIENT, Step.LINK),
        ),
        Cause.DISMISSED: Explanation(
            "It was left out on purpose",
            "somebody chose to leave it out of QuickBooks",
            _recorder("sync or link it if it belongs there after all", None, Step.NONE),
        ),
    }
)
_ACCOUNTS = frozenset({Cause.ACCOUNT_GONE, Cause.WRONG_ACCOUNT_TYPE})


def safe_step(kind: RecordKind, cause: Cause) -> Step:
    """What to do here; no refund is linked, and its account is its own, not the settings'."""
    step = EXPLANATIONS[cause].way_out.step
    if kind is not RecordKind.REFUND:
        return step
    if cause in _ACCOUNTS:
        return Step.RETRY
    return Step.NONE if step is Step.LINK else step
