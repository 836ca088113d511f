"""`failed acme last month >1000`: what people say when they look for a payment.

What is not understood as a status, a method, an amount or a time is a part of a client's name or
of a reference, unless it can only be a slip of the finger; so is whatever stands in quotes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from babel.dates import get_month_names

from handlers.payments.misread import objection
from handlers.text import Unreadable, locale_of, read_amount
from services.domain.filters import PaymentFilter
from services.domain.ids import read_payment_number
from services.domain.ledger import Method
from services.domain.sync import Status

MOST_WORDS = 20
_YEARS_BACK = 10  # A bare 2026 is a year; a bare 1250 is an amount.
_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
_STATUSES = {
    **{tuple(status.label.casefold().split()): status for status in Status},
    ("unsynced",): Status.NOT_SYNCED,
    ("not", "in", "quickbooks"): Status.NOT_SYNCED,
}
_METHODS = {
    **{tuple(method.casefold().split()): method for method in Method},
    ("checks",): Method.CHECK,
    ("cheque",): Method.CHECK,
    ("cheques",): Method.CHECK,
    ("transfer",): Method.BANK_TRANSFER,
    ("wire",): Method.BANK_TRANSFER,
    ("card",): Method.CREDIT_CARD,
}
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_BOUND = re.compile(r"(>=|=>|≥|<=|=<|≤|>|<|=) ?([^ ]+)")
_NUMBERED = re.compile(r"0\d+")  # Nobody writes an amount like 01042, but cheques have numbers.
Days = tuple[date, date]


@dataclass(frozen=True)
class Reader:
    """Who asks: their language, the books' currency, and the day that it is for them."""

    locale: str
    currency: str
    today: date

    def read(self, text: str) -> PaymentFilter:
        """What has no other meaning is sought in names and references.

        Raise Unreadable with a sentence for what is meant otherwise and cannot be read.
        """
        found, tokens = PaymentFilter(), _TOKEN.findall(text)[:MOST_WORDS]
        while tokens:
            found, used = self._take(found, tokens)
            tokens = tokens[used:]
        if found.most is not None and found.most < max(found.least or 0, 1):
            raise Unreadable("No amount is between these bounds: look at > and < again.")
        return found

    def _take(
        self, found: PaymentFilter, tokens: list[tuple[str, str]]
    ) -> tuple[PaymentFilter, int]:
        """Understand as many words as belong together: `not synced`, `last month`."""
        plain = _plain(tokens)
        for count in range(min(3, len(plain)), 0, -1):
            words = tuple(plain[:count])
            for understand in (_status, _method, self._time, self._bound, self._one):
                if (wider := understand(found, words)) is not None:
                    return wider, count
        quoted, word = tokens[0]
        if sentence := objection(word):
            raise Unreadable(sentence)
        sought = (quoted or word).strip('"').strip()
        return (replace(found, words=(*found.words, sought)) if sought else found), 1

    def _time(self, found: PaymentFilter, words: tuple[str, ...]) -> PaymentFilter | None:
        days = self._days(words)
        if days is None:
            return None
        since, until = days
        return replace(
            found,
            since=min(since, found.since or since),
            until=max(until, found.until or until),
        )

    def _days(self, words: tuple[str, ...]) -> Days | None:
        match words:
            case ("today",):
                return self.today, self.today
            case ("yesterday",):
                return self.today - timedelta(days=1), self.today - timedelta(days=1)
            case (("this" | "last") as which, span) if span in _SPANS:
                return _SPANS[span](self.today, which == "last")
            case (name, year) if name in _months(self.locale) and self._is_year(year):
                return _month(int(year), _months(self.locale)[name])
            case (name,) if name in _months(self.locale):
                return self._latest(_months(self.locale)[name])
            case (word,):
                return self._date(word)
            case _:
                return None

    def _date(self, word: str) -> Days | None:
        if self._is_year(word):
            return date(int(word), 1, 1), date(int(word), 12, 31)
        found = _MONTH.fullmatch(word)
        if found is None:
            return None
        year, month = int(found[1]), int(found[2])
        day = int(found[3]) if found[3] else None
        try:
            return _month(year, month) if day is None else _day(date(year, month, day))
        except (ValueError, OverflowError):
            return None

    def _is_year(self, word: str) -> bool:
        if not re.fullmatch(r"\d{4}", word, re.ASCII):
            return False
        return self.today.year - _YEARS_BACK <= int(word) <= self.today.year + 1

    def _latest(self, month: int) -> Days:
        """The last one that has begun."""
        year = self.today.year if month <= self.today.month else self.today.year - 1
        return _month(year, month)

    def _one(self, found: PaymentFilter, words: tuple[str, ...]) -> PaymentFilter | None:
        """A single word: void, a payment's name, an amount."""
        if len(words) != 1:
            return None
        (word,) = words
        if word in {"void", "deleted"}:
            return replace(found, void=True)
        if word.startswith("p") and (number := read_payment_number(word)) is not None:
            return replace(found, numbers=found.numbers | {number})
        minor = None if _NUMBERED.fullmatch(word) else self._minor(word)
        return None if minor is None else replace(found, amounts=found.amounts | {minor})

    def _bound(self, found: PaymentFilter, words: tuple[str, ...]) -> PaymentFilter | None:
        """`>1000`, `> 1000`, `≥1000`, `=1000`."""
        bound = _BOUND.fullmatch(" ".join(words))
        minor = self._minor(bound[2]) if bound else None
        if bound is None or minor is None:
            return None
        sign = bound[1]
        if sign == "=":
            return replace(found, amounts=found.amounts | {minor})
        beyond = 0 if len(sign) > 1 or sign in "≥≤" else 1
        if set(sign) & set(">≥"):
            return replace(found, least=max(minor + beyond, found.least or 0))
        most = minor - beyond
        return replace(found, most=most if found.most is None else min(most, found.most))

    def _minor(self, text: str) -> int | None:
        try:
            return read_amount(text, locale=self.locale, currency=self.currency).minor
        except Unreadable:
            return None


