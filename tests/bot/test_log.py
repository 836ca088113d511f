"""What an operator reads of a program at work: each line says something, in the form asked for."""

import ast
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.log import FACTS
from sandbox.loopback import listen
from tests.bot.conftest import environment_of, run, serve
from tests.world import World


def events(err: str) -> list[dict[str, Any]]:
    """Each line is JSON, whoever wrote it."""
    return [json.loads(line) for line in err.splitlines()]


async def test_a_visitor_of_another_workspace_is_a_line_and_no_error(
    outside: World, tmp_path: Path
) -> None:
    stranger = outside.workspace.add_person("Sten", team_id="T0ELSEWHERE")
    async with serve(outside, tmp_path, LOG_LEVEL="info", LOG_FORMAT="json") as program:
        await stranger.command("/quickbooks")
        (reply,) = await stranger.replies()
        assert "Only full members of the workspace" in reply.plain
        ended = await program.end(signal.SIGTERM)
    told = [(each["level"], each["event"], each.get("team")) for each in events(ended.err)]
    assert told == [("info", "turned away: of another workspace", "T0ELSEWHERE")]


async def test_a_token_that_slack_does_not_know_is_told(outside: World, tmp_path: Path) -> None:
    wrong = {"SLACK_BOT_TOKEN": "xoxb-wrong", "LOG_LEVEL": "info", "LOG_FORMAT": "json"}
    async with serve(outside, tmp_path, **wrong) as program:
        await outside.anna.command("/quickbooks")
        await outside.anna.replies()
        ended = await program.end(signal.SIGTERM)
    assert ("warning", "slack does not know us") in {
        (each["level"], each["event"]) for each in events(ended.err)
    }


async def test_what_the_server_complains_of_has_the_same_form(
    outside: World, tmp_path: Path
) -> None:
    with listen() as taken:
        port = str(taken.getsockname()[1])
        settings = environment_of(outside.config) | {"PORT": port, "LOG_FORMAT": "json"}
        ended = await run("serve", env=settings, folder=tmp_path)
    assert [each["logger"] for each in events(ended.err)] == ["uvicorn.error"]


STRANGERS = """
import asyncio, gc, logging
from bot.log import set_up

set_up("debug", "{form}")
logging.getLogger("slack_bolt").error(f"Failed to run listener (error: Zyrtaxis owes 48213.77)")
logging.getLogger("slack_sdk").warning("Failed to send to %s", "Zyrtaxis")
logging.getLogger("uvicorn.error").error("Traceback\\nValueError: Zyrtaxis")

async def fail():
    raise LookupError("Zyrtaxis")

async def forget():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    gc.collect()

asyncio.run(forget())
raise ValueError("Zyrtaxis")
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_what_libraries_say_is_told_without_what_they_filled_in(form: str) -> None:
    script = STRANGERS.replace("{form}", form)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)  # noqa: PLW1510, S603
    assert (ended.returncode, ended.stdout) == (1, "")
    for words in (
        *("Failed to run listener", "Failed to send to %s", "Traceback", "ended by an error"),
        *("Task exception was never retrieved", "LookupError: ", "ValueError: ", "<string>"),
    ):
        assert words in ended.stderr
    assert "Zyrtaxis" not in ended.stderr
    assert "48213" not in ended.stderr


ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
PASSES_ON = "bot/edges.py"  # What its callers tell; their words are looked at too.


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for package in ("bot", "handlers", "services"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def test_no_database_tells_what_is_in_its_statements() -> None:
    opened = [
        ast.unparse(node)
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("create_engine", "create_async_engine"))
    ]
    assert len(opened) > 1
    assert [each for each in opened if "hide_parameters=True" not in each] == []


def _calls() -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """Everything that is logged: where, the call, and the event's words."""
    for where, tree in _trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(ast.Name("log"), level)) if level in LEVELS:
                    yield where, node, node.args[0]
                case ast.Call(func=ast.Name("unless_broken")):
                    yield where, node, node.args[1]
                case _:
                    pass


def test_every_event_has_words_of_its_own_and_tells_ids_alone() -> None:
    calls = list(_calls())
    assert len(calls) > 30
    for where, call, words in calls:
        if where == PASSES_ON:
            continue
        place = f"{where}:{call.lineno}"
        assert isinstance(words, ast.Constant), place
        told = {str(each.arg): each.value for each in call.keywords if each.arg != "exc_info"}
        assert set(told) <= FACTS, place
        assert not [name for name, value in told.items() if _may_hold_words(name, value)], place


def _may_hold_words(name: str, value: ast.expr) -> bool:
    """Text that was put together; `error` is the name of its kind, `reason` a word of Slack’s."""
    match value:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.Call(func=ast.Name("str" | "repr"), args=[ast.Attribute(attr=attr)]):
            return not attr.endswith("id")
        case ast.Call(func=ast.Name("str" | "repr")):
            return True
        case ast.Attribute(attr="__name__"):
            return False
        case _:
            return name == "error"
