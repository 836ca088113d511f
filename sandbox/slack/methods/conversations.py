"""`conversations.*`: finding a conversation, and what each kind needs a scope for."""

from sandbox.slack import posts
from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.methods.method import Args, Method, missing_scope, paged
from sandbox.slack.records import Conversation, Kind, Payload, Post, Sharing
from sandbox.slack.world import World


def visible(world: World, channel_id: str) -> Conversation:
    """Return a conversation that the app may know of; private ones only from inside."""
    conversation = world.conversations.get(channel_id)
    hidden = conversation and conversation.kind is not Kind.PUBLIC
    if conversation is None or (hidden and world.bot_user_id not in conversation.members):
        raise ApiError("channel_not_found")
    return conversation


def inside(world: World, channel_id: str) -> Conversation:
    conversation = visible(world, channel_id)
    if world.bot_user_id not in conversation.members:
        raise ApiError("not_in_channel")
    return conversation


def joined(world: World, channel_id: str) -> Conversation:
    """Return a conversation that the app may write to; in an archived one it may still read."""
    conversation = inside(world, channel_id)
    if conversation.archived:
        raise ApiError("is_archived")
    return conversation


def open_direct(world: World, args: Args) -> Payload:
    if args.has("channel"):
        conversation = visible(world, args.text("channel"))
    else:
        conversation = _direct_with_one(world, args.text("users"))
    full = _info(world, conversation) if args.flag("return_im") else {"id": conversation.id}
    return {"channel": full}


def _direct_with_one(world: World, users: str) -> Conversation:
    if not users:
        raise ApiError("users_list_not_supplied")
    if "," in users:
        raise ApiError("method_not_supported_for_channel_type")
    if "im:write" not in world.scopes:
        raise missing_scope(world, "im:write")
    if world.account(users).deleted:
        raise ApiError("user_disabled")
    return world.direct_with(users)


def info(world: World, args: Args) -> Payload:
    conversation = visible(world, args.text("channel"))
    _require(world, conversation, "read")
    return {"channel": _info(world, conversation)}


def list_(world: World, args: Args) -> Payload:
    asked = (args.text("types") or "public_channel").split(",")
    names = {
        "public_channel": Kind.PUBLIC,
        "private_channel": Kind.PRIVATE,
        "im": Kind.DIRECT,
        "mpim": None,
    }
    if not set(asked) <= names.keys():
        raise ApiError("invalid_types")
    kinds = {names[name] for name in asked}
    found = [
        _info(world, conversation)
        for conversation in world.conversations.values()
        if conversation.kind in kinds and _may_see(world, conversation)
    ]
    return paged(found, args, under="channels")


def members(world: World, args: Args) -> Payload:
    conversation = visible(world, args.text("channel"))
    start, limit = args.page()
    everyone = sorted(conversation.members)
    cursor = str(start + limit) if start + limit < len(everyone) else ""
    page = everyone[start : start + limit]
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def history(world: World, args: Args) -> Payload:
    """Newest first, without the replies that stand in a thread alone."""
    conversation = _readable(world, args)
    shown = [post for post in reversed(conversation.posts.values()) if post.is_in_channel]
    return {**_told(world, _within(shown, args), args), "pin_count": 0}


def replies(world: World, args: Args) -> Payload:
    """The parent, whatever the time asked for, then its replies, oldest first."""
    conversation = _readable(world, args)
    parent = conversation.posts.get(args.text("ts"))
    if parent is None:
        raise ApiError("thread_not_found")
    return _told(world, [parent, *_within(conversation.replies_to(parent.ts), args)], args)


def _readable(world: World, args: Args) -> Conversation:
    conversation = visible(world, args.text("channel"))
    _require(world, conversation, "history")
    return inside(world, conversation.id)


def _within(found: list[Post], args: Args) -> list[Post]:
    oldest, latest = args.text("oldest") or "0", args.text("latest") or "9" * 10
    ends = {oldest, latest} if args.flag("inclusive") else set()
    return [
        post for post in found if post.ts in ends or float(oldest) < float(post.ts) < float(latest)
    ]


def _told(world: World, found: list[Post], args: Args) -> Payload:
    """Metadata only where it is asked for."""
    with_metadata = args.flag("include_all_metadata")
    told = [posts.as_payload(world, post, with_metadata=with_metadata) for post in found]
    page = paged(told, args, under="messages")
    return {**page, "has_more": bool(page["response_metadata"]["next_cursor"])}


def _may_see(world: World, conversation: Conversation) -> bool:
    return conversation.kind is Kind.PUBLIC or world.bot_user_id in conversation.members


def _require(world: World, conversation: Conversation, what: str) -> None:
    scope = f"{conversation.kind.value}:{what}"
    if scope not in world.scopes:
        raise missing_scope(world, scope)


def _info(world: World, conversation: Conversation) -> Payload:
    shared = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_im": conversation.kind is Kind.DIRECT,
        "is_mpim": False,
        "is_org_shared": conversation.sharing is Sharing.ORGANISATION,
        "context_team_id": world.team_id,
    }
    if conversation.kind is Kind.DIRECT:
        (user_id,) = conversation.members - {world.bot_user_id}
        return {**shared, "user": user_id, "is_open": True}
    return {
        **shared,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind is Kind.PUBLIC,
        "is_group": conversation.kind is Kind.PRIVATE,
        "is_private": conversation.kind is Kind.PRIVATE,
        "is_member": world.bot_user_id in conversation.members,
        "is_shared": conversation.sharing in {Sharing.ORGANISATION, Sharing.OUTSIDE},
        "is_ext_shared": conversation.sharing is Sharing.OUTSIDE,
        "is_pending_ext_shared": conversation.sharing is Sharing.INVITED,
        "num_members": len(conversation.members),
    }


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")

METHODS = {
    "conversations.open": Method(run=open_direct, tier=Tier.THREE, scopes=WRITE),
    "conversations.info": Method(run=info, tier=Tier.THREE, scopes=READ, required=("channel",)),
    "conversations.list": Method(run=list_, tier=Tier.TWO, scopes=READ),
    "conversations.members": Method(
        run=members, tier=Tier.FOUR, scopes=READ, required=("channel",)
    ),
    "conversations.history": Method(
        run=history, tier=Tier.THREE, scopes=HISTORY, required=("channel",)
    ),
    "conversations.replies": Method(
        run=replies, tier=Tier.THREE, scopes=HISTORY, required=("channel", "ts")
    ),
}
