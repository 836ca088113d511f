"""As fast as it comes until Slack refuses; then not before it says, and one by one for a while."""

import asyncio
from collections.abc import Callable, Coroutine

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.pace import EDIT, POST, Pace, TooSoon
from tests.builders import FIRM, OTHER_FIRM
from tests.simulation.kernel import VirtualLoop


def refusal(method: str, error: str = "ratelimited", **headers: str) -> SlackApiError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url=f"https://slack.com/api/{method}",
        req_args={},
        data={"ok": False, "error": error},
        headers=named,
        status_code=429,
    )
    return SlackApiError("refused", response)  # type: ignore[no-untyped-call] # Slack's.


def wait_of(pace: Pace, method: str = EDIT, place: str = "", *, first: bool = False) -> float:
    """Seconds; 0 where it may go."""
    try:
        pace.check(FIRM, method, place, first=first)
    except TooSoon as early:
        return round(early.wait.total_seconds(), 1)
    return 0.0


def test_after_a_refusal_each_waits_for_its_turn() -> None:
    async def story() -> None:
        pace = Pace()
        assert [wait_of(pace) for _ in range(60)] == [0.0] * 60
        pace.heed(FIRM, refusal(EDIT, Retry_After="30"), "D0ANNA")
        assert [wait_of(pace) for _ in range(3)] == [30.0, 31.2, 32.4]
        assert wait_of(pace, first=True) == 30.0
        await asyncio.sleep(30)
        assert [wait_of(pace) for _ in range(3)] == [0.0, 1.2, 2.4]
        await asyncio.sleep(1.2)
        assert wait_of(pace) == 0.0
        await asyncio.sleep(60)
        assert [wait_of(pace) for _ in range(3)] == [0.0] * 3

    play(story)


def test_what_is_counted_apart_waits_apart() -> None:
    async def story() -> None:
        pace = Pace()
        pace.heed(FIRM, refusal(POST, Retry_After="2"), "C0BOOKS")
        assert wait_of(pace, POST, "C0BOOKS") == 2.0
        assert wait_of(pace, POST, "D0ANNA") == 0.0
        pace.heed(FIRM, refusal(EDIT), "C0BOOKS")
        assert wait_of(pace) == 30.0  # Where Slack names no time.
        pace.check(OTHER_FIRM, EDIT)

    play(story)


@pytest.mark.parametrize("error", ["channel_not_found", "internal_error"])
def test_any_other_refusal_is_none_of_its_business(error: str) -> None:
    async def story() -> None:
        pace = Pace()
        assert pace.heed(FIRM, refusal(EDIT, error), "D0ANNA") is None
        assert wait_of(pace) == 0.0

    play(story)


def play(story: Callable[[], Coroutine[None, None, None]]) -> None:
    """In virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(story())
