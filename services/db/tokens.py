"""Connections to QuickBooks: which company, with which (encrypted) tokens, and who asked."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import Row, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.columns import Instant
from services.db.tables import connections, consents
from services.db.upserts import upsert
from services.domain.connection import Account, Company, Connection, ConnectionState, Item
from services.domain.ids import FirmId, RealmId, UserId
from services.ports import Tokens

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_FIND_BY_REALM = select(connections).where(connections.c.realm_id == bindparam("realm"))
_NOTE_SUCCESS = (
    update(connections)
    .where(connections.c.realm_id == bindparam("realm"))
    .values(last_success_at=bindparam("at", type_=Instant))
)
_FIND_STATE = select(connections.c.state).where(connections.c.firm_id == bindparam("firm"))


class ConnectionStore:
    """Reads and writes connections; tokens never lie in the database in the clear."""

    def __init__(self, vault: MultiFernet) -> None:
        self._vault = vault

    async def find(self, db: AsyncConnection, firm: FirmId) -> Connection | None:
        row = (
            await db.execute(select(connections).where(connections.c.firm_id == firm))
        ).one_or_none()
        return self._connection(row) if row else None

    async def find_by_realm(self, db: AsyncConnection, realm: RealmId) -> Connection | None:
        row = (await db.execute(_FIND_BY_REALM, {"realm": realm})).one_or_none()
        return self._connection(row) if row else None

    async def all(self, db: AsyncConnection) -> list[Connection]:
        rows = await db.execute(select(connections).order_by(connections.c.firm_id))
        return [self._connection(row) for row in rows]

    async def save(  # noqa: PLR0913 - one value per column.
        self,
        db: AsyncConnection,
        *,
        firm: FirmId,
        realm: RealmId,
        state: ConnectionState,
        company: Company,
        tokens: Tokens,
        by: UserId,
        now: datetime,
    ) -> None:
        facts = {
            "realm_id": realm,
            "state": state,
            "connected_by": by,
            "connected_at": now,
            "lost_because": None,
            "refresh_until": None,
            "access_ends_at": None,  # Of the consent before; the new tokens say their own.
            **self._token_facts(tokens, now),
            **_company_facts(company, now),
        }
        await db.execute(
            upsert(db, connections)
            .values(firm_id=firm, **facts)
            .on_conflict_do_update(
                index_elements=["firm_id"],
                set_={**facts, "refresh_epoch": connections.c.refresh_epoch + 1},
            )
        )

    async def save_company(
        self, db: AsyncConnection, realm: RealmId, company: Company, *, now: datetime
    ) -> None:
        await db.execute(
            update(connections)
            .where(connections.c.realm_id == realm)
            .values(**_company_facts(company, now))
        )

    async def claim_refresh(
        self, db: AsyncConnection, connection: Connection, *, now: datetime, until: datetime
    ) -> int | None:
        """The epoch under which to refresh; None where somebody else is at it or has done it."""
        epoch = connection.refresh_epoch + 1
        claimed = await db.execute(
            update(connections)
            .where(
                connections.c.realm_id == connection.realm_id,
                connections.c.refresh_epoch == connection.refresh_epoch,
                connections.c.state != ConnectionState.LOST,
                or_(connections.c.refresh_until.is_(None), connections.c.refresh_until <= now),
            )
            .values(refresh_epoch=epoch, refresh_until=until)
        )
        return epoch if claimed.rowcount == 1 else None

    async def save_refreshed(
        self, db: AsyncConnection, realm: RealmId, tokens: Tokens, *, epoch: int, now: datetime
    ) -> bool:
        """False where somebody else has refreshed since.

        The epoch grows once more: whoever read the old tokens must not refresh with them.
        """
        saved = await db.execute(
            update(connections)
            .where(connections.c.realm_id == realm, connections.c.refresh_epoch == epoch)
            .values(refresh_epoch=epoch + 1, refresh_until=None, **self._token_facts(tokens, now))
        )
        return saved.rowcount == 1

    async def release_refresh(self, db: AsyncConnection, realm: RealmId, *, epoch: int) -> None:
        await db.execute(
            update(connections)
            .where(connections.c.realm_id == realm, connections.c.refresh_epoch == epoch)
            .values(refresh_until=None)
        )

    async def forget_tokens(self, db: AsyncConnection, realm: RealmId) -> bool:
        """They were revoked; False where the connection was made anew, and keeps its own."""
        nothing = self._vault.encrypt(b"")
        forgot = await db.execute(
            update(connections)
            .where(connections.c.realm_id == realm, connections.c.state == ConnectionState.LOST)
            .values(access_token=nothing, refresh_token=nothing)
        )
        return forgot.rowcount == 1

    def _token_facts(self, tokens: Tokens, now: datetime) -> dict[str, object]:
        """Without `access_ends_at` where the tokens do not tell: what is known stays."""
        facts: dict[str, object] = {
            "access_token": self._vault.encrypt(tokens.access_token.encode()),
            "refresh_token": self._vault.encrypt(tokens.refresh_token.encode()),
            "access_expires_at": now + tokens.access_lasts,
            "refresh_expires_at": now + tokens.refresh_lasts,
        }
        if tokens.access_ends_in is not None:
            facts["access_ends_at"] = now + tokens.access_ends_in
        return facts

    def _connection(self, row: Row[Any]) -> Connection:
        """Tokens that our keys no longer open are as good as lost: an admin connects again."""
        state, lost_because = ConnectionState(row.state), row.lost_because
        try:
            access_token = self._vault.decrypt(row.access_token).decode()
            refresh_token = self._vault.decrypt(row.refresh_token).decode()
        except InvalidToken:
            access_token = refresh_token = ""
            state, lost_because = ConnectionState.LOST, "the stored access cannot be read"
        return Connection(
            firm_id=FirmId(row.firm_id),
            realm_id=RealmId(row.realm_id),
            state=state,
            company=_company(row),
            company_read_at=row.company_read_at,
            access_token=access_token,
            refresh_token=refresh_token,
            access_expires_at=row.access_expires_at,
            access_ends_at=row.access_ends_at,
            refresh_epoch=row.refresh_epoch,
            refresh_until=row.refresh_until,
            connected_by=UserId(row.connected_by),
            lost_because=lost_because,
            last_success_at=row.last_success_at,
            held_at=row.held_at,
        )


def _company(row: Row[Any]) -> Company:
    return Company(
        name=row.company_name,
        country=row.country,
        currency=row.currency,
        payment_methods=cast("Mapping[str, str]", row.payment_methods),
        accounts=tuple(Account(**facts) for facts in row.accounts),
        items=tuple(Item(**facts) for facts in row.items),
        invoices_need_tax=row.invoices_need_tax,
        books_closed_until=row.books_closed_until,
    )


def _company_facts(company: Company, now: datetime) -> dict[str, object]:
    return {
        "company_name": company.name,
        "country": company.country,
        "currency": company.currency,
        "payment_methods": dict(company.payment_methods),
        "accounts": [asdict(account) for account in company.accounts],
        "items": [asdict(item) for item in company.items],
        "invoices_need_tax": company.invoices_need_tax,
        "books_closed_until": company.books_closed_until,
        "company_read_at": now,
    }


async def doubt_company(db: AsyncConnection, realm: RealmId) -> None:
    """What is kept of it may be old: as if it had been read long ago."""
    await db.execute(
        update(connections).where(connections.c.realm_id == realm).values(company_read_at=LONG_AGO)
    )


async def set_state(
    db: AsyncConnection, realm: RealmId, state: ConnectionState, *, because: str | None = None
) -> None:
    await db.execute(
        update(connections)
        .where(connections.c.realm_id == realm)
        .values(state=state, lost_because=because, refresh_until=None)
    )


async def note_success(db: AsyncConnection, realm: RealmId, *, at: datetime) -> None:
    await db.execute(_NOTE_SUCCESS, {"realm": realm, "at": at})


@dataclass(frozen=True)
class Consent:
    firm_id: FirmId
    user_id: UserId
    browser_digest: str | None


def digest(secret: str) -> str:
    """Secrets that come back to us are stored as digests: a read database opens no door."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def save_consent(
    db: AsyncConnection,
    *,
    secret: str,
    kind: str,
    firm: FirmId,
    user: UserId,
    expires_at: datetime,
    browser: str | None = None,
) -> None:
    await db.execute(
        insert(consents),
        {
            "secret_digest": digest(secret),
            "kind": kind,
            "firm_id": firm,
            "user_id": user,
            "browser_digest": digest(browser) if browser else None,
            "expires_at": expires_at,
        },
    )


