"""Whatever a button or a form says that is not ours, it changes nothing and gets an answer."""

import asyncio
import json
from uuid import uuid4

from handlers import ids
from handlers.register import BUTTONS, FORMS
from sandbox.slack import Person
from sandbox.slack.message import Message
from services.db import ledger
from services.db.opening import open_database
from tests.builders import OTHER_FIRM
from tests.db.shelf import Shelf
from tests.handlers.forging import ledger_of, press, send, submission
from tests.handlers.invoicing import shown
from tests.world import PATIENCE, World

# But for links, which the browser answers, and for what is pressed or entered in a form.
ORDERS = [
    name
    for name in BUTTONS
    if name not in {ids.OPEN_CONNECT, ids.OPEN_RECORD}
    and not name.endswith("/changed")
    and not name.startswith(ids.ADD_LINE)
]
BROKEN = "Something went wrong"
OLDER = ("", "{}", "[]", "null", '"x"', '["x"]', "no JSON", "x" * 3000)


async def a_payment(world: World) -> Message:
    await world.add_client("Acme")
    return await world.record(sync=False, person=world.olivia)


async def of_another_firm(world: World) -> list[str]:
    """One record of each kind, as a value carries it."""
    async with open_database(world.config.database_url) as database:
        async with database.write(OTHER_FIRM) as db:
            await ledger.ensure_firm(db, OTHER_FIRM)
        shelf = Shelf(database)
        client = await shelf.client(firm_id=OTHER_FIRM)
        invoice = await shelf.invoice(client, firm_id=OTHER_FIRM)
        payment = await shelf.payment(client, firm_id=OTHER_FIRM)
        refund = await shelf.refund(payment, firm_id=OTHER_FIRM)
    return [str(each.id) for each in (client, invoice, payment, refund)]


def heard(person: Person) -> int:
    """Answers to presses, one by one."""
    return len(person.ephemerals)


async def test_a_press_with_a_foreign_value_does_nothing_and_is_answered(world: World) -> None:
    message, theirs = await a_payment(world), await of_another_firm(world)
    before = ledger_of(world)
    values = (*theirs, "x" * 2000)
    answers = 0
    for name in [*ORDERS, "of a later version"]:
        presses = (press(world, message, world.olivia, name, value) for value in values)
        assert all(answer.accepted for answer in await asyncio.gather(*presses))
        answers += len(values)
    await world.workspace.wait_until(lambda: heard(world.olivia) == answers, PATIENCE)
    assert world.olivia.modal_in_front is None
    assert [each for each in world.olivia.ephemerals if BROKEN in each.plain] == []
    assert ledger_of(world) == before


async def test_a_form_of_another_version_does_nothing_and_says_so(world: World) -> None:
    await a_payment(world)
    theirs = await of_another_firm(world)
    await world.olivia.command("/payment new")
    modal = await world.olivia.modal()
    before = ledger_of(world)
    metadata = [*OLDER, *theirs, *(json.dumps(each) for each in theirs)]
    metadata += [json.dumps([each]) for each in theirs]
    metadata += [json.dumps([each, True]) for each in theirs]
    for name in [*FORMS, "of a later version"]:
        for kept in metadata:
            changed = {"callback_id": name, "private_metadata": kept, "state": {"values": {}}}
            answer = await send(world, submission(world, world.olivia, modal, **changed))
            assert answer["response_action"] == "errors", (name, kept)
            (sentence,) = answer["errors"].values()
            assert BROKEN not in sentence, (name, kept)
    assert ledger_of(world) == before


async def test_a_form_with_forged_choices_is_refused(world: World) -> None:
    await a_payment(world)
    client, *_ = await of_another_firm(world)
    modal = await world.begin_payment(person=world.olivia)
    before = ledger_of(world)
    for value in (client, str(uuid4()), "garbage", "x" * 3000):
        for field in ("client", "method", f"{ids.INVOICES}/{client}"):
            values = json.loads(json.dumps(modal.payload["state"]["values"]))
            option = {"value": value, "text": {"type": "plain_text", "text": "x"}}
            chosen = {"selected_option": option, "selected_options": [option]}
            values[field] = {field: chosen}
            if field.startswith(ids.INVOICES):
                own = values["client"]["client"]["selected_option"]["value"]
                values[f"{ids.INVOICES}/{own}"] = {f"{ids.INVOICES}/{own}": chosen}
            payload = submission(world, world.olivia, modal, state={"values": values})
            answer = await send(world, payload)
            assert answer["response_action"] == "errors", (field, value)
            assert BROKEN not in str(answer), (field, value)
    assert ledger_of(world) == before


async def test_somebody_of_another_workspace_does_nothing_with_our_buttons(world: World) -> None:
    message = await a_payment(world)
    stranger = world.workspace.add_person("Sten", team_id="T0ELSEWHERE", owner=True)
    before = ledger_of(world)
    reply = await shown(world.olivia, "/payment show P-1001")
    payment = reply.blocks[-1]["elements"][0]["value"]
    for name in ORDERS:
        assert (await press(world, message, stranger, name, payment)).accepted
        (answer,) = await stranger.replies()
        assert "Only full members of the workspace" in answer.plain
    assert ledger_of(world) == before
