"""The books are closed while payments come in: one alert for all of them, and one way out."""

from datetime import UTC, datetime
from decimal import Decimal

from bot.demo.acts import Choose, Entry, Type, fill_in, open_modal, save, save_payment
from bot.demo.books import CLIENT, read_books
from bot.demo.drawing import draw_reply
from bot.demo.following import PATIENCE
from bot.demo.stage import Stage
from bot.demo.teller import Teller
from sandbox.slack import Channel, Message

LATE = (Decimal("80.00"), Decimal("45.00"))
CHANNEL = "books-alerts"


async def close_the_period_too_early(stage: Stage, teller: Teller) -> None:
    channel = await _choose_a_channel(stage, teller)
    before = read_books(stage.company)
    await _fail_two_payments(stage, teller)
    alert = await _alert(stage, teller, channel, "2 payments need a person")
    teller.check("Two payments, one cause: one alert", found=len(channel.messages), expected=1)
    teller.check("Nothing was written", found=read_books(stage.company), expected=before)
    teller.say("The bookkeeper follows the link in the alert, and opens the period again.")
    stage.company.preferences.book_close_date = None
    await teller.pause()
    teller.step(stage.anna.name, "presses [Retry all]")
    await alert.press("Retry all")
    await _alert(stage, teller, channel, "Resolved")


async def _choose_a_channel(stage: Stage, teller: Teller) -> Channel:
    teller.chapter("8 · The books are closed, and two more cheques come in")
    people = [stage.olivia, stage.anna]
    channel = stage.workspace.add_channel(CHANNEL, private=True, members=people)
    modal = await open_modal(teller, stage.olivia, "/quickbooks settings")
    await fill_in(teller, stage.olivia, modal, [Choose("Alert channel", CHANNEL)])
    await save(teller, stage.olivia, modal)
    teller.say("At the same time the bookkeeper closes the books in QuickBooks, a day too early.")
    stage.company.preferences.book_close_date = datetime.now(UTC).date()
    await teller.pause()
    return channel


async def _fail_two_payments(stage: Stage, teller: Teller) -> None:
    for amount in LATE:
        modal = await open_modal(teller, stage.anna, "/payment new")
        entries: list[Entry] = [Choose("Client", CLIENT), Type("Amount", f"{amount:.2f}")]
        await fill_in(teller, stage.anna, modal, entries)
        await save_payment(stage, teller, modal, until="Failed")


async def _alert(stage: Stage, teller: Teller, channel: Channel, words: str) -> Message:
    """What stands in the channel once it says so."""

    def find() -> Message | None:
        seen = stage.anna.messages(channel)
        return next((each for each in seen if words in each.plain), None)

    found = await stage.workspace.wait_until(find, PATIENCE)
    if found is None:  # It waited for just that.
        raise LookupError(words)
    teller.show(draw_reply(found, reader=f"#{CHANNEL}"))
    await teller.pause()
    return found
