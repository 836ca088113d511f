"""The simulated QuickBooks Online: companies, an app's keys, the weather, and an ASGI app."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from random import Random, SystemRandom

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import FaultPlan
from sandbox.quickbooks.gateway import Gateway, Served
from sandbox.quickbooks.limits import Limits
from sandbox.quickbooks.oauth import App, Consent, OAuth
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.seeds import Profile
from sandbox.quickbooks.tokens import TokenRules, Tokens
from sandbox.quickbooks.weather import Weather

MOST_REQUESTS_LOGGED = 10_000
ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting"
EVERY_SCOPE = f"{ACCOUNTING_SCOPE} openid profile email"
PACIFIC = timezone(timedelta(hours=-8))  # The sandbox company's own offset.
METHODS = ["GET", "POST", "PUT", "DELETE"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class QuickBooks:
    """Everything follows from `clock` and `chance`; with both given, runs repeat exactly."""

    def __init__(
        self, *, clock: Callable[[], datetime] = _utc_now, chance: Random | None = None
    ) -> None:
        self.clock = clock
        self.chance = chance or SystemRandom()
        self.weather = Weather()
        self.limits = Limits()
        self.rules = Rules()
        self.token_rules = TokenRules()
        self.faults = FaultPlan(self.chance)
        self.tokens = Tokens(clock=clock, chance=self.chance)
        self.companies: dict[str, Company] = {}
        self.consent = Consent.GRANTED
        self.consent_company: Company | None = None  # None: the first one.
        self.requests: deque[Served] = deque(maxlen=MOST_REQUESTS_LOGGED)
        self.app_keys = App(
            client_id=self.tokens.secret("AB", 48),
            client_secret=self.tokens.secret("", 40),
            redirect_uris=[],
        )
        self.webhook_verifier_token = self.tokens.secret("", 36)
        self._gateway = Gateway(self)
        self.app = self._build()

    @property
    def client_id(self) -> str:
        return self.app_keys.client_id

    @property
    def client_secret(self) -> str:
        return self.app_keys.client_secret

    @property
    def redirect_uris(self) -> list[str]:
        """Redirects the app registered; while it is empty, every one is accepted."""
        return self.app_keys.redirect_uris

    @redirect_uris.setter
    def redirect_uris(self, uris: list[str]) -> None:
        self.app_keys.redirect_uris = uris

    def add_company(
        self,
        *,
        name: str,
        country: str = "US",
        currency: str = "USD",
        offset: timezone = PACIFIC,
        sales_tax: bool = False,
    ) -> Company:
        """With `sales_tax` outside the US, no sale is saved without a tax code on every line."""
        realm_id = f"934145{self.chance.randrange(10**10):010d}"
        company = Company(
            realm_id=realm_id,
            profile=Profile(name=name, country=country, currency=currency, sales_tax=sales_tax),
            offset=offset,
            clock=self.clock,
            rules=lambda: self.rules,
        )
        self.companies[realm_id] = company
        return company

    def issue_tokens(self, company: Company) -> tuple[str, str]:
        """An access and a refresh token, without the way through the browser."""
        pair = self.tokens.connect(
            realm_id=company.realm_id, client_id=self.client_id, scope=EVERY_SCOPE
        )
        return pair.access_token, pair.refresh_token

    def log(self, served: Served) -> None:
        self.requests.append(served)

    def trace_id(self) -> str:
        return f"1-{self.chance.getrandbits(32):08x}-{self.chance.getrandbits(96):024x}"

    def _build(self) -> Starlette:
        company_route = Route(
            "/v3/company/{realm_id}/{rest:path}", self._gateway.serve, methods=METHODS
        )
        return Starlette(routes=[company_route, *OAuth(self).routes()])
