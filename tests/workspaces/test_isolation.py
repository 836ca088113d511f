"""Firms never see each other: whatever one asks for by another's ids, it is neither shown nor done.

Larkspur's people have read every list and opened every form there is; Birch's owner then types,
presses, sends and seeks the same, as only somebody could who knew all the ids. What is enumerated
is what the program registers: an order, a button, a form or a menu that is added is tried as well.
"""

import copy
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import pytest
import pytest_asyncio
from starlette.routing import Route

from bot.web import build_web
from handlers import ids
from handlers.register import BUTTONS, FORMS, SUGGESTIONS, TOPICS
from sandbox.slack.blocks.walk import interactive
from sandbox.slack.records import Payload
from tests.handlers.alerting import RHYTHM
from tests.workspaces.burglar import Burglar
from tests.workspaces.house import House
from tests.workspaces.neighbours import Neighbours, a_browser, two_firms
from tests.world import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANGES_WHO_MAY = {ids.SETTINGS, ids.DISCONNECT}  # In one's own firm: they come last.


@dataclass
class Street:
    neighbours: Neighbours
    house: House

    def burglar(self) -> Burglar:
        return Burglar(self.neighbours.birch, self.house)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async with two_firms(tmp_path_factory.mktemp("street"), **RHYTHM) as neighbours:
        for world in (neighbours.larkspur, neighbours.birch):
            assert (await neighbours.install(world)).status_code == HTTPStatus.OK
        house, birch = House(neighbours.larkspur), neighbours.birch
        await house.fill()
        await house.look_around()
        await birch.connect()
        await birch.add_client("Acme", birch.olivia)
        birch.workspace.courier.patience = PATIENCE  # What would come too late is looked at too.
        yield Street(neighbours, house)


async def test_their_own_people_can_open_every_form_that_there_is(street: Street) -> None:
    """So that all of them are tried below."""
    assert set(FORMS) - set(street.house.forms) == set()


async def test_what_another_firm_has_cannot_be_asked_for_by_its_name(street: Street) -> None:
    burglar = street.burglar()
    await burglar.types(_lines([*street.house.names, *street.house.of_each_kind]))
    await burglar.has_seen_and_changed_nothing(but={"Quillfeather"})


async def test_a_reference_means_ones_own(street: Street) -> None:
    references = [each for each in street.house.names if not each.startswith("Quill")]
    burglar = street.burglar()
    await burglar.types(_lines(references))
    await burglar.has_seen_and_changed_nothing()


def _lines(names: list[str]) -> Iterator[str]:
    for topic, known in TOPICS.items():
        for order in (*known.orders, "words"):
            yield from (f"/{topic} {order} {name}" for name in names)


async def test_a_button_with_another_firms_value_does_nothing(street: Street) -> None:
    house, burglar = street.house, street.burglar()
    anything = [*house.of_each_kind, house.world.company.realm_id]
    await burglar.presses(
        (name, value)
        for name in BUTTONS
        if not name.endswith("/changed")  # It is entered into a form.
        for value in (*house.values[name], *anything)
    )
    await burglar.has_seen_and_changed_nothing()


async def test_a_form_with_another_firms_ids_saves_nothing(street: Street) -> None:
    burglar = street.burglar()
    for name in sorted(FORMS, key=lambda each: each in CHANGES_WHO_MAY):
        for form in _variants(street.house, name):
            await burglar.enters(form)
            await burglar.submits(form)
    await burglar.has_seen_and_changed_nothing()


def _variants(house: House, name: str) -> Iterator[Payload]:
    """As its own people would send it, and with each record chosen where it is sought."""
    form = house.forms[name]
    yield form
    for record in house.of_each_kind:
        chosen = copy.deepcopy(form)
        option = {"value": record, "text": {"type": "plain_text", "text": "x"}}
        for elements in chosen["view"]["state"]["values"].values():
            for state in elements.values():
                if state["type"] == "external_select":
                    state["selected_option"] = option
        yield chosen


async def test_no_menu_offers_what_another_firm_has(street: Street) -> None:
    burglar = street.burglar()
    for name in SUGGESTIONS:
        for form in _holding(name, street.house):
            for words in ("", "quill"):
                await burglar.seeks(name, words, form)
    await burglar.has_seen_and_changed_nothing()


def _holding(name: str, house: House) -> list[Payload]:
    """The forms that have such a menu; all of them where none has."""
    forms = list(house.forms.values())
    menus = [
        {each["action_id"] for _, each in interactive(form["view"]["blocks"])} for form in forms
    ]
    return [form for form, names in zip(forms, menus, strict=True) if name in names] or forms


async def test_no_address_shows_anything_of_a_firm(street: Street) -> None:
    """Whatever is asked along, and with what Slack or Intuit once sent to this browser."""
    house, burglar = street.house, street.burglar()
    asked = dict.fromkeys(("link", "state", "realmId", "code", "team", "firm", "user", "id"))
    addresses = [
        each.path for each in build_web(house.world.config).routes if isinstance(each, Route)
    ]
    async with a_browser(base_url=house.world.url) as browser:
        for address in addresses:
            for value in (*house.ids, "forged"):
                params = dict.fromkeys(asked, value)
                for method in ("GET", "POST"):
                    page = await browser.request(method, address, params=params)
                    burglar.reads(page.text)
    await burglar.has_seen_and_changed_nothing()


async def test_the_company_of_another_firm_cannot_be_connected(street: Street) -> None:
    house, birch = street.house, street.neighbours.birch
    burglar = street.burglar()
    await birch.olivia.command("/quickbooks connect")
    (reply,) = await birch.olivia.replies()
    async with a_browser(follow_redirects=True) as browser:
        link = reply.link("Connect to QuickBooks")
        out = await browser.get(link, follow_redirects=False)
        theirs = {"realmId": house.world.company.realm_id}
        page = await browser.get(httpx.URL(out.headers["Location"]).copy_merge_params(theirs))
    assert page.status_code == HTTPStatus.BAD_REQUEST
    assert "connected to another Slack workspace" in page.text
    await burglar.has_seen_and_changed_nothing()
