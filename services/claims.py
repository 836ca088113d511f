"""The two transactions around a send: claim before it, settle after it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import leases, ledger, outbox, tokens
from services.db.engine import Database
from services.db.leases import Lease
from services.db.outbox import Entry
from services.db.tokens import ConnectionStore
from services.domain.backoff import wait_before
from services.domain.ids import ClientId
from services.domain.ledger import SyncFacts
from services.domain.sync import (
    SETTLED_AFTER,
    Accepted,
    EntryState,
    NotSent,
    Operation,
    Outcome,
    RecordKind,
    Rejected,
    ReplyLost,
    Settlement,
    Skipped,
    Stale,
    Status,
    settle,
    wire_key,
)
from services.ports import Clock, Ring
from services.pushes import PUSHES

log = structlog.get_logger()

REQUESTS_PER_PUSH = 2  # A look and a send; more pages than one are rare.
PARKED_FOR = timedelta(minutes=15)  # What our own mistake stopped is tried again this late.


@dataclass(frozen=True)
class Timing:
    """How long things may take; what the environment sets."""

    lease: timedelta = timedelta(seconds=60)
    retry_base: timedelta = timedelta(seconds=2)
    throttle: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Claim:
    """An entry that only we may send now. `entry.last_sent_at` is of the attempt before."""

    entry: Entry
    lease: Lease
    at: datetime

    def leaves_doubt(self, outcome: Outcome) -> bool:
        """Whether an attempt before this one may be in QuickBooks, for all that `outcome` tells.

        Time alone clears no doubt: NotSent may have come before the look was answered. Stale and
        Rejected follow a look, which tells the truth once all that was sent must show.
        """
        if not self.entry.unresolved or isinstance(outcome, NotSent):
            return self.entry.unresolved
        before = self.entry.last_sent_at
        return before is None or before + SETTLED_AFTER > self.at


@dataclass(frozen=True)
class Claims:
    database: Database
    store: ConnectionStore
    clock: Clock
    ring: Ring
    timing: Timing
    chance: Random

    async def claim(self, entry: Entry, lease: Lease) -> Claim | None:
        """Make the entry ours, its key and body stored; None where it cannot be sent now.

        One that cannot be sent at all ends here, as Failed or Skipped.
        """
        now = self.clock()
        async with self.database.write() as db:
            if not await leases.spend(db, lease, requests=REQUESTS_PER_PUSH, now=now):
                if not await leases.is_held(db, lease, now=now):
                    return None
                until = now + self.timing.throttle
                await leases.pause(db, lease.realm_id, until=until, because="its own budget")
                return None
            body = entry.body or await self._prepare(db, entry, lease)
            if not isinstance(body, str):
                await self._end_unsent(db, entry, body, now)
                return None
            claimed = replace(
                entry,
                state=EntryState.SENDING,
                attempt=entry.attempt + 1,
                body=body,
                first_sent_at=entry.first_sent_at or now,
            )
            if not await outbox.claim(db, claimed, lease, now=now):
                return None
        return Claim(claimed, lease, now)

    async def _prepare(
        self, db: AsyncConnection, entry: Entry, lease: Lease
    ) -> str | Rejected | Skipped:
        connection = await self.store.find_by_realm(db, lease.realm_id)
        if connection is None:
            raise LookupError(f"realm {lease.realm_id} has a lease and no connection")
        return await PUSHES[entry.record_kind].prepare(db, entry, connection.company)

    async def _end_unsent(
        self, db: AsyncConnection, entry: Entry, why: Rejected | Skipped, now: datetime
    ) -> None:
        settlement = settle(why, unresolved_before=False)
        if await outbox.end_unsent(db, entry, settlement.state, now=now):
            await self._update_record(db, entry, why, settlement, now)

    async def settle(self, claim: Claim, outcome: Outcome) -> None:
        """Store what came of it, unless the claim is no longer ours."""
        settlement = settle(outcome, unresolved_before=claim.leaves_doubt(outcome))
        entry, now = claim.entry, self.clock()
        async with self.database.write() as db:
            facts = self._entry_facts(claim, outcome, settlement, now)
            if settlement.new_key:
                facts |= await _anew(db, entry)
            if not await outbox.settle(db, entry, claim.lease, settlement, **facts):
                log.warning("outcome discarded", entry=entry.id, outcome=type(outcome).__name__)
                return
            await self._update_record(db, entry, outcome, settlement, now)
            if isinstance(outcome, Accepted):
                await tokens.note_success(db, claim.lease.realm_id, at=now)
            if isinstance(outcome, NotSent) and outcome.pauses_realm:
                until = now + (outcome.retry_after or self.timing.throttle)
                await leases.pause(db, claim.lease.realm_id, until=until, because=outcome.reason)
        log.info("settled", entry=entry.id, attempt=entry.attempt, state=settlement.state)
        self.ring()

    def _entry_facts(
        self, claim: Claim, outcome: Outcome, settlement: Settlement, now: datetime
    ) -> dict[str, object]:
        match outcome:
            case Accepted() | Skipped():
                return {"settled_at": now, "waits_for": None}
            case Rejected() if settlement.look_again:
                return {
                    "due_at": claim.at + SETTLED_AFTER,
                    "waits_for": "QuickBooks refused it; making sure that it did not arrive before",
                    "refused_cause": outcome.cause,
                    "refused_detail": outcome.detail,
                }
            case Rejected():
                return {"settled_at": now, "waits_for": None}
            case NotSent() if outcome.retry_after is not None:
                return {"due_at": now + outcome.retry_after, "waits_for": outcome.reason}
            case NotSent() | Stale() | ReplyLost():
                wait = wait_before(
                    claim.entry.attempt, base=self.timing.retry_base, chance=self.chance
                )
                return {"due_at": now + wait, "waits_for": outcome.reason}

    async def _update_record(
        self,
        db: AsyncConnection,
        entry: Entry,
        outcome: Outcome,
        settlement: Settlement,
        now: datetime,
    ) -> None:
        table = PUSHES[entry.record_kind].table
        facts = _facts(outcome, settlement)
        if facts is None:
            await ledger.touch(db, table, entry.record_id)
            return
        await ledger.mark(db, table, entry.record_id, facts)
        if entry.record_kind is RecordKind.CLIENT:
            client = ClientId(entry.record_id)
            await ledger.touch_waiting(db, entry.firm_id, client=client)
        await ledger.write_audit(
            db,
            firm=entry.firm_id,
            at=now,
            actor="quickbooks",
            action="sync ended",
            record_kind=entry.record_kind,
            record_id=str(entry.record_id),
            change={
                "status": [Status.SYNCING, facts.status],
                "qbo_id": facts.qbo_id,
                "cause": facts.cause,
                "detail": facts.detail,
            },
            intuit_tid=getattr(outcome, "tid", None),
        )

    async def park(self, entry: Entry, lease: Lease) -> None:
        """Lay aside what our own mistake stopped; it may have been sent."""
        async with self.database.write() as db:
            await outbox.park(db, entry, lease, until=self.clock() + PARKED_FOR)
            await ledger.touch(db, PUSHES[entry.record_kind].table, entry.record_id)
        self.ring()


async def _anew(db: AsyncConnection, entry: Entry) -> dict[str, object]:
    """The same intention as another request."""
    table = PUSHES[entry.record_kind].table
    generation = await ledger.begin_generation(db, table, entry.record_id)
    key = wire_key(entry.record_id, Operation.CREATE, generation)
    return {"request_id": key.request_id, "body": None, "first_sent_at": None}


def _facts(outcome: Outcome, settlement: Settlement) -> SyncFacts | None:
    """What the record now is; None while it stays Syncing."""
    match outcome:
        case Accepted():
            return SyncFacts(Status.SYNCED, qbo_id=outcome.qbo_id, linked=outcome.linked)
        case Rejected() if settlement.state is EntryState.FAILED:
            return SyncFacts(Status.FAILED, cause=outcome.cause, detail=outcome.detail)
        case Skipped():
            return SyncFacts(Status.SKIPPED, cause=outcome.cause, detail=outcome.detail)
        case _:
            return None
