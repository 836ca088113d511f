"""What sales forms share: item lines, discounts, tax, numbers, and the income they book."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import Order, account_by, reference_to
from sandbox.quickbooks.entities.transactions import ZERO
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.wire import JsonObject

FIRST_NUMBER = 1001
DEFAULT_ITEM = "1"  # A line without an item is sold as "Services".
ITEM_LINE = "SalesItemLineDetail"
DISCOUNT_LINE = "DiscountLineDetail"
PERCENT = Decimal("0.01")
NUMBERED_TOGETHER = ("Invoice", "RefundReceipt")  # Sales forms share one row of numbers.
# Outside the US these two say nothing about the rate.
US_TAX_CODES = frozenset({None, "NON", "TAX"})


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line as read; `amount` counts against the total only for items and discounts."""

    kind: str
    amount: Decimal
    body: JsonObject


def read_lines(work: Work, wanted: JsonObject) -> list[SaleLine]:
    given = checks.lines(wanted)
    if not given:
        raise refusals.required("Line")
    lines = (_read_line(work, checks.without_blanks(line)) for line in given)
    return [line for line in lines if line.kind != "SubTotalLineDetail"]


def _read_line(work: Work, line: JsonObject) -> SaleLine:
    match line.get("DetailType"):
        case None:
            raise refusals.required("Line.DetailType")
        case "SalesItemLineDetail":
            return _read_item_line(work, line)
        case "DiscountLineDetail":
            return SaleLine(DISCOUNT_LINE, checks.read_amount(line, "Amount") or ZERO, line)
        case "DescriptionOnly" | "SubTotalLineDetail" as kind:
            return SaleLine(kind, ZERO, line)
        case unknown:
            raise refusals.invalid_enumeration(unknown)


def _read_item_line(work: Work, line: JsonObject) -> SaleLine:
    detail = checks.without_blanks(line.get(ITEM_LINE) or {})
    amount = _item_amount(line, detail)
    item_id = checks.read_reference(detail, "ItemRef") or DEFAULT_ITEM
    item = reference_to(work, "Item", "Items", item_id)
    reference_to(work, "Account", "Accounts", _income_account(work, item_id))  # Must be active.
    if needs_tax_codes(work) and checks.read_reference(detail, "TaxCodeRef") in US_TAX_CODES:
        raise refusals.tax_code_missing(_country(work))
    sold = {"ItemRef": item, "TaxCodeRef": detail.get("TaxCodeRef", {"value": "NON"})}
    return SaleLine(ITEM_LINE, amount, line | {"Amount": amount, ITEM_LINE: detail | sold})


def _item_amount(line: JsonObject, detail: JsonObject) -> Decimal:
    price, quantity = (
        checks.read_number(detail[name]) if name in detail else None
        for name in ("UnitPrice", "Qty")
    )
    amount = checks.read_amount(line, "Amount")
    reckoned = None
    if price is not None and quantity is not None:
        reckoned = checks.read_amount({"Amount": price * quantity}, "Amount")
    if amount is None:
        amount = reckoned
    if amount is None:
        raise refusals.required("Line.Amount")
    if reckoned and amount != reckoned:
        raise refusals.amount_mismatch()
    return amount


def needs_tax_codes(work: Work) -> bool:
    """Outside the US, a company with sales tax saves no sale without a rate on every line."""
    preferences = work.find("Preferences", "1") or {}
    return bool(preferences["TaxPrefs"].get("UsingSalesTax")) and _country(work) != "US"


def _country(work: Work) -> str:
    return str((work.find("CompanyInfo", "1") or {}).get("Country"))


def total_tax(wanted: JsonObject) -> Decimal:
    return checks.read_amount(wanted.get("TxnTaxDetail") or {}, "TotalTax") or ZERO


def total_of(lines: list[SaleLine], tax: Decimal) -> Decimal:
    total = _subtotal(lines) - _discount(lines) + tax
    if total < ZERO:
        raise refusals.business_rule("Transaction amount must be 0 or greater.")
    return total


def _subtotal(lines: list[SaleLine]) -> Decimal:
    return sum((line.amount for line in lines if line.kind == ITEM_LINE), ZERO)


def _discount(lines: list[SaleLine]) -> Decimal:
    return sum((_off(line, lines) for line in lines if line.kind == DISCOUNT_LINE), ZERO)


