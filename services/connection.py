"""The firm's tie to its QuickBooks company: consent, confirmation, health."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import leases, ledger, outbox, tokens
from services.db.engine import Database
from services.db.tokens import ConnectionStore
from services.domain.connection import DISCONNECTED, Connection, ConnectionState
from services.domain.ids import FirmId, RealmId, UserId
from services.domain.sync import Status
from services.errors import NotFound, Refused
from services.ports import Access, Authority, Books, Clock, Ring
from services.quickbooks.webhooks import Change

LINK_LASTS = timedelta(minutes=15)  # From the button in Slack to Intuit's page.
STATE_LASTS = timedelta(minutes=30)  # For signing in there, second factor included.
KEPT = frozenset({"account", "item", "paymentmethod", "preferences"})  # Of a company, for a day.


@dataclass(frozen=True)
class Health:
    connection: Connection | None
    payments: dict[Status, int]


@dataclass(frozen=True)
class Connections:
    database: Database
    store: ConnectionStore
    authority: Authority
    books: Books
    clock: Clock
    ring: Ring

    # Consent: Slack ▶ our link ▶ Intuit ▶ our callback.

    async def begin(self, firm: FirmId, user: UserId) -> str:
        """The secret of a link that only works for a while."""
        return await self._new_consent("link", firm, user, LINK_LASTS)

    async def who_asked(self, secret: str, *, kind: str) -> tuple[FirmId, UserId]:
        """Whose link (`link`) or consent (`state`) it is; NotFound where it is not valid."""
        async with self.database.read() as db:
            consent = await tokens.find_consent(db, secret=secret, kind=kind, now=self.clock())
        if consent is None:
            raise NotFound("This link is not valid (any more). Ask for a new one in Slack.")
        return consent.firm_id, consent.user_id

    async def go_to_intuit(self, link: str) -> tuple[str, str]:
        """Where to send the browser, and the secret to leave in it.

        NotFound where the link is unknown or has expired; TryLater where Intuit is away.
        """
        firm, user = await self.who_asked(link, kind="link")
        browser = secrets.token_urlsafe()
        state = await self._new_consent("state", firm, user, STATE_LASTS, browser=browser)
        return await self.authority.authorize_url(state), browser

    async def finish(self, *, state: str, browser: str, code: str, realm: RealmId) -> Connection:
        """Trade Intuit's code for tokens; the state works once, in the browser it was made for.

        NotFound for a forged, used or expired state; Refused for a company that is not ours to
        use; TryLater and ConnectionLost as Intuit and QuickBooks answer.
        """
        async with self.database.write(None) as db:
            consent = await tokens.use_consent(db, secret=state, kind="state", now=self.clock())
        if consent is None or consent.browser_digest != tokens.digest(browser):
            raise NotFound("This link is not valid (any more). Ask for a new one in Slack.")
        granted = await self.authority.exchange(code, realm)
        company = await self.books.read_company(Access(realm, granted.access_token))
        async with self.database.write(consent.firm_id) as db:
            before = await self.store.find(db, consent.firm_id)
            state = await self._state_after(db, consent.firm_id, realm)
            if state is ConnectionState.UNCONFIRMED:
                await outbox.hand_over_all(db, consent.firm_id, now=self.clock())
            await self.store.save(
                db,
                firm=consent.firm_id,
                realm=realm,
                state=state,
                company=company,
                tokens=granted,
                by=consent.user_id,
                now=self.clock(),
            )
            await ledger.save_currency(db, consent.firm_id, company.currency)
            await leases.resume(db, realm)
            await outbox.hurry(db, consent.firm_id, now=self.clock())
            await ledger.touch_waiting(db, consent.firm_id)
            change = {
                "company": [before and before.realm_id, realm],
                "name": [before and before.company.name, company.name],
                "state": [before and before.state, state],
            }
            await self._audit(db, consent.firm_id, consent.user_id, "connected", realm, change)
        self.ring()
        return await self.get(consent.firm_id)

    async def _state_after(
        self, db: AsyncConnection, firm: FirmId, realm: RealmId
    ) -> ConnectionState:
        """A company that was confirmed once stays so; Refused where it may not be connected."""
        other = await self.store.find_by_realm(db, realm)
        if other is not None and other.firm_id != firm:
            raise Refused("This QuickBooks company is connected to another Slack workspace.")
        ours = await self.store.find(db, firm)
        if ours is None or ours.state is ConnectionState.UNCONFIRMED:
            return ConnectionState.UNCONFIRMED
        if ours.realm_id == realm:
            return ConnectionState.ACTIVE
        if await ledger.has_synced(db, firm):
            raise Refused(
                f"Your records are linked to the company {ours.company.name}. "
                "Connect that one again: another company cannot take its place."
            )
        return ConnectionState.UNCONFIRMED

    async def confirm(self, firm: FirmId, realm: RealmId, *, by: UserId) -> Connection:
        """An admin has looked at the company and says: use this one."""
        async with self.database.write(firm) as db:
            connection = await self.store.find(db, firm)
            if connection is None or connection.realm_id != realm:
                raise Refused("Another company was connected since. Look at /quickbooks.")
            if connection.state is ConnectionState.LOST:
                raise Refused("QuickBooks is disconnected. Connect it again: /quickbooks connect.")
            if connection.state is ConnectionState.UNCONFIRMED:
                await tokens.set_state(db, realm, ConnectionState.ACTIVE)
                await ledger.touch_waiting(db, firm)
                change = {"state": [connection.state, ConnectionState.ACTIVE]}
                await self._audit(db, firm, by, "company confirmed", realm, change)
        self.ring()
        return await self.get(firm)

    async def hear(self, changes: Collection[Change]) -> None:
        """What QuickBooks says has changed: what we keep of it is read again before the next push.

        Of companies that are not connected here nothing is kept.
        """
        realms = {each.realm_id for each in changes if each.entity in KEPT}
        for realm in sorted(realms):
            async with self.database.read() as db:
                connection = await self.store.find_by_realm(db, realm)
            if connection is None:
                continue
            async with self.database.write(connection.firm_id) as db:
                await tokens.doubt_company(db, realm)

    async def disconnect(self, firm: FirmId, *, by: UserId) -> None:
        """Send nothing more; what waits goes on once the same company is connected again.

        Refused for one that nobody has confirmed: nothing is sent there.
        """
        async with self.database.write(firm) as db:
            connection = await self.store.find(db, firm)
            if connection is None:
                raise Refused("QuickBooks is not connected.")
            if connection.state is ConnectionState.UNCONFIRMED:
                raise Refused(
                    "This company is not confirmed, so nothing is sent there. "
                    "Connect another one with /quickbooks connect."
                )
            if connection.state is ConnectionState.ACTIVE:
                realm = connection.realm_id
                await tokens.set_state(db, realm, ConnectionState.LOST, because=DISCONNECTED)
                await ledger.touch_waiting(db, firm)
                change = {"state": [connection.state, ConnectionState.LOST]}
                await self._audit(db, firm, by, "disconnected", realm, change)
        self.ring()

    async def revoke(self, firm: FirmId, *, by: UserId) -> None:
        """End the access to a disconnected company at Intuit; TryLater where that fails."""
        async with self.database.read() as db:
            connection = await self.store.find(db, firm)
        if connection is None or connection.state is not ConnectionState.LOST:
            return
        if connection.refresh_token:
            await self.authority.revoke(connection.refresh_token)
            async with self.database.write(firm) as db:
                if await self.store.forget_tokens(db, connection.realm_id):
                    await self._audit(db, firm, by, "access revoked", connection.realm_id, {})

    async def get(self, firm: FirmId) -> Connection:
        async with self.database.read() as db:
            connection = await self.store.find(db, firm)
        if connection is None:
            raise NotFound("QuickBooks is not connected.")
        return connection

    async def health(self, firm: FirmId) -> Health:
        async with self.database.read() as db:
            return Health(
                connection=await self.store.find(db, firm),
                payments=await ledger.count_statuses(db, firm),
            )

    async def _audit(
        self,
        db: AsyncConnection,
        firm: FirmId,
        by: UserId,
        action: str,
        realm: RealmId,
        change: dict[str, Any],
    ) -> None:
        await ledger.write_audit(
            db,
            firm=firm,
            at=self.clock(),
            actor=by,
            action=action,
            record_kind="connection",
            record_id=realm,
            change=change,
        )

    async def _new_consent(
        self,
        kind: str,
        firm: FirmId,
        user: UserId,
        lasts: timedelta,
        browser: str | None = None,
    ) -> str:
        secret = secrets.token_urlsafe()
        async with self.database.write(firm) as db:
            await tokens.save_consent(
                db,
                secret=secret,
                kind=kind,
                firm=firm,
                user=user,
                expires_at=self.clock() + lasts,
                browser=browser,
            )
        return secret
