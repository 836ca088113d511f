"""Secrets in the ledger: encrypted, rotated, digested, and worth something once at most."""

from datetime import timedelta

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select

from services.db import tokens
from services.db.engine import Database
from services.db.tables import metadata
from services.db.tokens import ConnectionStore, Consent
from services.domain.connection import Connection, ConnectionState
from services.ports import Tokens
from tests.builders import ANNA, FIRM, NOW, REALM, a_company, some_tokens

OLD, NEW = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=365)


async def connect(
    database: Database, vault: MultiFernet, *, granted: Tokens | None = None
) -> ConnectionStore:
    store = ConnectionStore(vault)
    async with database.write(FIRM) as db:
        await store.save(
            db,
            firm=FIRM,
            realm=REALM,
            state=ConnectionState.ACTIVE,
            company=a_company(),
            tokens=granted or some_tokens(),
            by=ANNA,
            now=NOW,
        )
    return store


async def read(database: Database, store: ConnectionStore) -> Connection:
    async with database.read() as db:
        connection = await store.find_by_realm(db, REALM)
    assert connection is not None
    return connection


async def test_no_token_lies_in_the_database_in_the_clear(database: Database) -> None:
    await connect(database, MultiFernet([NEW]))
    stored = await _everything_in(database)
    assert "Larkspur Accounting" in stored
    assert "access-1" not in stored
    assert "refresh-1" not in stored


async def test_a_connection_is_read_back_as_it_was_saved(database: Database) -> None:
    connection = await read(database, await connect(database, MultiFernet([NEW])))
    assert (connection.access_token, connection.refresh_token) == ("access-1", "refresh-1")
    assert connection.company == a_company()
    assert connection.access_expires_at == NOW + timedelta(hours=1)
    assert "access-1" not in repr(connection)
    assert "refresh-1" not in repr(connection)


async def test_an_older_key_still_opens_what_it_locked(database: Database) -> None:
    await connect(database, MultiFernet([OLD]))
    rotated = ConnectionStore(MultiFernet([NEW, OLD]))
    assert (await read(database, rotated)).access_token == "access-1"


async def test_a_foreign_key_opens_nothing(database: Database) -> None:
    await connect(database, MultiFernet([OLD]))
    connection = await read(database, ConnectionStore(MultiFernet([NEW])))
    assert (connection.access_token, connection.refresh_token) == ("", "")
    assert connection.state is ConnectionState.LOST


async def test_one_refresh_is_claimed_and_only_its_result_is_stored(database: Database) -> None:
    store = await connect(database, MultiFernet([NEW]))
    connection = await read(database, store)
    async with database.write(FIRM) as db:
        mine = await store.claim_refresh(db, connection, now=NOW, until=NOW + MINUTE)
        assert await store.claim_refresh(db, connection, now=NOW, until=NOW + MINUTE) is None
    assert mine is not None
    late = await read(database, store)
    async with database.write(FIRM) as db:
        heirs = await store.claim_refresh(db, late, now=NOW + MINUTE, until=NOW + 2 * MINUTE)
        assert heirs == mine + 1
        assert not await store.save_refreshed(db, REALM, some_tokens(2), epoch=mine, now=NOW)
        assert await store.save_refreshed(db, REALM, some_tokens(3), epoch=heirs, now=NOW)
    assert (await read(database, store)).access_token == "access-3"


async def test_a_new_consent_makes_a_refresh_under_way_worthless(database: Database) -> None:
    store = await connect(database, MultiFernet([NEW]))
    async with database.write(FIRM) as db:
        mine = await store.claim_refresh(
            db, await read(database, store), now=NOW, until=NOW + MINUTE
        )
    assert mine is not None
    await connect(database, MultiFernet([NEW]))
    async with database.write(FIRM) as db:
        assert not await store.save_refreshed(db, REALM, some_tokens(2), epoch=mine, now=NOW)
    assert (await read(database, store)).access_token == "access-1"


async def refresh(database: Database, store: ConnectionStore, refreshed: Tokens) -> Connection:
    """A minute after the tokens before."""
    connection = await read(database, store)
    at = NOW + MINUTE
    async with database.write(FIRM) as db:
        epoch = await store.claim_refresh(db, connection, now=at, until=at + MINUTE)
        assert epoch is not None
        assert await store.save_refreshed(db, REALM, refreshed, epoch=epoch, now=at)
    return await read(database, store)


async def test_the_end_of_all_access_is_kept_where_a_refresh_does_not_tell_it(
    database: Database,
) -> None:
    granted = some_tokens(access_ends_in=5 * YEAR)
    store = await connect(database, MultiFernet([NEW]), granted=granted)
    assert (await read(database, store)).access_ends_at == NOW + 5 * YEAR
    assert (await refresh(database, store, some_tokens(2))).access_ends_at == NOW + 5 * YEAR
    told = await refresh(database, store, some_tokens(3, access_ends_in=YEAR))
    assert told.access_ends_at == NOW + MINUTE + YEAR


async def test_a_new_consent_forgets_when_the_one_before_would_have_ended(
    database: Database,
) -> None:
    vault = MultiFernet([NEW])
    await connect(database, vault, granted=some_tokens(access_ends_in=YEAR))
    store = await connect(database, vault, granted=some_tokens(2))
    assert (await read(database, store)).access_ends_at is None
    await connect(database, vault, granted=some_tokens(3, access_ends_in=5 * YEAR))
    assert (await read(database, store)).access_ends_at == NOW + 5 * YEAR


async def give_consent(database: Database, secret: str, *, kind: str = "state") -> None:
    async with database.write(FIRM) as db:
        await tokens.save_consent(
            db, secret=secret, kind=kind, firm=FIRM, user=ANNA, expires_at=NOW + MINUTE, browser="b"
        )


async def use(
    database: Database, secret: str, *, after: timedelta = timedelta(0)
) -> Consent | None:
    async with database.write(FIRM) as db:
        return await tokens.use_consent(db, secret=secret, kind="state", now=NOW + after)


async def test_a_state_works_once(database: Database) -> None:
    await give_consent(database, "s3cret")
    assert await use(database, "s3cret") == Consent(FIRM, ANNA, tokens.digest("b"))
    assert await use(database, "s3cret") is None


async def test_a_state_expires(database: Database) -> None:
    await give_consent(database, "s3cret")
    assert await use(database, "s3cret", after=MINUTE) is None


async def test_a_forged_state_or_a_links_secret_is_no_state(database: Database) -> None:
    await give_consent(database, "l1nk", kind="link")
    assert await use(database, "forged") is None
    assert await use(database, "l1nk") is None


async def test_a_read_ledger_opens_no_door(database: Database) -> None:
    await give_consent(database, "s3cret-state")
    stored = await _everything_in(database)
    assert "state" in stored
    assert "s3cret-state" not in stored


async def _everything_in(database: Database) -> str:
    async with database.read() as db:
        tables = [(await db.execute(select(table))).all() for table in metadata.sorted_tables]
    return repr(tables)
