"""When it is said: the quiet hours, and the rhythm that the firm chose."""

from datetime import UTC, datetime, time, timedelta

from services.domain.ledger import Method
from services.domain.settings import Rhythm
from tests.alerts.firm import LAST_YEAR, said_at
from tests.alerts.stories import fails
from tests.alerts.town import HOUR, MINUTE, Town, in_weeks

STOCKHOLM = {"time_zone": "Europe/Stockholm"}
NIGHT = {"quiet_from": time(22), "quiet_until": time(7), **STOCKHOLM}
A_ROUND = 11 * MINUTE
BEFORE_SUMMER = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)  # The evening before the clocks change.
BEFORE_WINTER = datetime(2026, 10, 24, 19, 0, tzinfo=UTC)


def is_said_at(town: Town, moment: datetime) -> bool:
    """Its only alert, within the round after that."""
    (alert,) = town.firm.alerts
    return moment <= said_at(alert) < moment + A_ROUND


@in_weeks()
async def test_at_once_is_as_soon_as_a_burst_has_settled(town: Town) -> None:
    await fails(town.firm)
    failed_at = town.clock.now()
    await town.passes(HOUR)
    assert is_said_at(town, failed_at + timedelta(seconds=20))


@in_weeks()
async def test_nothing_is_said_in_the_quiet_hours(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, **NIGHT)
    await town.reaches(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    await fails(town.firm)
    await town.passes(8 * HOUR)
    assert is_said_at(town, datetime(2026, 3, 3, 6, 0, tzinfo=UTC))


@in_weeks(start=BEFORE_SUMMER)
async def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, **NIGHT)
    await town.passes(2 * HOUR)
    await fails(town.firm)
    await town.reaches(datetime(2026, 3, 29, 6, 0, tzinfo=UTC))
    assert is_said_at(town, datetime(2026, 3, 29, 5, 0, tzinfo=UTC))


@in_weeks(start=BEFORE_WINTER)
async def test_the_night_in_which_the_clocks_go_back_is_an_hour_longer(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, **NIGHT)
    await town.passes(2 * HOUR)
    await fails(town.firm)
    await town.reaches(datetime(2026, 10, 25, 7, 0, tzinfo=UTC))
    assert is_said_at(town, datetime(2026, 10, 25, 6, 0, tzinfo=UTC))


@in_weeks()
async def test_edits_go_on_in_the_quiet_hours(town: Town) -> None:
    firm = town.firm
    await firm.alerts_go_to(firm.channel, **NIGHT)
    await fails(firm, 2)
    await town.reaches(datetime(2026, 3, 2, 23, 0, tzinfo=UTC))
    (alert,) = firm.alerts
    await firm.receives(3, method=Method.CASH)
    await town.passes(20 * MINUTE)
    assert "5 payments" in alert.plain


@in_weeks()
async def test_what_would_be_said_again_in_the_quiet_hours_waits_for_the_morning(
    town: Town,
) -> None:
    firm = town.firm
    await firm.alerts_go_to(firm.channel, **STOCKHOLM)
    await town.reaches(datetime(2026, 3, 2, 22, 30, tzinfo=UTC))
    await fails(firm)
    await town.passes(HOUR)
    await firm.alerts_go_to(firm.channel, **NIGHT)
    town.look_every = 30 * MINUTE
    await town.reaches(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    (alert,) = firm.alerts
    (again,) = alert.replies
    morning = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    assert morning <= said_at(again) < morning + HOUR


@in_weeks()
async def test_once_an_hour_is_at_the_full_hour(town: Town) -> None:
    firm = town.firm
    await firm.alerts_go_to(firm.channel, rhythm=Rhythm.HOURLY)
    await town.reaches(datetime(2026, 3, 2, 10, 10, tzinfo=UTC))
    await fails(firm)
    await town.passes(30 * MINUTE)
    firm.closes_the_year()
    await firm.receives(received_on=LAST_YEAR)
    await town.passes(HOUR)
    hour = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert len(firm.alerts) == 2
    assert all(hour <= said_at(each) < hour + A_ROUND for each in firm.alerts)


@in_weeks()
async def test_once_a_day_is_at_nine_where_the_firm_is(town: Town) -> None:
    await town.firm.alerts_go_to(town.firm.channel, rhythm=Rhythm.DAILY, **STOCKHOLM)
    await fails(town.firm)
    await town.reaches(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    assert is_said_at(town, datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
