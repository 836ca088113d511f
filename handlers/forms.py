"""Submissions of modals: read, save, and keep the modal open with the reason where that fails."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import ANYTHING, Desk, Request, request_from
from handlers.elements import Reply, clipped, notice
from handlers.errors import NextForm, Unusable, as_we_made_it, committed
from handlers.telling import tell
from services.domain.members import Role

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]  # view.state.values
MAX_ERROR = 300  # As much as fits under a field on a phone.
MOST_KEPT = 1000  # Forms of which we know that they were answered.

Save = Callable[[Desk, Request, dict[str, Any]], Awaitable[Reply | None]]


@dataclass(frozen=True)
class Form:
    """`save` takes the submitted view; what it answers is told to the person directly."""

    save: Save
    role: Role = Role.RECORDER


async def _is_outdated(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    del desk, request, view
    return Reply("This form is from another version. Type the command again.", refuses=True)


OUTDATED = Form(_is_outdated)


def register(app: AsyncApp, desk: Desk, forms: Mapping[str, Form]) -> None:
    """`forms`: by callback id."""
    told = _Told()

    @app.view(ANYTHING)
    async def on_submit(
        ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], client: AsyncWebClient
    ) -> None:
        form = forms.get(view["callback_id"], OUTDATED)

        async def work() -> Reply | None:
            request = await request_from(desk, client, body, "", form.role)
            return await form.save(desk, request, view)

        try:
            reply = await committed(work())
        except Unusable as error:
            await ack(response_action="errors", errors=_short(error.errors))
            return
        except NextForm as following:
            await ack(response_action="update", view=following.view)
            return
        if reply is not None and reply.refuses:
            await ack(**_refusal(view, reply))
            return
        await ack()
        if reply is not None and told.is_new(view["id"]):
            desk.background.spawn(tell(client, body["user"]["id"], reply))


@dataclass
class _Told:
    """Whose outcome was told: a form that comes twice is told once.

    Kept by one process: a form that comes again after a restart is told again, since nobody knows
    whether it was.
    """

    forms: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def is_new(self, form: str) -> bool:
        if form in self.forms:
            return False
        self.forms[form] = None
        if len(self.forms) > MOST_KEPT:
            self.forms.popitem(last=False)
        return True


def _refusal(view: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """At a field of its own, so that what was typed stays; in place of a form that has none."""
    fields = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    if fields:
        return {"response_action": "errors", "errors": _short({fields[0]: reply.text})}
    return {"response_action": "update", "view": notice(view["title"]["text"], reply)}


def _short(errors: Mapping[str, str]) -> dict[str, str]:
    return {block: clipped(sentence, MAX_ERROR) for block, sentence in errors.items()}


def typed(values: Values, name: str) -> str:
    """What was typed, without the spaces around it."""
    with as_we_made_it():
        return (values[name][name].get("value") or "").strip()


def chosen(values: Values, name: str) -> str | None:
    """The value of the option that was chosen."""
    option = values.get(name, {}).get(name, {}).get("selected_option")
    return str(option["value"]) if option else None


def is_checked(values: Values, name: str) -> bool:
    """Not where the box is not shown."""
    return bool(values.get(name, {}).get(name, {}).get("selected_options"))
