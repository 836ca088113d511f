"""The ledger as CSV: a file that every spreadsheet opens, and none of them runs."""

import asyncio
import csv
import io
import os
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands.spreadsheets import Writer
from services.db import ledger, sheets
from services.db.columns import Sealed
from services.db.opening import open_database
from services.db.sheets import Cell
from services.domain.formulas import unprotected
from services.domain.sync import RecordKind
from services.payments import Payments
from services.ports import Clock
from tests.builders import (
    ANNA,
    FIRM,
    OTHER_FIRM,
    PassedClock,
    a_client,
    a_ledger_url,
    a_new_payment,
)

FORMULA = "=cmd|' /C calc'!A0"
NAMES = {sheet.name for sheet in sheets.ALL}
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - full-width ones are dangerous too.


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A ledger with one payment, by a client with a nasty name."""
    url = a_ledger_url(tmp_path)
    asyncio.run(fill(url, PassedClock()))
    return url


async def fill(url: str, clock: Clock) -> None:
    async with open_database(url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.ensure_firm(db, OTHER_FIRM)
            await ledger.insert_client(db, a_client(name=FORMULA), by=ANNA, at=clock())
            await ledger.touch(db, RecordKind.CLIENT, a_client().id)
        new = a_new_payment(description="@SUM(1+1)\nFür Åsa", reference="-2+3")
        payments = Payments(database, clock, lambda: None)
        await payments.record(FIRM, new, sync=False, submission_id="V1", by=ANNA)


def export(url: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words], env={"DATABASE_URL": url})


def rows_in(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_payments_go_to_standard_output(url: str) -> None:
    ended = export(url, "payments", "--format", "csv")
    assert (ended.exit_code, ended.stderr) == (0, "Wrote 1 rows to standard output.\n")
    (row,) = rows_in(ended.stdout_bytes.decode())
    assert (row["Payment"], row["Amount"], row["Void"]) == ("P-1001", "500.00", "no")
    assert (row["Payment date"], row["Recorded at (UTC)"]) == ("2026-11-02", "2026-11-02 17:00:00")


def test_what_people_typed_is_never_a_formula(url: str) -> None:
    (row,) = rows_in(export(url, "payments").stdout_bytes.decode())
    assert (row["Client"], row["Reference"], row["Description"]) == (
        *(f"'{FORMULA}", "'-2+3", "'@SUM(1+1)\nFür Åsa"),
    )


@given(st.lists(st.text(), min_size=1))
def test_no_text_begins_as_a_formula_and_all_can_be_read_back(texts: list[str]) -> None:
    file = io.StringIO(newline="")
    Writer(file).write(texts)
    (read,) = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert not [cell for cell in read if cell.startswith(DANGEROUS)]
    assert [unprotected(cell) for cell in read if not cell.startswith("'")] == [
        text for text, cell in zip(texts, read, strict=True) if not cell.startswith("'")
    ]
    assert all(unprotected(f"'{text}") == text for text in texts if text.startswith(DANGEROUS))


def test_numbers_stay_numbers_and_a_separator_begins_no_cell() -> None:
    file = io.StringIO(newline="")
    cells: list[Cell] = [
        Decimal("-5.00"),
        -3,
        "a;=1+1",
        None,
        True,
        date(2026, 11, 2),
        datetime(2026, 1, 2, 3, tzinfo=UTC),
    ]
    Writer(file).write(cells)
    assert file.getvalue() == '-5.00,-3,"a;=1+1","","yes","2026-11-02","2026-01-02 03:00:00"\r\n'


def test_a_file_is_for_its_owner_alone_and_takes_the_place_of_the_one_before(
    url: str, tmp_path: Path
) -> None:
    file = tmp_path / "payments.csv"
    file.write_text("yesterday's")
    ended = export(url, "payments", "--output", str(file))
    assert (ended.exit_code, ended.output) == (0, f"Wrote 1 rows to {file}.\n")
    assert len(rows_in(file.read_bytes().decode())) == 1
    assert file.stat().st_mode & 0o077 == 0


def test_excel_is_told_that_it_is_utf_8(url: str) -> None:
    plain, marked = export(url, "audit"), export(url, "audit", "--excel")
    assert marked.stdout_bytes == b"\xef\xbb\xbf" + plain.stdout_bytes
    assert [row["What"] for row in rows_in(plain.stdout_bytes.decode())] == ["payment recorded"]


def test_all_fills_a_folder_and_an_archive_alike(url: str, tmp_path: Path) -> None:
    folder, archive = tmp_path / "books", tmp_path / "books.zip"
    for where in (folder, archive):
        ended = export(url, "all", "--format", "csv", "--output", str(where))
        assert (ended.exit_code, ended.output) == (0, f"Wrote 3 rows to {where}.\n")
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert files.keys() == {f"{name}.csv" for name in NAMES}
    with zipfile.ZipFile(archive) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files
    ended = export(url, "all", "--output", "-")
    with zipfile.ZipFile(io.BytesIO(ended.stdout_bytes)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files


def test_all_names_a_folder_by_itself(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    ended = export(url, "all")
    (folder,) = empty.iterdir()
    assert ended.output == f"Wrote 3 rows to {folder.name}.\n"
    assert folder.name.startswith("counterfoil-export-20")


def test_no_secret_is_read_for_any_sheet() -> None:
    read = [column for sheet in sheets.ALL for column in sheet.query.selected_columns]
    assert [column for column in read if isinstance(column.type, Sealed)] == []


def test_one_firm_alone(url: str) -> None:
    assert len(rows_in(export(url, "payments", "--firm", FIRM).stdout_bytes.decode())) == 1
    assert rows_in(export(url, "payments", "--firm", OTHER_FIRM).stdout_bytes.decode()) == []
    ended = export(url, "payments", "--firm", "T0")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"There is no workspace T0. There are: {FIRM}, {OTHER_FIRM}.\n"


@pytest.mark.parametrize("what", ["payments", "all"])
def test_what_cannot_be_written_says_so_and_leaves_nothing(
    url: str, tmp_path: Path, what: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    ended = export(url, what, "--output", str(tmp_path / "nowhere" / "books"))
    assert (ended.exit_code, ended.stderr) == (2, f"There is no folder {tmp_path / 'nowhere'}.\n")
    taken = export(url, "all", "--output", str(tmp_path))
    assert taken.exit_code == 2
    assert taken.stderr == f"{tmp_path} is there already, and not an empty folder.\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_ledger_that_breaks_off_leaves_no_half_a_file(url: str, tmp_path: Path) -> None:
    file, whole = tmp_path / "books.csv", tmp_path / "counterfoil.db"
    with whole.open("r+b") as raw:  # Its later pages are lost.
        raw.truncate(whole.stat().st_size // 2)
    ended = export(url, "payments", "--output", str(file))
    assert ended.exit_code == 1
    assert [each for each in tmp_path.iterdir() if "books" in each.name] == []


def test_a_pipe_is_written_to_and_stays(url: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert export(url, "payments", "--output", str(pipe)).exit_code == 0
    assert len(rows_in(os.read(reader, 100_000).decode())) == 1
    os.close(reader)
    assert pipe.is_fifo()
