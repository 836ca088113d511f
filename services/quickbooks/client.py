"""QuickBooks' API over HTTP."""

from datetime import date, timedelta
from typing import Any

import httpx
import structlog

from services.domain.connection import Company
from services.domain.ids import RealmId
from services.domain.sync import NotSent, Operation, Outcome, ReplyLost
from services.errors import TryLater
from services.ports import Access
from services.quickbooks.faults import Reply, read_one, read_read, read_write
from services.quickbooks.mapping import company
from services.quickbooks.throttle import Pace

log = structlog.get_logger()

CONNECT_TIMEOUT = timedelta(seconds=5)
READ_TIMEOUT = timedelta(seconds=130)  # QuickBooks gives up at 120 s.
WRITE_TIMEOUT = timedelta(seconds=10)
POOL_TIMEOUT = timedelta(seconds=10)
CONNECTIONS = 32
MINOR_VERSION = "75"  # What QuickBooks serves for all older ones too.
PAGE = 1000  # QuickBooks' largest.
# What QuickBooks calls an operation that is no plain create or update.
_WORDS = {Operation.DELETE: "delete", Operation.VOID: "void"}
_OLDEST_FIRST = " ORDERBY MetaData.CreateTime"  # What is new comes last, and shifts no page.
MAX_PAGES = 50  # 50,000 objects: no look-up of ours should come near.


def open_http(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Open the one client that all calls share."""
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(
            connect=CONNECT_TIMEOUT.total_seconds(),
            read=READ_TIMEOUT.total_seconds(),
            write=WRITE_TIMEOUT.total_seconds(),
            pool=POOL_TIMEOUT.total_seconds(),
        ),
        limits=httpx.Limits(max_connections=CONNECTIONS),
        trust_env=False,  # A stray .netrc must not replace the bearer token.
    )


class QuickBooksClient:
    """The port `Books`, for real."""

    def __init__(self, http: httpx.AsyncClient, *, api_url: str) -> None:
        self._http = http
        self._api_url = api_url.rstrip("/")
        self._pace = Pace()

    async def write(
        self, access: Access, entity: str, operation: Operation, body: str, request_id: str
    ) -> Outcome:
        """Send the JSON text `body` as it stands.

        Raise AccessExpired, ConnectionLost or Throttled where it certainly was not taken.
        """
        await self._pace.turn(access.realm_id)
        asked = {"requestid": request_id, "minorversion": MINOR_VERSION}
        if word := _WORDS.get(operation):
            asked["operation"] = word
        try:
            response = await self._http.post(
                self._url(access.realm_id, entity.lower()),
                params=asked,
                headers={**_headers(access), "Content-Type": "application/json"},
                content=body,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return NotSent("QuickBooks cannot be reached")
        except httpx.RequestError as error:  # An answer that cannot be unpacked is lost too.
            log.info("reply lost", error=type(error).__name__)
            return ReplyLost("QuickBooks has not answered")
        return read_write(_reply(response), entity)

    async def find(self, access: Access, entity: str, qbo_id: str) -> dict[str, Any] | None:
        """None where it is gone.

        Raise AccessExpired, ConnectionLost, Throttled or TryLater.
        """
        path = f"{entity.lower()}/{qbo_id}"
        return read_one(await self._get(access, path, {}), entity)

    async def query(self, access: Access, entity: str, where: str) -> list[dict[str, Any]]:
        """Read all matches, page by page.

        Raise AccessExpired, ConnectionLost, Throttled or TryLater.
        """
        rows: list[dict[str, Any]] = []
        for page in range(MAX_PAGES):
            found = await self._page(access, entity, where, start=page * PAGE + 1)
            rows.extend(found)
            if len(found) < PAGE:
                return rows
        raise TryLater(f"more than {MAX_PAGES * PAGE} matches in QuickBooks")

    async def page(
        self, access: Access, entity: str, where: str, *, start: int
    ) -> list[dict[str, Any]]:
        """Read a thousand matches, from the `start`-th on, the oldest first.

        Raise AccessExpired, ConnectionLost, Throttled or TryLater.
        """
        return await self._page(access, entity, where, order=_OLDEST_FIRST, start=start)

    async def _page(
        self, access: Access, entity: str, where: str, *, start: int, order: str = ""
    ) -> list[dict[str, Any]]:
        condition = f" WHERE {where}" if where else ""
        text = (
            f"SELECT * FROM {entity}{condition}{order}"  # noqa: S608 - callers quote.
            f" STARTPOSITION {start} MAXRESULTS {PAGE}"
        )
        answer = await self._read(access, "query", {"query": text})
        return list(answer.get("QueryResponse", {}).get(entity, []))

    async def read_company(self, access: Access) -> Company:
        info = await self._read(access, f"companyinfo/{access.realm_id}", {})
        preferences = await self._read(access, "preferences", {})
        return company.read_company(
            info.get("CompanyInfo", {}),
            preferences.get("Preferences", {}),
            accounts=await self.query(access, "Account", company.ACCOUNTS),
            items=await self.query(access, "Item", company.ITEMS),
            methods=await self.query(access, "PaymentMethod", company.METHODS),
        )

    async def read_closing_date(self, access: Access) -> date | None:
        preferences = await self._read(access, "preferences", {})
        return company.read_closing_date(preferences.get("Preferences", {}))

    async def _read(self, access: Access, path: str, params: dict[str, str]) -> dict[str, Any]:
        return read_read(await self._get(access, path, params))

    async def _get(self, access: Access, path: str, params: dict[str, str]) -> Reply:
        await self._pace.turn(access.realm_id)
        try:
            response = await self._http.get(
                self._url(access.realm_id, path),
                params={**params, "minorversion": MINOR_VERSION},
                headers=_headers(access),
            )
        except httpx.RequestError as error:
            raise TryLater("QuickBooks cannot be reached") from error
        return _reply(response)

    def _url(self, realm: RealmId, path: str) -> str:
        return f"{self._api_url}/v3/company/{realm}/{path}"


def _headers(access: Access) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.access_token}", "Accept": "application/json"}


def _reply(response: httpx.Response) -> Reply:
    return Reply(
        status=response.status_code,
        body=response.content,
        tid=response.headers.get("intuit_tid"),
        retry_after=response.headers.get("Retry-After"),
    )
