"""Menus that the app fills while a person types, and what they have offered so far."""

from sandbox.slack import payloads
from sandbox.slack.blocks.elements import OPTION_GROUPS, OPTIONS, offered_options
from sandbox.slack.blocks.rules import record
from sandbox.slack.delivery import Answer, interaction
from sandbox.slack.errors import CannotDo
from sandbox.slack.fields import Field
from sandbox.slack.records import Account, Payload, View
from sandbox.slack.screen import read_text
from sandbox.slack.world import World

EXTERNAL = frozenset({"external_select", "multi_external_select"})
USUAL_MINIMUM = 3  # Characters before Slack asks the app.


class Suggestions:
    def __init__(self, world: World, viewer: Account) -> None:
        self._world = world
        self._viewer = viewer
        self._offered: dict[tuple[str, str], list[Payload]] = {}

    def feeds(self, field: Field) -> bool:
        return field.kind in EXTERNAL

    def offered(self, view: View, field: Field) -> list[tuple[str, object]]:
        """Return the last search's options and those that are chosen already."""
        entered = field.entered_in(view.form) or []
        chosen = entered if isinstance(entered, list) else [entered]
        options = [*self._offered.get(_key(field), []), *chosen]
        reader = self._world.reader(self._viewer)
        return [(read_text(option["text"], reader), option) for option in options]

    async def search(self, view: View, field: Field, text: str) -> list[str]:
        if not self.feeds(field):
            raise CannotDo(f"{field.label!r} is not filled by the app, so it cannot be searched")
        if len(text) < field.element.get("min_query_length", USUAL_MINIMUM):
            return []
        block_id, action_id = _key(field)
        account = self._world.act(self._viewer.id)
        payload = payloads.block_suggestion(
            self._world, account, view, block_id=block_id, action_id=action_id, value=text
        )
        answer = await self._world.courier.deliver(interaction(payload))
        self._offered[_key(field)] = options = _options(answer)
        reader = self._world.reader(self._viewer)
        return [read_text(option["text"], reader) for option in options]


def _key(field: Field) -> tuple[str, str]:
    return field.block["block_id"], field.element["action_id"]


def _options(answer: Answer) -> list[Payload]:
    """Raises CannotDo where the person would see an error in place of the list."""
    if not answer.accepted:
        raise CannotDo(f"the options could not be loaded: {answer.error}")
    try:
        body = answer.as_json()
    except ValueError as error:
        raise CannotDo("the options could not be loaded: the answer is not JSON") from error
    groups = isinstance(body, dict) and "option_groups" in body
    name, rule = ("option_groups", OPTION_GROUPS) if groups else ("options", OPTIONS)
    if isinstance(body, dict) and body.get(name) == []:
        return []
    if problems := [str(problem) for problem in record({name: rule})(body, "")]:
        raise CannotDo(f"the options could not be loaded: {problems}")
    return offered_options(body)
