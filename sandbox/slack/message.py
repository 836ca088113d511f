"""A message as one person has it on the screen: read it, press it."""

import asyncio
from dataclasses import dataclass

from sandbox.slack import payloads
from sandbox.slack.delivery import interaction
from sandbox.slack.errors import CannotDo
from sandbox.slack.mrkdwn import mass_mentions, read
from sandbox.slack.records import Account, Conversation, Kind, Payload, Post, Sharing
from sandbox.slack.screen import (
    find_pressable,
    mass_mentions_in,
    pressables,
    read_blocks,
    read_text,
)
from sandbox.slack.world import World


class Message:
    """A live projection: edits show in place, and a deleted message can no longer be pressed."""

    def __init__(self, world: World, post: Post, viewer: Account | None) -> None:
        self._world = world
        self._post = post
        self._viewer = viewer

    def __repr__(self) -> str:
        return f"Message({self.plain!r}, buttons={self.buttons})"

    @property
    def ts(self) -> str:
        return self._post.ts

    @property
    def channel(self) -> str:
        return self._post.channel_id

    @property
    def text(self) -> str:
        """What notifications and screen readers say, as the app sent it."""
        return self._post.text

    @property
    def blocks(self) -> list[Payload]:
        return self._post.blocks

    @property
    def metadata(self) -> Payload | None:
        return self._post.metadata

    @property
    def thread_ts(self) -> str | None:
        return self._post.thread_ts

    @property
    def replies(self) -> list["Message"]:
        """Its thread, oldest first, with the replies that the channel shows as well."""
        posts = self._world.conversations[self.channel].replies_to(self.ts)
        return [Message(self._world, post, self._viewer) for post in posts]

    @property
    def is_broadcast(self) -> bool:
        """Whether it is a reply that the channel shows as well."""
        return self._post.broadcast

    @property
    def is_ephemeral(self) -> bool:
        return self._post.seen_only_by is not None

    @property
    def is_deleted(self) -> bool:
        return self._post.deleted

    @property
    def edits(self) -> list[str]:
        """Every text it had before the present one, oldest first."""
        return list(self._post.edits)

    @property
    def plain(self) -> str:
        """What is read on the screen: the blocks where there are any, the text where not."""
        reader = self._world.reader(self._viewer)
        blocks = self._post.blocks
        return read_blocks(blocks, reader) if blocks else read(self._post.text, reader)

    @property
    def buttons(self) -> list[str]:
        return [pressable.label for pressable in pressables(self._post.blocks)]

    @property
    def mass_mentions(self) -> list[str]:
        """Mentions of a whole channel in text or blocks; people would have been notified."""
        return [*mass_mentions(self._post.text), *mass_mentions_in(self._post.blocks)]

    def link(self, label: str, *, nth: int | None = None) -> str:
        url = find_pressable(self._post.blocks, label, nth=nth).url
        if url is None:
            raise CannotDo(f"{label!r} is no link")
        return url

    def confirmation(self, label: str, *, nth: int | None = None) -> str | None:
        """Return what the dialog before the press asks, or None where there is none."""
        confirm = find_pressable(self._post.blocks, label, nth=nth).confirmation
        return read_text(confirm["text"], self._world.reader(self._viewer)) if confirm else None

    async def press(self, label: str, *, times: int = 1, nth: int | None = None) -> "Reply":
        """Press a button or an overflow entry; `times` presses are under way at once."""
        if self._viewer is None:
            raise CannotDo("nobody looks at this message: take it from a person's messages")
        if self._post.deleted:
            raise CannotDo("this message is no longer there")
        pressed = find_pressable(self._post.blocks, label, nth=nth)
        account = self._world.act(self._viewer.id)
        parcels = [
            interaction(payloads.message_action(self._world, account, self._post, pressed))
            for _ in range(times)
        ]
        answers = await asyncio.gather(*map(self._world.courier.deliver, parcels))
        return Reply(status=answers[0].status, error=answers[0].error)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The app's immediate answer to an act, and the message it put there, if any."""

    status: int | None
    error: str | None = None
    message: Message | None = None

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    @property
    def plain(self) -> str:
        return self.message.plain if self.message else ""

    @property
    def blocks(self) -> list[Payload]:
        return self.message.blocks if self.message else []

    @property
    def buttons(self) -> list[str]:
        return self.message.buttons if self.message else []

    def link(self, label: str, *, nth: int | None = None) -> str:
        return self._shown().link(label, nth=nth)

    async def press(self, label: str, *, times: int = 1, nth: int | None = None) -> "Reply":
        return await self._shown().press(label, times=times, nth=nth)

    def _shown(self) -> Message:
        if self.message is None:
            raise CannotDo(f"the answer showed no message (status {self.status}, {self.error})")
        return self.message


class Channel:
    def __init__(self, world: World, conversation: Conversation) -> None:
        self._world = world
        self._conversation = conversation

    @property
    def id(self) -> str:
        return self._conversation.id

    @property
    def name(self) -> str:
        return self._conversation.name

    @property
    def messages(self) -> list[Message]:
        """What the channel shows: of a message's `replies` only those that were broadcast.

        Read by nobody in particular; to press, take `person.messages(channel)`.
        """
        posts = self._conversation.posts.values()
        return [Message(self._world, post, None) for post in posts if post.is_in_channel]

    def share(self, sharing: Sharing = Sharing.OUTSIDE) -> None:
        """Let another workspace in, or nobody any more."""
        self._conversation.sharing = sharing
        self._world.changed()

    def archive(self) -> None:
        self._conversation.archived = True
        self._world.changed()

    def unarchive(self) -> None:
        self._conversation.archived = False
        self._world.changed()

    def make_read_only(self) -> None:
        self._conversation.read_only = True
        self._world.changed()

    def make_public(self) -> None:
        self._conversation.kind = Kind.PUBLIC
        self._world.changed()

    def make_private(self) -> None:
        self._conversation.kind = Kind.PRIVATE
        self._world.changed()

    def add_app(self) -> None:
        self._conversation.members.add(self._world.bot_user_id)
        self._world.changed()

    def remove_app(self) -> None:
        self._conversation.members.discard(self._world.bot_user_id)
        self._world.changed()
