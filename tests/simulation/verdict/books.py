"""The ledger and QuickBooks' books: each record is there once, as it was written, and no other."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.simulation.office import CHECKING, SAVINGS, UNDEPOSITED, Firm, Key
from tests.simulation.verdict.ledger import Records
from tests.simulation.verdict.rows import Row

Body = dict[str, Any]
MARKER = re.compile(r"\[counterfoil:([0-9a-f]{32})\]")
RECEIVABLE = "84"
NOTHING = Decimal(0)


def complaints(firm: Firm, records: Records) -> Iterator[str]:
    ours = _Ours(firm, records)
    for entity, rows in ours.written.items():
        yield from _about_number(ours, entity, rows)
        for row in rows:
            if ours.is_as_we_wrote_it(entity, row):
                yield from _about_marker(ours, entity, row)
                yield from _about_body(ours, entity, row)
    yield from _about_customers(ours)
    yield from _about_ties(records)
    yield from _about_sums(ours)
    yield from _about_balances(ours)


class _Ours:
    """What a firm has in QuickBooks, as its ledger says."""

    def __init__(self, firm: Firm, records: Records) -> None:
        self.firm, self.records, self.hands = firm, records, firm.hands
        company = firm.company
        refunds = records.refunds.values()
        self.written: dict[str, list[Row]] = {
            "Invoice": list(records.invoices.values()),
            "Payment": list(records.payments.values()),
            "RefundReceipt": [row for row in refunds if row["reason"] == "sale_reversed"],
            "Purchase": [row for row in refunds if row["reason"] == "credit_returned"],
        }
        self.there: dict[str, dict[str, Body]] = {
            "Customer": _by_id(company.customers()),
            "Invoice": _by_id(company.invoices()),
            "Payment": _by_id(company.payments()),
            "RefundReceipt": _by_id(company.refund_receipts()),
            "Purchase": _by_id(company.purchases()),
        }

    def is_as_we_wrote_it(self, entity: str, row: Row) -> bool:
        """It is there, and neither found there by us nor changed there by hand."""
        key = (entity, row["qbo_id"])
        is_there = row["qbo_id"] in self.there[entity] and not row["linked"]
        return is_there and key not in self.hands.touched

    def by_others(self, entity: str) -> list[Body]:
        """What is not as we wrote it."""
        foreign = self.hands.made | self.hands.touched
        return [body for each, body in self.there[entity].items() if (entity, each) in foreign]

    def body(self, entity: str, row: Row) -> Body:
        return self.there[entity][row["qbo_id"]]


def _by_id(bodies: list[Body]) -> dict[str, Body]:
    return {body["Id"]: body for body in bodies}


def _money(row: Row, column: str = "amount_minor") -> Decimal:
    return Decimal(row[column]) / 100


def _about_number(ours: _Ours, entity: str, rows: list[Row]) -> Iterator[str]:
    """Exactly what the ledger knows of, and what was linked is what others made."""
    made, deleted = ours.hands.made, ours.hands.deleted
    known = Counter(
        row["qbo_id"]
        for row in rows
        if row["qbo_id"] and not row["linked"] and (entity, row["qbo_id"]) not in deleted
    )
    there = Counter(each for each in ours.there[entity] if (entity, each) not in made)
    if known != there:
        yield f"{entity}: {dict(there)} in QuickBooks and not {dict(known)}"
    for row in rows:
        if row["linked"] and (entity, row["qbo_id"]) not in made:
            yield f"{entity} {row['qbo_id']} is linked, and ours"
        if row["qbo_id"] is None and row["linked"]:
            yield f"{entity} {row['id']} is linked to nothing"


def _about_marker(ours: _Ours, entity: str, row: Row) -> Iterator[str]:
    """It can be found again by what one of its entries wrote into it."""
    keys = {entry["request_id"] for entry in ours.records.entries_of(row)}
    there = set(MARKER.findall(ours.body(entity, row).get("PrivateNote", "")))
    if len(there) != 1 or not there <= keys:
        yield f"{entity} {row['qbo_id']} has the markers {there}, not one of {keys}"


def _about_body(ours: _Ours, entity: str, row: Row) -> Iterator[str]:
    body, due = ours.body(entity, row), dict(_due(ours, entity, row))
    there = {name: _plain(body.get(name)) for name in due}
    if there != due:
        yield f"{entity} {row['qbo_id']}: {there} in QuickBooks and not {due}"
    if entity == "Payment":
        yield from _about_lines(ours, row, body)
        yield from _about_account(ours, row)
    if entity == "Purchase" and not row["applied"] and row["note_operation"] is None:
        yield f"refund {row['number']} is not tied to its payment, without a word"


def _plain(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) else value


def _due(ours: _Ours, entity: str, row: Row) -> Iterator[tuple[str, Any]]:
    customer = ours.records.customer_of(row)
    match entity:
        case "Invoice":
            yield "TotalAmt", NOTHING if row["voided"] else _money(row, "total_minor")
            yield "TxnDate", row["invoiced_on"]
            yield "DueDate", row["due_on"]
            yield "DocNumber", row["number"]
            yield "CustomerRef", customer
        case "Payment":
            yield "TotalAmt", _money(row)
            yield "TxnDate", row["received_on"]
            yield "PaymentRefNum", row["reference"]
            yield "DepositToAccountRef", row["deposit_account_id"]
            yield "CustomerRef", customer
        case "RefundReceipt":
            yield "TotalAmt", _money(row)
            yield "TxnDate", row["refunded_on"]
            yield "DepositToAccountRef", row["account_id"]
            yield "CustomerRef", customer
        case _:
            yield "TotalAmt", _money(row)
            yield "TxnDate", row["refunded_on"]
            yield "AccountRef", row["account_id"]
            yield "EntityRef", customer


def _about_lines(ours: _Ours, payment: Row, body: Body) -> Iterator[str]:
    """What it settles, but for invoices that were touched by hand."""
    due, there = _due_lines(ours, payment), _lines(body)
    for key in sorted(due.keys() | there.keys()):
        if key not in ours.hands.touched and due.get(key) != there.get(key):
            yield f"{payment['reference']} settles {there.get(key)} of {key}, not {due.get(key)}"


def _due_lines(ours: _Ours, payment: Row) -> dict[Key, Decimal]:
    due: dict[Key, Decimal] = {}
    for part in ours.records.parts_of(payment):
        if not part["left_out"]:
            invoice = ours.records.invoices[part["invoice_id"]]["qbo_id"]
            due["Invoice", str(invoice)] = _money(part)
    for refund in ours.records.refunds_of(payment):
        if refund["applied"]:
            due["Expense", str(refund["qbo_id"])] = _money(refund)
    return due


def _lines(body: Body) -> dict[Key, Decimal]:
    links = [(line["LinkedTxn"][0], line["Amount"]) for line in body["Line"]]
    return {(link["TxnType"], link["TxnId"]): amount for link, amount in links}


def _about_account(ours: _Ours, payment: Row) -> Iterator[str]:
    """It went where the firm wanted it once, and nowhere else."""
    account, chosen = payment["deposit_account_id"], ours.firm.accounts
    if account not in chosen:
        yield f"{payment['reference']} went to account {account}, and not to one of {chosen}"


def _about_customers(ours: _Ours) -> Iterator[str]:
    """We make one a sync at most, and tell whose it is; names are the clients'."""
    made = Counter[str]()
    whose = {
        entry["request_id"]: client
        for client in ours.records.clients
        for entry in ours.records.entries.get(client, [])
    }
    for customer, body in ours.there["Customer"].items():
        if ("Customer", customer) in ours.hands.made:
            continue
        [key] = MARKER.findall(body.get("Notes", "")) or [""]
        made[whose.get(key, "nobody")] += 1
    for client, number in made.items():
        done = [
            entry
            for entry in ours.records.entries.get(client, [])
            if entry["operation"] == "create" and entry["state"] == "done"
        ]
        if number > len(done):
            yield f"client {client} has {number} customers in QuickBooks and not {len(done)}"
    for row in ours.records.clients.values():
        name = ours.there["Customer"].get(row["qbo_id"], {}).get("DisplayName")
        if row["qbo_id"] and name != row["name"] and not row["linked"]:
            yield f"{row['name']} is customer {row['qbo_id']}, {name}"


