"""Clients as customers: found by what a reader takes for the same name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.quickbooks.query import parse
from services.domain.ledger import MAX_NAME
from services.domain.sync import Operation, wire_key
from services.quickbooks.mapping import customers
from tests.builders import ACME, a_client

KEY = wire_key(ACME, Operation.CREATE, 1)
OTHER = wire_key(ACME, Operation.CREATE, 2)


def a_row(name: str = "Acme", email: str | None = None, **facts: Any) -> dict[str, Any]:
    address = {"PrimaryEmailAddr": {"Address": email}} if email else {}
    return {"Id": "58", "SyncToken": "3", "DisplayName": name, "Active": True, **address, **facts}


def test_a_customer_has_the_clients_name_and_address_and_our_mark() -> None:
    client = a_client(name="Acme", email="books@acme.example")
    assert customers.to_customer(client, KEY) == {
        "DisplayName": "Acme",
        "Notes": f"Entered with Counterfoil {KEY.marker}",
        "PrimaryEmailAddr": {"Address": "books@acme.example"},
    }
    assert "PrimaryEmailAddr" not in customers.to_customer(a_client(), KEY)


def test_what_we_made_is_told_from_what_others_made() -> None:
    row = {**a_row(), **customers.to_customer(a_client(), KEY)}
    assert customers.is_ours(row, KEY)
    assert not customers.is_ours(row, OTHER)
    assert not customers.is_ours(a_row(), KEY)


def test_a_change_of_a_customer_touches_only_what_we_keep() -> None:
    current = a_row("Acme", "old@acme.example", Notes="Pays late", Balance=5)
    wanted = a_client(name="Acme Tools", email="new@acme.example")
    assert customers.to_changed_customer(wanted, current) == {
        "Id": "58",
        "SyncToken": "3",
        "sparse": True,
        "DisplayName": "Acme Tools",
        "PrimaryEmailAddr": {"Address": "new@acme.example"},
    }


def test_an_address_that_we_do_not_know_is_not_taken_away() -> None:
    current = a_row("Acme", "old@acme.example")
    assert "PrimaryEmailAddr" not in customers.to_changed_customer(a_client(email=None), current)
    assert customers.is_same(a_client(email=None), current)


@pytest.mark.parametrize(
    ("row", "is_same"),
    [
        (a_row("Acme", "books@acme.example"), True),
        (a_row("Acme", "Books@Acme.example"), True),
        (a_row("Acme"), False),
        (a_row("Acme", "other@acme.example"), False),
        (a_row("ACME", "books@acme.example"), False),
        (a_row("Acme", PrimaryEmailAddr=None), False),
    ],
)
def test_a_customer_is_as_the_client_is(*, row: dict[str, Any], is_same: bool) -> None:
    client = a_client(name="Acme", email="books@acme.example")
    assert customers.is_same(client, row) is is_same


@pytest.mark.parametrize("row", [a_row("acme"), a_row("Acme "), a_row(Active=False), a_row("A")])
def test_only_the_active_customer_of_exactly_this_name_is_the_client(row: dict[str, Any]) -> None:
    exact = a_row()
    assert customers.find_same([row, exact], a_client(name="Acme")) == exact
    assert customers.find_same([row], a_client(name="Acme")) is None


@pytest.mark.parametrize(
    "row",
    [
        a_row("acme tools"),
        a_row("ACME  Tools"),
        a_row("Acme Tools", Active=False),
        a_row("Acme Tools (deleted)", Active=False),
        a_row("Ａｃｍｅ Tools"),  # noqa: RUF001 - full width is the claim.
        a_row("Acme\u200b Tools"),
        a_row("Somebody else", "BOOKS@acme.example"),
    ],
)
def test_what_reads_the_same_is_near(row: dict[str, Any]) -> None:
    client = a_client(name="Acme Tools", email="books@acme.example")
    assert customers.find_near([a_row("Birch"), row], client) == row


@pytest.mark.parametrize("row", [a_row("Acme Tool"), a_row("Birch", "x@y.example"), a_row("")])
def test_what_reads_otherwise_is_not_near(row: dict[str, Any]) -> None:
    assert customers.find_near([row], a_client(name="Acme Tools", email="books@a.example")) is None


def test_two_without_an_address_do_not_share_one() -> None:
    assert customers.find_near([a_row("Birch")], a_client(name="Acme", email=None)) is None


@given(st.text(max_size=MAX_NAME))
def test_a_customer_is_asked_for_by_name_inactive_ones_included(name: str) -> None:
    query = parse(f"SELECT * FROM Customer WHERE {customers.named(name)}")  # noqa: S608
    asked, everybody = query.conditions
    assert asked.values == (name,)
    assert set(everybody.values) == {True, False}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (a_row("Acme"), "Acme"),
        (
            a_row("Kitchen", FullyQualifiedName="Acme:Kitchen"),
            "Acme \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} Kitchen",
        ),
        (a_row("Acme (deleted)", Active=False), "Acme"),
    ],
)
def test_a_sub_customer_is_shown_with_its_parents(row: dict[str, Any], name: str) -> None:
    assert customers.full_name(row) == name
