"""What Slack tells an app: commands, interactions and events, in their documented shapes."""

from collections.abc import Iterator

from sandbox.slack import posts
from sandbox.slack.blocks.state import SLOTS
from sandbox.slack.blocks.walk import interactive
from sandbox.slack.records import Account, Conversation, Payload, Post, View
from sandbox.slack.screen import Pressable
from sandbox.slack.views import as_payload
from sandbox.slack.world import World

EMPTY_AVATAR = "0" * 12  # No picture is ever shown.


def slash_command(
    world: World, account: Account, conversation: Conversation, *, command: str, text: str
) -> dict[str, str]:
    path = world.permissions.issue_response(
        user_id=account.id, channel_id=conversation.id, source=None
    )
    return {
        "token": world.verification_token,
        "team_id": account.team_id,
        "team_domain": world.domain,
        "channel_id": conversation.id,
        "channel_name": conversation.name_in_payloads,
        "user_id": account.id,
        "user_name": account.handle,
        "command": command,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(world, path),
        "trigger_id": world.permissions.issue_trigger(user_id=account.id),
    }


def message_action(world: World, account: Account, post: Post, pressed: Pressable) -> Payload:
    """Describe a press in a message; Slack does not repeat an ephemeral message to the app."""
    conversation = world.conversations[post.channel_id]
    path = world.permissions.issue_response(
        user_id=account.id, channel_id=conversation.id, source=post
    )
    ephemeral = post.seen_only_by is not None
    payload: Payload = {
        **_interaction(world, account, kind="block_actions"),
        "container": {
            "type": "message",
            "message_ts": post.ts,
            "channel_id": conversation.id,
            "is_ephemeral": ephemeral,
        },
        "trigger_id": world.permissions.issue_trigger(user_id=account.id),
        "channel": {"id": conversation.id, "name": conversation.name_in_payloads},
        "state": {"values": post.form},
        "response_url": response_url(world, path),
        "actions": [pressed_action(world, pressed)],
    }
    payload["actions"] = posts.repeated(payload["actions"])
    return payload if ephemeral else {**payload, "message": posts.as_payload(world, post)}


def view_action(world: World, account: Account, view: View, action: Payload) -> Payload:
    return {
        **_interaction(world, account, kind="block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": world.permissions.issue_trigger(user_id=account.id, view_id=view.id),
        "view": as_payload(world, view),
        "actions": [action],
    }


def view_submission(world: World, account: Account, view: View) -> Payload:
    return {
        **_interaction(world, account, kind="view_submission"),
        "trigger_id": world.permissions.issue_trigger(user_id=account.id, view_id=view.id),
        "view": as_payload(world, view),
        "response_urls": list(_response_urls(world, account, view)),
    }


def view_closed(world: World, account: Account, view: View, *, cleared: bool) -> Payload:
    return {
        **_interaction(world, account, kind="view_closed"),
        "view": as_payload(world, view),
        "is_cleared": cleared,
        "response_urls": [],
    }


def block_suggestion(
    world: World, account: Account, view: View, *, block_id: str, action_id: str, value: str
) -> Payload:
    return {
        **_interaction(world, account, kind="block_suggestion"),
        "container": {"type": "view", "view_id": view.id},
        "action_id": action_id,
        "block_id": block_id,
        "value": value,
        "view": as_payload(world, view),
    }


def pressed_action(world: World, pressed: Pressable) -> Payload:
    element = pressed.element
    action: Payload = {
        "action_id": element["action_id"],
        "block_id": pressed.block["block_id"],
        "type": element["type"],
        "action_ts": world.mint.ts(),
    }
    if pressed.option:
        return {**action, "selected_option": pressed.option}
    optional: Payload = {
        name: element[name] for name in ("value", "style", "url") if name in element
    }
    return {**action, "text": element["text"], **optional}


def entered_action(world: World, block: Payload, element: Payload, state: Payload) -> Payload:
    return {
        **state,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": world.mint.ts(),
    }


def event_callback(world: World, inner: Payload) -> Payload:
    event_id = world.mint.identity("Ev")
    return {
        "token": world.verification_token,
        "team_id": world.team_id,
        "api_app_id": world.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(world.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team_id,
                "user_id": world.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def user_change(world: World, account: Account) -> Payload:
    return {
        "type": "user_change",
        "user": {**user(world, account), "locale": account.locale},
        "cache_ts": int(world.clock()),
        "event_ts": world.mint.ts(),
    }


def app_home_opened(world: World, account: Account) -> Payload:
    home = world.homes.get(account.id)
    seen = {"view": as_payload(world, home)} if home else {}
    return {
        "type": "app_home_opened",
        "user": account.id,
        "channel": world.direct_with(account.id).id,
        "tab": "home",
        **seen,
        "event_ts": world.mint.ts(),
    }


def user(world: World, account: Account) -> Payload:
    return {
        "id": account.id,
        "team_id": account.team_id,
        "name": account.handle,
        "deleted": account.deleted,
        "real_name": account.real_name,
        "tz": account.tz,
        "tz_label": account.tz,
        "tz_offset": world.reader(account).utc_offset(),
        "profile": {
            "real_name": account.real_name,
            "display_name": account.handle,
            "real_name_normalized": account.real_name,
            "display_name_normalized": account.handle,
            "email": f"{account.handle}@{world.domain}.example",
            "avatar_hash": EMPTY_AVATAR,
            "team": account.team_id,
        },
        "is_admin": account.admin,
        "is_owner": account.owner,
        "is_primary_owner": False,
        "is_restricted": account.guest,
        "is_ultra_restricted": False,
        "is_bot": account.bot,
        "is_stranger": account.team_id != world.team_id,
        "is_app_user": False,
        "updated": account.updated,
    }


def response_url(world: World, path: str) -> str:
    return f"{world.base_url}/response/{path}"


def _response_urls(world: World, account: Account, view: View) -> Iterator[Payload]:
    """Give one url for each chosen conversation whose menu asked for it."""
    for block, element in interactive(view.blocks):
        if not element.get("response_url_enabled"):
            continue
        state = view.form[block["block_id"]][element["action_id"]]
        if channel_id := state[SLOTS[element["type"]].key]:
            path = world.permissions.issue_response(
                user_id=account.id, channel_id=channel_id, source=None
            )
            yield {
                "block_id": block["block_id"],
                "action_id": element["action_id"],
                "channel_id": channel_id,
                "response_url": response_url(world, path),
            }


def _interaction(world: World, account: Account, *, kind: str) -> Payload:
    return {
        "type": kind,
        "user": {
            "id": account.id,
            "username": account.handle,
            "name": account.handle,
            "team_id": account.team_id,
        },
        "api_app_id": world.app_id,
        "token": world.verification_token,
        "team": {"id": account.team_id, "domain": world.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }
