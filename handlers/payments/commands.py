"""/payment new, show, sync, help."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.blocks import show
from handlers.payments.views import Draft, payment_modal
from handlers.text import Unreadable, read_amount
from services.domain.ids import PaymentId, read_payment_number
from services.domain.ledger import Client
from services.domain.money import Money
from services.errors import Refused

HELP = Reply(
    "*/payment new* [client] [amount] – record a payment\n"
    "*/payment show P-1001* – how it stands, and what can be done\n"
    "*/payment sync P-1001* – sync it to QuickBooks\n"
    "*/client new* – add a client\n"
    "*/quickbooks* – is everything in step?"
)


async def explain(desk: Desk, request: Request) -> Reply:
    del desk, request
    return HELP


async def new_or_explain(desk: Desk, request: Request) -> Reply | None:
    """`/payment` alone opens the modal; other words are not understood."""
    if request.words:
        return Reply(f"I do not know that word. This is what I understand:\n{HELP.text}")
    await new_payment(desk, request)
    return None


async def new_payment(desk: Desk, request: Request) -> None:
    """Open the modal, with the client and the amount where the words name them."""
    member, settings = request.member, request.settings
    client, amount = await _read_words(desk, request, settings.currency)
    draft = Draft(
        currency=settings.currency,
        sync=settings.sync_by_default,
        today=_today(desk.clock(), member.timezone),
        client=client,
        amount=amount,
    )
    await request.client.views_open(
        trigger_id=request.trigger_id, view=payment_modal(draft, locale=member.locale)
    )


async def show_payment(desk: Desk, request: Request) -> Reply:
    payment = await _find(desk, request)
    standing = await desk.payments.show(request.member.firm_id, payment)
    return show(standing, locale=request.member.locale, records_url=desk.records_url)


async def sync_payment(desk: Desk, request: Request) -> Reply:
    payment = await _find(desk, request)
    await desk.payments.sync(request.member.firm_id, payment, by=request.member.user_id)
    return await show_payment(desk, request)


async def _find(desk: Desk, request: Request) -> PaymentId:
    number = read_payment_number(request.words)
    if number is None:
        raise Refused("Which payment? Write its reference, like P-1001.")
    return await desk.payments.id_of(request.member.firm_id, number)


async def _read_words(
    desk: Desk, request: Request, currency: str
) -> tuple[Client | None, Money | None]:
    """`Acme 500`: the last word is the amount if it reads as one, the others name the client."""
    name, _, last = request.words.rpartition(" ")
    try:
        amount = read_amount(last, locale=request.member.locale, currency=currency)
    except Unreadable:
        name, amount = request.words, None
    if not name.strip():
        return None, amount
    found = await desk.clients.search(request.member.firm_id, name)
    return (found[0] if len(found) == 1 else None), amount


def _today(now: datetime, timezone: str) -> str:
    try:
        return now.astimezone(ZoneInfo(timezone)).date().isoformat()
    except (ZoneInfoNotFoundError, ValueError):
        return now.date().isoformat()
