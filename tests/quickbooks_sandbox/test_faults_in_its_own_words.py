"""Faults and objects held against recorded ones: the same keys, types and texts."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from sandbox.quickbooks import Company, Fault, Kind, ManualClock, QuickBooks
from sandbox.quickbooks.properties import KNOWN
from sandbox.quickbooks.wire import JsonObject


def recorded(samples: Path, name: str) -> JsonObject:
    found: JsonObject = json.loads((samples / "faults" / name).read_text())
    return found


def same_but_time(ours: JsonObject, theirs: JsonObject) -> bool:
    """Some recordings lost their time; where both have one, it is of one type."""
    if "time" in theirs and type(ours["time"]) is not type(theirs["time"]):
        return False
    return ours | {"time": 0} == theirs | {"time": 0}


async def test_an_unknown_entity_is_named(api: httpx.AsyncClient, samples: Path) -> None:
    answer = await api.get("/query", params={"query": "select * from Custmoer"})
    theirs = recorded(samples, "400_query_4001_unknown_entity.json")
    assert same_but_time(answer.json(), theirs)


async def test_an_id_with_a_fraction_is_no_id(api: httpx.AsyncClient, samples: Path) -> None:
    answer = await api.get("/customer/1.5")
    assert same_but_time(answer.json(), recorded(samples, "400_2030_invalid_id.json"))


async def test_a_path_too_long_is_an_unsupported_operation(
    api: httpx.AsyncClient, company: Company, samples: Path
) -> None:
    ours = (await api.get("/customer/1/5")).text.replace(company.realm_id, "-COMPANY_ID-")
    theirs = recorded(samples, "400_500_unsupported_operation.json")
    assert same_but_time(json.loads(ours), theirs)


async def test_a_taken_name_has_the_recorded_shape(
    api: httpx.AsyncClient, company: Company, samples: Path
) -> None:
    company.add_customer("Amy")
    ours = (await api.post("/customer", json={"DisplayName": "amy"})).json()
    theirs = recorded(samples, "400_6240_duplicate_name.json")
    [our_error], [their_error] = ours["Fault"]["Error"], theirs["Fault"]["Error"]
    assert our_error["Detail"].startswith(their_error["Detail"].removesuffix("null"))
    assert our_error | {"Detail": ""} == their_error | {"Detail": ""}


async def test_an_unknown_property_is_refused_with_a_list_of_the_known(
    api: httpx.AsyncClient, samples: Path
) -> None:
    ours = (await api.post("/invoice", json={"BadJson": 1})).json()
    theirs = recorded(samples, "400_2010_unknown_property_invoice.json")
    [our_error], [their_error] = ours["Fault"]["Error"], theirs["Fault"]["Error"]
    for error in (our_error, their_error):
        error["Detail"] = re.sub(r"\(\d+ known properties: .*\]\)", "(…)", error["Detail"])
    assert our_error == their_error
    their_list = json.loads((samples / "faults/invoice_known_properties_2020.json").read_text())
    assert set(their_list) <= KNOWN["Invoice"]


async def test_an_expired_token_is_the_gateways_business(
    api: httpx.AsyncClient, clock: ManualClock, samples: Path
) -> None:
    clock.advance(timedelta(hours=1))
    answer = await api.get("/customer/1")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    ours, theirs = answer.json(), recorded(samples, "401_3200_token_expired.json")
    for fault in (ours, theirs):
        error = fault["fault"]["error"][0]
        error["detail"] = error["detail"].partition(":")[0]
    assert same_but_time(ours, theirs)


async def test_a_token_too_short_is_malformed(api: httpx.AsyncClient, samples: Path) -> None:
    answer = await api.get("/customer/1", headers={"Authorization": "Bearer short"})
    assert same_but_time(answer.json(), recorded(samples, "401_3200_malformed_bearer.json"))


async def test_another_realms_token_is_not_authorized(
    api: httpx.AsyncClient, quickbooks: QuickBooks, samples: Path
) -> None:
    other = quickbooks.add_company(name="Second")
    answer = await api.get(f"http://quickbooks.test/v3/company/{other.realm_id}/customer/1")
    assert answer.status_code == 403
    theirs = recorded(samples, "403_3100_application_authorization_failed.json")
    assert same_but_time(answer.json(), theirs)


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        (Kind.THROTTLED, 429, "RECONSTRUCTED_429_3001.json"),
        (Kind.FAILED, 500, "500_3100_internal_server_error.json"),
        (Kind.FORBIDDEN, 403, "403_3100_application_authorization_failed.json"),
    ],
)
async def test_scripted_gateway_faults_look_recorded(
    api: httpx.AsyncClient,
    quickbooks: QuickBooks,
    samples: Path,
    kind: Kind,
    status: int,
    name: str,
) -> None:
    quickbooks.faults.add(Fault(kind=kind))
    answer = await api.get("/customer/1")
    assert answer.status_code == status
    assert same_but_time(answer.json(), recorded(samples, name))


async def test_an_unavailable_quickbooks_speaks_html(
    api: httpx.AsyncClient, quickbooks: QuickBooks, samples: Path
) -> None:
    quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE))
    answer = await api.get("/customer/1")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (503, "text/html")
    theirs = (samples / "faults" / "503_avi_vantage.html").read_text()
    assert answer.text.split() == theirs.split()


async def test_service_faults_match_word_for_word(
    api: httpx.AsyncClient, company: Company, samples: Path
) -> None:
    folder = samples / "json" / "exquickbooks"
    missing = json.loads((folder / "item/create_item_error.json").read_text())
    assert same_but_time((await api.post("/item", json={})).json(), missing)
    nowhere = json.loads((folder / "item/read_item_error.json").read_text())
    assert same_but_time((await api.get("/item/99")).json(), nowhere)
    unparsed = json.loads((folder / "api/query_error.json").read_text())
    answer = await api.get("/query", params={"query": "select * from NULL"})
    assert same_but_time(answer.json(), unparsed)
    stale = json.loads((folder / "item/update_item_error.json").read_text())
    item = company.find("Item", "1") or {}
    ours = await api.post("/item", json={"Id": "1", "SyncToken": "7", "Name": item["Name"]})
    text = ours.text.replace("Robin Mercer", "Leo Nikkilä")
    assert same_but_time(json.loads(text), stale)


def types_of(body: JsonObject) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in body.items()}


async def test_an_item_has_the_recorded_properties(api: httpx.AsyncClient, samples: Path) -> None:
    path = samples / "json/exquickbooks/api/query.json"
    theirs = json.loads(path.read_text(), parse_int=float)["QueryResponse"]["Item"][4]
    ours = (await api.get("/item/1")).json()["Item"]
    assert types_of(ours) == types_of(theirs)


async def test_preferences_have_the_recorded_groups(api: httpx.AsyncClient, samples: Path) -> None:
    path = samples / "json/exquickbooks/preferences/read_preferences.json"
    theirs = json.loads(path.read_text())["Preferences"]
    ours = (await api.get("/preferences")).json()["Preferences"]
    assert types_of(ours) == types_of(theirs)
    assert types_of(ours["AccountingInfoPrefs"]) == types_of(theirs["AccountingInfoPrefs"])


async def test_a_payment_line_shows_the_serialiser_as_recorded(
    api: httpx.AsyncClient, company: Company, samples: Path
) -> None:
    folder = samples / "json/invoiced/quickbooks_payment_importer"
    theirs = json.loads((folder / "qbo_payment_query_1.json").read_text())
    their_payment = theirs["QueryResponse"]["Payment"][0]
    customer = company.add_customer("Amy")["Id"]
    invoice = company.add_invoice(customer, "71")
    company.add_payment(customer, "65", invoice_id=invoice["Id"])
    ours = (await api.get("/query", params={"query": "select * from Payment"})).json()
    [payment] = ours["QueryResponse"]["Payment"]
    assert types_of(their_payment).items() <= types_of(payment).items()
    our_extras, their_extras = (
        each["Line"][0]["LineEx"]["any"] for each in (payment, their_payment)
    )
    for our, their in zip(our_extras, their_extras, strict=True):
        assert our | {"value": ""} == their | {"value": ""}
        assert our["value"]["Name"] == their["value"]["Name"]


async def test_an_invoice_has_what_recorded_ones_have(
    api: httpx.AsyncClient, company: Company, samples: Path
) -> None:
    folder = samples / "json/invoiced/quickbooks_invoice_importer"
    theirs = json.loads((folder / "quickbooks_invoice_importer_result_1.json").read_text())
    their_invoice = theirs["QueryResponse"]["Invoice"][0]
    made = company.add_invoice(company.add_customer("Amy")["Id"], Decimal(396))
    ours = (await api.get(f"/invoice/{made['Id']}")).json()["Invoice"]
    shared = types_of(ours).keys() & types_of(their_invoice).keys()
    assert {"Balance", "Line", "LinkedTxn", "TotalAmt", "DueDate", "CustomField"} <= shared
    for name in shared:
        assert types_of(ours)[name] == types_of(their_invoice)[name], name
