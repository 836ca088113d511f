"""The largest ledger that a person meets, through the whole program."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.db import ledger
from services.db.opening import open_database
from services.domain.ids import FirmId
from services.domain.ledger import MAX_REFERENCE, Client
from tests.builders import a_line
from tests.db.shelf import Shelf
from tests.handlers.invoicing import shown
from tests.handlers.worst import NAMES
from tests.world import PATIENCE, World

WILD = NAMES["wild"].replace("\n", " ")
MANY_CLIENTS = """
INSERT INTO clients (id, firm_id, name, name_key, status, linked, generation, version, created_by,
                     created_at)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
SELECT printf('%032x', i), firm_id, 'Client ' || i, 'client ' || i, status, linked, generation,
       version, created_by, created_at
FROM n, clients
"""


async def test_a_hundred_and_twenty_invoices_are_settled_and_shown(world: World) -> None:
    async with a_shelf(world) as (shelf, client):
        for index in range(120):
            number = f"{index:03}".ljust(MAX_REFERENCE, "&")
            await shelf.invoice(client, a_line("100"), firm_id=client.firm_id, number=number)
    await world.anna.command("/payment new 12000")
    modal = await world.anna.modal()
    (shortened,) = await modal.search("Client", "bold")
    await modal.choose("Client", shortened)
    await world.workspace.wait_until(lambda: "Invoices" in modal.labels, PATIENCE)
    offered = modal.options("Invoices")
    assert len(offered) == 100
    for label in offered[:30]:
        await modal.choose("Invoices", label)
    assert "There are 20 more open ones than fit in here." in modal.hint("Invoices")
    result = await modal.submit()
    assert result.accepted, result.errors
    message = await world.message_to(world.anna, "and 18 more; $9,000.00 is unapplied")
    assert "and 19 more too." in message.plain
    await message.press("Edit")
    edit = await world.anna.modal(title="Edit P-1001")
    assert len(edit.value("Invoices")) == 30
    assert (await edit.submit()).accepted
    assert world.workspace.mass_mentions == []


async def test_ten_thousand_clients_are_searched_and_listed(world: World) -> None:
    await world.add_client("Acme")
    with sqlite3.connect(world.config.database_url.removeprefix("sqlite:///")) as db:
        db.execute(MANY_CLIENTS)
    await world.anna.command("/payment new")
    modal = await world.anna.modal()
    assert 0 < len(await modal.search("Client", "client")) <= 100
    assert await modal.search("Client", "nt 9999") == ["Client 9999"]
    first = await shown(world.anna, "/client list client")
    assert first.plain.count("QUICKBOOKS") == 10
    await first.press("Next")
    refused = await shown(world.anna, f"/client list {'x' * 201}")
    assert "20 words and 200 characters are the most" in refused.plain


async def test_twenty_payments_go_at_once_with_a_message_that_names_each(world: World) -> None:
    """Also where Slack has heard too much from us just now."""
    async with a_shelf(world) as (shelf, client):
        for number in range(1001, 1021):
            facts = {"number": number, "recorded_by": world.anna.id, "firm_id": client.firm_id}
            await shelf.payment(client, **facts)
    words = " ".join(f"P-{number}" for number in range(1001, 1021))
    direct = world.workspace.direct_with(world.olivia.id).id
    while world.workspace.rate_limits.spend_post(direct) is None:
        pass
    reply = await world.olivia.command(f"/payment sync {words}")
    assert "20 payments: my message to you tells how it goes." in reply.plain
    message = await world.message_to(world.olivia, "Sync 20 payments: 0 done, 20 under way.")
    assert message.plain.count(WILD) == 20
    assert world.workspace.mass_mentions == []


@asynccontextmanager
async def a_shelf(world: World) -> AsyncIterator[tuple[Shelf, Client]]:
    """With the client whose name is the strangest."""
    firm = FirmId(world.workspace.team_id)
    async with open_database(world.config.database_url) as database:
        async with database.write(firm) as db:
            await ledger.ensure_firm(db, firm)
        shelf = Shelf(database)
        yield shelf, await shelf.client(firm_id=firm, name=WILD)
