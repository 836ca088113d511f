"""What a browser is shown when it comes back to us."""

import html
from http import HTTPStatus

from starlette.responses import HTMLResponse


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
