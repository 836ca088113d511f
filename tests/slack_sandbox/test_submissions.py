"""Submissions that come late, twice, or corrected."""

import asyncio
from datetime import date

import pytest

from sandbox.slack import CannotDo, Person
from tests.slack_sandbox.conftest import Caller, FakeApp, open_modal
from tests.slack_sandbox.kit import a_modal, a_section, a_select, an_input, element, options


async def test_a_broken_app_leaves_the_modal_open(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna)
    app.fail(500)
    result = await modal.submit()
    assert (result.accepted, result.status, result.error) == (False, 500, "dispatch_failed")
    assert modal.is_open


async def test_an_answer_after_three_seconds_is_not_waited_for(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    assert call.workspace.courier.patience == 3.0
    call.workspace.courier.patience = 0.01
    app.silent = asyncio.Event()
    result = await modal.submit()
    app.silent.set()
    assert (result.accepted, result.error) == (False, "operation_timeout")
    assert modal.is_open


async def test_the_same_submission_can_arrive_twice(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    await modal.fill("Amount", "500.00")
    await modal.submit()
    again = await modal.submit(again=True)
    assert again.accepted
    assert app.bodies[-1] == app.bodies[-2]
    assert not modal.is_open


async def test_two_deliveries_of_one_submission_can_be_under_way_at_once(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    results = await asyncio.gather(modal.submit(), modal.submit(again=True))
    assert [result.accepted for result in results] == [True, True]
    assert app.bodies[-1] == app.bodies[-2]


async def test_a_corrected_submission_has_the_same_view_and_other_values(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(
        call, app, anna, an_input("Amount"), an_input("Payment date", element("datepicker"))
    )
    await modal.fill("Amount", "500.00")
    await modal.fill("Payment date", "2026-03-01")
    await modal.submit()
    first = app.last
    await modal.resubmit(Amount="600.00", **{"Payment date": "2026-03-02"})
    values = app.last["view"]["state"]["values"]
    assert app.last["view"]["id"] == first["view"]["id"]
    assert values["amount"]["amount"]["value"] == "600.00"
    assert values["payment_date"]["payment_date"]["selected_date"] == "2026-03-02"
    assert app.last["trigger_id"] != first["trigger_id"]


async def test_a_correction_can_be_refused_after_the_form_gave_way_to_something_else(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Amount"))
    await modal.fill("Amount", "500.00")
    app.answer(response_action="update", view=a_modal(a_section("Recorded")))
    await modal.submit()
    app.answer(response_action="errors", errors={"amount": "P-1001 is recorded already."})
    result = await modal.resubmit(Amount="600.00")
    assert result.errors == {"Amount": "P-1001 is recorded already."}
    assert modal.errors == {}


async def test_nothing_is_sent_again_before_the_first_time(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    with pytest.raises(CannotDo, match="not submitted yet"):
        await modal.submit(again=True)


async def test_a_duplicate_delivery_closes_nothing_that_was_opened_later(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna)
    await modal.submit()
    later = await open_modal(call, app, anna)
    await modal.submit(again=True)
    assert later.is_open


async def test_a_submission_is_corrected_in_any_kind_of_field(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    boxes = element("checkboxes", options=options(2))
    modal = await open_modal(
        call,
        app,
        anna,
        an_input("Method", a_select()),
        an_input("Date", element("datepicker")),
        an_input("Boxes", boxes, optional=True),
    )
    await modal.choose("Method", "Option 0")
    await modal.set_date("Date", date(2026, 3, 5))
    await modal.submit()
    corrections: dict[str, str | date | bool] = {
        "Method": "Option 1",
        "Date": date(2026, 3, 6),
        "Option 1": True,
    }
    await modal.resubmit(**corrections)
    values = app.last["view"]["state"]["values"]
    assert values["method"]["method"]["selected_option"]["value"] == "option 1"
    assert values["date"]["date"]["selected_date"] == "2026-03-06"
    assert [o["value"] for o in values["boxes"]["boxes"]["selected_options"]] == ["option 1"]
