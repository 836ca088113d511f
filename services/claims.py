"""The two transactions around a send: claim before it, settle after it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import leases, ledger, outbox
from services.db.engine import Database
from services.db.entries import Entry, Facts
from services.db.leases import Lease
from services.db.tokens import ConnectionStore
from services.domain.backoff import wait_before
from services.domain.ids import FirmId
from services.domain.sync import (
    SAME_ANSWERS,
    SETTLED_AFTER,
    Accepted,
    EntryState,
    NotSent,
    Outcome,
    Rejected,
    ReplyLost,
    Settlement,
    Skipped,
    Stale,
    settle,
    wire_key,
)
from services.ports import PARKED, Clock, Meter, NoMeter, Ring
from services.pushes import push_of
from services.pushes.push import AnyCase, Seen
from services.quickbooks.mapping.wire import to_json
from services.records import settle_record

log = structlog.get_logger()

PARKED_FOR = timedelta(minutes=15)  # What our own mistake stopped is tried again this late.


@dataclass(frozen=True)
class Timing:
    """How long things may take; what the environment sets."""

    lease: timedelta = timedelta(seconds=60)
    retry_base: timedelta = timedelta(seconds=2)
    throttle: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Attempt:
    """A case in the hands of one worker. `looked_at` is when it began to look at QuickBooks.

    Once it is claimed, `case.entry` is SENDING, but its `unresolved` and `last_sent_at` are still
    those of the attempt before. `requests` are those made and not yet counted.
    """

    case: AnyCase
    lease: Lease
    looked_at: datetime
    claimed_at: datetime | None = None
    claimed_tick: float = 0.0  # On the event loop's clock, which nobody sets.
    requests: int = 0

    def leaves_doubt(self, outcome: Outcome) -> bool:
        """Whether an attempt before this one may be in QuickBooks, for all that `outcome` tells.

        Time alone clears no doubt: NotSent may have come before the look was answered. Stale and
        Rejected follow a look, which tells the truth once all that was sent must show.
        """
        entry = self.case.entry
        if not entry.unresolved or isinstance(outcome, NotSent):
            return entry.unresolved
        before = entry.last_sent_at
        return before is None or before + SETTLED_AFTER > self.looked_at


@dataclass(frozen=True)
class Claims:
    database: Database
    store: ConnectionStore
    clock: Clock
    ring: Ring
    timing: Timing
    chance: Random
    meter: Meter = field(default_factory=NoMeter)

    async def claim(self, attempt: Attempt, seen: Seen) -> Attempt | None:
        """Make the entry ours, its key and body stored; None where it cannot be sent now."""
        now, case = self.clock(), attempt.case
        body = case.entry.body or to_json(push_of(case.entry).write(case, seen))
        claimed = replace(
            case.entry,
            state=EntryState.SENDING,
            attempt=case.entry.attempt + 1,
            body=body,
            first_sent_at=case.entry.first_sent_at or now,
        )
        async with self.database.write(case.entry.firm_id) as db:
            requests = attempt.requests + 1
            if not await leases.spend(db, attempt.lease, requests=requests, now=now):
                await self._spare(db, attempt, now)
                return None
            if not await outbox.claim(db, claimed, attempt.lease, now=now):
                return None
        return replace(
            attempt,
            case=replace(case, entry=claimed),
            claimed_at=now,
            claimed_tick=asyncio.get_running_loop().time(),
            requests=0,
        )

    async def _spare(self, db: AsyncConnection, attempt: Attempt, now: datetime) -> None:
        """Let the minute pass whose budget is spent."""
        lease = attempt.lease
        await leases.count(db, lease, requests=attempt.requests, now=now)
        if await leases.may_send(db, lease, now=now):
            until = now + self.timing.throttle
            await leases.pause(db, lease.realm_id, until=until, because="its own budget")

    async def settle(self, attempt: Attempt, outcome: Outcome) -> None:
        """Store what came of it, unless the entry is no longer ours to settle."""
        entry, now = attempt.case.entry, self.clock()
        settlement = settle(
            outcome,
            operation=entry.operation,
            unresolved_before=attempt.leaves_doubt(outcome),
        )
        async with self.database.write(entry.firm_id) as db:
            facts = self._facts(attempt, outcome, settlement, now)
            if settlement.new_key:
                facts = await _anew(db, entry, facts)
            if not await outbox.settle(db, entry, attempt.lease, settlement, facts):
                log.warning("outcome discarded", entry=entry.id, outcome=type(outcome).__name__)
                return
            await settle_record(db, attempt.case, outcome, settlement, now)
            await self._settle_realm(db, attempt, outcome, now)
        log.info(
            "settled",
            entry=entry.id,
            operation=entry.operation,
            attempt=entry.attempt,
            state=settlement.state,
        )
        self.meter.note_push(entry.operation, type(outcome).__name__)
        self.ring()

    async def _settle_realm(
        self, db: AsyncConnection, attempt: Attempt, outcome: Outcome, now: datetime
    ) -> None:
        lease = attempt.lease
        if attempt.requests:
            await leases.count(db, lease, requests=attempt.requests, now=now)
        if isinstance(outcome, NotSent) and outcome.pauses_realm:
            until = now + (outcome.retry_after or self.timing.throttle)
            await leases.pause(db, lease.realm_id, until=until, because=outcome.reason)

    def _facts(
        self, attempt: Attempt, outcome: Outcome, settlement: Settlement, now: datetime
    ) -> Facts:
        entry = attempt.case.entry
        facts = Facts(
            due_at=entry.due_at,
            settled_at=None,
            waits_for=None,
            refused=entry.refused,
            # A look that failed is an attempt too: the next one waits longer.
            attempt=entry.attempt + (attempt.claimed_at is None),
            same_answers=entry.same_answers,
            request_id=entry.key.request_id,
            body=entry.body,
            first_sent_at=entry.first_sent_at,
        )
        match outcome:
            case Rejected() if settlement.look_again:
                return replace(
                    facts,
                    due_at=_all_has_arrived(attempt),
                    waits_for="QuickBooks refused it; making sure that it did not arrive before",
                    refused=outcome,
                )
            case Accepted() | Skipped() | Rejected():
                return replace(facts, settled_at=now)
            case NotSent() if outcome.retry_after is not None:
                due_at = now + outcome.retry_after
                return replace(facts, due_at=due_at, waits_for=outcome.reason)
            case ReplyLost():
                return self._after_silence(attempt, outcome, facts, now)
            case NotSent() | Stale():
                return replace(facts, due_at=self._later(entry, now), waits_for=outcome.reason)

    def _after_silence(
        self, attempt: Attempt, outcome: ReplyLost, facts: Facts, now: datetime
    ) -> Facts:
        """The same answer again and again may be kept with the key: then a look must decide."""
        entry = attempt.case.entry
        is_same = outcome.answered and entry.waits_for == outcome.reason
        same_answers = entry.same_answers + 1 if is_same else int(outcome.answered)
        due_at = self._later(entry, now)
        if same_answers >= SAME_ANSWERS:
            due_at = max(due_at, _all_has_arrived(attempt))
        return replace(facts, due_at=due_at, waits_for=outcome.reason, same_answers=same_answers)

    def _later(self, entry: Entry, now: datetime) -> datetime:
        base = self.timing.retry_base
        return now + wait_before(max(entry.attempt, 1), base=base, chance=self.chance)

    async def rest(self, firm: FirmId, lease: Lease, because: str) -> None:
        """Leave the realm alone for a while: nobody may call it just now."""
        now = self.clock()
        async with self.database.write(firm) as db:
            if await leases.is_held(db, lease, now=now):
                until = now + self.timing.throttle
                await leases.pause(db, lease.realm_id, until=until, because=because)

    async def park(self, entry: Entry, lease: Lease) -> None:
        """Lay aside what our own mistake stopped; it may have been sent."""
        async with self.database.write(entry.firm_id) as db:
            await outbox.park(db, entry, lease, until=self.clock() + PARKED_FOR)
            await ledger.touch(db, entry.record_kind, entry.record_id)
        self.meter.note_push(entry.operation, PARKED)
        self.ring()


def _all_has_arrived(attempt: Attempt) -> datetime:
    return (attempt.claimed_at or attempt.looked_at) + SETTLED_AFTER


async def _anew(db: AsyncConnection, entry: Entry, facts: Facts) -> Facts:
    """The same intention as another request."""
    generation = await ledger.begin_generation(db, entry.record_kind, entry.record_id)
    key = wire_key(entry.record_id, entry.operation, generation)
    return replace(facts, request_id=key.request_id, body=None, first_sent_at=None, same_answers=0)
