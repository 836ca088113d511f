"""A file comes as a spreadsheet saved it; what it is not is said, with the line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import Refused
from services.imports.clients import ClientKind
from services.imports.files import MAX_ROWS, Table, read_table
from services.imports.invoices import InvoiceKind

COLUMNS = ClientKind.columns


def cells(table: Table) -> list[tuple[int, str, str | None]]:
    return [(row.line, row.cells["name"], row.cells.get("email")) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_saved_it_it_is_read(separator: str, ending: str, encoding: str) -> None:
    lines = [["Name", "E-mail"], ["Åkes Bageri", "ake@bageri.example"], ["“Øst” & Sønner", ""]]
    text = ending.join(separator.join(line) for line in lines)
    assert cells(read_table(text.encode(encoding), COLUMNS)) == [
        (2, "Åkes Bageri", "ake@bageri.example"),
        (3, "“Øst” & Sønner", ""),
    ]


def test_another_encoding_is_named() -> None:
    raw = "Name\nAcme\nÅkes Bageri\n".encode("cp1252")
    with pytest.raises(Refused, match=r"line 3: It is not utf-8\. Save it as “CSV UTF-8”, or say"):
        read_table(raw, COLUMNS)
    assert cells(read_table(raw, COLUMNS, encoding="cp1252"))[1] == (3, "Åkes Bageri", None)
    with pytest.raises(Refused, match="“cp0” is not the name of an encoding"):
        read_table(raw, COLUMNS, encoding="cp0")


def test_a_spreadsheet_that_is_no_text_is_no_table() -> None:
    with pytest.raises(Refused, match="It is no text"):
        read_table(b"PK\x03\x04\x00\x00", COLUMNS)


def test_headings_are_known_by_several_names_and_in_any_order() -> None:
    table = read_table(b" E_MAIL address ,Phone,CUSTOMER\na@b.example,123,Acme\n", COLUMNS)
    assert cells(table) == [(2, "Acme", "a@b.example")]
    assert table.unused == ("Phone",)


def test_a_column_that_is_missing_is_named_beside_those_that_are_there() -> None:
    with pytest.raises(
        Refused, match=r"line 1: There is no column “Name”\. There are: Nom, E-mail"
    ):
        read_table(b"Nom,E-mail\nAcme,\n", COLUMNS)
    with pytest.raises(
        Refused, match=r"There is no column “Client”, “Invoice date”, “Due date”\. There"
    ):
        read_table(b"Number,Description,Price\n", InvoiceKind.columns)
    with pytest.raises(Refused, match="There are: none"):
        read_table(b"", COLUMNS)


def test_two_columns_for_the_same_are_one_too_many() -> None:
    with pytest.raises(Refused, match="line 1: There are two columns for “Name”"):
        read_table(b"Name,Client\nAcme,Acme\n", COLUMNS)


def test_lines_are_counted_as_a_text_editor_counts_them() -> None:
    raw = b'Name,E-mail\n\n,\n"Acme\nBakery",a@b.example\nBirch,,,extra\nCedar\n'
    table = read_table(raw, COLUMNS)
    assert cells(table) == [(4, "Acme\nBakery", "a@b.example"), (7, "Cedar", "")]
    (bad,) = table.bad
    assert str(bad).startswith("line 6: There are 4 cells, and 2 columns.")


def test_quotes_that_do_not_match_are_told_where_they_begin() -> None:
    with pytest.raises(Refused, match="line 3: The quotes do not match"):
        read_table(b'Name\nAcme\n"Birch\nCedar\n', COLUMNS)
    with pytest.raises(Refused, match="line 2: The quotes do not match"):
        read_table(b'Name\n"Acme" Inc\n', COLUMNS)


def test_what_was_protected_from_being_a_formula_is_itself_again() -> None:
    assert cells(read_table(b"Name\n'=Acme\n'Quoted'\n", COLUMNS)) == [
        (2, "=Acme", None),
        (3, "'Quoted'", None),
    ]


def test_too_much_for_one_file_is_said() -> None:
    raw = b"Name\n" + b"Acme\n" * (MAX_ROWS + 1)
    with pytest.raises(Refused, match=f"more than {MAX_ROWS} rows"):
        read_table(raw, COLUMNS)
    with pytest.raises(Refused, match="more than 20 MB"):
        read_table(b"x" * 20_000_001, COLUMNS)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"Name\n{text}".encode()))
def test_any_file_is_a_table_or_refused(raw: bytes) -> None:
    with suppress(Refused):
        assert all(row.line > 1 for row in read_table(raw, COLUMNS).rows)
