"""What a firm is told of each week: when, and what it says."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.db import digests, incidents, overviews, weeks
from services.db.digests import Due
from services.db.engine import Database
from services.db.tokens import ConnectionStore
from services.domain.alerts import Member, Wrong
from services.domain.connection import Company
from services.domain.digest import (
    LIES_TOO_LONG,
    LOOKED_BACK,
    Digest,
    Group,
    Push,
    Undeposited,
    Week,
    speed_of,
    week_to_tell,
)
from services.domain.ids import FirmId
from services.domain.sync import RecordKind
from services.errors import CounterfoilError
from services.live import Live
from services.ports import Clock

_AT_ONCE = timedelta(days=7)  # Of payments received: all else waits while a statement reads.


@dataclass(frozen=True)
class Digests:
    """Once per firm and week, whoever looks for it: each post is claimed and noted before."""

    database: Database
    store: ConnectionStore
    live: Live
    clock: Clock

    async def due(self) -> list[Due]:
        """What nobody is at."""
        now = self.clock()
        async with self.database.read() as db:
            wishes = await digests.wishes(db)
        to_tell = [(each, week_to_tell(each.alerting, now)) for each in wishes]
        open_weeks = [
            (wish.firm_id, week)
            for wish, week in to_tell
            if week is not None and (wish.told is None or wish.told < week.begins_on)
        ]
        found = [await self._find_due(firm, week, now) for firm, week in open_weeks]
        return [each for each in found if each is not None]

    async def _find_due(self, firm: FirmId, week: Week, now: datetime) -> Due | None:
        async with self.database.write(firm) as db:
            return await digests.find_due(db, firm, week, now=now)

    async def claim(self, due: Due, place: str, within: timedelta) -> Due | None:
        """Right before it is posted there; None where somebody else has been quicker."""
        async with self.database.write(due.firm_id) as db:
            return await digests.claim(db, due, place, until=self.clock() + within)

    async def posted(self, due: Due, place: str, message_ts: str) -> Due:
        async with self.database.write(due.firm_id) as db:
            return await digests.note_post(db, due, place, message_ts)

    async def put_off(self, due: Due, wait: timedelta) -> None:
        async with self.database.write(due.firm_id) as db:
            await digests.put_off(db, due, until=self.clock() + wait)

    async def end(self, due: Due) -> None:
        """There is nothing more to tell of that week."""
        async with self.database.write(due.firm_id) as db:
            await digests.end(db, due, at=self.clock())

    async def gather(self, due: Due) -> Digest | None:
        """None where nothing was recorded or changed, and nothing is open."""
        firm, week, now = due.firm_id, due.week, self.clock()
        wrong, waiting = await self._open(firm, now)
        is_open = waiting > 0 or bool(wrong)
        if not await self._is_worth_telling(firm, week, is_open=is_open):
            return None
        company = await self._company(firm)
        days, pushes = await self._recorded(firm, week)
        return Digest(
            week=week,
            made_at=now,
            days=days,
            account_names={each.id: each.name for each in company.accounts} if company else {},
            speed=speed_of(pushes),
            undeposited=await self._undeposited(firm, company, _today(week, now)),
            troubled=_count_by_kind(wrong),
            waiting=waiting,
        )

    async def _open(self, firm: FirmId, now: datetime) -> tuple[Wrong, int]:
        """What people are alerted to, and how much is on its way."""
        async with self.database.read() as db:
            wrong = await incidents.find(db, firm, now=now, known=())
            return wrong, (await overviews.queue_of(db, firm, now=now)).waiting

    async def _is_worth_telling(self, firm: FirmId, week: Week, *, is_open: bool) -> bool:
        """A firm that came after the week is told nothing of it, whatever is open by now."""
        since = None if is_open else week.begins_at
        async with self.database.read() as db:
            return await weeks.has_changed(db, firm, since=since, until=week.ends_at)

    async def _company(self, firm: FirmId) -> Company | None:
        async with self.database.read() as db:
            connection = await self.store.find(db, firm)
        return connection.company if connection else None

    async def _recorded(
        self, firm: FirmId, week: Week
    ) -> tuple[dict[date, tuple[Group, ...]], list[Push]]:
        """Day by day: all else waits for each statement."""
        days, pushes = {}, []
        for day in week.days:
            since, until = week.span(day)
            async with self.database.read() as db:
                days[day] = await weeks.groups(db, firm, since=since, until=until)
                pushes += await weeks.pushes(db, firm, since=since, until=until)
            await asyncio.sleep(0)
        return days, pushes

    async def _undeposited(
        self, firm: FirmId, company: Company | None, today: date
    ) -> Undeposited | None:
        """QuickBooks is asked once, and only where there is something to ask about."""
        found, deposited = Undeposited(), None
        account = company.undeposited_funds_id if company else None
        if account is None:
            return found
        for since, until in _windows(today):
            async with self.database.read() as db:
                held = await weeks.held(db, firm, account, since=since, until=until)
            await asyncio.sleep(0)
            if held and deposited is None:
                deposited = await self._find_deposited(firm, since)
                if deposited is None:
                    return None
            found = found.plus([each for each in held if each.qbo_id not in (deposited or ())])
        return found

    async def _find_deposited(self, firm: FirmId, since: date) -> frozenset[str] | None:
        try:
            return await self.live.deposited(firm, since)
        except CounterfoilError:  # It is disconnected, or does not answer: the digest says so.
            return None


def _count_by_kind(wrong: Wrong) -> dict[RecordKind, int]:
    members = frozenset[Member]().union(*wrong.values())
    return Counter(member.kind for member in members)


def _today(week: Week, now: datetime) -> date:
    return now.astimezone(ZoneInfo(week.zone)).date()


def _windows(today: date) -> Iterator[tuple[date, date]]:
    """Up to what does not lie there for too long yet, the oldest first."""
    since, end = today - LOOKED_BACK, today - LIES_TOO_LONG
    while since < end:
        until = min(since + _AT_ONCE, end)
        yield since, until
        since = until
