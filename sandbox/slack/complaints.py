"""What Slack's own client refuses before anything is sent to the app."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sandbox.slack.fields import Field
from sandbox.slack.records import FormState, Payload

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://\S+")


def complaints(fields: Iterator[Field], form: FormState) -> dict[str, str]:
    """Return a message for each block that the client does not let through."""
    found = ((field, _complaint(field, field.entered_in(form))) for field in fields)
    return {field.block["block_id"]: message for field, message in found if message}


def _complaint(field: Field, entered: object) -> str | None:
    if field.block["type"] != "input":
        return None
    if not entered:
        return "Please complete this required field." if field.is_required else None
    return _typed_complaint(field.element, entered) if isinstance(entered, str) else None


def _typed_complaint(element: Payload, typed: str) -> str | None:
    match element["type"]:
        case "plain_text_input":
            return _length_complaint(element, typed)
        case "number_input":
            return _number_complaint(element, typed)
        case "email_text_input" if not EMAIL.fullmatch(typed):
            return "Please enter a valid email address."
        case "url_text_input" if not URL.fullmatch(typed):
            return "Please enter a valid URL."
        case _:
            return None


def _length_complaint(element: Payload, typed: str) -> str | None:
    if len(typed) < element.get("min_length", 0):
        return f"Must be at least {element['min_length']} characters."
    if len(typed) > element.get("max_length", len(typed)):
        return f"Must be at most {element['max_length']} characters."
    return None


def _number_complaint(element: Payload, typed: str) -> str | None:
    try:
        number = Decimal(typed)
    except InvalidOperation:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != int(number):
        return "Please enter a whole number."
    if number < Decimal(element.get("min_value", typed)):
        return f"Must be at least {element['min_value']}."
    if number > Decimal(element.get("max_value", typed)):
        return f"Must be at most {element['max_value']}."
    return None
