"""The form in which an invoice is tied to one that QuickBooks has already."""

import json
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request
from handlers.elements import Block, Reply, field_input, modal, option, section
from handlers.errors import as_we_made_it
from handlers.invoices.found import invoice_of, show_invoice
from handlers.live import linked_in_time, live_menu, pick, told
from handlers.text import day, escape, money
from services.domain.ledger import Invoice
from services.domain.money import Money
from services.domain.twins import Candidate


def link_modal(invoice: Invoice, *, locale: str) -> Block:
    """Open with the twin chosen, where one was found."""
    total = money(invoice.total, locale)
    about = f"*{escape(invoice.number)}* · {escape(invoice.client.name)} · {total}"
    menu = live_menu("Its client’s invoices of the same total")
    if invoice.sync.twin_id:
        twin = invoice.sync.twin_id
        menu["initial_option"] = option(f"The one that was found (id {twin})", twin)
    field = field_input(
        ids.QBO_INVOICE,
        "QuickBooks invoice",
        menu,
        hint="Nothing is written there: the two are taken for the same from now on. Its number, "
        "dates and lines here become what they are there.",
    )
    view = modal(ids.LINK_INVOICE, f"Link {invoice.number}", "Link", [section(about), field])
    return {**view, "private_metadata": json.dumps(str(invoice.id))}


async def suggest_invoices(desk: Desk, request: Request) -> list[Block]:
    invoice = invoice_of(str(json.loads(request.view["private_metadata"])))
    member = request.member
    currency = (await desk.invoices.show(member.firm_id, invoice)).invoice.total.currency

    async def find() -> list[Block]:
        found = await desk.live.invoices(member.firm_id, invoice)
        return [_option(each, currency, member.locale) for each in found]

    return await told(
        desk, find(), request.words, none="QuickBooks has none of this total that is free."
    )


def _option(found: Candidate, currency: str, locale: str) -> Block:
    amount = money(Money.from_decimal(found.amount, currency), locale)
    number = found.reference or f"id {found.qbo_id}"
    return option(f"{number} · {amount} · {day(found.on, locale)}", found.qbo_id)


async def link(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    member = request.member
    with as_we_made_it():
        invoice = invoice_of(str(json.loads(view["private_metadata"])))
    qbo_id = pick(view["state"]["values"], ids.QBO_INVOICE)
    linking = desk.links.link_invoice(member.firm_id, invoice, qbo_id, by=member.user_id)
    await linked_in_time(desk, linking, ids.QBO_INVOICE)
    return await show_invoice(desk, request, invoice)
