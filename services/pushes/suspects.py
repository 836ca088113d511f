"""Which of those that a push named is inactive: QuickBooks mostly refuses it without saying."""

from dataclasses import replace

from services.domain.causes import Cause
from services.domain.ledger import Client
from services.domain.sync import Operation, Outcome, Rejected
from services.pushes.push import AnyCase
from services.pushes.sight import Sight
from services.quickbooks.mapping import wire
from services.quickbooks.mapping.named import named_in

_NAMING = frozenset({Operation.CREATE, Operation.UPDATE})


def has_suspects(case: AnyCase, outcome: Outcome) -> bool:
    """Whether one of several that were sent by their ids is inactive."""
    is_vague = isinstance(outcome, Rejected) and outcome.cause is Cause.INACTIVE
    names = case.entry.operation in _NAMING and not isinstance(case.record, Client)
    return is_vague and names


async def convict(case: AnyCase, refusal: Rejected, sight: Sight) -> Rejected:
    """The same refusal with the cause that is found; `case.company` was read after it came.

    Raise what reads raise.
    """
    named, company = named_in(case.entry.body), case.company
    if named.account_id and company.account_name(named.account_id) is None:
        return replace(refusal, cause=Cause.ACCOUNT_GONE)
    customer = await sight.find(wire.CUSTOMER, case.record.client.sync.qbo_id or "")
    if customer is None or customer.get("Active") is False:
        return replace(refusal, cause=Cause.CUSTOMER_GONE)
    if named.item_id and named.item_id not in {item.id for item in company.items}:
        return replace(refusal, cause=Cause.ITEM_GONE)
    return replace(refusal, cause=Cause.GONE)  # An invoice that it settles, for one.
