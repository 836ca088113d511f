"""The longest and the strangest that can stand anywhere, and Slack's judgement of what we show."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from handlers.elements import Block, Reply
from sandbox.slack import Workspace
from sandbox.slack.blocks.layouts import Surface
from sandbox.slack.blocks.validate import check_message_blocks, check_view
from sandbox.slack.mrkdwn import BARE_AMPERSAND
from sandbox.slack.screen import mass_mentions_in, read_blocks
from services.domain.causes import Cause
from services.domain.ids import InvoiceId, RefundId
from services.domain.ledger import (
    MAX_AMOUNT_MINOR,
    MAX_DESCRIPTION,
    MAX_EMAIL,
    MAX_NAME,
    MAX_REFERENCE,
    Allotted,
    Client,
    Invoice,
    InvoiceLine,
    Payment,
    Refund,
    SyncFacts,
)
from services.domain.money import Money
from services.domain.sync import Status
from services.domain.twins import Candidate
from tests.builders import NOT_SYNCED, a_client, a_payment, a_refund, an_invoice

LOCALE = "jgo"  # Babel writes no days longer than in Ngomba, and hardly any sums.
POSTED = 10_000  # Characters in the blocks of a message: Slack refuses some 13,000 in all.
LONGEST_TEXT = 4_000  # A message cannot be edited to more.
LAST_DAY = date(2026, 9, 30)
WILD = (
    '<!channel> *bold* _it_ `x` ~s~ & "q" '
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{GRINNING FACE}e\N{COMBINING ACUTE ACCENT} <@U0ANNA>\n"
)
MOST = Money(MAX_AMOUNT_MINOR, "USD")
NAMES = {
    "wild": (WILD * 2)[:MAX_NAME].ljust(MAX_NAME, "\N{GRINNING FACE}"),
    "all escaped": "&" * MAX_NAME,
    "plain": "Acme " * 20,
}
QUICKBOOKS_WORDS = "<b>&" * 125  # As many as it says at the most.


def shown(reply: Reply, *, posted: bool = True) -> str:
    """What is read of a message that Slack takes. `posted`: not as the answer to an act."""
    message = reply.to_slack()
    assert 0 < len(message["text"]) <= LONGEST_TEXT
    check_message_blocks(message["blocks"])
    assert not posted or sum(map(len, _texts(message["blocks"]))) <= POSTED
    return _read(message["blocks"], message["text"])


def opened(view: Block) -> str:
    """What is read in a modal that Slack takes."""
    check_view(view, surface=Surface.MODAL)
    return _read(view["blocks"])


def _read(blocks: Sequence[Block], *texts: str) -> str:
    assert mass_mentions_in(list(blocks)) == []
    assert [text for text in texts if "<!channel>" in text] == []
    marked = [*_texts(blocks, kind="mrkdwn"), *texts]
    assert [text for text in marked if BARE_AMPERSAND.search(text)] == []
    return read_blocks(list(blocks), Workspace().reader())


def _texts(node: Any, *, kind: str | None = None) -> list[str]:
    if isinstance(node, list):
        return [text for each in node for text in _texts(each, kind=kind)]
    if not isinstance(node, dict):
        return []
    own, inner = node.get("text"), _texts(list(node.values()), kind=kind)
    return [own, *inner] if isinstance(own, str) and kind in {None, node.get("type")} else inner


def the_client(name: str, **facts: Any) -> Client:
    return a_client(**{"name": name, "email": "e" * MAX_EMAIL, "sync": NOT_SYNCED, **facts})


def failed(cause: Cause = Cause.NO_RECEIVABLE) -> SyncFacts:
    return SyncFacts(Status.FAILED, cause=cause, detail=QUICKBOOKS_WORDS, blame="its own")


def the_invoices(client: Client, count: int) -> list[Invoice]:
    line = InvoiceLine(WILD, Decimal(1), MOST)
    common = an_invoice(line, client=client, due_on=LAST_DAY, invoiced_on=LAST_DAY)
    return [
        replace(common, id=InvoiceId(UUID(int=index + 1)), number=_long(f"{index:03}"))
        for index in range(count)
    ]


def the_payment(client: Client, *, settles: int = 0, **facts: Any) -> Payment:
    allocations = tuple(
        Allotted(each.id, MOST, number=each.number) for each in the_invoices(client, settles)
    )
    ordinary = {
        "client": client,
        "amount": MOST,
        "received_on": LAST_DAY,
        "reference": _long("#"),
        "description": (WILD * 60)[: MAX_DESCRIPTION - 8] + "the end.",
        "allocations": allocations,
        "number": 999_999_999,
        "refunded": 1,
    }
    return replace(a_payment(), **{**ordinary, **facts})


def the_refunds(payment: Payment, count: int, **facts: Any) -> list[Refund]:
    common = replace(a_refund(), payment=payment, amount=MOST, refunded_on=LAST_DAY, **facts)
    return [
        replace(common, id=RefundId(UUID(int=index + 1)), number=1001 + index)
        for index in range(count)
    ]


def the_candidates(count: int) -> list[Candidate]:
    amount = MOST.to_decimal()
    return [
        Candidate(f"{10**19 + index}", amount, LAST_DAY, _long("@"), frozenset())
        for index in range(count)
    ]


def at(second: int) -> datetime:
    return datetime(2026, 9, 30, 12, 0, second, tzinfo=UTC)


def _long(start: str) -> str:
    return start.ljust(MAX_REFERENCE, "&")
