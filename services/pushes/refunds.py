"""Refunds: they follow their payment into QuickBooks and out of it.

A credit that is returned takes two writes: the Expense, and its tie to the payment. On the way out
the tie goes first.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.ids import RefundId
from services.domain.ledger import Note, Reason, Refund
from services.domain.money import Money
from services.domain.sync import Accepted, Operation, Outcome, RecordKind, Rejected, Skipped
from services.pushes.create import Create
from services.pushes.push import (
    NOTHING,
    Case,
    Delete,
    Push,
    Seen,
    found,
    gone_for,
    why_not,
)
from services.pushes.sight import Sight
from services.quickbooks.mapping import payments, refunds, wire

WITH_ITS_PAYMENT = "with_its_payment"  # In an entry's details: the payment is on its way out.


class _RefundPush(Push[Refund]):
    def entity(self, record: Refund) -> str:
        return refunds.entity_of(record)

    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[Refund, Refund | None]:
        refund = await ledger.find_refund(db, entry.firm_id, RefundId(entry.record_id))
        if refund is None:
            raise gone_for(entry, "refund")
        return refund, None


class CreateRefund(_RefundPush, Create[Refund]):
    async def find_twin(self, case: Case[Refund], sight: Sight) -> Outcome | Seen:
        """No twin: but what is no longer there must not be given back."""
        payment = await _its_payment(case, sight)
        if payment is None or payments.is_void(payment):
            return _is_gone(case)
        return _is_too_much(case.record, payment) or NOTHING

    def objection(self, case: Case[Refund]) -> Rejected | Skipped | None:
        refund = case.record
        if skipped := why_not(refund.client, refund.amount, case):
            return skipped
        if refund.reason is Reason.CREDIT_RETURNED:
            lacks_account = case.company.receivable_id is None
            return Rejected(Cause.NO_RECEIVABLE, "") if lacks_account else None
        if case.company.invoices_need_tax:
            return Rejected(Cause.TAX, "")
        return None if _item(case) else Rejected(Cause.NO_SERVICE_ITEM, "")

    def write(self, case: Case[Refund], seen: Seen) -> Mapping[str, Any]:
        del seen
        refund, key = case.record, case.entry.key
        if refund.reason is Reason.CREDIT_RETURNED:
            return refunds.to_expense(refund, case.company.receivable_id or "", key)
        return refunds.to_refund_receipt(refund, _item(case) or "", key)


def _item(case: Case[Refund]) -> str | None:
    """What was sold on the invoice; without one, the service item."""
    return case.record.item_id or case.company.service_item_id(case.settings.service_item_id)


class _TieRefund(_RefundPush):
    """What is written is the payment: its lines say which expense its credit went into."""

    is_tied: bool  # Once it is done.

    def entity(self, record: Refund) -> str:
        del record
        return wire.PAYMENT

    async def absorb(
        self, db: AsyncConnection, case: Case[Refund], accepted: Accepted
    ) -> Note | None:
        del accepted
        await ledger.set_facts(db, RecordKind.REFUND, case.record.id, applied=self.is_tied)
        return None


class ApplyRefund(_TieRefund):
    operation = Operation.APPLY
    is_tied = True

    async def look(self, case: Case[Refund], sight: Sight) -> Outcome | Seen:
        current = await _its_payment(case, sight)
        if current is None:
            return _is_gone(case)
        is_done = payments.is_applied(current, case.record.sync.qbo_id or "")
        return found(current) if is_done else Seen(current)

    def write(self, case: Case[Refund], seen: Seen) -> Mapping[str, Any]:
        refund = case.record
        part = refund.amount.to_decimal()
        return payments.to_applied(seen.current, refund.sync.qbo_id or "", part)


class UnapplyRefund(_TieRefund):
    operation = Operation.UNAPPLY
    is_tied = False

    async def look(self, case: Case[Refund], sight: Sight) -> Outcome | Seen:
        if refused := await _payment_stays(case, sight) or await _refund_stays(case, sight):
            return refused
        current = await _its_payment(case, sight)
        if current is None or not payments.is_applied(current, case.record.sync.qbo_id or ""):
            return Accepted(case.record.sync.qbo_id or "", "")
        return Seen(current)

    def write(self, case: Case[Refund], seen: Seen) -> Mapping[str, Any]:
        return payments.to_unapplied(seen.current, case.record.sync.qbo_id or "")


class DeleteRefund(_RefundPush, Delete[Refund]):
    async def look(self, case: Case[Refund], sight: Sight) -> Outcome | Seen:
        return await _payment_stays(case, sight) or await super().look(case, sight)

    async def absorb(
        self, db: AsyncConnection, case: Case[Refund], accepted: Accepted
    ) -> Note | None:
        del accepted
        voided = case.entry.wish.voids_record
        await ledger.set_facts(db, RecordKind.REFUND, case.record.id, applied=False, voided=voided)
        return None


def _is_gone(case: Case[Refund]) -> Rejected:
    return Rejected(Cause.PAYMENT_GONE, f"{case.record.payment.name} counts there no more.")


def _is_too_much(refund: Refund, payment: Mapping[str, Any]) -> Rejected | None:
    """Somebody cut the payment in QuickBooks, or used its credit: the ledger does not know."""
    total, currency = wire.amount(payment, "TotalAmt"), refund.amount.currency
    if total < Money(refund.payment.refunded, currency).to_decimal():
        return Rejected(Cause.LESS_IS_LEFT, f"{refund.payment.name} is {total} there.")
    credit = wire.amount(payment, "UnappliedAmt")
    if refund.reason is Reason.CREDIT_RETURNED and credit < refund.amount.to_decimal():
        words = f"{credit} of {refund.payment.name} is the client’s credit there."
        return Rejected(Cause.LESS_IS_LEFT, words)
    return None


async def _refund_stays(case: Case[Refund], sight: Sight) -> Rejected | None:
    """Untying it would be in vain where QuickBooks will not let it go after that."""
    refund, closed_until = case.record, await sight.closing_date()
    if closed_until and refund.refunded_on <= closed_until:
        words = f"{refund.name} is of {refund.refunded_on}; all is closed until {closed_until}."
        return Rejected(Cause.CLOSED_PERIOD, words)
    return None


async def _its_payment(case: Case[Refund], sight: Sight) -> Mapping[str, Any] | None:
    return await sight.find(wire.PAYMENT, case.record.payment.sync.qbo_id or "")


async def _payment_stays(case: Case[Refund], sight: Sight) -> Rejected | None:
    """Where QuickBooks would not let the payment go, its refunds must not go before it."""
    if not case.entry.wish.details.get(WITH_ITS_PAYMENT):
        return None
    payment, closed_until = case.record.payment, await sight.closing_date()
    if closed_until and payment.received_on <= closed_until:
        words = f"{payment.name} is of {payment.received_on}; all is closed until {closed_until}."
        return Rejected(Cause.CLOSED_PERIOD, words)
    current = await _its_payment(case, sight)
    if current is not None and payments.is_deposited(current):
        return Rejected(Cause.DEPOSITED, f"{payment.name} is on a bank deposit.")
    return None
