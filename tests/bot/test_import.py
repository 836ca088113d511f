"""A file is imported from the command line: what is wrong is said, and nothing is half done."""

import asyncio
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from services.db import ledger
from services.db.opening import open_database
from services.domain.ids import FirmId
from tests.bot.conftest import STARTS_WITHIN, end_of, environment_of, serve, start
from tests.builders import FIRM, OTHER_FIRM, a_ledger_url, ensure_ledger
from tests.world import World

HEAD = "Client,Number,Invoice date,Due date,Description,Quantity,Unit price\n"
MANY = 6_000


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = a_ledger_url(tmp_path)
    asyncio.run(add_firms(url, FIRM))
    return url


async def add_firms(url: str, *firms: FirmId) -> None:
    async with open_database(url) as database, database.write(None) as db:
        for firm in firms:
            await ledger.ensure_firm(db, firm)


def run(url: str, file: Path, *words: str) -> Result:
    what, *options = words
    arguments = ["import", what, str(file), *options]
    return CliRunner().invoke(app, arguments, env={"DATABASE_URL": url})


def written(folder: Path, text: str) -> Path:
    file = folder / "import.csv"
    file.write_text(text)
    return file


def names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return [name for (name,) in db.execute("SELECT name FROM clients ORDER BY name")]


def test_clients_then_their_invoices_then_nothing_twice(url: str, tmp_path: Path) -> None:
    clients = written(tmp_path, "Name;E-mail;Phone\nÅkes Bageri;ake@bageri.example;1\nBirch;;2\n")
    ended = run(url, clients, "clients")
    assert (ended.exit_code, ended.stdout) == (0, "Added 2 clients; 0 were there already.\n")
    assert ended.stderr == "Not used: Phone.\n"
    ended = run(url, clients, "clients", "--firm", FIRM)
    assert ended.stdout == "Added 0 clients; 2 were there already.\n"
    row = "åkes bageri,7,2026-10-01,2026-10-31,Advice,2,100.00\n"
    invoices = written(tmp_path, HEAD + row)
    assert run(url, invoices, "invoices").stdout == "Added 1 invoice; 0 were there already.\n"
    assert run(url, invoices, "invoices").stdout == "Added 0 invoices; 1 was there already.\n"


def test_bad_rows_are_named_and_nothing_is_recorded(url: str, tmp_path: Path) -> None:
    file = written(tmp_path, "Name,E-mail\nAcme,\n,nobody\nBirch,b@irch.example\nacme,\n")
    ended = run(url, file, "clients")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [
        "line 3: A client needs a name.",
        "line 3: “nobody” is not an e-mail address.",
        "line 5: acme is on line 2 already.",
        "Nothing was recorded: 2 of 4 rows need mending.",
    ]
    assert names(tmp_path / "counterfoil.db") == []


def test_the_same_mistake_everywhere_is_told_a_hundred_times(url: str, tmp_path: Path) -> None:
    file = written(tmp_path, "Name,E-mail\n" + "".join(f"C{n},-\n" for n in range(130)))
    told = run(url, file, "clients").stderr.splitlines()
    assert told[-2:] == [
        "… and 30 more like these.",
        "Nothing was recorded: 130 of 130 rows need mending.",
    ]
    assert len(told) == 102


def test_a_check_records_nothing(url: str, tmp_path: Path) -> None:
    ended = run(url, written(tmp_path, "Name\nAcme\n"), "clients", "--check")
    assert (ended.exit_code, ended.stdout) == (0, "Would add 1 client; 0 were there already.\n")
    assert names(tmp_path / "counterfoil.db") == []


def test_a_file_that_is_no_such_table_is_named(url: str, tmp_path: Path) -> None:
    file = written(tmp_path, "Name\nAcme\n")
    ended = run(url, file, "invoices")
    assert ended.exit_code == 1
    assert ended.stderr.startswith(f"{file}: line 1: There is no column “Client”, ")
    ended = run(url, tmp_path / "none.csv", "clients")
    assert ended.exit_code == 2
    assert ended.stderr == f"{tmp_path / 'none.csv'} cannot be read: No such file or directory.\n"
    file.write_bytes("Name\nÅke\n".encode("cp1252"))
    assert run(url, file, "clients").exit_code == 1
    assert run(url, file, "clients", "--encoding", "cp1252").exit_code == 0
    assert names(tmp_path / "counterfoil.db") == ["Åke"]


def test_where_there_are_several_firms_one_must_be_named(url: str, tmp_path: Path) -> None:
    asyncio.run(add_firms(url, OTHER_FIRM))
    file, there = written(tmp_path, "Name\nAcme\n"), f"There are: {FIRM}, {OTHER_FIRM}."
    ended = run(url, file, "clients")
    assert (ended.exit_code, ended.stderr) == (
        *(2, f"Say for which workspace, with --firm. {there}\n"),
    )
    ended = run(url, file, "clients", "--firm", "T0")
    assert (ended.exit_code, ended.stderr) == (2, f"There is no workspace T0. {there}\n")
    assert run(url, file, "clients", "--firm", OTHER_FIRM).exit_code == 0


async def test_an_import_that_is_killed_halfway_is_finished_by_the_bot(
    outside: World, tmp_path: Path
) -> None:
    database = tmp_path / "counterfoil.db"
    ensure_ledger(outside.config.database_url)
    await add_firms(outside.config.database_url, FIRM)
    wanted = [f"Client {number:05}" for number in range(MANY)]
    file = written(tmp_path, "\n".join(["Name", *wanted]))
    environment = environment_of(outside.config)
    process = await start("import", "clients", str(file), env=environment, folder=tmp_path)
    await until(database, lambda there: there > 0)
    process.send_signal(signal.SIGKILL)
    await end_of(process)
    assert 0 < len(names(database)) < MANY
    async with serve(outside, tmp_path):
        await until(database, lambda there: there == MANY)
    assert names(database) == wanted


async def until(database: Path, is_so: Callable[[int], bool]) -> None:
    """Until there are so many clients."""
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            if is_so(len(names(database))):
                return
            await asyncio.sleep(0.005)
