"""The workspace's state and the rules by which it changes; it neither speaks HTTP nor acts."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.slack.delivery import Courier
from sandbox.slack.errors import ApiError, CannotDo
from sandbox.slack.failures import Failures
from sandbox.slack.limits import RateLimits
from sandbox.slack.mint import Clock, Mint
from sandbox.slack.mrkdwn import Reader
from sandbox.slack.records import Account, Conversation, Kind, Payload, Post, View
from sandbox.slack.registration import Registration
from sandbox.slack.sockets import Sockets
from sandbox.slack.tokens import Tokens
from sandbox.slack.triggers import Permissions

T = TypeVar("T")

MOST_CALLS_LOGGED = 10_000
MOST_EPHEMERALS = 10_000  # Over all people; an ephemeral message is gone after a reload anyway.
DEFAULT_WAIT = 3.0  # Seconds a person looks at the screen for something to appear.


@dataclass(frozen=True, kw_only=True)
class Call:
    """One Web API call as the app made it; the token is left out."""

    method: str
    args: Payload
    at: float
    ts: str | None
    result: Payload


@dataclass(kw_only=True)
class Wishes:
    """What the simulated workspace is asked to be."""

    name: str
    clock: Clock = time.time
    chance: random.Random = field(default_factory=random.Random)
    rate_limits: bool = True
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep  # Between retries of an event.
    registration: Registration | None = None  # Of another workspace's app; None: of one of its own.
    has_app: bool = True


class World:
    def __init__(self, wishes: Wishes) -> None:
        self.name = wishes.name
        self.domain = wishes.name.lower().replace(" ", "-")
        self.clock = wishes.clock
        self.mint = mint = Mint(chance=wishes.chance, clock=wishes.clock)
        self.team_id = mint.identity("T")
        self.registration = wishes.registration or Registration(
            mint=mint, chance=wishes.chance, clock=wishes.clock
        )
        self.registration.workspaces.append(self)
        self.bot_id = mint.identity("B")
        self.bot_user_id = mint.identity("U")
        self.tokens = Tokens(mint=mint, clock=wishes.clock)
        self.has_app = wishes.has_app
        self.denies_apps = False  # Whoever is asked on the install page says no.
        self.installs_in: str | None = None  # The organisation that apps are installed in as one.
        self.base_url = ""
        self.scopes: set[str] = set()
        self.accounts: dict[str, Account] = {}
        self.conversations: dict[str, Conversation] = {}
        self.ephemerals: deque[Post] = deque(maxlen=MOST_EPHEMERALS)
        self.stacks: dict[str, list[View]] = {}  # Each person's open modals, the topmost last.
        self.homes: dict[str, View] = {}
        self.calls: deque[Call] = deque(maxlen=MOST_CALLS_LOGGED)
        self.permissions = Permissions(mint=mint, clock=wishes.clock)
        self.rate_limits = RateLimits(clock=wishes.clock, enabled=wishes.rate_limits)
        self.failures = Failures()
        self.last_act: dict[str, str] = {}  # Each person's last act, as a timestamp.
        self.sleep = wishes.sleep
        self.tasks: set[asyncio.Task[None]] = set()
        self.closing = asyncio.Event()
        self.revision = 0  # Rises with every change.
        self._pulse = asyncio.Event()
        if self.has_app:
            self.tokens.grant()

    # Of the app, whichever workspace it is asked of.

    @property
    def app_id(self) -> str:
        return self.registration.app_id

    @property
    def signing_secret(self) -> str:
        return self.registration.signing_secret

    @property
    def verification_token(self) -> str:
        return self.registration.verification_token

    @property
    def app_token(self) -> str:
        return self.registration.app_token

    @property
    def client_id(self) -> str:
        return self.registration.client_id

    @property
    def client_secret(self) -> str:
        return self.registration.client_secret

    @property
    def courier(self) -> Courier:
        return self.registration.courier

    @property
    def sockets(self) -> Sockets:
        return self.registration.sockets

    @property
    def bot_token(self) -> str:
        return self.tokens.current

    def changed(self) -> None:
        """Tell everyone who waits that the workspace is not what it was."""
        self.revision += 1
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()

    async def wait_until(self, predicate: Callable[[], T], timeout: float = DEFAULT_WAIT) -> T:  # noqa: ASYNC109 - a person's patience is part of the act.
        """Look again after every change; return what was found, or raise TimeoutError."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                await self._pulse.wait()
        return found

    def go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for; `close` ends it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._gone_on)

    def _gone_on(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.changed()

    async def close(self) -> None:
        self.closing.set()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.courier.close()

    def reader(self, account: Account | None = None) -> Reader:
        return Reader(
            name_of_user=self._name_of_user,
            name_of_channel=lambda id_: self.conversations[id_].name,
            now=self.clock,
            locale=account.locale if account else "en-US",
            tz=account.tz if account else "UTC",
        )

    def _name_of_user(self, user_id: str) -> str:
        account = self.accounts.get(user_id)
        return account.real_name if account else user_id

    def account(self, user_id: str) -> Account:
        if user_id not in self.accounts:
            raise ApiError("user_not_found")
        return self.accounts[user_id]

    def direct_with(self, user_id: str) -> Conversation:
        """Return the conversation between the app and one person, opened on first need."""
        members = {user_id, self.bot_user_id}
        for conversation in self.conversations.values():
            if conversation.kind is Kind.DIRECT and conversation.members == members:
                return conversation
        return self.add_conversation(kind=Kind.DIRECT, name="directmessage", members=members)

    def add_conversation(self, *, kind: Kind, name: str, members: set[str]) -> Conversation:
        prefix = "D" if kind is Kind.DIRECT else "C"
        conversation = Conversation(
            id=self.mint.identity(prefix),
            name=name,
            kind=kind,
            members=members,
            created=int(self.clock()),
        )
        self.conversations[conversation.id] = conversation
        return conversation

    def act(self, user_id: str) -> Account:
        """Note that the person does something; replies are counted from here."""
        account = self.accounts[user_id]
        if account.deleted:
            raise CannotDo(f"{account.real_name} is deactivated")
        self.last_act[user_id] = self.mint.ts()
        return account

    def hear(self, post: Post) -> None:
        """Put a message before the people it is for."""
        if post.seen_only_by:
            self.ephemerals.append(post)
        else:
            self.conversations[post.channel_id].keep(post)
        self.changed()

    def stack_of(self, user_id: str) -> list[View]:
        return self.stacks.setdefault(user_id, [])

    def open_views(self) -> list[View]:
        return [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]

    def close_views(self, user_id: str, *, down_to: View | None = None) -> None:
        """Close the person's modals from the top; with `down_to`, that one is the last to go."""
        stack = self.stack_of(user_id)
        while stack:
            view = stack.pop()
            view.is_open = False
            if view is down_to:
                break
        self.changed()
