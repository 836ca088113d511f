"""Menus that the app fills while a person types."""

import pytest

from sandbox.slack import CannotDo, Person
from tests.slack_sandbox.conftest import Caller, FakeApp, open_modal
from tests.slack_sandbox.kit import an_input, an_option, element, options, plain


async def test_the_app_is_asked_for_options_from_the_shortest_query_on(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Client", element("external_select")))
    acts = len(app.received)
    assert await modal.search("Client", "ac") == []
    assert len(app.received) == acts
    app.answer(options=[an_option("Acme Ltd")])
    assert await modal.search("Client", "acm") == ["Acme Ltd"]
    assert (app.last["type"], app.last["value"]) == ("block_suggestion", "acm")


async def test_options_come_in_groups_too(call: Caller, app: FakeApp, anna: Person) -> None:
    modal = await open_modal(call, app, anna, an_input("Client", element("external_select")))
    app.answer(option_groups=[{"label": plain("Recent"), "options": [an_option("Acme Ltd")]}])
    await modal.choose("Client", "Acme Ltd")
    assert modal.value("Client") == "Acme Ltd"


async def test_a_client_that_the_app_did_not_offer_cannot_be_chosen(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Client", element("external_select")))
    app.answer(options=[an_option("Acme Ltd")])
    await modal.search("Client", "acme")
    app.answer(options=[])
    with pytest.raises(CannotDo, match="does not offer 'Birch'"):
        await modal.choose("Client", "Birch")


async def test_options_that_slack_refuses_are_seen_as_an_error(
    call: Caller, app: FakeApp, anna: Person
) -> None:
    modal = await open_modal(call, app, anna, an_input("Client", element("external_select")))
    app.answer(options=options(101))
    with pytest.raises(CannotDo, match="no more than 100 items"):
        await modal.search("Client", "acme")
