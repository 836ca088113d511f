"""One worker per QuickBooks company at a time, and that company's budget of requests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import leases
from services.domain.ids import RealmId

_MINUTE = timedelta(minutes=1)
REQUESTS_PER_MINUTE = 450  # QuickBooks allows 500; the rest is for people who look something up.


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
    first = upsert(leases).values(
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
    query = select(leases.c.epoch).where(
        leases.c.realm_id == lease.realm_id,
        leases.c.epoch == lease.epoch,
        leases.c.expires_at > now,
    )
    return (await db.execute(query)).first() is not None


async def may_send(db: AsyncConnection, lease: Lease, *, now: datetime) -> bool:
    """Whether it is held, and the realm not paused."""
    query = select(leases.c.epoch).where(
        leases.c.realm_id == lease.realm_id,
        leases.c.epoch == lease.epoch,
        leases.c.expires_at > now,
        or_(leases.c.paused_until.is_(None), leases.c.paused_until <= now),
    )
    return (await db.execute(query)).first() is not None


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


async def resume(db: AsyncConnection, realm: RealmId) -> None:
    """End a pause, if there is one."""
    await db.execute(
        update(leases)
        .where(leases.c.realm_id == realm)
        .values(paused_until=None, paused_because=None)
    )


async def spend(db: AsyncConnection, lease: Lease, *, requests: int, now: datetime) -> bool:
    """Count requests about to be made; False where this minute's budget does not hold them."""
    over = leases.c.minute_began_at <= now - _MINUTE
    spent = await db.execute(
        update(leases)
        .where(
            leases.c.realm_id == lease.realm_id,
            leases.c.epoch == lease.epoch,
            or_(over, leases.c.requests_this_minute + requests <= REQUESTS_PER_MINUTE),
        )
        .values(
            minute_began_at=case((over, now), else_=leases.c.minute_began_at),
            requests_this_minute=case(
                (over, requests), else_=leases.c.requests_this_minute + requests
            ),
        )
    )
    return spent.rowcount == 1
