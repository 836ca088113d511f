"""More changes at once than Slack takes edits: one message tells of all but the newest."""

import asyncio

from sandbox.slack.message import Channel, Message
from sandbox.slack.world import Call
from tests.handlers.test_payment_notice import refuse_the_next, told
from tests.handlers.test_posting import an_allowed_channel
from tests.world import SYNC, World, payments_of

MANY, NEWEST = 60, 50
REST = MANY - NEWEST
UNDER_WAY = 8  # Edits, when the first is turned away.
A_WHILE = 30


async def record_many(world: World, *, sync: bool, channel: Channel | None = None) -> list[Message]:
    """The messages to Anna, the oldest payment first."""
    world.workspace.rate_limits.enabled = False  # It takes her more than a minute.
    await world.add_client("Acme")
    for amount in range(1, MANY + 1):
        await world.anna.command(f"/payment new Acme {amount}", channel=channel)
        modal = await world.anna.modal()
        await (modal.check(SYNC) if sync else modal.uncheck(SYNC))
        assert (await modal.submit()).accepted
    await world.workspace.wait_until(lambda: len(payments_of(world.anna)) == MANY, A_WHILE)
    return sorted(payments_of(world.anna), key=lambda message: message.text)


def told_at_once(messages: list[Message]) -> list[Message]:
    return [each for each in messages if each.text.startswith(f"{REST} payments have changed")]


async def summary_of(world: World, words: str) -> Message:
    """The one message, once it says so."""

    def found() -> Message | None:
        summaries = told_at_once(world.anna.direct_messages)
        return next((each for each in summaries if words in each.plain), None)

    await world.workspace.wait_until(found, A_WHILE)
    (summary,) = told_at_once(world.anna.direct_messages)
    return summary


def calls_to(world: World, method: str, *messages: Message) -> list[Call]:
    known = {each.ts for each in messages}
    calls = [call for call in world.workspace.calls if call.method == method]
    return [call for call in calls if not known or call.args.get("ts") in known]


async def test_the_newest_are_edited_and_one_message_tells_of_the_rest(world: World) -> None:
    messages = await record_many(world, sync=True)
    rest, newest = messages[:REST], messages[REST:]
    before = len(calls_to(world, "chat.postMessage"))
    await world.begin_to_connect()
    summary = await summary_of(world, f"at once: {REST} Syncing.")
    await all_say(world, newest, "until an admin confirms the QuickBooks company")
    assert calls_to(world, "chat.update", *rest) == []
    assert len(calls_to(world, "chat.update", *newest)) == NEWEST
    assert calls_to(world, "chat.update", summary) == []
    to_anna = calls_to(world, "chat.postMessage")[before:]
    assert [each.ts for each in to_anna if each.args["channel"] == summary.channel] == [summary.ts]


async def test_the_message_is_edited_in_place_while_it_goes_on(world: World) -> None:
    messages = await record_many(world, sync=True)
    await world.connect()
    summary = await summary_of(world, f"at once: {REST} Synced.")
    await all_say(world, messages[REST:], "· Synced")
    assert len(world.totals) == MANY
    assert len(calls_to(world, "chat.update", summary)) <= 4
    edits = len(calls_to(world, "chat.update", messages[0]))
    await change_reference(world)
    await world.until(messages[0], "ch-77")
    assert "P-1001 · Synced" in messages[0].plain
    assert len(calls_to(world, "chat.update", messages[0])) > edits


async def all_are_in_the_books(world: World) -> None:
    async with asyncio.timeout(A_WHILE):
        while len(world.totals) < MANY:  # noqa: ASYNC110 - QuickBooks tells nobody.
            await asyncio.sleep(0.1)


async def all_say(world: World, messages: list[Message], words: str) -> None:
    await world.workspace.wait_until(lambda: all(words in each.plain for each in messages), A_WHILE)


async def change_reference(world: World) -> None:
    await world.anna.command("/payment show P-1001")
    (shown,) = await world.anna.replies()
    await shown.press("Edit")
    modal = await world.anna.modal()
    await modal.fill("Reference", "ch-77")
    assert (await modal.submit()).accepted


