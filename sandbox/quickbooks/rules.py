"""Switches for what public evidence about QuickBooks leaves open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Where public evidence about QuickBooks conflicts, the choice is a switch."""

    sparse_payments: bool = False  # A Payment wants the full object for an update or a void.
    stores_validation_faults: bool = False  # A request id also remembers a 4xx fault.
    compares_bodies: bool = False  # A request id sent with another body is refused.
    # The reference knows only a RefundReceipt's deletion, the list of webhooks a void too.
    voids_refund_receipts: bool = False
    # "Unlink first", says the reference; the screen asks once and then unlinks by itself.
    frees_linked_purchases: bool = False
    # Nobody wrote down what becomes of the payments; off: the deletion is refused.
    deletes_paid_invoices: bool = True
    # Overpaying is accepted by one written account; off: too large a line is refused.
    clamps_applied_amounts: bool = True
    shows_deposits: bool = True  # One field report: a Payment names the Deposit it stands on.
    # 610 speaks of inactive things in so many words; off: 2500, as for one that never was.
    inactive_is_not_found: bool = True
    # Nobody recorded an account of the wrong type; off: 2500 instead of a 6000.
    wrong_account_breaks_a_rule: bool = True
    # The reference marks what can be filtered, and a Purchase's payee is in doubt.
    finds_purchases_by_payee: bool = False
