"""More changes at once than Slack takes edits: the latest first, and one message for the rest."""

from sandbox.slack.message import Message
from tests.world import SYNC, World, payments_of

MANY = 60
AT_A_TIME = 20  # As many as one command takes.
UNDER_WAY = 8  # Edits, when the first is turned away.


async def record_many(world: World) -> None:
    for amount in range(1, MANY + 1):
        await world.anna.command(f"/payment new Acme {amount}")
        modal = await world.anna.modal()
        await modal.uncheck(SYNC)
        assert (await modal.submit()).accepted
    await world.workspace.wait_until(lambda: len(payments_of(world.anna)) == MANY, 30)


async def sync_all(world: World) -> None:
    for first in range(1001, 1001 + MANY, AT_A_TIME):
        numbers = " ".join(f"P-{first + each}" for each in range(AT_A_TIME))
        await world.anna.command(f"/payment sync {numbers}")


def summaries(world: World) -> list[Message]:
    messages = world.anna.direct_messages
    return [each for each in messages if "of your payments" in each.plain]


async def test_many_changes_are_told_in_one_message_until_all_others_are_true(world: World) -> None:
    world.workspace.rate_limits.enabled = False
    await world.connect()
    await world.add_client("Acme")
    await record_many(world)
    world.workspace.failures.add(method="chat.update", retry_after=3, count=8)
    await sync_all(world)
    await world.workspace.wait_until(lambda: summaries(world), 10)
    (summary,) = summaries(world)
    assert "of your payments have changed at once" in summary.plain
    synced = lambda: all("Synced" in each.text for each in payments_of(world.anna))  # noqa: E731
    await world.workspace.wait_until(synced, 30)
    await world.until(summary, "had changed at once. The last of their messages follow now")
    assert len(summaries(world)) == 1


async def test_while_slack_takes_no_more_edits_it_is_asked_for_none(world: World) -> None:
    world.workspace.rate_limits.enabled = False
    await world.connect()
    await world.add_client("Acme")
    await record_many(world)
    before = edits_asked_for(world)
    world.workspace.failures.add(method="chat.update", retry_after=600, count=1000)
    await sync_all(world)
    await world.workspace.wait_until(lambda: len(world.totals) == MANY, 30)
    assert edits_asked_for(world) - before <= UNDER_WAY
    new = await world.record(sync=False, amount="999.00")
    assert "P-1061" in new.text


def edits_asked_for(world: World) -> int:
    """Of payments' messages."""
    calls = [call for call in world.workspace.calls if call.method == "chat.update"]
    return sum(str(call.args["text"]).startswith("P-") for call in calls)
