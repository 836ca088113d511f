"""Somebody who may do all there is in their own firm, and knows every id of another one's."""

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

from handlers.errors import BROKEN
from handlers.ids import changed
from handlers.register import BUTTONS
from sandbox.slack import payloads
from sandbox.slack.blocks.walk import interactive
from sandbox.slack.delivery import interaction
from sandbox.slack.records import Payload
from services.db.tables import metadata
from tests.handlers.forging import press
from tests.workspaces.house import SECRETS, House
from tests.world import PATIENCE, World

QUIET = 0.5  # Seconds in which nothing more is said.
AT_ONCE = 8
BY_THE_CLOCK = {"digests", "leases"}  # Tables that change by themselves.


class Burglar:
    """Notes all that is said in their own workspace, and all that stands in the house."""

    def __init__(self, world: World, house: House) -> None:
        self.world, self.house, self.person = world, house, world.olivia
        self._answers: list[str] = []
        self._calls, self._ephemerals = len(world.workspace.calls), len(world.workspace.ephemerals)
        self._stood_there = belongings(house)

    async def types(self, lines: Iterable[str]) -> None:
        for line in lines:
            assert (await self.person.command(line)).status == 200, line

    async def presses(self, presses: Iterable[tuple[str, str]]) -> None:
        """Buttons in a message of their own, by name and value."""
        message, waiting = self.person.direct_messages[0], iter(presses)
        while some := list(islice(waiting, AT_ONCE)):
            answers = await asyncio.gather(
                *(press(self.world, message, self.person, *each) for each in some)
            )
            refused = [each for each in answers if not each.accepted]
            assert refused == [], some

    async def submits(self, form: Payload) -> dict[str, Any]:
        return await self._sends(self._mine("view_submission", form))

    async def enters(self, form: Payload) -> None:
        """Into every field that the form asks to hear of, and presses its buttons."""
        follows = changed(form["view"]["callback_id"]) in BUTTONS
        for block, element in interactive(form["view"]["blocks"]):
            if element["type"] == "button" or (follows and block.get("dispatch_action")):
                action = {**element, "block_id": block["block_id"], "action_ts": "1.0"}
                await self._sends({**self._mine("block_actions", form), "actions": [action]})

    async def seeks(self, name: str, words: str, form: Payload) -> None:
        seeking = {"action_id": name, "block_id": name, "value": words}
        await self._sends({**self._mine("block_suggestion", form), **seeking})

    def _mine(self, kind: str, form: Payload) -> Payload:
        """The form as one of their own: in other words, with the same ids."""
        workspace, text = self.world.workspace, json.dumps(form["view"])
        for secret in SECRETS:
            text = text.replace(secret, "1.00" if secret[0].isdigit() else "Mine")
        own = {"id": f"V{uuid4().hex}", "team_id": workspace.team_id}
        view = {**json.loads(text), **own, "app_installed_team_id": workspace.team_id}
        return {
            **payloads._interaction(workspace, self.person.account, kind=kind),
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": workspace.permissions.issue_trigger(
                user_id=self.person.id, view_id=view["id"]
            ),
            "view": view,
        }

    async def _sends(self, payload: Payload) -> dict[str, Any]:
        answer = await self.world.workspace.courier.deliver(interaction(payload))
        assert answer.accepted, (payload["view"]["callback_id"], answer)
        self.reads(answer.body)
        return dict(answer.as_json())

    def reads(self, text: str) -> None:
        self._answers.append(text)

    async def has_seen_and_changed_nothing(self, *, but: Iterable[str] = ()) -> None:
        """Nor tied anything of theirs to what is in the house.

        `but`: what they typed themselves, which comes back to them.
        """
        await self._until_all_is_said()
        said = " ".join(self._heard())
        assert [secret for secret in SECRETS if secret in said and secret not in but] == []
        assert BROKEN.text not in said
        assert belongings(self.house) == self._stood_there

    def _heard(self) -> Iterator[str]:
        workspace = self.world.workspace
        yield from self._answers
        for call in islice(workspace.calls, self._calls, None):
            yield json.dumps(call.args)
        for post in islice(workspace.ephemerals, self._ephemerals, None):
            yield f"{post.text} {post.blocks}"

    async def _until_all_is_said(self) -> None:
        before, now = -1, 0
        async with asyncio.timeout(PATIENCE):
            while before != now:
                before = now
                await asyncio.sleep(QUIET)
                now = len(list(self._heard()))


def belongings(house: House) -> list[str]:
    """All that is of the house, in the ledger, in its books and in its Slack."""
    wanted, found = [each.replace("-", "") for each in house.ids], []
    with sqlite3.connect(house.world.config.database_url.removeprefix("sqlite:///")) as db:
        for name in sorted(metadata.tables.keys() - BY_THE_CLOCK):
            rows = [str(row) for row in db.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            theirs = [row for row in rows if any(each in row.replace("-", "") for each in wanted)]
            found += [f"{name} {row}" for row in sorted(theirs)]
    places = house.world.workspace.conversations.values()
    posts = [
        f"{post.ts} {post.text} {post.blocks}" for each in places for post in each.posts.values()
    ]
    return [*found, *posts, str(len(house.world.company.changes))]
