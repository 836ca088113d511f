"""Nothing is sent of a firm that is held, whoever connects anew, until it is let go."""

from services.db.holds import Hold
from services.domain.waiting import ForClient, ForConnection, Hurdle
from services.restoring.holding import Holding
from tests.builders import ANNA, FIRM, a_new_payment
from tests.services.conftest import Office


async def test_a_held_firm_sends_nothing_until_it_is_let_go(office: Office) -> None:
    await office.connect()
    holding, held_at = Holding(office.database, office.clock), office.clock()
    held = [Hold(FIRM, "Larkspur Accounting", held_at)]
    assert await holding.hold_all(because="restored") == held
    payment = await office.payments.record(
        FIRM, a_new_payment(), sync=True, submission_id="V1", by=ANNA
    )
    await office.drain()
    waiting = (await office.payments.show(FIRM, payment)).waiting
    assert (office.totals, waiting) == ([], ForConnection(Hurdle.HELD))
    await office.come_back()
    await office.drain()
    assert office.totals == []
    assert await holding.hold_all(because="once more") == held
    await holding.release(FIRM)
    assert await holding.held() == []
    waiting = (await office.payments.show(FIRM, payment)).waiting
    assert isinstance(waiting, ForClient)  # As ever.
    await office.drain()
    assert office.totals == ["500.00"]
