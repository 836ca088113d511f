"""One QuickBooks company: its books, and what a person can do in it and see of it."""

from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from sandbox.quickbooks import seeds
from sandbox.quickbooks.batch import BatchRun, Objection
from sandbox.quickbooks.books import Books
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.entities import ENTITIES, Operation, Order
from sandbox.quickbooks.entities.accounts import UNDEPOSITED_FUNDS
from sandbox.quickbooks.preferences import Preferences
from sandbox.quickbooks.replay import Reply, RequestIds
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.service import Service
from sandbox.quickbooks.weather import Weather
from sandbox.quickbooks.webhooks import Change
from sandbox.quickbooks.wire import JsonObject

EDITOR = "Robin Mercer"  # The bookkeeper a stale write is told about.
EXEMPT = {"value": "17"}  # The tax code a person picks where a line needs one.


def by_hand(rules: Rules) -> Rules:
    """The screen changes one field at a time, asks where the API refuses, and then does it."""
    return replace(
        rules,
        sparse_payments=True,
        voids_refund_receipts=True,
        frees_linked_purchases=True,
        deletes_paid_invoices=True,
    )


class Company:
    def __init__(
        self,
        *,
        realm_id: str,
        profile: seeds.Profile,
        offset: timezone,
        clock: Callable[[], datetime],
        rules: Callable[[], Rules],
    ) -> None:
        self.realm_id, self.name, self._rules = realm_id, profile.name, rules
        self._is_american = profile.country == "US"
        self._books = Books(clock=clock, offset=offset)
        seeds.plant(self._books, profile)
        self.preferences = Preferences(self._books)
        self._service = Service(
            realm_id=realm_id, books=self._books, request_ids=RequestIds(), editor=EDITOR
        )

    def answer(self, call: Call, *, rules: Rules, weather: Weather, objection: Objection) -> Reply:
        """Answer one request that came through the gateway."""
        if call.method == "POST" and call.parts == ("batch",):
            return BatchRun(
                self._service, call, rules=rules, weather=weather, objection=objection
            ).answer()
        return self._service.answer(call, rules=rules, weather=weather)

    # What stands in the books.

    def customers(self) -> list[JsonObject]:
        return self._live("Customer")

    def invoices(self) -> list[JsonObject]:
        return self._live("Invoice")

    def payments(self) -> list[JsonObject]:
        return self._live("Payment")

    def refund_receipts(self) -> list[JsonObject]:
        return self._live("RefundReceipt")

    def purchases(self) -> list[JsonObject]:
        return self._live("Purchase")

    def deposits(self) -> list[JsonObject]:
        return self._live("Deposit")

    def accounts(self) -> list[JsonObject]:
        return self._live("Account")

    def items(self) -> list[JsonObject]:
        return self._live("Item")

    def find(self, entity: str, object_id: str) -> JsonObject | None:
        return deepcopy(self._books.find(entity, object_id))

    def account_balance(self, name: str) -> Decimal:
        """Debits are positive."""
        return self.trial_balance()[name]

    def trial_balance(self) -> dict[str, Decimal]:
        """Every account's balance, debits positive: it sums to zero or the books are wrong."""
        balance = self._books.ledger.account_balance
        return {each["Name"]: balance(each["Id"]) for each in self._books.live("Account")}

    def receivables(self) -> dict[str, Decimal]:
        """What every customer owes, by name; who is owed something stands with a minus."""
        balance = self._books.ledger.customer_balance
        owed = ((each["DisplayName"], balance(each["Id"])) for each in self._books.live("Customer"))
        return {name: amount for name, amount in owed if amount}

    def undeposited(self) -> Decimal:
        """What waits for the bank; found by the account's subtype, whatever its name."""
        balance = self._books.ledger.account_balance
        funds = (
            balance(each["Id"])
            for each in self._books.live("Account")
            if each["AccountSubType"] == UNDEPOSITED_FUNDS
        )
        return sum(funds, Decimal(0))

    @property
    def changes(self) -> deque[Change]:
        """Change events nobody was told about yet; popping one counts as telling."""
        return self._books.changes

    # What a person does on the screen.

    def add_customer(self, name: str, **properties: object) -> JsonObject:
        return self.add("Customer", DisplayName=name, **properties)

    def add_vendor(self, name: str, **properties: object) -> JsonObject:
        return self.add("Vendor", DisplayName=name, **properties)

    def add_employee(self, name: str, **properties: object) -> JsonObject:
        return self.add("Employee", DisplayName=name, **properties)

    def add_invoice(
        self, customer_id: str, amount: Decimal | str, **properties: object
    ) -> JsonObject:
        line = self._item_line(amount)
        customer = {"value": customer_id}
        return self.add("Invoice", **{"CustomerRef": customer, "Line": [line]} | properties)

    def add_payment(
        self,
        customer_id: str,
        amount: Decimal | str,
        *,
        invoice_id: str | None = None,
        **properties: object,
    ) -> JsonObject:
        total = Decimal(amount)
        wanted: JsonObject = {"CustomerRef": {"value": customer_id}, "TotalAmt": total}
        if invoice_id is not None:
            link = {"TxnId": invoice_id, "TxnType": "Invoice"}
            wanted["Line"] = [{"Amount": total, "LinkedTxn": [link]}]
        return self.add("Payment", **wanted | properties)

    def add_refund_receipt(
        self, customer_id: str, amount: Decimal | str, **properties: object
    ) -> JsonObject:
        """A sale reversed: the money goes back from Checking."""
        wanted: JsonObject = {
            "CustomerRef": {"value": customer_id},
            "DepositToAccountRef": {"value": seeds.CHECKING},
            "Line": [self._item_line(amount)],
        }
        return self.add("RefundReceipt", **wanted | properties)

    def add_purchase(
        self, customer_id: str, amount: Decimal | str, **properties: object
    ) -> JsonObject:
        """Credit given back to a customer: from Checking, to Accounts Receivable."""
        detail = {"AccountRef": {"value": seeds.RECEIVABLE}}
        line = {
            "Amount": Decimal(amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": detail,
        }
        wanted: JsonObject = {
            "PaymentType": "Cash",
            "AccountRef": {"value": seeds.CHECKING},
            "EntityRef": {"value": customer_id, "type": "Customer"},
            "Line": [line],
        }
        return self.add("Purchase", **wanted | properties)

    def add(self, entity: str, **properties: object) -> JsonObject:
        return self._by_hand(entity, Operation.CREATE, dict(properties))

    def change(self, entity: str, object_id: str, **properties: object) -> JsonObject:
        return self._by_hand(
            entity, Operation.UPDATE, {**self._current(entity, object_id), **properties}
        )

    def void(self, entity: str, object_id: str) -> JsonObject:
        return self._by_hand(entity, Operation.VOID, self._current(entity, object_id))

    def delete(self, entity: str, object_id: str) -> None:
        self._by_hand(entity, Operation.DELETE, self._current(entity, object_id))

    def deposit(
        self, payment_id: str, *others: str, account_id: str = seeds.CHECKING
    ) -> JsonObject:
        """Take payments from Undeposited Funds to the bank: from then on they cannot be changed."""
        lines = [
            {"LinkedTxn": [{"TxnId": each, "TxnType": "Payment", "TxnLineId": "0"}]}
            for each in (payment_id, *others)
        ]
        return self.add("Deposit", DepositToAccountRef={"value": account_id}, Line=lines)

    def _live(self, entity: str) -> list[JsonObject]:
        shown = (each for each in self._books.live(entity) if each.get("Active") is not False)
        return [deepcopy(each) for each in shown]

    def _current(self, entity: str, object_id: str) -> JsonObject:
        before = self._books.find(entity, object_id)
        if before is None:
            raise KeyError(f"{entity} {object_id}")
        token = {"Id": object_id, "SyncToken": before["SyncToken"], "sparse": True}
        # An expense is never changed without its type.
        return token | {name: before[name] for name in ("PaymentType",) if name in before}

    def _item_line(self, amount: Decimal | str) -> JsonObject:
        detail: JsonObject = {"ItemRef": {"value": "1"}}
        if not self._is_american:
            detail["TaxCodeRef"] = EXEMPT
        return {
            "Amount": Decimal(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
        }

    def _by_hand(self, entity: str, operation: Operation, given: JsonObject) -> JsonObject:
        order = Order(operation=operation, given=given, rules=by_hand(self._rules()))
        done: JsonObject = self._service.carry_out(ENTITIES[entity], order)[entity]
        return deepcopy(done)
