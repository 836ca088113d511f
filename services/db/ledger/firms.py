"""Firms, what they chose, and their members."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, and_, bindparam, delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import connections, firms, members
from services.db.upserts import upsert
from services.domain.ids import FirmId, UserId
from services.domain.ledger import Settings
from services.domain.members import Member, named_role
from services.domain.settings import Alerting, Rhythm, Rights

_FIND_MEMBER = (
    select(members, *firms.c)
    .join(firms, firms.c.id == members.c.firm_id)
    .where(
        members.c.firm_id == bindparam("firm"),
        members.c.user_id == bindparam("user"),
        members.c.seen_at > bindparam("seen_after"),
    )
)
_GET_SETTINGS = select(firms).where(firms.c.id == bindparam("firm"))
_NUMBERS = {
    kind: update(firms)
    .where(firms.c.id == bindparam("firm"))
    .values({column: column + 1})
    .returning(column)
    for kind, column in (
        ("payment", firms.c.next_payment_number),
        ("invoice", firms.c.next_invoice_number),
        ("refund", firms.c.next_refund_number),
    )
}


async def ensure_firm(db: AsyncConnection, firm: FirmId) -> None:
    await db.execute(upsert(db, firms).values(id=firm).on_conflict_do_nothing())


async def all_firms(db: AsyncConnection) -> list[FirmId]:
    return [FirmId(row.id) for row in await db.execute(select(firms.c.id).order_by(firms.c.id))]


async def get_settings(db: AsyncConnection, firm: FirmId) -> Settings:
    return _settings((await db.execute(_GET_SETTINGS, {"firm": firm})).one())


def _settings(row: Row[Any]) -> Settings:
    return Settings(
        sync_by_default=row.sync_by_default,
        currency=row.currency,
        version=row.settings_version,
        deposit_account_id=row.deposit_account_id,
        method_accounts=cast("dict[str, str]", row.method_accounts),
        service_item_id=row.service_item_id,
        start_on=row.start_on,
        twin_window_days=row.twin_window_days,
        rights=Rights(_people(row.admins), _people(row.approvers)),
        alerting=Alerting(
            channel_id=row.alert_channel,
            rhythm=Rhythm(row.alert_rhythm),
            quiet_from=row.quiet_from,
            quiet_until=row.quiet_until,
            time_zone=row.time_zone,
            digest=row.weekly_digest,
        ),
        posting_channels=frozenset(row.posting_channels),
    )


def _people(users: list[str]) -> frozenset[UserId]:
    return frozenset(map(UserId, users))


async def save_settings(db: AsyncConnection, firm: FirmId, chosen: Settings) -> None:
    """The currency is the company's, not the firm's to choose."""
    await db.execute(
        update(firms)
        .where(firms.c.id == firm)
        .values(
            sync_by_default=chosen.sync_by_default,
            settings_version=chosen.version + 1,
            deposit_account_id=chosen.deposit_account_id,
            method_accounts=dict(chosen.method_accounts),
            service_item_id=chosen.service_item_id,
            start_on=chosen.start_on,
            twin_window_days=chosen.twin_window_days,
            admins=sorted(chosen.rights.admins),
            approvers=sorted(chosen.rights.approvers),
            alert_channel=chosen.alerting.channel_id,
            alert_rhythm=chosen.alerting.rhythm,
            quiet_from=chosen.alerting.quiet_from,
            quiet_until=chosen.alerting.quiet_until,
            time_zone=chosen.alerting.time_zone,
            weekly_digest=chosen.alerting.digest,
            posting_channels=sorted(chosen.posting_channels),
        )
    )


async def save_currency(db: AsyncConnection, firm: FirmId, currency: str) -> None:
    await db.execute(update(firms).where(firms.c.id == firm).values(currency=currency))


async def take_number(db: AsyncConnection, firm: FirmId, kind: str) -> int:
    """The firm's next number for a `payment`, an `invoice` or a `refund`."""
    taken = await db.execute(_NUMBERS[kind], {"firm": firm})
    return int(taken.scalar_one()) - 1


async def find_member(
    db: AsyncConnection, firm: FirmId, user: UserId, *, seen_after: datetime
) -> tuple[Member, Settings] | None:
    """The person, and in the same look what their firm chose."""
    asked = {"firm": firm, "user": user, "seen_after": seen_after}
    row = (await db.execute(_FIND_MEMBER, asked)).one_or_none()
    if row is None:
        return None
    settings = _settings(row)
    member = Member(
        firm_id=firm,
        user_id=user,
        is_admin=row.is_admin,
        is_outsider=row.is_outsider,
        locale=row.locale,
        timezone=row.timezone,
        named=named_role(user, settings.rights),
        rank_counts=not settings.rights.admins,
    )
    return member, settings


async def admins_of(db: AsyncConnection, firm: FirmId, *, most: int) -> list[UserId]:
    """Whom the firm named.

    Until it names any, who connected QuickBooks; where they have left, those of its admins in
    Slack whom we met.
    """
    named = (await get_settings(db, firm)).rights.admins
    if named:
        return sorted(named)[:most]
    ours = and_(members.c.firm_id == firm, members.c.user_id == connections.c.connected_by)
    connected = (
        select(connections.c.connected_by)
        .outerjoin(members, ours)
        .where(connections.c.firm_id == firm, members.c.is_outsider.is_not(true()))
    )
    ranked = select(members.c.user_id).where(
        members.c.firm_id == firm, members.c.is_admin, ~members.c.is_outsider
    )
    for query in (connected, ranked.order_by(members.c.user_id)):
        if found := (await db.execute(query.limit(most))).scalars().all():
            return [UserId(user) for user in found]
    return []


async def save_member(db: AsyncConnection, member: Member, *, seen_at: datetime) -> None:
    facts = {
        "is_admin": member.is_admin,
        "is_outsider": member.is_outsider,
        "locale": member.locale,
        "timezone": member.timezone,
        "seen_at": seen_at,
    }
    await db.execute(
        upsert(db, members)
        .values(firm_id=member.firm_id, user_id=member.user_id, **facts)
        .on_conflict_do_update(index_elements=["firm_id", "user_id"], set_=facts)
    )


async def delete_member(db: AsyncConnection, firm: FirmId, user: UserId) -> None:
    await db.execute(delete(members).where(members.c.firm_id == firm, members.c.user_id == user))
