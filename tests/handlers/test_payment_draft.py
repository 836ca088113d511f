"""What a form keeps of itself from one drawing to the next."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from handlers import ids
from handlers.payments.draft import Draft, already_name, keep, read_draft
from services.domain.ids import ClientId, PaymentId
from tests.builders import ACME, PAYMENT, some_money

BEACON = UUID("aaaaaaaa-0000-4000-8000-000000000002")
DRAFT = Draft(currency="USD", sync=False, today="2026-11-02", client_id=ClientId(ACME))


def a_view(draft: Draft, *, client: UUID | None = ACME, **fields: Any) -> dict[str, Any]:
    """As Slack hands it over."""
    values = {
        ids.AMOUNT: {"value": "$500.00"},
        ids.RECEIVED_ON: {"selected_date": "2026-11-02"},
        ids.METHOD: {"selected_option": {"value": "Cash"}},
        ids.REFERENCE: {"value": None},
        ids.DESCRIPTION: {"value": None},
        **({ids.CLIENT: {"selected_option": {"value": str(client)}}} if client else {}),
        **fields,
    }
    state = {"values": {name: {name: value} for name, value in values.items()}}
    return {"private_metadata": keep(draft), "state": state}


def read(draft: Draft, **fields: Any) -> Draft:
    return read_draft(a_view(draft, **fields), locale="en-US")


def test_a_link_stays_while_its_field_is_not_drawn() -> None:
    assert read(replace(DRAFT, link_to="12")).link_to == "12"
    assert read(replace(DRAFT, link_to="12"), client=BEACON).link_to is None


def test_a_link_that_was_taken_back_is_none() -> None:
    cleared = {already_name(str(ACME)): {"selected_option": None}}
    assert read(replace(DRAFT, link_to="12"), **cleared).link_to is None


def test_an_edit_stays_with_its_payment_and_its_client() -> None:
    edit = read(replace(DRAFT, edits=PaymentId(PAYMENT)), client=None)
    assert (edit.edits, edit.client_id) == (PAYMENT, ACME)


def test_a_client_that_was_cleared_is_none() -> None:
    assert read(DRAFT, client=None).client_id is None


def test_what_cannot_be_read_stays_as_it_was_typed() -> None:
    draft = read(DRAFT, **{ids.AMOUNT: {"value": "five"}})
    assert (draft.amount, draft.amount_text) == (None, "five")
    assert read(DRAFT).amount == some_money("500.00")
