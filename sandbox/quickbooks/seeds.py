"""What a new company holds before anybody does anything, after the sandbox's own example."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks.books import Books
from sandbox.quickbooks.entities.lists import CLASSIFICATIONS
from sandbox.quickbooks.entities.names import CURRENCY_NAMES
from sandbox.quickbooks.wire import JsonObject

ACCOUNTS = (
    ("1", "Services", "Income", "ServiceFeeIncome"),
    ("4", "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("35", "Checking", "Bank", "Checking"),
    ("36", "Savings", "Bank", "Savings"),
    ("79", "Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("84", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("86", "Discounts given", "Income", "DiscountsRefundsGiven"),
    ("90", "Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("41", "Mastercard", "Credit Card", "CreditCard"),
    ("14", "Miscellaneous", "Expense", "OtherMiscellaneousServiceCost"),
)
CHECKING, RECEIVABLE = "35", "84"
PAYMENT_METHODS = (
    ("1", "Cash", "NON_CREDIT_CARD"),
    ("2", "Check", "NON_CREDIT_CARD"),
    ("3", "Visa", "CREDIT_CARD"),
    ("4", "MasterCard", "CREDIT_CARD"),
    ("5", "Discover", "CREDIT_CARD"),
    ("6", "American Express", "CREDIT_CARD"),
    ("7", "Diners Club", "CREDIT_CARD"),
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a new company says about itself."""

    name: str
    country: str
    currency: str
    sales_tax: bool  # Outside the US, no sale is then saved without a tax code on every line.


def plant(books: Books, profile: Profile) -> None:
    currency, name, country = profile.currency, profile.name, profile.country
    home = {"value": currency, "name": CURRENCY_NAMES.get(currency, currency)}
    work = books.begin()
    for account_id, label, kind, subtype in ACCOUNTS:
        work.put("Account", account_id, _account(label, kind, subtype, home))
    for method_id, label, kind in PAYMENT_METHODS:
        work.put("PaymentMethod", method_id, {"Name": label, "Active": True, "Type": kind})
    work.put("Item", "1", _services())
    work.put("CompanyInfo", "1", _company_info(name, country))
    work.put("Preferences", "1", _preferences(name, home) | _taxes(country, on=profile.sales_tax))
    work.commit()
    books.changes.clear()  # Nobody was subscribed yet.


def _account(label: str, kind: str, subtype: str, home: JsonObject) -> JsonObject:
    return {
        "Name": label,
        "SubAccount": False,
        "FullyQualifiedName": label,
        "Active": True,
        "Classification": CLASSIFICATIONS[kind],
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": Decimal(0),
        "CurrentBalanceWithSubAccounts": Decimal(0),
        "CurrencyRef": home,
    }


def _services() -> JsonObject:
    return {
        "Name": "Services",
        "Active": True,
        "FullyQualifiedName": "Services",
        "Taxable": False,
        "UnitPrice": Decimal(0),
        "Type": "Service",
        "IncomeAccountRef": {"value": "1", "name": "Services"},
        "PurchaseCost": Decimal(0),
        "TrackQtyOnHand": False,
    }


def _company_info(name: str, country: str) -> JsonObject:
    address = {"Id": "1", "Line1": "12 Quay Street", "City": "Harbourton", "Country": country}
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "CompanyStartDate": "2020-01-01",
        "FiscalYearStartMonth": "January",
        "Country": country,
        "Email": {"Address": "books@example.com"},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
        ],
    }


def _preferences(name: str, home: JsonObject) -> JsonObject:
    message = {"Subject": f"Invoice from {name}", "Message": "Please find it attached."}
    return {
        "AccountingInfoPrefs": {
            "TrackDepartments": False,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": False,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": False,
            "AllowDiscount": True,
            "DefaultDiscountAccount": "86",
            "AllowEstimates": True,
            "ETransactionEnabledStatus": "NotApplicable",
            "ETransactionAttachPDF": False,
            "ETransactionPaymentEnabled": False,
            "IPNSupportEnabled": False,
            "AllowServiceDate": False,
            "AllowShipping": False,
            "DefaultTerms": {"value": "3"},
            "UsingPriceLevels": False,
            "DefaultCustomerMessage": "Thank you.",
        },
        "EmailMessagesPrefs": {"InvoiceMessage": message},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": home["value"]}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultItem", "Value": "1"}]},
    }


def _taxes(country: str, *, on: bool) -> JsonObject:
    """Only in the US does QuickBooks reckon the tax by itself."""
    automated = {"PartnerTaxEnabled": True} if on and country == "US" else {}
    return {"TaxPrefs": {"UsingSalesTax": on} | automated}
