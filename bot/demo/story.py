"""A day at Larkspur Accounting, from the first connection to the books at night."""

from decimal import Decimal

from bot.demo.acts import (
    BY_DEFAULT,
    SYNC,
    Choose,
    Entry,
    Tick,
    Type,
    Untick,
    ask,
    direct_message,
    fill_in,
    follow_in_browser,
    foreseen,
    open_modal,
    press_sync,
    save,
    save_payment,
    show_books,
)
from bot.demo.books import CLIENT, INVOICED, books_with, read_books
from bot.demo.closing import LATE, close_the_period_too_early
from bot.demo.drawing import draw_requests
from bot.demo.stage import Stage
from bot.demo.teller import Teller
from bot.demo.weather import lose_the_next_answer, mend_the_line, take_a_moment
from sandbox.slack import Modal

CHEQUE, TRANSFER, CASH = Decimal("600.00"), Decimal("240.00"), Decimal("400.00")
NEW_PAYMENT = "/payment new"
SYNC_BUTTON = "Sync payment to QuickBooks"


async def tell_the_whole_story(stage: Stage, teller: Teller) -> None:
    await tell_the_day(stage, teller)
    await close_the_books(stage, teller)


async def tell_the_day(stage: Stage, teller: Teller) -> None:
    await _prologue(teller)
    await _connect(stage, teller)
    await _choose_the_default(stage, teller)
    await _add_the_client(stage, teller)
    await _record_a_cheque(stage, teller)
    await _record_without_syncing(stage, teller)
    await _sync_it_after_all(stage, teller)
    form = await _lose_an_answer(stage, teller)
    await _send_the_form_again(stage, teller, form)
    await close_the_period_too_early(stage, teller)


async def close_the_books(stage: Stage, teller: Teller) -> None:
    teller.chapter("At night · the books")
    now = await show_books(stage, teller, before=books_with())
    expected = books_with(CHEQUE, TRANSFER, CASH, *LATE)
    teller.check("Five payments, each of them once", found=now.payments, expected=expected.payments)
    teller.check(f"{CLIENT} owes nothing", found=now.receivable, expected=expected.receivable)
    teller.check("The trial balance is zero", found=now.difference, expected=expected.difference)
    teller.check("Nothing else has changed", found=now, expected=expected)


async def _prologue(teller: Teller) -> None:
    teller.say(
        f"Larkspur Accounting has invoiced {CLIENT} {INVOICED:,.2f} in QuickBooks, and the money "
        "comes in as cheques, transfers and cash, which Anna notes in Slack. The trap: a payment "
        "that QuickBooks already holds is entered once more, and the books show it twice."
    )
    await teller.pause()


async def _connect(stage: Stage, teller: Teller) -> None:
    teller.chapter("1 · Olivia, the admin, connects QuickBooks")
    reply = await ask(teller, stage.olivia, "/quickbooks connect")
    teller.step(stage.olivia.name, "presses [Connect to QuickBooks]; the browser opens")
    path, page = await follow_in_browser(reply.link("Connect to QuickBooks"))
    teller.whisper(f"{' → '.join(path)}\n“{page}”")
    await teller.pause()
    question = await direct_message(stage, teller, stage.olivia, "Is it the right one?")
    teller.step(stage.olivia.name, "presses [Use this company]")
    await question.press("Use this company")
    await direct_message(stage, teller, stage.olivia, "QuickBooks is connected: ")
    teller.check(
        "Connecting writes nothing",
        found=read_books(stage.company),
        expected=books_with(),
    )


async def _choose_the_default(stage: Stage, teller: Teller) -> None:
    teller.chapter("2 · Olivia chooses what happens by default")
    modal = await open_modal(teller, stage.olivia, "/quickbooks settings")
    ticked = modal.is_checked(BY_DEFAULT)
    await fill_in(teller, stage.olivia, modal, [Tick("Payments", BY_DEFAULT)])
    teller.check("The default is off until an admin chooses", found=ticked, expected=False)
    await save(teller, stage.olivia, modal)
    await direct_message(stage, teller, stage.olivia, "Saved.")


async def _add_the_client(stage: Stage, teller: Teller) -> None:
    teller.chapter("3 · Anna adds the client")
    modal = await open_modal(teller, stage.anna, "/client new")
    await fill_in(teller, stage.anna, modal, [Type("Name", CLIENT)])
    await save(teller, stage.anna, modal)
    await direct_message(stage, teller, stage.anna, CLIENT)


