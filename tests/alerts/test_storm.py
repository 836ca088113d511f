"""A thousand failures at once: one message per firm and cause, no faster than Slack takes them."""

from datetime import timedelta

from services.domain.ledger import Method
from tests.alerts.firm import LAST_YEAR, SAVINGS
from tests.alerts.stories import counted, fails
from tests.alerts.town import MINUTE, Town, in_weeks

IN_CLOSED_BOOKS, OF_INACTIVE_CLIENT, TO_INACTIVE_ACCOUNT = 20, 30, 50  # A hundred in each firm.
EACH_CAUSE = ["20 payments", "30 payments", "50 payments"]
MOMENT = timedelta(seconds=20)


async def fails_for_three_causes(town: Town) -> None:
    for firm in town.firms:
        await firm.receives(client="Birch")
    await town.passes(MINUTE)
    for firm in town.firms:
        firm.closes_the_year()
        firm.retires(SAVINGS)
        firm.retires_client("Birch")
        await firm.receives(IN_CLOSED_BOOKS, received_on=LAST_YEAR)
        await firm.receives(OF_INACTIVE_CLIENT, client="Birch")
        await firm.receives(TO_INACTIVE_ACCOUNT, method=Method.CASH)


@in_weeks(firms=10, look_every=MINUTE)
async def test_a_thousand_failures_are_thirty_messages_and_slack_turns_none_away(
    town: Town,
) -> None:
    await fails_for_three_causes(town)
    await town.passes(6 * MINUTE)
    for firm in town.firms:
        assert sorted(counted(firm.alerts)) == EACH_CAUSE
        assert firm.calls("chat.postMessage") == 3
        assert firm.refused_for_speed == []
        assert firm.calls("conversations.info") <= 6 + 6  # Once a minute, and where one waits.


@in_weeks(look_every=MINUTE)
async def test_what_trickles_in_is_edited_no_more_often_than_it_is_looked_at(town: Town) -> None:
    for _ in range(30):
        await fails(town.firm, 2)
        await town.passes(MOMENT)
    await town.passes(2 * MINUTE)
    assert counted(town.firm.alerts) == ["60 payments"]
    assert 5 <= town.firm.calls("chat.update") <= 12
    assert town.firm.refused_for_speed == []


@in_weeks(firms=2, look_every=MINUTE)
async def test_what_each_recorder_is_told_besides_keeps_no_alert_away_and_doubles_none(
    town: Town,
) -> None:
    """It wears out what Slack takes: so much that some of it is turned away."""
    town.program.tell_recorders()
    await fails_for_three_causes(town)
    await town.passes(10 * MINUTE)
    for firm in town.firms:
        assert firm.refused_for_speed != []
        assert sorted(counted(firm.alerts)) == EACH_CAUSE
