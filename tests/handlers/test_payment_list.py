"""`/payment list`: found by the words that people use, page by page."""

from sandbox.slack.message import Message
from tests.world import World


async def found(world: World, words: str = "") -> Message:
    await world.anna.command(f"/payment list {words}".strip())
    (reply,) = await world.anna.replies()
    return reply


def names(reply: Message) -> list[str]:
    return [
        block["fields"][0]["text"].split("*")[1]
        for block in reply.blocks
        if block["type"] == "section" and "fields" in block
    ]


async def test_payments_are_found_by_client_status_method_and_amount(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    await world.add_client("Beacon")
    await world.until(await world.record(sync=True, amount="10.00"), "Synced")
    await world.record(sync=False, amount="20.00", client="Beacon")
    await world.record(sync=False, amount="3000.00")
    everything = await found(world)
    assert everything.is_ephemeral
    assert names(everything) == ["P-1003", "P-1002", "P-1001"]
    assert "QUICKBOOKS\nSynced" in everything.plain
    assert names(await found(world, "beac")) == ["P-1002"]
    assert names(await found(world, "not synced acme")) == ["P-1003"]
    assert names(await found(world, ">15 today check")) == ["P-1003", "P-1002"]
    assert names(await found(world, "10.00")) == ["P-1001"]
    assert "No payment fits these words." in (await found(world, "last year")).plain


async def test_a_sign_without_an_amount_is_answered_with_how_to_type_it(world: World) -> None:
    await world.add_client("Acme > Beacon")
    await world.record(sync=False, amount="700.00", client="Acme > Beacon")
    for words in (">", "acme >", ">x", "500..1000", "2026-13"):
        answer = (await found(world, words)).plain
        assert "is not understood. Type " in answer
    assert names(await found(world, "> 500")) == ["P-1001"]
    assert names(await found(world, '">"')) == ["P-1001"]


async def test_a_row_offers_only_what_its_status_allows(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    reply = await found(world)
    assert reply.buttons == [
        "Sync payment to QuickBooks",
        "Link to a QuickBooks payment",
        "Edit",
        "Details",
    ]
    await reply.press("Sync payment to QuickBooks")
    (beside,) = await world.anna.replies()
    assert beside.text.startswith("P-1001 · Sync")
    assert names(reply) == ["P-1001"]
    await world.until(message, "Synced")
    reply = await found(world)
    assert reply.buttons == ["Unsync payment from QuickBooks", "Edit", "Details"]


async def test_a_long_list_is_turned_page_by_page(world: World) -> None:
    await world.add_client("Acme")
    for amount in range(1, 13):
        await world.record(sync=False, amount=f"{amount}.00")
    reply = await found(world, "acme")
    assert names(reply)[0] == "P-1012"
    assert len(names(reply)) == 10
    assert "Newer" not in reply.buttons
    await reply.press("Older")
    await world.workspace.wait_until(lambda: names(reply) == ["P-1002", "P-1001"], 10)
    assert "Older" not in reply.buttons
    await reply.press("Newer")
    await world.workspace.wait_until(lambda: len(names(reply)) == 10, 10)
    assert names(reply)[-1] == "P-1003"
