"""The ways into Slack: one workspace with the operator's token, or many that installed us."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Config
from bot.firm_client import FindInstallation, FirmClient
from bot.installer import SlackInstaller
from bot.slack import OneWorkspace, Workspaces, build_client, client_settings
from handlers.errors import Background
from services.bot_tokens import BotTokens
from services.db.engine import Database
from services.db.installations import InstallationStore
from services.domain.ids import FirmId
from services.domain.installation import Installation
from services.errors import NotInstalled, TryLater
from services.installations import Installations, Installing
from services.ports import Clock

log = structlog.get_logger()

MOST_KEPT = 1_000  # Firms whose token is at hand; those of others are looked up again.
NOT_INSTALLED = (
    "Counterfoil is not installed in this workspace, or not any more. Whoever may add apps here "
    "installs it at {address}. What was recorded before is kept."
)


class ManyWorkspaces(AsyncAuthorize):
    """Who we are in each workspace: looked up in the ledger once a minute, never asked of Slack."""

    def __init__(
        self,
        tokens: BotTokens,
        background: Background,
        build: Callable[[FindInstallation], FirmClient],
        address: str,
    ) -> None:
        """`address` is where Counterfoil is installed."""
        super().__init__()  # type: ignore[no-untyped-call] # Bolt's.
        self._tokens, self._background, self._build = tokens, background, build
        self._clients: OrderedDict[FirmId, FirmClient] = OrderedDict()
        self.refusal = NOT_INSTALLED.format(address=address)

    def client_of(self, firm: FirmId) -> AsyncWebClient:
        return self._client_of(firm)

    def forget(self, firm: FirmId) -> None:
        """What was known of its installation is not true any more."""
        if firm in self._clients:
            self._clients[firm].forget()

    async def __call__(self, *, team_id: str | None, **_: object) -> AuthorizeResult | None:
        """None for a request from a workspace that has not installed us."""
        if team_id is None:
            return None
        try:
            found = await self._client_of(FirmId(team_id)).installation()
        except NotInstalled:
            log.info("turned away: not installed there", team=team_id)
            return None
        except TryLater as error:
            log.warning("turned away", team=team_id, error=type(error).__name__)
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.firm_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.bot_token,
        )

    def _client_of(self, firm: FirmId) -> FirmClient:
        if firm not in self._clients:
            self._clients[firm] = self._build(partial(self._find, firm))
        self._clients.move_to_end(firm)
        if len(self._clients) > MOST_KEPT:
            self._clients.popitem(last=False)
        return self._clients[firm]

    async def _find(self, firm: FirmId, refused: str | None) -> Installation:
        """To its end, also where whoever asks stops waiting: a refresh must not be broken off."""
        return await self._background.unbroken(self._tokens.current(firm, refused=refused))


@dataclass(frozen=True)
class Slack:
    """`installing` is None where the operator's token is for one workspace."""

    workspaces: Workspaces
    installations: Installations
    installing: Installing | None


def open_slack(
    config: Config,
    session: aiohttp.ClientSession,
    database: Database,
    *,
    clock: Clock,
    ring: Callable[[], None],
    background: Background,
) -> Slack:
    """As the settings say: into one workspace, or into all that install us."""

    def changed(firm: FirmId) -> None:
        workspaces.forget(firm)
        ring()

    installations = Installations(database, InstallationStore(config.vault), clock, changed)
    if token := config.slack_bot_token:
        client = build_client(config, session, token=token.get_secret_value())
        workspaces: Workspaces = OneWorkspace(client)
        return Slack(workspaces, installations, None)
    installer = _installer(config, session)
    tokens = BotTokens(database, installations.store, installations, installer, clock)
    workspaces = ManyWorkspaces(
        tokens,
        background,
        lambda find: FirmClient(find, **client_settings(config, session)),
        f"{config.public_url.rstrip('/')}/slack/install",
    )
    return Slack(workspaces, installations, Installing(installations, installer))


def _installer(config: Config, session: aiohttp.ClientSession) -> SlackInstaller:
    secret = config.slack_client_secret
    return SlackInstaller(
        client=build_client(config, session, token=None),
        client_id=config.slack_client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        page=config.slack_authorize_url,
        redirect_uri=f"{config.public_url.rstrip('/')}/slack/oauth_redirect",
    )
