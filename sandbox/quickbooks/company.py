"""One QuickBooks company: its books, and what a person can do in it and see of it."""

from collections import deque
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timezone
from decimal import Decimal

from sandbox.quickbooks import seeds
from sandbox.quickbooks.batch import BatchRun, Objection
from sandbox.quickbooks.books import Books
from sandbox.quickbooks.calls import Call
from sandbox.quickbooks.entities import ENTITIES, Operation, Order
from sandbox.quickbooks.ledger import Posting
from sandbox.quickbooks.replay import Reply, RequestIds
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.service import Service
from sandbox.quickbooks.weather import Weather
from sandbox.quickbooks.webhooks import Change
from sandbox.quickbooks.wire import JsonObject

EDITOR = "Robin Mercer"  # The bookkeeper a stale write is told about.
BY_HAND = Rules(sparse_payments=True)  # A person changes one field on the screen.


class Preferences:
    """The company's preferences that change what the API accepts; assign to change one."""

    def __init__(self, books: Books) -> None:
        self._books = books

    @property
    def book_close_date(self) -> date | None:
        """Transactions up to and including this date can no longer be touched."""
        closed = self._get("AccountingInfoPrefs").get("BookCloseDate")
        return date.fromisoformat(closed) if closed else None

    @book_close_date.setter
    def book_close_date(self, until: date | None) -> None:
        self._set("AccountingInfoPrefs", BookCloseDate=until.isoformat() if until else None)

    @property
    def custom_txn_numbers(self) -> bool:
        """On: invoices keep the number they are given, and a duplicate is refused."""
        return bool(self._get("SalesFormsPrefs")["CustomTxnNumbers"])

    @custom_txn_numbers.setter
    def custom_txn_numbers(self, on: bool) -> None:
        self._set("SalesFormsPrefs", CustomTxnNumbers=on)

    @property
    def multi_currency(self) -> bool:
        return bool(self._get("CurrencyPrefs")["MultiCurrencyEnabled"])

    @multi_currency.setter
    def multi_currency(self, on: bool) -> None:
        self._set("CurrencyPrefs", MultiCurrencyEnabled=on)

    def _get(self, group: str) -> JsonObject:
        found: JsonObject = (self._books.find("Preferences", "1") or {})[group]
        return found

    def _set(self, group: str, **values: object) -> None:
        before = self._books.find("Preferences", "1") or {}
        merged = {
            name: value for name, value in (before[group] | values).items() if value is not None
        }
        work = self._books.begin()
        work.put("Preferences", "1", before | {group: merged})
        work.commit()


class Company:
    def __init__(
        self,
        *,
        realm_id: str,
        name: str,
        country: str,
        currency: str,
        offset: timezone,
        clock: Callable[[], datetime],
    ) -> None:
        self.realm_id, self.name = realm_id, name
        self._books = Books(clock=clock, offset=offset)
        seeds.plant(self._books, name=name, country=country, currency=currency)
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

    def accounts(self) -> list[JsonObject]:
        return self._live("Account")

    def find(self, entity: str, object_id: str) -> JsonObject | None:
        return deepcopy(self._books.find(entity, object_id))

    def account_balance(self, name: str) -> Decimal:
        """Debits are positive."""
        return self.trial_balance()[name]

    def trial_balance(self) -> dict[str, Decimal]:
        """Every account's balance, debits positive: it sums to zero or the books are wrong."""
        balance = self._books.ledger.account_balance
        return {each["Name"]: balance(each["Id"]) for each in self._books.live("Account")}

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
        line = {
            "Amount": Decimal(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
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

    def deposit(self, payment_id: str) -> None:
        """Put the payment on a bank deposit: from then on it cannot be changed."""
        payment = self._books.find("Payment", payment_id)
        if payment is None:
            raise KeyError(payment_id)
        work = self._books.begin()
        work.post(
            f"deposit of {payment_id}",
            Posting(seeds.CHECKING, payment["TotalAmt"]),
            Posting(payment["DepositToAccountRef"]["value"], -payment["TotalAmt"]),
        )
        work.commit()
        self._books.deposited.add(payment_id)

    def _live(self, entity: str) -> list[JsonObject]:
        shown = (each for each in self._books.live(entity) if each.get("Active") is not False)
        return [deepcopy(each) for each in shown]

    def _current(self, entity: str, object_id: str) -> JsonObject:
        before = self._books.find(entity, object_id)
        if before is None:
            raise KeyError(f"{entity} {object_id}")
        return {"Id": object_id, "SyncToken": before["SyncToken"], "sparse": True}

    def _by_hand(self, entity: str, operation: Operation, given: JsonObject) -> JsonObject:
        order = Order(operation=operation, given=given, rules=BY_HAND)
        done: JsonObject = self._service.carry_out(ENTITIES[entity], order)[entity]
        return deepcopy(done)
