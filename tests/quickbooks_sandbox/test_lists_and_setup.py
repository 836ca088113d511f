"""Accounts, payment methods, items, and the two objects a company has one of."""

from datetime import timedelta, timezone
from decimal import Decimal

import httpx
import pytest

from sandbox.quickbooks import Company, QuickBooks
from sandbox.quickbooks.wire import JsonObject


async def rows(api: httpx.AsyncClient, entity: str, where: str = "") -> list[JsonObject]:
    query = f"select * from {entity} {where}"  # noqa: S608 - QuickBooks' query language.
    answer = await api.get("/query", params={"query": query})
    assert answer.status_code == 200, answer.text
    found: list[JsonObject] = answer.json()["QueryResponse"].get(entity, [])
    return found


async def test_a_company_starts_as_the_sandbox_does(api: httpx.AsyncClient) -> None:
    [funds] = await rows(api, "Account", "where AccountSubType = 'UndepositedFunds'")
    assert (funds["Id"], funds["Name"]) == ("4", "Undeposited Funds")
    assets = "where AccountType in ('Bank','Other Current Asset') and Active = true"
    assert {row["Id"] for row in await rows(api, "Account", assets)} == {"4", "35", "36"}
    methods = {row["Name"]: row["Id"] for row in await rows(api, "PaymentMethod")}
    assert (methods["Cash"], methods["Check"], methods["Visa"]) == ("1", "2", "3")
    [item] = await rows(api, "Item", "where Type = 'Service'")
    assert (item["Id"], item["Name"]) == ("1", "Services")


async def test_another_deposit_account_gets_the_money(
    api: httpx.AsyncClient, company: Company
) -> None:
    made = await api.post("/account", json={"Name": "Till", "AccountType": "Bank"})
    till = made.json()["Account"]
    assert (till["Classification"], till["AccountSubType"]) == ("Asset", "Checking")
    customer = company.add_customer("Amy")["Id"]
    company.add_payment(customer, "12", DepositToAccountRef={"value": till["Id"]})
    assert company.account_balance("Till") == Decimal(12)
    shown = (await api.get(f"/account/{till['Id']}")).json()["Account"]
    assert (shown["CurrentBalance"], shown["SyncToken"]) == (12, "0")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/account", {"Name": "Checking", "AccountType": "Bank"}, "6240"),
        ("/account", {"Name": "Till"}, "2020"),
        ("/account", {"Name": "Till", "AccountType": "Pocket"}, "2170"),
        ("/paymentmethod", {"Name": "n" * 32}, "2050"),
        ("/paymentmethod", {"Name": "cash"}, "6240"),
        ("/paymentmethod", {"Name": "Barter", "Type": "GOODS"}, "2170"),
        ("/item", {"Name": "Hours"}, "2020"),
        ("/item", {"Name": "Hours", "IncomeAccountRef": {"value": "999"}}, "2500"),
        ("/item", {"Name": "services", "IncomeAccountRef": {"value": "1"}}, "6240"),
        ("/song", {"Name": "Hours"}, "500"),
        ("/item/1", {"Name": "Hours"}, "500"),
        ("/companyinfo", {"CompanyName": "Another"}, "500"),
        ("/item?operation=delete", {"Id": "1", "SyncToken": "0"}, "500"),
        ("/item?operation=fly", {"Id": "1", "SyncToken": "0"}, "500"),
    ],
)
async def test_what_is_refused(
    api: httpx.AsyncClient, path: str, body: JsonObject, code: str
) -> None:
    answer = await api.post(path, json=body)
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, code)


async def test_a_deactivated_payment_method_is_marked(api: httpx.AsyncClient) -> None:
    sparse = {"Id": "7", "SyncToken": "0", "sparse": True, "Active": False}
    gone = (await api.post("/paymentmethod", json=sparse)).json()["PaymentMethod"]
    assert gone["Name"] == "Diners Club (deleted)"
    assert len(await rows(api, "PaymentMethod")) == 6


