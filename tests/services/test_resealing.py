"""Keys change while the program serves: no token is lost, and the old key is needed no more."""

from collections.abc import AsyncIterator

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary, create_engine, make_url, select, update

from services.db import ledger, sealed
from services.db.columns import Sealed
from services.db.engine import Database
from services.db.opening import is_postgres, open_database
from services.db.postgres import driven
from services.db.tables import connections, metadata
from services.db.tokens import ConnectionStore
from services.domain.connection import ConnectionState
from services.domain.ids import FirmId, RealmId
from services.errors import Refused, TryLater
from services.resealing import Resealed, Resealing
from tests.builders import ANNA, NOW, a_company, some_tokens

OLD, NEW, LOST = (Fernet(Fernet.generate_key()) for _ in range(3))
MANY = 250  # More than two pages.


@pytest.fixture
async def database(ledger_url: str) -> AsyncIterator[Database]:
    async with open_database(ledger_url) as database:
        yield database


async def connect(database: Database, *firms: str, key: Fernet) -> None:
    store = ConnectionStore(MultiFernet([key]))
    async with database.write(None) as db:
        for firm in firms:
            await ledger.ensure_firm(db, FirmId(firm))
            await store.save(
                db,
                firm=FirmId(firm),
                realm=RealmId(firm.removeprefix("T")),
                state=ConnectionState.ACTIVE,
                company=a_company(),
                tokens=some_tokens(),
                by=ANNA,
                now=NOW,
            )


async def opened_with(database: Database, key: Fernet) -> int:
    """How many of all tokens this key alone opens."""
    async with database.read() as db:
        rows = await db.execute(select(connections.c.access_token, connections.c.refresh_token))
        return sum(_opens(key, token) for row in rows for token in row)


def _opens(key: Fernet, token: bytes) -> bool:
    try:
        return bool(key.decrypt(token))
    except InvalidToken:
        return False


def new_key_first(database: Database) -> Resealing:
    return Resealing(database, MultiFernet([NEW, OLD]), NEW)


def nobody_looks(_: int) -> None:
    pass


async def test_all_tokens_need_the_new_key_alone(database: Database) -> None:
    firms = [f"T{number:04}" for number in range(MANY)]
    await connect(database, *firms, key=OLD)
    await connect(database, firms[7], key=NEW)
    seen: list[int] = []
    done = await new_key_first(database).rotate(seen.append)
    assert done == Resealed(tokens=2 * MANY, changed=2 * (MANY - 1))
    assert sum(seen) == MANY
    assert await opened_with(database, NEW) == 2 * MANY
    async with database.read() as db:
        kept = await ConnectionStore(MultiFernet([NEW])).find(db, FirmId(firms[-1]))
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("access-1", "refresh-1")


async def test_a_second_time_changes_nothing(database: Database) -> None:
    await connect(database, "T1", key=OLD)
    await new_key_first(database).rotate(nobody_looks)
    assert await new_key_first(database).rotate(nobody_looks) == Resealed(tokens=2, changed=0)


async def test_a_token_that_no_key_opens_is_named_and_nothing_is_changed(
    database: Database,
) -> None:
    await connect(database, "T1", "T2", key=OLD)
    await connect(database, *(f"T3{number:02}" for number in range(11)), key=LOST)
    with pytest.raises(Refused, match=r"connections T300, .*, connections T309 and 1 more\. "):
        await new_key_first(database).rotate(nobody_looks)
    assert await opened_with(database, OLD) == 4


async def test_what_is_refreshed_meanwhile_is_kept_and_encrypted_too(
    database: Database, ledger_url: str
) -> None:
    await connect(database, "T1", key=OLD)
    busy = Serving(ledger_url, with_key=OLD, times=1)
    done = await new_key_first(database).rotate(busy.refresh)
    assert done == Resealed(tokens=2, changed=4)
    async with database.read() as db:
        kept = await ConnectionStore(MultiFernet([NEW])).find(db, FirmId("T1"))
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("later", "refresh-1")


async def test_who_goes_on_with_the_old_key_is_told_to_begin_anew(
    database: Database, ledger_url: str
) -> None:
    await connect(database, "T1", key=OLD)
    busy = Serving(ledger_url, with_key=OLD, times=100)
    with pytest.raises(TryLater, match="Start `counterfoil serve` anew"):
        await new_key_first(database).rotate(busy.refresh)


async def test_what_was_stored_since_it_was_read_stays(database: Database) -> None:
    await connect(database, "T1", key=OLD)
    ((before,),) = [page async for page in sealed.pages(database)]
    await connect(database, "T1", key=OLD)
    async with database.write(None) as db:
        assert not await sealed.replace(db, before, {"access_token": b"stale"})
    assert await opened_with(database, OLD) == 2


def test_whatever_is_kept_as_bytes_is_a_secret_and_gets_the_new_key() -> None:
    kept = [
        column
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, LargeBinary)
    ]
    assert [column for column in kept if not isinstance(column.type, Sealed)] == []
    assert {column.table.name for column in kept} == {table.name for table in sealed.TABLES}


class Serving:
    """Another process at work on the ledger: it stores what it refreshed, so many times."""

    def __init__(self, url: str, *, with_key: Fernet, times: int) -> None:
        self._url = driven(url) if is_postgres(url) else make_url(url)
        self._key = with_key
        self._left = times

    def refresh(self, _: int) -> None:
        if self._left:
            self._left -= 1
            engine = create_engine(self._url)
            with engine.begin() as db:
                db.execute(update(connections).values(access_token=self._key.encrypt(b"later")))
            engine.dispose()
