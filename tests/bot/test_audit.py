"""The operator asks whether the audit is as it was written."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.bot.conftest import Ended, environment_of, run, serve
from tests.builders import FIRM, OTHER_FIRM, ensure_ledger
from tests.world import World


def verify(file: Path, *arguments: str) -> Result:
    environment = {"DATABASE_URL": f"sqlite:///{file}"}
    return CliRunner().invoke(app, ["audit", "verify", *arguments], env=environment)


@pytest.fixture
async def lived(outside: World, tmp_path: Path) -> Path:
    """A ledger in which a payment went to QuickBooks; verified while it was served."""
    async with serve(outside, tmp_path) as program:
        await outside.connect()
        await outside.add_client("Acme")
        await outside.until(await outside.record(sync=True), "Synced")
        checked = await run("audit", "verify", env=environment_of(outside.config), folder=tmp_path)
        assert "rows fit" in said(checked)
        await program.end(signal.SIGTERM)
    return tmp_path / "counterfoil.db"


def said(ended: Ended) -> str:
    assert (ended.code, ended.err) == (0, "")
    return ended.out


def tamper(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DROP TRIGGER audit_refuses_update")
        db.execute("DROP TRIGGER audit_refuses_delete")
        for statement in statements:
            db.execute(statement)


def test_all_that_was_done_fits_and_the_end_is_told(lived: Path) -> None:
    ended = verify(lived)
    assert ended.exit_code == 0
    with closing(sqlite3.connect(lived)) as db:
        ((firm, rows, end),) = db.execute("SELECT * FROM audit_heads").fetchall()
    assert rows > 4
    assert ended.stdout == f"{firm}: all {rows} rows fit; the last one's hash is {end}\n"
    assert verify(lived, "--firm", firm).stdout == ended.stdout


def test_each_row_says_in_which_role_a_person_acted(lived: Path) -> None:
    with closing(sqlite3.connect(lived)) as db:
        rows = db.execute("SELECT DISTINCT action, role FROM audit").fetchall()
    assert {
        *(("connected", "admin"), ("company confirmed", "admin")),
        *(("client recorded", "recorder"), ("payment recorded", "recorder")),
        ("create ended", None),
    } <= set(rows)


def test_the_first_row_that_does_not_fit_is_named_and_it_fails(lived: Path) -> None:
    tamper(
        lived,
        "UPDATE audit SET actor = 'U0SOMEBODYELSE' WHERE sequence = 3",
        "DELETE FROM audit WHERE sequence = 4",
    )
    ended = verify(lived)
    assert ended.exit_code == 1
    assert ended.stdout.endswith(
        ": row 3 does not fit: it is not as it was written, or not where it was\n"
    )


def test_one_firm_is_asked_about_alone(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    ensure_ledger(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("INSERT INTO audit_heads VALUES (?, 1, 'f')", (FIRM,))
    assert verify(file).stdout == f"{FIRM}: row 1 does not fit: it is missing\n"
    ended = verify(file, "--firm", OTHER_FIRM)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"--firm: there is no audit of {OTHER_FIRM}. There are: {FIRM}.\n"


def test_a_ledger_in_which_nothing_was_done_fits(tmp_path: Path) -> None:
    ensure_ledger(f"sqlite:///{tmp_path / 'counterfoil.db'}")
    ended = verify(tmp_path / "counterfoil.db")
    assert (ended.exit_code, ended.output) == (0, "Nothing was done yet.\n")
