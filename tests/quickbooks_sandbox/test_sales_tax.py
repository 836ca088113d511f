"""Companies that charge sales tax: where a sale needs a code on every line."""

import httpx
import pytest

from sandbox.quickbooks import Company, QuickBooks
from tests.quickbooks_sandbox.conftest import client_for
from tests.quickbooks_sandbox.posting import CHECKING, made, reference, refused, sold

NO_RATE = (
    "Business Validation Error: Make sure all your transactions have a {} rate before you save."
)


@pytest.mark.parametrize(
    ("country", "currency", "rate"),
    [("GB", "GBP", "VAT"), ("CA", "CAD", "GST/HST"), ("AU", "AUD", "GST"), ("FR", "EUR", "VAT")],
)
async def test_outside_the_us_a_sale_needs_a_rate_on_every_line(
    quickbooks: QuickBooks, country: str, currency: str, rate: str
) -> None:
    company = quickbooks.add_company(
        name="Marlow", country=country, currency=currency, sales_tax=True
    )
    customer = {"CustomerRef": reference(company.add_customer("Amy")["Id"])}
    bank = {"DepositToAccountRef": reference(CHECKING)}
    async with client_for(quickbooks, company) as api:
        preferences = (await api.get("/preferences")).json()["Preferences"]
        assert preferences["TaxPrefs"] == {"UsingSalesTax": True}
        for line in (
            sold("9"),
            *(sold("9", TaxCodeRef=reference(code)) for code in ("NON", "TAX")),
        ):
            lines = {"Line": [sold("1", TaxCodeRef=reference("20")), line]}
            assert await refused(api, "/invoice", customer | lines) == (
                "6000",
                NO_RATE.format(rate),
            )
            assert (await refused(api, "/refundreceipt", bank | lines))[0] == "6000"
        taxed = {"Line": [sold("9", TaxCodeRef=reference("20"))]}
        assert (await made(api, "/invoice", customer | taxed))["TotalAmt"] == 9
        assert (await made(api, "/refundreceipt", bank | taxed))["TotalAmt"] == 9
        assert (await made(api, "/payment", customer | {"TotalAmt": 5}))["UnappliedAmt"] == 5


async def test_a_person_there_picks_the_code(quickbooks: QuickBooks) -> None:
    company = quickbooks.add_company(name="Marlow", country="GB", currency="GBP", sales_tax=True)
    amy = company.add_customer("Amy")["Id"]
    company.add_invoice(amy, "9")
    company.add_refund_receipt(amy, "4")
    assert company.account_balance("Services") == -5


async def test_in_the_us_quickbooks_reckons_the_tax_by_itself(quickbooks: QuickBooks) -> None:
    company = quickbooks.add_company(name="Marlow", sales_tax=True)
    customer = {"CustomerRef": reference(company.add_customer("Amy")["Id"])}
    async with client_for(quickbooks, company) as api:
        preferences = (await api.get("/preferences")).json()["Preferences"]
        assert preferences["TaxPrefs"] == {"UsingSalesTax": True, "PartnerTaxEnabled": True}
        assert (await made(api, "/invoice", customer | {"Line": [sold("9")]}))["TotalAmt"] == 9


async def test_a_company_may_begin_to_charge_it(
    api: httpx.AsyncClient, quickbooks: QuickBooks, company: Company
) -> None:
    company.preferences.sales_tax = True
    assert company.preferences.sales_tax
    body = {"CustomerRef": reference(company.add_customer("Amy")["Id"]), "Line": [sold("9")]}
    assert (await made(api, "/invoice", body))["TotalAmt"] == 9  # In the US it changes nothing.
    abroad = quickbooks.add_company(name="Marlow", country="GB", currency="GBP")
    body = {"CustomerRef": reference(abroad.add_customer("Amy")["Id"]), "Line": [sold("9")]}
    async with client_for(quickbooks, abroad) as theirs:
        await made(theirs, "/invoice", body)
        abroad.preferences.sales_tax = True
        assert (await refused(theirs, "/invoice", body))[0] == "6000"
