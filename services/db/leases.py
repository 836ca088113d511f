"""One worker per QuickBooks company at a time, and that company's budget of requests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, and_, bindparam, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Instant
from services.db.tables import connections, leases
from services.db.upserts import upsert
from services.domain.ids import FirmId, RealmId

_MINUTE = timedelta(minutes=1)
REQUESTS_PER_MINUTE = 450  # QuickBooks allows 500; the rest is for people who look something up.


_NOW = bindparam("now", type_=Instant)
_MINE = and_(
    leases.c.realm_id == bindparam("realm"),
    leases.c.epoch == bindparam("its_epoch"),
    leases.c.expires_at > _NOW,
)
_IS_HELD = select(leases.c.epoch).where(_MINE)
_REQUESTS = bindparam("requests", type_=Integer)
_IS_OVER = leases.c.minute_began_at <= bindparam("since", type_=Instant)
_COUNT = (
    update(leases)
    .where(_MINE)
    .values(
        minute_began_at=case((_IS_OVER, _NOW), else_=leases.c.minute_began_at),
        requests_this_minute=case(
            (_IS_OVER, _REQUESTS), else_=leases.c.requests_this_minute + _REQUESTS
        ),
    )
)
_IS_OPEN = or_(leases.c.paused_until.is_(None), leases.c.paused_until <= _NOW)
_MAY_SEND = _IS_HELD.where(_IS_OPEN)
_SPEND = _COUNT.where(
    _IS_OPEN, or_(_IS_OVER, leases.c.requests_this_minute + _REQUESTS <= REQUESTS_PER_MINUTE)
)


@dataclass(frozen=True)
class Lease:
    """`epoch` grows with every holder, so that an old one's results can be told apart."""

    realm_id: RealmId
    holder: str
    epoch: int


async def acquire(
    db: AsyncConnection, realm: RealmId, *, holder: str, now: datetime, lasts: timedelta
) -> Lease | None:
    """None while somebody else holds it or the realm is paused."""
    first = upsert(db, leases).values(
        realm_id=realm, holder=holder, epoch=1, expires_at=now + lasts, minute_began_at=now
    )
    taken = await db.execute(
        first.on_conflict_do_update(
            index_elements=["realm_id"],
            set_={"holder": holder, "epoch": leases.c.epoch + 1, "expires_at": now + lasts},
            where=and_(
                leases.c.expires_at <= now,
                or_(leases.c.paused_until.is_(None), leases.c.paused_until <= now),
            ),
        ).returning(leases.c.epoch)
    )
    epoch = taken.scalar_one_or_none()
    return Lease(realm, holder, epoch) if epoch is not None else None


async def renew(db: AsyncConnection, lease: Lease, *, now: datetime, lasts: timedelta) -> bool:
    """False where somebody else has taken over."""
    renewed = await db.execute(
        update(leases)
        .where(leases.c.realm_id == lease.realm_id, leases.c.epoch == lease.epoch)
        .values(expires_at=now + lasts)
    )
    return renewed.rowcount == 1


async def is_held(db: AsyncConnection, lease: Lease, *, now: datetime) -> bool:
    return (await db.execute(_IS_HELD, _asked(lease, now))).first() is not None


async def may_send(db: AsyncConnection, lease: Lease, *, now: datetime) -> bool:
    """Whether it is held, and the realm not paused."""
    return (await db.execute(_MAY_SEND, _asked(lease, now))).first() is not None


async def release(db: AsyncConnection, lease: Lease, *, now: datetime) -> None:
    await renew(db, lease, now=now, lasts=timedelta(0))


async def void_all(db: AsyncConnection, *, now: datetime) -> None:
    """At the start of the only process on this database: whoever held a lease is gone."""
    await db.execute(update(leases).where(leases.c.expires_at > now).values(expires_at=now))


async def pause(db: AsyncConnection, realm: RealmId, *, until: datetime, because: str) -> None:
    await db.execute(
        update(leases)
        .where(leases.c.realm_id == realm)
        .values(paused_until=until, paused_because=because)
    )


async def find_pause(
    db: AsyncConnection, firm: FirmId, *, now: datetime
) -> tuple[datetime, str] | None:
    """Until when the firm's company is left alone, and why."""
    query = (
        select(leases.c.paused_until, leases.c.paused_because)
        .join(connections, connections.c.realm_id == leases.c.realm_id)
        .where(connections.c.firm_id == firm, leases.c.paused_until > now)
    )
    row = (await db.execute(query)).one_or_none()
    return (row.paused_until, row.paused_because) if row else None


async def resume(db: AsyncConnection, realm: RealmId) -> None:
    """End a pause, if there is one."""
    await db.execute(
        update(leases)
        .where(leases.c.realm_id == realm)
        .values(paused_until=None, paused_because=None)
    )


async def spend(db: AsyncConnection, lease: Lease, *, requests: int, now: datetime) -> bool:
    """Count requests; False where this minute's budget does not hold them.

    And where the realm is paused, or not ours any more.
    """
    asked = {**_asked(lease, now), "requests": requests, "since": now - _MINUTE}
    spent = await db.execute(_SPEND, asked)
    return spent.rowcount == 1


async def count(db: AsyncConnection, lease: Lease, *, requests: int, now: datetime) -> None:
    """Count requests that were made, whether the budget holds them or not."""
    asked = {**_asked(lease, now), "requests": requests, "since": now - _MINUTE}
    await db.execute(_COUNT, asked)


def _asked(lease: Lease, now: datetime) -> dict[str, object]:
    return {"realm": lease.realm_id, "its_epoch": lease.epoch, "now": now}
