"""The peer: a bare Bolt app that does the same two jobs with nothing around them.

It acknowledges a command and opens a modal that never changes; and it writes a submission with
the statements that ours comes down to, in raw SQL, to the same tables with the same settings.
"""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
import aiosqlite
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from bench.payloads import BOT_TOKEN, SIGNING_SECRET, TEAM, USER
from handlers import ids
from handlers.payments.draft import Draft
from handlers.payments.views import payment_modal

NUMBER = (
    "UPDATE firms SET next_payment_number = next_payment_number + 1 WHERE id = ?"
    " RETURNING next_payment_number"
)
PAYMENT = (
    "INSERT INTO payments (id, firm_id, number, client_id, amount_minor, currency, received_on,"
    " method, reference, submission_id, submission_digest, notice_version, notice_due_at,"
    " notice_attempt, status, linked, generation, version, created_by, created_at)"
    " VALUES (?, ?, ?, ?, ?, 'USD', ?, ?, ?, ?, 'digest', 0, 0, 0, 'syncing', 0, 1, 1, ?, 0)"
)
HEAD = "SELECT sequence FROM audit_heads WHERE firm_id = ?"
AUDIT = (
    "INSERT INTO audit (firm_id, sequence, at, actor, action, record_kind, record_id, change, hash)"
    " VALUES (?, ?, 0, ?, 'payment recorded', 'payment', ?, ?, 'none')"
)
ASK = (
    "INSERT INTO outbox (firm_id, record_kind, record_id, operation, request_id, state, attempt,"
    " unresolved, due_at, requested_by, created_at)"
    " VALUES (?, 'payment', ?, 'create', ?, 'pending', 0, 0, 9e18, ?, 0)"
)


async def write(db: aiosqlite.Connection, view: dict[str, Any]) -> None:
    values = view["state"]["values"]
    payment, client = uuid.uuid4().hex, values[ids.CLIENT][ids.CLIENT]["selected_option"]["value"]
    await db.execute("BEGIN IMMEDIATE")
    (number,) = tuple(*await (await db.execute(NUMBER, (TEAM,))).fetchall())
    await db.execute(
        PAYMENT,
        (
            payment,
            TEAM,
            number,
            uuid.UUID(client).hex,
            125000,
            values[ids.RECEIVED_ON][ids.RECEIVED_ON]["selected_date"],
            values[ids.METHOD][ids.METHOD]["selected_option"]["value"],
            values[ids.REFERENCE][ids.REFERENCE]["value"],
            view["id"],
            USER,
        ),
    )
    (last,) = tuple(*await (await db.execute(HEAD, (TEAM,))).fetchall())
    await db.execute(AUDIT, (TEAM, last + 1, USER, payment, json.dumps({"number": number})))
    await db.execute(ASK, (TEAM, payment, payment, USER))
    await db.execute("COMMIT")


def build_app(db: aiosqlite.Connection, session: aiohttp.ClientSession) -> AsyncApp:
    known = AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_id="B0", bot_user_id="U0BOT", bot_token=BOT_TOKEN
    )

    async def authorize() -> AuthorizeResult:
        return known

    # Bolt copies each request for its lazy listeners, and a shared session cannot be copied.
    slack = AsyncWebClient(BOT_TOKEN, base_url=os.environ["SLACK_API_URL"], session=session)
    app = AsyncApp(
        client=AsyncWebClient(base_url=os.environ["SLACK_API_URL"]),
        signing_secret=SIGNING_SECRET,
        authorize=authorize,
        process_before_response=True,
    )
    view = payment_modal(Draft("USD", True, "2026-11-22", None, None), locale="en-US")
    gate = asyncio.Lock()

    async def take(ack: AsyncAck) -> None:
        await ack()

    async def open_modal(body: dict[str, Any]) -> None:
        await slack.views_open(trigger_id=body["trigger_id"], view=view)

    async def save(ack: AsyncAck, view: dict[str, Any]) -> None:
        async with gate:
            await write(db, view)
        await ack()

    app.command("/payment")(ack=take, lazy=[open_modal])
    app.view(ids.NEW_PAYMENT)(save)
    return app


@asynccontextmanager
async def lifespan(web: Starlette) -> AsyncIterator[None]:
    database = os.environ["BENCH_DATABASE"]
    async with (
        aiosqlite.connect(database, isolation_level=None) as db,
        aiohttp.ClientSession() as session,
    ):
        await db.execute("PRAGMA journal_mode = WAL")
        await db.execute("PRAGMA synchronous = FULL")
        handler = AsyncSlackRequestHandler(build_app(db, session))
        web.router.routes.append(Mount("/", cast("ASGIApp", handler)))
        yield


web = Starlette(lifespan=lifespan)
