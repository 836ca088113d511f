"""Menus of what QuickBooks holds at this moment."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from handlers.elements import Block, option, plain
from handlers.errors import Unusable
from handlers.forms import Values, chosen
from services.errors import CounterfoilError

ASK_QUICKBOOKS_FOR = timedelta(seconds=1.8)  # Leaves time to answer within Slack's three seconds.
NOTHING = "nothing"  # The value of an option that only says something.


def live_menu(placeholder: str) -> Block:
    return {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(placeholder, 150),
    }


async def told(finding: Awaitable[list[Block]], words: str, *, none: str) -> list[Block]:
    """The options that hold `words`; one that says why where there are none."""
    try:
        async with asyncio.timeout(ASK_QUICKBOOKS_FOR.total_seconds()):
            options = await finding
    except TimeoutError:
        return [_saying("QuickBooks does not answer just now. Try again in a moment.")]
    except CounterfoilError as error:
        return [_saying(f"{str(error).rstrip('.')}.")]
    sought = words.casefold()
    found = [each for each in options if sought in each["text"]["text"].casefold()]
    return found or [_saying(none if not options else "Nothing there holds these words.")]


def _saying(sentence: str) -> Block:
    return option(sentence, NOTHING)


def pick(values: Values, name: str) -> str:
    """The id that was chosen; Unusable where it was none."""
    found = chosen(values, name)
    if found is None or found == NOTHING:
        raise Unusable({name: "Choose one of those that QuickBooks has."})
    return found
