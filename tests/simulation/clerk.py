"""A clerk: records payments, invoices, clients, and presses what can be pressed about them."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.domain.ledger import Allocation, InvoiceLine, NewInvoice, NewPayment
from services.domain.money import Money
from services.domain.sync import Status
from services.errors import Refused
from tests.simulation.office import ANNA, draw_amount, draw_bill, draw_date
from tests.simulation.program import Program
from tests.simulation.staff import Look, Staff
from tests.simulation.wishes import (
    CENT,
    Answer,
    AnyWish,
    Bill,
    ClientWish,
    InvoiceWish,
    Part,
    PaymentWish,
    RefundWish,
    Sum,
    Wish,
)


class Clerk(Staff):
    # Clients.

    async def record_client(self, client: ClientWish) -> None:
        firm, name = self.firm.id, client.name
        try:
            done = await self.insist(
                lambda program: program.clients.record(firm, name=name, email=None, by=ANNA)
            )
        except Refused:  # An earlier press was heard after all.
            done = await self.insist(lambda program: program.clients.get_by_name(firm, name))
        client.id = done.id
        self.note(f"recorded {client.name}")

    async def sync_client(self, client: ClientWish, *, anyway: bool = False) -> None:
        firm, name = self.firm.id, (await self.look(client)).record.name
        await self.press(
            client,
            "sync client",
            lambda program: program.clients.sync(firm, name, by=ANNA, anyway=anyway),
            wants=[True],
        )

    async def edit_client(self, client: ClientWish) -> None:
        look = await self.look(client)
        name = look.record.name
        if self.chance.random() < 0.5:
            name = f"{client.name} & Co {len(client.names)}"
        client.names.add(name)
        email = f"office{self.firm.clients.index(client)}@example.com"
        await self.press(
            client,
            "edit client",
            lambda program: program.clients.edit(
                self.firm.id, id_of(client), name=name, email=email, by=ANNA
            ),
            wants=_stays(client, look),
        )

    # Invoices.

    async def record_invoice(self, invoice: InvoiceWish) -> None:
        typed = _new_invoice(invoice, invoice.bills[-1])
        invoice.id = await self.insist(
            lambda program: program.invoices.record(
                self.firm.id, typed, submission_id=f"V{invoice.number}", by=ANNA
            )
        )
        self.note(f"recorded {invoice.number}: {invoice.bills[-1]}")

    async def sync_invoice(self, invoice: InvoiceWish, *, client_first: bool) -> None:
        await self.press(
            invoice,
            "sync invoice",
            lambda program: program.invoices.sync(
                self.firm.id, id_of(invoice), by=ANNA, client_first=client_first
            ),
            wants=[True],
            takes=[(invoice.client, True)],
        )

    async def edit_invoice(self, invoice: InvoiceWish) -> None:
        await self.change_invoice(invoice, draw_bill(self.chance))

    async def change_invoice(self, invoice: InvoiceWish, bill: Bill) -> None:
        look = await self.look(invoice)
        invoice.bills.append(bill)
        answer = await self.press(
            invoice,
            "edit invoice",
            lambda program: program.invoices.edit(
                self.firm.id, id_of(invoice), _new_invoice(invoice, bill), by=ANNA
            ),
            wants=_stays(invoice, look),
        )
        if answer is Answer.REFUSED:
            invoice.bills.remove(bill)

    # Payments.

    async def record_payment(self, payment: PaymentWish, *, sync: bool) -> None:
        typed = payment.sums[-1]
        if not typed.parts:
            typed = replace(typed, parts=self._draw_parts(payment))
            payment.sums[:] = [typed]
        try:
            await self._record_payment(payment, sync=sync)
        except Refused as refused:  # Somebody else's payment was faster.
            self.note(f"recorded {payment.reference} without invoices: {refused}")
            payment.sums[:] = [replace(typed, parts=())]
            await self._record_payment(payment, sync=sync)
        if sync:
            payment.wanted, payment.asked = {True}, payment.asked + 1
            for other, wanted in self._goes_along(payment):
                other.drag(wanted)
        self.note(f"recorded {payment.reference}, {sync=}: {payment.sums[-1]}")

    async def _record_payment(self, payment: PaymentWish, *, sync: bool) -> None:
        typed = _new_payment(payment, payment.sums[-1])
        modal = f"V{payment.reference}"  # The same however often it is submitted.
        payment.id = await self.insist(
            lambda program: program.payments.record(
                self.firm.id, typed, sync=sync, submission_id=modal, by=ANNA
            )
        )

    def _draw_parts(self, payment: PaymentWish) -> tuple[Part, ...]:
        """Some of the client's invoices, and mostly a rest that settles none."""
        left, parts = payment.sums[-1].amount, []
        if payment.currency != "USD":
            return ()
        for invoice in self.firm.invoices_of(payment.client):
            bill = invoice.bills[-1]
            most = min(left, bill.total)
            part = (most * self.chance.choice([Decimal("0.3"), Decimal(1)])).quantize(CENT)
            if part and self.chance.random() < 0.7:
                parts.append(Part(invoice, part, left_out=self.chance.random() < 0.2))
                left -= part
        return tuple(parts)

    async def sync_payment(self, payment: PaymentWish, *, send_invoices: bool = True) -> None:
        def unanswered() -> None:
            payment.perhaps += 1

        answer = await self.press(
            payment,
            "sync payment",
            lambda program: program.payments.sync(
                self.firm.id, id_of(payment), by=ANNA, send_invoices=send_invoices
            ),
            wants=[True],
            takes=self._goes_along(payment),
            unanswered=unanswered,
        )
        payment.asked += answer is Answer.GRANTED

    def _goes_along(self, payment: PaymentWish) -> list[tuple[Wish, bool]]:
        settled = [each for each in self.firm.invoices if payment.settles(each)]
        along: list[Wish] = [payment.client, *settled, *self.firm.refunds_of(payment)]
        return [(each, True) for each in along]

    def goes_too(self, payment: PaymentWish) -> list[tuple[Wish, bool]]:
        return [(each, False) for each in self.firm.refunds_of(payment)]

    async def edit_payment(self, payment: PaymentWish) -> None:
        await self.change_payment(payment, self._draw_change(payment, await self.look(payment)))

    async def change_payment(self, payment: PaymentWish, wanted: Sum) -> None:
        payment.sums.append(wanted)
        answer = await self.press(
            payment,
            "edit payment",
            lambda program: program.payments.edit(
                self.firm.id, id_of(payment), _new_payment(payment, wanted), by=ANNA
            ),
            wants=payment.wanted | {True},
        )
        if answer is Answer.REFUSED:
            payment.sums.remove(wanted)

    def _draw_change(self, payment: PaymentWish, look: Look) -> Sum:
        """As it was shown, but for one thing."""
        shown = self._shown(look)
        match self.chance.choice(["amount", "date", "description", "parts", "parts"]):
            case "amount":
                return replace(shown, amount=shown.amount + draw_amount(self.chance))
            case "date":
                return replace(shown, received_on=draw_date(self.chance))
            case "description":
                return replace(shown, description=self.chance.choice([None, "for May"]))
            case _:
                return replace(shown, parts=self._draw_parts(payment))

    def _shown(self, look: Look) -> Sum:
        known = {invoice.id: invoice for invoice in self.firm.invoices}
        parts = [
            Part(known[each.invoice_id], each.amount.to_decimal(), each.left_out)
            for each in look.record.allocations
        ]
        shown = look.record
        return Sum(shown.amount.to_decimal(), shown.received_on, shown.description, tuple(parts))

    # Whatever it is.

    async def cancel(self, wish: AnyWish) -> None:
        """Then it is where it was before, and so is what waited for it to leave."""
        takes = [*self._stays_with(wish)]
        if isinstance(wish, PaymentWish):
            takes += self.goes_too(wish)
        await self.press(
            wish,
            f"cancel {kind_of(wish)}",
            lambda program: desk(program, wish).cancel(self.firm.id, id_of(wish), by=ANNA),
            wants=[True, False],
            takes=takes,
        )
        if wish.last is not None:
            look = await self.look(wish)
            if wish.last is not None:
                wish.wanted = {look.status is not Status.NOT_SYNCED}

    def _stays_with(self, wish: AnyWish) -> Iterator[tuple[Wish, bool]]:
        match wish:
            case RefundWish():
                yield wish.payment, True
                yield from self._stays_with(wish.payment)
            case PaymentWish():
                yield from ((each, True) for each in self.firm.invoices if wish.settles(each))
                yield wish.client, True
            case InvoiceWish():
                yield wish.client, True
            case ClientWish():
                pass


