"""Said once, whatever dies or is lost between us and Slack."""

from services.domain.ledger import Method
from tests.alerts.stories import fails
from tests.alerts.town import DAY, HOUR, MINUTE, Town, in_weeks

POST = "chat.postMessage"


@in_weeks(firms=2)
async def test_two_programs_on_one_ledger_never_say_it_twice(town: Town) -> None:
    await town.starts()
    for firm in town.firms:
        await fails(firm, 10)
    await town.passes(HOUR)
    town.look_every = HOUR
    await town.passes(3 * DAY)
    for firm in town.firms:
        (alert,) = firm.alerts
        assert len(alert.replies) == 2


@in_weeks()
async def test_whoever_dies_of_the_answer_has_said_it_and_no_heir_says_it_again(
    town: Town,
) -> None:
    town.firm.slack.kill_after(POST)
    await fails(town.firm, 3)
    await town.passes(20 * MINUTE)
    assert not town.program.process.alive
    assert len(town.firm.alerts) == 1
    await town.starts()
    await town.firm.receives(4, method=Method.CASH)
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "7 payments" in alert.plain


@in_weeks()
async def test_the_other_of_two_goes_on_where_one_died_of_the_answer(town: Town) -> None:
    await town.starts()
    town.firm.slack.kill_after(POST)
    await fails(town.firm, 3)
    await town.passes(HOUR)
    assert [each.process.alive for each in town.programs].count(True) == 1
    assert len(town.firm.alerts) == 1


@in_weeks()
async def test_a_message_whose_posting_got_no_answer_is_found_again(town: Town) -> None:
    town.firm.slack.lose_reply(POST)
    await fails(town.firm, 3)
    await town.passes(HOUR)
    await town.firm.receives(4, method=Method.CASH)
    await town.passes(HOUR)
    (alert,) = town.firm.alerts
    assert "7 payments" in alert.plain


@in_weeks()
async def test_a_message_whose_answer_came_too_late_is_found_again(town: Town) -> None:
    town.firm.slack.keep_waiting(POST)
    await fails(town.firm, 3)
    await town.passes(HOUR)
    assert len(town.firm.alerts) == 1


@in_weeks()
async def test_a_reminder_whose_posting_got_no_answer_is_not_repeated(town: Town) -> None:
    await fails(town.firm)
    await town.passes(HOUR)
    town.firm.slack.lose_reply(POST)
    town.look_every = HOUR
    await town.passes(2 * DAY)
    (alert,) = town.firm.alerts
    assert len(alert.replies) == 1


@in_weeks()
async def test_while_slack_is_down_it_waits_and_is_said_once_afterwards(town: Town) -> None:
    town.firm.slack.cut()
    await fails(town.firm, 3)
    await town.passes(HOUR)
    assert town.firm.alerts == []
    town.firm.slack.mend()
    await town.passes(20 * MINUTE)
    assert len(town.firm.alerts) == 1


@in_weeks(firms=2)
async def test_one_firm_whose_slack_is_down_keeps_no_other_waiting(town: Town) -> None:
    first, second = town.firms
    first.slack.cut()
    for firm in town.firms:
        await fails(firm)
    await town.passes(20 * MINUTE)
    assert (len(first.alerts), len(second.alerts)) == (0, 1)


@in_weeks()
async def test_while_slack_answers_nothing_but_errors_it_waits_too(town: Town) -> None:
    failures = town.firm.workspace.failures
    failures.go_down()
    await fails(town.firm, 3)
    await town.passes(HOUR)
    failures.clear()
    await town.passes(20 * MINUTE)
    assert len(town.firm.alerts) == 1


@in_weeks(look_every=MINUTE)
async def test_what_slack_turns_away_for_its_limits_is_said_once_it_may(town: Town) -> None:
    town.firm.workspace.failures.add(method=POST, retry_after=300, count=2)
    await fails(town.firm, 3)
    await town.passes(HOUR)
    assert len(town.firm.alerts) == 1
    assert town.firm.calls(POST) == 3
