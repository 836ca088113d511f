"""The habits of this repository, kept by machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 400  # Lines; the aim is 300.
LONGEST_FUNCTION = 60  # Lines; the aim is 10, the stop is 40.
PACKAGES = ("bot", "handlers", "services", "sandbox")
# The edges where a bug must not end the process: people, the queue, the messages. And one place
# that hands on to whoever awaits.
CATCH_ALL = {"handlers/errors.py", "services/sync.py", "bot/edges.py"}
HANDS_ON = {"services/db/inline.py"}
# The demo hands its children an environment of their own.
READS_ENVIRONMENT = {"bot/config.py"} | {
    str(file.relative_to(ROOT)) for file in (ROOT / "bot" / "demo").glob("*.py")
}
UNFINISHED = re.compile("TO" + "DO|FIX" + "ME|X" + "XX")
FILES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
NAMES = [str(file.relative_to(ROOT)) for file in FILES]
TREES = {name: ast.parse(file.read_text(), name) for name, file in zip(NAMES, FILES, strict=True)}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def test_there_is_something_to_look_at() -> None:
    assert {name.partition("/")[0] for name in NAMES} == set(PACKAGES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_fits_into_a_head(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= LONGEST_FILE


def test_a_function_fits_onto_a_screen() -> None:
    long = {
        f"{name}: {function.name}"
        for name, tree in TREES.items()
        if "/migrations/" not in name
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = {name for name, tree in TREES.items() if not ast.get_docstring(tree)}
    assert silent == set()


def test_only_the_edges_catch_everything() -> None:
    found = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    }
    assert found == CATCH_ALL | HANDS_ON


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    """And keeps it: what ends by raising it again only tidies up."""
    if isinstance(handler.body[-1], ast.Raise):
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})
        for kind in kinds
    )


def test_one_place_reads_the_environment() -> None:
    found = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (isinstance(node, ast.Name) and node.id in {"environ", "getenv"})
        or (isinstance(node, ast.Name) and node.id == "BaseSettings")
    }
    assert "bot/config.py" in found
    assert found <= READS_ENVIRONMENT


def test_nothing_is_left_for_later() -> None:
    tests = (ROOT / "tests").rglob("*.py")
    left = {str(file) for file in (*FILES, *tests) if UNFINISHED.search(file.read_text())}
    assert left == set()


def test_money_never_passes_through_a_float() -> None:
    found = {
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if name.startswith(("services/domain/", "services/quickbooks/", "handlers/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "float"
    }
    assert found == set()


def test_nothing_asks_for_the_time_without_a_zone() -> None:
    found = {
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"utcnow", "utcfromtimestamp", "today"}
    }
    assert found == set()
