"""Firms, members, clients and payments, as statements.

Those that staff wait for are built once: SQLAlchemy then takes a third of the time.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, case, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import audit, clients, firms, members, payments
from services.domain.causes import Cause
from services.domain.ids import ClientId, FirmId, PaymentId, UserId
from services.domain.ledger import Client, Method, Payment, Settings, SyncFacts, name_key
from services.domain.members import Member
from services.domain.money import Money
from services.domain.sync import Status

_CLIENT = [clients.c[name].label(f"client_{name}") for name in clients.c.keys()]  # noqa: SIM118
_PAYMENT = select(
    *(column for column in payments.c if column is not payments.c.client_id), *_CLIENT
).join(clients, clients.c.id == payments.c.client_id)

_FIND_MEMBER = (
    select(members, *firms.c)
    .join(firms, firms.c.id == members.c.firm_id)
    .where(
        members.c.firm_id == bindparam("firm"),
        members.c.user_id == bindparam("user"),
        members.c.seen_at > bindparam("seen_after"),
    )
)
_FIND_CLIENT = select(*_CLIENT).where(
    clients.c.firm_id == bindparam("firm"), clients.c.id == bindparam("client")
)
_FIND_CLIENT_BY_NAME = select(*_CLIENT).where(
    clients.c.firm_id == bindparam("firm"), clients.c.name_key == bindparam("key")
)
_TAKE_NUMBER = (
    update(firms)
    .where(firms.c.id == bindparam("firm"))
    .values(next_payment_number=firms.c.next_payment_number + 1)
    .returning(firms.c.next_payment_number)
)
_FIND_PAYMENT = _PAYMENT.where(
    payments.c.firm_id == bindparam("firm"), payments.c.id == bindparam("payment")
)
_FIND_PAYMENT_BY_NUMBER = _PAYMENT.where(
    payments.c.firm_id == bindparam("firm"), payments.c.number == bindparam("number")
)
_FIND_SUBMITTED = select(payments.c.id, payments.c.number, payments.c.submission_digest).where(
    payments.c.firm_id == bindparam("firm"), payments.c.submission_id == bindparam("submission")
)


async def ensure_firm(db: AsyncConnection, firm: FirmId) -> None:
    await db.execute(upsert(firms).values(id=firm).on_conflict_do_nothing())


async def get_settings(db: AsyncConnection, firm: FirmId) -> Settings:
    row = (await db.execute(select(firms).where(firms.c.id == firm))).one()
    return _settings(row)


def _settings(row: Row[Any]) -> Settings:
    return Settings(row.sync_by_default, row.currency, row.settings_version)


async def save_settings(db: AsyncConnection, firm: FirmId, chosen: Settings) -> None:
    await db.execute(
        update(firms)
        .where(firms.c.id == firm)
        .values(sync_by_default=chosen.sync_by_default, settings_version=chosen.version + 1)
    )


async def save_currency(db: AsyncConnection, firm: FirmId, currency: str) -> None:
    await db.execute(update(firms).where(firms.c.id == firm).values(currency=currency))


async def find_member(
    db: AsyncConnection, firm: FirmId, user: UserId, *, seen_after: datetime
) -> tuple[Member, Settings] | None:
    """The person, and in the same look what their firm chose."""
    asked = {"firm": firm, "user": user, "seen_after": seen_after}
    row = (await db.execute(_FIND_MEMBER, asked)).one_or_none()
    if row is None:
        return None
    member = Member(firm, user, row.is_admin, row.is_outsider, row.locale, row.timezone)
    return member, _settings(row)


async def save_member(db: AsyncConnection, member: Member, *, seen_at: datetime) -> None:
    facts = {
        "is_admin": member.is_admin,
        "is_outsider": member.is_outsider,
        "locale": member.locale,
        "timezone": member.timezone,
        "seen_at": seen_at,
    }
    await db.execute(
        upsert(members)
        .values(firm_id=member.firm_id, user_id=member.user_id, **facts)
        .on_conflict_do_update(index_elements=["firm_id", "user_id"], set_=facts)
    )


async def delete_member(db: AsyncConnection, firm: FirmId, user: UserId) -> None:
    await db.execute(delete(members).where(members.c.firm_id == firm, members.c.user_id == user))


def _sync_facts(row: Row[Any], prefix: str) -> SyncFacts:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it.
    cause = values[f"{prefix}cause"]
    return SyncFacts(
        status=Status(values[f"{prefix}status"]),
        qbo_id=values[f"{prefix}qbo_id"],
        linked=values[f"{prefix}linked"],
        cause=Cause(cause) if cause else None,
        detail=values[f"{prefix}detail"],
    )


def _client(row: Row[Any]) -> Client:
    return Client(
        ClientId(row.client_id),
        FirmId(row.client_firm_id),
        row.client_name,
        row.client_email,
        _sync_facts(row, "client_"),
    )


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=PaymentId(row.id),
        firm_id=FirmId(row.firm_id),
        number=row.number,
        client=_client(row),
        amount=Money(row.amount_minor, row.currency),
        received_on=row.received_on,
        method=Method(row.method),
        reference=row.reference,
        description=row.description,
        recorded_by=UserId(row.created_by),
        sync=_sync_facts(row, ""),
    )


async def insert_client(db: AsyncConnection, client: Client, *, by: UserId, at: datetime) -> None:
    await db.execute(
        insert(clients),
        {
            "id": client.id,
            "firm_id": client.firm_id,
            "name": client.name,
            "name_key": name_key(client.name),
            "email": client.email,
            "status": client.sync.status,
            "created_by": by,
            "created_at": at,
        },
    )


async def find_client(db: AsyncConnection, firm: FirmId, client: ClientId) -> Client | None:
    row = (await db.execute(_FIND_CLIENT, {"firm": firm, "client": client})).one_or_none()
    return _client(row) if row else None


async def find_client_by_name(db: AsyncConnection, firm: FirmId, name: str) -> Client | None:
    asked = {"firm": firm, "key": name_key(name)}
    row = (await db.execute(_FIND_CLIENT_BY_NAME, asked)).one_or_none()
    return _client(row) if row else None


async def search_clients(db: AsyncConnection, firm: FirmId, words: str, limit: int) -> list[Client]:
    """Clients whose name holds `words`, those that begin with them first."""
    key = name_key(words)
    query = (
        select(*_CLIENT)
        .where(clients.c.firm_id == firm, clients.c.name_key.contains(key, autoescape=True))
        .order_by(
            case((clients.c.name_key.startswith(key, autoescape=True), 0), else_=1),
            clients.c.name_key,
        )
        .limit(limit)
    )
    return [_client(row) for row in await db.execute(query)]


async def take_payment_number(db: AsyncConnection, firm: FirmId) -> int:
    taken = await db.execute(_TAKE_NUMBER, {"firm": firm})
    return int(taken.scalar_one()) - 1


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
            "status": payment.sync.status,
            "generation": generation,
            "created_by": payment.recorded_by,
            "created_at": at,
        },
    )


async def find_payment(db: AsyncConnection, firm: FirmId, payment: PaymentId) -> Payment | None:
    row = (await db.execute(_FIND_PAYMENT, {"firm": firm, "payment": payment})).one_or_none()
    return _payment(row) if row else None


async def find_payment_by_number(db: AsyncConnection, firm: FirmId, number: int) -> Payment | None:
    asked = {"firm": firm, "number": number}
    row = (await db.execute(_FIND_PAYMENT_BY_NUMBER, asked)).one_or_none()
    return _payment(row) if row else None


async def find_submitted(
    db: AsyncConnection, firm: FirmId, submission_id: str
) -> tuple[PaymentId, int, str] | None:
    """The payment that this modal was saved as: id, number, and the digest of what was typed."""
    asked = {"firm": firm, "submission": submission_id}
    row = (await db.execute(_FIND_SUBMITTED, asked)).one_or_none()
    return (PaymentId(row.id), row.number, row.submission_digest) if row else None


async def mark(db: AsyncConnection, table: Table, record: UUID, facts: SyncFacts) -> None:
    """Store what is now known of a record's way to QuickBooks."""
    await db.execute(
        update(table)
        .where(table.c.id == record)
        .values(
            status=facts.status,
            qbo_id=facts.qbo_id,
            linked=facts.linked,
            cause=facts.cause,
            detail=facts.detail,
            version=table.c.version + 1,
        )
    )


