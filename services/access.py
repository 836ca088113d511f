"""The right to call a company's API: one refresh for all who need it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, tokens
from services.db.engine import Database
from services.db.tokens import ConnectionStore
from services.domain.connection import Connection, ConnectionState
from services.domain.ids import QUICKBOOKS, RealmId
from services.errors import ConnectionLost, TryLater
from services.ports import Access, Authority, Clock, Ring

REFRESH_BEFORE = timedelta(minutes=5)  # An access token this close to its end is not used.
REFRESH_TAKES = timedelta(seconds=60)  # After this a refresher is taken for dead.
WAIT_FOR_REFRESH = timedelta(seconds=10)
_LOOK_AGAIN = timedelta(milliseconds=200)


@dataclass(frozen=True)
class Keys:
    """Access tokens, refreshed once however many ask.

    Intuit may void both results of two refreshes at once, and keeps no old token: so a refresh
    is claimed in the database first, and its result is stored before anybody uses it. A process
    that dies between Intuit's answer and the store loses the connection; an admin reconnects.
    """

    database: Database
    store: ConnectionStore
    authority: Authority
    clock: Clock
    ring: Ring

    async def access(self, realm: RealmId, *, expired: Access | None = None) -> Access:
        """`expired`: what QuickBooks no longer takes, whatever the clock says.

        Raise ConnectionLost or TryLater.
        """
        give_up_at = self.clock() + WAIT_FOR_REFRESH
        while self.clock() < give_up_at:
            connection = await self._connection(realm)
            if self._is_good(connection, expired):
                return Access(realm, connection.access_token)
            epoch = await self._claim(connection)
            if epoch is not None:
                await self._refresh(connection, epoch)
            else:
                await asyncio.sleep(_LOOK_AGAIN.total_seconds())
        raise TryLater("the access to QuickBooks is being renewed")

    async def lose(self, realm: RealmId, because: str) -> None:
        """Pause the realm until an admin connects again."""
        async with self.database.read() as db:
            connection = await self.store.find_by_realm(db, realm)
        if connection is None:
            return
        async with self.database.write(connection.firm_id) as db:
            if await tokens.find_state(db, connection.firm_id) is ConnectionState.LOST:
                return
            await self._lose(db, connection, connection.lost_because or because)
        self.ring()

    async def _connection(self, realm: RealmId) -> Connection:
        async with self.database.read() as db:
            connection = await self.store.find_by_realm(db, realm)
        if connection is None or connection.state is ConnectionState.LOST:
            raise ConnectionLost("QuickBooks is disconnected")
        return connection

    def _is_good(self, connection: Connection, expired: Access | None) -> bool:
        if expired is not None and connection.access_token == expired.access_token:
            return False
        return connection.access_expires_at - REFRESH_BEFORE > self.clock()

    async def _claim(self, connection: Connection) -> int | None:
        """Whoever waits for somebody else's refresh takes no turn of the firm's writers."""
        now, others_until = self.clock(), connection.refresh_until
        if others_until is not None and others_until > now:
            return None
        async with self.database.write(connection.firm_id) as db:
            return await self.store.claim_refresh(
                db, connection, now=now, until=now + REFRESH_TAKES
            )

    async def _refresh(self, connection: Connection, epoch: int) -> None:
        realm = connection.realm_id
        try:
            refreshed = await self.authority.refresh(connection.refresh_token)
        except ConnectionLost as error:
            await self._lose_unless_refreshed(connection, epoch, str(error))
            return
        except TryLater:
            async with self.database.write(connection.firm_id) as db:
                await self.store.release_refresh(db, realm, epoch=epoch)
            raise
        async with self.database.write(connection.firm_id) as db:
            await self.store.save_refreshed(db, realm, refreshed, epoch=epoch, now=self.clock())

    async def _lose_unless_refreshed(self, asked: Connection, epoch: int, because: str) -> None:
        """A refusal means nothing where somebody else has refreshed or connected since."""
        async with self.database.write(asked.firm_id) as db:
            connection = await self.store.find_by_realm(db, asked.realm_id)
            if connection is not None and connection.refresh_epoch == epoch:
                await self._lose(db, connection, because)
        self.ring()

    async def _lose(self, db: AsyncConnection, connection: Connection, because: str) -> None:
        await tokens.set_state(db, connection.realm_id, ConnectionState.LOST, because=because)
        await ledger.touch_waiting(db, connection.firm_id)
        await ledger.write_audit(
            db,
            firm=connection.firm_id,
            at=self.clock(),
            actor=QUICKBOOKS,
            action="connection lost",
            record_kind="connection",
            record_id=connection.realm_id,
            change={"state": [connection.state, ConnectionState.LOST], "because": because},
        )
