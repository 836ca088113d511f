"""Stories that chance alone would seldom tell to their end."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from random import Random

from services.domain.ledger import Method, Reason
from services.domain.sync import Status
from tests.simulation.approver import Approver
from tests.simulation.bookkeeper import Bookkeeper
from tests.simulation.office import BEFORE_CLOSING, SINCE_CLOSING, draw_bill
from tests.simulation.staff import BLINK
from tests.simulation.wishes import CENT, InvoiceWish, Part, PaymentWish, Sum

HALF, THIRD, LESS = Decimal("0.5"), Decimal("0.3"), Decimal("0.7")


MOST_LINKS = 4  # Times that a person tries.


class Plot(StrEnum):
    """Named as the method that tells it."""

    REFUNDED_THEN_UNDONE = auto()
    PAID_THEN_INVOICE_TAKEN_BACK = auto()
    CLIENT_LEAVES = auto()
    TWIN_IS_FOUND = auto()
    INVOICE_IS_THERE = auto()
    CHANGED_ON_BOTH_SIDES = auto()
    REFUSED_AND_TRIED_AGAIN = auto()
    SETTLED_BY_SEVERAL = auto()


class Story:
    """Each has records of its own, and waits for them to rest between its steps."""

    def __init__(self, staff: Approver, bookkeeper: Bookkeeper, chance: Random) -> None:
        self._staff, self._bookkeeper, self._chance = staff, bookkeeper, chance
        self._firm = staff.firm
        self._client = chance.choice(self._firm.clients)

    async def tell(self, plot: Plot) -> None:
        await getattr(self, plot)()

    async def refunded_then_undone(self) -> None:
        """What stands on a deposit, or is closed, does not go: nor do its refunds."""
        staff, payment = self._staff, await self._payment(_old_or_new(self._chance))
        await staff.refund(payment, self._chance.choice(list(Reason)), HALF)
        if self._chance.random() < 0.5:
            await staff.refund(payment, Reason.CREDIT_RETURNED, THIRD)
        await staff.until_rest(payment, *self._firm.refunds_of(payment))
        is_hindered = self._chance.random() < 0.8
        if is_hindered:
            self._bookkeeper.do(lambda: self._hinder(payment))
        await staff.unsync_payment(payment)
        await staff.until_rest(payment, *self._firm.refunds_of(payment))
        if is_hindered:
            self._bookkeeper.do(self._bookkeeper.undo_deposit)
            self._bookkeeper.do(self._bookkeeper.open_books)
            await staff.unsync_payment(payment)
            await staff.until_rest(payment)
        if self._chance.random() < 0.5:
            await staff.sync_payment(payment)

    def _hinder(self, payment: PaymentWish) -> None:
        if payment.sums[-1].received_on == BEFORE_CLOSING:
            self._bookkeeper.close()
        else:
            self._bookkeeper.deposit_this(payment)

    async def paid_then_invoice_taken_back(self) -> None:
        staff, invoice = self._staff, await self._invoice()
        payment = await self._payment(SINCE_CLOSING, invoice)
        await staff.until_rest(payment, invoice)
        credit = self._chance.random() < 0.8
        if self._chance.random() < 0.7:
            await staff.unsync_invoice(invoice, credit=credit)
        else:
            await staff.void_invoice(invoice, credit=credit)
        await staff.until_rest(invoice)
        if self._chance.random() < 0.5:
            await staff.sync_invoice(invoice, client_first=True)
            await staff.until_rest(invoice)
            await staff.edit_payment(payment)

    async def client_leaves(self) -> None:
        staff, invoice = self._staff, await self._invoice()
        payment = await self._payment(SINCE_CLOSING, invoice)
        await staff.refund(payment, self._chance.choice(list(Reason)), HALF)
        await staff.until_rest(payment, invoice, *self._firm.refunds_of(payment))
        if self._chance.random() < 0.4:
            self._bookkeeper.do(self._bookkeeper.deposit)
        await staff.unsync_client(self._client, with_records=True)
        await staff.until_rest(self._client, payment, invoice)
        if self._chance.random() < 0.5:
            await staff.sync_payment(payment)

    async def twin_is_found(self) -> None:
        staff = self._staff
        await staff.sync_client(self._client)
        await staff.until_rest(self._client)
        payment = self._new_payment(SINCE_CLOSING)
        self._bookkeeper.do(lambda: self._bookkeeper.copy_this_payment(payment))
        await staff.record_payment(payment, sync=True)
        await staff.until_rest(payment)
        twin = (await staff.look(payment)).record.sync.twin_id
        if twin and self._chance.random() < 0.8:
            await self._link_at_last(payment, twin)
            await self._link_another(payment, twin)
            if self._chance.random() < 0.8:
                await staff.refund(payment, Reason.SALE_REVERSED, HALF)
                await staff.until_rest(payment, *self._firm.refunds_of(payment))
            await staff.unsync_payment(payment)
        else:
            await staff.sync_payment(payment)

    async def _link_at_last(self, wish: InvoiceWish | PaymentWish, twin: str) -> None:
        """Where QuickBooks cannot be asked just now, a person tries again."""
        for _ in range(MOST_LINKS):
            await self._staff.link(wish, twin)
            if (await self._staff.look(wish)).status is not Status.SKIPPED:
                return
            await asyncio.sleep(BLINK)

    async def _link_another(self, payment: PaymentWish, twin: str) -> None:
        """One of the same amount; but the twin has its record."""
        other = self._new_payment(SINCE_CLOSING)
        other.sums[:] = [replace(payment.sums[-1], description="the same again")]
        await self._staff.record_payment(other, sync=False)
        await self._staff.link(other, twin)

    async def invoice_is_there(self) -> None:
        """It was made in QuickBooks too: linked, settled and let go, or sent all the same."""
        staff = self._staff
        await staff.sync_client(self._client)
        await staff.until_rest(self._client)
        invoice = await self._invoice()
        self._bookkeeper.do(lambda: self._bookkeeper.copy_this_invoice(invoice))
        await staff.sync_invoice(invoice, client_first=True)
        await staff.until_rest(invoice)
        twin = (await staff.look(invoice)).record.sync.twin_id
        if twin and self._chance.random() < 0.7:
            await self._link_at_last(invoice, twin)
            payment = await self._payment(SINCE_CLOSING, invoice)
            await staff.until_rest(payment)
            await staff.unsync_invoice(invoice, credit=True)
            await staff.unsync_payment(payment)
            await staff.until_rest(payment)
            await staff.unsync_invoice(invoice, credit=False)
        else:
            await staff.sync_invoice(invoice, client_first=True)

    async def changed_on_both_sides(self) -> None:
        """QuickBooks' was changed by hand: the first edit is refused, the second meant so."""
        staff, payment = self._staff, await self._payment(SINCE_CLOSING)
        await staff.until_rest(payment)
        self._bookkeeper.do(lambda: self._bookkeeper.edit_this_payment(payment))
        await staff.edit_payment(payment)
        await staff.until_rest(payment)
        await staff.edit_payment(payment)

    async def refused_and_tried_again(self) -> None:
        staff, bookkeeper = self._staff, self._bookkeeper
        bookkeeper.do(self._chance.choice([bookkeeper.close, bookkeeper.retire_or_revive]))
        payment = await self._payment(BEFORE_CLOSING)
        await staff.until_rest(payment)
        if self._chance.random() < 0.3:
            await staff.dismiss(payment)
        bookkeeper.do(bookkeeper.open_books)
        bookkeeper.do(bookkeeper.revive_all)
        await staff.sync_payment(payment)

    async def settled_by_several(self) -> None:
        """Two payments share an invoice; one of them changes, and one goes."""
        staff, invoice = self._staff, await self._invoice()
        third = (invoice.bills[-1].total * THIRD).quantize(CENT)
        payments = [await self._payment(SINCE_CLOSING, invoice, third) for _ in range(2)]
        await staff.until_rest(invoice, *payments)
        await staff.edit_payment(payments[0])
        await staff.unsync_payment(payments[1])
        await staff.until_rest(*payments)
        smaller = replace(invoice.bills[-1], price=(invoice.bills[-1].price * LESS).quantize(CENT))
        await staff.change_invoice(invoice, smaller)
        await self._payment(SINCE_CLOSING, invoice, third)

    # Its records.

    async def _payment(
        self, on: date, invoice: InvoiceWish | None = None, part: Decimal | None = None
    ) -> PaymentWish:
        """Recorded and asked for; more than what it settles."""
        payment = self._new_payment(on)
        if invoice is not None:
            part = part or invoice.bills[-1].total
            said = Sum(part + 7, on, None, (Part(invoice, part),))
            payment.sums[:] = [said]
        await self._staff.record_payment(payment, sync=True)
        return payment

    def _new_payment(self, on: date) -> PaymentWish:
        payment = PaymentWish(
            reference=f"S{self._firm.id}{len(self._firm.payments)}",
            client=self._client,
            currency="USD",
            method=Method.CHECK,
            sums=[Sum(Decimal(self._chance.randint(100, 100_000)) / 100, on, None)],
        )
        self._firm.payments.append(payment)
        return payment

    async def _invoice(self) -> InvoiceWish:
        number = f"S{self._firm.id}{len(self._firm.invoices)}"
        bill = replace(draw_bill(self._chance), invoiced_on=SINCE_CLOSING)
        invoice = InvoiceWish(number, self._client, [bill])
        self._firm.invoices.append(invoice)
        await self._staff.record_invoice(invoice)
        return invoice


def _old_or_new(chance: Random) -> date:
    return chance.choice([BEFORE_CLOSING, SINCE_CLOSING])
