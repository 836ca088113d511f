"""Refund receipts: a sale taken back, and the money with it."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, QuickBooks, Rules
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CHECKING,
    RECEIVABLE,
    UNDEPOSITED,
    made,
    reference,
    refused,
    sold,
)

PATH = "/refundreceipt"


@pytest.fixture
def amy(company: Company) -> str:
    customer_id: str = company.add_customer("Amy")["Id"]
    return customer_id


@pytest.fixture
def wanted(amy: str) -> JsonObject:
    return {
        "CustomerRef": reference(amy),
        "DepositToAccountRef": reference(CHECKING),
        "PaymentMethodRef": reference("2"),
        "PaymentRefNum": "1007",
        "PrivateNote": "returned",
        "TxnDate": "2026-11-01",
        "Line": [sold("40")],
    }


async def test_income_and_the_bank_go_down_and_receivables_stay(
    api: httpx.AsyncClient, company: Company, amy: str, wanted: JsonObject
) -> None:
    invoice = company.add_invoice(amy, "100")
    payment = company.add_payment(amy, "100", invoice_id=invoice["Id"])
    refund = await made(api, PATH, wanted)
    assert (refund["TotalAmt"], refund["Balance"], refund["SyncToken"]) == (40, 0, "0")
    assert refund["PaymentMethodRef"] == {"value": "2", "name": "Check"}
    balance = company.trial_balance()
    assert (balance["Services"], balance["Checking"]) == (Decimal(-60), Decimal(-40))
    assert company.receivables() == {}
    assert company.invoices()[0]["Balance"] == 0
    assert company.find("Payment", payment["Id"]) == payment


async def test_it_needs_no_customer(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted | {"CustomerRef": None})
    assert "CustomerRef" not in refund
    assert company.account_balance("Checking") == Decimal(-40)


async def test_what_is_read_only_is_ignored(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted | {"TotalAmt": 999, "Balance": 7})
    assert (refund["TotalAmt"], refund["Balance"]) == (40, 0)
    assert company.refund_receipts()[0]["TotalAmt"] == 40


async def test_it_takes_the_next_number_of_all_sales_forms(company: Company, amy: str) -> None:
    numbers = [
        company.add_invoice(amy, "1")["DocNumber"],
        company.add_refund_receipt(amy, "1")["DocNumber"],
        company.add_invoice(amy, "1")["DocNumber"],
    ]
    assert numbers == ["1001", "1002", "1003"]


async def test_a_number_taken_by_another_refund_is_refused_unless_asked_for(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    company.preferences.custom_txn_numbers = True
    first = await made(api, PATH, wanted | {"DocNumber": "R-1"})
    code, detail = await refused(api, PATH, wanted | {"DocNumber": "R-1"})
    assert code == "6140"
    assert detail.endswith(f"TxnType=RefundReceipt with TxnId={first['Id']}")
    again = await made(api, PATH, wanted | {"DocNumber": "R-1"}, include="allowduplicatedocnum")
    assert again["DocNumber"] == "R-1"


async def test_a_sparse_update_changes_what_it_names(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted)
    sparse = {"Id": refund["Id"], "SyncToken": "0", "sparse": True, "Line": [sold("15")]}
    changed = await made(api, PATH, sparse)
    assert (changed["TotalAmt"], changed["PrivateNote"], changed["SyncToken"]) == (
        15,
        "returned",
        "1",
    )
    assert company.account_balance("Services") == Decimal(15)


async def test_a_deleted_one_gives_everything_back(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted)
    gone = {"Id": refund["Id"], "SyncToken": "0"}
    assert (await made(api, PATH, gone, operation="delete"))["status"] == "Deleted"
    assert company.refund_receipts() == []
    assert not any(company.trial_balance().values())
    assert (await refused(api, PATH, gone, operation="delete"))[0] == "610"


async def test_the_api_cannot_void_it(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted)
    assert (await refused(api, PATH, refund, operation="void"))[0] == "500"
    assert (await refused(api, PATH, refund, operation="update", include="void"))[0] == "500"
    assert company.account_balance("Checking") == Decimal(-40)


async def test_voiding_it_can_be_allowed(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, wanted: JsonObject
) -> None:
    quickbooks.rules = Rules(voids_refund_receipts=True)
    refund = await made(api, PATH, wanted)
    voided = await made(api, PATH, refund, operation="void")
    assert (voided["TotalAmt"], voided["PrivateNote"]) == (0, "Voided - returned")
    assert not any(company.trial_balance().values())


async def test_a_person_can_void_it_on_the_screen(company: Company, amy: str) -> None:
    refund = company.add_refund_receipt(amy, "40")
    company.void("RefundReceipt", refund["Id"])
    assert not any(company.trial_balance().values())


async def test_discounts_and_tax_are_taken_back_too(company: Company, amy: str) -> None:
    off = {"DetailType": "DiscountLineDetail", "Amount": 10}
    company.add_refund_receipt(amy, "0", Line=[sold("100"), off], TxnTaxDetail={"TotalTax": "9"})
    balance = company.trial_balance()
    assert balance["Checking"] == Decimal(-99)
    assert balance["Discounts given"] == Decimal(-10)
    assert balance["Sales Tax Payable"] == Decimal(9)


async def test_closed_books_take_none_and_give_none_back(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    refund = await made(api, PATH, wanted)
    company.preferences.book_close_date = date(2026, 11, 1)
    assert (await refused(api, PATH, wanted))[0] == "6210"
    assert (await refused(api, PATH, refund | {"TxnDate": "2026-11-02"}))[0] == "6210"
    assert (await refused(api, PATH, refund, operation="delete"))[0] == "6210"
    assert len(company.refund_receipts()) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"DepositToAccountRef": None}, "2020"),
        ({"DepositToAccountRef": reference("999")}, "2500"),
        ({"DepositToAccountRef": reference(RECEIVABLE)}, "6000"),
        ({"DepositToAccountRef": reference("1")}, "6000"),
        ({"Line": None}, "2020"),
        ({"Line": [{"DetailType": "DescriptionOnly", "Description": "nothing"}]}, "2020"),
        ({"Line": [sold("-5")]}, "6000"),
        ({"Line": [sold("5", ItemRef=reference("999"))]}, "2500"),
        ({"CustomerRef": reference("999")}, "2500"),
        ({"PaymentMethodRef": reference("999")}, "2500"),
        ({"CurrencyRef": reference("EUR")}, "6000"),
        ({"PaymentRefNum": "2" * 22}, "2050"),
        ({"DocNumber": "2" * 22}, "2050"),
        ({"PrivateNote": "n" * 4001}, "2050"),
        ({"UnappliedAmt": 5}, "2010"),
    ],
)
async def test_what_cannot_be_a_refund_leaves_no_trace(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject, wrong: JsonObject, code: str
) -> None:
    assert (await refused(api, PATH, wanted | wrong))[0] == code
    assert company.refund_receipts() == []
    assert not any(company.trial_balance().values())


async def test_undeposited_funds_may_pay_it(
    api: httpx.AsyncClient, company: Company, amy: str, wanted: JsonObject
) -> None:
    company.add_payment(amy, "100")
    await made(api, PATH, wanted | {"DepositToAccountRef": reference(UNDEPOSITED)})
    assert company.undeposited() == Decimal(60)
