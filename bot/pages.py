"""How a browser leaves us for somebody else's consent, and what it is shown when it comes back."""

import html
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response


@dataclass(frozen=True)
class Tie:
    """The cookie by which the way back is known to be this browser's."""

    name: str
    secret: str = field(repr=False)
    path: str
    lasts: timedelta


def leave(request: Request, url: str, tie: Tie) -> Response:
    response = RedirectResponse(
        url, status_code=HTTPStatus.FOUND, headers={"Cache-Control": "no-store"}
    )
    response.set_cookie(
        tie.name,
        tie.secret,
        max_age=int(tie.lasts.total_seconds()),
        path=tie.path,
        secure=request.app.state.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


def page(title: str, sentence: str, status: HTTPStatus) -> HTMLResponse:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)} · Counterfoil</title>"
        "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;"
        "padding:0 1rem;color:#1d1c1d;background:#fff}</style>"
        f"<main><h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p></main></html>"
    )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
