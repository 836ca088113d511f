"""Refunds: a sale reversed is a RefundReceipt, a credit returned an Expense to receivables."""

from services.domain.ledger import Reason, Refund
from services.domain.sync import WireKey
from services.quickbooks.mapping.wire import (
    PURCHASE,
    REFUND_RECEIPT,
    JsonObject,
    note,
    reference,
)


def entity_of(refund: Refund) -> str:
    return REFUND_RECEIPT if refund.reason is Reason.SALE_REVERSED else PURCHASE


def to_refund_receipt(refund: Refund, item_id: str, key: WireKey) -> JsonObject:
    """Debit the income that was earned, credit the account that the money leaves."""
    amount = refund.amount.to_decimal()
    return {
        "CustomerRef": reference(refund.client.sync.qbo_id),
        "DepositToAccountRef": reference(refund.account_id),
        "TxnDate": refund.refunded_on.isoformat(),
        "Line": [
            {
                "Amount": amount,
                "Description": f"Refund of {refund.payment.name}",
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {
                    "ItemRef": reference(item_id),
                    "Qty": 1,
                    "UnitPrice": amount,
                },
            }
        ],
        "PrivateNote": _note(refund, key),
    }


def to_expense(refund: Refund, receivable_id: str, key: WireKey) -> JsonObject:
    """Debit what the client owes, credit the account that the money leaves; no income moves."""
    customer = refund.client.sync.qbo_id
    return {
        "PaymentType": "Check",
        "AccountRef": reference(refund.account_id),
        "EntityRef": {"value": customer, "type": "Customer"},
        "TxnDate": refund.refunded_on.isoformat(),
        "Line": [
            {
                "Amount": refund.amount.to_decimal(),
                "Description": f"Credit of {refund.payment.name} returned",
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": reference(receivable_id)},
            }
        ],
        "PrivateNote": _note(refund, key),
    }


def _note(refund: Refund, key: WireKey) -> str:
    ours = f"{refund.name} of {refund.payment.name} entered with Counterfoil {key.marker}"
    return note(None, ours)
