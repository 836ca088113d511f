"""What people who tried to break it found: each stays mended."""

from pathlib import Path

import httpx
import pytest

from bot.config import Config
from sandbox.loopback import free_port
from sandbox.slack import Person
from tests.world import World, a_config, payments_of, the_bot


async def connect_link(person: Person) -> str:
    await person.command("/quickbooks connect")
    (reply,) = await person.replies()
    return reply.link("Connect to QuickBooks")


async def open_in_browser(url: str) -> httpx.Response:
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as browser:
        return await browser.get(url)


async def test_who_is_no_admin_any_more_cannot_use_an_old_link(world: World) -> None:
    bob = world.workspace.add_person("Bob", admin=True)
    link = await connect_link(bob)
    await world.workspace.change(bob, admin=False)
    page = await open_in_browser(link)
    assert page.status_code == 400
    assert "Only admins may" in page.text
    await world.workspace.deactivate(bob)
    assert (await open_in_browser(link)).status_code == 400


async def test_a_company_is_named_by_digits(world: World) -> None:
    link = await connect_link(world.olivia)
    async with httpx.AsyncClient(trust_env=False) as browser:
        consent = await browser.get((await browser.get(link)).headers["location"])
        callback = httpx.URL(consent.headers["location"]).copy_set_param("realmId", "../../1\n2")
        page = await browser.get(callback)
    assert page.status_code == 400
    assert "which company" in page.text


async def test_a_form_in_another_currency_is_not_saved(world: World) -> None:
    await world.add_client("Acme")
    modal = await world.begin_payment(amount="$500")
    world.quickbooks.consent_company = world.quickbooks.add_company(
        name="Maple", country="CA", currency="CAD"
    )
    await world.connect()
    result = await modal.submit()
    assert "The books are in CAD now, and this form is in USD." in result.errors["Amount"]
    assert payments_of(world.anna) == []


async def test_a_message_that_slack_lost_is_posted_anew(world: World) -> None:
    await world.connect()
    await world.add_client("Acme")
    message = await world.record(sync=False)
    world.workspace.failures.add(method="chat.update", error="message_not_found")
    await message.press("Sync payment to QuickBooks")
    await world.workspace.wait_until(lambda: len(payments_of(world.anna)) == 2, 10)
    await world.until(payments_of(world.anna)[-1], "Synced")


async def test_a_form_that_slack_does_not_open_is_answered(world: World) -> None:
    world.workspace.failures.add(method="views.open", error="expired_trigger_id")
    await world.anna.command("/payment new")
    (reply,) = await world.anna.replies()
    assert reply.plain == "Slack was too slow to open the form. Please type it again."


async def test_what_was_typed_means_nothing_in_a_refusal_either(world: World) -> None:
    await world.anna.command("/client show nobody <!here> <https://evil.example|Acme>")
    (reply,) = await world.anna.replies()
    assert reply.plain == "There is no client named “nobody <!here> <https://evil.example|Acme>”."
    assert world.workspace.mass_mentions == []


@pytest.mark.parametrize(
    ("words", "client", "amount"),
    [
        ("Acme 1 250", "Acme", "$1,250.00"),
        ("Acme 5 USD", "Acme", "$5.00"),
        ("acme 5", "Acme", "$5.00"),
        ("Acme", "Acme", ""),
    ],
)
async def test_the_words_behind_new_are_read_as_they_are_meant(
    world: World, words: str, client: str, amount: str
) -> None:
    await world.add_client("Acme")
    await world.add_client("acme BAKERY")
    await world.anna.command(f"/payment new {words}")
    modal = await world.anna.modal()
    assert modal.value("Client") == client
    assert (modal.value("Amount") or "") == amount


async def test_a_name_that_cannot_be_seen_is_none(world: World) -> None:
    await world.anna.command("/client new")
    modal = await world.anna.modal()
    await modal.fill("Name", "\N{ZERO WIDTH SPACE}")
    assert (await modal.submit()).errors == {"Name": "A client needs a name."}


@pytest.mark.parametrize("timestamp", ["abc", "1.5", ""])
async def test_a_timestamp_that_is_none_is_turned_away(world: World, timestamp: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as anybody:
        answer = await anybody.post(
            f"{world.url}/slack/events",
            content=b"{}",
            headers={"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": "v0=0"},
        )
    assert answer.status_code == 401


async def test_without_the_old_key_an_admin_connects_again_and_all_goes_on(
    world: World, tmp_path: Path
) -> None:
    def config() -> Config:
        """The same ledger each time, with a key that nobody has seen before."""
        url = world.config.quickbooks_api_url or ""
        folder = tmp_path / "other"
        folder.mkdir(exist_ok=True)
        return a_config(world.workspace, world.quickbooks, url, folder, free_port())

    async with the_bot(config()) as url:
        world.workspace.deliver_to(f"{url}/slack/events")
        await world.connect()
        await world.add_client("Acme")
    async with the_bot(config()) as url:
        world.workspace.deliver_to(f"{url}/slack/events")
        await world.olivia.command("/quickbooks")
        (health,) = await world.olivia.replies()
        assert "is disconnected: the stored access cannot be read" in health.plain
        message = await world.record(sync=True)
        page = await open_in_browser(await connect_link(world.olivia))
        assert page.status_code == 200
        await world.until(message, "Synced")
    assert world.totals == ["500.00"]
