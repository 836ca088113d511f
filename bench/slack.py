"""As much of Slack as two bots need to be measured: it says yes at once, and counts."""

import json
from collections import Counter
from typing import Any

from starlette.types import Receive, Scope, Send

from bench.payloads import TEAM, USER

_USER = {"id": USER, "team_id": TEAM, "locale": "en-US", "tz": "America/New_York"}
_ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0"},
    "users.info": {"user": _USER},
    "views.open": {"view": {"id": "V0BENCH", "hash": "1"}},
    "views.update": {"view": {"id": "V0BENCH", "hash": "2"}},
    "chat.postMessage": {"channel": "D0BENCH", "ts": "1.000001"},
}


class Slack:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        method = scope["path"].rpartition("/")[2]
        self.calls[method] += 1
        body = json.dumps({"ok": True, **_ANSWERS.get(method, {})}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
