"""Where the public record is silent: what happens by default, and with the switch turned."""

import httpx
import pytest

from sandbox.quickbooks import Company, QuickBooks, Rules
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CHECKING,
    RECEIVABLE,
    applied,
    deposited,
    found,
    made,
    reference,
    refused,
    sold,
    spent,
)


@pytest.fixture
def amy(company: Company) -> str:
    customer_id: str = company.add_customer("Amy")["Id"]
    return customer_id


async def test_deleting_a_paid_invoice_gives_the_payment_its_credit(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    invoice = company.add_invoice(amy, "50")
    company.add_payment(amy, "50", invoice_id=invoice["Id"])
    gone = {"Id": invoice["Id"], "SyncToken": "1"}
    await made(api, "/invoice", gone, operation="delete")
    [payment] = company.payments()
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["SyncToken"]) == (50, 50, "1")


async def test_deleting_a_paid_invoice_can_be_refused(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, amy: str
) -> None:
    quickbooks.rules = Rules(deletes_paid_invoices=False)
    invoice = company.add_invoice(amy, "50")
    payment = company.add_payment(amy, "50", invoice_id=invoice["Id"])
    gone = {"Id": invoice["Id"], "SyncToken": "1"}
    assert (await refused(api, "/invoice", gone, operation="delete"))[0] == "6000"
    company.change("Payment", payment["Id"], Line=[])
    await made(api, "/invoice", gone | {"SyncToken": "2"}, operation="delete")
    assert company.invoices() == []


@pytest.mark.parametrize("kind", ["Invoice", "Expense"])
async def test_what_is_more_than_open_stays_unapplied(
    api: httpx.AsyncClient, company: Company, amy: str, kind: str
) -> None:
    target = _something_open(company, amy, kind)
    payment = await made(api, "/payment", _overpaying(amy, kind, target))
    assert (payment["UnappliedAmt"], payment["Line"][0]["Amount"]) == (25, 5)


@pytest.mark.parametrize("kind", ["Invoice", "Expense"])
async def test_what_is_more_than_open_can_be_refused(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, amy: str, kind: str
) -> None:
    quickbooks.rules = Rules(clamps_applied_amounts=False)
    target = _something_open(company, amy, kind)
    assert (await refused(api, "/payment", _overpaying(amy, kind, target)))[0] == "6000"
    exact = {"CustomerRef": reference(amy), "TotalAmt": 30, "Line": [applied(kind, target, "5")]}
    payment = await made(api, "/payment", exact)
    again = exact | {"Id": payment["Id"], "SyncToken": "0", "PrivateNote": "what it held, it keeps"}
    assert (await made(api, "/payment", again))["UnappliedAmt"] == 25


def _something_open(company: Company, customer_id: str, kind: str) -> str:
    add = company.add_invoice if kind == "Invoice" else company.add_purchase
    object_id: str = add(customer_id, "5")["Id"]
    return object_id


def _overpaying(customer_id: str, kind: str, target: str) -> JsonObject:
    customer = reference(customer_id)
    return {"CustomerRef": customer, "TotalAmt": 30, "Line": [applied(kind, target, "30")]}


