"""Signed requests as Slack sends them, made before the clock starts."""

import hashlib
import hmac
import json
import secrets
import time
from decimal import Decimal
from urllib.parse import urlencode

from handlers import ids
from services.domain.ledger import MAX_AMOUNT_MINOR

TEAM, USER = "T0BENCH", "U0BENCH"
SIGNING_SECRET = "a-secret-for-measuring"
BOT_TOKEN = "xoxb-measuring"


def command() -> bytes:
    """`/payment new`."""
    fields = {
        "team_id": TEAM,
        "user_id": USER,
        "channel_id": "D0BENCH",
        "command": "/payment",
        "text": "new",
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:9/none",
    }
    return signed(urlencode(fields))


def submission(view_id: str, client_id: str, *, team: str = TEAM) -> bytes:
    """The modal of a payment, saved; nobody is asked whether it is another one's twin."""
    cents = secrets.randbelow(MAX_AMOUNT_MINOR) + 1  # Hardly two are the same.
    values = {
        ids.CLIENT: {"selected_option": {"value": client_id}},
        ids.AMOUNT: {"value": f"${Decimal(cents) / 100}"},
        ids.RECEIVED_ON: {"selected_date": "2026-11-22"},
        ids.METHOD: {"selected_option": {"value": "Check"}},
        ids.REFERENCE: {"value": "1042"},
        ids.DESCRIPTION: {"value": None},
        ids.SYNC: {"selected_options": [{"value": ids.ON}]},
    }
    payload = {
        "type": "view_submission",
        "team": {"id": team},
        "user": {"id": USER, "team_id": team},
        "trigger_id": "1.2.3",
        "view": {
            "id": view_id,
            "type": "modal",
            "callback_id": ids.NEW_PAYMENT,
            "private_metadata": json.dumps({"currency": "USD", "today": "2026-11-22"}),
            "blocks": [{"type": "input", "block_id": name} for name in values],
            "state": {"values": {name: {name: value} for name, value in values.items()}},
        },
    }
    return signed(urlencode({"payload": json.dumps(payload)}))


def signed(body: str) -> bytes:
    """A whole HTTP request, ready for the wire."""
    now = str(int(time.time()))
    base = f"v0:{now}:{body}".encode()
    signature = hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return (head + body).encode()
