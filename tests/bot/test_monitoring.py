"""Alerting rules, runbook and list of metrics agree with what a running program tells."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.slack import SOCKETS
from tests.bot.scrape import OURS, scrape
from tests.test_docs import places
from tests.world import ROOT, a_world

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
RUNBOOK = "docs/runbook.md"
LISTED = re.findall(rf"^\| `({OURS}\w+)`", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE)
NAMED = re.compile(rf"{OURS}\w+(?:{{(?P<labels>[^}}]*)}})?")
LABEL = re.compile(r'(\w+)="(\w+)"')
DURATION = re.compile(r"[1-9]\d*[smhd]")
SEVERITIES = {"page", "ticket", "info"}
_DERIVED = re.compile(r"_(bucket|count|sum|created)$")  # What a histogram consists of.


async def test_every_rule_is_about_what_is_measured_and_all_of_it_is_listed(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, SOCKETS) as world:
        await world.connect()
        told = await scrape(world.url)
    asked = {found[0] for rule in RULES for found in NAMED.finditer(rule["expr"])}
    assert len(asked) > 10
    assert {each.partition("{")[0] for each in asked} <= told.names
    for each in asked:
        for label, value in LABEL.findall(each):
            assert f'{label}="{value}"' in told.text, each
    created = {name for name in told.names if name.endswith("_created")}
    assert {_DERIVED.sub("", name) for name in told.names - created} == set(LISTED)
    assert len(LISTED) == len(set(LISTED))


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_a_rule_says_how_bad_it_is_and_where_it_is_explained(rule: dict[str, Any]) -> None:
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert DURATION.fullmatch(rule.get("for", "1m"))
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["annotations"].keys() == {"summary", "runbook"}
    assert rule["annotations"]["summary"].endswith((".", "}"))
    file, _, place = rule["annotations"]["runbook"].partition("#")
    assert file == RUNBOOK
    assert place in places(ROOT / RUNBOOK)


def test_no_two_rules_have_one_name() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))
