"""A file as a person saved it: which characters, which separator, which columns, which rows."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.domain.formulas import unprotected
from services.domain.ledger import name_key
from services.errors import Refused

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
_SEPARATORS = (",", ";", "\t")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HOW_TO_SAVE = "Save it as “CSV UTF-8”, or say which characters it has, such as cp1252."


@dataclass(frozen=True)
class Row:
    """Its cells by what they are, without the spaces around; `line` is where it begins."""

    line: int
    cells: Mapping[str, str]
    separator: str


@dataclass(frozen=True)
class Bad:
    """What is wrong on a line, and what it should be."""

    line: int
    words: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.words}"


@dataclass(frozen=True)
class Columns:
    """What a file may hold: the names that each column goes by, the first being the one to use."""

    names: Mapping[str, tuple[str, ...]]
    required: frozenset[str]

    def find(self, heading: str) -> str | None:
        key = _letters(heading)
        found = (name for name, others in self.names.items() if key in map(_letters, others))
        return next(found, None)

    def called(self, name: str) -> str:
        """The name to use."""
        return self.names[name][0]


def _letters(heading: str) -> str:
    """E-Mail, e_mail and Email are the same."""
    return "".join(filter(str.isalnum, name_key(heading)))


@dataclass(frozen=True)
class Table:
    """`unused` are headings that mean nothing here."""

    rows: tuple[Row, ...]
    bad: tuple[Bad, ...]
    unused: tuple[str, ...]


def read_table(raw: bytes, columns: Columns, *, encoding: str | None = None) -> Table:
    """Refused where it is no table of these columns at all."""
    text = _decode(raw, encoding)
    separator, headings, records = _split(text, columns)
    places = _places(headings, columns)
    rows, bad = list[Row](), list[Bad]()
    for line, cells in records:
        if len(rows) + len(bad) == MAX_ROWS:
            raise Refused(f"It has more than {MAX_ROWS} rows. Split it into several files.")
        if len(cells) > len(headings):
            words = f"There are {len(cells)} cells, and {len(headings)} columns."
            bad.append(Bad(line, f"{words} Put a text with a separator in it into quotes."))
        else:
            found = {name: _cell(cells, place) for name, place in places.items()}
            rows.append(Row(line, found, separator))
    unused = [each for each in headings if each and columns.find(each) is None]
    return Table(tuple(rows), tuple(bad), tuple(unused))


def _decode(raw: bytes, encoding: str | None) -> str:
    if len(raw) > MAX_BYTES:
        raise Refused(f"It has more than {MAX_BYTES // 1_000_000} MB. Split it into several files.")
    encoding = encoding or ("utf-16" if raw.startswith(_WIDE) else "utf-8-sig")
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise Refused(f"“{encoding}” is not the name of an encoding.") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(f"line {line}: It is not {error.encoding}. {_HOW_TO_SAVE}") from None
    if "\0" in text:
        raise Refused(f"It is no text. {_HOW_TO_SAVE}")
    return text


def _split(text: str, columns: Columns) -> tuple[str, list[str], Iterator[tuple[int, list[str]]]]:
    """The separator by which most headings are known, these, and the records after them."""
    tried = [_records(text, separator) for separator in _SEPARATORS]
    headings = [_first(records) for records in tried]
    known = [sum(columns.find(each) is not None for each in cells) for cells in headings]
    best = known.index(max(known))
    return _SEPARATORS[best], headings[best], tried[best]


def _first(records: Iterator[tuple[int, list[str]]]) -> list[str]:
    """Nothing where it is not split like this: quotes tell."""
    try:
        return [cell.strip() for cell in next(records, (1, list[str]()))[1]]
    except Refused:
        return []


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each with the line that it begins on; empty ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Refused(
                f"line {line}: The quotes do not match. A quote within a text is written twice."
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _places(headings: list[str], columns: Columns) -> dict[str, int]:
    """Which column is where."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = columns.find(heading)
        if name in places:
            raise Refused(f"line 1: There are two columns for “{columns.called(name)}”.")
        if name is not None:
            places[name] = place
    if missing := [each for each in columns.names if each in columns.required - {*places}]:
        named = ", ".join(f"“{columns.called(each)}”" for each in missing)
        there = ", ".join(filter(None, headings)) or "none"
        raise Refused(f"line 1: There is no column {named}. There are: {there}.")
    return places


def _cell(cells: list[str], place: int) -> str:
    return unprotected(cells[place].strip()) if place < len(cells) else ""
