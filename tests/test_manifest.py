"""The manifest: accepted by Slack's schema, and asking for what the bot uses and no more."""

import ast
import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.installer import SCOPES
from handlers.register import TOPICS
from tests.samples import samples_folder

ROOT = Path(__file__).parent.parent
CODE = [*ROOT.joinpath("bot").rglob("*.py"), *ROOT.joinpath("handlers").rglob("*.py")]
EVENT_SCOPES = {
    "user_change": {"users:read"},
    "app_uninstalled": set[str](),
    "tokens_revoked": set[str](),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return read


@pytest.fixture(scope="module")
def samples() -> Path:
    return samples_folder() / "slack"


def methods_called() -> set[str]:
    """Slack's methods behind every `client.some_method(` of the program."""
    found = set()
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if owner.endswith("client"):
                    found.add(_method(node, node.func.attr))
    return found


def _method(call: ast.Call, name: str) -> str:
    if name == "api_call":  # Named in words.
        return str(ast.literal_eval(call.args[0]))
    return name.replace("_", ".")


def test_slacks_own_schema_accepts_it(manifest: dict[str, Any], samples: Path) -> None:
    schema = json.loads(
        (samples / "manifest-schema/schemas/manifest.schema.2.0.0.json").read_text()
    )
    jsonschema.validate(manifest, schema)


def test_slacks_own_schema_accepts_it_in_socket_mode_without_any_url(
    manifest: dict[str, Any], samples: Path
) -> None:
    changed = copy.deepcopy(manifest)
    changed["settings"]["socket_mode_enabled"] = True
    del changed["settings"]["event_subscriptions"]["request_url"]
    del changed["settings"]["interactivity"]["request_url"]
    del changed["settings"]["interactivity"]["message_menu_options_url"]
    for command in changed["features"]["slash_commands"]:
        del command["url"]
    test_slacks_own_schema_accepts_it(changed, samples)


def test_every_method_called_is_known_and_covered(manifest: dict[str, Any], samples: Path) -> None:
    contracts = json.loads((samples / "method_contracts.json").read_text())
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    called = methods_called()
    assert {"chat.postMessage", "views.open", "apps.connections.open"} <= called
    for method in called:
        needed = set(contracts[method]["bot_scopes"])
        assert not needed or needed & granted, f"{method} needs one of {needed}"


def test_the_install_page_asks_for_the_same(manifest: dict[str, Any]) -> None:
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_no_scope_is_asked_for_that_nothing_uses(manifest: dict[str, Any], samples: Path) -> None:
    contracts = json.loads((samples / "method_contracts.json").read_text())
    used = {"commands"} | {
        scope for method in methods_called() for scope in contracts[method]["bot_scopes"]
    }
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        used |= EVENT_SCOPES[event]
    assert set(manifest["oauth_config"]["scopes"]["bot"]) <= used


def test_the_commands_are_those_that_the_bot_answers(manifest: dict[str, Any]) -> None:
    listed = {command["command"] for command in manifest["features"]["slash_commands"]}
    assert listed == {f"/{topic}" for topic in TOPICS} | {"/counterfoil"}


def test_the_events_are_those_that_the_bot_listens_to(manifest: dict[str, Any]) -> None:
    listened = {
        event for file in CODE for event in re.findall(r'app\.event\("(\w+)"\)', file.read_text())
    }
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == listened


def test_a_message_can_be_found_again_wherever_it_may_have_been_posted(
    manifest: dict[str, Any],
) -> None:
    places = {"channels", "groups", "im"}
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    assert {f"{place}:history" for place in places} <= granted
