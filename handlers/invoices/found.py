"""Which invoice a person means, and how it stands."""

from uuid import UUID

from handlers.desk import Desk, Request
from handlers.elements import Reply
from handlers.invoices.blocks import show
from services.domain.ids import InvoiceId
from services.errors import NotFound, Refused


def invoice_of(words: str) -> InvoiceId:
    """From the value of a button, or of a form."""
    try:
        return InvoiceId(UUID(words))
    except ValueError:
        raise NotFound("There is no such invoice.") from None


async def find_invoice(desk: Desk, request: Request) -> InvoiceId:
    """The one that was typed."""
    if not request.words:
        raise Refused("Which invoice? Write its number, like INV-1001.")
    return await desk.invoices.id_of(request.member.firm_id, request.words)


async def show_invoice(desk: Desk, request: Request, invoice: InvoiceId) -> Reply:
    firm = request.member.firm_id
    standing = await desk.invoices.show(firm, invoice)
    settling = await desk.overviews.settling(firm, invoice)
    return show(standing, settling, locale=request.member.locale, records_url=desk.records_url)
