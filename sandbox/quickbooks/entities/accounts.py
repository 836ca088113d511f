"""Where money comes from and goes to: accounts of the right type, and methods of payment."""

from collections.abc import Container

from sandbox.quickbooks import checks, refusals
from sandbox.quickbooks.books import Work
from sandbox.quickbooks.entities.entity import account_by, reference_to
from sandbox.quickbooks.wire import JsonObject

MONEY_TYPES = frozenset({"Bank", "Other Current Asset"})
CARD_TYPES = frozenset({"Credit Card"})
UNDEPOSITED_FUNDS = "UndepositedFunds"  # The account's subtype; its name may be any.


def account_of_type(
    work: Work, account_id: str, types: Container[str], *, complaint: str
) -> JsonObject:
    """A checked reference to an account money can be on; `complaint` is the rule it breaks."""
    reference = reference_to(work, "Account", "Accounts", account_id)
    account = work.find("Account", account_id) or {}
    if account["AccountType"] in types:
        return reference
    if work.rules.wrong_account_breaks_a_rule:
        raise refusals.business_rule(complaint)
    raise refusals.invalid_reference("Accounts", account_id)


def undeposited_funds(work: Work) -> str | None:
    return account_by(work, AccountSubType=UNDEPOSITED_FUNDS)


def payment_method(work: Work, wanted: JsonObject) -> JsonObject:
    """The reference to a method as a property to add, if one was named at all."""
    method_id = checks.read_reference(wanted, "PaymentMethodRef")
    if method_id is None:
        return {}
    return {"PaymentMethodRef": reference_to(work, "PaymentMethod", "PaymentMethods", method_id)}


def customer(work: Work, customer_id: str) -> JsonObject:
    """The reference to a customer as a property to add."""
    found = reference_to(work, "Customer", "Names", customer_id, label="DisplayName")
    return {"CustomerRef": found}
