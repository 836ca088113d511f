"""What the documents name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text()
NAMED = re.compile(r"\b(?P<name>test_\w+)(?P<file>\.py)?")
FOLDER = re.compile(r"`(tests/[\w/]+?)(?:\.py)?`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def test_every_test_that_the_coverage_names_is_there() -> None:
    paths = list((ROOT / "tests").rglob("test_*.py"))
    files = {path.name for path in paths}
    defined = {name for path in paths for name in re.findall(r"def (test_\w+)\(", path.read_text())}
    named = {found["name"]: bool(found["file"]) for found in NAMED.finditer(COVERAGE)}
    assert len(named) > 50
    missing = {name for name in named if name not in defined and f"{name}.py" not in files}
    assert missing == set()


def test_every_folder_that_the_coverage_names_is_there() -> None:
    named = set(FOLDER.findall(COVERAGE))
    assert named
    assert {
        name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()
    } == set()


def test_every_link_in_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    dead = {
        f"{document.name}: {link}"
        for document in documents
        for link in LINK.findall(document.read_text())
        if not (document.parent / link).exists()
    }
    assert dead == set()
