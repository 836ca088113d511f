"""A message as an app is told of it, with what it has to do with a thread."""

from typing import Any

from sandbox.slack.mrkdwn import escape
from sandbox.slack.records import Payload, Post
from sandbox.slack.world import World


def as_payload(world: World, post: Post, *, with_metadata: bool = False) -> Payload:
    payload: Payload = {
        "type": "message",
        "user": post.author_id,
        "ts": post.ts,
        "text": post.text,
        "team": world.team_id,
        **_of_thread(world, post),
    }
    if post.author_id == world.bot_user_id:
        payload |= {"bot_id": world.bot_id, "app_id": world.app_id}
    if post.blocks:
        payload["blocks"] = repeated(post.blocks)
    if post.edited_ts:
        payload["edited"] = {"user": post.author_id, "ts": post.edited_ts}
    if with_metadata and post.metadata:
        payload["metadata"] = post.metadata
    return payload


def repeated(node: Any) -> Any:  # noqa: ANN401 - any JSON.
    """Repeat a message's content as Slack does: plain text comes back escaped."""
    if isinstance(node, list):
        return [repeated(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "plain_text":
        return {**node, "text": escape(node["text"])}
    return {name: repeated(value) for name, value in node.items()}


def _of_thread(world: World, post: Post) -> Payload:
    place = world.conversations[post.channel_id]
    if not post.is_reply:
        return _of_parent(post, place.replies_to(post.ts))
    facts: Payload = {"thread_ts": post.thread_ts}
    parent = place.posts.get(str(post.thread_ts))
    if parent is None:  # It was deleted.
        return facts
    if post.broadcast:
        return {**facts, "subtype": "thread_broadcast", "root": as_payload(world, parent)}
    return {**facts, "parent_user_id": parent.author_id}


def _of_parent(post: Post, replies: list[Post]) -> Payload:
    if not replies:
        return {}
    writers = list(dict.fromkeys(reply.author_id for reply in replies))
    return {
        "thread_ts": post.ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "latest_reply": replies[-1].ts,
        "reply_users": writers,
        "is_locked": False,
    }
