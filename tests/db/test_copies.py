"""A copy is the ledger as it was at one moment, whole, and nobody else's to read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.db.copies import BadCopy, copy, look_through
from services.db.engine import Database
from tests.builders import a_ledger_url, ensure_ledger
from tests.db.shelf import Shelf

FAT = "x" * 3_000  # Fills most of a page.
MANY = 2_500  # More than are copied at once.


@pytest.fixture
def ledger_url(tmp_path: Path) -> str:
    """A file: what a server keeps is copied with the server's own tools."""
    return a_ledger_url(tmp_path)


@pytest.fixture
async def ledger(database: Database, shelf: Shelf, tmp_path: Path) -> Path:
    """At work: what was written last is not in the file itself yet."""
    await shelf.payment(await shelf.client(sync=shelf.synced()))
    del database
    return tmp_path / "counterfoil.db"


def said(file: Path) -> list[str]:
    """All that a ledger says."""
    with closing(sqlite3.connect(file)) as db:
        return list(db.iterdump())


def nobody(_: int, of: int) -> None:
    """Looks on."""
    del of


def write(file: Path, *digests: str) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        rows = [(digest,) for digest in digests]
        db.executemany("INSERT INTO used_states (digest, expires_at) VALUES (?, 0)", rows)


def test_it_says_what_the_ledger_says(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    contents = copy(ledger, target, nobody)
    assert said(target) == said(ledger)
    assert (contents.firms, contents.payments) == (1, 1)
    assert look_through(target) == contents
    assert target.stat().st_mode & 0o077 == 0


def test_it_is_one_file_that_can_be_carried_away(ledger: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    copy(ledger, away / "copy.db", nobody)
    assert len(said(away / "copy.db")) > 1
    assert [each.name for each in away.iterdir()] == ["copy.db"]


def test_what_is_written_meanwhile_is_not_in_it_and_holds_nothing_up(
    ledger: Path, tmp_path: Path
) -> None:
    write(ledger, *(f"{number}{FAT}" for number in range(MANY)))
    before, seen = said(ledger), list[int]()

    def staff_work(done: int, of: int) -> None:
        write(ledger, f"meanwhile {len(seen)}")
        seen.append(done)
        assert done <= of

    copy(ledger, tmp_path / "copy.db", staff_work)
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert said(tmp_path / "copy.db") == before
    assert len(said(ledger)) == len(before) + len(seen)


def test_no_other_file_is_overwritten(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("yesterday's")
    with pytest.raises(FileExistsError):
        copy(ledger, target, nobody)
    assert target.read_text() == "yesterday's"


def test_what_breaks_off_leaves_nothing(ledger: Path, tmp_path: Path) -> None:
    class DiedError(Exception):
        pass

    def die(_: int, of: int) -> None:
        raise DiedError(of)

    before = set(tmp_path.iterdir())
    with pytest.raises(DiedError):
        copy(ledger, tmp_path / "copy.db", die)
    assert set(tmp_path.iterdir()) == before
    with pytest.raises(FileNotFoundError):
        copy(ledger, tmp_path / "nowhere" / "copy.db", nobody)


def test_a_ledger_that_is_damaged_is_not_called_a_backup(tmp_path: Path) -> None:
    file = tmp_path / "counterfoil.db"
    ensure_ledger(f"sqlite:///{file}")
    whole = file.read_bytes()
    half = len(whole) // 2
    for damaged in (whole[:half], whole[:half] + b"\xff" * 4096 + whole[half + 4096 :]):
        file.write_bytes(damaged)
        with pytest.raises(BadCopy):
            copy(file, tmp_path / "copy.db", nobody)
        with pytest.raises(BadCopy):
            look_through(file)
        assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("content", [b"", b"Dear diary, " * 100])
def test_what_is_no_ledger_is_not_taken_for_one(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "diary.db"
    file.write_bytes(content)
    with pytest.raises(BadCopy, match="it is no ledger of Counterfoil's: "):
        look_through(file)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db, db:
        db.execute("CREATE TABLE diary (dear)")
    with pytest.raises(BadCopy, match="it is no ledger of Counterfoil's: no such table"):
        look_through(tmp_path / "other.db")
