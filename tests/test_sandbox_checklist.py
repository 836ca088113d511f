"""The checklist for the real services: it covers every switch, and its requests are good ones."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from string import Template
from typing import Any

import httpx
import pytest

from sandbox.quickbooks import Limits, QuickBooks, Rules, TokenRules, Weather

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "sandbox-checklist.md").read_text()
SWITCHES = {kind.__name__: kind for kind in (Rules, TokenRules, Weather, Limits)}
SWITCH = re.compile(r"`(Rules|TokenRules|Weather|Limits)\.(\w+)(?:=(\w+))?`")
LINE = re.compile(
    r"(?P<method>GET|POST) (?P<path>.+?)(?: (?P<body>\{.*\}))?(?: → (?P<name>[A-Z]+))?"
)
HERE = re.compile(
    r"\*\*Here\*\*: `(?P<answer>\d{3}[^`]*)`(?:.*?; with `[^`]*`: `(?P<other>[^`]*)`)?"
)


@dataclass(frozen=True)
class Question:
    number: int
    title: str
    text: str

    @property
    def requests(self) -> list[str]:
        return _block(self.text)

    @property
    def turned(self) -> Rules | None:
        """The rules with its switch the other way; None where it is none of them."""
        for kind, name, value in SWITCH.findall(self.text):
            if kind == "Rules":
                return replace(Rules(), **{name: value != "False"})
        return None


def _block(text: str) -> list[str]:
    found = re.search(r"```\n(.*?)```", text, re.DOTALL)
    return found[1].splitlines() if found else []


def questions() -> list[Question]:
    parts = re.split(r"^### (\d+)\. (.+)$", TEXT, flags=re.MULTILINE)[1:]
    return [
        Question(int(number), title, text.partition("\n## ")[0])
        for number, title, text in zip(*(parts[start::3] for start in range(3)), strict=True)
    ]


QUESTIONS = questions()
FIRST = _block(TEXT.partition("Every question begins with these:")[2])


def test_all_are_numbered_in_turn_and_have_room_for_an_answer() -> None:
    assert [each.number for each in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    for each in QUESTIONS:
        for part in ("**Here**: ", "**What it changes**: ", "**Answer**: ____"):
            assert each.text.count(part) == 1, f"{each.number}: {part}"


def test_every_switch_of_the_simulated_company_is_asked_about_and_no_other() -> None:
    named = {(kind, name) for kind, name, _ in SWITCH.findall(TEXT)}
    assert named == {
        (kind, each.name) for kind, switches in SWITCHES.items() for each in fields(switches)
    }


def test_it_says_which_way_each_switch_is_turned() -> None:
    for kind, name, value in SWITCH.findall(TEXT):
        if kind == "Rules":
            assert getattr(Rules(), name) is (value == "False"), name


def test_what_it_asks_of_the_program_is_there() -> None:
    paths = re.findall(r"`((?:bot|handlers|services|sandbox|tests|docs)/[\w./]+)`", TEXT)
    assert len(paths) > 40
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    for name, path in re.findall(r"`([A-Z_]{6,})` in `([\w/]+\.py)`", TEXT):
        assert re.search(rf"^{name}\b", (ROOT / path).read_text(), re.MULTILINE), name


@dataclass
class Asker:
    """Sends the lines of a block, and remembers what they keep."""

    api: httpx.AsyncClient
    known: dict[str, str]
    last: httpx.Response | None = None
    objects: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, line: str) -> None:
        found = LINE.fullmatch(line)
        assert found, line
        path, _, query = self.fill(found["path"]).partition("?")
        asked = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        body = json.loads(self.fill(found["body"])) if found["body"] else None
        answer = await self.api.request(found["method"], path, params=asked, json=body)
        self.last, self.objects = answer, list(_objects(answer.json()))
        for each in self.objects[:1]:
            self.keep(each, found["name"])

    def keep(self, each: dict[str, Any], name: str | None) -> None:
        if name:
            self.known[name] = each["Id"]
            self.known[f"{name}.SyncToken"] = each.get("SyncToken", "")

    def fill(self, text: str) -> str:
        with_tokens = re.sub(r"\$(\w+\.SyncToken)", lambda found: self.known[found[1]], text)
        return Template(with_tokens).substitute(self.known)

    def answers(self, wanted: str) -> bool:
        """What came back last is what the checklist says."""
        assert self.last is not None
        status, _, rest = self.fill(wanted).partition(" ")
        if self.last.status_code != int(status):
            return False
        if self.last.is_error:
            return bool(self.last.json()["Fault"]["Error"][0]["code"] == rest)
        name, _, value = rest.partition("=")
        if name == "rows":
            return len(self.objects) == int(value)
        return not rest or _same(_found(self.objects[0], name), value)


def _objects(content: dict[str, Any]) -> list[dict[str, Any]]:
    inner = content.get("QueryResponse", content)
    rows = [value for value in inner.values() if isinstance(value, list)]
    return rows[0] if rows else [value for value in inner.values() if isinstance(value, dict)]


def _found(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value.get(step, [])
    return value


def _same(found: Any, told: str) -> bool:
    """Money comes as a number with or without decimals."""
    return found == float(told) if isinstance(found, float) else str(found) == told


@asynccontextmanager
async def asking(rules: Rules, number: int) -> AsyncIterator[Asker]:
    quickbooks = QuickBooks()
    quickbooks.limits, quickbooks.rules = Limits.none(), rules
    company = quickbooks.add_company(name="Larkspur Accounting")
    token, _ = quickbooks.issue_tokens(company)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(quickbooks.app),
        base_url=f"http://quickbooks.test/v3/company/{company.realm_id}",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    ) as api:
        yield Asker(api, {"NEW": f"text-{number}"})


ASKED = [each for each in QUESTIONS if each.requests]


def test_most_questions_about_writes_can_be_asked() -> None:
    assert len(ASKED) > 15


@pytest.mark.parametrize("question", ASKED, ids=lambda question: str(question.number))
async def test_the_simulated_company_answers_as_the_checklist_says(question: Question) -> None:
    here = HERE.search(question.text)
    assert here, question.title
    ways = [(Rules(), here["answer"])]
    if question.turned is not None:
        assert here["other"], question.title
        ways.append((question.turned, here["other"]))
    for rules, wanted in ways:
        async with asking(rules, question.number) as asker:
            for line in [*FIRST, *question.requests]:
                await asker.send(line)
            assert asker.last is not None
            assert asker.answers(wanted), (
                f"{wanted}, not {asker.last.status_code} {asker.last.text}"
            )
