"""Payments: created with what they settle, changed in full, removed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.changes import read_payment_change
from services.domain.ids import PaymentId
from services.domain.ledger import Note, Payment
from services.domain.sync import Accepted, Operation, Outcome, RecordKind, Rejected, Skipped
from services.domain.twins import payment_twins
from services.pushes.adoption import adopt_payment
from services.pushes.create import Create, of_customer, skip_twin
from services.pushes.push import (
    Case,
    Delete,
    Push,
    Release,
    Seen,
    found,
    gone_for,
    too_early,
    why_not,
)
from services.pushes.sight import Sight
from services.quickbooks.mapping import payments, wire


class _PaymentPush(Push[Payment]):
    def entity(self, record: Payment) -> str:
        del record
        return wire.PAYMENT

    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[Payment, Payment | None]:
        payment = await ledger.find_payment(db, entry.firm_id, PaymentId(entry.record_id))
        if payment is None:
            raise gone_for(entry, "payment")
        return payment, None


class CreatePayment(_PaymentPush, Create[Payment]):
    def objection(self, case: Case[Payment]) -> Rejected | Skipped | None:
        payment = case.record
        if skipped := why_not(payment.client, payment.amount, case):
            return skipped
        if early := too_early(payment.received_on, case):
            return early
        if _deposit_account(case) is None:
            return Rejected(Cause.NO_UNDEPOSITED_FUNDS, "")
        return None

    def narrowed(self, record: Payment) -> list[str]:
        return [of_customer(record.client.sync.qbo_id)]

    async def find_twin(self, case: Case[Payment], sight: Sight) -> Outcome | Seen:
        customer = case.record.client.sync.qbo_id or ""
        there = await sight.of_customer(wire.PAYMENT, customer, payments.candidate)
        window = timedelta(days=case.settings.twin_window_days)
        alike = payment_twins(case.record, there, window=window)
        return await skip_twin(case, sight, alike, what="a payment")

    def write(self, case: Case[Payment], seen: Seen) -> Mapping[str, Any]:
        del seen
        return payments.to_payment(
            case.record,
            case.company,
            deposit_account=_deposit_account(case) or "",
            key=case.entry.key,
        )

    async def absorb(
        self, db: AsyncConnection, case: Case[Payment], accepted: Accepted
    ) -> Note | None:
        return await adopt_payment(db, case.record, accepted.body, Operation.CREATE)


def _deposit_account(case: Case[Payment]) -> str | None:
    """The firm's own, which QuickBooks refuses if it is no longer good; else Undeposited Funds."""
    chosen = case.settings.deposit_account_for(case.record.method)
    return chosen or case.company.undeposited_funds_id


class UpdatePayment(_PaymentPush):
    operation = Operation.UPDATE

    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[Payment, Payment | None]:
        payment, _ = await super().load(db, entry)
        invoices = await ledger.invoices_of(db, entry.firm_id, payment.client.id)
        return payment, read_payment_change(payment, entry.wish.details, invoices)

    async def look(self, case: Case[Payment], sight: Sight) -> Outcome | Seen:
        current = await sight.find(wire.PAYMENT, case.record.sync.qbo_id or "")
        if current is None:
            return Rejected(Cause.DELETED_IN_QUICKBOOKS, "")
        if payments.has_change(case.changed, case.record, current, case.company):
            return found(current)
        is_ours = payments.is_same(case.record, current)
        if not is_ours and not case.overrides(Cause.CHANGED_IN_QUICKBOOKS):
            there = wire.amount(current, "TotalAmt")
            words = f"There it is {there} of {current.get('TxnDate')}."
            return Rejected(Cause.CHANGED_IN_QUICKBOOKS, words)
        return Seen(current)

    def write(self, case: Case[Payment], seen: Seen) -> Mapping[str, Any]:
        return payments.to_changed_payment(case.changed, case.record, seen.current, case.company)

    async def absorb(
        self, db: AsyncConnection, case: Case[Payment], accepted: Accepted
    ) -> Note | None:
        await ledger.change_payment(db, case.changed)
        await ledger.allot(db, case.record.id, case.changed.allocations)
        return await adopt_payment(db, case.changed, accepted.body, Operation.UPDATE)

    async def undo(self, db: AsyncConnection, case: Case[Payment]) -> None:
        await ledger.unreserve(db, case.record.id)


class _Leaves(_PaymentPush):
    async def absorb(
        self, db: AsyncConnection, case: Case[Payment], accepted: Accepted
    ) -> Note | None:
        del accepted
        voided = case.entry.wish.voids_record
        await ledger.set_facts(
            db,
            RecordKind.PAYMENT,
            case.record.id,
            deposit_account_id=None,
            applied_elsewhere_minor=0,
            voided=voided,
        )
        if voided:
            await ledger.allot(db, case.record.id, [])
        return None


class DeletePayment(_Leaves, Delete[Payment]):
    """Its refunds are gone by then."""


class ReleasePayment(_Leaves, Release[Payment]):
    """QuickBooks held it before we came, and keeps it."""
