"""What docs/security.md lists is what the program keeps, asks for and stands on."""

import re
from pathlib import Path

import yaml

from bot.config import Config
from bot.installer import SCOPES
from services.db.columns import Sealed
from services.db.tables import metadata

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text()


def section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def first_cells(title: str) -> list[str]:
    """Of the rows of its table, without the head."""
    rows = [line for line in section(title).splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_table_is_named_once() -> None:
    named = [table for cell in first_cells("What is kept, and where") for table in quoted(cell)]
    assert sorted(named) == sorted(metadata.tables)


def test_what_is_encrypted_is_named_and_nothing_else() -> None:
    [sentence] = re.findall(r"\*\*Encrypted\*\* in it are (.*?), with the first of", TEXT)
    sealed = [column for table in metadata.sorted_tables for column in table.columns]
    wanted = {
        (column.table.name, column.name) for column in sealed if isinstance(column.type, Sealed)
    }
    named = {
        (table, column)
        for columns, table in re.findall(r"((?:`\w+`(?: and )?)+) of `(\w+)`", sentence)
        for column in quoted(columns)
    }
    assert named == wanted


def test_what_is_secret_in_the_environment_is_named() -> None:
    [sentence] = re.findall(r"^(.*) are in the environment only\.$", TEXT, re.MULTILINE)
    secret = {name for name, field in Config.model_fields.items() if "SecretStr" in str(field)}
    assert {name.lower() for name in quoted(sentence)} == secret


def test_every_scope_is_named_and_no_other() -> None:
    named = [scope for cell in first_cells("What it may do") for scope in quoted(cell)]
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text())
    assert sorted(named) == sorted(manifest["oauth_config"]["scopes"]["bot"])
    assert sorted(named) == sorted(SCOPES)
    for scope in named:
        assert re.search(rf"^\| `{scope}` \| \S.* \|$", TEXT, re.MULTILINE), scope


def test_it_asks_intuit_for_what_is_named_alone() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    assert set(re.findall(r"Scopes\.(\w+)", code)) == {"ACCOUNTING"}
    assert "`com.intuit.quickbooks.accounting`" in section("What it may do")


def test_each_answer_to_a_threat_names_a_test_and_all_that_it_names_is_there() -> None:
    rows = [line for line in section("Threats and answers").splitlines() if line.startswith("|")][
        2:
    ]
    assert len(rows) > 15
    for row in rows:
        held_by = row.split("|")[3]
        assert "`tests/" in held_by, row
        for name in quoted(held_by):
            assert (ROOT / name).is_file(), name
