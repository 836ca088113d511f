"""The form in which a person leaves a Failed record out of QuickBooks for good, and says why."""

from typing import Any

from handlers import ids
from handlers.elements import Block, field_input, modal, text_input
from handlers.forms import typed

MAX_WHY = 300  # A sentence; it stands beside the record from then on.


def dismiss_modal(form: str, name: str, record: str) -> Block:
    """`form` is its callback; `record` comes back with it."""
    hint = (
        "Everybody who looks at it reads this. It becomes Skipped, and can be synced later "
        "all the same."
    )
    asking = why_input("Why is it left out?", hint)
    return {**modal(form, f"Dismiss {name}", "Dismiss", [asking]), "private_metadata": record}


def why_input(label: str, hint: str) -> Block:
    return field_input(ids.WHY, label, text_input(max_length=MAX_WHY), hint=hint)


def read_why(view: dict[str, Any]) -> str:
    return typed(view["state"]["values"], ids.WHY)
