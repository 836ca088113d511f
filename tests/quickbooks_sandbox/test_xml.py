"""Whoever does not ask for JSON gets XML, from the gateway too."""

from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest

from sandbox.quickbooks import Company, Fault, Kind, QuickBooks

NAMESPACE = "{http://schema.intuit.com/finance/v3}"


@pytest.fixture
def xml(api: httpx.AsyncClient) -> httpx.AsyncClient:
    api.headers["Accept"] = "*/*"
    return api


def parse(answer: httpx.Response) -> Element:
    assert answer.headers["content-type"].startswith("application/xml")
    return fromstring(answer.text)  # noqa: S314 - It was made here, a moment ago.


async def test_an_object_is_an_element_with_references_as_text(
    xml: httpx.AsyncClient, company: Company
) -> None:
    customer = company.add_customer("Amy & Sons")
    company.add_payment(customer["Id"], "10.50")
    payment = parse(await xml.get("/payment/1"))[0]
    assert payment.attrib == {"domain": "QBO", "sparse": "false"}
    assert payment.findtext(f"{NAMESPACE}TotalAmt") == "10.50"
    reference = payment.find(f"{NAMESPACE}CustomerRef")
    assert reference is not None
    assert (reference.text, reference.get("name")) == (customer["Id"], "Amy & Sons")


async def test_query_rows_repeat_their_element(xml: httpx.AsyncClient, company: Company) -> None:
    company.add_customer("Amy")
    company.add_customer("Bill")
    answer = await xml.get("/query", params={"query": "select * from Customer"})
    response = parse(answer)[0]
    assert response.attrib == {"startPosition": "1", "maxResults": "2"}
    assert len(response.findall(f"{NAMESPACE}Customer")) == 2


async def test_a_fault_carries_code_and_element_as_attributes(xml: httpx.AsyncClient) -> None:
    fault = parse(await xml.get("/payment/1.5"))[0]
    assert fault.get("type") == "ValidationFault"
    assert fault[0].attrib == {"code": "2030", "element": "Id"}
    assert fault[0].findtext(f"{NAMESPACE}Message") == "Invalid ID"


async def test_the_gateway_speaks_xml_too(xml: httpx.AsyncClient, quickbooks: QuickBooks) -> None:
    quickbooks.faults.add(Fault(kind=Kind.THROTTLED))
    answer = await xml.get("/payment/1")
    fault = parse(answer)[0]
    assert (answer.status_code, fault.get("type"), fault[0].get("code")) == (429, "SERVICE", "3001")