async def find_consent(
    db: AsyncConnection, *, secret: str, kind: str, now: datetime
) -> Consent | None:
    """None where it is unknown, used or expired."""
    row = (await db.execute(select(consents).where(*_valid(secret, kind, now)))).one_or_none()
    return _consent(row) if row else None


async def use_consent(
    db: AsyncConnection, *, secret: str, kind: str, now: datetime
) -> Consent | None:
    """As `find_consent`, and it works no more."""
    used = await db.execute(
        update(consents).where(*_valid(secret, kind, now)).values(used_at=now).returning(consents)
    )
    row = used.one_or_none()
    return _consent(row) if row else None


def _valid(secret: str, kind: str, now: datetime) -> tuple[Any, ...]:
    return (
        consents.c.secret_digest == digest(secret),
        consents.c.kind == kind,
        consents.c.expires_at > now,
        consents.c.used_at.is_(None),
    )


def _consent(row: Row[Any]) -> Consent:
    return Consent(FirmId(row.firm_id), UserId(row.user_id), row.browser_digest)


async def find_state(db: AsyncConnection, firm: FirmId) -> ConnectionState | None:
    """None where the firm never connected QuickBooks."""
    state = (await db.execute(_FIND_STATE, {"firm": firm})).scalar_one_or_none()
    return ConnectionState(state) if state else None


async def needs_tax(db: AsyncConnection, firm: FirmId) -> str | None:
    """The firm's company by its name, where its invoices need tax codes."""
    query = select(connections.c.company_name).where(
        connections.c.firm_id == firm, connections.c.invoices_need_tax
    )
    return (await db.execute(query)).scalar_one_or_none()


async def connected_by(db: AsyncConnection, firm: FirmId, *, since: datetime) -> UserId | None:
    """Who connected QuickBooks, if anybody did since."""
    query = select(connections.c.connected_by).where(
        connections.c.firm_id == firm, connections.c.connected_at >= since
    )
    user = (await db.execute(query)).scalar_one_or_none()
    return UserId(user) if user else None
