"""Clients, as statements; those that staff wait for are built once."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.db.ledger.records import sync_facts
from services.db.tables import clients
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import Client, name_key

COLUMNS = [clients.c[name].label(f"client_{name}") for name in clients.c.keys()]  # noqa: SIM118
_FIND = select(*COLUMNS).where(
    clients.c.firm_id == bindparam("firm"), clients.c.id == bindparam("client")
)
_FIND_BY_NAME = select(*COLUMNS).where(
    clients.c.firm_id == bindparam("firm"), clients.c.name_key == bindparam("key")
)


def read_client(row: Any) -> Client:  # noqa: ANN401 - a row's mapping.
    """From a row that holds `COLUMNS`."""
    return Client(
        id=ClientId(row["client_id"]),
        firm_id=FirmId(row["client_firm_id"]),
        name=row["client_name"],
        email=row["client_email"],
        sync=sync_facts(row, "client_"),
        excluded=row["client_excluded"],
    )


async def insert_client(db: AsyncConnection, client: Client, *, by: UserId, at: datetime) -> None:
    await db.execute(
        insert(clients),
        {
            "id": client.id,
            "firm_id": client.firm_id,
            "name": client.name,
            "name_key": name_key(client.name),
            "email": client.email,
            "status": client.sync.status,
            "created_by": by,
            "created_at": at,
        },
    )


async def change_client(db: AsyncConnection, wanted: Client) -> None:
    """Its name and its address."""
    await db.execute(
        update(clients)
        .where(clients.c.id == wanted.id)
        .values(
            name=wanted.name,
            name_key=name_key(wanted.name),
            email=wanted.email,
            version=clients.c.version + 1,
        )
    )


async def find_client(db: AsyncConnection, firm: FirmId, client: ClientId) -> Client | None:
    row = (await db.execute(_FIND, {"firm": firm, "client": client})).mappings().one_or_none()
    return read_client(row) if row else None


async def find_client_by_name(db: AsyncConnection, firm: FirmId, name: str) -> Client | None:
    asked = {"firm": firm, "key": name_key(name)}
    row = (await db.execute(_FIND_BY_NAME, asked)).mappings().one_or_none()
    return read_client(row) if row else None


async def search_clients(db: AsyncConnection, firm: FirmId, words: str, limit: int) -> list[Client]:
    """Clients whose name holds `words`, those that begin with them first."""
    key = name_key(words)
    query = (
        select(*COLUMNS)
        .where(clients.c.firm_id == firm, clients.c.name_key.contains(key, autoescape=True))
        .order_by(
            case((clients.c.name_key.startswith(key, autoescape=True), 0), else_=1),
            clients.c.name_key,
        )
        .limit(limit)
    )
    return [read_client(row) for row in (await db.execute(query)).mappings()]
