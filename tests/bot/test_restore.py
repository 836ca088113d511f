"""A machine is lost, and the ledger comes back from a backup: compared first, then let go."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from services.domain.sync import SETTLED_AFTER
from tests.bot.conftest import Ended, environment_of, run, serve
from tests.bot.test_config import REQUIRED
from tests.builders import a_ledger_url
from tests.handlers.invoicing import shown
from tests.world import World


async def command(world: World, folder: Path, *words: str) -> Ended:
    return await run(*words, env=environment_of(world.config), folder=folder)


async def lose_the_machine(world: World, folder: Path) -> Path:
    """A payment is in the backup, one came after it; then all is gone."""
    backup = folder / "backup.db"
    async with serve(world, folder) as program:
        await world.connect()
        await world.add_client("Acme")
        await world.until(await world.record(sync=True), "Synced")
        assert (await command(world, folder, "backup", str(backup))).code == 0
        await world.until(await world.record(sync=True, amount="70.00"), "Synced")
        await program.end(signal.SIGKILL)
    return backup


def kept_aside(folder: Path) -> Path:
    (kept,) = folder.glob("counterfoil.db.before-*[0-9]")
    return kept


def let_time_pass(ledger: Path) -> None:
    """All that was sent before has arrived."""
    with closing(sqlite3.connect(ledger)) as db, db:
        span = int(SETTLED_AFTER.total_seconds()) * 1_000_000
        db.execute("UPDATE connections SET held_at = held_at - ?", [span])


async def test_a_restored_ledger_sends_nothing_until_it_was_compared_and_let_go(
    outside: World, tmp_path: Path
) -> None:
    backup = await lose_the_machine(outside, tmp_path)
    restored = await command(outside, tmp_path, "restore", str(backup))
    assert (restored.code, restored.err) == (0, "")
    first, *told = restored.out.splitlines()
    assert first.startswith(f"Restored 1 payment of 1 workspace from {backup}. What was there is ")
    assert "P-1002 of " in restored.out
    assert told[-1] == "Nothing is sent to QuickBooks until you say so: counterfoil restore --go-on"
    with closing(sqlite3.connect(kept_aside(tmp_path))) as db:
        assert db.execute("SELECT count(*) FROM payments").fetchone() == (2,)
    async with serve(outside, tmp_path):
        message = await outside.record(sync=True, amount="9.00")
        assert message.text.startswith("P-2002")
        await outside.until(message, "Counterfoil was restored from a backup.")
        early = await command(outside, tmp_path, "restore", "--go-on")
        assert early.code == 1
        assert "may still arrive: go on after " in early.err
        assert outside.totals == ["500.00", "70.00"]
        let_time_pass(tmp_path / "counterfoil.db")
        gone_on = await command(outside, tmp_path, "restore", "--go-on")
        assert (gone_on.code, gone_on.err) == (0, "")
        assert "  Taken over: 1. What waits is sent from now on." in gone_on.out
        await outside.until(message, "Synced")
        assert outside.totals == ["500.00", "70.00", "9.00"]
        found = await shown(outside.anna, "/payment show P-1002")
        assert "Synced" in found.plain
        again = await command(outside, tmp_path, "restore", "--go-on")
        assert (again.code, again.out) == (0, "Nothing is held.\n")


async def test_while_the_bot_is_at_work_nothing_is_put_in_its_place(
    outside: World, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    async with serve(outside, tmp_path):
        await command(outside, tmp_path, "backup", str(backup))
        ended = await command(outside, tmp_path, "restore", str(backup))
    assert ended.code == 1
    assert ended.err.startswith("Another process is at work on ")


async def test_a_company_that_is_disconnected_stays_held_and_says_what_helps(
    outside: World, tmp_path: Path
) -> None:
    backup = await lose_the_machine(outside, tmp_path)
    for granted in outside.quickbooks.tokens._connections.values():
        granted.revoked = True
    ended = await command(outside, tmp_path, "restore", str(backup))
    assert ended.code == 1
    assert "type /quickbooks connect; nothing is sent meanwhile. Then run this again." in ended.err
    assert ended.err.endswith("1 workspace is not done.\n")


def restore(folder: Path, *words: str) -> Result:
    settings = {**REQUIRED, "DATABASE_URL": f"sqlite:///{folder / 'counterfoil.db'}"}
    return CliRunner().invoke(app, ["restore", *words], env=settings)


def test_a_ledger_by_other_means_is_held_when_it_is_said(tmp_path: Path) -> None:
    a_ledger_url(tmp_path)
    assert restore(tmp_path).stdout == "Nothing is held.\n"
    assert restore(tmp_path, "--hold").stdout == "Nothing is held.\n"  # Nothing is connected.


@pytest.mark.parametrize("there_is_one", [True, False])
def test_what_is_no_backup_takes_no_place(tmp_path: Path, *, there_is_one: bool) -> None:
    ledger = tmp_path / "counterfoil.db"
    if there_is_one:
        a_ledger_url(tmp_path)
    before = ledger.read_bytes() if there_is_one else None
    diary, newer = tmp_path / "diary.db", tmp_path / "newer.db"
    diary.write_text("Dear diary, " * 100)
    (tmp_path / "new").mkdir()
    a_ledger_url(tmp_path / "new")
    (tmp_path / "new" / "counterfoil.db").rename(newer)
    with closing(sqlite3.connect(newer)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    for file, why in ((diary, "file is not a database"), (newer, "by a newer version")):
        ended = restore(tmp_path, str(file))
        assert ended.exit_code == 1
        assert why in ended.stderr
    for file in (ledger, tmp_path / "none.db"):
        ended = restore(tmp_path, str(file))
        assert (ended.exit_code, ended.stderr) == (2, f"{file} is no backup.\n")
    assert restore(tmp_path, str(newer), "--go-on").exit_code == 2
    assert (ledger.read_bytes() if there_is_one else None) == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
