"""Bring what was asked for to QuickBooks: look, claim, send, settle.

Exactly once rests on three guards: the key and the body of an entry are the same on every
attempt; an attempt that may not be the first to arrive looks before it sends; and an outcome
counts only while the entry is as this worker left it, and the realm still its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

import structlog

from services.access import Keys
from services.claims import Attempt, Claims
from services.db import leases, ledger, outbox, tokens
from services.db.leases import Lease
from services.domain.ids import FirmId, RealmId
from services.domain.sync import (
    KEY_MEMORY,
    SAME_ANSWERS,
    SEND_WITHIN,
    Accepted,
    NotSent,
    Outcome,
    Rejected,
    Stale,
)
from services.errors import AccessExpired, ConnectionLost, CounterfoilError, Throttled, TryLater
from services.ports import Books
from services.pushes import push_of
from services.pushes.push import AnyCase, Seen
from services.pushes.sight import Glance, Sight
from services.pushes.suspects import convict, has_suspects
from services.turns import Turn, customers_of, load_case, tells_of_old_facts

log = structlog.get_logger()
T = TypeVar("T")

PUSHES_PER_TURN = 20  # Then the other firms have theirs.
REALMS_PER_ROUND = 100
COMPANY_KNOWN_FOR = timedelta(hours=24)
JUST_CLAIMED = timedelta(seconds=1)  # By a clock that nobody sets.


class LeaseLost(Exception):  # noqa: N818 - it is no error of anybody's.
    """Somebody else has taken the realm over."""


@dataclass
class SyncEngine:
    """`holder` names this worker among all that share the database.

    `moved` is told of each push that came to an end, however that was.
    """

    claims: Claims
    books: Books
    keys: Keys
    holder: str
    stopping: bool = field(default=False, init=False)
    moved: Callable[[], None] = field(default_factory=lambda: _nobody_asks, init=False)

    def stop(self) -> None:
        """Take no new work; what is under way goes on."""
        self.stopping = True

    async def realms_with_work(self) -> list[tuple[RealmId, FirmId]]:
        async with self.claims.database.read() as db:
            return await outbox.realms_with_work(
                db, now=self.claims.clock(), limit=REALMS_PER_ROUND
            )

    async def drain(self, realm: RealmId, firm: FirmId) -> None:
        """Push what is due, up to a turn's worth; nothing where another worker is at it."""
        lease = await self._acquire(realm, firm)
        if lease is None:
            return
        turn = Turn(lease, firm)
        try:
            async with self._renewing(turn):
                if await self._knows_company(turn):
                    await self._push_due(turn)
                if turn.facts_are_old and not turn.has_read:
                    await self._read_company(turn)
        except* LeaseLost:
            log.warning("lease lost", realm=realm, epoch=lease.epoch)
        finally:
            await self._end(turn)

    async def _end(self, turn: Turn) -> None:
        now = self.claims.clock()
        async with self.claims.database.write(turn.firm) as db:
            if turn.succeeded:
                await tokens.note_success(db, turn.lease.realm_id, at=now)
            await leases.release(db, turn.lease, now=now)

    async def _acquire(self, realm: RealmId, firm: FirmId) -> Lease | None:
        now = self.claims.clock()
        async with self.claims.database.write(firm) as db:
            lease = await leases.acquire(
                db, realm, holder=self.holder, now=now, lasts=self.claims.timing.lease
            )
            left = await outbox.hand_over_expired(db, firm, lease, now) if lease else 0
        if left:
            log.warning("taken over from a worker that is gone", realm=realm)
            self.claims.meter.note_takeover()
        return lease

    @asynccontextmanager
    async def _renewing(self, turn: Turn) -> AsyncIterator[None]:
        """Keep the lease; a holder that cannot stops at once, calls under way included."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew(turn, until=over))
            try:
                yield
            finally:
                over.set()

    async def _renew(self, turn: Turn, *, until: asyncio.Event) -> None:
        lasts = self.claims.timing.lease
        while True:
            try:
                async with asyncio.timeout(lasts.total_seconds() / 3):
                    await until.wait()
            except TimeoutError:
                pass
            else:
                return
            async with self.claims.database.write(turn.firm) as db:
                kept = await leases.renew(db, turn.lease, now=self.claims.clock(), lasts=lasts)
            if not kept:
                raise LeaseLost

    async def _knows_company(self, turn: Turn) -> bool:
        """Read the company once a day; where that fails, the facts of the day before serve.

        False where there are none.
        """
        async with self.claims.database.read() as db:
            connection = await self.claims.store.find_by_realm(db, turn.lease.realm_id)
        if connection is None:
            return False
        turn.company = connection.company
        if connection.company_read_at + COMPANY_KNOWN_FOR > self.claims.clock():
            return True
        return await self._read_company(turn) or bool(turn.company.accounts)

    async def _read_company(self, turn: Turn) -> bool:
        """False where it cannot be read now; tried once in a turn."""
        try:
            await self._fetch_company(turn)
        except CounterfoilError as error:
            log.info("company not read", realm=turn.lease.realm_id, error=type(error).__name__)
            return False
        return True

    async def _fetch_company(self, turn: Turn) -> None:
        realm, turn.has_read = turn.lease.realm_id, True
        turn.company = await self.books.read_company(await self.keys.access(realm))
        async with self.claims.database.write(turn.firm) as db:
            now = self.claims.clock()
            await self.claims.store.save_company(db, realm, turn.company, now=now)

    async def _push_due(self, turn: Turn) -> None:
        """As much as a turn holds; what one push makes ready is there for the next look."""
        left = PUSHES_PER_TURN
        while left > 0 and not self.stopping:
            cases = await self._cases(turn, most=left)
            if not cases or not await self._may_call(turn, cases):
                return
            for case in cases:
                if self.stopping or turn.is_over:
                    return
                await self._push(case, turn)
                self.moved()
            left -= len(cases)

    async def _may_call(self, turn: Turn, cases: list[AnyCase]) -> bool:
        """Get the access, or let the realm rest."""
        try:
            access = await self.keys.access(turn.lease.realm_id)
        except CounterfoilError as error:
            log.info("no access", realm=turn.lease.realm_id, error=type(error).__name__)
            await self.claims.rest(turn.firm, turn.lease, str(error))
            return False
        glance = Glance(customers_of(cases))
        turn.sight = Sight(self.books, access, self.claims.database, turn.firm, glance)
        return True

    async def _cases(self, turn: Turn, *, most: int) -> list[AnyCase]:
        """What is due; none where the realm was paused or taken over."""
        now, lease, firm = self.claims.clock(), turn.lease, turn.firm
        async with self.claims.database.read() as db:
            if not await leases.may_send(db, lease, now=now):
                return []
            entries = await outbox.due(db, firm, now=now, most=most)
            if not entries:
                return []
            settings = await ledger.get_settings(db, firm)
            return [await load_case(db, entry, turn.company, settings) for entry in entries]

    async def _push(self, case: AnyCase, turn: Turn) -> None:
        try:
            attempt, outcome = await self._attempt(case, turn)
            if outcome is None:
                turn.is_over = not await self._may_send(turn.lease)
                return
            attempt, outcome = await self._make_out(attempt, outcome, turn)
            await self.claims.settle(attempt, outcome)
            turn.succeeded |= isinstance(outcome, Accepted)
            turn.facts_are_old |= tells_of_old_facts(outcome)
            turn.is_over = isinstance(outcome, NotSent) and outcome.pauses_realm
        except Exception:  # The worker's edge: one entry must never stop the realm.
            log.exception("entry parked", entry=case.entry.id)
            await self.claims.park(case.entry, turn.lease)

    async def _make_out(
        self, attempt: Attempt, outcome: Outcome, turn: Turn
    ) -> tuple[Attempt, Outcome]:
        """What is inactive, if that can be found out: what was refused is refused anyway.

        Where QuickBooks asks us to slow down, it can be: it is refused once more a little later.
        """
        case, sight = attempt.case, turn.sight
        if not isinstance(outcome, Rejected) or not has_suspects(case, outcome):
            return attempt, outcome
        sight.requests = 0
        try:
            if not turn.has_read_again:
                await self._fetch_company(turn)
                turn.has_read_again = True
            outcome = await convict(replace(case, company=turn.company), outcome, sight)
        except Throttled as error:
            outcome = NotSent(str(error), retry_after=error.retry_after, pauses_realm=True)
        except CounterfoilError as error:
            log.info("not made out", entry=case.entry.id, error=type(error).__name__)
        return replace(attempt, requests=attempt.requests + sight.requests), outcome

    async def _may_send(self, lease: Lease) -> bool:
        async with self.claims.database.read() as db:
            return await leases.may_send(db, lease, now=self.claims.clock())

    async def _attempt(self, case: AnyCase, turn: Turn) -> tuple[Attempt, Outcome | None]:
        """Look, claim, send; no outcome where the entry is not to be had.

        What was turned away before it could be taken is NotSent.
        """
        case = await self._with_fresh_facts(case, turn)
        attempt, sight = Attempt(case, turn.lease, self.claims.clock()), turn.sight
        sight.requests = 0
        seen = await self._turned_away(turn, self._look(case, sight))
        attempt = replace(attempt, requests=sight.requests)
        if not isinstance(seen, Seen):
            return attempt, seen
        claimed = await self.claims.claim(attempt, seen)
        if claimed is None:
            return attempt, None
        return claimed, await self._turned_away(turn, self._send(claimed, sight))

    async def _with_fresh_facts(self, case: AnyCase, turn: Turn) -> AnyCase:
        """What the company lacked when it was read may be there by now."""
        if case.entry.body is None and not turn.has_read:
            refused = push_of(case.entry).objection(case)
            if isinstance(refused, Rejected):
                await self._read_company(turn)
        return replace(case, company=turn.company)

    async def _turned_away(self, turn: Turn, trying: Awaitable[T]) -> T | NotSent:
        try:
            return await trying
        except Throttled as error:
            return NotSent(str(error), retry_after=error.retry_after, pauses_realm=True)
        except ConnectionLost as error:
            await self.keys.lose(turn.lease.realm_id, str(error))
            return NotSent(str(error), pauses_realm=True)
        except TryLater as error:
            return NotSent(str(error))

    async def _look(self, case: AnyCase, sight: Sight) -> Outcome | Seen:
        """What decides before anything is sent; a key that may be worn out is not used again."""
        entry, push = case.entry, push_of(case.entry)
        if entry.body is None and (refused := push.objection(case)):
            return refused
        seen = await self._with_access(sight, lambda: push.look(case, sight))
        if not isinstance(seen, Seen):
            return seen
        if entry.refused is not None:
            return entry.refused
        if entry.same_answers >= SAME_ANSWERS:
            return Stale("QuickBooks gives the same answer again and again")
        sent_at = entry.first_sent_at
        if sent_at is not None and sent_at + KEY_MEMORY <= self.claims.clock():
            return Stale("QuickBooks may have forgotten the first attempts")
        return seen

    async def _send(self, attempt: Attempt, sight: Sight) -> Outcome:
        case = attempt.case
        entry, push = case.entry, push_of(case.entry)
        if not await self._may_still_send(attempt):
            return NotSent("it took too long to get here")
        answer = await self._with_access(
            sight,
            lambda: self.books.write(
                sight.access,
                push.entity(case.record),
                entry.operation,
                entry.body or "",
                entry.key.request_id,
            ),
        )
        return push.judge(case, answer)

    async def _may_still_send(self, attempt: Attempt) -> bool:
        """What has just been claimed is ours; after a while somebody else may have taken over."""
        now, waited = self.claims.clock(), asyncio.get_running_loop().time() - attempt.claimed_tick
        if attempt.claimed_at is None or attempt.claimed_at + SEND_WITHIN <= now:
            return False
        return waited < JUST_CLAIMED.total_seconds() or await self._is_held(attempt.lease)

    async def _is_held(self, lease: Lease) -> bool:
        async with self.claims.database.read() as db:
            return await leases.is_held(db, lease, now=self.claims.clock())

    async def _with_access(self, sight: Sight, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again, once, where the access token was no longer taken."""
        try:
            return await ask()
        except AccessExpired:
            realm = sight.access.realm_id
            sight.access = await self.keys.access(realm, expired=sight.access)
            return await ask()


def _nobody_asks() -> None: ...
