"""What goes back over the line: whole answers, broken ones, and none at all."""

from collections.abc import Mapping

import httpx
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.quickbooks.refusals import GatewayFault
from sandbox.quickbooks.replay import Reply
from sandbox.quickbooks.wire import JsonObject, encode, encode_xml

UNAVAILABLE_PAGE = b"""<html>
<head><title>503 Service Temporarily Unavailable</title></head>
<body bgcolor="white">
<center><h1>503 Service Temporarily Unavailable</h1></center>
<hr><center>Avi Vantage/</center>
</body>
</html>
"""
GARBAGE = b"\x00\x1fnot what you asked for"
PROMISED_BYTES = 4096  # Announced by a cut line, and never sent in full.


class LineCut(httpx.RemoteProtocolError):
    """In-process: the peer closed the connection without sending a complete reply."""

    def __init__(self) -> None:
        super().__init__("peer closed connection without sending complete message body")


class CutAnswer(Response):
    """Starts an answer and never ends it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        length = str(PROMISED_BYTES).encode()
        headers = [(b"content-length", length), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"', "more_body": True})
        raise LineCut


def render(
    outcome: Reply | GatewayFault,
    *,
    wants_json: bool,
    headers: Mapping[str, str],
    epoch_ms: int,
    time: str,
) -> Response:
    match outcome:
        case Reply(status=status, content=content):
            return _response(status, content, wants_json=wants_json, headers=headers)
        case GatewayFault() as fault if wants_json:
            content = fault.to_content(epoch_ms=epoch_ms)
            return _response(fault.status, content, wants_json=True, headers=headers)
        case GatewayFault() as fault:
            content = fault.to_xml_content(time=time)
            return _response(fault.status, content, wants_json=False, headers=headers)


def _response(
    status: int, content: JsonObject, *, wants_json: bool, headers: Mapping[str, str]
) -> Response:
    if wants_json:
        return Response(encode(content), status, headers, "application/json;charset=UTF-8")
    return Response(encode_xml(content), status, headers, "application/xml;charset=UTF-8")


def unavailable(headers: Mapping[str, str]) -> Response:
    return Response(UNAVAILABLE_PAGE, 503, headers, "text/html")


def garbage(headers: Mapping[str, str]) -> Response:
    return Response(GARBAGE, 200, headers, "application/json;charset=UTF-8")


def half_of(answer: Response) -> Response:
    body = bytes(answer.body)
    return Response(body[: len(body) // 2], answer.status_code, media_type=answer.media_type)
