"""What the documents name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
COVERAGE = (ROOT / "docs" / "coverage.md").read_text()
NAMED = re.compile(r"\b(?P<name>test_\w+)(?P<file>\.py)?")
FOLDER = re.compile(r"`(tests/[\w/]+?)(?:\.py)?`")
LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#]*)(?:#(?P<place>[^)]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


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
        f"{document.name}: {link[0]}"
        for document in documents
        for link in LINK.finditer(document.read_text())
        if not _leads_somewhere(document, link["file"], link["place"])
    }
    assert dead == set()


def _leads_somewhere(document: Path, file: str, place: str | None) -> bool:
    target = document.parent / file if file else document
    return target.exists() and (place is None or place in places(target))


def places(document: Path) -> set[str]:
    """As GitHub names them: lower case, without punctuation, joined with hyphens."""
    words = (
        re.sub(r"[^\w\- ]", "", heading.lower())
        for heading in HEADING.findall(document.read_text())
    )
    return {each.replace(" ", "-") for each in words}
