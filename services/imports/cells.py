"""One row, cell by cell: what stands there, or what should."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.domain.ledger import MAX_AMOUNT_MINOR, MAX_QUANTITY, QUANTITY_DIGITS
from services.domain.money import Money, minor_digits
from services.imports.files import Bad, Row
from services.invoice_checks import is_far_away

_NUMBER = re.compile(r"(\d{1,15})(?:([.,])(\d{1,15}))?", re.ASCII)
_GROUP = 3  # 1.250 can be one and a quarter, or a thousand and some.


@dataclass
class Cells:
    """Collects what is `bad`; what could not be read is None then."""

    row: Row
    bad: list[Bad] = field(default_factory=list)

    def object_to(self, words: str) -> None:
        self.bad.append(Bad(self.row.line, words))

    def text(self, name: str, called: str, *, most: int) -> str:
        """What must be there."""
        text = self.row.cells.get(name, "")
        if not text:
            self.object_to(f"{called} is missing.")
        if len(text) > most:
            self.object_to(f"{called} has {len(text)} characters; {most} are the most.")
        return text

    def optional(self, name: str, called: str, *, most: int) -> str | None:
        return self.text(name, called, most=most) if self.row.cells.get(name) else None

    def only(self, name: str, called: str, wanted: str) -> None:
        """Nothing, or this."""
        text = self.row.cells.get(name, "")
        if text and text.upper() != wanted:
            self.object_to(f"{called}: {text} should be {wanted}, as all that the firm records.")

    def day(self, name: str, called: str, *, today: date) -> date | None:
        text = self.text(name, called, most=40)
        try:
            day = date.fromisoformat(text) if len(text) == len("2026-11-02") else None
        except ValueError:
            day = None
        if text and day is None:
            self.object_to(f"{called}: “{text}” is no date. Write it like 2026-11-02.")
        if day is not None and is_far_away(day, today):
            self.object_to(f"{called}: {day} is too far away. Is the year right?")
        return day

    def quantity(self, name: str, called: str) -> Decimal | None:
        """One where nothing is said."""
        text = self.row.cells.get(name, "") or "1"
        number = self._number(text, called, "2.5", digits=QUANTITY_DIGITS)
        if number is not None and not 0 < number < MAX_QUANTITY:
            self.object_to(
                f"{called}: {text} should be more than nothing, and less than a million."
            )
        return number

    def amount(self, name: str, called: str, currency: str) -> Money | None:
        text, digits = self.text(name, called, most=40), minor_digits(currency)
        example = str(Decimal(1250).quantize(Decimal(1).scaleb(-digits)))
        number = self._number(text, called, example, digits=digits) if text else None
        if number is None:
            return None
        money = Money.from_decimal(number, currency)
        if money.minor > MAX_AMOUNT_MINOR:
            largest = Money(MAX_AMOUNT_MINOR, currency).to_decimal()
            self.object_to(f"{called}: {text} should be at most {largest}.")
        return money

    def _number(self, text: str, called: str, example: str, *, digits: int) -> Decimal | None:
        found = _NUMBER.fullmatch(text)
        if found is None:
            self.object_to(f"{called}: “{text}” is no number. Write it like {example}.")
            return None
        whole, sign, decimals = found[1], found[2], found[3] or ""
        if len(decimals) > digits:
            self.object_to(
                f"{called}: {text} has {len(decimals)} decimals, and {digits} are the most. "
                f"Write it like {example}."
            )
            return None
        if len(decimals) == _GROUP and whole != "0" and not self._is_point(sign):
            words = f"could be {whole}.{decimals}0 or {whole}{decimals}. Write one of these."
            self.object_to(f"{called}: {text} {words}")
            return None
        return Decimal(f"{whole}.{decimals}".rstrip("0").rstrip(".") if decimals else whole)

    def _is_point(self, sign: str) -> bool:
        """Where commas part the cells, a point is no sign of thousands."""
        return sign == "." and self.row.separator == ","