def _about_ties(records: Records) -> Iterator[str]:
    """No object is two records; a refund is there only where its payment is."""
    for kind in ("client", "invoice", "payment", "refund"):
        tied = Counter(
            (row["qbo_id"], row.get("reason"))
            for each, row in records.all()
            if each == kind and row["qbo_id"]
        )
        for qbo_id, times in tied.items():
            if times > 1:
                yield f"{kind} {qbo_id} is tied {times} times"
    for refund in records.refunds.values():
        payment = records.payments[refund["payment_id"]]
        if refund["qbo_id"] and not payment["qbo_id"]:
            yield f"refund {refund['number']} was left behind by {payment['reference']}"


def _about_sums(ours: _Ours) -> Iterator[str]:
    """Nobody gives back more than came, or settles more than is owed."""
    records = ours.records
    for payment in records.payments.values():
        back = sum(row["amount_minor"] for row in records.refunds_of(payment) if not row["voided"])
        parts = sum(each["amount_minor"] for each in records.parts_of(payment))
        if any(each["wanted_minor"] is not None for each in records.parts_of(payment)):
            yield f"{payment['reference']} holds something for a change that is over"
        if max(back, parts) > payment["amount_minor"]:
            yield f"{payment['reference']}: {back} and {parts} are gone of its sum"
    for invoice in records.invoices.values():
        paid = sum(each["amount_minor"] for each in _settling(records, invoice))
        if paid > invoice["total_minor"] and not ours.hands.has_paid(invoice["qbo_id"]):
            yield f"{invoice['number']}: {paid} of {invoice['total_minor']} is paid"