async def _record_a_cheque(stage: Stage, teller: Teller) -> None:
    teller.chapter("4 · A cheque comes in")
    before = read_books(stage.company)
    modal = await open_modal(teller, stage.anna, NEW_PAYMENT)
    ticked = modal.is_checked(SYNC)
    await fill_in(teller, stage.anna, modal, _payment(CHEQUE, Type("Reference", "1042")))
    teller.check("The box starts as the default says", found=ticked, expected=True)
    take_a_moment(stage)
    await save_payment(stage, teller, modal, until="Synced")
    now = await show_books(stage, teller, before)
    teller.check("QuickBooks holds the cheque once", found=now, expected=books_with(CHEQUE))


async def _record_without_syncing(stage: Stage, teller: Teller) -> None:
    teller.chapter("5 · A payment that QuickBooks has already, Anna believes")
    before = read_books(stage.company)
    modal = await open_modal(teller, stage.anna, NEW_PAYMENT)
    noted = Type("Description", "Received through QuickBooks Online")
    await fill_in(
        teller,
        stage.anna,
        modal,
        _payment(TRANSFER, Choose("Method", "Bank transfer"), noted, Untick("QuickBooks", SYNC)),
    )
    await save_payment(stage, teller, modal, until="Not synced")
    now = await show_books(stage, teller, before)
    teller.check("With the box cleared, nothing is sent", found=now, expected=before)


async def _sync_it_after_all(stage: Stage, teller: Teller) -> None:
    teller.say("An hour later it turns out to be a plain bank transfer: QuickBooks never had it.")
    await teller.pause()
    before = read_books(stage.company)
    take_a_moment(stage)
    await press_sync(stage, teller, SYNC_BUTTON)
    now = await show_books(stage, teller, before)
    teller.check(
        "One press, and it stands in QuickBooks once",
        found=now,
        expected=books_with(CHEQUE, TRANSFER),
    )


async def _lose_an_answer(stage: Stage, teller: Teller) -> Modal:
    teller.chapter("6 · QuickBooks takes a payment, but its answer is lost")
    teller.say(
        "The line will be cut right after QuickBooks has booked it. Whoever simply sends it again "
        "now enters it twice."
    )
    await teller.pause()
    before = read_books(stage.company)
    modal = await open_modal(teller, stage.anna, NEW_PAYMENT)
    await fill_in(teller, stage.anna, modal, _payment(CASH, Choose("Method", "Cash")))
    await foreseen(stage, modal, "into Undeposited Funds")
    asked = len(stage.quickbooks.requests)
    lose_the_next_answer(stage)
    history = await save_payment(
        stage,
        teller,
        modal,
        until="Synced",
        on_news=lambda seen: mend_the_line(stage) if seen.names_next_try else None,
    )
    requests = list(stage.quickbooks.requests)[asked:]
    teller.show(draw_requests(requests))
    now = await show_books(stage, teller, before)
    teller.check(
        "While it waited, the message said what for",
        found=any(seen.names_next_try for seen in history),
        expected=True,
    )
    operations = [served.operation for served in requests]
    teller.check(
        "It was sent once, and looked up instead of sent again",
        found=(operations.count("create"), operations[-1]),
        expected=(1, "query"),
    )
    teller.check("QuickBooks holds it once", found=now, expected=books_with(CHEQUE, TRANSFER, CASH))
    return modal


async def _send_the_form_again(stage: Stage, teller: Teller, form: Modal) -> None:
    teller.chapter("7 · The same form arrives a second time")
    teller.say("The bot’s answer to Slack was lost, so Slack delivers Anna’s last form once more.")
    before, messages = read_books(stage.company), len(stage.anna.direct_messages)
    result = await form.submit(again=True)
    teller.check(
        "The second delivery is answered like the first", found=result.accepted, expected=True
    )
    health = await ask(teller, stage.anna, "/quickbooks")
    teller.check(
        "The ledger still holds three payments", found="Synced: 3" in health.plain, expected=True
    )
    teller.check(
        "Anna was told nothing twice", found=len(stage.anna.direct_messages), expected=messages
    )
    teller.check("The books are as they were", found=read_books(stage.company), expected=before)


def _payment(amount: Decimal, *more: Entry) -> list[Entry]:
    return [Choose("Client", CLIENT), Type("Amount", f"{amount:.2f}"), *more]
