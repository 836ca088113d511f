"""/payment new, show, sync, help."""

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.payments.blocks import show
from handlers.payments.draft import Draft
from handlers.payments.found import find_payment, find_payments, find_refund
from handlers.payments.posting import find_channel
from handlers.payments.progress import Progress
from handlers.payments.recording import open_form
from handlers.refunds import actions as refunds
from handlers.text import Unreadable, read_amount, today
from services.domain.ids import PaymentId
from services.domain.ledger import Client, name_key
from services.domain.money import Money

MOST_AMOUNT_WORDS = 5  # USD 1 250 000,75.

HELP = Reply(
    "*/payment new* [client] [amount] – record a payment\n"
    "*/payment list* [words] – find payments: `failed`, `acme`, `last month`, `>1000`\n"
    "*/payment show P-1001* – how it stands, and what can be done; R-1001 for a refund\n"
    "*/payment sync P-1001*… – sync it to QuickBooks, or up to 20 at once\n"
    "*/payment unsync P-1001*… – take it out of QuickBooks again (approvers)\n"
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
    """Open the form, with the client and the amount where the words name them."""
    member, settings = request.member, request.settings
    client, amount = await _read_words(desk, request, settings.currency)
    channel, why_not = await find_channel(request)
    on = today(desk.clock(), member.timezone)
    draft = Draft(
        currency=settings.currency,
        sync=settings.sync_by_default,
        today=on.isoformat(),
        client=client,
        amount=amount,
        client_id=client.id if client else None,
        received_on=on,
        channel=channel,
        why_not=why_not,
    )
    await open_form(desk, request, draft)


async def show_payment(desk: Desk, request: Request) -> Reply:
    """A payment, or a refund of one."""
    if request.words.casefold().startswith("r"):
        return await refunds.shown(desk, request, await find_refund(desk, request))
    return await shown(desk, request, await find_payment(desk, request))


async def shown(desk: Desk, request: Request, payment: PaymentId) -> Reply:
    """How it stands, for whoever asked."""
    firm = request.member.firm_id
    return show(
        await desk.payments.show(firm, payment),
        locale=request.member.locale,
        records_url=desk.records_url,
        company=await desk.previews.company(firm),
        refunds=await desk.refunds.of_payment(firm, payment),
    )


async def sync_payment(desk: Desk, request: Request) -> Reply:
    """One is answered with how it stands; several with a message that follows them."""
    wanted, member = await find_payments(desk, request), request.member

    async def do(payment: PaymentId) -> None:
        await desk.payments.sync(member.firm_id, payment, by=member.user_id)

    if len(wanted) > 1:
        await Progress(desk, request, "Sync", wanted).begin(do)
        return Reply(f"{len(wanted)} payments: my message to you tells how it goes.")
    (payment,) = wanted
    await do(payment)
    return await shown(desk, request, payment)


async def _read_words(
    desk: Desk, request: Request, currency: str
) -> tuple[Client | None, Money | None]:
    """`Acme 1 250`: the most words at the end that read as an amount; the others are the client."""
    name, amount = _split_amount(request.words, locale=request.member.locale, currency=currency)
    if not name:
        return None, amount
    found = await desk.clients.search(request.member.firm_id, name)
    exact = [client for client in found if name_key(client.name) == name_key(name)]
    best = exact or found
    return (best[0] if len(best) == 1 else None), amount


def _split_amount(text: str, *, locale: str, currency: str) -> tuple[str, Money | None]:
    words = text.split()
    for start in range(max(0, len(words) - MOST_AMOUNT_WORDS), len(words)):
        try:
            amount = read_amount(" ".join(words[start:]), locale=locale, currency=currency)
        except Unreadable:
            continue
        return " ".join(words[:start]), amount
    return text.strip(), None
