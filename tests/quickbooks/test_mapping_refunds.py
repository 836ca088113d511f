"""Refunds in QuickBooks' shapes: what each does to the books."""

from decimal import Decimal

import pytest

from sandbox.quickbooks import Company
from sandbox.quickbooks.seeds import CHECKING, RECEIVABLE
from services.domain.ledger import Reason, Refund, SyncFacts
from services.domain.sync import Operation, Status, wire_key
from services.quickbooks.mapping import refunds, wire
from tests.builders import REFUND, SYNCED, a_client, a_payment, a_refund

KEY = wire_key(REFUND, Operation.CREATE, 1)
ITEM = "1"


@pytest.fixture
def refund(company: Company) -> Refund:
    """Of 80.00, to a customer who paid too much."""
    customer = company.add_customer("Acme")["Id"]
    company.add_payment(customer, "500.00")
    client = a_client(sync=SyncFacts(Status.SYNCED, qbo_id=customer))
    payment = a_payment(client=client, sync=SYNCED)
    return a_refund(amount="80.00", payment=payment, account_id=CHECKING)


@pytest.mark.parametrize(
    ("reason", "entity"),
    [(Reason.SALE_REVERSED, "RefundReceipt"), (Reason.CREDIT_RETURNED, "Purchase")],
)
def test_a_reason_has_its_entity(reason: Reason, entity: str) -> None:
    assert refunds.entity_of(a_refund(reason=reason)) == entity


def test_a_sale_reversed_takes_income_and_money_and_no_debt(
    company: Company, refund: Refund
) -> None:
    before, owed = company.trial_balance(), company.receivables()
    booked = company.add("RefundReceipt", **refunds.to_refund_receipt(refund, ITEM, KEY))
    moved = {
        name: balance - before[name]
        for name, balance in company.trial_balance().items()
        if balance != before[name]
    }
    assert moved["Checking"] == Decimal("-80.00")
    assert len(moved) == 2  # The other is what the item earns.
    assert sum(moved.values()) == 0
    assert company.receivables() == owed
    assert wire.find_marked([booked], "PrivateNote", KEY) == booked


def test_a_credit_returned_is_owed_by_the_client_until_it_is_tied(
    company: Company, refund: Refund
) -> None:
    before = company.trial_balance()
    booked = company.add("Purchase", **refunds.to_expense(refund, RECEIVABLE, KEY))
    after = company.trial_balance()
    assert after["Checking"] - before["Checking"] == Decimal("-80.00")
    assert company.receivables() == {"Acme": Decimal("-420.00")}
    assert wire.find_marked([booked], "PrivateNote", KEY) == booked


def test_a_refund_says_which_payment_it_is_of() -> None:
    refund = a_refund(payment=a_payment(number=1042, sync=SYNCED), number=1007)
    for body in (
        refunds.to_refund_receipt(refund, ITEM, KEY),
        refunds.to_expense(refund, RECEIVABLE, KEY),
    ):
        assert body["PrivateNote"].startswith("R-1007 of P-1042 ")
        assert "P-1042" in body["Line"][0]["Description"]
        assert body["TxnDate"] == "2026-11-02"
