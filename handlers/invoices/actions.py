"""The buttons of an invoice."""

from handlers import ids
from handlers.clients.following import tell_if_it_fails
from handlers.desk import Desk, Request, open_modal
from handlers.dismissing import dismiss_modal
from handlers.elements import Reply
from handlers.invoices.found import invoice_of, show_invoice
from handlers.invoices.links import link_modal
from handlers.invoices.partings import unsync_modal, void_modal
from handlers.invoices.views import MOST_LINES, Draft, invoice_modal
from services.domain.ids import InvoiceId
from services.domain.sync import ACTIONS, Action, Status
from services.errors import ClientFirst, Refused
from services.invoices import InvoiceStanding


async def press_show(desk: Desk, request: Request) -> Reply:
    return await show_invoice(desk, request, invoice_of(request.words))


async def press_sync(desk: Desk, request: Request) -> Reply:
    invoice, member = invoice_of(request.words), request.member
    try:
        await desk.invoices.sync(member.firm_id, invoice, by=member.user_id)
    except ClientFirst:  # Its client has left QuickBooks since: the answer offers that first.
        return await show_invoice(desk, request, invoice)
    return await show_invoice(desk, request, invoice)


async def press_client_first(desk: Desk, request: Request) -> Reply:
    """The client goes, then the invoice by itself; one that waits already goes on waiting."""
    invoice, member = invoice_of(request.words), request.member
    found = (await desk.invoices.show(member.firm_id, invoice)).invoice
    if found.sync.status is Status.SYNCING:
        await desk.clients.sync(member.firm_id, found.client.name, by=member.user_id)
    else:
        await desk.invoices.sync(member.firm_id, invoice, by=member.user_id, client_first=True)
    desk.background.spawn(tell_if_it_fails(desk, request, found.client.id))
    return await show_invoice(desk, request, invoice)


async def press_cancel(desk: Desk, request: Request) -> Reply:
    invoice, member = invoice_of(request.words), request.member
    await desk.invoices.cancel(member.firm_id, invoice, by=member.user_id)
    return await show_invoice(desk, request, invoice)


async def press_unsync(desk: Desk, request: Request) -> None:
    await open_unsync(desk, request, invoice_of(request.words))


async def press_void(desk: Desk, request: Request) -> None:
    await open_void(desk, request, invoice_of(request.words))


async def press_link(desk: Desk, request: Request) -> None:
    await open_link(desk, request, invoice_of(request.words))


async def press_dismiss(desk: Desk, request: Request) -> None:
    invoice = invoice_of(request.words)
    standing = await desk.invoices.show(request.member.firm_id, invoice)
    _check(standing, Action.DISMISS)
    name = standing.invoice.number
    await open_modal(request, dismiss_modal(ids.DISMISS_INVOICE, name, str(invoice)))


async def press_edit(desk: Desk, request: Request) -> None:
    member = request.member
    invoice = (await desk.invoices.show(member.firm_id, invoice_of(request.words))).invoice
    if invoice.voided:
        raise Refused(f"{invoice.name} is void.")
    if invoice.sync.status is Status.SYNCING:
        raise Refused(f"{invoice.name} is on its way. Try again in a moment.")
    if len(invoice.lines) > MOST_LINES:
        raise Refused(f"{invoice.name} has more lines than a form holds. Edit it in QuickBooks.")
    draft = Draft(
        invoice.total.currency,
        invoice.invoiced_on,
        invoice.due_on,
        invoice=invoice,
        lines=invoice.lines,
    )
    await open_modal(request, invoice_modal(draft, locale=member.locale))


async def open_unsync(desk: Desk, request: Request, invoice: InvoiceId) -> None:
    """Ask first: what goes, and what becomes credit."""
    firm = request.member.firm_id
    standing = await desk.invoices.show(firm, invoice)
    _check(standing, Action.UNSYNC)
    settling = await desk.overviews.settling(firm, invoice)
    presence = await desk.previews.presence(firm, standing.invoice)
    view = unsync_modal(standing.invoice, settling, locale=request.member.locale, presence=presence)
    await open_modal(request, view)


async def open_void(desk: Desk, request: Request, invoice: InvoiceId) -> None:
    firm = request.member.firm_id
    standing = await desk.invoices.show(firm, invoice)
    if standing.invoice.voided:
        raise Refused(f"{standing.invoice.name} is void already.")
    settling = await desk.overviews.settling(firm, invoice)
    presence = await desk.previews.presence(firm, standing.invoice)
    view = void_modal(standing.invoice, settling, locale=request.member.locale, presence=presence)
    await open_modal(request, view)


async def open_link(desk: Desk, request: Request, invoice: InvoiceId) -> None:
    standing = await desk.invoices.show(request.member.firm_id, invoice)
    _check(standing, Action.LINK)
    if standing.invoice.client.sync.status is not Status.SYNCED:
        name = standing.invoice.client.name
        raise Refused(f"{name} is not in QuickBooks. Sync or link it first.")
    await open_modal(request, link_modal(standing.invoice, locale=request.member.locale))


def _check(standing: InvoiceStanding, action: Action) -> None:
    """Before a form is opened for nothing."""
    invoice = standing.invoice
    if invoice.voided and action is not Action.UNSYNC:
        raise Refused(f"{invoice.name} is void.")
    if action not in ACTIONS[invoice.sync.status]:
        status = invoice.sync.status.label
        raise Refused(f"{invoice.name} is {status}: that cannot be done now.")
