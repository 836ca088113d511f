"""Expenses: money out of an account, and a customer's credit given back through one."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, FaultError, QuickBooks, Rules
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CARD,
    CHECKING,
    MISCELLANEOUS,
    applied,
    made,
    reference,
    refused,
    spent,
)

PATH = "/purchase"


@pytest.fixture
def amy(company: Company) -> str:
    customer_id: str = company.add_customer("Amy")["Id"]
    return customer_id


@pytest.fixture
def wanted(amy: str) -> JsonObject:
    return {
        "PaymentType": "Check",
        "AccountRef": reference(CHECKING),
        "EntityRef": {"value": amy, "type": "Customer"},
        "PrivateNote": "credit returned",
        "TxnDate": "2026-11-01",
        "Line": [spent("40")],
    }


async def test_a_line_to_receivables_is_owed_by_the_customer(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    purchase = await made(api, PATH, wanted)
    assert (purchase["TotalAmt"], purchase["LinkedTxn"], purchase["SyncToken"]) == (40, [], "0")
    assert purchase["EntityRef"] == {"value": "1", "name": "Amy", "type": "Customer"}
    assert company.receivables() == {"Amy": Decimal(40)}
    assert company.account_balance("Checking") == Decimal(-40)
    assert company.account_balance("Services") == 0


async def test_other_lines_go_to_their_accounts(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    vendor = company.add_vendor("Norton Lumber")["Id"]
    lines = [spent("10", MISCELLANEOUS), spent("5", MISCELLANEOUS)]
    purchase = await made(
        api,
        PATH,
        wanted
        | {"PaymentType": "CreditCard", "AccountRef": reference(CARD), "Line": lines}
        | {"EntityRef": reference(vendor)},
    )
    assert purchase["EntityRef"]["type"] == "Vendor"
    balance = company.trial_balance()
    assert (balance["Mastercard"], balance["Miscellaneous"]) == (Decimal(-15), Decimal(15))


async def test_linking_it_uses_up_the_payments_credit_and_moves_no_money(
    api: httpx.AsyncClient, company: Company, amy: str, wanted: JsonObject
) -> None:
    payment = company.add_payment(amy, "100")
    purchase = await made(api, PATH, wanted)
    before = company.trial_balance(), company.receivables()
    full = {"Id": payment["Id"], "SyncToken": "0", "CustomerRef": reference(amy), "TotalAmt": 100}
    lines = [applied("Expense", purchase["Id"], "40")]
    linked = await made(api, "/payment", full | {"Line": lines})
    assert (linked["UnappliedAmt"], linked["SyncToken"]) == (60, "1")
    assert linked["Line"][0]["LinkedTxn"] == [{"TxnId": purchase["Id"], "TxnType": "Expense"}]
    [expense] = company.purchases()
    assert expense["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert expense["SyncToken"] == "1"
    assert (company.trial_balance(), company.receivables()) == before


@pytest.fixture
def linked(company: Company, amy: str) -> tuple[JsonObject, JsonObject]:
    """An expense of 40 and the payment of 100 that gives it."""
    payment, purchase = company.add_payment(amy, "100"), company.add_purchase(amy, "40")
    payment = company.change(
        "Payment", payment["Id"], Line=[applied("Expense", purchase["Id"], "40")]
    )
    return company.purchases()[0], payment


async def test_no_more_is_linked_than_is_open(company: Company, amy: str) -> None:
    purchase = company.add_purchase(amy, "40", Line=[spent("30"), spent("10", MISCELLANEOUS)])
    line = applied("Expense", purchase["Id"], "25")
    first = company.add_payment(amy, "25", Line=[line])
    second = company.add_payment(amy, "25", Line=[line])
    assert (first["UnappliedAmt"], second["UnappliedAmt"]) == (0, 20)
    assert company.receivables() == {"Amy": Decimal(-20)}


async def test_an_invoice_and_an_expense_share_one_payment(company: Company, amy: str) -> None:
    invoice, purchase = company.add_invoice(amy, "50"), company.add_purchase(amy, "40")
    payment = company.add_payment(
        amy,
        "100",
        Line=[applied("Invoice", invoice["Id"], "50"), applied("Expense", purchase["Id"], "40")],
    )
    assert payment["UnappliedAmt"] == 10
    assert company.invoices()[0]["Balance"] == 0


@pytest.mark.parametrize("undo", ["delete", "void"])
async def test_taking_the_payment_back_frees_the_expense(
    company: Company, linked: tuple[JsonObject, JsonObject], undo: str
) -> None:
    getattr(company, undo)("Payment", linked[1]["Id"])
    [purchase] = company.purchases()
    assert (purchase["LinkedTxn"], purchase["SyncToken"]) == ([], "2")
    assert company.receivables() == {"Amy": Decimal(40)}


async def test_a_linked_expense_stays_as_it_is(
    api: httpx.AsyncClient, company: Company, linked: tuple[JsonObject, JsonObject]
) -> None:
    token = {"Id": linked[0]["Id"], "SyncToken": "1"}
    sparse = token | {"sparse": True, "PaymentType": "Cash"}
    smaller = sparse | {"Line": [spent("39")]}
    for body, operation in ((token, "delete"), (token, "void"), (smaller, "update")):
        code, detail = await refused(api, PATH, body, operation=operation)
        assert (code, "unlink" in detail) == ("6000", True)
    noted = await made(api, PATH, sparse | {"PrivateNote": "signed for"})
    assert noted["LinkedTxn"] == [{"TxnId": linked[1]["Id"], "TxnType": "Payment"}]
    assert company.payments()[0]["UnappliedAmt"] == 60


@pytest.mark.parametrize(
    ("operation", "unapplied"), [("delete", 100), ("void", 100), ("update", 75)]
)
async def test_a_linked_expense_can_be_let_go_by_itself(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    linked: tuple[JsonObject, JsonObject],
    operation: str,
    unapplied: int,
) -> None:
    quickbooks.rules = Rules(frees_linked_purchases=True)
    body = {"Id": linked[0]["Id"], "SyncToken": "1", "PaymentType": "Cash", "sparse": True}
    if operation == "update":
        body |= {"Line": [spent("25")]}
    await made(api, PATH, body, operation=operation)
    [payment] = company.payments()
    assert (payment["UnappliedAmt"], payment["SyncToken"]) == (unapplied, "2")
    assert sum(company.trial_balance().values()) == 0
    assert company.receivables() == {"Amy": Decimal(-unapplied)}


async def test_its_payee_cannot_change_while_it_is_linked(
    company: Company, linked: tuple[JsonObject, JsonObject]
) -> None:
    bill = company.add_customer("Bill")["Id"]
    with pytest.raises(FaultError, match="6000"):
        company.change("Purchase", linked[0]["Id"], EntityRef={"value": bill, "type": "Customer"})
    with pytest.raises(FaultError, match="6000"):
        company.change("Purchase", linked[0]["Id"], EntityRef=None, Line=[spent("1", "14")])


async def test_a_void_keeps_the_object_and_its_lines(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    purchase = await made(api, PATH, wanted)
    voided = await made(api, PATH, purchase, operation="update", include="void")
    assert (voided["TotalAmt"], voided["SyncToken"]) == (0, "1")
    assert voided["PrivateNote"] == "Voided - credit returned"
    assert [line["Amount"] for line in voided["Line"]] == [0]
    assert company.receivables() == {}


async def test_a_deleted_one_is_gone(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    purchase = await made(api, PATH, wanted)
    gone = {"Id": purchase["Id"], "SyncToken": "0"}
    await made(api, PATH, gone, operation="delete")
    assert company.purchases() == []
    read = await api.get(f"/purchase/{purchase['Id']}")
    assert read.json()["Fault"]["Error"][0]["code"] == "610"
    assert not any(company.trial_balance().values())


async def test_a_sparse_update_names_the_payment_type(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    purchase = await made(api, PATH, wanted)
    sparse = {"Id": purchase["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "204"}
    assert await refused(api, PATH, sparse) == (
        "2020",
        "Required parameter PaymentType is missing in the request",
    )
    changed = await made(api, PATH, sparse | {"PaymentType": "Check"})
    assert (changed["DocNumber"], changed["PrivateNote"]) == ("204", "credit returned")
    assert company.change("Purchase", purchase["Id"], DocNumber="205")["SyncToken"] == "2"


async def test_closed_books_take_none(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject
) -> None:
    company.preferences.book_close_date = date(2026, 11, 1)
    assert (await refused(api, PATH, wanted))[0] == "6210"
    assert company.purchases() == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"PaymentType": None}, "2020"),
        ({"PaymentType": "Barter"}, "2170"),
        ({"AccountRef": None}, "2020"),
        ({"AccountRef": reference("999")}, "2500"),
        ({"AccountRef": reference(CARD)}, "6000"),
        ({"PaymentType": "CreditCard"}, "6000"),
        ({"PaymentType": "CreditCard", "AccountRef": reference(CARD), "Credit": True}, "6000"),
        ({"EntityRef": None}, "6000"),
        ({"EntityRef": {"value": "1", "type": "Vendor"}}, "2500"),
        ({"EntityRef": {"value": "1", "type": "Friend"}}, "2170"),
        ({"Line": []}, "2020"),
        ({"Line": [{"Amount": 1}]}, "2020"),
        ({"Line": [{"Amount": 1, "DetailType": "ItemBasedExpenseLineDetail"}]}, "2170"),
        ({"Line": [{"Amount": 1, "DetailType": "AccountBasedExpenseLineDetail"}]}, "2020"),
        ({"Line": [spent("1", "999")]}, "2500"),
        ({"Line": [spent("-1")]}, "6000"),
        ({"Line": [spent("")]}, "2020"),
        ({"CurrencyRef": reference("EUR")}, "6000"),
        ({"DocNumber": "2" * 22}, "2050"),
        ({"PrivateNote": "n" * 4001}, "2050"),
        ({"CustomerRef": reference("1")}, "2010"),
    ],
)
async def test_what_cannot_be_an_expense_leaves_no_trace(
    api: httpx.AsyncClient, company: Company, wanted: JsonObject, wrong: JsonObject, code: str
) -> None:
    assert (await refused(api, PATH, wanted | wrong))[0] == code
    assert company.purchases() == []
    assert not any(company.trial_balance().values())


async def test_only_the_customers_own_debt_can_be_linked(company: Company, amy: str) -> None:
    bill = company.add_customer("Bill")["Id"]
    theirs = company.add_purchase(bill, "9")
    nobodys = company.add_purchase(amy, "9", Line=[spent("9", MISCELLANEOUS)])
    for purchase in (theirs, nobodys):
        with pytest.raises(FaultError, match="6000"):
            company.add_payment(amy, "9", Line=[applied("Expense", purchase["Id"], "9")])
    with pytest.raises(FaultError, match="610"):
        company.add_payment(amy, "9", Line=[applied("Check", theirs["Id"], "9")])
    assert company.receivables() == {"Bill": Decimal(9)}


async def test_a_line_may_name_the_customer_it_is_for(company: Company, amy: str) -> None:
    line = spent("9", MISCELLANEOUS)
    line["AccountBasedExpenseLineDetail"] |= {"CustomerRef": reference(amy)}
    purchase = company.add_purchase(amy, "9", EntityRef=None, Line=[line])
    detail = purchase["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["CustomerRef"] == {"value": amy, "name": "Amy"}
    assert detail["BillableStatus"] == "NotBillable"
    assert company.receivables() == {}
