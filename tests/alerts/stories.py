"""What the stories have in common: an account is inactive, and what needs it fails."""

import re
from collections.abc import Iterable

from sandbox.slack import Message
from services.domain.ids import PaymentId
from services.domain.ledger import Method
from tests.alerts.firm import SAVINGS, Firm


async def fails(firm: Firm, number: int = 1) -> list[PaymentId]:
    firm.retires(SAVINGS)
    return await firm.receives(number, method=Method.CASH)


async def is_mended(firm: Firm, payments: list[PaymentId]) -> None:
    firm.brings_back(SAVINGS)
    await firm.syncs(payments)


def counted(alerts: Iterable[Message]) -> list[str]:
    """How many records each is about, in its own words."""
    found = (re.search(r"\d+ payments?", each.plain) for each in alerts)
    return [each.group() for each in found if each]


def aloud(alert: Message) -> list[Message]:
    """What was said again below it, for all the channel to hear."""
    return [each for each in alert.replies if each.is_broadcast]
