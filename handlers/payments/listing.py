"""/payment list: rows with the QUICKBOOKS column, ten on a page."""

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Block, Reply, context, overflow, section
from handlers.lists import Turn, first_turn, pager, read_turn, row
from handlers.payments.filters import Reader
from handlers.payments.offers import row_menu
from handlers.text import Unreadable, day, escape, money, today
from services.domain.ledger import Payment
from services.domain.pages import Page
from services.errors import Refused

_HOW = (
    "Seek with words: a client, `failed`, `not synced`, `cash`, `500`, `>1000`, `last month`, "
    "`2026-03`, a reference in quotes…"
)


async def list_payments(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, first_turn(request.words))


async def press_turn(desk: Desk, request: Request) -> Reply:
    return await _page(desk, request, read_turn(request.words))


async def _page(desk: Desk, request: Request, turn: Turn) -> Reply:
    member = request.member
    reader = Reader(
        locale=member.locale,
        currency=request.settings.currency,
        today=today(desk.clock(), member.timezone),
    )
    try:
        sought = reader.read(turn.sought)
    except Unreadable as error:
        raise Refused(str(error)) from None
    page = await desk.payment_lists.page(member.firm_id, sought, turn.place)
    return show_page(page, turn.sought, locale=member.locale)


def show_page(page: Page[Payment], sought: str, *, locale: str) -> Reply:
    head = f"*Payments* · {escape(sought)}" if sought else "*Payments*"
    if not page.rows:
        nothing = "No payment fits these words." if sought else "No payments yet."
        return Reply(f"{nothing} {_HOW}")
    blocks = [section(head), *(_row(each, locale) for each in page.rows)]
    pages = pager(ids.LIST_PAYMENTS, page, sought, labels=("Newer", "Older"))
    return Reply(f"{head}: {len(page.rows)} shown", [*blocks, *pages, context(_HOW)])


def _row(payment: Payment, locale: str) -> Block:
    how = " ".join(filter(None, (payment.method, payment.reference)))
    void = " · void" if payment.voided else ""
    about = (
        f"*{payment.name}* · {escape(payment.client.name)}",
        f"{money(payment.amount, locale)} · {day(payment.received_on, locale)} · {escape(how)}",
    )
    menu = overflow(ids.MENU, row_menu(payment))
    return row(about, f"{payment.sync.status.label}{void}", menu)
