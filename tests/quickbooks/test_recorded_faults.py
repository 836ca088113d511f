"""Bodies recorded from the real QuickBooks, and what each means."""

import re
from pathlib import Path

import pytest

from services.domain.causes import Cause
from services.domain.sync import Accepted, Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled
from services.quickbooks.faults import Reply
from tests.quickbooks.replies import Judgement, judged, understood

MEANINGS: dict[str, type | Cause] = {
    "400_2010_unknown_property_invoice.json": Cause.UNKNOWN,
    "400_2030_invalid_id.json": Cause.UNKNOWN,
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
REFUSALS: dict[str, type | Cause] = {
    "api/query_error.json": Cause.UNKNOWN,
    "item/create_item_error.json": Cause.UNKNOWN,
    "item/read_item_error.json": Cause.GONE,
    "item/update_item_error.json": Stale,
    "preferences/update_preferences_error.json": Stale,
    "sales_receipt/create_sales_receipt_error.json": Cause.UNKNOWN,
    "sales_receipt/void_sales_receipt_error.json": Stale,
}
WRITTEN = {
    "item/create_item.json": "Item",
    "item/update_item.json": "Item",
    "sales_receipt/create_sales_receipt.json": "SalesReceipt",
}


def kind_of(judgement: Judgement) -> type | Cause:
    return judgement.cause if isinstance(judgement, Rejected) else type(judgement)


@pytest.mark.parametrize(("name", "meaning"), MEANINGS.items())
def test_a_recorded_fault_is_understood(samples: Path, name: str, meaning: type | Cause) -> None:
    status = re.search(r"\d{3}", name)
    assert status is not None
    body = (samples / "faults" / name).read_bytes()
    assert kind_of(judged(Reply(int(status[0]), body))) == meaning


def test_no_recorded_fault_is_left_out(samples: Path) -> None:
    found = {file.name for file in (samples / "faults").iterdir()}
    assert found == {*MEANINGS, *NO_FAULTS}


@pytest.mark.parametrize(("name", "meaning"), REFUSALS.items())
def test_a_recorded_refusal_is_understood(samples: Path, name: str, meaning: type | Cause) -> None:
    body = (samples / "json" / "exquickbooks" / name).read_bytes()
    assert kind_of(judged(Reply(400, body))) == meaning


@pytest.mark.parametrize(("name", "entity"), WRITTEN.items())
def test_a_recorded_success_is_accepted(samples: Path, name: str, entity: str) -> None:
    body = (samples / "json" / "exquickbooks" / name).read_bytes()
    assert isinstance(judged(Reply(200, body), entity), Accepted)


def test_no_recorded_error_is_left_out(samples: Path) -> None:
    folder = samples / "json" / "exquickbooks"
    found = {str(file.relative_to(folder)) for file in folder.rglob("*_error.json")}
    assert found == set(REFUSALS)


def test_every_recorded_answer_to_a_question_is_taken_as_it_is(samples: Path) -> None:
    answers = [file for file in (samples / "json").rglob("*.json") if "error" not in file.name]
    assert answers
    for file in answers:
        assert isinstance(understood(Reply(200, file.read_bytes())), dict), file