def _settling(records: Records, invoice: Row) -> Iterator[Row]:
    for each in records.allocations:
        is_void = records.payments[each["payment_id"]]["voided"]
        if each["invoice_id"] == invoice["id"] and not is_void:
            yield each


def _about_balances(ours: _Ours) -> Iterator[str]:
    """What stands on every account, and what every customer owes, follows from the ledger."""
    company, due = ours.firm.company, _Balances(ours)
    if sum(company.trial_balance().values(), NOTHING):
        yield f"the trial balance is {company.trial_balance()}"
    for account in (UNDEPOSITED, CHECKING, SAVINGS):
        body = company.find("Account", account) or {}
        if body["CurrentBalance"] != due.accounts[account]:
            yield f"account {account} has {body['CurrentBalance']}, not {due.accounts[account]}"
    for customer, body in ours.there["Customer"].items():
        if body["Balance"] != due.debts[customer]:
            yield f"customer {customer} owes {body['Balance']}, not {due.debts[customer]}"


class _Balances:
    """By account, and by customer: our records as the ledger has them, others as they are."""

    def __init__(self, ours: _Ours) -> None:
        self._ours = ours
        self.accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.debts: defaultdict[str | None, Decimal] = defaultdict(Decimal)
        for entity, rows in ours.written.items():
            for row in rows:
                if ours.is_as_we_wrote_it(entity, row):
                    self._post_row(entity, row)
        for entity in ("Invoice", "Payment"):
            for body in ours.by_others(entity):
                self._post_body(entity, body)
        for deposit in ours.firm.company.deposits():
            self.accounts[_plain(deposit["DepositToAccountRef"])] += deposit["TotalAmt"]
            self.accounts[UNDEPOSITED] -= deposit["TotalAmt"]

    def _post_row(self, entity: str, row: Row) -> None:
        customer = self._ours.records.customer_of(row)
        match entity:
            case "Invoice":
                self.debts[customer] += NOTHING if row["voided"] else _money(row, "total_minor")
            case "Payment":
                self.accounts[row["deposit_account_id"]] += _money(row)
                self.debts[customer] -= _money(row)
            case "RefundReceipt":
                self.accounts[row["account_id"]] -= _money(row)
            case _:
                self.accounts[row["account_id"]] -= _money(row)
                self.debts[customer] += _money(row)

    def _post_body(self, entity: str, body: Body) -> None:
        customer, total = _plain(body["CustomerRef"]), body["TotalAmt"]
        if entity == "Invoice":
            self.debts[customer] += total
        else:
            self.accounts[_plain(body["DepositToAccountRef"])] += total
            self.debts[customer] -= total
