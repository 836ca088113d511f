"""What people do with clients and invoices, for the tests that begin where that is done."""

import asyncio

from sandbox.slack import Modal, Person
from sandbox.slack.message import Message
from tests.world import PATIENCE, World


async def begin_invoice(
    world: World, *, client: str = "Acme", price: str = "500.00", person: Person | None = None
) -> Modal:
    """Open the form and fill what is needed."""
    person = person or world.anna
    await person.command("/invoice new")
    modal = await person.modal()
    await modal.search("Client", client)
    await modal.choose("Client", client)
    await modal.fill("Description", "Bookkeeping")
    await modal.fill("Unit price", price)
    return modal


async def make_invoice(world: World, client: str = "Acme", price: str = "500.00") -> Message:
    """Make an invoice and wait until its maker is told."""
    before = len(invoices_of(world.anna))
    modal = await begin_invoice(world, client=client, price=price)
    result = await modal.submit()
    assert result.accepted, result.errors
    await world.workspace.wait_until(lambda: len(invoices_of(world.anna)) > before, PATIENCE)
    return invoices_of(world.anna)[-1]


def invoices_of(person: Person) -> list[Message]:
    return [message for message in person.direct_messages if message.text.startswith("INV-")]


async def shown(person: Person, line: str) -> Message:
    """Type a command that answers in its own time, and read the answer."""
    await person.command(line)
    (reply,) = await person.replies()
    return reply


async def until_shown(world: World, line: str, words: str) -> Message:
    """Ask again until the answer holds `words`, as an impatient person does."""
    reply = await shown(world.anna, line)
    async with asyncio.timeout(PATIENCE):
        while words not in reply.text:
            reply = await shown(world.anna, line)
    return reply


async def sync_client(world: World, name: str = "Acme") -> None:
    await world.anna.command(f"/client sync {name}")
    await until_shown(world, f"/client show {name}", "Synced")
