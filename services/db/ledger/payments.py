"""Payments, as statements; those that staff wait for are built once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import total
from services.db.ledger.clients import COLUMNS as CLIENT
from services.db.ledger.clients import read_client
from services.db.ledger.records import sync_facts
from services.db.tables import allocations, clients, invoices, payments, refunds
from services.domain.ids import ClientId, FirmId, InvoiceId, PaymentId, UserId
from services.domain.ledger import Allocation, Allotted, Method, Payment, Reason
from services.domain.money import Money
from services.domain.postings import Barrier, Posting
from services.domain.sync import Status

_REFUNDED = (
    select(total(refunds.c.amount_minor))
    .where(refunds.c.payment_id == payments.c.id, ~refunds.c.voided)
    .scalar_subquery()
)
_RETURNED = (
    select(total(refunds.c.amount_minor))
    .where(
        refunds.c.payment_id == payments.c.id,
        refunds.c.reason == Reason.CREDIT_RETURNED,
        ~refunds.c.voided,
    )
    .scalar_subquery()
)
_PAYMENT = select(
    *(column for column in payments.c if column is not payments.c.client_id),
    _REFUNDED.label("refunded_minor"),
    _RETURNED.label("returned_minor"),
    *CLIENT,
).join(clients, clients.c.id == payments.c.client_id)
_FIND = _PAYMENT.where(
    payments.c.firm_id == bindparam("firm"), payments.c.id == bindparam("payment")
)
_FIND_BY_NUMBER = _PAYMENT.where(
    payments.c.firm_id == bindparam("firm"), payments.c.number == bindparam("number")
)
_FIND_SUBMITTED = select(payments.c.id, payments.c.number, payments.c.submission_digest).where(
    payments.c.firm_id == bindparam("firm"), payments.c.submission_id == bindparam("submission")
)
_PLACE = (
    update(payments)
    .where(payments.c.id == bindparam("payment"))
    .values(deposit_account_id=bindparam("account"), applied_elsewhere_minor=bindparam("elsewhere"))
)
_ALLOTTED = (
    select(
        allocations,
        invoices.c.number,
        invoices.c.qbo_id.label("invoice_qbo_id"),
        invoices.c.status.label("invoice_status"),
    )
    .join(invoices, invoices.c.id == allocations.c.invoice_id)
    # What a change only wants is not there yet.
    .where(allocations.c.payment_id == bindparam("payment"), allocations.c.amount_minor > 0)
    .order_by(invoices.c.due_on, invoices.c.number)
)


async def insert_payment(
    db: AsyncConnection,
    payment: Payment,
    *,
    generation: int,
    submission: tuple[str, str],
    at: datetime,
) -> None:
    """`submission`: the modal's id and the digest of what was typed."""
    await db.execute(
        insert(payments),
        {
            "id": payment.id,
            "firm_id": payment.firm_id,
            "number": payment.number,
            "client_id": payment.client.id,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "received_on": payment.received_on,
            "method": payment.method,
            "reference": payment.reference,
            "description": payment.description,
            "submission_id": submission[0],
            "submission_digest": submission[1],
            "notice_due_at": at,
            **_posted(payment.posting, at),
            "status": payment.sync.status,
            "generation": generation,
            "created_by": payment.recorded_by,
            "created_at": at,
        },
    )


def _posted(posting: Posting | None, at: datetime) -> dict[str, object]:
    if posting is None:
        return {}
    return {"posting_channel": posting.channel, "posting_due_at": at}


async def place_payment(
    db: AsyncConnection, payment: PaymentId, *, account: str | None, elsewhere: int
) -> None:
    """Where QuickBooks put the money, and how much of it settles what only QuickBooks knows of."""
    await db.execute(_PLACE, {"payment": payment, "account": account, "elsewhere": elsewhere})


async def change_payment(db: AsyncConnection, wanted: Payment) -> None:
    """All but its client and what it settles."""
    await db.execute(
        update(payments)
        .where(payments.c.id == wanted.id)
        .values(
            amount_minor=wanted.amount.minor,
            received_on=wanted.received_on,
            method=wanted.method,
            reference=wanted.reference,
            description=wanted.description,
            version=payments.c.version + 1,
        )
    )


async def allot(db: AsyncConnection, payment: PaymentId, wanted: Iterable[Allocation]) -> None:
    """Settle these invoices with the payment, and no others."""
    await db.execute(delete(allocations).where(allocations.c.payment_id == payment))
    rows = [
        {
            "payment_id": payment,
            "invoice_id": each.invoice_id,
            "amount_minor": each.amount.minor,
            "left_out": each.left_out,
        }
        for each in wanted
    ]
    if rows:
        await db.execute(insert(allocations), rows)


async def reserve(db: AsyncConnection, payment: PaymentId, wanted: Iterable[Allocation]) -> None:
    """Hold what a change wants, beside what the payment has, until QuickBooks has answered."""
    mine = allocations.c.payment_id == payment
    asked = {each.invoice_id: each for each in wanted}
    await db.execute(update(allocations).where(mine).values(wanted_minor=0))
    for each in asked.values():
        held = await db.execute(
            update(allocations)
            .where(mine, allocations.c.invoice_id == each.invoice_id)
            .values(wanted_minor=each.amount.minor)
        )
        if not held.rowcount:
            await db.execute(
                insert(allocations),
                {
                    "payment_id": payment,
                    "invoice_id": each.invoice_id,
                    "amount_minor": 0,
                    "wanted_minor": each.amount.minor,
                    "left_out": False,
                },
            )


