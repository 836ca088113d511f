"""What a sync engine asks about the newer kinds: by query, by change capture and in batches."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, ManualClock
from sandbox.quickbooks.wire import JsonObject
from tests.quickbooks_sandbox.posting import (
    CHECKING,
    applied,
    found,
    reference,
    sold,
    spent,
)

LATER = "MetaData.CreateTime >= '2026-11-02T09:01:00-08:00'"


@pytest.fixture
def books(company: Company, clock: ManualClock) -> Company:
    """Of each kind one for Amy at nine, and one for Bill a minute and a day later."""
    for name, on in (("Amy", "2026-11-01"), ("Bill", "2026-11-02")):
        customer_id = company.add_customer(name)["Id"]
        company.add_invoice(customer_id, "10", TxnDate=on)
        company.add_payment(customer_id, "10", TxnDate=on)
        company.add_refund_receipt(customer_id, "10", TxnDate=on)
        company.add_purchase(customer_id, "10", TxnDate=on)
        company.deposit(company.payments()[-1]["Id"])
        clock.advance(timedelta(minutes=1))
    return company


def ids(rows: list[JsonObject]) -> list[str]:
    return [row["Id"] for row in rows]


@pytest.mark.parametrize("entity", ["Invoice", "Payment", "RefundReceipt"])
async def test_transactions_are_found_by_customer_and_time(
    api: httpx.AsyncClient, books: Company, entity: str
) -> None:
    rows = {
        "Invoice": books.invoices,
        "Payment": books.payments,
        "RefundReceipt": books.refund_receipts,
    }
    first, second = ids(rows[entity]())
    assert await found(api, entity, "CustomerRef IN ('1','2')") == [first, second]
    assert await found(api, entity, f"CustomerRef = '2' AND {LATER}") == [second]
    assert await found(api, entity, f"CustomerRef = '1' AND {LATER}") == []
    assert await found(api, entity, "TxnDate >= '2026-11-02' AND TxnDate <= '2026-11-30'") == [
        second
    ]


async def test_expenses_and_deposits_are_found_by_time_and_date(
    api: httpx.AsyncClient, books: Company
) -> None:
    assert await found(api, "Purchase", LATER) == ids(books.purchases()[1:])
    assert await found(api, "Purchase", "TxnDate = '2026-11-01'") == ids(books.purchases()[:1])
    assert await found(api, "Purchase", "PaymentType = 'Cash'") == ids(books.purchases())
    assert await found(api, "Deposit", LATER) == ids(books.deposits()[1:])


async def test_an_invoice_is_found_by_its_number(api: httpx.AsyncClient, books: Company) -> None:
    number = books.invoices()[1]["DocNumber"]
    assert await found(api, "Invoice", f"DocNumber = '{number}'") == ids(books.invoices()[1:])


async def test_settings_are_found_as_a_form_offers_them(
    api: httpx.AsyncClient, company: Company
) -> None:
    income = {"IncomeAccountRef": reference("1")}
    hours = company.add("Item", Name="Hours", Type="Service", **income)["Id"]
    company.add("Item", Name="Seeds", Type="NonInventory", **income)
    gone = company.add("Item", Name="Miles", Type="Service", **income)["Id"]
    company.change("Item", gone, Active=False)
    assert await found(api, "Item", "Type = 'Service' AND Active = true") == ["1", hours]
    assert [item["Name"] for item in company.items()] == ["Services", "Hours", "Seeds"]
    types = "AccountType IN ('Bank','Other Current Asset','Accounts Receivable')"
    company.change("Account", "36", Active=False)
    assert await found(api, "Account", f"{types} AND Active = true") == ["4", "35", "84"]


async def test_clients_are_found_whether_active_or_not(
    api: httpx.AsyncClient, company: Company
) -> None:
    for name in ("Bird Sanctuary", "Bird House", "Cool Cars"):
        company.add_customer(name)
    company.change("Customer", "2", Active=False)
    where = "DisplayName LIKE 'bird%'"
    assert await found(api, "Customer", where) == ["1"]
    assert await found(api, "Customer", f"{where} AND Active IN (true, false)") == ["1", "2"]


async def test_change_capture_knows_the_newer_kinds(
    api: httpx.AsyncClient, books: Company, clock: ManualClock
) -> None:
    since = clock().isoformat()
    clock.advance(timedelta(minutes=1))
    deposit, refund = books.deposits()[0], books.refund_receipts()[0]
    books.delete("Deposit", deposit["Id"])
    books.void("RefundReceipt", refund["Id"])
    params = {"entities": "RefundReceipt,Purchase,Deposit,Payment", "changedSince": since}
    answer = (await api.get("/cdc", params=params)).json()
    refunds, purchases, deposits, payments = answer["CDCResponse"][0]["QueryResponse"]
    assert [row["TotalAmt"] for row in refunds["RefundReceipt"]] == [0]
    assert purchases == {}
    assert [(row["Id"], row["status"]) for row in deposits["Deposit"]] == [
        (deposit["Id"], "Deleted")
    ]
    assert ids(payments["Payment"]) == ids(books.payments()[:1])  # It stands free again.


async def test_a_batch_writes_the_newer_kinds(api: httpx.AsyncClient, company: Company) -> None:
    amy = company.add_customer("Amy")["Id"]
    payment = company.add_payment(amy, "100")
    refund = {"DepositToAccountRef": reference(CHECKING), "Line": [sold("10")]}
    purchase = {
        "PaymentType": "Cash",
        "AccountRef": reference(CHECKING),
        "EntityRef": {"value": amy, "type": "Customer"},
        "Line": [spent("40")],
    }
    items = [
        {"bId": "1", "operation": "create", "RefundReceipt": refund},
        {"bId": "2", "operation": "create", "Purchase": purchase},
        {"bId": "3", "operation": "create", "RefundReceipt": refund | {"Line": []}},
    ]
    answer = await api.post("/batch", json={"BatchItemRequest": items})
    first, second, third = answer.json()["BatchItemResponse"]
    assert first["RefundReceipt"]["TotalAmt"] == 10
    assert third["Fault"]["Error"][0]["code"] == "2020"
    expense_id = second["Purchase"]["Id"]
    full = {"Id": payment["Id"], "SyncToken": "0", "CustomerRef": reference(amy), "TotalAmt": 100}
    link = full | {"Line": [applied("Expense", expense_id, "40")]}
    gone = {"Id": first["RefundReceipt"]["Id"], "SyncToken": "0"}
    items = [
        {"bId": "1", "operation": "update", "Payment": link},
        {"bId": "2", "operation": "delete", "RefundReceipt": gone},
    ]
    await api.post("/batch", json={"BatchItemRequest": items})
    assert company.payments()[0]["UnappliedAmt"] == 60
    assert company.refund_receipts() == []
    assert company.receivables() == {"Amy": Decimal(-60)}
