"""The fields of a view as a person finds them: by label, with what is entered and offered."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any, NamedTuple

from sandbox.slack.blocks.elements import offered_options
from sandbox.slack.blocks.state import SLOTS
from sandbox.slack.blocks.walk import interactive
from sandbox.slack.errors import CannotDo
from sandbox.slack.mrkdwn import Reader
from sandbox.slack.records import Account, Conversation, FormState, Kind, Payload
from sandbox.slack.screen import read_text
from sandbox.slack.world import World

TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
PICKED = {"datepicker": date.fromisoformat, "timepicker": time.fromisoformat}
SURFACE_OF = {Kind.PUBLIC: "public", Kind.PRIVATE: "private", Kind.DIRECT: "im"}  # In filters.


class Field(NamedTuple):
    label: str
    block: Payload
    element: Payload

    @property
    def kind(self) -> str:
        kind: str = self.element["type"]
        return kind

    @property
    def dispatches(self) -> bool:
        """Whether entering something tells the app at once."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    @property
    def is_required(self) -> bool:
        return self.block["type"] == "input" and not self.block.get("optional", False)

    def state_in(self, form: FormState) -> Payload:
        return form[self.block["block_id"]][self.element["action_id"]]

    def entered_in(self, form: FormState) -> Any:  # noqa: ANN401 - as many kinds as elements.
        return self.state_in(form)[SLOTS[self.kind].key]

    def enter(self, form: FormState, value: object) -> None:
        self.state_in(form)[SLOTS[self.kind].key] = value


def fields_of(blocks: list[Payload], reader: Reader) -> Iterator[Field]:
    for block, element in interactive(blocks):
        if element["type"] in SLOTS:
            yield Field(_label(block, element, reader), block, element)


def find_field(blocks: list[Payload], label: str, reader: Reader) -> Field:
    everything = list(fields_of(blocks, reader))
    for field in everything:
        if field.label == label:
            return field
    raise CannotDo(f"no field is labelled {label!r}; here are {[f.label for f in everything]}")


def find_box(blocks: list[Payload], label: str, reader: Reader) -> tuple[Field, Payload]:
    """Find one checkbox by its own text, or by the field's label where it stands alone."""
    seen = []
    for field in fields_of(blocks, reader):
        if field.kind != "checkboxes":
            continue
        options = field.element["options"]
        for option in options:
            seen.append(read_text(option["text"], reader))
            if seen[-1] == label or (field.label == label and len(options) == 1):
                return field, option
    raise CannotDo(f"no checkbox says {label!r}; here are {seen}")


def as_seen(field: Field, form: FormState, reader: Reader) -> Any:  # noqa: ANN401 - text, date, list or None.
    """Return the entered value as the screen shows it: options by their text."""
    entered = field.entered_in(form)
    match entered:
        case {"text": text}:
            return read_text(text, reader)
        case [{"text": _}, *_]:
            return [read_text(option["text"], reader) for option in entered]
        case str(day) if field.kind == "datepicker":
            return date.fromisoformat(day)
        case str(id_) if field.kind == "users_select":
            return reader.name_of_user(id_)
        case str(id_) if field.kind in {"conversations_select", "channels_select"}:
            return reader.name_of_channel(id_)
        case _:
            return entered


def choices(field: Field, world: World, viewer: Account) -> list[tuple[str, object]]:
    """Return what the opened menu lists, each with the value that choosing it enters."""
    kind = field.kind.removeprefix("multi_")
    if kind == "users_select":
        return [(a.real_name, a.id) for a in world.accounts.values() if not a.deleted]
    if kind in {"conversations_select", "channels_select"}:
        found = (c for c in world.conversations.values() if _lists(field, c, viewer))
        return [(conversation.name, conversation.id) for conversation in found]
    reader = world.reader(viewer)
    return [(read_text(o["text"], reader), o) for o in offered_options(field.element)]


def type_in(field: Field, form: FormState, text: str) -> None:
    """Enter text, or a date or time in its ISO form; an empty text empties the field."""
    if field.kind not in {*TYPED, *PICKED}:
        raise CannotDo(f"{field.label!r} is no field to type into but a {field.kind}")
    if field.kind in PICKED and text:
        try:
            PICKED[field.kind](text)
        except ValueError as error:
            raise CannotDo(f"{field.label!r} does not take {text!r}") from error
    field.enter(form, text or None)


def choose(field: Field, form: FormState, offered: list[tuple[str, object]], text: str) -> None:
    for seen, value in offered:
        if seen == text:
            field.enter(form, _with(field, form, value) if SLOTS[field.kind].many else value)
            return
    raise CannotDo(f"{field.label!r} does not offer {text!r}; it offers {[o[0] for o in offered]}")


def _with(field: Field, form: FormState, value: object) -> list[object]:
    chosen = [other for other in field.entered_in(form) if other != value]
    most = field.element.get("max_selected_items", len(chosen) + 1)
    if len(chosen) >= most:
        raise CannotDo(f"{field.label!r} takes no more than {most}")
    return [*chosen, value]


def _lists(field: Field, conversation: Conversation, viewer: Account) -> bool:
    if viewer.id not in conversation.members and conversation.kind is not Kind.PUBLIC:
        return False
    if field.kind.endswith("channels_select"):
        return conversation.kind is Kind.PUBLIC
    include = field.element.get("filter", {}).get("include", SURFACE_OF.values())
    return SURFACE_OF[conversation.kind] in include


def _label(block: Payload, element: Payload, reader: Reader) -> str:
    if block["type"] == "input":
        return read_text(block["label"], reader)
    if block["type"] == "section" and "text" in block:
        return read_text(block["text"], reader)
    return str(element.get("placeholder", {}).get("text", element["action_id"]))