def _off(line: SaleLine, lines: list[SaleLine]) -> Decimal:
    detail = line.body.get(DISCOUNT_LINE) or {}
    if not detail.get("PercentBased"):
        return line.amount
    share = checks.read_number(detail.get("DiscountPercent", 0)) * PERCENT
    return (_subtotal(lines) * share).quantize(checks.CENT)


def written_lines(lines: list[SaleLine]) -> list[JsonObject]:
    """QuickBooks numbers the lines and adds a subtotal of its own."""
    written = []
    for number, line in enumerate(lines, start=1):
        amount = _off(line, lines) if line.kind == DISCOUNT_LINE else line.amount
        written.append(
            {"Id": str(number), "LineNum": number}
            | line.body
            | {"Amount": amount, "DetailType": line.kind}
        )
    subtotal = {"Amount": _subtotal(lines), "DetailType": "SubTotalLineDetail"}
    return [*written, subtotal | {"SubTotalLineDetail": {}}]


def emptied(body: JsonObject) -> JsonObject:
    """What stays of a voided sale: every line, worth nothing."""
    return {
        "Line": [_emptied_line(line) for line in body["Line"]],
        "TxnTaxDetail": {"TotalTax": ZERO},
        "TotalAmt": ZERO,
        "Balance": ZERO,
    }


def _emptied_line(line: JsonObject) -> JsonObject:
    detail = line.get(ITEM_LINE)
    if detail is None:
        return line | {"Amount": ZERO}
    sold = detail | {"UnitPrice": ZERO, "Qty": ZERO}
    return line | {"Amount": ZERO, ITEM_LINE: sold}


def document_number(
    work: Work, entity: str, wanted: JsonObject, before: JsonObject | None, order: Order
) -> JsonObject:
    """The number as a property to add; with numbers of its own, a company may leave it out."""
    preferences = work.find("Preferences", "1") or {}
    own_numbers = preferences["SalesFormsPrefs"]["CustomTxnNumbers"]
    number = wanted.get("DocNumber")
    if number is not None:
        if own_numbers and "allowduplicatedocnum" not in order.includes:
            _refuse_duplicate(work, entity, str(number), before)
        return {"DocNumber": str(number)}
    if own_numbers or before is not None:
        return {}
    return {"DocNumber": str(_next_number(work))}


def _refuse_duplicate(work: Work, entity: str, number: str, before: JsonObject | None) -> None:
    own_id = before["Id"] if before else None
    for sale in work.books.live(entity):
        if sale.get("DocNumber") == number and sale["Id"] != own_id:
            raise refusals.duplicate_document_number(number, entity=entity, holder=sale["Id"])


def _next_number(work: Work) -> int:
    """One more than the number of the sales form made last, as long as that is a number."""
    last = max(_last_number(work, entity) for entity in NUMBERED_TOGETHER)
    return last[1] + 1


def _last_number(work: Work, entity: str) -> tuple[int, int]:
    """Id and number of the last one with a number; ids rise in the order of creation."""
    for object_id, record in reversed(work.books.records[entity].items()):
        number = str((record.current.body or {}).get("DocNumber", ""))
        if number.isdecimal():
            return int(object_id), int(number)
    return 0, FIRST_NUMBER - 1


def income_postings(work: Work, body: JsonObject) -> list[Posting]:
    """Credit what was sold and the tax on it; the other side is for the caller to book."""
    postings = []
    for line in body["Line"]:
        match line["DetailType"]:
            case "SalesItemLineDetail":
                account_id = _income_account(work, line[ITEM_LINE]["ItemRef"]["value"])
                postings.append(Posting(account_id, -line["Amount"]))
            case "DiscountLineDetail":
                discounts = account_by(work, AccountSubType="DiscountsRefundsGiven")
                postings.append(Posting(discounts or "86", line["Amount"]))
            case _:
                pass  # Descriptions and subtotals move no money.
    tax: Decimal = body["TxnTaxDetail"]["TotalTax"]
    payable_id = account_by(work, AccountSubType="SalesTaxPayable") if tax else None
    return [*postings, Posting(payable_id or "", -tax)]


def _income_account(work: Work, item_id: str) -> str:
    item = work.find("Item", item_id) or {}
    account_id: str = item["IncomeAccountRef"]["value"]
    return account_id
