"""Tell a person directly what came of a form."""

import asyncio

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.elements import Reply

ATTEMPTS = 5
_LONGEST_WAIT = 30  # Seconds; whoever waits longer has looked for themselves.
_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})


async def tell(client: AsyncWebClient, user: str, reply: Reply) -> None:
    await post(client, user, reply)


async def post(client: AsyncWebClient, user: str, reply: Reply) -> tuple[str, str]:
    """Answer with the message's channel and timestamp.

    Slack takes about one message a second: what it turns away for that is sent again.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            posted = await client.chat_postMessage(channel=user, **reply.to_slack())
        except SlackApiError as error:
            if error.response.get("error") not in _RATE_LIMITED:
                raise
            await asyncio.sleep(_wait(error))
        else:
            return posted["channel"], posted["ts"]
    posted = await client.chat_postMessage(channel=user, **reply.to_slack())
    return posted["channel"], posted["ts"]


def _wait(error: SlackApiError) -> int:
    named = str(error.response.headers.get("Retry-After", ""))
    return min(int(named), _LONGEST_WAIT) if named.isdigit() else 1
