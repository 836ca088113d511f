"""How a payment is spread over invoices, and what no allocation may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.domain.ids import InvoiceId
from services.domain.ledger import MAX_ALLOCATIONS, Allocation, Invoice
from services.domain.money import Money
from services.domain.sync import Status


@dataclass(frozen=True)
class Settling:
    """A payment's part in an invoice, in minor units, as the invoice's reader sees it."""

    payment_number: int
    minor: int
    left_out: bool
    status: Status


def spread(amount: Money, invoices: Iterable[Invoice]) -> tuple[Allocation, ...]:
    """Settle the oldest first, each as far as the money goes; the rest stays unapplied."""
    left = amount.minor
    allocations: list[Allocation] = []
    for invoice in sorted(invoices, key=lambda each: (each.due_on, each.invoiced_on, each.number)):
        part = min(left, invoice.balance_due.minor)
        if part > 0 and len(allocations) < MAX_ALLOCATIONS:
            allocations.append(Allocation(invoice.id, Money(part, amount.currency)))
            left -= part
    return tuple(allocations)


def objection(
    amount: Money,
    allocations: Sequence[Allocation],
    invoices: dict[InvoiceId, Invoice],
    *,
    held: dict[InvoiceId, int],
) -> str | None:
    """Say why these allocations cannot be; None where they can.

    `invoices` are the client's; `held` is what this payment has on each already, in minor units.
    """
    if len(allocations) > MAX_ALLOCATIONS:
        return f"One payment settles {MAX_ALLOCATIONS} invoices at the most."
    if len({each.invoice_id for each in allocations}) < len(allocations):
        return "The same invoice is there twice."
    for each in allocations:
        invoice = invoices.get(each.invoice_id)
        if invoice is None:
            return "One of the invoices is not this client’s."
        if sentence := _about_one(each, invoice, amount.currency, held.get(each.invoice_id, 0)):
            return sentence
    if sum(each.amount.minor for each in allocations) > amount.minor:
        return "The invoices add up to more than the payment."
    return None


def _about_one(allocation: Allocation, invoice: Invoice, currency: str, held: int) -> str | None:
    if invoice.voided:
        return f"{invoice.name} is void."
    if {allocation.amount.currency, currency} != {invoice.total.currency}:
        return f"{invoice.name} is in {invoice.total.currency}."
    if allocation.amount.minor <= 0:
        return f"The part for {invoice.name} must be more than nothing."
    if allocation.amount.minor > invoice.balance_due.minor + held:
        return f"{invoice.name} has less than that left to pay."
    return None
