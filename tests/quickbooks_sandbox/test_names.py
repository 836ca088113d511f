"""Customers, vendors and employees share one set of names."""

import httpx
import pytest

from sandbox.quickbooks import Company, FaultError
from sandbox.quickbooks.wire import JsonObject


async def code_of(api: httpx.AsyncClient, path: str, body: object) -> tuple[int, str]:
    answer = await api.post(path, json=body)
    return answer.status_code, answer.json()["Fault"]["Error"][0]["code"]


@pytest.mark.parametrize("path", ["/customer", "/vendor", "/employee"])
async def test_a_name_is_taken_in_all_three_lists_whatever_its_case(
    api: httpx.AsyncClient, company: Company, path: str
) -> None:
    company.add_vendor("Norton Lumber")
    assert await code_of(api, path, {"DisplayName": "norton LUMBER"}) == (400, "6240")


async def test_the_fault_says_whether_the_same_list_holds_the_name(company: Company) -> None:
    company.add_customer("Amy")
    with pytest.raises(FaultError, match="Another customer is already using"):
        company.add_customer("amy")
    with pytest.raises(FaultError, match="Another customer, vendor or employee is already using"):
        company.add_employee("AMY")


async def test_a_deactivated_customer_gives_its_name_back(
    api: httpx.AsyncClient, company: Company
) -> None:
    first = company.add_customer("Amy")
    sparse = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    gone = (await api.post("/customer", json=sparse)).json()["Customer"]
    assert (gone["DisplayName"], gone["Active"]) == ("Amy (deleted)", False)
    company.change("Customer", company.add_customer("Amy")["Id"], Active=False)
    names = {(company.find("Customer", number) or {})["DisplayName"] for number in ("1", "2")}
    assert names == {"Amy (deleted)", "Amy (deleted 2)"}
    assert company.customers() == []


async def test_a_reactivated_customer_wants_its_name_again(company: Company) -> None:
    first = company.add_customer("Amy")
    company.change("Customer", first["Id"], Active=False)
    second = company.add_customer("Amy")
    with pytest.raises(FaultError, match="6240"):
        company.change("Customer", first["Id"], Active=True)
    company.change("Customer", second["Id"], DisplayName="Amy Lauterbach")
    assert company.change("Customer", first["Id"], Active=True)["DisplayName"] == "Amy"


async def test_a_name_is_made_of_its_parts_where_none_is_given(api: httpx.AsyncClient) -> None:
    answer = await api.post("/customer", json={"GivenName": "Ada", "FamilyName": "Byron"})
    assert answer.json()["Customer"]["DisplayName"] == "Ada Byron"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "2020"),
        ({"DisplayName": "a:b"}, "2040"),
        ({"DisplayName": "n" * 501}, "2050"),
        ({"DisplayName": "n", "Notes": "n" * 2001}, "2050"),
        ({"DisplayName": "n", "PrimaryEmailAddr": {"Address": "nowhere"}}, "2210"),
        ({"DisplayName": "n", "Nickname": "m"}, "2010"),
        ({"DisplayName": "n", "CurrencyRef": {"value": "EUR"}}, "6000"),
    ],
)
async def test_what_cannot_be_a_customer(
    api: httpx.AsyncClient, company: Company, body: JsonObject, code: str
) -> None:
    assert await code_of(api, "/customer", body) == (400, code)
    assert company.customers() == []


async def test_a_sparse_update_keeps_what_it_does_not_name(
    api: httpx.AsyncClient, company: Company
) -> None:
    made = company.add_customer("Amy", Notes="prefers cash")
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Amy L."}
    changed = (await api.post("/customer", json=sparse)).json()["Customer"]
    assert (changed["DisplayName"], changed["Notes"]) == ("Amy L.", "prefers cash")


async def test_a_full_update_forgets_what_it_leaves_out(
    api: httpx.AsyncClient, company: Company
) -> None:
    made = company.add_customer("Amy", Notes="prefers cash")
    full = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "Amy"}
    assert "Notes" not in (await api.post("/customer", json=full)).json()["Customer"]


async def test_a_balance_is_shown_without_another_version(company: Company) -> None:
    amy = company.add_customer("Amy")
    company.add_invoice(amy["Id"], "12.50")
    [customer] = company.customers()
    assert (customer["Balance"], customer["SyncToken"]) == (
        company.account_balance(RECEIVABLE),
        "0",
    )


RECEIVABLE = "Accounts Receivable (A/R)"


async def test_what_a_sparse_update_names_blank_goes(
    api: httpx.AsyncClient, company: Company
) -> None:
    made = company.add_customer("Amy", Notes="prefers cash", CompanyName="Birds")
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": ""}
    changed = (await api.post("/customer", json=sparse)).json()["Customer"]
    assert "Notes" not in changed
    assert changed["CompanyName"] == "Birds"


async def test_a_job_is_named_under_its_parent(company: Company) -> None:
    parent = company.add_customer("Freeman")
    job = company.add_customer("Roof", ParentRef={"value": parent["Id"]}, Job=True)
    assert (job["DisplayName"], job["FullyQualifiedName"]) == ("Roof", "Freeman:Roof")
    assert job["ParentRef"] == {"value": parent["Id"], "name": "Freeman"}
    with pytest.raises(FaultError, match="2500"):
        company.add_customer("Cellar", ParentRef={"value": "999"})
