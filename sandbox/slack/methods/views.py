"""`views.*`: modals by trigger, updates guarded by hash, a home tab for each person."""

from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.methods.method import Args, Method
from sandbox.slack.records import Payload, View
from sandbox.slack.views import (
    as_payload,
    find_view,
    open_modal,
    publish_home,
    push_modal,
    update_view,
)
from sandbox.slack.world import World


def open_(world: World, args: Args) -> Payload:
    trigger = world.permissions.exchange(args.text("trigger_id"))
    view = open_modal(world, user_id=trigger.user_id, view=args.structure("view"))
    return {"view": as_payload(world, view)}


def push(world: World, args: Args) -> Payload:
    """Only a trigger that came from inside a modal can put another one on it."""
    trigger = world.permissions.exchange(args.text("trigger_id"))
    if trigger.view_id is None:
        raise ApiError("invalid_trigger_id")
    view = push_modal(world, user_id=trigger.user_id, view=args.structure("view"))
    return {"view": as_payload(world, view)}


def update(world: World, args: Args) -> Payload:
    if not args.has("view_id") and not args.has("external_id"):
        raise ApiError("invalid_arguments", messages=["[ERROR] missing required field: view_id"])
    view = find_view(world, view_id=args.text("view_id"), external_id=args.text("external_id"))
    _same_hash(view, args)
    update_view(world, view, args.structure("view"))
    return {"view": as_payload(world, view)}


def publish(world: World, args: Args) -> Payload:
    user_id = args.text("user_id")
    world.account(user_id)
    if home := world.homes.get(user_id):
        _same_hash(home, args)
    view = publish_home(world, user_id=user_id, definition=args.structure("view"))
    return {"view": as_payload(world, view)}


def _same_hash(view: View, args: Args) -> None:
    if args.has("hash") and args.text("hash") != view.hash:
        raise ApiError("hash_conflict")


METHODS = {
    "views.open": Method(run=open_, tier=Tier.FOUR, required=("trigger_id", "view")),
    "views.push": Method(run=push, tier=Tier.FOUR, required=("trigger_id", "view")),
    "views.update": Method(run=update, tier=Tier.FOUR, required=("view",)),
    "views.publish": Method(run=publish, tier=Tier.FOUR, required=("user_id", "view")),
}
