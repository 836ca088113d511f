"""A ledger in a file: what others do with the file, and what a power cut leaves of it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.db.sqlite import SqliteDatabase
from tests.builders import FIRM, a_ledger_url
from tests.db.test_engine import add, names_in


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    async with SqliteDatabase(a_ledger_url(tmp_path)) as database:
        yield database


async def test_a_shell_that_holds_the_file_holds_up_nobody_who_reads(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    async def write() -> None:
        async with database.write(FIRM) as db:
            await add(db, "T1")

    shell = sqlite3.connect(tmp_path / "counterfoil.db", isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(write())
    for _ in range(10):
        assert "T1" not in await names_in(database)
    assert not writing.done()
    shell.execute("ROLLBACK")
    shell.close()
    async with asyncio.timeout(2):
        await writing
    assert "T1" in await names_in(database)


async def test_a_commit_survives_a_power_cut_and_references_are_kept(
    database: SqliteDatabase,
) -> None:
    full_synchronous = 2
    async with database.write(FIRM) as db:
        answers = [
            (await db.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("synchronous", "journal_mode", "foreign_keys")
        ]
    assert answers == [full_synchronous, "wal", 1]
