"""What staff do and what the bookkeeper does, in a line each."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from services.db import ledger
from services.domain.allocation import spread
from services.domain.changes import bare
from services.domain.ledger import (
    Allocation,
    Client,
    Invoice,
    InvoiceLine,
    NewInvoice,
    NewPayment,
    NewRefund,
    Payment,
    Reason,
    Refund,
)
from services.sync import COMPANY_KNOWN_FOR
from tests.builders import ANNA, FIRM, a_new_payment, some_money
from tests.services.books.bookkeeping import CHECKING
from tests.services.books.records import Records

TODAY = date(2026, 11, 2)
IN_A_MONTH = date(2026, 12, 2)
Lines = Iterable[tuple[str, str, str]]  # Description, quantity, unit price.


@dataclass
class Desk(Records):
    """The worker is quick: what is asked for is done at once, but where it is `resting`."""

    _works: bool = True
    _modals: Iterator[int] = field(default_factory=count)

    async def adds_client(self, name: str, *, email: str | None = None, sync: bool = True) -> str:
        await self.office.clients.record(FIRM, name=name, email=email, by=ANNA)
        if sync:
            await self.syncs(name)
        return name

    async def bills(
        self,
        client: str,
        amount: str = "0.00",
        *,
        lines: Lines = (),
        number: str | None = None,
        on: date = TODAY,
        due: date = IN_A_MONTH,
        sync: bool = True,
    ) -> str:
        """One line of `amount`, unless there are `lines`; tell the invoice's number."""
        new = NewInvoice(
            client_id=(await self.client(client)).id,
            lines=_lines(lines or [("Advice", "1", amount)]),
            invoiced_on=on,
            due_on=due,
            number=number,
        )
        invoices = self.office.invoices
        invoice = await invoices.record(FIRM, new, submission_id=self._modal(), by=ANNA)
        found = (await invoices.show(FIRM, invoice)).invoice
        if sync:
            await self.syncs(found.number, client_first=True)
        return found.number

    async def receives(
        self,
        client: str,
        amount: str,
        *,
        on: Mapping[str, str] | None = None,
        left_out: Collection[str] = (),
        currency: str = "USD",
        sync: bool = True,
        **facts: Any,
    ) -> str:
        """A payment that settles what `on` says of each invoice; tell its reference."""
        new = a_new_payment(
            client_id=(await self.client(client)).id,
            amount=amount,
            currency=currency,
            allocations=await self._allocations(on or {}, left_out, currency),
            **facts,
        )
        return await self._records(new, sync=sync)

    async def receives_for_the_oldest(self, client: str, amount: str) -> str:
        """A payment spread as the form spreads it."""
        client_id = (await self.client(client)).id
        shares = spread(some_money(amount), await self.office.invoices.open_of(FIRM, client_id))
        new = a_new_payment(client_id=client_id, amount=amount, allocations=shares)
        return await self._records(new, sync=True)

    async def _records(self, new: NewPayment, *, sync: bool) -> str:
        payments = self.office.payments
        payment = await payments.record(FIRM, new, sync=sync, submission_id=self._modal(), by=ANNA)
        await self._work()
        return (await self.office.payment(payment)).name

    async def refunds(
        self,
        payment: str,
        amount: str,
        reason: Reason,
        *,
        out_of: str = CHECKING,
        on: date = TODAY,
    ) -> str:
        """Tell the refund's reference."""
        new = NewRefund(some_money(amount), reason, self.account_id(out_of), on)
        refunds, found = self.office.refunds, await self.payment(payment)
        refund = await refunds.record(FIRM, found.id, new, submission_id=self._modal(), by=ANNA)
        await self._work()
        return (await refunds.show(FIRM, refund)).refund.name

    async def syncs(self, name: str, **options: bool) -> None:
        record = await self.record(name)
        which = record.name if isinstance(record, Client) else record.id
        await self.case_of(record).sync(FIRM, which, by=ANNA, **options)
        await self._work()

    async def unsyncs(self, name: str, **options: bool) -> None:
        await self._does("unsync", name, **options)

    async def cancels(self, name: str) -> None:
        await self._does("cancel", name)

    async def voids(self, name: str, **options: bool) -> None:
        await self._does("void", name, **options)

    async def dismisses(self, name: str, *, why: str) -> None:
        await self._does("dismiss", name, why=why)

    async def _does(self, what: str, name: str, **options: Any) -> None:
        record = await self.record(name)
        await getattr(self.case_of(record), what)(FIRM, record.id, by=ANNA, **options)
        await self._work()

    async def links(self, name: str, qbo_id: str) -> None:
        record, links = await self.record(name), self.office.links
        match record:
            case Client():
                await links.link_client(FIRM, record.id, qbo_id, by=ANNA)
            case Invoice():
                await links.link_invoice(FIRM, record.id, qbo_id, by=ANNA)
            case Payment():
                await links.link_payment(FIRM, record.id, qbo_id, by=ANNA)
            case Refund():
                raise TypeError("Refunds are not linked.")
        await self._work()

    async def edits_payment(
        self,
        name: str,
        *,
        amount: str | None = None,
        on: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        before = await self.payment(name)
        wanted = NewPayment(
            client_id=before.client.id,
            amount=some_money(amount) if amount else before.amount,
            received_on=before.received_on,
            method=before.method,
            reference=before.reference,
            description=before.description,
            allocations=bare(before.allocations) if on is None else await self._allocations(on),
        )
        await self.office.payments.edit(FIRM, before.id, replace(wanted, **facts), by=ANNA)
        await self._work()

    async def edits_invoice(
        self,
        name: str,
        *,
        lines: Lines | None = None,
        due: date | None = None,
        number: str | None = None,
    ) -> None:
        before = await self.invoice(name)
        wanted = NewInvoice(
            number=number,
            client_id=before.client.id,
            lines=before.lines if lines is None else _lines(lines),
            invoiced_on=before.invoiced_on,
            due_on=due or before.due_on,
        )
        await self.office.invoices.edit(FIRM, before.id, wanted, by=ANNA)
        await self._work()

    async def edits_client(self, name: str, *, to: str, email: str | None = None) -> None:
        client = await self.client(name)
        await self.office.clients.edit(FIRM, client.id, name=to, email=email, by=ANNA)
        await self._work()

    async def excludes(self, name: str, *, excluded: bool = True) -> None:
        client = await self.client(name)
        await self.office.clients.exclude(FIRM, client.id, by=ANNA, excluded=excluded)

    async def syncs_what_was_skipped(self, name: str) -> int:
        client = await self.client(name)
        asked = await self.office.skips.sync(FIRM, client.id, by=ANNA)
        await self._work()
        return asked

    async def chooses(self, **settings: Any) -> None:
        async with self.office.database.read() as db:
            before = await ledger.get_settings(db, FIRM)
        await self.office.settings.save(FIRM, replace(before, **settings), by=ANNA)

    def closes_the_books(self, until: date | None) -> None:
        """The bookkeeper does, in QuickBooks."""
        self.company.preferences.book_close_date = until

    async def applies_by_hand(self, payment: str, on: Mapping[str, str]) -> None:
        """The bookkeeper makes the payment settle this in QuickBooks, and nothing else."""
        lines = [
            {
                "Amount": Decimal(part),
                "LinkedTxn": [{"TxnId": await self.qbo_id(number), "TxnType": "Invoice"}],
            }
            for number, part in on.items()
        ]
        self.company.change("Payment", await self.qbo_id(payment), Line=lines)

    async def discounts_by_hand(self, number: str, amount: str) -> None:
        """The bookkeeper takes something off an invoice."""
        line = {"Amount": Decimal(amount), "DetailType": "DiscountLineDetail"}
        lines = [*(await self.there(number))["Line"], line | {"DiscountLineDetail": {}}]
        self.company.change("Invoice", await self.qbo_id(number), Line=lines)

    def makes_inactive(self, entity: str, qbo_id: str) -> None:
        """The bookkeeper does, in QuickBooks."""
        self.company.change(entity, qbo_id, Active=False)

    def makes_active(self, entity: str, qbo_id: str) -> None:
        self.company.change(entity, qbo_id, Active=True)

    def sleeps_on_it(self) -> None:
        """A day passes, and the worker looks again which accounts and items the company has."""
        self.office.clock.advance(COMPANY_KNOWN_FOR)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """The worker does nothing meanwhile."""
        self._works = False
        yield
        self._works = True

    async def goes_on(self, after: timedelta = timedelta(0)) -> None:
        """Time passes, and the worker is at it again."""
        self.office.clock.advance(after)
        await self._work()

    async def _work(self) -> None:
        worker = self.office.a_worker()
        while self._works and (due := await worker.realms_with_work()):
            for realm, firm in due:
                await worker.drain(realm, firm)

    def _modal(self) -> str:
        return f"V{next(self._modals)}"

    async def _allocations(
        self, on: Mapping[str, str], left_out: Collection[str] = (), currency: str = "USD"
    ) -> tuple[Allocation, ...]:
        parts = {number: some_money(part, currency) for number, part in on.items()}
        return tuple(
            [
                Allocation((await self.invoice(number)).id, part, number in left_out)
                for number, part in parts.items()
            ]
        )


def _lines(lines: Lines) -> tuple[InvoiceLine, ...]:
    return tuple(
        InvoiceLine(description, Decimal(quantity), some_money(price))
        for description, quantity, price in lines
    )
