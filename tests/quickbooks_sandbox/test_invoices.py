"""Invoices: totals, numbers, and what becomes of the payments on them."""

from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, FaultError
from sandbox.quickbooks.wire import JsonObject

SERVICES = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}


@pytest.fixture
def amy(company: Company) -> str:
    found: str = company.add_customer("Amy")["Id"]
    return found


async def test_quickbooks_adds_a_subtotal_and_fills_in_the_item(
    api: httpx.AsyncClient, amy: str
) -> None:
    line = {"DetailType": "SalesItemLineDetail", "Amount": 40, "SalesItemLineDetail": {}}
    answer = await api.post("/invoice", json={"CustomerRef": {"value": amy}, "Line": [line]})
    sold, subtotal = answer.json()["Invoice"]["Line"]
    assert sold["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert (subtotal["DetailType"], subtotal["Amount"]) == ("SubTotalLineDetail", 40)


async def test_a_discount_and_tax_are_part_of_the_total(company: Company, amy: str) -> None:
    discount = {"DetailType": "DiscountLineDetail"}
    percent = {"DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    invoice = company.add_invoice(
        amy,
        "0",
        Line=[SERVICES | {"Amount": 200}, discount | percent],
        TxnTaxDetail={"TotalTax": 9},
    )
    assert invoice["TotalAmt"] == Decimal("189.00")
    balance = company.trial_balance()
    assert balance["Discounts given"] == Decimal("20.00")
    assert balance["Sales Tax Payable"] == Decimal("-9.00")
    assert sum(balance.values()) == 0


async def test_numbers_go_on_from_the_last_invoice(company: Company, amy: str) -> None:
    company.add_invoice(amy, "1")
    company.add_invoice(amy, "1", DocNumber="2400")
    assert company.add_invoice(amy, "1")["DocNumber"] == "2401"


async def test_a_double_number_passes_while_quickbooks_numbers_by_itself(
    company: Company, amy: str
) -> None:
    company.add_invoice(amy, "1", DocNumber="7")
    company.add_invoice(amy, "1", DocNumber="7")
    assert [invoice["DocNumber"] for invoice in company.invoices()] == ["7", "7"]


async def test_a_double_number_is_refused_with_custom_numbers_unless_asked_for(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    company.preferences.custom_txn_numbers = True
    first = company.add_invoice(amy, "1", DocNumber="7")
    body = {"CustomerRef": {"value": amy}, "DocNumber": "7", "Line": [SERVICES | {"Amount": 1}]}
    error = (await api.post("/invoice", json=body)).json()["Fault"]["Error"][0]
    assert error["code"] == "6140"
    assert error["Detail"].endswith(
        f"DocNumber=7 is assigned to TxnType=Invoice with TxnId={first['Id']}"
    )
    allowed = await api.post("/invoice", json=body, params={"include": "allowduplicatedocnum"})
    assert allowed.status_code == 200
    assert "DocNumber" not in company.add_invoice(amy, "1")


async def test_voiding_a_paid_invoice_frees_the_payment(
    api: httpx.AsyncClient, company: Company, amy: str
) -> None:
    invoice = company.add_invoice(amy, "50", PrivateNote="June")
    company.add_payment(amy, "50", invoice_id=invoice["Id"])
    answer = await api.post(
        "/invoice", params={"operation": "void"}, json={"Id": invoice["Id"], "SyncToken": "1"}
    )
    voided = answer.json()["Invoice"]
    assert (voided["SyncToken"], voided["TotalAmt"], voided["Balance"]) == ("2", 0, 0)
    assert voided["PrivateNote"] == "Voided - June"
    assert all(line["Amount"] == 0 for line in voided["Line"])
    [payment] = company.payments()
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["Line"]) == (50, 50, [])
    assert company.account_balance("Services") == 0


async def test_deleting_a_paid_invoice_frees_the_payment(company: Company, amy: str) -> None:
    invoice = company.add_invoice(amy, "50")
    company.add_payment(amy, "50", invoice_id=invoice["Id"])
    company.delete("Invoice", invoice["Id"])
    [payment] = company.payments()
    assert (payment["UnappliedAmt"], payment["SyncToken"]) == (50, "1")
    assert sum(company.trial_balance().values()) == 0


async def test_voiding_one_of_two_invoices_leaves_the_others_share(
    company: Company, amy: str
) -> None:
    first, second = company.add_invoice(amy, "50")["Id"], company.add_invoice(amy, "30")["Id"]
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}
        for invoice_id, amount in ((first, "50"), (second, "30"))
    ]
    company.add_payment(amy, "80", Line=lines)
    company.void("Invoice", first)
    [payment] = company.payments()
    assert payment["UnappliedAmt"] == 50
    assert [line["LinkedTxn"][0]["TxnId"] for line in payment["Line"]] == [second]
    assert [invoice["Balance"] for invoice in company.invoices()] == [0, 0]


async def test_an_invoice_below_what_was_paid_gives_the_rest_back(
    company: Company, amy: str
) -> None:
    invoice = company.add_invoice(amy, "50")
    company.add_payment(amy, "30", invoice_id=invoice["Id"])
    company.add_payment(amy, "20", invoice_id=invoice["Id"])
    changed = company.change("Invoice", invoice["Id"], Line=[SERVICES | {"Amount": 35}])
    assert (changed["TotalAmt"], changed["Balance"]) == (35, 0)
    assert [payment["UnappliedAmt"] for payment in company.payments()] == [0, 15]


async def test_a_changed_note_leaves_the_payments_alone(company: Company, amy: str) -> None:
    invoice = company.add_invoice(amy, "50")
    company.add_payment(amy, "30", invoice_id=invoice["Id"])
    changed = company.change("Invoice", invoice["Id"], PrivateNote="call first")
    assert changed["Balance"] == 20
    assert company.payments()[0]["SyncToken"] == "0"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Line": []}, "2020"),
        ({"Line": [{"Amount": 1}]}, "2020"),
        ({"Line": [{"Amount": 1, "DetailType": "Magic"}]}, "2170"),
        ({"DocNumber": "1" * 22}, "2050"),
        (
            {
                "Line": [
                    {
                        "Amount": 9,
                        "DetailType": "SalesItemLineDetail",
                        "SalesItemLineDetail": {"UnitPrice": 2, "Qty": 3},
                    }
                ]
            },
            "6070",
        ),
        ({"Line": [SERVICES | {"Amount": -5}]}, "6000"),
        ({"Line": [SERVICES | {"Amount": 1}] * 10_001}, "2010"),
        ({"CustomerRef": {"value": "999"}}, "2500"),
    ],
)
async def test_what_cannot_be_an_invoice(
    company: Company, amy: str, wrong: JsonObject, code: str
) -> None:
    with pytest.raises(FaultError) as caught:
        company.add_invoice(amy, "10", **wrong)
    assert caught.value.code == code
    assert company.invoices() == []
