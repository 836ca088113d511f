"""Acting as a person over HTTP: the driver of this package behind small JSON routes.

    GET  /people                          everyone: id, name, and what the account says
    POST /app                             {"url"}: deliver commands, interactions and events there,
                                          or over the app's sockets where it is "sockets"
    POST /people/{id}/command             {"line", "channel"?}: type a slash command
    GET  /people/{id}/screen              open modal, home tab, direct and ephemeral messages, and
                                          those of the person's channels, threads included;
                                          with ?after=N not before revision N has passed, or 20 s
    POST /people/{id}/home                open the app's home tab
    POST /people/{id}/deactivate          close the account
    POST /people/{id}/modal/{act}         fill {"label", "text"}, set_date {"label", "day"},
                                          choose and search {"label", "text"}, clear, check and
                                          uncheck {"label"}, press {"label", "nth"?},
                                          submit {"again"?}, resubmit {"corrections"}, cancel
    POST /people/{id}/home/press          {"label", "nth"?}
    POST /people/{id}/messages/{ts}/press {"label", "nth"?, "times"?}

An act answers with what came of it and the screen after it. 409 says that the screen offers no
such thing, 404 that there is no such person or message, 400 that the request makes no sense.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.slack.errors import CannotDo
from sandbox.slack.message import Message, Reply
from sandbox.slack.modal import Modal
from sandbox.slack.person import Person
from sandbox.slack.submission import SubmitResult
from sandbox.slack.view_screen import ViewScreen
from sandbox.slack.workspace import Workspace

Body = dict[str, Any]
Act = Callable[[Workspace, Person, Request, Body], Awaitable[object]]

MALFORMED, NOT_FOUND, CONFLICT = 400, 404, 409
MOST_SHOWN = 200  # The latest messages of each kind on a screen.
LONGEST_POLL = 20.0  # Seconds; below the half minute after which proxies hang up.
LONGEST_BODY = 100_000  # Bytes of an act's JSON.


class NotThere(Exception):  # noqa: N818 - it is an answer, 404.
    """No such person or message."""


def control_routes(workspace: Workspace) -> list[Route]:
    async def people(_request: Request) -> JSONResponse:
        return JSONResponse([_introduce(person) for person in workspace.people.values()])

    async def screen(request: Request) -> JSONResponse:
        person = workspace.people.get(request.path_params["person"])
        if person is None:
            return JSONResponse({"error": "no such person"}, status_code=NOT_FOUND)
        await _next_change(workspace, request.query_params.get("after", ""))
        return JSONResponse({"revision": workspace.revision, **show(person)})

    async def app(request: Request) -> JSONResponse:
        workspace.deliver_to(str((await request.json())["url"]))
        return JSONResponse({"ok": True})

    acts = {
        "/people/{person}/command": _command,
        "/people/{person}/home": _open_home,
        "/people/{person}/deactivate": _deactivate,
        "/people/{person}/modal/{act}": _act_in_modal,
        "/people/{person}/home/press": _press_at_home,
        "/people/{person}/messages/{ts}/press": _press_message,
    }
    return [
        Route("/people", people),
        Route("/app", app, methods=["POST"]),
        Route("/people/{person}/screen", screen),
        *(
            Route(path, partial(_perform, workspace, act), methods=["POST"])
            for path, act in acts.items()
        ),
    ]


async def _next_change(workspace: Workspace, after: str) -> None:
    if after.isdecimal():
        with suppress(TimeoutError):
            await workspace.wait_until(lambda: workspace.revision > int(after), LONGEST_POLL)


def show(person: Person) -> Body:
    modal, home = person.modal_in_front, person.home
    return {
        "modal": _modal(modal) if modal else None,
        "home": _view(home) if home else None,
        "direct_messages": [_message(message) for message in person.direct_messages[-MOST_SHOWN:]],
        "ephemerals": [_message(message) for message in person.ephemerals[-MOST_SHOWN:]],
        "channel_messages": [_message(each) for each in person.channel_messages[-MOST_SHOWN:]],
    }


async def _perform(workspace: Workspace, act: Act, request: Request) -> JSONResponse:
    person = workspace.people.get(request.path_params["person"])
    if person is None:
        return JSONResponse({"error": "no such person"}, status_code=NOT_FOUND)
    try:
        came_of_it = await act(workspace, person, request, await _body(request))
    except CannotDo as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=CONFLICT)
    except NotThere as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=NOT_FOUND)
    except (KeyError, TypeError, ValueError) as mistake:
        return JSONResponse({"error": f"malformed: {mistake!r}"}, status_code=MALFORMED)
    return JSONResponse({"result": _result(came_of_it), "screen": show(person)})


async def _body(request: Request) -> Body:
    if int(request.headers.get("content-length", "0")) > LONGEST_BODY:
        raise ValueError(f"more than {LONGEST_BODY} bytes")
    body = await request.json() if await request.body() else {}
    if not isinstance(body, dict):
        raise TypeError("an object is expected")
    return body


async def _command(workspace: Workspace, person: Person, _request: Request, body: Body) -> Reply:
    channel = workspace.channels[body["channel"]] if "channel" in body else None
    return await person.command(str(body["line"]), channel=channel)


async def _open_home(
    _workspace: Workspace, person: Person, _request: Request, _body: Body
) -> Reply:
    return await person.open_home()


async def _deactivate(
    workspace: Workspace, person: Person, _request: Request, _body: Body
) -> Reply:
    answer = await workspace.deactivate(person)
    return Reply(status=answer.status, error=answer.error)


async def _press_at_home(
    _workspace: Workspace, person: Person, _request: Request, body: Body
) -> Reply:
    if person.home is None:
        raise CannotDo("the app published no home tab")
    return await person.home.press(body["label"], nth=body.get("nth"))


async def _press_message(
    _workspace: Workspace, person: Person, request: Request, body: Body
) -> Reply:
    for message in chain(person.direct_messages, person.ephemerals, person.channel_messages):
        if message.ts == request.path_params["ts"]:
            times, nth = int(body.get("times", 1)), body.get("nth")
            return await message.press(body["label"], times=times, nth=nth)
    raise NotThere("no such message")


async def _act_in_modal(
    _workspace: Workspace, person: Person, request: Request, body: Body
) -> object:
    modal = person.modal_in_front
    if modal is None:
        raise CannotDo("no modal is open")
    act = MODAL_ACTS.get(request.path_params["act"])
    if act is None:
        raise NotThere("no such act")
    return await act(modal, body)


MODAL_ACTS: dict[str, Callable[[Modal, Body], Awaitable[object]]] = {
    "fill": lambda modal, body: modal.fill(body["label"], body["text"]),
    "set_date": lambda modal, body: modal.set_date(body["label"], date.fromisoformat(body["day"])),
    "choose": lambda modal, body: modal.choose(body["label"], body["text"]),
    "search": lambda modal, body: modal.search(body["label"], body["text"]),
    "clear": lambda modal, body: modal.clear(body["label"]),
    "check": lambda modal, body: modal.check(body["label"]),
    "uncheck": lambda modal, body: modal.uncheck(body["label"]),
    "press": lambda modal, body: modal.press(body["label"], nth=body.get("nth")),
    "submit": lambda modal, body: modal.submit(again=bool(body.get("again"))),
    "resubmit": lambda modal, body: modal.resubmit(**body["corrections"]),
    "cancel": lambda modal, body: modal.cancel(all_of_them=bool(body.get("all_of_them"))),
}


def _introduce(person: Person) -> Body:
    return {"name": person.name, **asdict(person.account)}


def _result(came_of_it: object) -> object:
    match came_of_it:
        case Reply(status=status, error=error, message=message):
            shown = _message(message) if message else None
            return {"status": status, "error": error, "message": shown}
        case SubmitResult():
            return asdict(came_of_it)
        case _:
            return came_of_it


def _message(message: Message) -> Body:
    return {
        "ts": message.ts,
        "channel": message.channel,
        "text": message.text,
        "plain": message.plain,
        "blocks": message.blocks,
        "buttons": message.buttons,
        "is_ephemeral": message.is_ephemeral,
        "thread_ts": message.thread_ts,
        "is_broadcast": message.is_broadcast,
        "edits": message.edits,
    }


def _modal(modal: Modal) -> Body:
    return {**_view(modal), "labels": modal.labels, "errors": modal.errors}


def _view(view: ViewScreen) -> Body:
    return {"text": view.text, "buttons": view.buttons, "view": view.payload}
