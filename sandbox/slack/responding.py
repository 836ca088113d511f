"""Messages that answer an act: by its response url, or in the body of the acknowledgement."""

from sandbox.slack.blocks.state import fresh
from sandbox.slack.errors import ApiError
from sandbox.slack.methods.chat import read_blocks, remove, rewrite
from sandbox.slack.records import Payload, Post, Source
from sandbox.slack.triggers import ResponseUrl
from sandbox.slack.world import World


def respond(world: World, path: str, message: object) -> None:
    """Post, replace or delete; what is ephemeral stays so, and what all see stays that too."""
    if not isinstance(message, dict):
        raise ApiError("invalid_payload")
    response = world.permissions.use_response(path)
    if message.get("delete_original") and response.source:
        remove(world, response.source)
    elif message.get("replace_original") and response.source:
        text, blocks = read_content(world, message)
        rewrite(world, response.source, text=text, blocks=blocks)
    else:
        _post(world, response, message)


def read_content(world: World, message: Payload) -> tuple[str, list[Payload]]:
    text, blocks = str(message.get("text") or ""), read_blocks(world, message.get("blocks"))
    if not text and not blocks:
        raise ApiError("no_text")
    return text, blocks or []


def answer_post(
    world: World, message: Payload, *, user_id: str, channel_id: str, source: Source
) -> Post:
    """Build what the app answered: for one pair of eyes unless it says `in_channel`."""
    text, blocks = read_content(world, message)
    public = message.get("response_type") == "in_channel"
    return Post(
        channel_id=channel_id,
        ts=world.mint.ts(),
        author_id=world.bot_user_id,
        text=text,
        blocks=blocks,
        form=fresh(blocks),
        seen_only_by=None if public else user_id,
        source=source,
    )


def _post(world: World, response: ResponseUrl, message: Payload) -> None:
    post = answer_post(
        world,
        message,
        user_id=response.user_id,
        channel_id=response.channel_id,
        source=Source.RESPONSE_URL,
    )
    world.hear(post)
