"""Bank deposits: money that leaves Undeposited Funds, and payments that stand still meanwhile."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, FaultError, QuickBooks, Rules
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CHECKING,
    RECEIVABLE,
    SAVINGS,
    UNDEPOSITED,
    applied,
    deposited,
    made,
    reference,
    refused,
)


@pytest.fixture
def amy(company: Company) -> str:
    customer_id: str = company.add_customer("Amy")["Id"]
    return customer_id


@pytest.fixture
def payment(company: Company, amy: str) -> JsonObject:
    return company.add_payment(amy, "20")


async def test_it_brings_payments_to_the_bank(
    api: httpx.AsyncClient, company: Company, amy: str, payment: JsonObject
) -> None:
    other = company.add_payment(amy, "5")
    lines = [deposited(payment["Id"]) | {"Amount": 20}, deposited(other["Id"]) | {"Amount": 5}]
    deposit = await made(
        api, "/deposit", {"DepositToAccountRef": reference(SAVINGS), "Line": lines}
    )
    assert (deposit["TotalAmt"], deposit["DepositToAccountRef"]["name"]) == (25, "Savings")
    assert company.account_balance("Savings") == Decimal(25)
    assert company.undeposited() == 0
    read = (await api.get(f"/deposit/{deposit['Id']}")).json()["Deposit"]
    assert read == deposit


async def test_a_deposited_payment_names_its_deposit(company: Company, payment: JsonObject) -> None:
    deposit = company.deposit(payment["Id"])
    [shown] = company.payments()
    assert shown["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    assert (shown["SyncToken"], shown["DepositToAccountRef"]["value"]) == ("1", UNDEPOSITED)


async def test_it_can_keep_silent_about_it_and_stands_still_all_the_same(
    quickbooks: QuickBooks, company: Company, payment: JsonObject
) -> None:
    quickbooks.rules = Rules(shows_deposits=False)
    company.deposit(payment["Id"])
    assert company.payments() == [payment]
    with pytest.raises(FaultError, match="6540"):
        company.change("Payment", payment["Id"], PrivateNote="late")


@pytest.mark.parametrize("shows", [True, False])
async def test_deleting_it_frees_the_payment(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    payment: JsonObject,
    *,
    shows: bool,
) -> None:
    quickbooks.rules = Rules(shows_deposits=shows)
    deposit = company.deposit(payment["Id"])
    gone = {"Id": deposit["Id"], "SyncToken": "0"}
    await made(api, "/deposit", gone, operation="delete")
    assert (company.deposits(), company.undeposited()) == ([], Decimal(20))
    [freed] = company.payments()
    assert "LinkedTxn" not in freed
    company.delete("Payment", payment["Id"])
    assert not any(company.trial_balance().values())


async def test_a_voided_invoice_leaves_its_deposited_payment_on_the_deposit(
    company: Company, amy: str
) -> None:
    invoice = company.add_invoice(amy, "20")
    payment = company.add_payment(amy, "20", invoice_id=invoice["Id"])
    deposit = company.deposit(payment["Id"])
    company.void("Invoice", invoice["Id"])
    [left] = company.payments()
    assert (left["TotalAmt"], left["UnappliedAmt"]) == (20, 20)
    assert left["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    with pytest.raises(FaultError, match="6540"):
        company.change("Payment", payment["Id"], Line=[applied("Invoice", invoice["Id"], "1")])


async def test_a_payment_is_deposited_once(company: Company, payment: JsonObject) -> None:
    with pytest.raises(FaultError, match="6540"):
        company.deposit(payment["Id"], payment["Id"])
    company.deposit(payment["Id"])
    with pytest.raises(FaultError, match="6540"):
        company.deposit(payment["Id"])
    assert company.account_balance("Checking") == Decimal(20)


async def test_only_what_stands_in_undeposited_funds_is_deposited(
    company: Company, amy: str
) -> None:
    banked = company.add_payment(amy, "20", DepositToAccountRef=reference(CHECKING))
    voided = company.add_payment(amy, "20")
    company.void("Payment", voided["Id"])
    for payment in (banked, voided):
        with pytest.raises(FaultError, match="6000"):
            company.deposit(payment["Id"])
    assert company.deposits() == []


async def test_a_deposit_is_not_edited_here(
    api: httpx.AsyncClient, company: Company, payment: JsonObject
) -> None:
    deposit = company.deposit(payment["Id"])
    body = {"Id": deposit["Id"], "SyncToken": "0", "PrivateNote": "by bike"}
    assert (await refused(api, "/deposit", body))[0] == "500"
    assert (await refused(api, "/deposit", body, operation="void"))[0] == "500"
    assert company.deposits() == [deposit]


async def test_closed_books_keep_it(
    api: httpx.AsyncClient, company: Company, payment: JsonObject
) -> None:
    deposit = company.deposit(payment["Id"])
    company.preferences.book_close_date = date(2026, 11, 2)
    gone = {"Id": deposit["Id"], "SyncToken": "0"}
    assert (await refused(api, "/deposit", gone, operation="delete"))[0] == "6210"
    assert company.deposits() == [deposit]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"DepositToAccountRef": None}, "2020"),
        ({"DepositToAccountRef": reference("999")}, "2500"),
        ({"DepositToAccountRef": reference(RECEIVABLE)}, "6000"),
        ({"DepositToAccountRef": reference(UNDEPOSITED)}, "6000"),
        ({"Line": []}, "2020"),
        ({"Line": [{"Amount": 20}]}, "2020"),
        ({"Line": [deposited("1") | {"Amount": 19}]}, "6000"),
        ({"Line": [deposited("77")]}, "610"),
        ({"Line": [applied("Payment", "1", "20")]}, "2020"),
        ({"Line": [applied("Invoice", "1", "20")]}, "2170"),
        ({"CurrencyRef": reference("EUR")}, "6000"),
        ({"CustomerRef": reference("1")}, "2010"),
    ],
)
@pytest.mark.usefixtures("payment")
async def test_what_cannot_be_a_deposit_leaves_no_trace(
    api: httpx.AsyncClient, company: Company, wrong: JsonObject, code: str
) -> None:
    wanted = {"DepositToAccountRef": reference(CHECKING), "Line": [deposited("1")]}
    assert (await refused(api, "/deposit", wanted | wrong))[0] == code
    assert (company.deposits(), company.undeposited()) == ([], Decimal(20))
