"""Texts that people type and read: escaping, money, dates."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_symbol,
    parse_decimal,
)

from services.domain.ledger import MAX_AMOUNT_MINOR, MAX_QUANTITY, QUANTITY_DIGITS
from services.domain.money import Money, minor_digits

MAX_AMOUNT_TEXT = 40
MOST_LOCALES = 256  # Kept ready: more than one firm's people have.
LOOKALIKES = str.maketrans("*_~`", "\u2217\u02cd\u223c\u02cb")
_MARKS = re.compile(r"`|(?<![^\W_])[*_~]|[*_~](?![^\W_])")  # Not within a word.
_SPACES = re.compile(r"\s")  # Of any width, also the ones that do not break.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f]")  # How Hebrew and Arabic hold a sign in place.
_NO_NUMBER = re.compile(r"[^\d.,'’ ]")
_SPACED_THOUSANDS = re.compile(r"\d{1,3}( \d{3})+([.,]\d+)?")
_QUANTITY = f"#,##0.{'#' * QUANTITY_DIGITS}"
_DEFAULT_LOCALE = "en_US"
_OTHER_LOCALES = ("en_US", "de_DE", "de_CH")  # How amounts are written elsewhere.
_SYMBOLS_FROM = ("en_US", "en_CA", "sv_SE")  # $ or US$, and kr, whoever types.


class Unreadable(ValueError):  # noqa: N818 - reads as what the text is.
    """Its text is a sentence for the person who typed."""


def escape(text: str) -> str:
    """Take the meaning from what Slack would read as a mention, a link or markup.

    Slack has no escape for the marks of *bold*, _italic_, ~struck~ and `code`, and an invisible
    character beside one makes it a mark rather than none: a twin that looks like it stands in,
    where it could be one. The mark in anna_berg is none.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(lambda mark: mark[0].translate(LOOKALIKES), text)


@lru_cache(MOST_LOCALES)
def locale_of(name: str) -> Locale:
    """Babel's locale for Slack's `sv-SE`; English where it is unknown."""
    try:
        return Locale.parse(name, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse(_DEFAULT_LOCALE)


def money(amount: Money, locale: str) -> str:
    return str(format_currency(amount.to_decimal(), amount.currency, locale=locale_of(locale)))


def day(on: date, locale: str) -> str:
    return str(format_date(on, format="medium", locale=locale_of(locale)))


def today(now: datetime, timezone: str) -> date:
    """The day that it is where a person is."""
    try:
        return now.astimezone(ZoneInfo(timezone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return now.date()


def moment(at: datetime) -> str:
    """An instant in the clock of whoever reads it."""
    fallback = at.strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def duration(took: timedelta) -> str:
    """About how long, in its two largest units."""
    minutes = max(1, round(took / timedelta(minutes=1)))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    units = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"))
    return " ".join([f"{count} {unit}" for count, unit in units if count][:2])


def read_amount(text: str, *, locale: str, currency: str) -> Money:
    """Read an amount as a person of this locale types it; raise Unreadable with the reason.

    What only another locale would write is taken where it cannot be misread: 1250,75 can only
    be one amount. 1.250 could be two, and is refused: so many decimals no currency of cents has.
    """
    own = locale_of(locale)
    plain = _without_currency(text, currency, own)
    amount = _parse(plain, own)
    if amount is None:
        example = money(Money.from_decimal(Decimal(1250), currency), locale)
        raise Unreadable(f"“{text.strip()}” is not an amount. Type it like {example}.")
    digits = minor_digits(currency)
    if -int(amount.as_tuple().exponent) > digits:
        raise Unreadable(f"An amount in {currency} has {digits} decimals at most.")
    read = Money.from_decimal(amount, currency)
    if not 0 < read.minor <= MAX_AMOUNT_MINOR:
        largest = money(Money(MAX_AMOUNT_MINOR, currency), locale)
        raise Unreadable(f"The amount must be more than zero, and at most {largest}.")
    return read


def quantity(amount: Decimal, locale: str) -> str:
    return str(format_decimal(amount, format=_QUANTITY, locale=locale_of(locale)))


def read_quantity(text: str, *, locale: str) -> Decimal:
    """Read how many, as a person of this locale types it; raise Unreadable with the reason."""
    plain = _SPACES.sub(" ", _DIRECTIONS.sub("", text)).strip()
    amount = _parse(plain, locale_of(locale))
    if amount is None:
        example = quantity(Decimal("2.5"), locale)
        raise Unreadable(f"“{text.strip()}” is not a quantity. Type it like {example}.")
    if -int(amount.as_tuple().exponent) > QUANTITY_DIGITS:
        raise Unreadable(f"A quantity has {QUANTITY_DIGITS} decimals at most.")
    if not 0 < amount < MAX_QUANTITY:
        raise Unreadable("A quantity is more than nothing, and less than a million.")
    return amount


def _without_currency(text: str, currency: str, locale: Locale) -> str:
    """Take the firm's currency away; Unreadable where something else is left than a number."""
    plain = _SPACES.sub(" ", _DIRECTIONS.sub("", text)).strip()
    for name in _names_of(currency, locale):
        if plain.casefold().startswith(name):
            plain = plain[len(name) :].strip()
        elif plain.casefold().endswith(name):
            plain = plain[: -len(name)].strip()
    if re.search(r"[-−(]", plain):
        raise Unreadable("The amount must be more than zero.")
    if (foreign := _NO_NUMBER.search(plain)) and re.search(r"\d", plain):
        raise Unreadable(f"Amounts are in {currency}: leave “{foreign[0]}” out.")
    return plain


@lru_cache(MOST_LOCALES)
def _names_of(currency: str, locale: Locale) -> list[str]:
    """USD, US$, $ for dollars: the longest first."""
    symbols = {get_currency_symbol(currency, name) for name in (locale, *_SYMBOLS_FROM)}
    names = {_SPACES.sub(" ", name).casefold() for name in (currency, *symbols)}
    return sorted(names, key=len, reverse=True)


def _parse(plain: str, own: Locale) -> Decimal | None:
    if _NO_NUMBER.search(plain):
        return None
    if _SPACED_THOUSANDS.fullmatch(plain):
        plain = plain.replace(" ", "")
    amount = _parse_in(plain, own)
    if amount is not None:
        return amount
    readings = {_parse_in(plain, Locale.parse(name)) for name in _OTHER_LOCALES} - {None}
    return readings.pop() if len(readings) == 1 else None


def _parse_in(plain: str, locale: Locale) -> Decimal | None:
    apostrophe = "’" if locale.number_symbols["latn"]["group"] == "’" else "'"
    try:
        return parse_decimal(re.sub("['’]", apostrophe, plain), locale=locale, strict=True)
    except NumberFormatError:
        return None
