"""Into which workspaces Counterfoil is installed: begun in a browser, ended by Slack's word.

What a firm has recorded stays, whatever becomes of its installation; its queue to QuickBooks goes
on, since that is no matter of Slack's.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import installations, ledger, notices
from services.db.engine import Database
from services.db.installations import InstallationStore
from services.domain.ids import SLACK, FirmId
from services.errors import NotFound
from services.ports import Clock, Installed, Installer

STATE_LASTS = timedelta(minutes=30)  # For signing in to Slack, second factor included.
SAME_MOMENT = timedelta(seconds=1)  # Slack dates its events by the second.
_NOT_VALID = "This link is not valid (any more). Begin again with /slack/install."


@dataclass(frozen=True)
class Installations:
    """`changed` hears of a firm whose installation is not what it was."""

    database: Database
    store: InstallationStore
    clock: Clock
    changed: Callable[[FirmId], None]

    async def save(self, new: Installed) -> None:
        """From now on, its messages are shown, and those that are behind first."""
        now, firm = self.clock(), new.firm_id
        async with self.database.write(firm) as db:
            await ledger.ensure_firm(db, firm)
            await self.store.save(db, new, now=now)
            await notices.hurry_of(db, firm, now=now)
            await self._audit(db, firm, new.installed_by, "installed")
        self.changed(firm)

    async def remove(self, firm: FirmId, *, said_at: datetime) -> None:
        """Forget the tokens; nothing where it was installed anew since Slack said so."""
        last, now = said_at + SAME_MOMENT, self.clock()
        async with self.database.write(firm) as db:
            if await self.store.remove(db, firm, installed_by=last, now=now):
                await self._audit(db, firm, SLACK, "uninstalled")
        self.changed(firm)

    async def lose(self, firm: FirmId, *, epoch: int) -> None:
        """Slack no longer renews its token, which means nothing where it was renewed since."""
        async with self.database.write(firm) as db:
            if await self.store.lose(db, firm, epoch=epoch, now=self.clock()):
                await self._audit(db, firm, SLACK, "access to slack lost")
        self.changed(firm)

    async def _audit(self, db: AsyncConnection, firm: FirmId, by: str, action: str) -> None:
        await ledger.write_audit(
            db,
            firm=firm,
            at=self.clock(),
            actor=by,
            action=action,
            record_kind="installation",
            record_id=firm,
            change={},
        )


@dataclass(frozen=True)
class Installing:
    """A browser's way to Slack's page and back.

    Whoever looks leaves nothing here: the state itself says, sealed, which browser it was made for
    and when. Only one that comes back is noted, so that it works once.
    """

    installations: Installations
    installer: Installer

    def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the secret to leave in it."""
        browser = secrets.token_urlsafe()
        state = self.installations.store.seal_state(browser, now=self.installations.clock())
        return self.installer.authorize_url(state), browser

    async def finish(self, *, state: str, browser: str, code: str) -> Installed:
        """NotFound for a forged, used or expired state; Refused and TryLater as Slack answers."""
        await self._use(state, browser)
        installed = await self.installer.exchange(code)
        await self.installations.save(installed)
        return installed

    async def _use(self, state: str, browser: str) -> None:
        now, database = self.installations.clock(), self.installations.database
        made_for = self.installations.store.open_state(state, lasts=STATE_LASTS, now=now)
        if made_for is None or not hmac.compare_digest(made_for.encode(), browser.encode()):
            raise NotFound(_NOT_VALID)
        digest = hashlib.sha256(state.encode()).hexdigest()
        async with database.write(None) as db:
            await installations.forget_used_states(db, now=now)
        try:
            async with database.write(None) as db:
                await installations.use_state(db, digest, expires_at=now + STATE_LASTS)
        except IntegrityError:
            raise NotFound(_NOT_VALID) from None
