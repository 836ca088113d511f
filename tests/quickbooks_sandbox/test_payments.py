"""Payments: what they settle, where the money lands, and what may be done to them later."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, QuickBooks, Rules
from sandbox.quickbooks.wire import JsonObject


def applied(invoice_id: str, amount: str) -> JsonObject:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}


@pytest.fixture
def amy(company: Company) -> JsonObject:
    """Her reference, as requests carry it."""
    return {"value": company.add_customer("Amy's Bird Sanctuary")["Id"]}


@pytest.fixture
def invoice_id(company: Company, amy: dict[str, str]) -> str:
    found: str = company.add_invoice(amy["value"], "239.00")["Id"]
    return found


async def post(api: httpx.AsyncClient, body: object, **params: str) -> JsonObject:
    answer = await api.post("/payment", json=body, params=params)
    assert answer.status_code == 200, answer.text
    payment: JsonObject = answer.json()["Payment"]
    return payment


async def code_of(api: httpx.AsyncClient, body: object, **params: str) -> str:
    answer = await api.post("/payment", json=body, params=params)
    assert answer.status_code == 400
    code: str = answer.json()["Fault"]["Error"][0]["code"]
    return code


async def test_a_payment_lands_in_undeposited_funds_and_leaves_receivables(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    await post(
        api, {"CustomerRef": amy, "TotalAmt": 100.10, "Line": [applied(invoice_id, "100.10")]}
    )
    assert company.account_balance("Undeposited Funds") == Decimal("100.10")
    assert company.account_balance("Accounts Receivable (A/R)") == Decimal("138.90")
    assert company.account_balance("Services") == Decimal("-239.00")


async def test_applying_a_payment_makes_another_version_of_the_invoice(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    payment = await post(
        api, {"CustomerRef": amy, "TotalAmt": 39, "Line": [applied(invoice_id, "39")]}
    )
    [invoice] = company.invoices()
    assert invoice["SyncToken"] == "1"
    assert invoice["Balance"] == Decimal("200.00")
    assert invoice["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]


async def test_more_than_is_open_is_accepted_and_stays_unapplied(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str]
) -> None:
    small = company.add_invoice(amy["value"], "5")["Id"]
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 30, "Line": [applied(small, "30")]})
    assert payment["UnappliedAmt"] == 25
    assert (company.find("Invoice", small) or {})["Balance"] == 0
    [customer] = company.customers()
    assert customer["Balance"] == Decimal(-25)


async def test_an_invoice_named_twice_is_settled_once(
    company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    lines = [applied(invoice_id, "200"), applied(invoice_id, "200")]
    payment = company.add_payment(amy["value"], "400", Line=lines)
    assert [line["Amount"] for line in payment["Line"]] == [200, 39]
    assert payment["UnappliedAmt"] == 161
    assert company.invoices()[0]["Balance"] == 0


async def test_an_empty_line_list_takes_the_payment_off_its_invoice(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    payment = await post(
        api, {"CustomerRef": amy, "TotalAmt": 239, "Line": [applied(invoice_id, "239")]}
    )
    changed = await post(api, payment | {"Line": []})
    [invoice] = company.invoices()
    assert (invoice["Balance"], invoice["LinkedTxn"]) == (Decimal("239.00"), [])
    assert invoice["SyncToken"] == "2"
    assert (changed["SyncToken"], changed["UnappliedAmt"]) == ("1", 239)


async def test_an_edit_that_leaves_the_links_alone_leaves_the_invoice_alone(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    payment = await post(
        api, {"CustomerRef": amy, "TotalAmt": 239, "Line": [applied(invoice_id, "239")]}
    )
    await post(api, payment | {"PrivateNote": "at the counter"})
    assert company.invoices()[0]["SyncToken"] == "1"


async def test_an_update_that_changes_nothing_keeps_the_sync_token(
    api: httpx.AsyncClient, amy: dict[str, str]
) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20})
    assert (await post(api, payment))["SyncToken"] == "0"


async def test_an_update_wants_the_full_object(api: httpx.AsyncClient, amy: dict[str, str]) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20})
    sparse = {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "late"}
    assert await code_of(api, sparse) == "2020"


async def test_sparse_updates_can_be_allowed(
    api: httpx.AsyncClient, quickbooks: QuickBooks, amy: dict[str, str]
) -> None:
    quickbooks.rules = Rules(sparse_payments=True)
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20, "PaymentRefNum": "77"})
    sparse = {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "late"}
    changed = await post(api, sparse)
    assert (changed["PrivateNote"], changed["PaymentRefNum"]) == ("late", "77")


async def test_a_full_update_forgets_what_it_leaves_out(
    api: httpx.AsyncClient, amy: dict[str, str]
) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20, "PaymentRefNum": "77"})
    changed = await post(
        api, {"Id": payment["Id"], "SyncToken": "0", "CustomerRef": amy, "TotalAmt": 21}
    )
    assert "PaymentRefNum" not in changed


async def test_a_void_keeps_the_id_and_nothing_else_of_worth(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    payment = await post(
        api,
        {"CustomerRef": amy, "TotalAmt": 239, "Line": [applied(invoice_id, "239")]},
    )
    voided = await post(api, payment, operation="update", include="void")
    assert (voided["Id"], voided["SyncToken"]) == (payment["Id"], "1")
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    assert company.invoices()[0]["Balance"] == Decimal("239.00")
    assert company.account_balance("Undeposited Funds") == 0


async def test_a_payment_has_no_operation_void(api: httpx.AsyncClient, amy: dict[str, str]) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20})
    assert await code_of(api, payment, operation="void") == "500"


async def test_a_deleted_payment_is_gone_and_says_so(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    payment = await post(
        api, {"CustomerRef": amy, "TotalAmt": 239, "Line": [applied(invoice_id, "239")]}
    )
    gone = {"Id": payment["Id"], "SyncToken": "0"}
    answer = await post(api, gone, operation="delete")
    assert answer == {"domain": "QBO", "status": "Deleted", "Id": payment["Id"]}
    assert company.payments() == []
    assert company.invoices()[0]["Balance"] == Decimal("239.00")
    assert await code_of(api, gone, operation="delete") == "610"
    read = await api.get(f"/payment/{payment['Id']}")
    assert (read.status_code, read.json()["Fault"]["Error"][0]["code"]) == (400, "610")


@pytest.mark.parametrize("operation", ["delete", "update"])
async def test_a_stale_sync_token_is_refused(
    api: httpx.AsyncClient, amy: dict[str, str], operation: str
) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20})
    await post(api, payment | {"TotalAmt": 30})
    assert await code_of(api, payment | {"TotalAmt": 40}, operation=operation) == "5010"


async def test_a_payment_on_a_deleted_invoice_is_refused(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str], invoice_id: str
) -> None:
    company.delete("Invoice", invoice_id)
    body = {"CustomerRef": amy, "TotalAmt": 9, "Line": [applied(invoice_id, "9")]}
    assert await code_of(api, body) == "610"
    assert company.payments() == []


async def test_a_payment_on_somebody_elses_invoice_is_refused(
    api: httpx.AsyncClient, company: Company, invoice_id: str
) -> None:
    other = {"value": company.add_customer("Bill's Windsurf Shop")["Id"]}
    body = {"CustomerRef": other, "TotalAmt": 9, "Line": [applied(invoice_id, "9")]}
    assert await code_of(api, body) == "6000"


async def test_a_parent_may_pay_for_its_job(api: httpx.AsyncClient, company: Company) -> None:
    parent = company.add_customer("Freeman")
    job = company.add_customer("Freeman roof", ParentRef={"value": parent["Id"]}, Job=True)
    invoice = company.add_invoice(job["Id"], "80")
    await post(
        api,
        {
            "CustomerRef": {"value": parent["Id"]},
            "TotalAmt": 80,
            "Line": [applied(invoice["Id"], "80")],
        },
    )
    above = company.find("Customer", parent["Id"]) or {}
    assert (above["Balance"], above["BalanceWithJobs"]) == (Decimal(-80), 0)


async def test_a_deposited_payment_cannot_be_changed(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str]
) -> None:
    payment = await post(api, {"CustomerRef": amy, "TotalAmt": 20})
    company.deposit(str(payment["Id"]))
    [deposited] = company.payments()
    assert await code_of(api, payment | {"SyncToken": "1", "TotalAmt": 30}) == "6540"
    gone = {"Id": payment["Id"], "SyncToken": deposited["SyncToken"]}
    assert await code_of(api, gone, operation="delete") == "6540"
    whole = payment | {"SyncToken": "1"}
    assert await code_of(api, whole, operation="update", include="void") == "6540"
    assert company.account_balance("Checking") == 20


async def test_closed_books_take_no_payment(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str]
) -> None:
    company.preferences.book_close_date = date(2026, 10, 31)
    wanted = {"CustomerRef": amy, "TotalAmt": 20, "TxnDate": "2026-10-31"}
    assert await code_of(api, wanted) == "6210"
    payment = await post(api, wanted | {"TxnDate": "2026-11-01"})
    company.preferences.book_close_date = date(2026, 11, 1)
    assert await code_of(api, payment, operation="delete") == "6210"
    assert len(company.payments()) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"CustomerRef": None}, "2020"),
        ({"TotalAmt": None}, "2020"),
        ({"TotalAmt": "a lot"}, "2010"),
        ({"TotalAmt": -1}, "6000"),
        ({"TotalAmt": 1e12}, "6000"),
        ({"CustomerRef": {"value": "999"}}, "2500"),
        ({"PaymentMethodRef": {"value": "999"}}, "2500"),
        ({"DepositToAccountRef": {"value": "999"}}, "2500"),
        ({"DepositToAccountRef": {"value": "84"}}, "6000"),
        ({"PaymentRefNum": "2" * 22}, "2050"),
        ({"PrivateNote": "n" * 4001}, "2050"),
        ({"TxnDate": "yesterday"}, "2010"),
        ({"BadJson": True}, "2010"),
        ({"Line": [{"Amount": 1, "BadJson": True}]}, "2010"),
        ({"Line": [{"Amount": 1}]}, "2020"),
        ({"Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": "x", "TxnType": "Invoice"}]}]}, "2030"),
        ({"Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": "1", "TxnType": "Song"}]}]}, "2170"),
        ({"CurrencyRef": {"value": "EUR"}}, "6000"),
    ],
)
async def test_what_quickbooks_refuses_leaves_no_trace(
    api: httpx.AsyncClient,
    company: Company,
    amy: dict[str, str],
    wrong: JsonObject,
    code: str,
) -> None:
    assert await code_of(api, {"CustomerRef": amy, "TotalAmt": 20} | wrong) == code
    assert company.payments() == []
    assert company.account_balance("Undeposited Funds") == 0


async def test_an_inactive_customer_cannot_be_named(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str]
) -> None:
    company.change("Customer", amy["value"], Active=False)
    assert await code_of(api, {"CustomerRef": amy, "TotalAmt": 20}) == "610"


async def test_cents_survive_the_wire_to_the_last_digit(
    api: httpx.AsyncClient, company: Company, amy: dict[str, str]
) -> None:
    content = f'{{"CustomerRef":{{"value":"{amy["value"]}"}},"TotalAmt":99999999999.99}}'
    answer = await api.post("/payment", content=content)
    assert '"TotalAmt":99999999999.99' in answer.text
    assert company.payments()[0]["TotalAmt"] == Decimal("99999999999.99")
