"""Reading what a client sent: properties, lengths, amounts, dates, flags and references."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sandbox.quickbooks import refusals
from sandbox.quickbooks.properties import (
    KNOWN,
    KNOWN_IN_LINE,
    KNOWN_IN_REFERENCE,
    LENGTHS,
)
from sandbox.quickbooks.wire import JsonObject

CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal("99999999999.99")
MOST_LINES = 10_000  # Per transaction, as published.
PROPERTIES_SHOWN = 58  # QuickBooks cuts its list of known properties short.
_NUMERAL = re.compile(r"\d{1,19}\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")


def check_properties(entity: str, given: JsonObject) -> None:
    _check_known(given, KNOWN[entity], class_name=entity)
    for name, value in given.items():
        if name.endswith("Ref") and isinstance(value, dict):
            _check_known(value, KNOWN_IN_REFERENCE, class_name="ReferenceType")
    for line in lines(given):
        _check_known(line, KNOWN_IN_LINE, class_name="Line")


def _check_known(given: JsonObject, known: frozenset[str], *, class_name: str) -> None:
    for name in given:
        if name not in known:
            raise refusals.unsupported_property(_unrecognized(name, known, class_name))


def _unrecognized(name: str, known: frozenset[str], class_name: str) -> str:
    shown = ", ".join(f'"{entry}"' for entry in sorted(known)[:PROPERTIES_SHOWN])
    tail = " [truncated]" if len(known) > PROPERTIES_SHOWN else ""
    return (
        f'Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{class_name}),'
        f" not marked as ignorable ({len(known)} known properties: {shown}{tail}])"
    )


def check_lengths(entity: str, given: JsonObject) -> None:
    for path, longest in LENGTHS[entity].items():
        value = _inner(given, path)
        if isinstance(value, str) and len(value) > longest:
            raise refusals.wrong_length(path, longest=longest, supplied=len(value))


def _inner(given: JsonObject, path: str) -> object:
    value: object = given
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def without_blanks(given: Mapping[str, object]) -> JsonObject:
    """An empty text counts as an absent one; null does too."""
    return {name: value for name, value in given.items() if value not in (None, "")}


def lines(given: JsonObject) -> list[JsonObject]:
    value = given.get("Line") or []
    found = value if isinstance(value, list) else [value]
    if len(found) > MOST_LINES or not all(isinstance(line, dict) for line in found):
        raise refusals.unsupported_property("Line is not a list of lines")
    return found


def read_amount(given: JsonObject, name: str) -> Decimal | None:
    """Whole cents, rounded half up; None where nothing was supplied."""
    value = given.get(name)
    if value is None or value == "":
        return None
    amount = read_number(value).quantize(CENT, ROUND_HALF_UP)
    if abs(amount) > LARGEST_AMOUNT:
        raise refusals.business_rule(f"{name} is larger than {LARGEST_AMOUNT}.")
    return amount


def read_number(value: object) -> Decimal:
    try:
        number = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
        number.quantize(CENT)  # Raises where there are more digits than anybody's money.
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise refusals.unsupported_property(_misread("java.math.BigDecimal", value))
    return number


def read_date(given: JsonObject, name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise refusals.unsupported_property(_misread("java.util.Date", value)) from None


def read_flag(given: JsonObject, name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    match value:
        case bool():
            return value
        case "true" | "false":
            return bool(value == "true")
        case _:
            raise refusals.unsupported_property(_misread("java.lang.Boolean", value))


def _misread(java_class: str, value: object) -> str:
    return (
        f"Can not construct instance of {java_class} from String value '{value}':"
        " not a valid representation"
    )


def read_reference(given: JsonObject, name: str) -> str | None:
    """The id a reference names, however it is written; None where there is none."""
    value = given.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    return None if value in (None, "") else str(value)


def read_id(value: object) -> str:
    if not _NUMERAL.match(str(value)):
        raise refusals.invalid_id(value)
    return str(value)


def check_email(given: JsonObject) -> None:
    address = _inner(given, "PrimaryEmailAddr.Address")
    if isinstance(address, str) and address and not _EMAIL.match(address):
        raise refusals.invalid_email()
