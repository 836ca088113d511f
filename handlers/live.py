"""Menus of what QuickBooks holds at this moment."""

import asyncio
import re
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from handlers.desk import Desk
from handlers.elements import Block, option, plain
from handlers.errors import Unusable
from handlers.forms import Values, chosen
from services.errors import CounterfoilError

ASK_QUICKBOOKS_FOR = timedelta(seconds=1.8)  # Leaves time to answer within Slack's three seconds.
NOTHING = "nothing"  # The value of an option that only says something.
_ID = re.compile(r"[0-9]{1,20}")
_T = TypeVar("_T")


def live_menu(placeholder: str) -> Block:
    return {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(placeholder, 150),
    }


async def in_time(desk: Desk, asking: Coroutine[Any, Any, _T]) -> _T:
    """Raise TimeoutError where Slack would give up before QuickBooks has answered.

    The asking goes on all the same: it may be renewing the access, which must not be broken off.
    """
    async with asyncio.timeout(ASK_QUICKBOOKS_FOR.total_seconds()):
        return await desk.background.unbroken(asking)


async def linked_in_time(desk: Desk, linking: Coroutine[Any, Any, None], field: str) -> None:
    """Unusable at the `field` where it takes longer: it may be linked all the same."""
    try:
        await in_time(desk, linking)
    except TimeoutError:
        slow = "QuickBooks is slow just now. Close this, and look in a moment whether it is linked."
        raise Unusable({field: slow}) from None


async def told(
    desk: Desk, finding: Coroutine[Any, Any, list[Block]], words: str, *, none: str
) -> list[Block]:
    """The options that hold `words`; one that says why where there are none."""
    try:
        options = await in_time(desk, finding)
    except TimeoutError:
        return [_saying("QuickBooks does not answer just now. Try again in a moment.")]
    except CounterfoilError as error:
        return [_saying(f"{str(error).rstrip('.')}.")]
    sought = words.casefold()
    found = [each for each in options if sought in each["text"]["text"].casefold()]
    return found or [_saying(none if not options else "Nothing there holds these words.")]


def _saying(sentence: str) -> Block:
    return option(sentence, NOTHING)


def is_id(text: str) -> bool:
    """Whether it can be the name of anything in QuickBooks."""
    return bool(_ID.fullmatch(text))


def pick(values: Values, name: str) -> str:
    """The id that was chosen; Unusable where it was none."""
    found = chosen(values, name)
    if found is None or not is_id(found):
        raise Unusable({name: "Choose one of those that QuickBooks has."})
    return found
