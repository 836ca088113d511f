"""What fails, and how the alerts of it stand then."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from sandbox.quickbooks import Fault, Kind
from services.alerts import Done
from services.db import alerts, ledger
from services.db.tables import outbox
from services.domain.alerts import Event, Standing
from services.domain.causes import Cause
from services.domain.ids import AlertId, PaymentId
from services.domain.ledger import Client, SyncFacts
from services.domain.sync import RecordKind, Status
from tests.auditor import looking_away
from tests.builders import ANNA, FIRM, NOW, a_payment
from tests.services.books.desk import Desk

LATER = NOW + timedelta(hours=4)


async def standings(desk: Desk) -> list[Standing]:
    await desk.office.watches.keep_in_step(FIRM)
    return await desk.office.watches.open_of(FIRM)


async def the_alert(desk: Desk) -> AlertId:
    (standing,) = await standings(desk)
    return standing.alert.id


async def retry(desk: Desk, alert: AlertId) -> Done:
    return await desk.office.alerts.retry(FIRM, alert, by=ANNA)


async def history(desk: Desk, alert: AlertId) -> list[Event]:
    async with desk.office.database.read() as db:
        return await alerts.history(db, alert)


async def count_open(desk: Desk) -> int:
    """Entries on their way."""
    async with desk.office.database.read() as db:
        query = select(func.count()).select_from(outbox).where(outbox.c.state == "pending")
        return int((await db.execute(query)).scalar_one())


def the_subscription_ends(desk: Desk, *entities: str) -> None:
    """For the next request of each of them."""
    for entity in entities:
        fault = Fault(kind=Kind.REFUSED, method="POST", entity=entity, code="6190")
        desk.office.quickbooks.faults.add(fault)


async def fail_many(desk: Desk, number: int, *, causes: int = 1) -> None:
    """In turn for so many causes, of which QuickBooks says something different each time."""
    client = await desk.client("Acme")
    with looking_away():
        await _fail_many(desk, client, number, causes=causes)


async def _fail_many(desk: Desk, client: Client, number: int, *, causes: int) -> None:
    async with desk.office.database.write(FIRM) as db:
        for each in range(1, number + 1):
            payment = a_payment(
                id=PaymentId(uuid4()), number=5000 + each, client=client, amount=f"{each}.00"
            )
            submission, key = (f"V{each}", ""), f"unknown:{each % causes:02}"
            facts = SyncFacts(Status.FAILED, cause=Cause.UNKNOWN, blame=key)
            await ledger.insert_payment(db, payment, generation=0, submission=submission, at=NOW)
            await ledger.mark(db, RecordKind.PAYMENT, payment.id, facts)