async def test_what_needs_a_person_is_named_there_and_told_once(world: World) -> None:
    messages = await record_many(world, sync=True)
    for _ in range(3):
        refuse_the_next(world)
    await world.connect()
    await summary_of(world, "Syncing")
    world.workspace.failures.add(method="chat.postMessage", retry_after=1)  # The first time.
    summary = await summary_of(world, f"at once: {REST - 3} Synced, 3 Failed.")
    await all_say(world, messages[REST:], "· Synced")
    named = [each.strip(",") for each in summary.plain.split() if each.startswith("P-10")]
    assert len(named) == 3
    await world.workspace.wait_until(lambda: told(world), A_WHILE)
    await world.workspace.wait_until(lambda: heard_of(world, summary, named) == [1, 1, 1], A_WHILE)
    for reply in told(world):
        assert reply.thread_ts == summary.ts
        assert "somebody: /payment list failed skipped says why." in reply.plain


def heard_of(world: World, summary: Message, names: list[str]) -> list[int]:
    """How often each was named in what Anna hears: a new message, while an edit makes no sound."""
    posted = [str(call.args) for call in calls_to(world, "chat.postMessage", summary)]
    heard = [*posted, *(reply.plain for reply in told(world))]
    return [sum(name in each for each in heard) for name in names]


async def test_slack_is_hardly_ever_asked_too_often(world: World) -> None:
    await record_many(world, sync=True)
    world.workspace.rate_limits.enabled = True
    await world.connect()
    await all_are_in_the_books(world)
    await summary_of(world, "Synced")
    refused = [each for each in calls_to(world, "chat.update") if not each.result["ok"]]
    assert len(refused) <= 2 * UNDER_WAY


async def test_a_summary_whose_posting_got_no_answer_is_found_again(world: World) -> None:
    await record_many(world, sync=True)
    # The question to Olivia is the other one.
    world.workspace.failures.add(method="chat.postMessage", http=500, applied=True, count=2)
    question = await world.begin_to_connect()
    await summary_of(world, "Syncing")
    await question.press("Use this company")
    await summary_of(world, f"at once: {REST} Synced.")


async def test_a_channel_has_its_own_until_it_is_shared_outside(world: World) -> None:
    books = await an_allowed_channel(world)
    messages = await record_many(world, sync=True, channel=books)
    await world.workspace.wait_until(lambda: len(books.messages) == MANY, A_WHILE)
    question = await world.begin_to_connect()
    await world.workspace.wait_until(lambda: told_at_once(books.messages), A_WHILE)
    await world.workspace.wait_until(
        lambda: sum(bool(each.edits) for each in books.messages) == NEWEST, A_WHILE
    )
    (summary,) = told_at_once(books.messages)
    there = {each.ts: each.edits for each in books.messages}
    books.share()
    await question.press("Use this company")
    await all_say(world, messages[REST:], "· Synced")
    await all_say(world, messages[REST:], "Not posted to #books any more")
    assert {each.ts: each.edits for each in books.messages} == there
    assert f"{REST} Syncing" in summary.plain


async def test_while_slack_takes_no_more_edits_it_is_asked_for_none(world: World) -> None:
    messages = await record_many(world, sync=True)
    world.workspace.failures.add(method="chat.update", retry_after=600, count=1000)
    await world.connect()
    await all_are_in_the_books(world)
    assert len(calls_to(world, "chat.update", *messages)) <= UNDER_WAY
    new = await world.record(sync=False, amount="999.00")
    assert "P-1061" in new.text


async def test_what_was_turned_away_is_posted_later_and_not_sought(world: World) -> None:
    await world.add_client("Acme")
    world.workspace.failures.add(method="chat.postMessage", retry_after=1)
    await world.record(sync=False)
    assert calls_to(world, "conversations.history") == []
    assert len(payments_of(world.anna)) == 1
