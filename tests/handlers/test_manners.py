"""Every word gets an answer, every mistake a sentence, and nothing typed is lost."""

import pytest

from tests.world import DEFAULT, SYNC, World, payments_of

NASTY = "<!channel> *Bold* & _Söhne_ \N{GRINNING FACE} \N{HEBREW LETTER SHIN}`x`"


@pytest.mark.parametrize("command", ["/payment", "/invoice", "/client", "/quickbooks"])
async def test_every_command_answers_help(world: World, command: str) -> None:
    for line in (f"{command} help", f"/counterfoil {command[1:]} help"):
        await world.anna.command(line)
        (reply,) = await world.anna.replies()
        assert f"{command} " in reply.plain
        assert reply.is_ephemeral


@pytest.mark.parametrize(
    "line", ["/payment dance", "/invoice dance", "/quickbooks dance", "/client dance"]
)
async def test_an_unknown_word_is_answered_with_the_words_there_are(
    world: World, line: str
) -> None:
    await world.anna.command(line)
    (reply,) = await world.anna.replies()
    assert line.split(maxsplit=1)[0] in reply.plain


async def test_counterfoil_alone_says_what_it_can_be_asked(world: World) -> None:
    reply = await world.anna.command("/counterfoil")
    assert "/counterfoil payment help" in reply.plain


async def test_the_long_way_round_does_the_same(world: World) -> None:
    await world.anna.command("/counterfoil client new")
    modal = await world.anna.modal()
    await modal.fill("Name", "Acme")
    assert (await modal.submit()).accepted
    await world.anna.command("/counterfoil payment new Acme 12.50")
    modal = await world.anna.modal()
    assert modal.value("Client") == "Acme"
    assert modal.value("Amount") == "$12.50"
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "$12.50")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a lot", "“a lot” is not an amount. Type it like $1,250.00."),
        ("1.250", "An amount in USD has 2 decimals at most."),
        ("0", "The amount must be more than zero"),
        ("-5", "The amount must be more than zero."),
        ("€5", "Amounts are in USD: leave “€” out."),
    ],
)
async def test_an_amount_that_cannot_be_read_is_refused_with_the_reason(
    world: World, typed: str, reason: str
) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment(amount=typed)
    await modal.fill("Description", "A long story")
    result = await modal.submit()
    assert result.errors["Amount"].startswith(reason)
    assert modal.value("Description") == "A long story"
    await modal.fill("Amount", "7.00")
    assert (await modal.submit()).accepted
    await world.message_to(world.anna, "$7.00")
    assert len(payments_of(world.anna)) == 1


async def test_amounts_are_read_in_the_persons_own_way(world: World) -> None:
    lars = world.workspace.add_person("Lars", locale="sv-SE", tz="Europe/Stockholm")
    await world.add_client("Acme", lars)
    message = await world.record(sync=False, person=lars, amount="1 250,75")
    assert "1 250,75" in message.plain.replace("\xa0", " ")


async def test_names_mean_nothing_to_slack(world: World) -> None:
    await world.add_client(NASTY)
    message = await world.record(sync=False, client=NASTY)
    assert f"$500.00 · {NASTY}" in message.plain
    assert NASTY in (await world.message_to(world.anna, "is a client now")).plain
    assert world.workspace.mass_mentions == []


async def test_a_client_is_found_by_any_part_of_the_name(world: World) -> None:
    for name in ("Acme", "Beacon & Sons", "O'Brien \\ Co", "Zacmeister"):
        await world.add_client(name)
    await world.anna.command("/payment new")
    modal = await world.anna.modal()
    assert await modal.search("Client", "ACM") == ["Acme", "Zacmeister"]
    assert await modal.search("Client", "& s") == ["Beacon & Sons"]
    assert await modal.search("Client", "n \\") == ["O'Brien \\ Co"]
    assert await modal.search("Client", "%") == []
    assert len(await modal.search("Client", "")) == 4


@pytest.mark.parametrize("name", ["Acme", " ACME ", "acme"])
async def test_a_client_is_not_added_twice(world: World, name: str) -> None:
    await world.add_client("Acme")
    await world.anna.command("/client new")
    modal = await world.anna.modal()
    await modal.fill("Name", name)
    result = await modal.submit()
    assert result.errors == {"Name": "You already have a client named “Acme”."}


async def test_show_answers_with_reference_status_and_actions(world: World) -> None:
    await world.add_client("Acme")
    await world.record(sync=False)
    await world.anna.command("/payment show P-1001")
    (reply,) = await world.anna.replies()
    assert reply.is_ephemeral
    assert reply.text.startswith("P-1001 · Not synced")
    assert reply.buttons == [
        "Sync payment to QuickBooks",
        "Link to a QuickBooks payment",
        "Edit",
        "Refund",
        "Details",
        "Delete",
    ]


async def test_health_says_what_needs_doing(world: World) -> None:
    await world.olivia.command("/quickbooks")
    (reply,) = await world.olivia.replies()
    assert "QuickBooks is not connected. Connect it with /quickbooks connect." in reply.plain
    await world.connect()
    await world.add_client("Acme")
    await world.until(await world.record(sync=True), "Synced")
    await world.anna.command("/quickbooks")
    (reply,) = await world.anna.replies()
    assert "QuickBooks is connected: Larkspur Accounting" in reply.plain
    assert "Synced: 1" in reply.plain


async def test_the_later_of_two_admins_is_told_and_nothing_is_lost(world: World) -> None:
    other = world.workspace.add_person("Oscar", admin=True)
    await world.olivia.command("/quickbooks settings")
    first = await world.olivia.modal()
    await other.command("/quickbooks settings")
    second = await other.modal()
    await first.check(DEFAULT)
    assert (await first.submit()).accepted
    result = await second.submit()
    assert "Somebody else has saved the settings" in next(iter(result.errors.values()))
    await other.command("/payment")
    assert (await other.modal(title="Record a payment")).is_checked(SYNC)
