"""The look through the books after every test sees what must not be."""

import pytest

from services.db import ledger
from services.domain.ledger import SyncFacts
from services.domain.sync import RecordKind, Status
from tests.auditor import looking_away
from tests.builders import FIRM
from tests.services.books.bookkeeping import check_balance, check_ours
from tests.services.books.desk import Desk
from tests.services.conftest import Office


async def test_a_second_one_of_ours_is_seen(office: Office) -> None:
    await office.connect()
    desk = Desk(office)
    made = await desk.there(await desk.receives("Acme", "500.00"))
    await check_ours(office.database, office.company)
    note = made["PrivateNote"]
    office.company.add_payment(made["CustomerRef"]["value"], "500.00", PrivateNote=note)
    with pytest.raises(AssertionError, match="payment is"):
        await check_ours(office.database, office.company)
    check_balance(office.company)


async def test_one_of_ours_whose_record_knows_nothing_of_it_is_seen(office: Office) -> None:
    await office.connect()
    desk = Desk(office)
    payment = await desk.payment(await desk.receives("Acme", "500.00"))
    with looking_away():
        async with office.database.write(FIRM) as db:
            await ledger.mark(db, RecordKind.PAYMENT, payment.id, SyncFacts(Status.NOT_SYNCED))
    with pytest.raises(AssertionError, match="payment is None"):
        await check_ours(office.database, office.company)
