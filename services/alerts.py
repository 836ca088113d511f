"""What people do about an alert."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import alerts, ledger, outbox
from services.db.engine import Database
from services.domain.alerts import Act, Alert, Member, TopicKind
from services.domain.ids import AlertId, FirmId, UserId
from services.domain.ledger import Record
from services.domain.sync import ACTIONS, Action, RecordKind, Status
from services.errors import NotFound, Refused
from services.intentions import dismiss, set_aside
from services.ports import Clock, Ring
from services.resending import send_again

AT_ONCE = 50  # Records in one transaction: others come in between.
MOST = 2_000  # Records of one press; who presses again does the next.
SAME_CHOICE = timedelta(minutes=1)  # Apart: a form that came twice, or was sent in impatience.
_Change = Callable[[AsyncConnection, Record], Awaitable[bool]]


@dataclass(frozen=True)
class Done:
    """How many records it was done to, and of how many."""

    count: int
    of: int


@dataclass(frozen=True)
class Alerts:
    """All raise NotFound for an alert that is not the firm's, Refused for one that is resolved."""

    database: Database
    clock: Clock
    ring: Ring

    async def find(self, firm: FirmId, alert: AlertId) -> Alert:
        async with self.database.read() as db:
            return await _get_open(db, firm, alert)

    async def claim(self, firm: FirmId, alert: AlertId, *, by: UserId) -> None:
        """Everybody sees who is at it; whoever claims it later takes it over."""
        async with self.database.write(firm) as db:
            found = await _get_open(db, firm, alert)
            if found.claimed_by == by:
                return
            await alerts.change(db, alert, claimed_by=by)
            await alerts.note(db, alert, Act.CLAIMED, at=self.clock(), by=[by])
            change = {"claimed_by": [found.claimed_by, by]}
            await self._audit(db, found, Act.CLAIMED, change, by=by)
        self.ring()

    async def snooze(self, firm: FirmId, alert: AlertId, *, until: datetime, by: UserId) -> None:
        """Say nothing more of it before, whatever comes to it."""
        async with self.database.write(firm) as db:
            found = await _get_open(db, firm, alert)
            if found.snoozed_by == by and _is_about(until, found.snoozed_until):
                return
            await alerts.change(db, alert, snoozed_until=until, snoozed_by=by)
            await alerts.note(db, alert, Act.SNOOZED, at=self.clock(), by=[by], until=until)
            change = {"snoozed_until": [_written(found.snoozed_until), _written(until)]}
            await self._audit(db, found, Act.SNOOZED, change, by=by)
        self.ring()

    async def retry(
        self, firm: FirmId, alert: AlertId, *, by: UserId, only: UUID | None = None
    ) -> Done:
        """Ask again for what Failed, or look at once for what is in doubt.

        A change that QuickBooks did not accept of what it holds is not asked for again; neither is
        what was dismissed, deleted or called back since the alert was last looked after.
        """
        now = self.clock()

        async def change(db: AsyncConnection, record: Record) -> bool:
            failed = record.sync.status is Status.FAILED
            return failed and await send_again(db, record, by=by, at=now)

        found = await self.find(firm, alert)
        if found.topic.kind is TopicKind.FAILURES:
            done = await self._each(found, change, only=only)
        else:
            done = await self._hurry(found, only=only)
        await self._note(found, Act.RETRIED, done, by=by)
        return done

    async def dismiss(self, firm: FirmId, alert: AlertId, *, why: str, by: UserId) -> Done:
        """Leave out for good what Failed, and let go of changes that were not accepted.

        Refused for what no person can leave out.
        """
        now = self.clock()

        async def change(db: AsyncConnection, record: Record) -> bool:
            if Action.DISMISS in ACTIONS[record.sync.status]:
                await dismiss(db, record, why, by=by, at=now)
            elif record.sync.note is not None:
                await set_aside(db, record, why, by=by, at=now)
            else:
                return False
            return True

        found = await self.find(firm, alert)
        if found.topic.kind is not TopicKind.FAILURES:
            raise Refused("Only what QuickBooks refused can be dismissed.")
        done = await self._each(found, change)
        await self._note(found, Act.DISMISSED, done, by=by, words=why)
        return done

    async def _each(self, alert: Alert, change: _Change, *, only: UUID | None = None) -> Done:
        """Clients before their invoices, these before payments, and refunds last."""
        async with self.database.read() as db:
            members = _wanted(await alerts.unsolved(db, alert.id), only)
        count = 0
        for start in range(0, len(members), AT_ONCE):
            async with self.database.write(alert.firm_id) as db:
                for member in members[start : start + AT_ONCE]:
                    record = await ledger.find_record(db, alert.firm_id, *member)
                    count += record is not None and await change(db, record)
        return Done(count, len(members))

    async def _hurry(self, alert: Alert, *, only: UUID | None) -> Done:
        now, count = self.clock(), 0
        async with self.database.write(alert.firm_id) as db:
            members = _wanted(await alerts.unsolved(db, alert.id), only)
            for member in members:
                count += await outbox.hurry_one(db, member.id, now=now)
        return Done(count, len(members))

    async def _note(
        self, alert: Alert, act: Act, done: Done, *, by: UserId, words: str = ""
    ) -> None:
        """Nothing done is nothing to tell: the same press came twice."""
        if done.count:
            async with self.database.write(alert.firm_id) as db:
                facts = {"count": done.count, "words": words}
                await alerts.note(db, alert.id, act, at=self.clock(), by=[by], **facts)
                await self._audit(db, alert, act, {"records": done.count, "why": words}, by=by)
        self.ring()

    async def _audit(
        self, db: AsyncConnection, alert: Alert, act: Act, change: dict[str, Any], *, by: UserId
    ) -> None:
        """What it did to records is said of each of them."""
        await ledger.write_audit(
            db,
            firm=alert.firm_id,
            at=self.clock(),
            actor=by,
            action=f"alert {act}",
            record_kind="alert",
            record_id=str(alert.id),
            change={"about": [alert.topic.kind, alert.topic.about], **change},
        )


def _written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _is_about(until: datetime, before: datetime | None) -> bool:
    """The same choice, sent twice."""
    return before is not None and abs(until - before) < SAME_CHOICE


def _wanted(members: frozenset[Member], only: UUID | None) -> list[Member]:
    order = list(RecordKind)
    chosen = (each for each in members if only is None or each.id == only)
    return sorted(chosen, key=lambda each: (order.index(each.kind), each.id))[:MOST]


async def _get_open(db: AsyncConnection, firm: FirmId, alert: AlertId) -> Alert:
    found = await alerts.find(db, firm, alert)
    if found is None:
        raise NotFound("There is no such alert.")
    if found.resolved_at is not None:
        raise Refused("This is resolved already.")
    return found
