"""CSV that a spreadsheet shows and never runs."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TextIO

from services.db.sheets import Cell
from services.domain.formulas import protected


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
