"""A member of staff at the screen: types commands, reads, presses, fills in."""

from sandbox.slack import events, payloads
from sandbox.slack.delivery import Answer, form
from sandbox.slack.errors import ApiError, CannotDo
from sandbox.slack.message import Channel, Message, Reply
from sandbox.slack.modal import Modal
from sandbox.slack.records import Account, Kind, Payload, Post, Source
from sandbox.slack.responding import answer_post
from sandbox.slack.view_screen import Home
from sandbox.slack.world import DEFAULT_WAIT, World


class Person:
    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._modals: dict[str, Modal] = {}

    def __repr__(self) -> str:
        return f"Person({self.name!r}, id={self.id!r})"

    @property
    def id(self) -> str:
        return self._account.id

    @property
    def name(self) -> str:
        return self._account.real_name

    @property
    def account(self) -> Account:
        return self._account

    async def command(self, line: str, *, channel: Channel | None = None) -> Reply:
        """Type a slash command, in the conversation with the app unless a channel is named."""
        if not line.startswith("/"):
            raise CannotDo(f"a command begins with a slash: {line!r}")
        account = self._world.act(self.id)
        if not self._world.has_app:
            raise CannotDo("the app is not installed in this workspace")
        place = channel.id if channel else self._world.direct_with(self.id).id
        command, _, text = line.partition(" ")
        payload = payloads.slash_command(
            self._world, account, self._world.conversations[place], command=command, text=text
        )
        return self._read_ack(await self._world.courier.deliver(form(payload)), place)

    async def replies(self, count: int = 1, *, timeout: float = DEFAULT_WAIT) -> list[Message]:  # noqa: ASYNC109 - a person's patience is part of the act.
        """Wait for ephemeral messages that came later than the person's last act."""
        await self._world.wait_until(lambda: len(self._replies()) >= count, timeout)
        return self._replies()

    async def modal(self, *, timeout: float = DEFAULT_WAIT, title: str | None = None) -> Modal:  # noqa: ASYNC109 - a person's patience is part of the act.
        """Wait for a modal in front of the person, one of that title if given."""

        def in_front() -> Modal | None:
            modal = self.modal_in_front
            return modal if modal and title in {None, modal.title} else None

        modal = await self._world.wait_until(in_front, timeout)
        assert modal is not None  # noqa: S101 - what wait_until returns is true.
        return modal

    @property
    def modal_in_front(self) -> Modal | None:
        stack = self._world.stack_of(self.id)
        self._modals = {
            view.id: self._modals.get(view.id) or Modal(self._world, view, self._account)
            for view in stack
        }
        return self._modals[stack[-1].id] if stack else None

    def say(self, text: str, channel: Channel) -> Message:
        """Write into a channel; no message event follows, as for an app that asked for none."""
        self._world.act(self.id)
        post = Post(
            channel_id=channel.id,
            ts=self._world.mint.ts(),
            author_id=self.id,
            text=text,
            source=Source.PERSON,
        )
        self._world.hear(post)
        return self._see(post)

    @property
    def home(self) -> Home | None:
        view = self._world.homes.get(self.id)
        return Home(self._world, view, self._account) if view else None

    async def open_home(self) -> Reply:
        self._world.act(self.id)
        opened = payloads.app_home_opened(self._world, self._account)
        answer = await events.tell(self._world, opened)
        return Reply(status=answer.status, error=answer.error)

    def install(self) -> str:
        """Allow the app on its install page; returns the code that its redirect URL receives."""
        self._world.act(self.id)
        return self._world.permissions.issue_code(user_id=self.id)

    @property
    def direct_messages(self) -> list[Message]:
        """What the app wrote to this person alone, replies in threads included, as it is now."""
        return self._messages_in(self._world.direct_with(self.id).id)

    @property
    def ephemerals(self) -> list[Message]:
        """Every message that only this person sees, acknowledgements included."""
        return [self._see(post) for post in self._world.ephemerals if self._sees(post)]

    def messages(self, channel: Channel) -> list[Message]:
        """What the channel shows; a message's `replies` are its thread."""
        if self.id not in self._world.conversations[channel.id].members:
            raise CannotDo(f"{self.name} is not in #{channel.name}")
        posts = self._world.conversations[channel.id].posts.values()
        return [self._see(post) for post in posts if post.is_in_channel]

    @property
    def channel_messages(self) -> list[Message]:
        """What stands in the channels the person is in, and in the threads there."""
        places = self._world.conversations.values()
        inside = [p for p in places if p.kind is not Kind.DIRECT and self.id in p.members]
        return [message for place in inside for message in self._messages_in(place.id)]

    def _messages_in(self, channel_id: str) -> list[Message]:
        return [self._see(post) for post in self._world.conversations[channel_id].posts.values()]

    def _see(self, post: Post) -> Message:
        return Message(self._world, post, self._account)

    def _sees(self, post: Post) -> bool:
        return post.seen_only_by == self.id

    def _replies(self) -> list[Message]:
        since = float(self._world.last_act.get(self.id, "0"))
        return [
            self._see(post)
            for post in self._world.ephemerals
            if self._sees(post) and post.source is not Source.ACK and float(post.ts) > since
        ]

    def _read_ack(self, answer: Answer, channel_id: str) -> Reply:
        if not answer.accepted:
            return Reply(status=answer.status, error=answer.error)
        try:
            message = _shown_by(answer)
            if not message:
                return Reply(status=answer.status)
            post = answer_post(
                self._world,
                message,
                user_id=self.id,
                channel_id=channel_id,
                source=Source.ACK,
            )
        except ApiError as error:
            return Reply(status=answer.status, error=f"invalid_command_response: {error}")
        self._world.hear(post)
        return Reply(status=answer.status, message=self._see(post))


def _shown_by(answer: Answer) -> Payload:
    """Return the message in an acknowledgement: JSON, or any other body as its text."""
    try:
        body = answer.as_json()
    except ValueError:
        return {"text": answer.body}
    if isinstance(body, dict):
        return body if body.get("text") or body.get("blocks") else {}
    return {"text": answer.body}
