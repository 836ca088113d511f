"""The app as it is registered at Slack: what all workspaces share that it is installed in."""

import random
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from sandbox.slack.delivery import Courier
from sandbox.slack.mint import Clock, Mint
from sandbox.slack.sockets import Sockets
from sandbox.slack.tokens import EXPIRES_IN

if TYPE_CHECKING:
    from sandbox.slack.world import World


class Registration:
    """`workspaces` are those that may install it, `signed_in` the one whose page a browser shows.

    Unless somebody signs in, that is the first one without the app.
    """

    def __init__(self, *, mint: Mint, chance: random.Random, clock: Clock) -> None:
        self.app_id = mint.identity("A")
        self.signing_secret = mint.secret(32)
        self.verification_token = mint.word(24)
        self.app_token = f"xapp-1-{self.app_id}-{mint.word(13)}-{mint.secret(64)}"
        self.client_id = f"{mint.secret(11)}.{mint.secret(13)}"
        self.client_secret = mint.secret(32)
        self.rotates_tokens = False
        self.tokens_last = EXPIRES_IN
        self.redirect_urls: set[str] = set()  # Where nobody entered any, all are taken.
        self.workspaces: list[World] = []
        self.signed_in: World | None = None
        self.courier = Courier(signing_secret=self.signing_secret, clock=clock)
        self.sockets = Sockets(
            app_id=self.app_id,
            mint=mint,
            chance=chance,
            clock=clock,
            go_on=self._go_on,
            changed=self._changed,
        )

    def workspace(self, team_id: str = "") -> "World | None":
        """The one that the install page is for."""
        if team_id:
            return next((each for each in self.workspaces if each.team_id == team_id), None)
        without = [each for each in self.workspaces if not each.has_app]
        return self.signed_in or [*without, *self.workspaces][0]

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        self.workspaces[0].go_on(work)

    def _changed(self) -> None:
        for workspace in self.workspaces:
            workspace.changed()
