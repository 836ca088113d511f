"""What an operator reads of a program at work: each line says something, in the form asked for."""

import json
import signal
from pathlib import Path
from typing import Any

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
