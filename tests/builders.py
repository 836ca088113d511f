"""Records as a test needs them: what it does not name is ordinary."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import make_url

from services.db.opening import upgrade
from services.domain.connection import Account, Company, Item
from services.domain.ids import (
    ClientId,
    FirmId,
    InvoiceId,
    PaymentId,
    RealmId,
    RefundId,
    UserId,
)
from services.domain.ledger import (
    Allotted,
    Client,
    Invoice,
    InvoiceLine,
    Method,
    NewInvoice,
    NewPayment,
    NewRefund,
    Payment,
    Reason,
    Refund,
    SyncFacts,
    total_of,
)
from services.domain.members import Member
from services.domain.money import Money
from services.domain.sync import Status
from services.ports import Tokens

NOW = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
FIRM = FirmId("T0LARKSPUR")
OTHER_FIRM = FirmId("T0OTHER")
REALM = RealmId("9341450000000001")
OTHER_REALM = RealmId("9341450000000002")
ANNA = UserId("U0ANNA")
ACME = UUID("aaaaaaaa-0000-4000-8000-000000000001")
PAYMENT = UUID("bbbbbbbb-0000-4000-8000-000000000001")
INVOICE = UUID("cccccccc-0000-4000-8000-000000000001")
REFUND = UUID("dddddddd-0000-4000-8000-000000000001")

NOT_SYNCED = SyncFacts(Status.NOT_SYNCED)
SYNCED = SyncFacts(Status.SYNCED, qbo_id="58")
CHECKING = "35"  # Of `a_company`.


class PassedClock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


def a_ledger_url(folder: Path) -> str:
    """A migrated and empty ledger of the test's own."""
    url = f"sqlite:///{folder / 'counterfoil.db'}"
    ensure_ledger(url)
    return url


def ensure_ledger(url: str) -> None:
    """A migrated and empty one, unless there is one: copied, which is faster than migrating."""
    file = Path(make_url(url).database or "")
    if not file.exists():
        file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counterfoil.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()


def some_money(amount: str, currency: str = "USD") -> Money:
    return Money.from_decimal(Decimal(amount), currency)


def a_client(**facts: Any) -> Client:
    ordinary = {
        "id": ClientId(ACME),
        "firm_id": FIRM,
        "name": "Acme",
        "email": None,
        "sync": NOT_SYNCED,
    }
    return Client(**{**ordinary, **facts})


def a_new_payment(*, amount: str = "500.00", currency: str = "USD", **facts: Any) -> NewPayment:
    ordinary = {
        "client_id": ClientId(ACME),
        "amount": some_money(amount, currency),
        "received_on": date(2026, 11, 2),
        "method": Method.CHECK,
        "reference": None,
        "description": None,
    }
    return NewPayment(**{**ordinary, **facts})


def a_payment(*, amount: str = "500.00", currency: str = "USD", **facts: Any) -> Payment:
    ordinary = {
        "id": PaymentId(PAYMENT),
        "firm_id": FIRM,
        "number": 1001,
        "client": a_client(sync=SYNCED),
        "amount": some_money(amount, currency),
        "received_on": date(2026, 11, 2),
        "method": Method.CHECK,
        "reference": None,
        "description": None,
        "recorded_by": ANNA,
        "sync": NOT_SYNCED,
    }
    return Payment(**{**ordinary, **facts})


def a_line(price: str = "500.00", currency: str = "USD", *, quantity: str = "1") -> InvoiceLine:
    return InvoiceLine("Bookkeeping", Decimal(quantity), some_money(price, currency))


def a_new_invoice(*lines: InvoiceLine, **facts: Any) -> NewInvoice:
    ordinary = {
        "client_id": ClientId(ACME),
        "lines": lines or (a_line(),),
        "invoiced_on": date(2026, 10, 1),
        "due_on": date(2026, 10, 31),
    }
    return NewInvoice(**{**ordinary, **facts})


def an_invoice(*lines: InvoiceLine, **facts: Any) -> Invoice:
    sold = lines or (a_line(),)
    currency = sold[0].unit_price.currency
    ordinary = {
        "id": InvoiceId(INVOICE),
        "firm_id": FIRM,
        "number": "INV-1001",
        "client": a_client(sync=SYNCED),
        "lines": sold,
        "total": total_of(sold, currency),
        "applied": total_of((), currency),
        "invoiced_on": date(2026, 10, 1),
        "due_on": date(2026, 10, 31),
        "recorded_by": ANNA,
        "sync": NOT_SYNCED,
    }
    return Invoice(**{**ordinary, **facts})


def an_allotment(amount: str = "500.00", *, qbo_id: str = "130", **facts: Any) -> Allotted:
    """A part of a payment that settles an invoice which QuickBooks has as `qbo_id`."""
    ordinary = {
        "invoice_id": InvoiceId(INVOICE),
        "amount": some_money(amount),
        "number": "INV-1001",
        "invoice_qbo_id": qbo_id,
        "invoice_status": Status.SYNCED,
    }
    return Allotted(**{**ordinary, **facts})


def a_new_refund(*, amount: str = "500.00", **facts: Any) -> NewRefund:
    ordinary = {
        "amount": some_money(amount),
        "reason": Reason.SALE_REVERSED,
        "account_id": CHECKING,
        "refunded_on": date(2026, 11, 2),
    }
    return NewRefund(**{**ordinary, **facts})


def a_refund(*, amount: str = "500.00", **facts: Any) -> Refund:
    ordinary = {
        "id": RefundId(REFUND),
        "firm_id": FIRM,
        "number": 1001,
        "payment": a_payment(sync=SYNCED),
        "amount": some_money(amount),
        "reason": Reason.SALE_REVERSED,
        "account_id": CHECKING,
        "refunded_on": date(2026, 11, 2),
        "recorded_by": ANNA,
        "sync": NOT_SYNCED,
    }
    return Refund(**{**ordinary, **facts})


def a_member(**facts: Any) -> Member:
    ordinary = {
        "firm_id": FIRM,
        "user_id": ANNA,
        "is_admin": False,
        "is_outsider": False,
        "locale": "en-US",
        "timezone": "Europe/Stockholm",
    }
    return Member(**{**ordinary, **facts})


def a_company(**facts: Any) -> Company:
    ordinary: dict[str, Any] = {
        "name": "Larkspur Accounting",
        "country": "US",
        "currency": "USD",
        "payment_methods": {"cash": "1", "check": "2"},
        "accounts": (
            Account("4", "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
            Account("35", "Checking", "Bank", "Checking"),
            Account("84", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
        ),
        "items": (Item("1", "Services"),),
    }
    return Company(**{**ordinary, **facts})


def some_tokens(
    generation: int = 1,
    *,
    last: timedelta = timedelta(hours=1),
    access_ends_in: timedelta | None = None,
) -> Tokens:
    return Tokens(
        access_token=f"access-{generation}",
        refresh_token=f"refresh-{generation}",
        access_lasts=last,
        refresh_lasts=timedelta(days=100),
        access_ends_in=access_ends_in,
    )
