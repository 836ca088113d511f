"""Which workspaces let us in, with which (encrypted) tokens; and the states that came back."""

from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import (
    ColumnElement,
    Row,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.tables import installations, used_states
from services.domain.ids import FirmId, UserId
from services.domain.installation import Installation
from services.ports import Installed, SlackTokens

_FIND = select(installations).where(
    installations.c.firm_id == bindparam("firm"), installations.c.removed_at.is_(None)
)
_STATE = b"install:"  # Nothing else that we encrypt begins so.


def was_removed(firm: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether Slack lets us in there no more: nothing is sent there until somebody installs it."""
    return exists().where(installations.c.firm_id == firm, installations.c.removed_at.is_not(None))


async def removed_firms(db: AsyncConnection) -> frozenset[FirmId]:
    query = select(installations.c.firm_id).where(installations.c.removed_at.is_not(None))
    return frozenset(FirmId(row.firm_id) for row in await db.execute(query))


async def installed_firms(db: AsyncConnection) -> list[FirmId]:
    query = select(installations.c.firm_id).where(installations.c.removed_at.is_(None))
    return [
        FirmId(row.firm_id) for row in await db.execute(query.order_by(installations.c.firm_id))
    ]


class InstallationStore:
    """Reads and writes installations; tokens never lie in the database in the clear."""

    def __init__(self, vault: MultiFernet) -> None:
        self._vault = vault

    async def find(self, db: AsyncConnection, firm: FirmId) -> Installation | None:
        """None where it was removed, or where none of our keys opens its token any more."""
        row = (await db.execute(_FIND, {"firm": firm})).one_or_none()
        return self._installation(row) if row else None

    async def save(self, db: AsyncConnection, new: Installed, *, now: datetime) -> None:
        """In place of the one before, if any, in a transaction of its firm."""
        facts = {
            "enterprise_id": new.enterprise_id,
            "bot_id": new.bot_id,
            "bot_user_id": new.bot_user_id,
            "scopes": ",".join(sorted(new.scopes)),
            "installed_by": new.installed_by,
            "installed_at": now,
            "removed_at": None,
            "refresh_until": None,
            **self._token_facts(new.tokens, now),
        }
        own = installations.c.firm_id == new.firm_id
        again = update(installations).where(own)
        changed = await db.execute(
            again.values(**facts, refresh_epoch=installations.c.refresh_epoch + 1)
        )
        if changed.rowcount == 0:
            await db.execute(insert(installations), {"firm_id": new.firm_id, **facts})

    async def remove(
        self, db: AsyncConnection, firm: FirmId, *, installed_by: datetime, now: datetime
    ) -> bool:
        """Forget its tokens; False where it was removed before, or installed after that."""
        return await self._remove(db, firm, installations.c.installed_at <= installed_by, now)

    async def lose(self, db: AsyncConnection, firm: FirmId, *, epoch: int, now: datetime) -> bool:
        """As `remove`; False where it was refreshed, removed or installed since."""
        return await self._remove(db, firm, installations.c.refresh_epoch == epoch, now)

    async def _remove(
        self, db: AsyncConnection, firm: FirmId, condition: ColumnElement[bool], now: datetime
    ) -> bool:
        nothing = dict.fromkeys(("bot_token", "refresh_token", "expires_at", "refresh_until"))
        removed = await db.execute(
            update(installations)
            .where(
                installations.c.firm_id == firm,
                installations.c.removed_at.is_(None),
                condition,
            )
            .values(removed_at=now, refresh_epoch=installations.c.refresh_epoch + 1, **nothing)
        )
        return removed.rowcount == 1

    async def claim_refresh(
        self, db: AsyncConnection, found: Installation, *, now: datetime, until: datetime
    ) -> int | None:
        """The epoch under which to refresh; None where somebody else is at it or has done it."""
        epoch = found.refresh_epoch + 1
        claimed = await db.execute(
            update(installations)
            .where(
                installations.c.firm_id == found.firm_id,
                installations.c.refresh_epoch == found.refresh_epoch,
                installations.c.removed_at.is_(None),
                or_(installations.c.refresh_until.is_(None), installations.c.refresh_until <= now),
            )
            .values(refresh_epoch=epoch, refresh_until=until)
        )
        return epoch if claimed.rowcount == 1 else None

    async def save_refreshed(
        self, db: AsyncConnection, firm: FirmId, tokens: SlackTokens, *, epoch: int, now: datetime
    ) -> bool:
        """False where it was refreshed, removed or installed since.

        The epoch grows once more: whoever read the old tokens must not refresh with them.
        """
        saved = await db.execute(
            update(installations)
            .where(installations.c.firm_id == firm, installations.c.refresh_epoch == epoch)
            .values(refresh_epoch=epoch + 1, refresh_until=None, **self._token_facts(tokens, now))
        )
        return saved.rowcount == 1

    async def release_refresh(self, db: AsyncConnection, firm: FirmId, *, epoch: int) -> None:
        await db.execute(
            update(installations)
            .where(installations.c.firm_id == firm, installations.c.refresh_epoch == epoch)
            .values(refresh_until=None)
        )

    def seal_state(self, browser: str, *, now: datetime) -> str:
        """What Slack sends back along with the browser that holds the same secret."""
        return self._vault.encrypt_at_time(_STATE + browser.encode(), _seconds(now)).decode()

    def open_state(self, state: str, *, lasts: timedelta, now: datetime) -> str | None:
        """The browser's secret; None where the state is forged or has expired."""
        try:
            opened = self._vault.decrypt_at_time(
                state.encode(), int(lasts.total_seconds()), _seconds(now)
            )
        except (InvalidToken, UnicodeEncodeError):
            return None
        return opened.removeprefix(_STATE).decode() if opened.startswith(_STATE) else None

    def _token_facts(self, tokens: SlackTokens, now: datetime) -> dict[str, object]:
        refresh, lasts = tokens.refresh_token, tokens.lasts
        return {
            "bot_token": self._vault.encrypt(tokens.bot_token.encode()),
            "refresh_token": self._vault.encrypt(refresh.encode()) if refresh else None,
            "expires_at": now + lasts if refresh and lasts is not None else None,
        }

    def _installation(self, row: Row[Any]) -> Installation | None:
        try:
            bot_token = self._vault.decrypt(row.bot_token).decode()
            refresh_token = (
                self._vault.decrypt(row.refresh_token).decode() if row.refresh_token else None
            )
        except InvalidToken:
            return None
        return Installation(
            firm_id=FirmId(row.firm_id),
            enterprise_id=row.enterprise_id,
            bot_token=bot_token,
            refresh_token=refresh_token,
            expires_at=row.expires_at,
            bot_id=row.bot_id,
            bot_user_id=row.bot_user_id,
            scopes=frozenset(row.scopes.split(",")),
            installed_by=UserId(row.installed_by),
            installed_at=row.installed_at,
            refresh_epoch=row.refresh_epoch,
        )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


async def use_state(db: AsyncConnection, digest: str, *, expires_at: datetime) -> None:
    """Raise IntegrityError where it was used before."""
    await db.execute(insert(used_states), {"digest": digest, "expires_at": expires_at})


async def forget_used_states(db: AsyncConnection, *, now: datetime) -> None:
    """Those that have expired: nobody can use them again."""
    await db.execute(delete(used_states).where(used_states.c.expires_at <= now))
