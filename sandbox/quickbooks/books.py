"""A company's books: every object, its recent versions, and changes that happen whole."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from itertools import count

from sandbox.quickbooks.ledger import ZERO, Ledger, Posting
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.weather import LONGEST_LAG
from sandbox.quickbooks.webhooks import Change, Deed
from sandbox.quickbooks.wire import JsonObject

MOST_CHANGES = 10_000  # Pending change events; the oldest are dropped first.
NAMES = frozenset({"Customer", "Vendor", "Employee"})  # One list of names, one row of ids.
TRANSACTIONS = frozenset({"Invoice", "Payment", "RefundReceipt", "Purchase", "Deposit"})
BY_THE_BOOK = Rules()
# The published list of events has none about the first, and no deletion of the second.
NEVER_TOLD = frozenset({"CompanyInfo"})
NEVER_DELETED = frozenset({"PaymentMethod"})

Key = tuple[str, str]  # Entity and id.


@dataclass(frozen=True, slots=True)
class Version:
    at: datetime  # The exact instant of the commit.
    body: JsonObject | None  # None: deleted.
    changed_at: datetime  # MetaData.LastUpdatedTime: whole seconds.


@dataclass(slots=True)
class Record:
    created_at: datetime  # MetaData.CreateTime: whole seconds.
    versions: deque[Version]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    def as_of(self, instant: datetime | None) -> Version | None:
        """What was known at that instant; None asks for what is known now."""
        if instant is None or self.current.at <= instant:
            return self.current
        return next((each for each in reversed(self.versions) if each.at <= instant), None)

    def add(self, version: Version) -> None:
        self.versions.append(version)
        horizon = version.at - LONGEST_LAG
        while len(self.versions) > 1 and self.versions[1].at <= horizon:
            self.versions.popleft()


class Books:
    def __init__(self, *, clock: Callable[[], datetime], offset: timezone) -> None:
        self.clock, self.offset = clock, offset
        self.records: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        self.ledger = Ledger()
        self.deposited: dict[str, str] = {}  # Which deposit a payment stands on, if on any.
        self.changes: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
        self._names: dict[Key, Key] = {}
        self._sub_customers: defaultdict[str, set[str]] = defaultdict(set)

    def find(self, entity: str, object_id: str) -> JsonObject | None:
        record = self.records[entity].get(object_id)
        return record.current.body if record else None

    def live(self, entity: str) -> Iterator[JsonObject]:
        for record in self.records[entity].values():
            if record.current.body is not None:
                yield record.current.body

    def holder_of(self, entity: str, name: str) -> Key | None:
        """Who holds this name in the list the entity's names stand in, whatever the case."""
        return self._names.get((_name_list(entity), name.casefold()))

    def next_id(self, entity: str) -> str:
        taken = self.records[entity]
        row = self._ids[_id_row(entity)]
        return str(next(number for number in row if str(number) not in taken))

    def stamp(self, instant: datetime) -> str:
        return instant.astimezone(self.offset).isoformat(timespec="seconds")

    def begin(self, rules: Rules = BY_THE_BOOK) -> "Work":
        return Work(self, rules)

    def commit(
        self,
        staged: dict[Key, JsonObject | None],
        postings: dict[str, tuple[Posting, ...]],
        *,
        voided: Key | None,
    ) -> None:
        now = self.clock()
        for key, body in staged.items():
            before = self.find(*key)
            if body == before:
                continue  # An update that changes nothing leaves the SyncToken alone.
            self._put(key, body, before, now=now)
            deed = Deed.VOIDED if key == voided else _deed(key[0], before, body)
            if key[0] not in NEVER_TOLD:
                self.changes.append(Change(entity=key[0], object_id=key[1], deed=deed, at=now))
        moved: set[Posting] = set()
        for transaction_id, entries in postings.items():
            moved |= self.ledger.replace(transaction_id, entries)
        self._show_balances(moved, now=now)

    def _put(
        self, key: Key, body: JsonObject | None, before: JsonObject | None, *, now: datetime
    ) -> None:
        entity, object_id = key
        whole_second = now.replace(microsecond=0)
        record = self.records[entity].get(object_id)
        if record is None:
            record = Record(created_at=whole_second, versions=deque())
            self.records[entity][object_id] = record
        if body is not None:
            body = self._dress(object_id, body, before, record=record, now=now)
        self._index(entity, object_id, before, body)
        record.add(Version(at=now, body=body, changed_at=whole_second))

    def _dress(
        self,
        object_id: str,
        body: JsonObject,
        before: JsonObject | None,
        *,
        record: Record,
        now: datetime,
    ) -> JsonObject:
        token = int(before["SyncToken"]) + 1 if before else 0
        times = {
            "CreateTime": self.stamp(record.created_at),
            "LastUpdatedTime": self.stamp(now),
        }
        system = {"domain": "QBO", "sparse": False, "Id": object_id, "SyncToken": str(token)}
        return body | system | {"MetaData": times}

    def _index(
        self, entity: str, object_id: str, before: JsonObject | None, after: JsonObject | None
    ) -> None:
        if entity in TRANSACTIONS:
            if entity == "Deposit":
                self._index_deposit(object_id, before, after)
            return
        old, new = _name(before), _name(after)
        if old != new and old is not None:
            del self._names[_name_list(entity), old.casefold()]
        if new is not None:
            self._names[_name_list(entity), new.casefold()] = (entity, object_id)
        if entity == "Customer":
            self._move_sub_customer(object_id, _parent(before), _parent(after))

    def _index_deposit(
        self, deposit_id: str, before: JsonObject | None, after: JsonObject | None
    ) -> None:
        for payment_id in _deposited_payments(before):
            del self.deposited[payment_id]
        self.deposited.update(dict.fromkeys(_deposited_payments(after), deposit_id))

    def _move_sub_customer(self, object_id: str, old: str | None, new: str | None) -> None:
        if old is not None:
            self._sub_customers[old].discard(object_id)
        if new is not None:
            self._sub_customers[new].add(object_id)

    def _show_balances(self, moved: set[Posting], *, now: datetime) -> None:
        """Balances are shown, not edited: neither SyncToken nor LastUpdatedTime moves."""
        for account_id in sorted({posting.account_id for posting in moved}):
            balance = self.ledger.account_balance(account_id)
            # Income and liabilities show their credit as a positive figure.
            account = self.find("Account", account_id) or {}
            shown = balance if account.get("Classification") in {"Asset", "Expense"} else -balance
            figures = {"CurrentBalance": shown, "CurrentBalanceWithSubAccounts": shown}
            self._show("Account", account_id, figures, now=now)
        customers = {posting.customer_id for posting in moved if posting.customer_id is not None}
        for customer_id in sorted(customers):
            self._show_customer(customer_id, now=now)

    def _show_customer(self, customer_id: str | None, *, now: datetime) -> None:
        while customer_id is not None:
            own = self.ledger.customer_balance(customer_id)
            figures = {"Balance": own, "BalanceWithJobs": self._with_jobs(customer_id)}
            self._show("Customer", customer_id, figures, now=now)
            customer_id = _parent(self.find("Customer", customer_id))

    def _with_jobs(self, customer_id: str) -> Decimal:
        jobs = (self._with_jobs(each) for each in self._sub_customers.get(customer_id, ()))
        return sum(jobs, self.ledger.customer_balance(customer_id))

    def _show(self, entity: str, object_id: str, figures: JsonObject, *, now: datetime) -> None:
        record = self.records[entity][object_id]
        latest = record.current
        if latest.body is not None:
            record.add(Version(at=now, body=latest.body | figures, changed_at=latest.changed_at))


