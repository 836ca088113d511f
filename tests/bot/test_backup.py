"""A backup is made while the bot serves."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands.backup import PG_DUMP
from bot.commands.terminal import ledger_file
from bot.config import Storage
from tests.bot.conftest import environment_of, run, serve
from tests.builders import a_ledger_url
from tests.world import World


def back_up(url: str, target: Path) -> Result:
    return CliRunner().invoke(app, ["backup", str(target)], env={"DATABASE_URL": url})


async def test_what_is_recorded_is_in_it_and_the_bot_serves_on(
    outside: World, tmp_path: Path
) -> None:
    target = tmp_path / "backup.db"
    async with serve(outside, tmp_path):
        await outside.connect()
        await outside.add_client("Acme")
        await outside.until(await outside.record(sync=True), "Synced")
        ended = await run(
            "backup", str(target), env=environment_of(outside.config), folder=tmp_path
        )
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("Backed up 1 payment of 1 workspace, as of ")
        assert ended.out.endswith("ENCRYPTION_KEYS are not in it: keep them elsewhere.\n")
        await outside.until(await outside.record(sync=True, amount="70.00"), "Synced")
    with closing(sqlite3.connect(target)) as db:
        assert db.execute("SELECT amount_minor, status FROM payments").fetchall() == [
            (50_000, "synced")
        ]


def test_a_ledger_of_an_earlier_version_is_backed_up_too(tmp_path: Path) -> None:
    url = a_ledger_url(tmp_path)
    with closing(sqlite3.connect(tmp_path / "counterfoil.db")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '0009'")
    assert back_up(url, tmp_path / "backup.db").exit_code == 0


def test_what_cannot_be_backed_up_says_so(tmp_path: Path) -> None:
    url, target = a_ledger_url(tmp_path), tmp_path / "backup.db"
    assert back_up(url, target).exit_code == 0
    again = back_up(url, target)
    assert (again.exit_code, again.stderr) == (
        *(2, f"{target} is there already; a backup takes no other's place.\n"),
    )
    nowhere = back_up(url, tmp_path / "nowhere" / "backup.db")
    assert nowhere.exit_code == 2
    assert nowhere.stderr.endswith("cannot be written: No such file or directory.\n")
    missing = back_up(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "none-backup.db")
    assert missing.exit_code == 2
    assert missing.stderr.startswith("DATABASE_URL: there is no file ")
    (tmp_path / "diary.db").write_text("Dear diary, " * 100)
    broken = back_up(f"sqlite:///{tmp_path / 'diary.db'}", tmp_path / "diary-backup.db")
    assert broken.exit_code == 1
    assert "cannot be backed up: " in broken.stderr


def test_postgresql_is_sent_to_its_own_tools(capsys: pytest.CaptureFixture[str]) -> None:
    storage = Storage.model_construct(database_url="postgresql://somebody@somewhere/ledger")
    with pytest.raises(typer.Exit) as ended:
        ledger_file(storage, else_=PG_DUMP)
    assert ended.value.exit_code == 2
    assert "pg_dump --format=custom" in capsys.readouterr().err