async def unreserve(db: AsyncConnection, payment: PaymentId) -> None:
    """The change was not accepted: what the payment had is what it has."""
    mine = allocations.c.payment_id == payment
    await db.execute(delete(allocations).where(mine, allocations.c.amount_minor == 0))
    await db.execute(update(allocations).where(mine).values(wanted_minor=None))


async def leave_out(db: AsyncConnection, invoice: InvoiceId) -> None:
    """QuickBooks no longer has the invoice: there, what settled it is credit."""
    is_there = exists().where(
        payments.c.id == allocations.c.payment_id, payments.c.qbo_id.is_not(None)
    )
    await db.execute(
        update(allocations)
        .where(allocations.c.invoice_id == invoice, is_there)
        .values(left_out=True)
    )
    await _touch_what_settles(db, invoice)


async def free(db: AsyncConnection, invoice: InvoiceId) -> None:
    """The invoice is void: what settled it is credit."""
    await _touch_what_settles(db, invoice)
    await db.execute(delete(allocations).where(allocations.c.invoice_id == invoice))


async def _touch_what_settles(db: AsyncConnection, invoice: InvoiceId) -> None:
    """Their messages name the invoice."""
    settling = select(allocations.c.payment_id).where(allocations.c.invoice_id == invoice)
    await db.execute(
        update(payments).where(payments.c.id.in_(settling)).values(version=payments.c.version + 1)
    )


async def find_payment(db: AsyncConnection, firm: FirmId, payment: PaymentId) -> Payment | None:
    return await _find(db, _FIND, {"firm": firm, "payment": payment})


async def find_payment_by_number(db: AsyncConnection, firm: FirmId, number: int) -> Payment | None:
    return await _find(db, _FIND_BY_NUMBER, {"firm": firm, "number": number})


async def find_submitted(
    db: AsyncConnection, firm: FirmId, submission_id: str
) -> tuple[PaymentId, int, str] | None:
    """The payment that this modal was saved as: id, number, and the digest of what was typed."""
    asked = {"firm": firm, "submission": submission_id}
    row = (await db.execute(_FIND_SUBMITTED, asked)).one_or_none()
    return (PaymentId(row.id), row.number, row.submission_digest) if row else None


async def payments_of(
    db: AsyncConnection, firm: FirmId, client: ClientId, *, most: int
) -> list[PaymentId]:
    """A client's, the latest first, void ones left out."""
    query = (
        select(payments.c.id)
        .where(payments.c.firm_id == firm, payments.c.client_id == client, ~payments.c.voided)
        # SQLite cannot know that a client has fewer payments than the firm.
        .with_hint(payments, "INDEXED BY ix_payments_of_client", "sqlite")
        .order_by(payments.c.number.desc())
        .limit(most)
    )
    return [PaymentId(row.id) for row in await db.execute(query)]


async def _find(db: AsyncConnection, query: Any, asked: dict[str, Any]) -> Payment | None:  # noqa: ANN401 - SQL
    row = (await db.execute(query, asked)).mappings().one_or_none()
    if row is None:
        return None
    currency = row["currency"]
    allotted = (await db.execute(_ALLOTTED, {"payment": row["id"]})).mappings()
    return _payment(row, tuple(_allotted(each, currency) for each in allotted))


def _allotted(row: Any, currency: str) -> Allotted:  # noqa: ANN401 - a row's mapping.
    return Allotted(
        invoice_id=InvoiceId(row["invoice_id"]),
        amount=Money(row["amount_minor"], currency),
        left_out=row["left_out"],
        number=row["number"],
        invoice_qbo_id=row["invoice_qbo_id"],
        invoice_status=Status(row["invoice_status"]),
    )


def _payment(row: Any, allotted: tuple[Allotted, ...]) -> Payment:  # noqa: ANN401 - a mapping.
    return Payment(
        id=PaymentId(row["id"]),
        firm_id=FirmId(row["firm_id"]),
        number=row["number"],
        client=read_client(row),
        amount=Money(row["amount_minor"], row["currency"]),
        received_on=row["received_on"],
        method=Method(row["method"]),
        reference=row["reference"],
        description=row["description"],
        recorded_by=UserId(row["created_by"]),
        sync=sync_facts(row),
        allocations=allotted,
        refunded=row["refunded_minor"],
        credit_returned=row["returned_minor"],
        applied_elsewhere=row["applied_elsewhere_minor"],
        deposit_account_id=row["deposit_account_id"],
        voided=row["voided"],
        posting=_posting(row),
    )


def _posting(row: Any) -> Posting | None:  # noqa: ANN401 - a mapping.
    channel, barrier = row["posting_channel"], row["posting_barrier"]
    if channel is None:
        return None
    posted = row["posting_ts"] is not None
    return Posting(channel, posted, Barrier(barrier) if barrier else None)
