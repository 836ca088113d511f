"""An approver: takes out of QuickBooks, voids, refunds, dismisses and links."""

from decimal import Decimal

from services.domain.ledger import NewRefund, Reason
from services.domain.money import Money
from tests.simulation.clerk import Clerk, desk, id_of, kind_of
from tests.simulation.office import ANNA, CHECKING, UNDEPOSITED, draw_date
from tests.simulation.program import Program
from tests.simulation.wishes import (
    CENT,
    Answer,
    AnyWish,
    ClientWish,
    InvoiceWish,
    PaymentWish,
    RefundWish,
    Wish,
)


class Approver(Clerk):
    async def unsync_client(self, client: ClientWish, *, with_records: bool) -> None:
        await self.press(
            client,
            f"unsync client, {with_records=}",
            lambda program: program.clients.unsync(
                self.firm.id, id_of(client), by=ANNA, with_records=with_records
            ),
            wants=[False],
            takes=[(each, False) for each in self._records_of(client) if with_records],
        )

    def _records_of(self, client: ClientWish) -> list[Wish]:
        payments = [each for each in self.firm.payments if each.client is client]
        refunds = [each for each in self.firm.refunds if each.payment.client is client]
        invoices = [each for each in self.firm.invoices if each.client is client]
        return [*payments, *refunds, *invoices]

    async def exclude(self, client: ClientWish, *, excluded: bool) -> None:
        client.excluded |= excluded
        await self.press(
            client,
            "exclude" if excluded else "include",
            lambda program: program.clients.exclude(
                self.firm.id, id_of(client), by=ANNA, excluded=excluded
            ),
            wants=client.wanted,
        )

    async def unsync_invoice(self, invoice: InvoiceWish, *, credit: bool) -> None:
        invoice.taken_back = True
        await self.press(
            invoice,
            f"unsync invoice, {credit=}",
            lambda program: program.invoices.unsync(
                self.firm.id, id_of(invoice), by=ANNA, credit=credit
            ),
            wants=[False],
        )

    async def void_invoice(self, invoice: InvoiceWish, *, credit: bool) -> None:
        invoice.taken_back = True
        await self.press(
            invoice,
            f"void invoice, {credit=}",
            lambda program: program.invoices.void(
                self.firm.id, id_of(invoice), by=ANNA, credit=credit
            ),
            wants=[True, False],
        )

    async def unsync_payment(self, payment: PaymentWish) -> None:
        await self.press(
            payment,
            "unsync payment",
            lambda program: program.payments.unsync(self.firm.id, id_of(payment), by=ANNA),
            wants=[False],
            takes=self.goes_too(payment),
        )

    async def void_payment(self, payment: PaymentWish) -> None:
        await self.press(
            payment,
            "void payment",
            lambda program: program.payments.void(self.firm.id, id_of(payment), by=ANNA),
            wants=[False],
            takes=self.goes_too(payment),
        )

    # Refunds.

    async def refund(self, payment: PaymentWish, reason: Reason, share: Decimal) -> None:
        """Give back a share of what is left of it."""
        shown = (await self.look(payment)).record
        left = shown.unapplied if reason is Reason.CREDIT_RETURNED else shown.refundable
        amount = (left.to_decimal() * share).quantize(CENT)
        if amount <= 0 or payment.currency != "USD":
            return
        refund = RefundWish(
            payment=payment,
            modal=f"B{payment.reference}{len(self.firm.refunds)}",
            amount=amount,
            reason=reason,
            account_id=self.chance.choice([CHECKING, CHECKING, UNDEPOSITED]),
            refunded_on=draw_date(self.chance),
        )
        self.firm.refunds.append(refund)
        await self._record_refund(refund)

    async def _record_refund(self, refund: RefundWish) -> None:
        typed = NewRefund(
            Money.from_decimal(refund.amount, refund.payment.currency),
            refund.reason,
            refund.account_id,
            refund.refunded_on,
        )

        async def deed(program: Program) -> None:
            refund.id = await program.refunds.record(
                self.firm.id, id_of(refund.payment), typed, submission_id=refund.modal, by=ANNA
            )

        what = f"refund, {refund.reason}"
        await self.press(refund, what, deed, wants=[True, False])  # As its payment is.
        if refund.id is None:
            self.firm.refunds.remove(refund)

    async def sync_refund(self, refund: RefundWish) -> None:
        await self.press(
            refund,
            "sync refund",
            lambda program: program.refunds.sync(self.firm.id, id_of(refund), by=ANNA),
            wants=[True],
        )

    async def unsync_refund(self, refund: RefundWish) -> None:
        await self.press(
            refund,
            "unsync refund",
            lambda program: program.refunds.unsync(self.firm.id, id_of(refund), by=ANNA),
            wants=[False],
        )

    async def void_refund(self, refund: RefundWish) -> None:
        await self.press(
            refund,
            "void refund",
            lambda program: program.refunds.void(self.firm.id, id_of(refund), by=ANNA),
            wants=[False],
        )

    # Whatever it is.

    async def dismiss(self, wish: AnyWish) -> None:
        takes = self.goes_too(wish) if isinstance(wish, PaymentWish) else []
        await self.press(
            wish,
            f"dismiss {kind_of(wish)}",
            lambda program: desk(program, wish).dismiss(
                self.firm.id, id_of(wish), why="it was a mistake", by=ANNA
            ),
            wants=[False],
            takes=takes,
        )

    async def link(self, wish: AnyWish, qbo_id: str) -> None:
        firm = self.firm.id

        async def deed(program: Program) -> None:
            match wish:
                case ClientWish():
                    await program.links.link_client(firm, id_of(wish), qbo_id, by=ANNA)
                case InvoiceWish():
                    await program.links.link_invoice(firm, id_of(wish), qbo_id, by=ANNA)
                case PaymentWish():
                    await program.links.link_payment(firm, id_of(wish), qbo_id, by=ANNA)
                case RefundWish():
                    raise TypeError("a refund is never linked")

        answer = await self.press(wish, f"link {kind_of(wish)}", deed, wants=[True])
        if isinstance(wish, PaymentWish):
            wish.linked |= answer is not Answer.REFUSED
