"""Who is asking, and whether they may."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from services.domain.acting import let_in
from services.domain.ids import FirmId, UserId
from services.domain.ledger import Settings
from services.domain.members import Member, Role
from services.errors import Refused, TryLater
from services.members import Members

ASK_SLACK_FOR = timedelta(seconds=1.5)  # Leaves time to answer within Slack's three seconds.
_ONLY_OURS = "Only full members of this workspace can use Counterfoil."
_MAY = {
    Role.RECORDER: "record payments",
    Role.APPROVER: "undo what is in QuickBooks",
    Role.ADMIN: "connect QuickBooks or change settings",
}


@dataclass(frozen=True)
class Doorkeeper:
    members: Members

    async def admit(
        self, client: AsyncWebClient, body: dict[str, Any], role: Role
    ) -> tuple[Member, Settings]:
        """The person behind a payload, and what their firm chose.

        Refused where their role is less, TryLater where Slack does not say who they are.
        """
        firm, user = sender(body)
        found = await self.members.find(firm, user)
        if found is None:
            await self.members.remember(await self._ask_slack(client, firm, user))
            found = await self.members.find(firm, user)
        if found is None:
            raise TryLater("Your account has just changed in Slack. Please try again.")
        member, _ = found
        if member.role < role:
            raise Refused(_refusal(member, role))
        let_in(user, member.role)
        return found

    async def find(self, client: AsyncWebClient, firm: FirmId, user: UserId) -> Member:
        """Anybody of the workspace; TryLater where Slack does not say who they are."""
        found = await self.members.find(firm, user)
        if found is not None:
            return found[0]
        member = await self._ask_slack(client, firm, user)
        await self.members.remember(member)
        return member

    async def _ask_slack(self, client: AsyncWebClient, firm: FirmId, user: UserId) -> Member:
        try:
            async with asyncio.timeout(ASK_SLACK_FOR.total_seconds()):
                answer = await client.users_info(user=user, include_locale=True)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            raise TryLater("Slack did not tell me who you are. Please try again.") from error
        return read_member(answer["user"], firm)


def sender(body: dict[str, Any]) -> tuple[FirmId, UserId]:
    """The workspace and the person of any payload: commands are flat, interactions are not."""
    firm = body.get("team_id") or (body.get("team") or {}).get("id")
    user = body.get("user_id") or (body.get("user") or {}).get("id")
    if not firm or not user:
        raise Refused("Slack did not say who you are.")
    shown_by = (body.get("view") or {}).get("app_installed_team_id")
    if shown_by not in {None, firm}:  # A form of theirs, opened in a channel that both share.
        raise Refused(_ONLY_OURS)
    return FirmId(firm), UserId(user)


def read_member(user: dict[str, Any], firm: FirmId) -> Member:
    """Read Slack's description of a person."""
    outside = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    return Member(
        firm_id=firm,
        user_id=UserId(user["id"]),
        is_admin=any(user.get(rank) for rank in ("is_admin", "is_owner", "is_primary_owner")),
        is_outsider=any(user.get(kind) for kind in outside) or user.get("team_id", firm) != firm,
        locale=user.get("locale") or "en-US",
        timezone=user.get("tz") or "UTC",
    )


def _refusal(member: Member, role: Role) -> str:
    if member.role is Role.NOBODY:
        return _ONLY_OURS
    whose = "your workspace's" if member.rank_counts else "Counterfoil's"
    return f"Only {role.name.lower()}s may {_MAY[role]}. Ask one of {whose} admins."
