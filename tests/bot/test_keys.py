"""Keys change under a bot that serves, and nothing is connected anew."""

import signal
from pathlib import Path

from cryptography.fernet import Fernet
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.bot.conftest import environment_of, run, serve
from tests.world import World

NEW = Fernet.generate_key().decode()


async def test_after_a_rotation_under_way_the_new_key_alone_is_enough(
    outside: World, tmp_path: Path
) -> None:
    environment = environment_of(outside.config)
    old = environment["ENCRYPTION_KEYS"]
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await outside.add_client("Acme")
        await program.end(signal.SIGTERM)
    async with serve(outside, tmp_path, ENCRYPTION_KEYS=f"{NEW},{old}") as program:
        both = {**environment, "ENCRYPTION_KEYS": f"{NEW},{old}"}
        ended = await run("keys", "rotate", env=both, folder=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("Encrypted 2 tokens anew; all 2 ")
        await outside.until(await outside.record(sync=True), "Synced")
        await program.end(signal.SIGTERM)
    async with serve(outside, tmp_path, ENCRYPTION_KEYS=NEW) as program:
        await outside.until(await outside.record(sync=True, amount="70.00"), "Synced")
        await program.end(signal.SIGTERM)
    assert outside.totals == ["500.00", "70.00"]


async def test_keys_that_open_nothing_are_refused_with_what_helps(
    outside: World, tmp_path: Path
) -> None:
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await program.end(signal.SIGTERM)
    environment = {**environment_of(outside.config), "ENCRYPTION_KEYS": NEW}
    ended = await run("keys", "rotate", env=environment, folder=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("None of ENCRYPTION_KEYS opens the tokens of: connections T")
    assert ended.err.endswith("Nothing was changed.\n")


def rotate(file: Path) -> Result:
    environment = {"DATABASE_URL": f"sqlite:///{file}", "ENCRYPTION_KEYS": NEW}
    return CliRunner().invoke(app, ["keys", "rotate"], env=environment)


def test_without_a_ledger_none_is_begun(tmp_path: Path) -> None:
    ended = rotate(tmp_path / "leger.db")
    assert ended.exit_code == 2
    assert ended.stderr == (
        f"DATABASE_URL: there is no file {tmp_path / 'leger.db'}. Mend the path.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_of_an_older_version_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    file.touch()
    ended = rotate(file)
    assert ended.exit_code == 1
    assert ended.stderr == "The database is of an older version. Run: counterfoil db upgrade\n"


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    file.write_text("Dear diary, " * 100)
    ended = rotate(file)
    assert ended.exit_code == 1
    assert ended.stderr == "DATABASE_URL: the database cannot be used: file is not a database\n"
