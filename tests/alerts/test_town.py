"""What alerts are tried in: time jumps, Slack's wire breaks as it is told, and processes die."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from services.domain.ledger import Method
from tests.alerts.firm import LAST_YEAR, SAVINGS, Firm
from tests.alerts.town import Town, in_weeks
from tests.simulation.kernel import CrashedError

BURST = 10  # Messages that Slack takes at once in one channel.


async def says(town: Town, firm: Firm, words: str) -> Any:
    client = town.program.client_of(firm.id)
    return await town.program.run(client.chat_postMessage(channel=firm.channel.id, text=words))


@in_weeks()
async def test_a_press_reaches_the_real_bot_and_is_answered(town: Town) -> None:
    town.program.answer_slack()
    await town.firm.olivia.command("/quickbooks")
    (reply,) = await town.firm.olivia.replies()
    assert "Company 1" in reply.plain


@in_weeks()
async def test_nobody_answers_a_press_while_the_process_is_dead(town: Town) -> None:
    town.program.answer_slack()
    await town.passes(timedelta(seconds=1))
    town.program.process.crash()
    reply = await town.firm.olivia.command("/quickbooks")
    assert reply.error == "dispatch_failed"


@in_weeks()
async def test_nothing_gets_through_a_wire_that_is_cut(town: Town) -> None:
    town.firm.slack.cut()
    with pytest.raises(aiohttp.ClientConnectionError):
        await says(town, town.firm, "Hello?")
    town.firm.slack.mend()
    await says(town, town.firm, "Hello!")
    assert [each.text for each in town.firm.alerts] == ["Hello!"]


@in_weeks()
async def test_where_the_reply_is_lost_the_message_is_there(town: Town) -> None:
    town.firm.slack.lose_reply("chat.postMessage")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await says(town, town.firm, "Once")
    town.firm.slack.keep_waiting("chat.postMessage")
    with pytest.raises(TimeoutError):
        await says(town, town.firm, "Twice")
    assert [each.text for each in town.firm.alerts] == ["Once", "Twice"]


@in_weeks()
async def test_a_process_that_dies_of_the_answer_has_posted(town: Town) -> None:
    town.firm.slack.kill_after("chat.postMessage")
    with pytest.raises(CrashedError):
        await says(town, town.firm, "My last words")
    assert [each.text for each in town.firm.alerts] == ["My last words"]
    await town.starts()
    await says(town, town.firm, "It is dead")
    assert len(town.firm.alerts) == 2


@in_weeks(firms=2)
async def test_slack_counts_how_fast_each_firm_is_spoken_to(town: Town) -> None:
    for firm in town.firms:
        words = [says(town, firm, f"{number}") for number in range(BURST + 2)]
        told = await asyncio.gather(*words, return_exceptions=True)
        assert sum(isinstance(each, SlackApiError) for each in told) == 2
        assert firm.refused_for_speed == ["chat.postMessage"] * 2


@in_weeks(firms=2)
async def test_two_programs_share_one_ledger_and_each_payment_is_in_the_books_once(
    town: Town,
) -> None:
    await town.starts()
    for firm in town.firms:
        await firm.receives(5)
    await town.passes(timedelta(minutes=5))
    assert [len(firm.company.payments()) for firm in town.firms] == [5, 5]


@in_weeks()
async def test_what_is_refused_fails_for_real(town: Town) -> None:
    firm = town.firm
    firm.closes_the_year()
    firm.retires(SAVINGS)
    await firm.receives(2, received_on=LAST_YEAR)
    await firm.receives(3, method=Method.CASH)
    await firm.receives(1)
    await town.passes(timedelta(minutes=5))
    assert len(firm.company.payments()) == 1
