"""Records as a test needs them: what it does not name is ordinary."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.db.engine import upgrade
from services.domain.connection import Account, Company, Item
from services.domain.ids import ClientId, FirmId, PaymentId, RealmId, UserId
from services.domain.ledger import Client, Method, NewPayment, Payment, SyncFacts
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

NOT_SYNCED = SyncFacts(Status.NOT_SYNCED)
SYNCED = SyncFacts(Status.SYNCED, qbo_id="58")


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
    file = folder / "counterfoil.db"
    file.write_bytes(_migrated())
    return f"sqlite:///{file}"


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


def some_tokens(generation: int = 1, *, last: timedelta = timedelta(hours=1)) -> Tokens:
    return Tokens(
        access_token=f"access-{generation}",
        refresh_token=f"refresh-{generation}",
        access_lasts=last,
        refresh_lasts=timedelta(days=100),
    )
