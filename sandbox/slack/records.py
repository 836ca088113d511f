"""What the workspace remembers: accounts, conversations, messages and views."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Payload = dict[str, Any]
FormState = dict[str, dict[str, Payload]]  # block_id → action_id → the element's state.

MOST_POSTS = 10_000  # Per conversation; a longer story is not told in a sandbox.
MOST_EDITS = 1_000  # Texts remembered per message.


@dataclass(kw_only=True)
class Account:
    id: str
    team_id: str
    handle: str
    real_name: str
    admin: bool = False
    owner: bool = False
    guest: bool = False
    locale: str = "en-US"
    tz: str = "America/New_York"
    deleted: bool = False
    bot: bool = False
    updated: int = 0


class Source(StrEnum):
    """By which road a message came."""

    ACK = "ack"
    RESPONSE_URL = "response_url"
    API = "api"
    PERSON = "person"


@dataclass(kw_only=True)
class Post:
    channel_id: str
    ts: str
    author_id: str
    text: str
    source: Source
    blocks: list[Payload] = field(default_factory=list)
    metadata: Payload | None = None
    seen_only_by: str | None = None  # The one person who sees an ephemeral message.
    thread_ts: str | None = None
    broadcast: bool = False  # A reply that the channel shows as well.
    edited_ts: str | None = None
    deleted: bool = False
    edits: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_EDITS))
    form: FormState = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in {None, self.ts}

    @property
    def is_in_channel(self) -> bool:
        """A plain reply stands in its thread alone."""
        return self.broadcast or not self.is_reply


class Kind(StrEnum):
    """What a conversation is; its value begins the scopes that open it (`im:history`)."""

    PUBLIC = "channels"
    PRIVATE = "groups"
    DIRECT = "im"


class Sharing(StrEnum):
    """Who but this workspace is in a channel."""

    NOBODY = "nobody"
    ORGANISATION = "organisation"  # Another workspace of the same company.
    INVITED = "invited"  # Another company has not answered yet.
    OUTSIDE = "outside"


@dataclass(kw_only=True)
class Conversation:
    id: str
    name: str
    kind: Kind
    members: set[str]
    created: int
    archived: bool = False
    sharing: Sharing = Sharing.NOBODY
    read_only: bool = False  # For all but those whom an owner lets write.
    posts: dict[str, Post] = field(default_factory=dict)
    threads: dict[str, dict[str, Post]] = field(default_factory=dict)  # By the parent's ts.

    def keep(self, post: Post) -> None:
        self.posts[post.ts] = post
        if post.is_reply:
            self.threads.setdefault(str(post.thread_ts), {})[post.ts] = post
        if len(self.posts) > MOST_POSTS:
            self.drop(next(iter(self.posts)))

    def drop(self, ts: str) -> None:
        post = self.posts.pop(ts, None)
        if post and post.thread_ts:
            self.threads.get(post.thread_ts, {}).pop(ts, None)

    def replies_to(self, ts: str) -> list[Post]:
        """Oldest first."""
        return list(self.threads.get(ts, {}).values())

    @property
    def name_in_payloads(self) -> str:
        """Slack tells an app the name of public channels only."""
        match self.kind:
            case Kind.PUBLIC:
                return self.name
            case Kind.PRIVATE:
                return "privategroup"
            case Kind.DIRECT:
                return "directmessage"


@dataclass(kw_only=True)
class View:
    id: str
    owner_id: str
    definition: Payload
    hash: str
    root_id: str
    previous_id: str | None = None
    form: FormState = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # block_id → what the app answered.
    is_open: bool = True
    gave_way_to: "View | None" = None  # The modal that `views.open` put in its place.

    @property
    def blocks(self) -> list[Payload]:
        blocks: list[Payload] = self.definition["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        return str(self.definition.get("external_id") or "")
