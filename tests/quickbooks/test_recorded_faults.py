"""Bodies recorded from the real QuickBooks, and what each means."""

import re
from pathlib import Path

import pytest

from services.domain.causes import Cause
from services.domain.sync import Accepted, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled, TryLater
from services.quickbooks.faults import Reply
from tests.quickbooks.replies import Meaning, found, judged, meaning_of, understood

MEANINGS: dict[str, Meaning] = {
    "400_2010_unknown_property_invoice.json": Cause.INVALID_VALUE,
    "400_2030_invalid_id.json": Cause.INVALID_VALUE,
    "400_500_unsupported_operation.json": Cause.UNKNOWN,
    "400_6240_duplicate_name.json": Cause.NAME_TAKEN,
    "400_query_4001_unknown_entity.json": Cause.UNKNOWN,
    "401_3200_malformed_bearer.json": AccessExpired,
    "401_3200_token_expired.json": AccessExpired,
    "403_3100_application_authorization_failed.json": ConnectionLost,
    "403_3100_authorization_failed.json": ConnectionLost,
    "403_3100_insufficient_scope.xml": ConnectionLost,
    "500_3100_internal_server_error.json": ReplyLost,
    "503_avi_vantage.html": ReplyLost,
    "RECONSTRUCTED_429_3001.json": Throttled,
}
NO_FAULTS = {"invoice_known_properties_2020.json"}
REFUSALS: dict[str, Meaning] = {
    "api/query_error.json": Cause.UNKNOWN,
    "item/create_item_error.json": Cause.INVALID_VALUE,
    "item/read_item_error.json": Cause.INACTIVE,
    "item/update_item_error.json": Stale,
    "preferences/update_preferences_error.json": Stale,
    "sales_receipt/create_sales_receipt_error.json": Cause.INVALID_VALUE,
    "sales_receipt/void_sales_receipt_error.json": Stale,
}
WRITTEN = {
    "item/create_item.json": "Item",
    "item/update_item.json": "Item",
    "preferences/update_preferences.json": "Preferences",
    "sales_receipt/create_sales_receipt.json": "SalesReceipt",
    "sales_receipt/void_sales_receipt.json": "SalesReceipt",
}


def status_of(name: str) -> int:
    status = re.search(r"\d{3}", name)
    assert status is not None
    return int(status[0])


@pytest.mark.parametrize(("name", "meaning"), MEANINGS.items())
def test_a_recorded_fault_is_understood(samples: Path, name: str, meaning: Meaning) -> None:
    body = (samples / "faults" / name).read_bytes()
    assert meaning_of(judged(Reply(status_of(name), body))) == meaning


def test_no_recorded_fault_is_left_out(samples: Path) -> None:
    found = {file.name for file in (samples / "faults").iterdir()}
    assert found == {*MEANINGS, *NO_FAULTS}


@pytest.mark.parametrize(("name", "meaning"), REFUSALS.items())
def test_a_recorded_refusal_is_understood(samples: Path, name: str, meaning: Meaning) -> None:
    body = (samples / "json" / "exquickbooks" / name).read_bytes()
    assert meaning_of(judged(Reply(400, body))) == meaning


@pytest.mark.parametrize(("name", "entity"), WRITTEN.items())
def test_a_recorded_success_is_accepted(samples: Path, name: str, entity: str) -> None:
    body = (samples / "json" / "exquickbooks" / name).read_bytes()
    accepted = judged(Reply(200, body), entity)
    assert isinstance(accepted, Accepted)
    assert (accepted.qbo_id, accepted.sync_token) == (
        accepted.body["Id"],
        accepted.body["SyncToken"],
    )


def test_no_recorded_error_is_left_out(samples: Path) -> None:
    folder = samples / "json" / "exquickbooks"
    found = {str(file.relative_to(folder)) for file in folder.rglob("*_error.json")}
    assert found == set(REFUSALS)


def test_every_recorded_answer_to_a_question_is_taken_as_it_is(samples: Path) -> None:
    answers = [file for file in (samples / "json").rglob("*.json") if "error" not in file.name]
    assert answers
    for file in answers:
        assert isinstance(understood(Reply(200, file.read_bytes())), dict), file


def test_a_recorded_read_by_id_is_the_object(samples: Path) -> None:
    item = found(
        Reply(200, (samples / "json/exquickbooks/item/read_item.json").read_bytes()), "Item"
    )
    assert isinstance(item, dict)
    assert item["Id"]


def test_what_was_never_there_is_recorded_as_made_inactive_and_read_as_none(samples: Path) -> None:
    body = (samples / "json/exquickbooks/item/read_item_error.json").read_bytes()
    assert found(Reply(400, body), "Item") is None


@pytest.mark.parametrize("name", MEANINGS)
def test_no_recorded_fault_is_taken_for_an_object_or_its_absence(samples: Path, name: str) -> None:
    body = (samples / "faults" / name).read_bytes()
    assert isinstance(found(Reply(status_of(name), body), "Invoice"), TryLater | ConnectionLost)
