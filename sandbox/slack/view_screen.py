"""What modals and home tabs have in common on the screen: something to read and to press."""

from sandbox.slack import payloads
from sandbox.slack.delivery import interaction
from sandbox.slack.errors import CannotDo
from sandbox.slack.message import Reply
from sandbox.slack.mrkdwn import Reader
from sandbox.slack.records import Account, Payload, View
from sandbox.slack.screen import (
    find_pressable,
    mass_mentions_in,
    pressables,
    read_blocks,
    read_text,
)
from sandbox.slack.views import as_payload
from sandbox.slack.world import World


class ViewScreen:
    def __init__(self, world: World, view: View, viewer: Account) -> None:
        self._world = world
        self._view = view
        self._viewer = viewer

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r}, buttons={self.buttons})"

    @property
    def id(self) -> str:
        return self._view.id

    @property
    def blocks(self) -> list[Payload]:
        return self._view.blocks

    @property
    def payload(self) -> Payload:
        """The view as Slack hands it to the app, entered values included."""
        return as_payload(self._world, self._view)

    @property
    def text(self) -> str:
        return read_blocks(self._view.blocks, self._reader)

    @property
    def buttons(self) -> list[str]:
        return [pressable.label for pressable in pressables(self._view.blocks)]

    @property
    def mass_mentions(self) -> list[str]:
        return mass_mentions_in(self._view.blocks)

    def link(self, label: str, *, nth: int | None = None) -> str:
        url = find_pressable(self._view.blocks, label, nth=nth).url
        if url is None:
            raise CannotDo(f"{label!r} is no link")
        return url

    def confirmation(self, label: str, *, nth: int | None = None) -> str | None:
        confirm = find_pressable(self._view.blocks, label, nth=nth).confirmation
        return read_text(confirm["text"], self._reader) if confirm else None

    async def press(self, label: str, *, nth: int | None = None) -> Reply:
        self._on_top()
        pressed = find_pressable(self._view.blocks, label, nth=nth)
        return await self._tell(payloads.pressed_action(self._world, pressed))

    @property
    def _reader(self) -> Reader:
        return self._world.reader(self._viewer)

    def _on_top(self) -> None:
        """Raise unless the person can reach this view: the topmost modal, or a home tab."""
        stack = self._world.stack_of(self._viewer.id)
        is_home = self._world.homes.get(self._viewer.id) is self._view
        if not is_home and (not stack or stack[-1] is not self._view):
            raise CannotDo(f"this modal is not in front: {self.text!r}")

    async def _tell(self, action: Payload) -> Reply:
        account = self._world.act(self._viewer.id)
        payload = payloads.view_action(self._world, account, self._view, action)
        answer = await self._world.courier.deliver(interaction(payload))
        return Reply(status=answer.status, error=answer.error)


class Home(ViewScreen):
    """The app's home tab of one person."""
