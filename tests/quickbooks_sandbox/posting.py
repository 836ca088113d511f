"""What every test of an entity does: post something, and look at what came of it."""

from decimal import Decimal
from typing import Any

import httpx

from sandbox.quickbooks.wire import JsonObject

CHECKING, SAVINGS, UNDEPOSITED, RECEIVABLE = "35", "36", "4", "84"
CARD, MISCELLANEOUS = "41", "14"


async def made(api: httpx.AsyncClient, path: str, body: object, **params: str) -> JsonObject:
    """The object as it stands after a write that must pass."""
    answer = await api.post(path, json=body, params=params)
    assert answer.status_code == 200, answer.text
    [made] = (value for value in answer.json().values() if isinstance(value, dict))
    return made


async def refused(
    api: httpx.AsyncClient, path: str, body: object, **params: str
) -> tuple[str, str]:
    """Code and detail of a write that must not pass."""
    answer = await api.post(path, json=body, params=params)
    assert answer.status_code == 400, answer.text
    error = answer.json()["Fault"]["Error"][0]
    return error["code"], error["Detail"]


async def found(api: httpx.AsyncClient, entity: str, where: str) -> list[str]:
    """The ids a query finds."""
    query = f"select * from {entity} where {where}"  # noqa: S608 - QuickBooks' query language.
    answer = await api.get("/query", params={"query": query})
    assert answer.status_code == 200, answer.text
    return [row["Id"] for row in answer.json()["QueryResponse"].get(entity, [])]


def reference(object_id: str) -> JsonObject:
    return {"value": object_id}


def sold(amount: str | Decimal, **detail: Any) -> JsonObject:
    item = {"ItemRef": reference("1")} | detail
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}


def spent(amount: str | Decimal, account_id: str = RECEIVABLE) -> JsonObject:
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": reference(account_id)},
    }


def applied(kind: str, object_id: str, amount: str | Decimal) -> JsonObject:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": object_id, "TxnType": kind}]}


def deposited(payment_id: str) -> JsonObject:
    return {"LinkedTxn": [{"TxnId": payment_id, "TxnType": "Payment", "TxnLineId": "0"}]}
