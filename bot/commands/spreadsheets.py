"""CSV that a spreadsheet shows and never runs."""

import csv
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TextIO

from services.db.sheets import Cell

# What makes a spreadsheet take a text for a formula (OWASP, "CSV Injection").
_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n")
_PROTECTED = "'"  # Shown by no spreadsheet, and what follows is text.


class Writer:
    """All texts are quoted, so that no separator in them begins a cell either."""

    def __init__(self, file: TextIO) -> None:
        self._csv = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)

    def write(self, cells: Iterable[Cell]) -> None:
        self._csv.writerow(map(written, cells))


def written(cell: Cell) -> str | int | Decimal:
    """A number stays one; a text that would be a formula is protected."""
    match cell:
        case str():
            return protected(cell)
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int() | Decimal():
            return cell
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return cell.isoformat()


def protected(text: str) -> str:
    return _PROTECTED + text if _is_formula(text) else text


def unprotected(text: str) -> str:
    """What `protected` was given."""
    bare = text.removeprefix(_PROTECTED)
    return bare if _is_formula(bare) else text


def _is_formula(text: str) -> bool:
    """Full-width signs count as the others do."""
    return unicodedata.normalize("NFKC", text[:1]) in _BEGINS_A_FORMULA
