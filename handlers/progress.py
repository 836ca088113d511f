"""Which way a record goes, and what keeps it."""

from typing import assert_never

from handlers.causes import explain_cause
from handlers.text import escape, moment
from services.domain.ledger import Client
from services.domain.sync import Operation, Status
from services.domain.waiting import (
    ForCheck,
    ForClient,
    ForConnection,
    ForInvoice,
    ForNothing,
    ForPayment,
    ForRemoval,
    ForRetry,
    Hurdle,
    Waiting,
)

_HURDLES = {
    Hurdle.NOT_CONNECTED: "Waits until an admin connects QuickBooks (/quickbooks connect).",
    Hurdle.NOT_CONFIRMED: "Waits until an admin confirms the QuickBooks company (/quickbooks).",
    Hurdle.CONNECTION_LOST: "QuickBooks is disconnected. It goes on by itself as soon as an admin"
    " has connected it again (/quickbooks connect).",
    Hurdle.HELD: "Counterfoil was restored from a backup. It goes on by itself as soon as whoever"
    " runs it has compared it with QuickBooks.",
}


_CHANGES = {
    Operation.CREATE: "On its way to QuickBooks.",
    Operation.UPDATE: "Its change is on the way to QuickBooks.",
    Operation.VOID: "It is being voided in QuickBooks.",
    Operation.DELETE: "On its way out of QuickBooks.",
    Operation.RELEASE: "It is being unlinked; QuickBooks keeps it.",
    Operation.APPLY: "On its way to QuickBooks.",
    Operation.UNAPPLY: "On its way out of QuickBooks.",
}


def explain_progress(operation: Operation | None, waiting: Waiting | None, records_url: str) -> str:
    """Which way it goes, and what keeps it."""
    if operation in {None, Operation.CREATE}:
        return explain_waiting(waiting or ForNothing(), records_url)
    way = _CHANGES[operation or Operation.CREATE]
    if waiting is None or isinstance(waiting, ForNothing):
        return way
    return f"{way} {explain_waiting(waiting, records_url)}"


def explain_waiting(waiting: Waiting, records_url: str) -> str:
    match waiting:
        case ForConnection():
            return _HURDLES[waiting.hurdle]
        case ForClient() | ForInvoice() | ForPayment() | ForRemoval():
            return _wait_for_another(waiting, records_url)
        case ForRetry():
            return f"{escape(waiting.because)}. Next try {moment(waiting.at)}."
        case ForCheck():
            return (
                f"Needs a check: since {moment(waiting.since)} QuickBooks has not said whether it"
                " arrived. It is being looked up, and never sent twice."
            )
        case ForNothing():
            return _CHANGES[Operation.CREATE]
        case _:
            assert_never(waiting)


def _wait_for_another(
    waiting: ForClient | ForInvoice | ForPayment | ForRemoval, records_url: str
) -> str:
    match waiting:
        case ForClient():
            return _wait_for(waiting.client, records_url)
        case ForInvoice():
            return _wait_for_invoice(waiting)
        case ForPayment():
            name, status = waiting.payment.name, waiting.payment.sync.status.label
            return f"Waits for its payment {name}, which is {status}."
        case ForRemoval():
            return f"Waits until {waiting.count} more that hang on it are out of QuickBooks."


def _wait_for(client: Client, records_url: str) -> str:
    if client.sync.status is Status.SYNCING:
        return "Waits for its client, who is on the way to QuickBooks."
    return f"Waits for its client, who is not in QuickBooks. {explain_cause(client, records_url)}"


def _wait_for_invoice(waiting: ForInvoice) -> str:
    number = escape(waiting.number)
    if waiting.status is Status.SYNCING:
        return f"Waits for its invoice {number}, which is on the way to QuickBooks."
    return f"Waits for its invoice {number}, which is {waiting.status.label}."
