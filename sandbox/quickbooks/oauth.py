"""Intuit's OAuth 2.0 endpoints: discovery, a consent page that grants by itself, and tokens."""

import asyncio
import json
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.quickbooks import answers, refusals
from sandbox.quickbooks.answers import CutAnswer
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import FaultPlan, Kind
from sandbox.quickbooks.tokens import (
    REFRESH_LIFETIME,
    Connection,
    InvalidGrantError,
    TokenPair,
    TokenRules,
    Tokens,
)
from sandbox.quickbooks.wire import JsonObject

TOKEN_PATH = "/oauth2/v1/tokens/bearer"
OPERATIONS = {"authorization_code": "exchange", "refresh_token": "refresh"}
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
USER = {
    "sub": "a5d1c9f0-0000-4000-8000-000000000001",
    "email": "robin@example.com",
    "emailVerified": True,
    "givenName": "Robin",
    "familyName": "Mercer",
}


class Consent(Enum):
    """What the person at the consent page decides."""

    GRANTED = "granted"
    DENIED = "denied"


@dataclass
class App:
    """The registered app; any redirect is accepted while none is registered."""

    client_id: str
    client_secret: str
    redirect_uris: list[str]


class Conditions(Protocol):
    app_keys: App
    tokens: Tokens
    token_rules: TokenRules
    consent: Consent
    consent_company: Company | None
    companies: dict[str, Company]
    faults: FaultPlan

    def trace_id(self) -> str: ...


class OAuth:
    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid_sandbox_configuration", self.discover),
            Route("/.well-known/openid_sandbox_configuration/", self.discover),
            Route("/connect/oauth2", self.authorize),
            Route(TOKEN_PATH, self.issue, methods=["POST"]),
            Route("/v2/oauth2/tokens/revoke", self.revoke, methods=["POST"]),
            Route("/v1/openid_connect/userinfo", self.tell_user),
            Route("/op/v1/jwks", self.tell_keys),
        ]

    async def discover(self, request: Request) -> Response:
        here = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "issuer": f"{here}/op/v1",
                "authorization_endpoint": f"{here}/connect/oauth2",
                "token_endpoint": f"{here}{TOKEN_PATH}",
                "userinfo_endpoint": f"{here}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{here}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{here}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        """Decide at once, as `consent` says; the query's realmId picks another company."""
        asked, app = request.query_params, self._conditions.app_keys
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != app.client_id or not redirect_uri:
            return Response("The app is not known here.", 400, media_type="text/html")
        if app.redirect_uris and redirect_uri not in app.redirect_uris:
            return Response("The redirect_uri is not registered.", 400, media_type="text/html")
        company = self._chosen(asked.get("realmId"))
        if self._conditions.consent is Consent.DENIED or company is None:
            return _redirect(redirect_uri, error="access_denied", state=asked.get("state", ""))
        code = self._conditions.tokens.issue_code(
            realm_id=company.realm_id,
            client_id=app.client_id,
            redirect_uri=redirect_uri,
            scope=asked.get("scope", ""),
        )
        state = asked.get("state", "")
        return _redirect(redirect_uri, code=code, state=state, realmId=company.realm_id)

    def _chosen(self, realm_id: str | None) -> Company | None:
        companies = self._conditions.companies
        if realm_id is not None:
            return companies.get(realm_id)
        return self._conditions.consent_company or next(iter(companies.values()), None)

    async def issue(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        operation = OPERATIONS.get(form.get("grant_type", ""), "unknown")
        fault = self._conditions.faults.draw_for_token(operation)
        if fault is None:
            return self._issue(request, form, operation)
        wait = fault.wait.total_seconds() if fault.wait else 0
        match fault.kind:
            case Kind.CUT_BEFORE:
                return CutAnswer()
            case Kind.SLOW:
                await asyncio.sleep(wait)
                return self._issue(request, form, operation)
            case Kind.CUT_AFTER:
                self._issue(request, form, operation)
                return CutAnswer()
            case Kind.SLOW_ANSWER:
                answer = self._issue(request, form, operation)
                await asyncio.sleep(wait)
                return answer
            case _:
                if fault.committed:
                    self._issue(request, form, operation)
                return answers.unavailable({"intuit_tid": self._conditions.trace_id()})

    def _issue(self, request: Request, form: dict[str, str], operation: str) -> Response:
        client_id = self._authenticated(request)
        if client_id is None:
            return self._json({"error": "invalid_client"}, 401)
        try:
            pair = self._pair(form, operation, client_id)
        except InvalidGrantError as error:
            return self._json({"error": "invalid_grant", "error_description": str(error)}, 400)
        if pair is None:
            return self._json({"error": "unsupported_grant_type"}, 400)
        asks_for_hard_expiry = request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true"
        return self._json(_token_reply(pair, hard_expiry=asks_for_hard_expiry), 200)

    def _pair(self, form: dict[str, str], operation: str, client_id: str) -> TokenPair | None:
        match operation:
            case "exchange":
                redirect_uri = form.get("redirect_uri", "")
                return self._conditions.tokens.exchange(
                    form.get("code", ""), client_id=client_id, redirect_uri=redirect_uri
                )
            case "refresh":
                return self._conditions.tokens.refresh(
                    form.get("refresh_token", ""),
                    client_id=client_id,
                    rules=self._conditions.token_rules,
                )
            case _:
                return None

    async def revoke(self, request: Request) -> Response:
        if self._authenticated(request) is None:
            return self._json({"error": "invalid_client"}, 401)
        try:
            token = str(json.loads(await request.body())["token"])
        except (ValueError, KeyError, TypeError):
            return self._json({"error": "invalid_request"}, 400)
        if not self._conditions.tokens.revoke(token):
            return self._json({"error": "invalid_request"}, 400)
        return Response(status_code=200, headers={"intuit_tid": self._conditions.trace_id()})

    async def tell_user(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        connection = self._conditions.tokens.find_bearer(token)
        if not isinstance(connection, Connection):
            fault = refusals.not_authenticated(connection)
            return self._json(fault.to_content(epoch_ms=0), 401)
        if "openid" not in connection.scope.split():
            return self._json({"error": "insufficient_scope"}, 403)
        return self._json(USER, 200)

    async def tell_keys(self, request: Request) -> Response:
        """No id token is issued here, so there is no key to check one with."""
        del request
        return self._json({"keys": []}, 200)

    def _authenticated(self, request: Request) -> str | None:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            client_id, _, secret = b64decode(encoded).decode().partition(":")
        except (NotBase64, UnicodeDecodeError):
            return None
        app = self._conditions.app_keys
        known = (client_id, secret) == (app.client_id, app.client_secret)
        return client_id if scheme.lower() == "basic" and known else None

    def _json(self, content: JsonObject, status: int) -> Response:
        headers = {"intuit_tid": self._conditions.trace_id(), "Cache-Control": "no-store"}
        return JSONResponse(content, status, headers)


def _redirect(uri: str, **answer: str) -> Response:
    joint = "&" if "?" in uri else "?"
    return RedirectResponse(f"{uri}{joint}{urlencode(answer)}", 302)


def _token_reply(pair: TokenPair, *, hard_expiry: bool) -> JsonObject:
    reply: JsonObject = {
        "token_type": "bearer",
        "expires_in": int(pair.access_expires_in.total_seconds()),
        "refresh_token": pair.refresh_token,
        "x_refresh_token_expires_in": int(REFRESH_LIFETIME.total_seconds()),
        "access_token": pair.access_token,
    }
    if hard_expiry:
        reply["x_refresh_token_hard_expires_in"] = int(pair.hard_expires_in.total_seconds())
    return reply
