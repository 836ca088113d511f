"""The program as a process of its own, told of many workspaces by its environment."""

import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.installer import SCOPES
from tests.bot.conftest import outside, serve
from tests.workspaces.neighbours import a_browser
from tests.world import World

__all__ = ["outside"]  # A fixture.


async def test_a_browser_is_sent_to_slack_and_nothing_but_the_ledger_is_written(
    outside: World,
    tmp_path: Path,
) -> None:
    workspace = outside.workspace
    before = files_in(tmp_path)
    many = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": workspace.client_id,
        "SLACK_CLIENT_SECRET": workspace.client_secret,
    }
    async with serve(outside, tmp_path, **many) as program, a_browser() as browser:
        page = await browser.get(f"{program.url}/slack/install")
        await outside.anna.command("/payment help")
        (reply,) = await outside.anna.replies()
        ended = await program.end(signal.SIGTERM)
    assert "not installed in this workspace" in reply.plain
    assert workspace.client_secret not in ended.err + ended.out
    there = urlsplit(page.headers["Location"])
    assert f"{there.scheme}://{there.netloc}/api/" == workspace.api_url
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert asked.pop("state")
    assert asked == {
        "client_id": workspace.client_id,
        "scope": ",".join(SCOPES),
        "redirect_uri": f"{program.url}/slack/oauth_redirect",
    }
    (cookie,) = page.headers.get_list("Set-Cookie")
    assert {"HttpOnly", "SameSite=lax", "Path=/slack"} <= set(cookie.split("; "))
    written = files_in(tmp_path) - before
    assert {name for name in written if not name.startswith("counterfoil.db")} == set()


def files_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}
