"""Bring what was asked for to QuickBooks: claim, look, send, settle.

Exactly once rests on three guards: the key and the body of an entry are the same on every
attempt; an attempt that may not be the first to arrive looks before it sends; and an outcome
counts only while the claim that it came from still holds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from services.access import Keys
from services.claims import Claim, Claims
from services.db import leases, outbox
from services.db.leases import Lease
from services.db.outbox import Entry
from services.domain.ids import FirmId, RealmId
from services.domain.sync import KEY_MEMORY, SEND_WITHIN, NotSent, Outcome, Stale
from services.errors import AccessExpired, ConnectionLost, CounterfoilError, Throttled, TryLater
from services.ports import Access, Books
from services.pushes import PUSHES

log = structlog.get_logger()

PUSHES_PER_TURN = 20  # Then the other firms have theirs.
REALMS_PER_ROUND = 100
COMPANY_KNOWN_FOR = timedelta(hours=24)


class LeaseLost(Exception):  # noqa: N818 - it is no error of anybody's.
    """Somebody else has taken the realm over."""


@dataclass
class SyncEngine:
    """`holder` names this worker among all that share the database."""

    claims: Claims
    books: Books
    keys: Keys
    holder: str
    stopping: bool = field(default=False, init=False)

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
        try:
            async with self._renewing(lease):
                await self._read_company(realm)
                await self._push_due(lease, firm)
        except* LeaseLost:
            log.warning("lease lost", realm=realm, epoch=lease.epoch)
        finally:
            async with self.claims.database.write() as db:
                await leases.release(db, lease, now=self.claims.clock())

    async def _acquire(self, realm: RealmId, firm: FirmId) -> Lease | None:
        now = self.claims.clock()
        async with self.claims.database.write() as db:
            lease = await leases.acquire(
                db, realm, holder=self.holder, now=now, lasts=self.claims.timing.lease
            )
            if lease is not None:
                await outbox.hand_over_expired(db, firm, lease, now)
        return lease

    @asynccontextmanager
    async def _renewing(self, lease: Lease) -> AsyncIterator[None]:
        """Keep the lease; a holder that cannot stops at once, calls under way included."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew(lease, until=over))
            try:
                yield
            finally:
                over.set()

    async def _renew(self, lease: Lease, *, until: asyncio.Event) -> None:
        lasts = self.claims.timing.lease
        while True:
            try:
                async with asyncio.timeout(lasts.total_seconds() / 3):
                    await until.wait()
            except TimeoutError:
                pass
            else:
                return
            async with self.claims.database.write() as db:
                kept = await leases.renew(db, lease, now=self.claims.clock(), lasts=lasts)
            if not kept:
                raise LeaseLost

    async def _read_company(self, realm: RealmId) -> None:
        """Read the company once a day; where that fails, the facts of the day before serve."""
        async with self.claims.database.read() as db:
            connection = await self.claims.store.find_by_realm(db, realm)
        if connection and connection.company_read_at + COMPANY_KNOWN_FOR > self.claims.clock():
            return
        try:
            company = await self.books.read_company(await self.keys.access(realm))
        except CounterfoilError as error:
            log.info("company not read", realm=realm, reason=str(error))
            return
        async with self.claims.database.write() as db:
            await self.claims.store.save_company(db, realm, company, now=self.claims.clock())

    async def _push_due(self, lease: Lease, firm: FirmId) -> None:
        for _ in range(PUSHES_PER_TURN):
            entry = await self._next_due(lease, firm)
            if entry is None or self.stopping:
                return
            try:
                claim = await self.claims.claim(entry, lease)
                if claim is not None:
                    await self.claims.settle(claim, await self._attempt(claim))
            except Exception:  # The worker's edge: one entry must never stop the realm.
                log.exception("entry parked", entry=entry.id)
                await self.claims.park(entry, lease)

    async def _next_due(self, lease: Lease, firm: FirmId) -> Entry | None:
        """None too where the realm was paused or taken over."""
        now = self.claims.clock()
        async with self.claims.database.read() as db:
            if not await leases.may_send(db, lease, now=now):
                return None
            return await outbox.next_due(db, firm, now=now)

    async def _attempt(self, claim: Claim) -> Outcome:
        """Try once; what was turned away before it could be taken is NotSent."""
        realm = claim.lease.realm_id
        try:
            return await self._with_access(claim)
        except Throttled as error:
            return NotSent(str(error), retry_after=error.retry_after, pauses_realm=True)
        except ConnectionLost as error:
            await self.keys.lose(realm, str(error))
            return NotSent(str(error), pauses_realm=True)
        except TryLater as error:
            return NotSent(str(error))

    async def _with_access(self, claim: Claim) -> Outcome:
        access = await self.keys.access(claim.lease.realm_id)
        try:
            return await self._look_and_send(claim, access)
        except AccessExpired:
            access = await self.keys.access(claim.lease.realm_id, expired=access)
            return await self._look_and_send(claim, access)

    async def _look_and_send(self, claim: Claim, access: Access) -> Outcome:
        entry, push = claim.entry, PUSHES[claim.entry.record_kind]
        if entry.unresolved or push.always_looks:
            found = await push.find(self.books, access, entry)
            if found is not None:
                return found
        return await self._send(claim, access)

    async def _send(self, claim: Claim, access: Access) -> Outcome:
        """Send what is not in QuickBooks, as far as can be seen."""
        entry, now = claim.entry, self.claims.clock()
        if entry.refused is not None:
            return entry.refused
        if entry.first_sent_at and entry.first_sent_at + KEY_MEMORY <= now:
            return Stale("QuickBooks may have forgotten the first attempts")
        if claim.at + SEND_WITHIN <= now or not await self._still_ours(claim):
            return NotSent("it took too long to get here")
        entity = PUSHES[entry.record_kind].entity
        return await self.books.create(access, entity, entry.body or "", entry.key.request_id)

    async def _still_ours(self, claim: Claim) -> bool:
        async with self.claims.database.read() as db:
            return await leases.is_held(db, claim.lease, now=self.claims.clock())
