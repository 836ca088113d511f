"""Which payment, or which refund, a person means."""

from uuid import UUID

from handlers.desk import Desk, Request
from services.domain.ids import PaymentId, RefundId, read_payment_number, read_refund_number
from services.errors import NotFound, Refused

MOST_AT_ONCE = 20


def payment_of(words: str) -> PaymentId:
    """From the value of a button, or of a form."""
    try:
        return PaymentId(UUID(words))
    except ValueError:
        raise NotFound("There is no such payment.") from None


def refund_of(words: str) -> RefundId:
    try:
        return RefundId(UUID(words))
    except ValueError:
        raise NotFound("There is no such refund.") from None


async def find_payment(desk: Desk, request: Request) -> PaymentId:
    """The one that was typed."""
    number = read_payment_number(request.words)
    if number is None:
        raise Refused("Which payment? Write its reference, like P-1001.")
    return await desk.payments.id_of(request.member.firm_id, number)


async def find_refund(desk: Desk, request: Request) -> RefundId:
    number = read_refund_number(request.words)
    if number is None:
        raise Refused("Which refund? Write its reference, like R-1001.")
    return await desk.refunds.id_of(request.member.firm_id, number)


async def find_payments(desk: Desk, request: Request) -> list[PaymentId]:
    """All that were typed, each once; Refused for one that is none, and for too many."""
    words = request.words.replace(",", " ").split()
    if not words:
        raise Refused("Which payment? Write its reference, like P-1001.")
    numbers = {word: read_payment_number(word) for word in words}
    if strange := [word for word, number in numbers.items() if number is None]:
        raise Refused(f"“{strange[0]}” is no reference of a payment. Write it like P-1001.")
    wanted = dict.fromkeys(number for number in numbers.values() if number is not None)
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"{len(wanted)} payments are too many at once: {MOST_AT_ONCE} are the most.")
    firm = request.member.firm_id
    return [await desk.payments.id_of(firm, number) for number in wanted]
