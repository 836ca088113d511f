"""Opens, pushes and updates views, for the Web API and for `response_action` alike."""

from sandbox.slack.blocks.layouts import Surface
from sandbox.slack.blocks.state import carried_over, fresh
from sandbox.slack.blocks.validate import check_view
from sandbox.slack.blocks.walk import completed
from sandbox.slack.errors import ApiError
from sandbox.slack.records import Payload, View
from sandbox.slack.world import World

DEEPEST_STACK = 3
KEPT_FIELDS = (
    "type",
    "title",
    "submit",
    "close",
    "callback_id",
    "external_id",
    "private_metadata",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
)


def open_modal(world: World, *, user_id: str, view: object) -> View:
    """Show a new modal; one that was open before makes room for it."""
    definition = _accepted(world, view, Surface.MODAL)
    before = list(world.stack_of(user_id))
    world.close_views(user_id)
    opened = _show(world, user_id=user_id, definition=definition, below=None)
    for view_before in before:
        view_before.gave_way_to = opened
    return opened


def push_modal(world: World, *, user_id: str, view: object) -> View:
    stack = world.stack_of(user_id)
    if not stack:
        raise ApiError("not_found")
    if len(stack) >= DEEPEST_STACK:
        raise ApiError("push_limit_reached")
    definition = _accepted(world, view, Surface.MODAL)
    return _show(world, user_id=user_id, definition=definition, below=stack[-1])


def update_view(world: World, view: View, definition: object) -> None:
    """Replace what is shown and keep what was entered under the same names."""
    surface = Surface(view.definition["type"])
    accepted = _accepted(world, definition, surface, replaced=view)
    view.definition = accepted
    view.form = carried_over(view.form, view.blocks)
    view.errors = {}
    view.hash = world.mint.view_hash()
    world.changed()


def publish_home(world: World, *, user_id: str, definition: object) -> View:
    home = world.homes.get(user_id)
    if home:
        update_view(world, home, definition)
        return home
    home = _new(world, user_id, _accepted(world, definition, Surface.HOME), below=None)
    world.homes[user_id] = home
    world.changed()
    return home


def find_view(world: World, *, view_id: str | None, external_id: str | None) -> View:
    for view in world.open_views():
        if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
            return view
    raise ApiError("not_found")


def as_payload(world: World, view: View) -> Payload:
    definition = view.definition
    payload = {
        "id": view.id,
        "team_id": world.team_id,
        "type": definition["type"],
        "blocks": view.blocks,
        "private_metadata": definition.get("private_metadata", ""),
        "callback_id": definition.get("callback_id", ""),
        "state": {"values": view.form},
        "hash": view.hash,
        "title": definition.get("title", {"type": "plain_text", "text": world.name}),
        "clear_on_close": definition.get("clear_on_close", False),
        "notify_on_close": definition.get("notify_on_close", False),
        "close": definition.get("close"),
        "submit": definition.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": world.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
    }
    if definition["type"] == "modal":
        payload["submit_disabled"] = definition.get("submit_disabled", False)
    return payload


def _accepted(
    world: World, definition: object, surface: Surface, *, replaced: View | None = None
) -> Payload:
    check_view(definition, surface=surface)
    assert isinstance(definition, dict)  # noqa: S101 - check_view has just said so.
    external_id = definition.get("external_id")
    for other in world.open_views():
        if external_id and other is not replaced and other.external_id == external_id:
            raise ApiError("duplicate_external_id")
    kept = {name: definition[name] for name in KEPT_FIELDS if name in definition}
    return {**kept, "blocks": completed(definition["blocks"], world.mint)}


def _new(world: World, user_id: str, definition: Payload, *, below: View | None) -> View:
    view_id = world.mint.identity("V")
    return View(
        id=view_id,
        owner_id=user_id,
        definition=definition,
        hash=world.mint.view_hash(),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else None,
        form=fresh(definition["blocks"]),
    )


def _show(world: World, *, user_id: str, definition: Payload, below: View | None) -> View:
    view = _new(world, user_id, definition, below=below)
    world.stack_of(user_id).append(view)
    world.changed()
    return view
