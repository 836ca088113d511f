"""The digest of a week in Slack: what it tells whom, and that it is told once, whatever breaks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from bot.bell import Bell
from bot.destinations import Destinations
from bot.digester import Digester
from bot.pace import Pace
from sandbox.slack import Channel, Message, Sharing
from services.audiences import Audiences
from services.digests import Digests
from services.domain.ledger import Method
from services.live import Live
from tests.alerts.firm import LAST_YEAR, Firm, said_at
from tests.alerts.program import Program
from tests.alerts.town import DAY, MINUTE, Town, in_weeks
from tests.simulation.kernel import CrashedError

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)  # On the Monday after the week in which all begins.
WEEK = timedelta(days=7)
HEAD = "The week of Mar 2, 2026 – Mar 8, 2026"


class Reader:
    """Looks in a program whether there is something to tell."""

    def __init__(self, town: Town, program: Program | None = None) -> None:
        self.program = program or town.program
        inner, clock = self.program.inner, town.clock.now
        database, links = inner.database, inner.links
        live = Live(database, links.books, links.keys)
        self.digester = Digester(
            Destinations(self.program.client_of, Audiences(database), Pace(steady=True)),
            Digests(database, inner.connections.store, live, clock),
            Random(3),
            Bell(),
        )

    async def looks(self) -> None:
        await self.program.run(self.digester.run_once())

    async def keeps_looking(self, minutes: int) -> None:
        for _ in range(minutes):
            await self.looks()
            await asyncio.sleep(MINUTE.total_seconds())


def told(channel: Channel) -> list[Message]:
    return [each for each in channel.messages if each.text.startswith("The week of")]


def told_directly(firm: Firm) -> list[Message]:
    return [m for m in firm.olivia.direct_messages if m.text.startswith("The week of")]


async def reaches(town: Town, moment: datetime) -> None:
    """The worker looks rarely meanwhile: it hears of what is asked for."""
    town.look_every = timedelta(hours=12)
    await town.reaches(moment)


async def a_week_passes(town: Town) -> None:
    """In which four payments come in, of which one is refused, and it is Monday again."""
    firm = town.firm
    firm.closes_the_year()
    await firm.receives(2)
    await firm.receives(received_on=LAST_YEAR)
    await reaches(town, town.clock.now() + DAY)
    await firm.receives(method=Method.CASH)
    await reaches(town, NINE)


@in_weeks()
async def test_it_says_what_came_in_how_it_stands_where_it_is_and_what_is_left(town: Town) -> None:
    await a_week_passes(town)
    await Reader(town).looks()
    (message,) = told(town.firm.channel)
    lines = message.plain.splitlines()
    assert lines[:2] == [HEAD, "4 payments recorded: 3 Synced, 1 Failed, 0 Skipped."]
    assert "Into Undeposited Funds: $200.00 (2 payments)" in lines
    assert "Into Savings: $100.00 (1 payment)" in lines
    assert any(line.startswith("Time to sync: median 1 second, slowest ") for line in lines)
    assert "1 payment needs a person now: /quickbooks failures." in lines
    assert "Admins turn the digest off in /quickbooks settings." in lines[-1]
    assert message.text == f"{HEAD}: 4 payments recorded: 3 Synced, 1 Failed, 0 Skipped."


@in_weeks()
async def test_its_picture_shows_each_day_as_its_payments_stand(town: Town) -> None:
    await a_week_passes(town)
    await Reader(town).looks()
    (message,) = told(town.firm.channel)
    (chart,) = [each["chart"] for each in message.blocks if each["type"] == "data_visualization"]
    days = ["Mon 2", "Tue 3", "Wed 4", "Thu 5", "Fri 6", "Sat 7", "Sun 8"]
    assert (chart["type"], chart["axis_config"]["categories"]) == ("bar", days)
    shown = {each["name"]: [point["value"] for point in each["data"]] for each in chart["series"]}
    assert shown == {"Synced": [2, 1, 0, 0, 0, 0, 0], "Failed": [1, 0, 0, 0, 0, 0, 0]}


@in_weeks()
async def test_where_slack_refuses_the_chart_bars_of_text_say_the_same(town: Town) -> None:
    await a_week_passes(town)
    failures = town.firm.workspace.failures
    failures.add(method="chat.postMessage", error="invalid_blocks")
    await Reader(town).looks()
    (message,) = told(town.firm.channel)
    assert {each["type"] for each in message.blocks} == {"section", "rich_text", "context"}
    lines = message.plain.splitlines()
    assert "Payments recorded each day, as they stand now" in lines
    assert "Mon 2   ████████████████████ 3  2 Synced, 1 Failed" in lines
    assert "Tue 3   ███████              1  1 Synced" in lines
    assert "Wed 4                        0" in lines
    assert "Into Savings: $100.00 (1 payment)" in lines


@in_weeks()
async def test_it_is_told_at_nine_on_monday_and_not_again(town: Town) -> None:
    await a_week_passes(town)
    await Reader(town).keeps_looking(10)
    (message,) = told(town.firm.channel)
    assert NINE <= said_at(message) < NINE + MINUTE
    await reaches(town, NINE + WEEK - DAY)
    await Reader(town).keeps_looking(10)
    assert len(told(town.firm.channel)) == 1


@in_weeks()
async def test_before_nine_nothing_is_told(town: Town) -> None:
    await town.firm.receives()
    await reaches(town, NINE - MINUTE)
    await Reader(town).looks()
    assert told(town.firm.channel) == []


@in_weeks()
async def test_the_morning_and_the_week_are_those_of_the_firms_zone(town: Town) -> None:
    """In Auckland it is Monday evening when all begins, and Mondays come half a day earlier."""
    await town.firm.alerts_go_to(town.firm.channel, time_zone="Pacific/Auckland")
    await town.firm.receives()
    reader, nine_there = Reader(town), datetime(2026, 3, 8, 20, tzinfo=UTC)
    await reaches(town, nine_there - MINUTE)
    await reader.looks()
    assert told(town.firm.channel) == []
    await reaches(town, nine_there)
    await reader.looks()
    (message,) = told(town.firm.channel)
    assert message.plain.startswith(HEAD)


@in_weeks()
async def test_in_quiet_hours_it_waits_for_their_end(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, quiet_from=time(17), quiet_until=time(10))
    await a_week_passes(town)
    await Reader(town).keeps_looking(60)
    assert told(town.firm.channel) == []
    await Reader(town).looks()
    (message,) = told(town.firm.channel)
    assert said_at(message) >= NINE + timedelta(hours=1)


@in_weeks()
async def test_a_firm_that_turned_it_off_is_told_nothing(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, digest=False)
    await a_week_passes(town)
    await Reader(town).looks()
    assert told(town.firm.channel) == []


@in_weeks()
async def test_after_a_week_in_which_nothing_happened_it_is_silent(town: Town) -> None:
    await town.firm.receives()
    await reaches(town, NINE + WEEK)
    await Reader(town).keeps_looking(3)
    assert told(town.firm.channel) == []


@pytest.mark.parametrize("opens_up", [Channel.make_public, lambda it: it.share(Sharing.OUTSIDE)])
@in_weeks()
async def test_where_strangers_read_along_it_counts_and_names_no_sum_and_no_account(
    town: Town, opens_up: Callable[[Channel], None]
) -> None:
    firm = town.firm
    await firm.receives(3)
    opens_up(firm.channel)
    await reaches(town, NINE)
    await firm.receives(2)
    await reaches(town, NINE + WEEK)
    await Reader(town).looks()
    (message,) = told(firm.channel)
    assert "2 payments recorded: 2 Synced" in message.plain
    assert "Not deposited for more than 7 days: 5 payments; the oldest is P-1001" in message.plain
    for secret in ("$", "Undeposited", "Into", "Sums"):
        assert secret not in str(message.blocks)


@in_weeks()
async def test_without_a_channel_the_admins_are_told_directly_and_why(town: Town) -> None:
    await town.firm.alerts_go_to(None)
    await a_week_passes(town)
    await Reader(town).keeps_looking(3)
    (message,) = told_directly(town.firm)
    assert "Into Savings: $100.00" in message.plain
    assert "You are told directly, since no alert channel is chosen" in message.plain


@in_weeks()
async def test_where_the_channel_turns_it_away_the_admins_are_told_directly(town: Town) -> None:
    await a_week_passes(town)
    town.firm.channel.make_read_only()
    await Reader(town).keeps_looking(5)
    (message,) = told_directly(town.firm)
    assert "Counterfoil may not write there" in message.plain
    assert told(town.firm.channel) == []


@in_weeks()
async def test_while_slack_is_away_it_waits_and_is_told_once(town: Town) -> None:
    await a_week_passes(town)
    town.firm.slack.cut()
    await Reader(town).keeps_looking(30)
    town.firm.slack.mend()
    await Reader(town).keeps_looking(20)
    assert len(told(town.firm.channel)) == 1


@pytest.mark.parametrize(
    ("refusal", "minutes"),
    [({"error": "internal_error"}, 1), ({"retry_after": 150}, 3), ({"error": "fatal_auth"}, 60)],
    ids=str,
)
@in_weeks()
async def test_where_slack_does_not_say_how_the_channel_is_it_is_asked_again(
    town: Town, refusal: dict[str, Any], minutes: int
) -> None:
    await town.firm.receives()
    await reaches(town, NINE)
    town.firm.workspace.failures.add(method="conversations.info", **refusal)
    await Reader(town).keeps_looking(minutes)
    assert told(town.firm.channel) == []
    await Reader(town).looks()
    assert len(told(town.firm.channel)) == 1


@in_weeks()
async def test_what_was_missed_is_made_up_for_in_the_same_week_only(town: Town) -> None:
    await a_week_passes(town)
    await town.firm.receives()
    await reaches(town, NINE + WEEK)
    await Reader(town).keeps_looking(3)
    (message,) = told(town.firm.channel)
    assert message.plain.startswith("The week of Mar 9, 2026")
    await town.firm.receives()
    await reaches(town, NINE + WEEK * 2 + DAY * 3)
    await Reader(town).keeps_looking(3)
    assert len(told(town.firm.channel)) == 2


@in_weeks()
async def test_where_the_answer_is_lost_the_message_is_found_again(town: Town) -> None:
    await a_week_passes(town)
    town.firm.slack.lose_reply("chat.postMessage")
    await Reader(town).keeps_looking(10)
    assert len(told(town.firm.channel)) == 1
    town.firm.slack.keep_waiting("chat.postMessage")
    await town.firm.receives()
    await reaches(town, NINE + WEEK)
    await Reader(town).keeps_looking(10)
    assert len(told(town.firm.channel)) == 2


@in_weeks()
async def test_what_slack_refuses_for_its_rate_limits_comes_later(town: Town) -> None:
    await a_week_passes(town)
    town.firm.workspace.failures.add(method="chat.postMessage", retry_after=90)
    await Reader(town).keeps_looking(5)
    (message,) = told(town.firm.channel)
    assert said_at(message) >= NINE + timedelta(seconds=90)


@in_weeks(firms=2)
async def test_two_programs_that_look_at_once_tell_each_firm_once(town: Town) -> None:
    readers = [Reader(town), Reader(town, await town.starts())]
    for firm in town.firms:
        await firm.receives()
    await reaches(town, NINE)
    for _ in range(3):
        await asyncio.gather(*(reader.looks() for reader in readers))
        await town.passes(MINUTE)
    assert [len(told(firm.channel)) for firm in town.firms] == [1, 1]


@in_weeks()
async def test_wherever_the_program_dies_the_next_one_tells_it_once(town: Town) -> None:
    """Week by week at another of its steps: at some of those that count, at all that write."""
    await tells(town, 1)
    steps = await tells(town, 2)
    some, all_of_the_last = range(1, steps - 30, steps // 6), range(steps - 30, steps)
    for weeks, step in enumerate([*some, *all_of_the_last], start=3):
        with suppress(CrashedError):
            await tells(town, weeks, dies_at=step)
        await Reader(town, await town.starts()).keeps_looking(3)
        assert len(told(town.firm.channel)) == weeks
    assert sum(not each.process.alive for each in town.programs) > 30


async def tells(town: Town, weeks: int, *, dies_at: int | None = None) -> int:
    """Another week passes, in which a payment comes in, and is told of in so many steps."""
    await town.firm.receives()
    await reaches(town, NINE + WEEK * (weeks - 1))
    process = town.program.process
    before = process.points
    if dies_at is not None:
        process.crash_at(before + dies_at)
    await Reader(town).looks()
    return process.points - before