def _plain(tokens: list[tuple[str, str]]) -> list[str]:
    """The words up to the next quote, in small letters."""
    plain: list[str] = []
    for quoted, word in tokens:
        if quoted or not word:
            break
        plain.append(word.casefold())
    return plain


def _status(found: PaymentFilter, words: tuple[str, ...]) -> PaymentFilter | None:
    status = _STATUSES.get(words)
    return replace(found, statuses=found.statuses | {status}) if status else None


def _method(found: PaymentFilter, words: tuple[str, ...]) -> PaymentFilter | None:
    method = _METHODS.get(words)
    return replace(found, methods=found.methods | {method}) if method else None


def _day(on: date) -> Days:
    return on, on


def _week(today: date, last: bool) -> Days:  # noqa: FBT001 - read from the person's own word.
    monday = today - timedelta(days=today.weekday() + (7 if last else 0))
    return monday, monday + timedelta(days=6)


def _this_month(today: date, last: bool) -> Days:  # noqa: FBT001 - the same.
    end_of_last = today.replace(day=1) - timedelta(days=1)
    on = end_of_last if last else today
    return _month(on.year, on.month)


def _year(today: date, last: bool) -> Days:  # noqa: FBT001 - the same.
    year = today.year - 1 if last else today.year
    return date(year, 1, 1), date(year, 12, 31)


_SPANS: Mapping[str, Callable[[date, bool], Days]] = {
    "week": _week,
    "month": _this_month,
    "year": _year,
}


def _month(year: int, month: int) -> Days:
    """Raise ValueError where there is none."""
    first = date(year, month, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@lru_cache(256)
def _months(locale: str) -> Mapping[str, int]:
    """In the person's language and in English, in full and in short."""
    names: dict[str, int] = {}
    for language in (locale_of(locale), locale_of("en-US")):
        for width in ("wide", "abbreviated"):
            for month, name in get_month_names(width, locale=language).items():
                names[str(name).casefold().rstrip(".")] = int(month)
    return names
