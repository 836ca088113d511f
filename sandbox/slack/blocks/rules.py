"""The small language in which Block Kit's limits are written: each rule names what is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple


class Problem(NamedTuple):
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[object, str], Iterator[Problem]]


def anything(_value: object, _at: str) -> Iterator[Problem]:
    """Accept what no stated limit speaks about."""
    return iter(())


def flag(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(at, "must provide a boolean")


def chars(maximum: int, *, minimum: int = 0, pattern: str | None = None) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) > maximum:
            yield Problem(at, f"must be less than {maximum + 1} characters")
        elif len(value) < minimum:
            yield Problem(at, f"must be more than {minimum - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem(at, f"must match the pattern {pattern}")

    return rule


def whole(minimum: int, maximum: int) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(at, "must provide an integer")
        elif not minimum <= value <= maximum:
            yield Problem(at, f"must be between {minimum} and {maximum}")

    return rule


def one_of(*allowed: str) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, f"must be one of: {', '.join(allowed)}")

    return rule


def items(each: Rule, *, most: int, least: int = 1) -> Rule:
    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        if len(value) < least:
            yield Problem(at, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            yield from each(item, f"{at}/{index}")

    return rule


def record(
    required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *, open_: bool = False
) -> Rule:
    """Rule an object; unless it is open, Slack refuses properties that it does not know."""
    known = {**required, **(optional or {})}

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        for name in required.keys() - value.keys():
            yield Problem(at, f"missing required field: {name}")
        for name, content in value.items():
            if name in known:
                yield from known[name](content, f"{at}/{name}")
            elif not open_:
                yield Problem(at, f"invalid additional property: {name}")

    return rule


def tagged(kinds: Mapping[str, Rule]) -> Rule:
    """Choose the rule by the object's `type`."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
        elif "type" not in value:
            yield Problem(at, "missing required field: type")
        elif not isinstance(kind := value["type"], str) or kind not in kinds:
            yield Problem(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from kinds[kind](value, at)

    return rule


def all_of(first: Rule, *others: Rule) -> Rule:
    """Apply the later rules only to what the first one found well-formed."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        problems = list(first(value, at))
        yield from problems
        if not problems:
            for other in others:
                yield from other(value, at)

    return rule


def text(maximum: int, *, kinds: tuple[str, ...] = ("plain_text",)) -> Rule:
    content = chars(maximum, minimum=1)
    tag = {"type": one_of(*kinds), "text": content}
    extras = {"plain_text": {"emoji": flag}, "mrkdwn": {"verbatim": flag}}
    return tagged({kind: record(tag, extras[kind]) for kind in kinds})