def _naming_the_inactive(company: Company, amy: str) -> list[tuple[str, JsonObject]]:
    """One write for every reference that can name something inactive."""
    till = company.add("Account", Name="Till", AccountType="Bank")["Id"]
    fees = company.add("Account", Name="Fees", AccountType="Income")["Id"]
    item = company.add("Item", Name="Hours", IncomeAccountRef=reference("1"))["Id"]
    orphan = company.add("Item", Name="Miles", IncomeAccountRef=reference(fees))["Id"]
    bill = company.add_customer("Bill")["Id"]
    for entity, object_id in (
        ("Account", till),
        ("Account", fees),
        ("Item", item),
        ("PaymentMethod", "7"),
        ("Customer", bill),
    ):
        company.change(entity, object_id, Active=False)
    payment: JsonObject = {"CustomerRef": reference(amy), "TotalAmt": 20}
    refund: JsonObject = {"DepositToAccountRef": reference(CHECKING), "Line": [sold("1")]}
    purchase: JsonObject = {
        "PaymentType": "Cash",
        "AccountRef": reference(CHECKING),
        "EntityRef": {"value": amy, "type": "Customer"},
        "Line": [spent("1")],
    }
    waiting = company.add_payment(amy, "1")["Id"]
    return [
        ("/payment", payment | {"CustomerRef": reference(bill)}),
        ("/payment", payment | {"DepositToAccountRef": reference(till)}),
        ("/payment", payment | {"PaymentMethodRef": reference("7")}),
        ("/invoice", {"CustomerRef": reference(bill), "Line": [sold("1")]}),
        ("/invoice", {"CustomerRef": reference(amy), "Line": [sold("1", ItemRef=reference(item))]}),
        ("/refundreceipt", refund | {"DepositToAccountRef": reference(till)}),
        ("/refundreceipt", refund | {"Line": [sold("1", ItemRef=reference(item))]}),
        ("/refundreceipt", refund | {"Line": [sold("1", ItemRef=reference(orphan))]}),
        ("/refundreceipt", refund | {"CustomerRef": reference(bill)}),
        ("/refundreceipt", refund | {"PaymentMethodRef": reference("7")}),
        ("/purchase", purchase | {"AccountRef": reference(till)}),
        ("/purchase", purchase | {"EntityRef": {"value": bill, "type": "Customer"}}),
        ("/purchase", purchase | {"Line": [spent("1", till)]}),
        (
            "/deposit",
            {"DepositToAccountRef": reference(till), "Line": [deposited(waiting)]},
        ),
    ]


@pytest.mark.parametrize(
    ("rules", "code"), [(Rules(), "610"), (Rules(inactive_is_not_found=False), "2500")]
)
async def test_what_is_inactive_cannot_be_named(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    company: Company,
    amy: str,
    rules: Rules,
    code: str,
) -> None:
    quickbooks.rules = rules
    writes = _naming_the_inactive(company, amy)
    assert [(await refused(api, path, body))[0] for path, body in writes] == [code] * len(writes)
    assert company.receivables() == {"Amy": -1}


@pytest.mark.parametrize(
    ("rules", "code"), [(Rules(), "6000"), (Rules(wrong_account_breaks_a_rule=False), "2500")]
)
@pytest.mark.usefixtures("amy")
async def test_money_does_not_come_from_or_go_to_any_account(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, rules: Rules, code: str
) -> None:
    quickbooks.rules = rules
    wrong, waiting = reference(RECEIVABLE), company.add_payment("1", "1")["Id"]
    writes = [
        ("/payment", {"CustomerRef": reference("1"), "TotalAmt": 2, "DepositToAccountRef": wrong}),
        ("/refundreceipt", {"DepositToAccountRef": wrong, "Line": [sold("1")]}),
        ("/purchase", {"PaymentType": "Cash", "AccountRef": wrong, "Line": [spent("1", "14")]}),
        ("/deposit", {"DepositToAccountRef": wrong, "Line": [deposited(waiting)]}),
    ]
    assert [(await refused(api, path, body))[0] for path, body in writes] == [code] * len(writes)


async def test_a_purchase_is_not_found_by_its_payee(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    company.add_purchase(amy, "5")
    query = f"select * from Purchase where EntityRef = '{amy}'"  # noqa: S608 - QuickBooks' own.
    answer = await api.get("/query", params={"query": query})
    error = answer.json()["Fault"]["Error"][0]
    assert (error["code"], error["Detail"]) == (
        "4001",
        "QueryValidationError: property 'EntityRef' is not queryable",
    )


async def test_a_purchase_can_be_found_by_its_payee(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company, amy: str
) -> None:
    quickbooks.rules = Rules(finds_purchases_by_payee=True)
    bill = company.add_customer("Bill")["Id"]
    company.add_purchase(amy, "5")
    theirs = company.add_purchase(bill, "5")["Id"]
    assert await found(api, "Purchase", f"EntityRef = '{bill}'") == [theirs]
