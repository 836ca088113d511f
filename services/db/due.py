"""Which outbox entries can be pushed now: those whose time has come and who wait for no other.

Clients come before their invoices, these before the payments that settle them, and payments before
their refunds; on the way out it is the other way round.
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, text

from services.db.columns import Instant
from services.db.tables import (
    ENTRY_IS_OPEN,
    allocations,
    clients,
    connections,
    invoices,
    leases,
    outbox,
    payments,
    refunds,
)
from services.domain.sync import EntryState, Operation, RecordKind, Status

DUE_STATES = (EntryState.PENDING, EntryState.UNCONFIRMED)
_NOW = bindparam("now", type_=Instant)
_LEAVES = outbox.c.operation.in_((Operation.DELETE, Operation.RELEASE))


def _is(kind: RecordKind, operation: Operation) -> ColumnElement[bool]:
    return and_(outbox.c.record_kind == kind, outbox.c.operation == operation)


_LACKS_ITS_CLIENT = or_(
    and_(
        _is(RecordKind.INVOICE, Operation.CREATE),
        ~exists().where(
            invoices.c.id == outbox.c.record_id,
            clients.c.id == invoices.c.client_id,
            clients.c.status == Status.SYNCED,
        ),
    ),
    and_(
        _is(RecordKind.PAYMENT, Operation.CREATE),
        ~exists().where(
            payments.c.id == outbox.c.record_id,
            clients.c.id == payments.c.client_id,
            clients.c.status == Status.SYNCED,
        ),
    ),
)
_LACKS_AN_INVOICE = and_(
    _is(RecordKind.PAYMENT, Operation.CREATE),
    exists().where(
        allocations.c.payment_id == outbox.c.record_id,
        ~allocations.c.left_out,
        invoices.c.id == allocations.c.invoice_id,
        invoices.c.status != Status.SYNCED,
    ),
)
_LACKS_ITS_PAYMENT = and_(
    _is(RecordKind.REFUND, Operation.CREATE),
    ~exists().where(
        refunds.c.id == outbox.c.record_id,
        payments.c.id == refunds.c.payment_id,
        payments.c.status == Status.SYNCED,
    ),
)
_HAS_REFUNDS = and_(
    outbox.c.record_kind == RecordKind.PAYMENT,
    _LEAVES,
    exists().where(refunds.c.payment_id == outbox.c.record_id, refunds.c.qbo_id.is_not(None)),
)
_HAS_PAYMENTS = and_(
    _is(RecordKind.INVOICE, Operation.DELETE),
    exists().where(
        allocations.c.invoice_id == outbox.c.record_id,
        ~allocations.c.left_out,
        payments.c.id == allocations.c.payment_id,
        payments.c.qbo_id.is_not(None),
    ),
)
_HAS_RECORDS = and_(
    _is(RecordKind.CLIENT, Operation.RELEASE),
    or_(
        exists().where(payments.c.client_id == outbox.c.record_id, payments.c.qbo_id.is_not(None)),
        exists().where(invoices.c.client_id == outbox.c.record_id, invoices.c.qbo_id.is_not(None)),
    ),
)
_READY = ~or_(
    *(_LACKS_ITS_CLIENT, _LACKS_AN_INVOICE, _LACKS_ITS_PAYMENT),
    *(_HAS_REFUNDS, _HAS_PAYMENTS, _HAS_RECORDS),
)
# What was sent already waits for nothing but the answer.
_CAN_GO = or_(outbox.c.state == EntryState.UNCONFIRMED, _READY)

# Whoever had no turn for longest comes first: a lease that was given back ended just then.
REALMS_WITH_WORK = (
    select(connections.c.realm_id, connections.c.firm_id)
    .join(outbox, outbox.c.firm_id == connections.c.firm_id)
    .outerjoin(leases, leases.c.realm_id == connections.c.realm_id)
    .where(
        connections.c.state == "active",
        connections.c.held_at.is_(None),
        text(ENTRY_IS_OPEN),
        or_(
            and_(outbox.c.state.in_(DUE_STATES), outbox.c.due_at <= _NOW, _CAN_GO),
            and_(outbox.c.state == EntryState.SENDING, leases.c.expires_at <= _NOW),
        ),
        or_(leases.c.expires_at.is_(None), leases.c.expires_at <= _NOW),
        or_(leases.c.paused_until.is_(None), leases.c.paused_until <= _NOW),
    )
    .group_by(connections.c.realm_id, connections.c.firm_id, leases.c.expires_at)
    .order_by(leases.c.expires_at.asc().nulls_first(), func.min(outbox.c.due_at))
    .limit(bindparam("most"))
)
NEXT_DUE = (
    select(outbox)
    .where(
        outbox.c.firm_id == bindparam("firm"),
        text(ENTRY_IS_OPEN),
        outbox.c.state.in_(DUE_STATES),
        outbox.c.due_at <= _NOW,
        _CAN_GO,
    )
    .order_by(outbox.c.record_kind, outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
# What a pause or another worker keeps waiting counts too: it is behind, whatever the reason.
OLDEST_DUE = (
    select(func.min(outbox.c.due_at, type_=Instant))
    .join(connections, connections.c.firm_id == outbox.c.firm_id)
    .where(
        connections.c.state == "active",
        connections.c.held_at.is_(None),
        text(ENTRY_IS_OPEN),
        outbox.c.state.in_(DUE_STATES),
        outbox.c.due_at <= _NOW,
        _CAN_GO,
    )
)
