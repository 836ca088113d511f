"""What Slack hands over that nobody could press or fill in as it stands on the screen."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.slack import Person, payloads
from sandbox.slack.delivery import Answer, interaction
from sandbox.slack.message import Message
from sandbox.slack.modal import Modal
from sandbox.slack.records import Payload
from sandbox.slack.screen import Pressable
from sandbox.slack.views import find_view
from tests.world import World

RETRIED = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
_FACTS = (
    "SELECT id, status, excluded FROM clients",
    "SELECT id, status FROM invoices",
    "SELECT id, status, voided FROM payments",
    "SELECT id, status, voided FROM refunds",
    "SELECT * FROM allocations",
    "SELECT * FROM outbox",
    "SELECT * FROM audit",
    "SELECT id, claimed_by, snoozed_until, resolved_at FROM alerts",
    "SELECT * FROM alert_events",
)


async def press(world: World, message: Message, person: Person, name: str, value: str) -> Answer:
    """A button in a message that stands there, with a name and a value of its own."""
    workspace = world.workspace
    workspace.act(person.id)
    words = {"type": "plain_text", "text": "Press"}
    element = {"type": "button", "action_id": name, "value": value, "text": words}
    pressed = Pressable("Press", {"block_id": "b"}, element)
    post = workspace.conversations[message.channel].posts[message.ts]
    payload = payloads.message_action(workspace, person.account, post, pressed)
    return await workspace.courier.deliver(interaction(payload))


def submission(world: World, person: Person, modal: Modal, **changes: Any) -> Payload:
    """Of a modal that is open; `changes` are of the view."""
    view = find_view(world.workspace, view_id=modal.id, external_id=None)
    payload = payloads.view_submission(world.workspace, person.account, view)
    return {**payload, "view": {**payload["view"], **changes}}


async def send(
    world: World, payload: Payload, *, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Slack's next step, as the app answers: nothing closes the modal."""
    parcel = replace(interaction(payload), headers=headers or {})
    answer = await world.workspace.courier.deliver(parcel)
    assert answer.accepted, answer
    return dict(answer.as_json())


def ledger_of(world: World) -> list[str]:
    """All that is recorded and asked for."""
    with sqlite3.connect(world.config.database_url.removeprefix("sqlite:///")) as db:
        return [str(db.execute(facts).fetchall()) for facts in _FACTS]
