"""Slack's OAuth without a wire: the simulated workspace answers in this process."""

import asyncio
from datetime import timedelta

from sandbox.slack import ApiError, Workspace
from sandbox.slack.methods import oauth
from sandbox.slack.methods.method import Args
from sandbox.slack.records import Payload
from services.domain.ids import FirmId, UserId
from services.errors import NotInstalled, Refused
from services.ports import Installed, SlackTokens


class InProcessSlack:
    """The port `Installer`; `answers` can be held back, and `fails_with` is raised instead."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.refreshes = 0
        self.fails_with: Exception | None = None
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    def authorize_url(self, state: str) -> str:
        return f"https://slack.test/oauth/v2/authorize?state={state}"

    async def exchange(self, code: str) -> Installed:
        try:
            told = self._ask(code=code)
        except ApiError as error:
            raise Refused(str(error)) from None
        return Installed(
            firm_id=FirmId(told["team"]["id"]),
            name=told["team"]["name"],
            enterprise_id=None,
            bot_id=self.workspace.bot_id,
            bot_user_id=told["bot_user_id"],
            scopes=frozenset(told["scope"].split(",")),
            installed_by=UserId(told["authed_user"]["id"]),
            tokens=_tokens(told),
        )

    async def refresh(self, refresh_token: str) -> SlackTokens:
        self.refreshes += 1
        self.asked.set()
        await self.answers.wait()
        if self.fails_with:
            raise self.fails_with
        try:
            return _tokens(self._ask(grant_type="refresh_token", refresh_token=refresh_token))
        except ApiError as error:
            raise NotInstalled(str(error)) from None

    def _ask(self, **grant: str) -> Payload:
        ours = self.workspace
        return oauth.access(
            ours, Args({"client_id": ours.client_id, "client_secret": ours.client_secret, **grant})
        )

    def opens(self, token: str) -> bool:
        """Whether Slack lets its bearer in."""
        try:
            self.workspace.tokens.check(token)
        except ApiError:
            return False
        return True


def _tokens(told: Payload) -> SlackTokens:
    expires_in = told.get("expires_in")
    return SlackTokens(
        bot_token=told["access_token"],
        refresh_token=told.get("refresh_token"),
        lasts=timedelta(seconds=expires_in) if expires_in else None,
    )