def desk(program: Program, wish: AnyWish) -> Any:
    """Where the program takes what is asked for this kind of record."""
    match wish:
        case ClientWish():
            return program.clients
        case InvoiceWish():
            return program.invoices
        case PaymentWish():
            return program.payments
        case RefundWish():
            return program.refunds


def id_of(wish: AnyWish) -> Any:
    assert wish.id is not None, wish
    return wish.id


def kind_of(wish: Wish) -> str:
    return type(wish).__name__.removesuffix("Wish").lower()


def _stays(wish: Wish, look: Look) -> set[bool]:
    """Whoever changes what is in QuickBooks wants it there."""
    return wish.wanted | {True} if look.status is Status.SYNCED else wish.wanted


def _money(amount: Decimal, currency: str) -> Money:
    return Money.from_decimal(amount, currency)


def _new_invoice(invoice: InvoiceWish, bill: Bill) -> NewInvoice:
    line = InvoiceLine("Bookkeeping", bill.quantity, _money(bill.price, "USD"))
    assert invoice.client.id is not None
    return NewInvoice(invoice.client.id, (line,), bill.invoiced_on, bill.due_on, invoice.number)


def _new_payment(payment: PaymentWish, wanted: Sum) -> NewPayment:
    parts = [
        Allocation(id_of(part.invoice), _money(part.amount, payment.currency), part.left_out)
        for part in wanted.parts
    ]
    assert payment.client.id is not None
    return NewPayment(
        client_id=payment.client.id,
        amount=_money(wanted.amount, payment.currency),
        received_on=wanted.received_on,
        method=payment.method,
        reference=payment.reference,
        description=wanted.description,
        allocations=tuple(parts),
    )
