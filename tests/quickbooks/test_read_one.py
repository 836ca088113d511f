"""A read by id: the object, its absence, or no answer."""

import json

import pytest

from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply
from tests.quickbooks.replies import found, gateway, service, several, xml

NOT_FOUND = "Object Not Found : Something you're trying to use has been made inactive."


def test_what_is_there_is_the_object() -> None:
    body = b'{"Payment":{"Id":"15","SyncToken":"3"},"time":"2026"}'
    assert found(Reply(200, body)) == {"Id": "15", "SyncToken": "3"}


@pytest.mark.parametrize("envelope", [service, xml])
@pytest.mark.parametrize("detail", [NOT_FOUND, "Another user has deleted this transaction.", ""])
@pytest.mark.parametrize("status", [400, 404, 200])
def test_what_is_not_there_is_none(status: int, detail: str, envelope: type) -> None:
    assert found(Reply(status, envelope("610", detail=detail))) is None


def test_what_answers_as_deleted_is_not_there() -> None:
    body = {"Payment": {"domain": "QBO", "status": "Deleted", "Id": "15"}}
    assert found(Reply(200, json.dumps(body).encode())) is None


def test_an_inactive_object_is_there() -> None:
    body = b'{"Customer":{"Id":"58","Active":false}}'
    assert found(Reply(200, body), "Customer") == {"Id": "58", "Active": False}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"{}"),
        (200, b'{"Payment":{}}'),
        (200, b'{"Payment":{"Id":""}}'),
        (200, b'{"Customer":{"Id":"15"}}'),
        (200, b'{"Payment":{"Id":"15"'),
        (200, b"<IntuitResponse><Payment><Id>15</Id></Payment></IntuitResponse>"),
        (404, b"<html>Not Found</html>"),
        (404, b""),
        (500, service("610", detail=NOT_FOUND)),
        (503, service("610", detail=NOT_FOUND)),
        (400, service("610", detail=NOT_FOUND, kind="SystemFault")),
        (400, several(("610", "", NOT_FOUND), ("10000", "", "System Failure Error"))),
        (400, service("2030")),
        (400, service("6190")),
        (500, b'{"Payment":{"Id":"15"}}'),
    ],
)
def test_what_is_no_answer_says_nothing_about_the_object(status: int, body: bytes) -> None:
    assert type(found(Reply(status, body))) is TryLater


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "3200", AccessExpired),
        (403, "3100", ConnectionLost),
        (400, "120", ConnectionLost),
        (429, "3001", Throttled),
    ],
)
def test_a_read_that_the_gateway_turned_away_is_told_as_such(
    status: int, code: str, error: type
) -> None:
    assert type(found(Reply(status, gateway(code, status=status)))) is error
