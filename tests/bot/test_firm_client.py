"""A firm's client looks its token up once a minute, and never goes to Slack without one."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.firm_client import KEPT_FOR, FirmClient
from bot.pace import NOT_INSTALLED, PASSING, reason
from services.domain.ids import UserId
from services.domain.installation import Installation
from services.errors import CounterfoilError, NotInstalled, TryLater
from tests.builders import ANNA, FIRM, NOW
from tests.simulation.kernel import VirtualLoop

NOWHERE = "http://127.0.0.1:1/api/"  # Whoever asks there is refused by the machine itself.


class Registry:
    """What the ledger holds, and how often somebody looked."""

    def __init__(self, fails_with: CounterfoilError | None = None) -> None:
        self.looks = 0
        self.fails_with = fails_with

    async def find(self, refused: str | None) -> Installation:
        del refused
        self.looks += 1
        if self.fails_with:
            raise self.fails_with
        return Installation(
            firm_id=FIRM,
            enterprise_id=None,
            bot_token=f"xoxb-{self.looks}",
            refresh_token=None,
            expires_at=None,
            bot_id="B1",
            bot_user_id="U1",
            scopes=frozenset({"commands"}),
            installed_by=UserId(ANNA),
            installed_at=NOW,
            refresh_epoch=0,
        )


def tell(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(story)


def test_the_ledger_is_asked_once_a_minute() -> None:
    async def story() -> None:
        registry = Registry()
        client = FirmClient(registry.find, base_url=NOWHERE)
        for _ in range(10):
            assert (await client.installation()).bot_token == "xoxb-1"
        await asyncio.sleep(KEPT_FOR.total_seconds())
        assert (await client.installation()).bot_token == "xoxb-2"
        client.forget()
        assert (await client.installation()).bot_token == "xoxb-3"

    tell(story())


@pytest.mark.parametrize(
    ("trouble", "said"),
    [(NotInstalled("gone"), NOT_INSTALLED), (TryLater("away"), "request_timeout")],
)
def test_without_a_token_slack_is_not_asked_and_what_waited_waits_on(
    trouble: CounterfoilError, said: str
) -> None:
    async def story() -> None:
        client = FirmClient(Registry(trouble).find, base_url=NOWHERE)
        with pytest.raises(SlackApiError) as refusal:
            await client.chat_postMessage(channel="C1", text="Hello?")
        assert reason(refusal.value) == said
        assert said in PASSING

    tell(story())
