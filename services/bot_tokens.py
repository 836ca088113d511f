"""What opens each firm's workspace: one refresh for all who need it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from services.db.engine import Database
from services.db.installations import InstallationStore
from services.domain.ids import FirmId
from services.domain.installation import Installation
from services.errors import NotInstalled, TryLater
from services.installations import Installations
from services.ports import Clock, Installer

log = structlog.get_logger()

# Whoever got a token may go on with it for minutes, and keeps it in mind for one.
REFRESH_BEFORE = timedelta(minutes=30)
LAST_MINUTES = timedelta(minutes=5)  # A token this close to its end is not used any more.
REFRESH_TAKES = timedelta(seconds=60)  # After this a refresher is taken for dead.
WAIT_FOR_REFRESH = timedelta(seconds=10)
_LOOK_AGAIN = timedelta(milliseconds=200)


@dataclass(frozen=True)
class BotTokens:
    """Tokens that rotate are refreshed once, however many processes ask.

    A refresh token works once: so a refresh is claimed in the database first, and its result is
    stored before anybody uses it. A process that dies between Slack's answer and the store loses
    the installation; somebody installs it anew, and what waited goes on.
    """

    database: Database
    store: InstallationStore
    installations: Installations
    installer: Installer
    clock: Clock

    async def current(self, firm: FirmId, *, refused: str | None = None) -> Installation:
        """With a token that lasts for minutes at least. Raise NotInstalled or TryLater.

        `refused`: what Slack no longer takes, whatever the clock says; one that cannot be renewed
        comes back all the same.
        """
        give_up_at = self.clock() + WAIT_FOR_REFRESH
        while self.clock() < give_up_at:
            found = await self._find(firm)
            if found.refresh_token is None or self._is_good(found, REFRESH_BEFORE, refused):
                return found
            if await self._try_to_refresh(found):
                return await self._find(firm)
            if self._is_good(found, LAST_MINUTES, refused):
                return found
            await asyncio.sleep(_LOOK_AGAIN.total_seconds())
        raise TryLater("The access to Slack is being renewed. Please try again.")

    async def _find(self, firm: FirmId) -> Installation:
        async with self.database.read() as db:
            found = await self.store.find(db, firm)
        if found is None:
            raise NotInstalled("Counterfoil is not installed in this workspace")
        return found

    def _is_good(self, found: Installation, least: timedelta, refused: str | None) -> bool:
        if found.expires_at is None or found.bot_token == refused:
            return False
        return found.expires_at - least > self.clock()

    async def _try_to_refresh(self, found: Installation) -> bool:
        """Whether there is something new; not where somebody else is at it, or Slack is away."""
        epoch, firm = await self._claim(found), found.firm_id
        if epoch is None or found.refresh_token is None:
            return False
        try:
            tokens = await self.installer.refresh(found.refresh_token)
        except NotInstalled:
            await self.installations.lose(firm, epoch=epoch)
            return True  # Or installed meanwhile.
        except TryLater as error:
            log.info("token not refreshed", firm=firm, error=type(error).__name__)
            async with self.database.write(firm) as db:
                await self.store.release_refresh(db, firm, epoch=epoch)
            return False
        async with self.database.write(firm) as db:
            await self.store.save_refreshed(db, firm, tokens, epoch=epoch, now=self.clock())
        return True

    async def _claim(self, found: Installation) -> int | None:
        now = self.clock()
        async with self.database.write(found.firm_id) as db:
            return await self.store.claim_refresh(db, found, now=now, until=now + REFRESH_TAKES)
