"""The pages of QuickBooks that a person is led to."""

from dataclasses import replace

import pytest

from services.domain.causes import Cause
from services.domain.ledger import Reason, Record, SyncFacts
from services.domain.near_match import NearMatch
from services.domain.places import Place, page_of, path_to
from services.domain.sync import Status
from tests.builders import NOT_SYNCED, SYNCED, a_client, a_payment, a_refund, an_invoice

THERE: list[tuple[Record, str]] = [
    (a_client(sync=SYNCED), "customerdetail?nameId=58"),
    (an_invoice(sync=SYNCED), "invoice?txnId=58"),
    (a_payment(sync=SYNCED), "recvpayment?txnId=58"),
    (a_refund(sync=SYNCED), "refundreceipt?txnId=58"),
    (a_refund(sync=SYNCED, reason=Reason.CREDIT_RETURNED), "check?txnId=58"),
]


@pytest.mark.parametrize(("record", "path"), THERE, ids=[path for _, path in THERE])
def test_a_record_has_its_own_page_once_it_is_there(record: Record, path: str) -> None:
    assert page_of(record) == path_to(Place.RECORD, record) == path
    assert page_of(replace(record, sync=NOT_SYNCED)) is None


def test_what_is_not_there_leads_to_its_client() -> None:
    payment = a_payment(client=a_client(sync=SYNCED), sync=NOT_SYNCED)
    assert path_to(Place.CLIENT, payment) == "customerdetail?nameId=58"
    assert path_to(Place.RECORD, payment) is None


def test_a_client_that_is_not_there_leads_to_all_customers() -> None:
    assert path_to(Place.CLIENT, a_payment(client=a_client())) == "customers"


def test_a_refund_leads_to_the_payment_that_it_gives_back() -> None:
    refund = a_refund(payment=a_payment(sync=SYNCED), sync=NOT_SYNCED)
    assert path_to(Place.PAYMENT, refund) == "recvpayment?txnId=58"


def test_a_possible_twin_leads_to_the_twin() -> None:
    twin = SyncFacts(Status.SKIPPED, cause=Cause.POSSIBLE_TWIN, blame="its own", twin_id="77")
    assert path_to(Place.TWIN, a_payment(sync=twin)) == "recvpayment?txnId=77"
    assert path_to(Place.TWIN, an_invoice(sync=twin)) == "invoice?txnId=77"


def test_a_near_match_leads_to_the_customer_that_is_almost_the_same() -> None:
    client = a_client()
    words = NearMatch("77", "ACME", None, is_active=True).beside(client)
    near = SyncFacts(Status.FAILED, cause=Cause.NEAR_MATCH, detail=words, blame="its own")
    assert path_to(Place.TWIN, replace(client, sync=near)) == "customerdetail?nameId=77"
    linked = replace(near, detail="“Acme” in QuickBooks is linked to another client.")
    assert path_to(Place.TWIN, replace(client, sync=linked)) == "customers"


@pytest.mark.parametrize("place", Place)
def test_whatever_quickbooks_calls_a_record_stays_within_the_address(place: Place) -> None:
    odd = SyncFacts(Status.SYNCED, qbo_id="5&x=1|<y>#/..")
    path = path_to(place, a_payment(client=a_client(sync=odd), sync=odd))
    assert path is not None
    assert not set(path) & set("<>|# ")
    assert path.count("&") == 0
