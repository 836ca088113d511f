"""Whenever a program dies of saying something, it has said it or its heir says it: once."""

import pytest

from tests.alerts.stories import counted, fails, is_mended
from tests.alerts.town import MINUTE, SECOND, Town, in_weeks

# Of a program's life, counted from when it is about to look; each costs a third of a second.
UNTIL_IT_IS_SAID = range(1, 109, 3)
UNTIL_IT_IS_RESOLVED = range(1, 160, 6)


async def dies_at(town: Town, point: int) -> None:
    """And another one starts half a minute later."""
    program = town.program
    program.process.crash_at(program.process.points + point)
    await town.passes(30 * SECOND)
    assert not program.process.alive
    await town.starts()


@pytest.mark.parametrize("point", UNTIL_IT_IS_SAID)
@in_weeks(look_every=MINUTE)
async def test_an_alert_is_said_once(town: Town, point: int) -> None:
    await fails(town.firm, 2)
    await town.passes(70 * SECOND)  # It is seen, and not said.
    assert town.firm.alerts == []
    await dies_at(town, point)
    await town.passes(5 * MINUTE)
    assert counted(town.firm.alerts) == ["2 payments"]


@pytest.mark.parametrize("point", UNTIL_IT_IS_RESOLVED)
@in_weeks(look_every=MINUTE)
async def test_that_it_is_resolved_is_said_once(town: Town, point: int) -> None:
    payments = await fails(town.firm, 2)
    await town.passes(100 * SECOND)
    await is_mended(town.firm, payments)
    await town.passes(15 * SECOND)  # They are synced, and that was not seen.
    (alert,) = town.firm.alerts
    assert "Resolved" not in alert.plain
    await dies_at(town, point)
    await town.passes(5 * MINUTE)
    assert "Resolved" in alert.plain
    assert len(alert.replies) == 1
