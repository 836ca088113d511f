"""What people wished for, as far as they know it, and what became of it."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from services.domain.causes import Cause
from tests.simulation.office import CLOSED_UNTIL, Firm
from tests.simulation.verdict.ledger import Records
from tests.simulation.verdict.rows import Row
from tests.simulation.wishes import (
    AnyWish,
    ClientWish,
    InvoiceWish,
    Kind,
    PaymentWish,
    RefundWish,
)

ACCOUNT_IS_INACTIVE = frozenset(
    {
        *(Cause.ACCOUNT_GONE, Cause.INACTIVE, Cause.INVALID_REFERENCE, Cause.GONE),
        *(Cause.NO_UNDEPOSITED_FUNDS, Cause.WRONG_ACCOUNT_TYPE),
    }
)
INVOICE_IS_GONE = frozenset({Cause.GONE, Cause.INACTIVE, Cause.OVER_APPLIED})


def complaints(firm: Firm, records: Records) -> Iterator[str]:
    for wish in firm.wishes():
        if wish.id is not None:
            row = _row(records, wish)
            yield from _about_end(firm, wish, row)
            yield from _about_void(wish, row)
            yield from _about_facts(firm, wish, records, row)


def _about_end(firm: Firm, wish: AnyWish, row: Row) -> Iterator[str]:
    if not _may_end(firm, wish, row):
        why = f"{row['cause']}: {row['detail']}"
        yield f"{wish}, wanted {wish.wanted}, ended {row['status']} ({why})"


def _about_void(wish: AnyWish, row: Row) -> Iterator[str]:
    """What was voided is void, unless QuickBooks did not let it go."""
    is_to_be = wish.last in {"void payment", "void refund"}
    if is_to_be and not row["voided"] and not row["note_operation"]:
        yield f"{wish} is not void, without a word"


def _about_facts(firm: Firm, wish: AnyWish, records: Records, row: Row) -> Iterator[str]:
    match wish:
        case PaymentWish():
            yield from _about_payment(firm, wish, records, row)
        case InvoiceWish():
            yield from _about_invoice(wish, row)
        case ClientWish():
            yield from _about_said(wish, row, row["name"], wish.names)
        case RefundWish():
            said = (row["amount_minor"], row["account_id"], row["refunded_on"])
            wished = (int(wish.amount * 100), wish.account_id, wish.refunded_on.isoformat())
            yield from _about_said(wish, row, said, [wished])


def _about_said(wish: AnyWish, row: Row, said: object, wished: Collection[object]) -> Iterator[str]:
    """It says what somebody wished; the last wish, unless that was refused with a word."""
    if said not in wished:
        yield f"{wish} says {said}, and nobody wished for more than {wished}"
    is_told = row["note_operation"] == "update"
    if wish.last in {"edit payment", "edit invoice"} and not is_told and said != [*wished][-1]:
        yield f"{wish} says {said} and not {[*wished][-1]}, without a word"


def _row(records: Records, wish: AnyWish) -> Row:
    assert wish.id is not None
    tables = {
        ClientWish: records.clients,
        InvoiceWish: records.invoices,
        PaymentWish: records.payments,
        RefundWish: records.refunds,
    }
    return tables[type(wish)][wish.id.hex]


def _may_end(firm: Firm, wish: AnyWish, row: Row) -> bool:
    """Whether this is an end that a person could explain, once all is calm."""
    return any(
        _may_end_there(firm, wish, row) if wanted else _may_end_outside(row)
        for wanted in wish.wanted
    )


def _may_end_outside(row: Row) -> bool:
    """Not there, or its removal was refused."""
    match row["status"]:
        case "not_synced":
            return True
        case "synced":
            return bool(row["note_operation"])
        case "skipped":
            return Cause(row["cause"]) is Cause.DISMISSED
        case _:
            return False


def _may_end_there(firm: Firm, wish: AnyWish, row: Row) -> bool:
    match row["status"]:
        case "synced" | "syncing":  # What that waits for is another question.
            return True
        case "skipped":
            return _may_be_skipped(firm, wish, row)
        case "failed":
            return Cause(row["cause"]) in _causes(firm, wish)
        case _:
            return False


def _may_be_skipped(firm: Firm, wish: AnyWish, row: Row) -> bool:
    match Cause(row["cause"]):
        case Cause.FOREIGN_CURRENCY:
            return bool(row["currency"] != "USD")
        case Cause.BEFORE_START_DATE:
            return any(day < start for day in _dates(wish) for start in firm.start_dates)
        case Cause.CLIENT_EXCLUDED:
            return _client(wish).excluded
        case Cause.POSSIBLE_TWIN:
            entity = "Invoice" if isinstance(wish, InvoiceWish) else "Payment"
            return (entity, row["twin_id"]) in firm.hands.made
        case _:
            return False


def _causes(firm: Firm, wish: AnyWish) -> set[Cause]:
    """Why it may have been refused."""
    causes: set[Cause] = set()
    if firm.hands.has_closed and any(day <= CLOSED_UNTIL for day in _dates(wish)):
        causes.add(Cause.CLOSED_PERIOD)
    if firm.hands.has_retired:
        causes |= ACCOUNT_IS_INACTIVE
    if firm.hands.touched or firm.hands.has_copied:
        causes |= INVOICE_IS_GONE
    match wish:
        case ClientWish(kind=Kind.NEAR | Kind.RIVAL):
            causes |= {Cause.NEAR_MATCH, Cause.NAME_TAKEN}
        case ClientWish(names=names) if len(names) > 1:
            causes |= {Cause.NEAR_MATCH, Cause.NAME_TAKEN}
        case PaymentWish(sums=sums) if any(each.parts for each in sums):
            causes.add(Cause.OVER_APPLIED)
        case _:
            pass
    return causes


def _dates(wish: AnyWish) -> list[date]:
    match wish:
        case InvoiceWish():
            return [bill.invoiced_on for bill in wish.bills]
        case PaymentWish():
            return [each.received_on for each in wish.sums]
        case RefundWish():
            return [wish.refunded_on]
        case ClientWish():
            return []


def _client(wish: AnyWish) -> ClientWish:
    match wish:
        case ClientWish():
            return wish
        case RefundWish():
            return wish.payment.client
        case _:
            return wish.client


def _about_payment(firm: Firm, wish: PaymentWish, records: Records, row: Row) -> Iterator[str]:
    said = (Decimal(row["amount_minor"]) / 100, row["received_on"], row["description"])
    wished = [(each.amount, each.received_on.isoformat(), each.description) for each in wish.sums]
    yield from _about_said(wish, row, said, wished)
    asked = [entry for entry in records.entries_of(row) if entry["operation"] == "create"]
    if not wish.asked <= len(asked) <= wish.asked + wish.perhaps:
        yield f"{wish} was asked for {wish.asked} times and has {len(asked)} entries"
    yield from _about_parts(firm, wish, records, row)


def _about_parts(firm: Firm, wish: PaymentWish, records: Records, row: Row) -> Iterator[str]:
    """It settles what was wished, as far as nobody took the invoices back or paid them by hand."""
    is_certain = len(wish.sums) == 1 or wish.last == "edit payment"
    if not is_certain or wish.linked or row["voided"] or row["note_operation"] == "update":
        return
    numbers = {invoice.id.hex: invoice for invoice in firm.invoices if invoice.id}
    there = {
        numbers[part["invoice_id"]].number: Decimal(part["amount_minor"]) / 100
        for part in records.parts_of(row)
    }
    due = {part.invoice.number: part.amount for part in wish.sums[-1].parts}
    for number in due.keys() | there.keys():
        [invoice] = [each for each in firm.invoices if each.number == number]
        ids = records.ids_of(records.invoices[invoice.id.hex]) if invoice.id else set()
        is_paid = any(firm.hands.has_paid(each) for each in ids)
        if not invoice.taken_back and not is_paid and due.get(number) != there.get(number):
            yield f"{wish} settles {there.get(number)} of {number} and not {due.get(number)}"


def _about_invoice(wish: InvoiceWish, row: Row) -> Iterator[str]:
    said = (row["total_minor"], row["invoiced_on"])
    wished = [(int(bill.total * 100), bill.invoiced_on.isoformat()) for bill in wish.bills]
    yield from _about_said(wish, row, said, wished)
