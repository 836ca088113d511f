"""Which properties each object knows, how long its texts may be, and what can be queried."""

from enum import Enum


class Sort(Enum):
    """How a queryable property compares."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"


def words(text: str) -> list[str]:
    return text.split()


_COMMON = "Id SyncToken MetaData domain sparse status CustomField AttachableRef"
_NAMED = f"""{_COMMON} Title GivenName MiddleName FamilyName Suffix FullyQualifiedName DisplayName
    PrintOnCheckName Active IntuitId Organization UserId NameAndId"""
_TRANSACTION = f"""{_COMMON} DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote
    TxnStatus LinkedTxn Line TxnTaxDetail TxnSource TaxFormType TaxFormNum
    TransactionLocationType Tag TxnApprovalInfo RecurDataRef RecurringInfo ProjectRef"""
_NAME_FIELDS = """CompanyName PrimaryPhone AlternatePhone Mobile Fax PrimaryEmailAddr WebAddr
    OtherContactInfo OtherAddr BillAddr ShipAddr ContactName AltContactName Notes AcctNum
    TaxIdentifier TaxRegime BusinessNumber GSTIN GSTRegistrationType CurrencyRef HasTPAR Source"""

_SALE = f"""{_TRANSACTION} AutoDocNumber CustomerRef CustomerMemo BillAddr ShipAddr FreeFormAddress
    RemitToRef ClassRef SalesTermRef DueDate SalesRepRef PONumber FOB ShipMethodRef ShipDate
    TrackingNum GlobalTaxCalculation TotalAmt HomeTotalAmt ApplyTaxAfterDiscount TemplateRef
    PrintStatus EmailStatus BillEmail BillEmailCc BillEmailBcc ARAccountRef Balance HomeBalance
    FinanceCharge PaymentMethodRef PaymentRefNum PaymentType CheckPayment CreditCardPayment
    DepositToAccountRef DeliveryInfo DiscountRate DiscountAmt GovtTxnRefIdentifier TaxExemptionRef
    ShipFromAddr"""

KNOWN: dict[str, frozenset[str]] = {
    name: frozenset(words(names))
    for name, names in {
        "Customer": f"""{_NAMED} {_NAME_FIELDS} DefaultTaxCodeRef Taxable TaxExemptionReasonId
            Job BillWithParent RootCustomerRef ParentRef Level CustomerTypeRef SalesTermRef
            SalesRepRef PaymentMethodRef CCDetail PriceLevelRef Balance OpenBalanceDate
            BalanceWithJobs CreditLimit OverDueBalance TotalRevenue TotalExpense
            PreferredDeliveryMethod ResaleNum JobInfo TDSEnabled CustomerEx IsProject ClientEntityId
            SecondaryTaxIdentifier PrimaryTaxIdentifier ARAccountRef V4IDPseudonym""",
        "Vendor": f"""{_NAMED} {_NAME_FIELDS} TaxCountry TaxReportingBasis TermRef PrefillAccountRef
            Balance BillRate OpenBalanceDate CreditLimit Vendor1099 T4AEligible T5018Eligible
            VendorTypeRef TDSEnabled TDSEntityTypeId TDSSectionTypeId TDSOverrideThreshold
            VendorEx APAccountRef DefaultTaxCodeRef CostRate VendorPaymentBankDetail""",
        "Employee": f"""{_NAMED} PrimaryPhone Mobile PrimaryEmailAddr PrimaryAddr EmployeeType
            EmployeeNumber SSN BillRate CostRate BirthDate Gender HiredDate ReleasedDate
            UseTimeEntry BillableTime EmployeeEx Notes""",
        "Account": f"""{_COMMON} Name SubAccount ParentRef Description FullyQualifiedName
            AccountAlias TxnLocationType Active Classification AccountType AccountSubType
            AccountPurposes AcctNum AcctNumExtn BankNum OpeningBalance OpeningBalanceDate
            CurrentBalance CurrentBalanceWithSubAccounts CurrencyRef TaxAccount TaxCodeRef
            OnlineBankingEnabled FIName JournalCodeRef AccountEx""",
        "PaymentMethod": f"{_COMMON} Name Active Type PaymentMethodEx",
        "Item": f"""{_COMMON} Name Sku Description Active SubItem ParentRef Level
            FullyQualifiedName Taxable SalesTaxIncluded PercentBased UnitPrice RatePercent Type
            PaymentMethodRef UOMSetRef IncomeAccountRef PurchaseDesc PurchaseTaxIncluded
            PurchaseCost ExpenseAccountRef COGSAccountRef AssetAccountRef PrefVendorRef AvgCost
            TrackQtyOnHand QtyOnHand QtyOnPurchaseOrder QtyOnSalesOrder ReorderPoint ManPartNum
            DepositToAccountRef SalesTaxCodeRef PurchaseTaxCodeRef InvStartDate BuildPoint
            PrintGroupedItems SpecialItem SpecialItemType ItemGroupDetail ItemAssemblyDetail
            AbatementRate ReverseChargeRate ServiceType ItemCategoryType TaxClassificationRef
            UQCDisplayText UQCId ClassRef ItemEx DeferredRevenue""",
        "Invoice": f"""{_SALE} Deposit AllowIPNPayment AllowOnlinePayment
            AllowOnlineCreditCardPayment AllowOnlineACHPayment AllowOnlinePayPalPayment
            EInvoiceStatus ECloudStatusTimeStamp invoiceStatus invoiceStatusLog callToAction
            InvoiceEx LessCIS InvoiceLink InvoiceLinkSecurityCode InvoiceLinkExpiryDate
            PaymentDetailsMessage ConvenienceFeeDetail SubscriptionEmail CostEnvelope""",
        "RefundReceipt": f"{_SALE} RemainingCredit RefundReceiptEx",
        "Purchase": f"""{_TRANSACTION} AccountRef PaymentMethodRef PaymentRefNum PaymentType
            CheckPayment CreditCardPayment EntityRef Credit RemitToAddr TotalAmt HomeTotalAmt
            PurchaseEx TxnNum Memo PrintStatus GlobalTaxCalculation IncludeInAnnualTPAR""",
        "Deposit": f"""{_TRANSACTION} DepositToAccountRef ClassRef GlobalTaxCalculation CashBack
            TotalAmt HomeTotalAmt DepositEx""",
        "Payment": f"""{_TRANSACTION} CustomerRef RemitToRef ARAccountRef DepositToAccountRef
            PaymentMethodRef PaymentRefNum PaymentType CheckPayment CreditCardPayment TotalAmt
            HomeTotalAmt UnappliedAmt ProcessPayment PaymentEx PaymentExtendedType
            TaxExemptionRef""",
        "CompanyInfo": f"""{_COMMON} CompanyName LegalName CompanyAddr CustomerCommunicationAddr
            LegalAddr CompanyEmailAddr CustomerCommunicationEmailAddr CompanyURL PrimaryPhone
            OtherContactInfo CompanyFileName FlavorStratum SampleFile CompanyUserId
            CompanyUserAdminEmail CompanyStartDate EmployerId FiscalYearStartMonth
            TaxYearStartMonth QBVersion Country ShipAddr OtherAddr Mobile Fax Email WebAddr
            LastImportedTime LastSyncTime SupportedLanguages DefaultTimeZone MultiByteCharsSupported
            NameValue FifoCalculationStatus QboIndustryType CompanyInfoEx""",
        "Preferences": f"""{_COMMON} AccountingInfoPrefs AdvancedInventoryPrefs
            ProductAndServicesPrefs SalesFormsPrefs EmailMessagesPrefs PrintDocumentPrefs
            VendorAndPurchasesPrefs TimeTrackingPrefs TaxPrefs FinanceChargesPrefs CurrencyPrefs
            ReportPrefs OtherPrefs""",
    }.items()
}
KNOWN_IN_LINE = frozenset(
    words("""Id LineNum Description Amount Received LinkedTxn DetailType PaymentLineDetail
    DiscountLineDetail TaxLineDetail SalesItemLineDetail DescriptionLineDetail
    ItemBasedExpenseLineDetail AccountBasedExpenseLineDetail GroupLineDetail SubTotalLineDetail
    SubtotalLineDetail DepositLineDetail CustomField LineEx ProjectRef CostEnvelope
    TDSLineDetail""")
)
KNOWN_IN_REFERENCE = frozenset({"value", "name", "type"})

# Dots lead into an inner object. Longest accepted length, in characters.
_NAME_LENGTHS = {
    "Title": 16,
    "GivenName": 100,
    "MiddleName": 100,
    "FamilyName": 100,
    "Suffix": 16,
    "DisplayName": 500,
    "CompanyName": 100,
    "PrintOnCheckName": 110,
    "PrimaryPhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30,
    "PrimaryEmailAddr.Address": 100,
    "BillAddr.Line1": 500,
    "BillAddr.City": 255,
    "Notes": 2000,
}
LENGTHS: dict[str, dict[str, int]] = {
    "Customer": _NAME_LENGTHS | {"ResaleNum": 16},
    "Vendor": _NAME_LENGTHS | {"AcctNum": 100},
    "Employee": _NAME_LENGTHS | {"EmployeeNumber": 100},
    "Account": {"Name": 100, "AcctNum": 7, "Description": 100},
    "PaymentMethod": {"Name": 31},
    "Item": {"Name": 100, "Sku": 100, "Description": 4000, "PurchaseDesc": 1000},
    "Invoice": {"DocNumber": 21, "PrivateNote": 4000, "CustomerMemo.value": 1000},
    "Payment": {"PaymentRefNum": 21, "PrivateNote": 4000},
    "RefundReceipt": {
        "DocNumber": 21,
        "PaymentRefNum": 21,
        "PrivateNote": 4000,
        "CustomerMemo.value": 1000,
    },
    "Purchase": {"DocNumber": 21, "PrivateNote": 4000},
    "Deposit": {"PrivateNote": 4000},
    "CompanyInfo": {"CompanyName": 1024, "LegalName": 1024},
    "Preferences": {},
}

_INSTANTS = {"MetaData.CreateTime": Sort.INSTANT, "MetaData.LastUpdatedTime": Sort.INSTANT}
_NAME_QUERIES = {
    **dict.fromkeys(
        words("""DisplayName GivenName MiddleName FamilyName Suffix Title CompanyName
        PrintOnCheckName FullyQualifiedName"""),
        Sort.TEXT,
    ),
    "Active": Sort.FLAG,
}
QUERYABLE: dict[str, dict[str, Sort]] = {
    name: {"Id": Sort.ID} | _INSTANTS | extra
    for name, extra in {
        "Customer": _NAME_QUERIES
        | {"Balance": Sort.NUMBER, "BalanceWithJobs": Sort.NUMBER, "Job": Sort.FLAG}
        | {"Taxable": Sort.FLAG, "ParentRef": Sort.TEXT},
        "Vendor": _NAME_QUERIES | {"Balance": Sort.NUMBER, "Vendor1099": Sort.FLAG},
        "Employee": _NAME_QUERIES,
        "Account": {"Active": Sort.FLAG, "SubAccount": Sort.FLAG, "CurrentBalance": Sort.NUMBER}
        | dict.fromkeys(
            words("""Name FullyQualifiedName Description Classification AccountType AccountSubType
            AcctNum ParentRef"""),
            Sort.TEXT,
        ),
        "PaymentMethod": {"Name": Sort.TEXT, "Type": Sort.TEXT, "Active": Sort.FLAG},
        "Item": {"Active": Sort.FLAG, "UnitPrice": Sort.NUMBER, "SubItem": Sort.FLAG}
        | dict.fromkeys(words("Name Sku FullyQualifiedName Description Type"), Sort.TEXT),
        "Invoice": {"TotalAmt": Sort.NUMBER, "Balance": Sort.NUMBER}
        | dict.fromkeys(words("DocNumber TxnDate DueDate CustomerRef SalesTermRef"), Sort.TEXT),
        "Payment": {"TotalAmt": Sort.NUMBER}
        | dict.fromkeys(
            words("TxnDate CustomerRef PaymentRefNum PaymentMethodRef DepositToAccountRef"),
            Sort.TEXT,
        ),
        "RefundReceipt": {"TotalAmt": Sort.NUMBER, "Balance": Sort.NUMBER}
        | dict.fromkeys(words("DocNumber TxnDate CustomerRef DepositToAccountRef"), Sort.TEXT),
        "Purchase": {"TotalAmt": Sort.NUMBER}
        | dict.fromkeys(words("DocNumber TxnDate PaymentType"), Sort.TEXT),
        "Deposit": {"TotalAmt": Sort.NUMBER}
        | dict.fromkeys(words("TxnDate DepositToAccountRef"), Sort.TEXT),
        "CompanyInfo": {"CompanyName": Sort.TEXT},
        "Preferences": {},
    }.items()
}
# Where Rules.finds_purchases_by_payee says that a Purchase can be asked for by its payee.
QUERYABLE_BY_PAYEE = QUERYABLE | {"Purchase": QUERYABLE["Purchase"] | {"EntityRef": Sort.TEXT}}
