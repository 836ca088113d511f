"""Where a person finds something in QuickBooks: paths beneath the address of its pages."""

from enum import Enum, auto
from urllib.parse import quote

from services.domain.causes import Cause
from services.domain.ledger import Client, Invoice, Payment, Reason, Record, Refund
from services.domain.near_match import read_near_match


class Place(Enum):
    RECORD = auto()  # The record itself.
    CLIENT = auto()
    PAYMENT = auto()  # The one that a refund gives back; a payment itself.
    TWIN = auto()  # What QuickBooks holds in the record's place.
    CUSTOMERS = auto()
    ACCOUNTS = auto()
    ITEMS = auto()
    CLOSING_DATE = auto()
    BILLING = auto()


# Intuit documents none of them. That the settings open at a tab is seen for others than these two.
_PAGES = {
    Place.CUSTOMERS: "customers",
    Place.ACCOUNTS: "chartofaccounts",
    Place.ITEMS: "items",
    Place.CLOSING_DATE: "settings?p=Advanced",
    Place.BILLING: "settings?p=Billing",
}


def path_to(place: Place, record: Record) -> str | None:
    """The page of QuickBooks; None where QuickBooks has none for this record."""
    match place:
        case Place.RECORD:
            return page_of(record)
        case Place.CLIENT:
            client = record if isinstance(record, Client) else record.client
            return page_of(client) or _PAGES[Place.CUSTOMERS]
        case Place.PAYMENT:
            return page_of(record.payment if isinstance(record, Refund) else record)
        case Place.TWIN:
            return _twin_of(record)
        case _:
            return _PAGES[place]


def page_of(record: Record) -> str | None:
    """Where the record itself stands there, once it does."""
    return _page(record, record.sync.qbo_id) if record.sync.qbo_id else None


def _twin_of(record: Record) -> str | None:
    facts = record.sync
    if facts.twin_id:
        return _page(record, facts.twin_id)
    near = read_near_match(facts.detail) if facts.cause is Cause.NEAR_MATCH else None
    return _page(record, near.qbo_id) if near else _PAGES[Place.CUSTOMERS]


def _page(record: Record, qbo_id: str) -> str:
    shown = quote(qbo_id, safe="")
    match record:
        case Client():
            return f"customerdetail?nameId={shown}"
        case Invoice():
            return f"invoice?txnId={shown}"
        case Payment():
            return f"recvpayment?txnId={shown}"
        case Refund(reason=Reason.SALE_REVERSED):
            return f"refundreceipt?txnId={shown}"
        case Refund():
            return f"check?txnId={shown}"  # An Expense that is paid as if by check.