class Work:
    """What one request is about to change, and by which rules; nothing shows before `commit`."""

    def __init__(self, books: Books, rules: Rules) -> None:
        self.books, self.rules = books, rules
        self._staged: dict[Key, JsonObject | None] = {}
        self._postings: dict[str, tuple[Posting, ...]] = {}
        self._voided: Key | None = None

    def find(self, entity: str, object_id: str) -> JsonObject | None:
        if (entity, object_id) in self._staged:
            return self._staged[entity, object_id]
        return self.books.find(entity, object_id)

    def put(self, entity: str, object_id: str, body: JsonObject) -> None:
        self._staged[entity, object_id] = body

    def remove(self, entity: str, object_id: str) -> None:
        self._staged[entity, object_id] = None

    def mark_voided(self, entity: str, object_id: str) -> None:
        """Only the events tell a void from an update."""
        self._voided = (entity, object_id)

    def post(self, transaction_id: str, *postings: Posting) -> None:
        """Book a transaction anew; several lines on one account become one posting."""
        sums: dict[tuple[str, str | None], Decimal] = {}
        for each in postings:
            side = each.account_id, each.customer_id
            sums[side] = sums.get(side, ZERO) + each.amount
        self._postings[transaction_id] = tuple(
            Posting(account_id, amount, customer_id)
            for (account_id, customer_id), amount in sums.items()
            if amount
        )

    def commit(self) -> None:
        self.books.commit(self._staged, self._postings, voided=self._voided)


def _id_row(entity: str) -> str:
    if entity in NAMES:
        return "names"
    return "transactions" if entity in TRANSACTIONS else entity


def _name_list(entity: str) -> str:
    return "names" if entity in NAMES else entity


def _name(body: JsonObject | None) -> str | None:
    if body is None:
        return None
    name: str | None = body.get("DisplayName") or body.get("Name")
    return name


def _parent(body: JsonObject | None) -> str | None:
    reference = (body or {}).get("ParentRef") or {}
    parent: str | None = reference.get("value")
    return parent


def _deposited_payments(deposit: JsonObject | None) -> list[str]:
    return [line["LinkedTxn"][0]["TxnId"] for line in (deposit or {}).get("Line", [])]


def _deed(entity: str, before: JsonObject | None, after: JsonObject | None) -> Deed:
    if before is None:
        return Deed.CREATED
    if after is None:
        return Deed.DELETED
    is_set_inactive = before.get("Active") and not after.get("Active", True)
    return Deed.DELETED if is_set_inactive and entity not in NEVER_DELETED else Deed.UPDATED
