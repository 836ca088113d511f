"""What a company offers for payments, refunds and lines, and what is taken where nobody chose."""

import pytest

from services.domain.connection import Account, Company, Item
from services.domain.ledger import Method, Settings
from tests.builders import a_company

FUNDS = Account("4", "Undeposited Funds", "Other Current Asset", "UndepositedFunds")
CHECKING = Account("35", "Checking", "Bank", "Checking")
RECEIVABLE = Account("84", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable")


def having(*accounts: Account) -> Company:
    return a_company(accounts=accounts)


def test_undeposited_funds_are_known_by_their_subtype_whatever_they_are_called() -> None:
    renamed = Account("9", "Ej deponerade medel", "Other Current Asset", "UndepositedFunds")
    impostor = Account("8", "Undeposited Funds", "Other Current Asset", "OtherCurrentAssets")
    assert having(impostor, renamed).undeposited_funds_id == "9"
    assert having(impostor).undeposited_funds_id is None


def test_money_goes_into_a_bank_or_another_current_asset() -> None:
    assert having(RECEIVABLE, FUNDS, CHECKING).money_accounts == (FUNDS, CHECKING)


def test_returned_credit_is_booked_against_receivables() -> None:
    assert having(CHECKING, RECEIVABLE).receivable_id == "84"
    assert having(CHECKING).receivable_id is None


def test_an_account_is_named_by_its_id() -> None:
    assert having(FUNDS, CHECKING).account_name("35") == "Checking"
    assert having(FUNDS).account_name("35") is None


@pytest.mark.parametrize(
    ("items", "chosen", "taken"),
    [
        ((Item("1", "Hours"), Item("2", "Services")), None, "2"),
        ((Item("1", "Hours"), Item("2", "SERVICES")), None, "2"),
        ((Item("1", "Hours"), Item("2", "Audit")), None, "1"),
        ((Item("1", "Services"),), "7", "7"),  # Gone or not: QuickBooks will say so.
        ((), None, None),
    ],
)
def test_the_service_item_is_the_chosen_one_or_the_likeliest(
    items: tuple[Item, ...], chosen: str | None, taken: str | None
) -> None:
    assert a_company(items=items).service_item_id(chosen) == taken


@pytest.mark.parametrize(
    ("method", "account"), [(Method.CASH, "5"), (Method.CHECK, "35"), (Method.OTHER, "35")]
)
def test_a_methods_own_account_comes_before_the_firms(method: Method, account: str) -> None:
    chosen = Settings(
        sync_by_default=True,
        currency="USD",
        version=1,
        deposit_account_id="35",
        method_accounts={Method.CASH: "5"},
    )
    assert chosen.deposit_account_for(method) == account


def test_a_firm_that_chose_no_account_has_none() -> None:
    settings = Settings(sync_by_default=False, currency="USD", version=1)
    assert settings.deposit_account_for(Method.CHECK) is None
