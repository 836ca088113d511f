"""What a method is, and how it reads its arguments whatever way they were sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.records import Payload
from sandbox.slack.world import World

LARGEST_PAGE = 999
USUAL_PAGE = 100


class Args:
    """Arguments merged from query, form and JSON: a structure may arrive as text in a form."""

    def __init__(self, given: Payload) -> None:
        self.given = given

    def has(self, name: str) -> bool:
        return self.given.get(name) is not None

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true"}

    def structure(self, name: str, *, refused_as: str = "invalid_arguments") -> Any:  # noqa: ANN401 - what it should be is the method's to check.
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise ApiError(refused_as) from error

    def page(self) -> tuple[int, int]:
        """Return where the page starts and how long it may be."""
        limit, cursor = self.text("limit") or str(USUAL_PAGE), self.text("cursor") or "0"
        if not cursor.isdecimal():
            raise ApiError("invalid_cursor")
        if not limit.isdecimal():
            raise ApiError("invalid_limit")
        return int(cursor), min(int(limit), LARGEST_PAGE)


def paged(everything: list[Payload], args: Args, *, under: str) -> Payload:
    start, limit = args.page()
    following = start + limit
    cursor = str(following) if following < len(everything) else ""
    return {under: everything[start:following], "response_metadata": {"next_cursor": cursor}}


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method's contract: any one of its scopes lets a call in; an open one asks for no token.

    One `for_app` takes the app-level token, all others the bot's.
    """

    run: Callable[[World, Args], Payload]
    tier: Tier
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    open: bool = False
    for_app: bool = False


def missing_scope(world: World, *needed: str) -> ApiError:
    provided = ",".join(sorted(world.scopes))
    return ApiError("missing_scope", needed=",".join(needed), provided=provided)