async def touch(db: AsyncConnection, table: Table, record: UUID) -> None:
    """Note that something which people see of the record has changed."""
    await db.execute(update(table).where(table.c.id == record).values(version=table.c.version + 1))


async def touch_waiting(
    db: AsyncConnection, firm: FirmId, *, client: ClientId | None = None
) -> None:
    """Note that what the firm's (or the client's) payments wait for has changed."""
    waiting = [payments.c.firm_id == firm, payments.c.status == Status.SYNCING]
    if client is not None:
        waiting.append(payments.c.client_id == client)
    await db.execute(update(payments).where(*waiting).values(version=payments.c.version + 1))


async def begin_generation(db: AsyncConnection, table: Table, record: UUID) -> int:
    """Number a new intention to push the record."""
    begun = await db.execute(
        update(table)
        .where(table.c.id == record)
        .values(generation=table.c.generation + 1)
        .returning(table.c.generation)
    )
    return int(begun.scalar_one())


async def count_statuses(db: AsyncConnection, firm: FirmId) -> dict[Status, int]:
    query = (
        select(payments.c.status, func.count())
        .where(payments.c.firm_id == firm)
        .group_by(payments.c.status)
    )
    return {Status(status): count for status, count in await db.execute(query)}


async def has_synced(db: AsyncConnection, firm: FirmId) -> bool:
    """Whether any record of the firm is tied to QuickBooks."""
    for table in (clients, payments):
        query = select(table.c.id).where(table.c.firm_id == firm, table.c.qbo_id.is_not(None))
        if (await db.execute(query.limit(1))).first():
            return True
    return False


async def write_audit(  # noqa: PLR0913 - one value per column.
    db: AsyncConnection,
    *,
    firm: FirmId,
    at: datetime,
    actor: str,
    action: str,
    record_kind: str,
    record_id: str,
    change: dict[str, Any],
    intuit_tid: str | None = None,
) -> None:
    await db.execute(
        insert(audit),
        {
            "firm_id": firm,
            "at": at,
            "actor": actor,
            "action": action,
            "record_kind": record_kind,
            "record_id": record_id,
            "change": change,
            "intuit_tid": intuit_tid,
        },
    )
