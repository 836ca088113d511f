"""`chat.*`: posting, changing and taking back messages."""

from collections.abc import Mapping

from sandbox.slack import posts
from sandbox.slack.blocks.state import fresh
from sandbox.slack.blocks.validate import check_message_blocks
from sandbox.slack.blocks.walk import completed
from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.methods.conversations import joined, visible
from sandbox.slack.methods.method import Args, Method
from sandbox.slack.records import Conversation, Kind, Payload, Post, Source
from sandbox.slack.world import World

TRUNCATED_AT = 40_000  # A new message's text is cut there without a word.
LONGEST_UPDATE = 4_000
LARGEST_METADATA = 16_000  # Characters of its JSON.


def post_message(world: World, args: Args) -> Payload:
    conversation = _addressed(world, args.text("channel"))
    if conversation.read_only:
        raise ApiError("restricted_action_read_only_channel")
    text, blocks = _content(world, args)
    metadata = _metadata(args)
    if wait := world.rate_limits.spend_post(conversation.id):
        raise ApiError("ratelimited", retry_after=wait)
    post = Post(
        channel_id=conversation.id,
        ts=world.mint.ts(),
        author_id=world.bot_user_id,
        text=text[:TRUNCATED_AT],
        blocks=blocks,
        form=fresh(blocks),
        metadata=metadata,
        thread_ts=args.text("thread_ts") or None,
        broadcast=args.has("thread_ts") and args.flag("reply_broadcast"),
        source=Source.API,
    )
    world.hear(post)
    shown = posts.as_payload(world, post, with_metadata=True)
    return {"channel": conversation.id, "ts": post.ts, "message": shown}


def post_ephemeral(world: World, args: Args) -> Payload:
    conversation = joined(world, args.text("channel"))
    if args.text("user") not in conversation.members:
        raise ApiError("user_not_in_channel")
    text, blocks = _content(world, args)
    if len(text) > TRUNCATED_AT:
        raise ApiError("msg_too_long")
    post = Post(
        channel_id=conversation.id,
        ts=world.mint.ts(),
        author_id=world.bot_user_id,
        text=text,
        blocks=blocks,
        form=fresh(blocks),
        seen_only_by=args.text("user"),
        source=Source.API,
    )
    world.hear(post)
    return {"message_ts": post.ts}


def update(world: World, args: Args) -> Payload:
    """Change text, blocks and metadata; each stays as it was where it is not given."""
    post = _own_post(world, args, otherwise="cant_update_message")
    if world.conversations[post.channel_id].archived:
        raise ApiError("is_inactive")
    if not any(args.has(name) for name in ("text", "blocks", "attachments")):
        raise ApiError("no_text")
    if len(args.text("text")) > LONGEST_UPDATE:
        raise ApiError("msg_too_long")
    blocks = read_blocks(world, args.structure("blocks", refused_as="invalid_blocks_format"))
    if args.has("metadata"):
        post.metadata = _metadata(args)
    rewrite(world, post, text=args.text("text"), blocks=blocks)
    shown = posts.as_payload(world, post, with_metadata=True)
    return {"channel": post.channel_id, "ts": post.ts, "text": post.text, "message": shown}


def delete(world: World, args: Args) -> Payload:
    post = _own_post(world, args, otherwise="cant_delete_message")
    remove(world, post)
    return {"channel": post.channel_id, "ts": post.ts}


def permalink(world: World, args: Args) -> Payload:
    conversation = visible(world, args.text("channel"))
    ts = args.text("message_ts")
    if ts not in conversation.posts:
        raise ApiError("message_not_found")
    place = f"archives/{conversation.id}/p{ts.replace('.', '')}"
    return {
        "channel": conversation.id,
        "permalink": f"https://{world.domain}.slack.com/{place}",
    }


def rewrite(world: World, post: Post, *, text: str, blocks: list[Payload] | None) -> None:
    post.edits.append(post.text)
    post.text = text or post.text
    if blocks is not None:
        post.blocks, post.form = blocks, fresh(blocks)
    post.edited_ts = world.mint.ts()
    world.changed()


def remove(world: World, post: Post) -> None:
    post.deleted = True
    world.conversations[post.channel_id].drop(post.ts)
    if post in world.ephemerals:
        world.ephemerals.remove(post)
    world.changed()


def read_blocks(world: World, blocks: object) -> list[Payload] | None:
    if blocks is None:
        return None
    check_message_blocks(blocks)
    assert isinstance(blocks, list)  # noqa: S101 - the check has just said so.
    return completed(blocks, world.mint)


def _addressed(world: World, channel: str) -> Conversation:
    """Find a conversation by its id, a person's id, or a channel's name."""
    if account := world.accounts.get(channel):
        if account.deleted:
            raise ApiError("channel_not_found")
        return world.direct_with(account.id)
    named = channel.removeprefix("#")
    for conversation in world.conversations.values():
        if conversation.name == named and conversation.kind is not Kind.DIRECT:
            return joined(world, conversation.id)
    return joined(world, channel)


def _content(world: World, args: Args) -> tuple[str, list[Payload]]:
    blocks = read_blocks(world, args.structure("blocks", refused_as="invalid_blocks_format"))
    if not args.text("text") and not blocks and not args.has("attachments"):
        raise ApiError("no_text")
    return args.text("text"), blocks or []


def _metadata(args: Args) -> Payload | None:
    metadata = args.structure("metadata", refused_as="invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, Mapping) or not {"event_type", "event_payload"} <= metadata.keys():
        raise ApiError("invalid_metadata_format")
    if len(str(metadata)) > LARGEST_METADATA:
        raise ApiError("metadata_too_large")
    return dict(metadata)


def _own_post(world: World, args: Args, *, otherwise: str) -> Post:
    post = visible(world, args.text("channel")).posts.get(args.text("ts"))
    if post is None:
        raise ApiError("message_not_found")
    if post.author_id != world.bot_user_id:
        raise ApiError(otherwise)
    return post


SPEAK = ("chat:write",)

METHODS = {
    "chat.postMessage": Method(
        run=post_message, tier=Tier.SPECIAL, scopes=SPEAK, required=("channel",)
    ),
    "chat.postEphemeral": Method(
        run=post_ephemeral, tier=Tier.FOUR, scopes=SPEAK, required=("channel", "user")
    ),
    "chat.update": Method(run=update, tier=Tier.THREE, scopes=SPEAK, required=("channel", "ts")),
    "chat.delete": Method(run=delete, tier=Tier.THREE, scopes=SPEAK, required=("channel", "ts")),
    "chat.getPermalink": Method(
        run=permalink, tier=Tier.SPECIAL, required=("channel", "message_ts")
    ),
}
