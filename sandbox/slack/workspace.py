"""The simulated workspace whole: its people and channels, its Web API, and the app it talks to."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypedDict, Unpack

import httpx
from starlette.applications import Starlette

from sandbox.slack import events, payloads
from sandbox.slack.api import ALL_SCOPES, web_api
from sandbox.slack.delivery import SOCKETS, Answer
from sandbox.slack.errors import CannotDo
from sandbox.slack.message import Channel, Message
from sandbox.slack.mint import Clock
from sandbox.slack.person import Person
from sandbox.slack.records import Account, Kind, Payload
from sandbox.slack.world import Wishes, World


class Traits(TypedDict, total=False):
    """What may be said of a person; what is not said stays as a new account has it."""

    admin: bool
    owner: bool
    guest: bool
    locale: str
    tz: str
    deleted: bool
    team_id: str  # Another workspace's, for someone in a shared channel.


class Workspace(World):
    def __init__(
        self,
        name: str = "Larkspur",
        *,
        clock: Clock = time.time,
        chance: random.Random | None = None,
        rate_limits: bool = True,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        shares_app_of: World | None = None,
        has_app: bool = True,
    ) -> None:
        """`shares_app_of`: what is installed here, or can be, is that workspace's app."""
        super().__init__(
            Wishes(
                name=name,
                clock=clock,
                chance=chance or random.Random(),
                rate_limits=rate_limits,
                sleep=sleep,
                registration=shares_app_of.registration if shares_app_of else None,
                has_app=has_app,
            )
        )
        self.scopes = set(ALL_SCOPES)
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.app: Starlette = web_api(self.registration)
        self.accounts[self.bot_user_id] = Account(
            id=self.bot_user_id, team_id=self.team_id, handle="bot", real_name="Bot", bot=True
        )

    @property
    def api_url(self) -> str:
        """The base URL for the SDK's client."""
        return f"{self.base_url}/api/"

    def deliver_to(self, url: str, client: httpx.AsyncClient | None = None) -> None:
        """Send commands, interactions and events there; a given client stays the caller's.

        SOCKETS in place of a URL: over whatever sockets the app opens.
        """
        if url == SOCKETS:
            self.courier.hand_to(self.sockets.carry)
        else:
            self.courier.aim(url, client)

    def add_person(self, name: str, **traits: Unpack[Traits]) -> Person:
        traits.setdefault("team_id", self.team_id)
        account = Account(
            id=self.mint.identity("U"),
            handle=name.lower().replace(" ", "."),
            real_name=name,
            updated=int(self.clock()),
            **traits,
        )
        self.accounts[account.id] = account
        person = self.people[account.id] = Person(self, account)
        self.changed()
        return person

    def add_channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: Iterable[Person] = (),
        with_app: bool = True,
    ) -> Channel:
        inside = {person.id for person in members} | ({self.bot_user_id} if with_app else set())
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        channel = Channel(self, self.add_conversation(kind=kind, name=name, members=inside))
        self.channels[channel.id] = channel
        return channel

    async def deactivate(self, person: Person) -> Answer:
        return await self.change(person, deleted=True)

    async def change(self, person: Person, **traits: Unpack[Traits]) -> Answer:
        """Change what an account says of a person and tell the app by `user_change`."""
        for name, value in traits.items():
            if not hasattr(person.account, name):
                raise CannotDo(f"an account has no {name!r}")
            setattr(person.account, name, value)
        person.account.updated = int(self.clock())
        self.changed()
        return await events.tell(self, payloads.user_change(self, person.account))

    def sign_in(self) -> None:
        """Whoever opens the install page from now on does so for this workspace."""
        self.registration.signed_in = self

    async def uninstall(self) -> list[Answer]:
        """Remove the app, and tell it; Slack promises no order of its two events."""
        self.has_app = False
        revoked = self._revoke("account_inactive")
        return [await events.tell(self, told) for told in ({"type": "app_uninstalled"}, revoked)]

    async def revoke_tokens(self) -> Answer:
        """The app stays, and may do nothing until it is installed anew."""
        return await events.tell(self, self._revoke("token_revoked"))

    def _revoke(self, reason: str) -> Payload:
        self.tokens.revoke(reason)
        for conversation in self.conversations.values():
            if conversation.kind is not Kind.DIRECT:
                conversation.members.discard(self.bot_user_id)
        self.changed()
        return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot_user_id]}}

    async def verify_url(self) -> Answer:
        return await events.verify_url(self)

    @property
    def mass_mentions(self) -> list[str]:
        """Every mention of a whole channel in any message that is there now."""
        posts = [p for c in self.conversations.values() for p in c.posts.values()]
        messages = [Message(self, post, None) for post in [*posts, *self.ephemerals]]
        return [mention for message in messages for mention in message.mass_mentions]
