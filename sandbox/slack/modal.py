"""A modal as a person has it on the screen: read it, fill it in, submit it, send it away."""

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.slack import payloads
from sandbox.slack.blocks.state import untouched
from sandbox.slack.complaints import complaints
from sandbox.slack.delivery import Parcel, interaction
from sandbox.slack.errors import CannotDo
from sandbox.slack.fields import (
    Field,
    as_seen,
    choices,
    choose,
    fields_of,
    find_box,
    find_field,
    type_in,
)
from sandbox.slack.message import Reply
from sandbox.slack.records import Account, View
from sandbox.slack.submission import SubmitResult, settle
from sandbox.slack.suggestions import Suggestions
from sandbox.slack.view_screen import ViewScreen
from sandbox.slack.world import World


@dataclass(frozen=True)
class _Sent:
    """The last submission, kept so that it can be delivered again or sent with corrections."""

    parcel: Parcel
    view: View


class Modal(ViewScreen):
    def __init__(self, world: World, view: View, viewer: Account) -> None:
        super().__init__(world, view, viewer)
        self._suggestions = Suggestions(world, viewer)
        self._sent: _Sent | None = None

    @property
    def title(self) -> str:
        return str(self._view.definition["title"]["text"])

    @property
    def is_open(self) -> bool:
        return self._view.is_open

    @property
    def labels(self) -> list[str]:
        return [field.label for field in self._fields()]

    @property
    def errors(self) -> dict[str, str]:
        """What stands in red below each field, by its label."""
        labels, errors = self._labels_in(self._view), self._view.errors
        return {labels[block_id]: text for block_id, text in errors.items() if block_id in labels}

    @property
    def text(self) -> str:
        """All that is read in it, from the title to the labels of its buttons."""
        definition = self._view.definition
        ends = [definition[end]["text"] for end in ("submit", "close") if definition.get(end)]
        return "\n".join([self.title, super().text, *self._view.errors.values(), *ends])

    def value(self, label: str) -> Any:  # noqa: ANN401 - text, date, list or None, as it is seen.
        return as_seen(self._field(label), self._view.form, self._reader)

    def hint(self, label: str) -> str:
        return str(self._field(label).block.get("hint", {}).get("text", ""))

    def options(self, label: str) -> list[str]:
        return [text for text, _ in self._choices(self._field(label))]

    def is_checked(self, label: str) -> bool:
        field, option = find_box(self._view.blocks, label, self._reader)
        return option in field.entered_in(self._view.form)

    async def fill(self, label: str, text: str) -> Reply | None:
        """Type and leave with Enter, which tells the app where it asked for that."""
        self._on_top()
        field = self._field(label)
        type_in(field, self._view.form, text)
        return await self._dispatch(field)

    async def set_date(self, label: str, day: date) -> Reply | None:
        return await self.fill(label, day.isoformat())

    async def choose(self, label: str, text: str) -> Reply | None:
        """Choose an offered option; a menu the app fills is searched with `text` where needed."""
        self._on_top()
        field = self._field(label)
        if self._suggestions.feeds(field) and text not in self.options(label):
            await self.search(label, text)
        choose(field, self._view.form, self._choices(field), text)
        return await self._dispatch(field)

    async def search(self, label: str, text: str) -> list[str]:
        """Type into a menu that the app fills; returns the options that it then offers."""
        self._on_top()
        return await self._suggestions.search(self._view, self._field(label), text)

    async def clear(self, label: str) -> Reply | None:
        self._on_top()
        field = self._field(label)
        empty = untouched({"type": field.kind})
        self._view.form[field.block["block_id"]][field.element["action_id"]] = empty
        return await self._dispatch(field)

    async def check(self, label: str) -> Reply | None:
        return await self._tick(label, wanted=True)

    async def uncheck(self, label: str) -> Reply | None:
        return await self._tick(label, wanted=False)

    async def submit(self, *, again: bool = False) -> SubmitResult:
        """Submit; `again` delivers the very bytes of the last submission once more."""
        if again:
            return await self._deliver(self._last_sent())
        self._on_top()
        return await self._send(self._view)

    async def resubmit(self, **corrections: str | date | bool) -> SubmitResult:
        """Send the view that was submitted once more, corrected by label, whatever became of it."""
        view = copy.deepcopy(self._last_sent().view)
        for label, value in corrections.items():
            self._correct(view, label, value)
        return await self._send(view)

    async def cancel(self, *, all_of_them: bool = False) -> None:
        """Press Cancel, or with `all_of_them` the cross that closes the whole stack."""
        self._on_top()
        account = self._world.act(self._viewer.id)
        view = self._world.stack_of(account.id)[0] if all_of_them else self._view
        closed = payloads.view_closed(self._world, account, view, cleared=all_of_them)
        self._world.close_views(account.id, down_to=view)
        if view.definition.get("notify_on_close"):
            await self._world.courier.deliver(interaction(closed))

    def _fields(self) -> list[Field]:
        return list(fields_of(self._view.blocks, self._reader))

    def _field(self, label: str) -> Field:
        return find_field(self._view.blocks, label, self._reader)

    def _choices(self, field: Field) -> list[tuple[str, object]]:
        if self._suggestions.feeds(field):
            return self._suggestions.offered(self._view, field)
        return choices(field, self._world, self._viewer)

    def _last_sent(self) -> _Sent:
        if self._sent is None:
            raise CannotDo("this modal was not submitted yet")
        return self._sent

    async def _tick(self, label: str, *, wanted: bool) -> Reply | None:
        self._on_top()
        field, option = find_box(self._view.blocks, label, self._reader)
        others = [ticked for ticked in field.entered_in(self._view.form) if ticked != option]
        field.enter(self._view.form, [*others, option] if wanted else others)
        return await self._dispatch(field)

    async def _dispatch(self, field: Field) -> Reply | None:
        self._world.changed()
        if not field.dispatches:
            return None
        state = field.state_in(self._view.form)
        action = payloads.entered_action(self._world, field.block, field.element, state)
        return await self._tell(action)

    def _correct(self, view: View, label: str, value: str | date | bool) -> None:  # noqa: FBT001 - a checkbox's value is one.
        if isinstance(value, bool):
            box, option = find_box(view.blocks, label, self._reader)
            box.enter(view.form, [option] if value else [])
            return
        corrected = find_field(view.blocks, label, self._reader)
        if isinstance(value, str) and "select" in corrected.kind:
            choose(corrected, view.form, self._choices(corrected), value)
        else:
            type_in(corrected, view.form, value if isinstance(value, str) else value.isoformat())

    async def _send(self, view: View) -> SubmitResult:
        account = self._world.act(self._viewer.id)
        refused = complaints(fields_of(view.blocks, self._reader), view.form)
        self._view.errors = refused
        self._world.changed()
        if refused:
            labels = self._labels_in(view)
            return SubmitResult(accepted=False, errors={labels[b]: refused[b] for b in refused})
        parcel = interaction(payloads.view_submission(self._world, account, view))
        self._sent = _Sent(parcel, copy.deepcopy(view))
        return await self._deliver(self._sent)

    async def _deliver(self, sent: _Sent) -> SubmitResult:
        view, labels, was_open = self._view, self._labels_in(sent.view), self._view.is_open
        answer = await self._world.courier.deliver(sent.parcel)
        return settle(self._world, view, answer, labels, was_open=was_open)

    def _labels_in(self, view: View) -> dict[str, str]:
        fields = fields_of(view.blocks, self._reader)
        return {field.block["block_id"]: field.label for field in fields}
