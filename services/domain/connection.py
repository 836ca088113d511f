"""A firm's tie to a QuickBooks company."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services.domain.ids import FirmId, RealmId, UserId

UNDEPOSITED_FUNDS = "UndepositedFunds"  # An AccountSubType; the name is the company's to choose.
RECEIVABLE = "Accounts Receivable"
MONEY_KINDS = frozenset({"Bank", "Other Current Asset"})
SERVICES = "services"
DISCONNECTED = "an admin disconnected it"  # Why it is lost where that was meant.


@dataclass(frozen=True)
class Account:
    """`kind` is QuickBooks' AccountType, `subtype` its AccountSubType."""

    id: str
    name: str
    kind: str
    subtype: str


@dataclass(frozen=True)
class Item:
    """A service that can stand on an invoice."""

    id: str
    name: str


@dataclass(frozen=True)
class Company:
    """What a push needs to know of a QuickBooks company, as it was read last.

    `accounts` are the active ones that money can go into or out of, Accounts Receivable included.
    """

    name: str
    country: str
    currency: str
    payment_methods: Mapping[str, str]  # QuickBooks' name in lower case: its id.
    accounts: tuple[Account, ...]
    items: tuple[Item, ...]
    invoices_need_tax: bool = False  # Each line must name a tax code, which we do not support.
    books_closed_until: date | None = None

    @property
    def undeposited_funds_id(self) -> str | None:
        return self._first(lambda account: account.subtype == UNDEPOSITED_FUNDS)

    @property
    def receivable_id(self) -> str | None:
        return self._first(lambda account: account.kind == RECEIVABLE)

    @property
    def money_accounts(self) -> tuple[Account, ...]:
        """Where payments may go, and refunds come from."""
        return tuple(each for each in self.accounts if each.kind in MONEY_KINDS)

    def account_name(self, account_id: str) -> str | None:
        return next((each.name for each in self.accounts if each.id == account_id), None)

    def service_item_id(self, chosen: str | None) -> str | None:
        """The chosen one; else the one called Services, as QuickBooks makes it; else the first."""
        if chosen is not None:
            return chosen
        named = [each.id for each in self.items if each.name.casefold() == SERVICES]
        return next(iter([*named, *(each.id for each in self.items)]), None)

    def _first(self, wanted: Callable[[Account], bool]) -> str | None:
        return next((each.id for each in self.accounts if wanted(each)), None)


class ConnectionState(StrEnum):
    UNCONFIRMED = "unconfirmed"  # An admin has not said "use this company" yet.
    ACTIVE = "active"
    LOST = "lost"


@dataclass(frozen=True)
class Connection:
    """`access_ends_at`: from then on only a new consent helps; None where Intuit did not say.

    `held_at`: its ledger was restored then, and nothing is sent until an operator has looked.
    """

    firm_id: FirmId
    realm_id: RealmId
    state: ConnectionState
    company: Company
    company_read_at: datetime
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    access_ends_at: datetime | None
    refresh_epoch: int
    refresh_until: datetime | None
    connected_by: UserId
    lost_because: str | None
    last_success_at: datetime | None
    held_at: datetime | None = None