async def test_a_line_is_booked_on_its_items_account(
    api: httpx.AsyncClient, company: Company
) -> None:
    wanted = {"Name": "Seeds", "Type": "NonInventory", "IncomeAccountRef": {"value": "79"}}
    item = (await api.post("/item", json=wanted)).json()["Item"]
    line = {
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "UnitPrice": 2.5, "Qty": 3},
    }
    company.add_invoice(company.add_customer("Amy")["Id"], "0", Line=[line])
    assert company.account_balance("Sales of Product Income") == Decimal("-7.50")


async def test_an_account_shows_every_line_that_is_booked_on_it(
    api: httpx.AsyncClient, company: Company
) -> None:
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 10,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    invoice = company.add_invoice(company.add_customer("Amy")["Id"], "10")
    company.change("Invoice", invoice["Id"], Line=[line, line])
    services = (await api.get("/account/1")).json()["Account"]
    assert services["CurrentBalance"] == 20
    assert company.account_balance("Services") == Decimal(-20)


async def test_a_deactivated_account_keeps_its_balance(company: Company) -> None:
    till = company.add("Account", Name="Till", AccountType="Bank")["Id"]
    amy = company.add_customer("Amy")["Id"]
    company.add_payment(amy, "12", DepositToAccountRef={"value": till})
    company.change("Account", till, Active=False)
    assert company.account_balance("Till (deleted)") == Decimal(12)
    assert till not in {account["Id"] for account in company.accounts()}


async def test_a_deactivated_item_keeps_its_sales(api: httpx.AsyncClient, company: Company) -> None:
    invoice = company.add_invoice(company.add_customer("Amy")["Id"], "10")
    sparse = {"Id": "1", "SyncToken": "0", "sparse": True, "Active": False}
    gone = (await api.post("/item", json=sparse)).json()["Item"]
    assert (gone["Name"], company.items()) == ("Services (deleted)", [])
    company.void("Invoice", invoice["Id"])
    assert not any(company.trial_balance().values())


async def test_company_info_is_read_by_realm_and_changed_sparsely(
    api: httpx.AsyncClient, company: Company
) -> None:
    info = (await api.get(f"/companyinfo/{company.realm_id}")).json()["CompanyInfo"]
    assert (info["Id"], info["CompanyName"], info["Country"]) == ("1", "Larkspur Accounting", "US")
    sparse = {"Id": "1", "SyncToken": "0", "sparse": True, "LegalName": "Larkspur LLP"}
    changed = (await api.post("/companyinfo", json=sparse)).json()["CompanyInfo"]
    assert (changed["LegalName"], changed["SyncToken"]) == ("Larkspur LLP", "1")


async def test_closing_the_books_by_api_closes_them(
    api: httpx.AsyncClient, company: Company
) -> None:
    wanted = {
        "Id": "1",
        "SyncToken": "0",
        "sparse": True,
        "AccountingInfoPrefs": {"BookCloseDate": "2026-12-31"},
    }
    changed = (await api.post("/preferences", json=wanted)).json()["Preferences"]
    assert changed["AccountingInfoPrefs"]["CustomerTerminology"] == "Customers"
    customer = {"value": company.add_customer("Amy")["Id"]}
    refused = await api.post("/payment", json={"CustomerRef": customer, "TotalAmt": 1})
    assert refused.json()["Fault"]["Error"][0]["code"] == "6210"
    assert company.payments() == []


async def test_another_currency_needs_the_companys_leave(
    api: httpx.AsyncClient, company: Company
) -> None:
    euro = {"DisplayName": "Anna", "CurrencyRef": {"value": "EUR"}}
    assert (await api.post("/customer", json=euro)).status_code == 400
    company.preferences.multi_currency = True
    made = (await api.post("/customer", json=euro)).json()["Customer"]
    assert made["CurrencyRef"]["value"] == "EUR"


def test_a_company_elsewhere_has_its_own_money_and_time(quickbooks: QuickBooks) -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    company = quickbooks.add_company(name="Marigold", country="IN", currency="INR", offset=india)
    customer = company.add_customer("Asha")
    assert customer["CurrencyRef"]["value"] == "INR"
    assert customer["MetaData"]["CreateTime"] == "2026-11-02T22:30:00+05:30"
    assert company.add_payment(customer["Id"], "1")["TxnDate"] == "2026-11-02"
