"""Each operation, from what the ledger says to what stands in the simulated company's books."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sandbox.quickbooks import Company
from sandbox.quickbooks.seeds import CHECKING, RECEIVABLE
from services.domain.causes import Cause
from services.domain.ledger import Payment, Reason, Refund, SyncFacts
from services.domain.sync import (
    Accepted,
    Operation,
    Outcome,
    Rejected,
    Stale,
    Status,
    wire_key,
)
from services.ports import Access
from services.quickbooks.client import QuickBooksClient
from services.quickbooks.mapping import customers, invoices, payments, refunds, wire
from tests.builders import (
    PAYMENT,
    a_client,
    a_company,
    a_line,
    a_payment,
    a_refund,
    an_allotment,
    an_invoice,
    some_money,
)

MARK = wire_key(PAYMENT, Operation.CREATE, 1)


class Hand:
    """Writes as the engine does: one key after the other, and the answer must be yes."""

    def __init__(self, client: QuickBooksClient, access: Access) -> None:
        self.client, self.access, self._written = client, access, 0

    async def try_(self, operation: Operation, entity: str, body: dict[str, Any]) -> Outcome:
        self._written += 1
        key = f"{self._written:032}"
        text = wire.to_json(body)
        return await self.client.write(self.access, entity, operation, text, key)

    async def write(
        self, operation: Operation, entity: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        outcome = await self.try_(operation, entity, body)
        assert isinstance(outcome, Accepted), outcome
        return dict(outcome.body)

    async def find(self, entity: str, qbo_id: str) -> dict[str, Any]:
        found = await self.client.find(self.access, entity, qbo_id)
        assert found is not None
        return found

    async def is_gone(self, entity: str, qbo_id: str) -> bool:
        return await self.client.find(self.access, entity, qbo_id) is None


@pytest.fixture
def hand(client: QuickBooksClient, access: Access) -> Hand:
    return Hand(client, access)


def tied(qbo_id: str) -> SyncFacts:
    return SyncFacts(Status.SYNCED, qbo_id=qbo_id)


async def a_booked_payment(hand: Hand, company: Company) -> tuple[Payment, dict[str, Any]]:
    """Of 500.00; 300.00 of it settle an invoice of 400.00."""
    customer = company.add_customer("Acme")["Id"]
    invoice = company.add_invoice(customer, "400.00")["Id"]
    payment = a_payment(
        client=a_client(sync=tied(customer)),
        reference="10443",
        allocations=(an_allotment("300.00", qbo_id=invoice),),
    )
    body = payments.to_payment(payment, a_company(), deposit_account="4", key=MARK)
    return payment, await hand.write(Operation.CREATE, "Payment", body)


async def test_a_customer_is_created_and_renamed(hand: Hand, company: Company) -> None:
    body = customers.to_customer(a_client(name="Acme", email="books@acme.example"), MARK)
    created = await hand.write(Operation.CREATE, "Customer", body)
    company.change("Customer", created["Id"], CompanyName="Acme Incorporated")
    wanted = a_client(name="Acme Tools", email="new@acme.example")
    current = await hand.find("Customer", created["Id"])
    await hand.write(Operation.UPDATE, "Customer", customers.to_changed_customer(wanted, current))
    (customer,) = company.customers()
    assert customers.is_same(wanted, customer)
    assert customer["CompanyName"] == "Acme Incorporated"
    assert customers.is_ours(customer, MARK)


async def test_an_invoice_is_created_changed_and_voided(hand: Hand, company: Company) -> None:
    client = a_client(sync=tied(company.add_customer("Acme")["Id"]))
    before = an_invoice(a_line("500.00"), client=client)
    wanted = an_invoice(a_line("120.00", quantity="2.5"), client=client, due_on=date(2026, 12, 1))
    body = invoices.to_invoice(before, "1", MARK)
    created = await hand.write(Operation.CREATE, "Invoice", body)
    assert invoices.is_same(before, await hand.find("Invoice", created["Id"]))
    body = invoices.to_changed_invoice(wanted, before, created, "1")
    changed = await hand.write(Operation.UPDATE, "Invoice", body)
    assert invoices.is_same(wanted, await hand.find("Invoice", created["Id"]))
    assert company.receivables() == {"Acme": Decimal("300.00")}
    await hand.write(Operation.VOID, "Invoice", wire.to_handle(changed))
    assert invoices.is_void(await hand.find("Invoice", created["Id"]))
    assert company.receivables() == {}


async def test_an_invoice_is_deleted(hand: Hand, company: Company) -> None:
    client = a_client(sync=tied(company.add_customer("Acme")["Id"]))
    body = invoices.to_invoice(an_invoice(client=client), "1", MARK)
    created = await hand.write(Operation.CREATE, "Invoice", body)
    assert await hand.write(Operation.DELETE, "Invoice", wire.to_handle(created)) == {}
    assert company.invoices() == []
    assert await hand.is_gone("Invoice", created["Id"])


async def test_a_payment_settles_its_invoice_and_keeps_the_rest_as_credit(
    hand: Hand, company: Company
) -> None:
    payment, booked = await a_booked_payment(hand, company)
    assert payments.is_same(payment, await hand.find("Payment", booked["Id"]))
    assert booked["UnappliedAmt"] == Decimal("200.00")
    assert company.receivables() == {"Acme": Decimal("-100.00")}
    assert company.undeposited() == Decimal("500.00")


async def test_a_change_of_a_payment_keeps_what_somebody_applied_there(
    hand: Hand, company: Company
) -> None:
    payment, booked = await a_booked_payment(hand, company)
    strangers = company.add_invoice(payment.client.sync.qbo_id or "", "50.00")["Id"]
    link = {"TxnId": strangers, "TxnType": "Invoice"}
    lines = [*booked["Line"], {"Amount": Decimal("50.00"), "LinkedTxn": [link]}]
    whole = wire.to_whole(await hand.find("Payment", booked["Id"]))
    await hand.write(Operation.UPDATE, "Payment", whole | {"Line": lines})
    current = await hand.find("Payment", booked["Id"])
    settled = (an_allotment("350.00", qbo_id=payment.allocations[0].invoice_qbo_id or ""),)
    wanted = a_payment(client=payment.client, amount="480.00", allocations=settled)
    body = payments.to_changed_payment(wanted, payment, current, a_company())
    await hand.write(Operation.UPDATE, "Payment", body)
    after = await hand.find("Payment", booked["Id"])
    assert payments.has_change(wanted, payment, after, a_company())
    assert {line.qbo_id: line.amount for line in payments.lines_of(after)} == {
        payment.allocations[0].invoice_qbo_id: Decimal("350.00"),
        strangers: Decimal("50.00"),
    }
    assert after["UnappliedAmt"] == Decimal("80.00")


async def test_a_change_that_starts_from_an_old_copy_is_told_so(
    hand: Hand, company: Company
) -> None:
    payment, booked = await a_booked_payment(hand, company)
    company.void("Payment", booked["Id"])
    wanted = a_payment(client=payment.client, amount="480.00", allocations=payment.allocations)
    body = payments.to_changed_payment(wanted, payment, booked, a_company())
    assert isinstance(await hand.try_(Operation.UPDATE, "Payment", body), Stale)
    handle = wire.to_handle(booked)
    assert isinstance(await hand.try_(Operation.DELETE, "Payment", handle), Stale)


async def test_a_payment_is_deleted_and_its_invoice_is_open_again(
    hand: Hand, company: Company
) -> None:
    _, booked = await a_booked_payment(hand, company)
    await hand.write(Operation.DELETE, "Payment", wire.to_handle(booked))
    assert company.payments() == []
    assert company.receivables() == {"Acme": Decimal("400.00")}
    assert await hand.is_gone("Payment", booked["Id"])


async def test_a_deposited_payment_stays(hand: Hand, company: Company) -> None:
    _, booked = await a_booked_payment(hand, company)
    company.deposit(booked["Id"])
    current = await hand.find("Payment", booked["Id"])
    assert payments.is_deposited(current)
    outcome = await hand.try_(Operation.DELETE, "Payment", wire.to_handle(current))
    assert isinstance(outcome, Rejected)
    assert outcome.cause is Cause.DEPOSITED


def a_refund_of(payment: Payment, reason: Reason) -> Refund:
    return a_refund(amount="80.00", payment=payment, reason=reason, account_id=CHECKING)


async def test_a_sale_is_reversed_and_the_reversal_taken_back(hand: Hand, company: Company) -> None:
    payment, _ = await a_booked_payment(hand, company)
    refund = a_refund_of(payment, Reason.SALE_REVERSED)
    body = refunds.to_refund_receipt(refund, "1", MARK)
    booked = await hand.write(Operation.CREATE, "RefundReceipt", body)
    assert company.account_balance("Checking") == Decimal("-80.00")
    assert company.receivables() == {"Acme": Decimal("-100.00")}
    await hand.write(Operation.DELETE, "RefundReceipt", wire.to_handle(booked))
    assert company.refund_receipts() == []
    assert company.account_balance("Checking") == 0


async def test_a_credit_is_returned_tied_untied_and_taken_back(
    hand: Hand, company: Company
) -> None:
    payment, booked = await a_booked_payment(hand, company)
    refund = a_refund_of(payment, Reason.CREDIT_RETURNED)
    body = refunds.to_expense(refund, RECEIVABLE, MARK)
    expense = await hand.write(Operation.CREATE, "Purchase", body)
    part = some_money("80.00").to_decimal()
    body = payments.to_applied(await hand.find("Payment", booked["Id"]), expense["Id"], part)
    tied_ = await hand.write(Operation.APPLY, "Payment", body)
    assert payments.is_applied(tied_, expense["Id"])
    assert tied_["UnappliedAmt"] == Decimal("120.00")
    assert company.receivables() == {"Acme": Decimal("-20.00")}
    body = payments.to_unapplied(await hand.find("Payment", booked["Id"]), expense["Id"])
    untied = await hand.write(Operation.UNAPPLY, "Payment", body)
    assert not payments.is_applied(untied, expense["Id"])
    assert payments.is_same(payment, untied)
    current = await hand.find("Purchase", expense["Id"])
    await hand.write(Operation.DELETE, "Purchase", wire.to_handle(current))
    assert company.purchases() == []
    assert company.receivables() == {"Acme": Decimal("-100.00")}


async def test_what_never_was_is_not_there(hand: Hand) -> None:
    assert await hand.is_gone("Payment", "999")


async def test_an_inactive_customer_is_there(hand: Hand, company: Company) -> None:
    customer = company.add_customer("Acme")["Id"]
    company.change("Customer", customer, Active=False)
    assert (await hand.find("Customer", customer))["Active"] is False
