"""A payment is written down once, goes once, and does only what its status allows."""

import asyncio
from uuid import uuid4

import pytest

from services.db import ledger
from services.domain.causes import Cause
from services.domain.ids import ClientId, PaymentId
from services.domain.ledger import Settings
from services.domain.sync import Action, Status
from services.domain.waiting import ForClient, ForConnection, Hurdle
from services.errors import AlreadySaved, NotFound, Refused
from tests.builders import ANNA, FIRM, OTHER_FIRM, a_new_payment
from tests.services.conftest import Office


async def record(office: Office, *, sync: bool = True, modal: str = "V1", **what: str) -> PaymentId:
    return await office.payments.record(
        FIRM, a_new_payment(**what), sync=sync, submission_id=modal, by=ANNA
    )


async def test_a_modal_that_comes_twice_is_one_payment(office: Office) -> None:
    same = {await record(office) for _ in range(3)}
    assert len(same) == 1
    await office.connect()
    await office.drain()
    assert office.totals == ["500.00"]


async def test_a_modal_that_comes_ten_times_at_once_is_one_payment(office: Office) -> None:
    same = await asyncio.gather(*(record(office) for _ in range(10)))
    assert len(set(same)) == 1


@pytest.mark.parametrize("change", [{"amount": "501.00"}, {"sync": False}, {"reference": "7"}])
async def test_the_same_modal_with_other_values_names_the_payment_it_was_saved_as(
    office: Office, change: dict[str, object]
) -> None:
    payment = await record(office)
    with pytest.raises(AlreadySaved, match="P-1001"):
        await record(office, **change)  # type: ignore[arg-type] # One of several kinds.
    assert str((await office.payment(payment)).amount.to_decimal()) == "500.00"


async def test_payments_are_numbered_without_gaps(office: Office) -> None:
    recorded = await asyncio.gather(*(record(office, modal=f"V{number}") for number in range(5)))
    numbered = [await office.payments.id_of(FIRM, number) for number in range(1001, 1006)]
    assert set(numbered) == set(recorded)
    with pytest.raises(NotFound):
        await office.payments.id_of(FIRM, 1006)


async def test_another_firms_payment_is_not_there(office: Office) -> None:
    payment = await record(office, sync=False)
    for attempt in (
        office.payments.show(OTHER_FIRM, payment),
        office.payments.sync(OTHER_FIRM, payment, by=ANNA),
        office.payments.cancel(OTHER_FIRM, payment, by=ANNA),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await office.payment(payment)).sync.status is Status.NOT_SYNCED


async def test_another_firms_client_cannot_be_chosen(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.payments.record(
            OTHER_FIRM, a_new_payment(), sync=False, submission_id="V1", by=ANNA
        )
    with pytest.raises(NotFound):
        await office.payments.record(
            FIRM, a_new_payment(client_id=ClientId(uuid4())), sync=False, submission_id="V", by=ANNA
        )


async def test_what_nobody_asked_to_sync_stays_out_of_the_books(office: Office) -> None:
    await office.connect()
    payment = await record(office, sync=False)
    await office.drain()
    assert office.totals == []
    standing = await office.payments.show(FIRM, payment)
    assert standing.actions == {Action.SYNC, Action.LINK}
    await office.payments.sync(FIRM, payment, by=ANNA)
    await office.drain()
    assert office.totals == ["500.00"]


async def test_a_second_wish_to_sync_changes_nothing(office: Office) -> None:
    await office.connect()
    payment = await record(office)
    with pytest.raises(Refused, match="already Syncing"):
        await office.payments.sync(FIRM, payment, by=ANNA)
    await office.drain()
    with pytest.raises(Refused, match="already Synced"):
        await office.payments.sync(FIRM, payment, by=ANNA)
    assert office.totals == ["500.00"]


async def test_what_was_called_back_is_not_sent(office: Office) -> None:
    payment = await record(office)
    assert Action.CANCEL in (await office.payments.show(FIRM, payment)).actions
    await office.payments.cancel(FIRM, payment, by=ANNA)
    await office.connect()
    await office.drain()
    assert office.totals == []
    assert (await office.payment(payment)).sync.status is Status.NOT_SYNCED


async def test_what_is_in_the_books_cannot_be_called_back(office: Office) -> None:
    await office.connect()
    payment = await record(office)
    await office.drain()
    with pytest.raises(Refused):
        await office.payments.cancel(FIRM, payment, by=ANNA)
    assert (await office.payment(payment)).sync.status is Status.SYNCED


async def test_called_back_and_asked_for_again_it_goes_once(office: Office) -> None:
    payment = await record(office)
    for _ in range(3):
        await office.payments.cancel(FIRM, payment, by=ANNA)
        await office.payments.sync(FIRM, payment, by=ANNA)
    await office.connect()
    await office.drain()
    assert office.totals == ["500.00"]


async def test_what_is_syncing_says_what_it_waits_for(office: Office) -> None:
    payment = await record(office)
    assert (await office.payments.show(FIRM, payment)).waiting == ForConnection(
        Hurdle.NOT_CONNECTED
    )
    await office.come_back()
    assert (await office.payments.show(FIRM, payment)).waiting == ForConnection(
        Hurdle.NOT_CONFIRMED
    )
    await office.connections.confirm(FIRM, office.realm, by=ANNA)
    assert isinstance((await office.payments.show(FIRM, payment)).waiting, ForClient)


async def test_money_of_another_currency_is_skipped_and_says_so(office: Office) -> None:
    await office.connect()
    payment = await record(office, currency="EUR")
    await office.drain()
    facts = (await office.payment(payment)).sync
    assert (facts.status, facts.cause) == (Status.SKIPPED, Cause.FOREIGN_CURRENCY)
    assert office.totals == []


async def test_a_client_of_the_same_name_is_refused(office: Office) -> None:
    with pytest.raises(Refused, match="“Acme”"):
        await office.clients.record(FIRM, name=" ACME ", email=None, by=ANNA)
    assert [client.name for client in await office.clients.search(FIRM, "CM")] == ["Acme"]
    assert await office.clients.search(OTHER_FIRM, "cm") == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "a%e"])
async def test_a_search_takes_signs_for_signs(office: Office, words: str) -> None:
    assert await office.clients.search(FIRM, words) == []


async def chosen_by(office: Office) -> Settings:
    async with office.database.read() as db:
        return await ledger.get_settings(db, FIRM)


async def test_two_admins_do_not_overwrite_each_other(office: Office) -> None:
    shown = await chosen_by(office)
    chosen = Settings(sync_by_default=True, currency=shown.currency, version=shown.version)
    await office.settings.save(FIRM, chosen, by=ANNA)
    stale = Settings(sync_by_default=False, currency="EUR", version=shown.version)
    with pytest.raises(Refused, match="Somebody else"):
        await office.settings.save(FIRM, stale, by=ANNA)
    assert (await chosen_by(office)).sync_by_default
