"""Unsync, void, dismiss: what goes, what stays and what becomes credit is said before."""

import json
from collections.abc import Sequence
from typing import Any

from handlers import ids
from handlers.desk import Desk, Request
from handlers.dismissing import read_why
from handlers.elements import Block, Reply, modal, section
from handlers.errors import NextForm, as_we_made_it
from handlers.invoices.found import invoice_of, show_invoice
from handlers.payments.candidates import differing
from handlers.text import day, escape, money
from services.domain.allocation import Settling
from services.domain.ids import InvoiceId, payment_reference
from services.domain.ledger import Invoice
from services.domain.money import Money
from services.domain.presence import Presence
from services.errors import CreditFirst

MOST_NAMED = 20  # Of the payments that settle it.
_UNLINKED = "It was linked, not created: it is only unlinked, and QuickBooks keeps it."
_DELETED = "It is deleted in QuickBooks. Here it stays, Not synced."
_VOIDED = "It stays here as void, and counts no more. This cannot be undone."
_VOIDED_THERE = f"{_VOIDED} In QuickBooks it is voided too."


def unsync_modal(
    invoice: Invoice, settling: Sequence[Settling], *, locale: str, presence: Presence = None
) -> Block:
    there = [each for each in settling if not each.left_out]
    goes = _UNLINKED if invoice.sync.linked else _DELETED
    texts = [*_described(invoice, presence, locale), goes]
    if there and not invoice.sync.linked:
        client = escape(invoice.client.name)
        texts += _credit(there, invoice, locale)
        texts.append(f"That becomes the credit of {client} there. Here it settles it as before.")
    return _form(ids.UNSYNC_INVOICE, "Unsync", invoice, texts, credit=bool(there))


def void_modal(
    invoice: Invoice, settling: Sequence[Settling], *, locale: str, presence: Presence = None
) -> Block:
    kept = _VOIDED_THERE if invoice.sync.is_in_quickbooks else _VOIDED
    texts = [*_described(invoice, presence, locale), kept]
    if settling:
        texts += _credit(settling, invoice, locale)
        texts.append(f"That becomes the credit of {escape(invoice.client.name)}.")
    return _form(ids.VOID_INVOICE, "Void", invoice, texts, credit=bool(settling))


async def unsync(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    (invoice, credit), member = _read(view), request.member
    try:
        await desk.invoices.unsync(member.firm_id, invoice, by=member.user_id, credit=credit)
    except CreditFirst:  # Somebody has paid it since the question was asked.
        standing, settling = await _now(desk, request, invoice)
        again = unsync_modal(standing, settling, locale=member.locale)
        raise NextForm(again) from None
    return await show_invoice(desk, request, invoice)


async def void(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    (invoice, credit), member = _read(view), request.member
    try:
        await desk.invoices.void(member.firm_id, invoice, by=member.user_id, credit=credit)
    except CreditFirst:
        standing, settling = await _now(desk, request, invoice)
        raise NextForm(void_modal(standing, settling, locale=member.locale)) from None
    return await show_invoice(desk, request, invoice)


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> Reply:
    invoice, member = invoice_of(view["private_metadata"]), request.member
    await desk.invoices.dismiss(member.firm_id, invoice, why=read_why(view), by=member.user_id)
    return await show_invoice(desk, request, invoice)


async def _now(desk: Desk, request: Request, invoice: InvoiceId) -> tuple[Invoice, list[Settling]]:
    firm = request.member.firm_id
    standing = await desk.invoices.show(firm, invoice)
    return standing.invoice, await desk.overviews.settling(firm, invoice)


def _described(invoice: Invoice, presence: Presence, locale: str) -> list[str]:
    """As it is here, and as it is in QuickBooks where that differs."""
    total, on = money(invoice.total, locale), day(invoice.invoiced_on, locale)
    ours = f"*{escape(invoice.number)}* · {escape(invoice.client.name)} · {total} · {on}"
    return [ours, *differing(presence, invoice.total.currency, locale)]


def _credit(settling: Sequence[Settling], invoice: Invoice, locale: str) -> list[str]:
    currency = invoice.total.currency
    parts = ((each, Money(each.minor, currency)) for each in settling[:MOST_NAMED])
    named = [
        f"• {payment_reference(each.payment_number)} settles {money(part, locale)} of it."
        for each, part in parts
    ]
    others = settling[MOST_NAMED:]
    if not others:
        return named
    rest = money(Money(sum(each.minor for each in others), currency), locale)
    return [*named, f"• {len(others)} more settle {rest} of it."]


def _form(order: str, verb: str, invoice: Invoice, texts: Sequence[str], *, credit: bool) -> Block:
    view = modal(order, f"{verb} {invoice.number}?", verb, [section("\n".join(texts))])
    return _about(view, invoice.id, credit=credit)


def _about(view: Block, invoice: InvoiceId, *, credit: bool) -> Block:
    """`credit`: the person has read what becomes of the payments on it."""
    return {**view, "private_metadata": json.dumps([str(invoice), credit])}


def _read(view: dict[str, Any]) -> tuple[InvoiceId, bool]:
    with as_we_made_it():
        invoice, credit = json.loads(view["private_metadata"])
    return invoice_of(str(invoice)), bool(credit)
