"""Failures with one root have one key, and no others have it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.blame import CULPRITS, LONGEST_KEY, Named, blame, cause_blamed
from services.domain.causes import Cause
from services.domain.ids import ClientId, InvoiceId, PaymentId, RefundId
from services.domain.ledger import Record
from tests.builders import (
    CHECKING,
    SYNCED,
    a_client,
    a_payment,
    a_refund,
    an_allotment,
    an_invoice,
)

THEIRS = a_client(id=ClientId(UUID(int=2)), name="Birch", sync=SYNCED)
EVERY_KIND: list[Record] = [a_client(), an_invoice(), a_payment(), a_refund()]
# One more of each, of another client and with another number.
OTHERS: list[Record] = [
    THEIRS,
    an_invoice(id=InvoiceId(UUID(int=3)), number="INV-1002", client=THEIRS),
    a_payment(id=PaymentId(UUID(int=4)), number=1002, client=THEIRS),
    a_refund(id=RefundId(UUID(int=5)), payment=a_payment(id=PaymentId(UUID(int=4)), client=THEIRS)),
]
OF_THE_FIRM = [
    *(Cause.CLOSED_PERIOD, Cause.PERMISSION, Cause.SUBSCRIPTION_ENDED, Cause.CURRENCY, Cause.TAX),
    *(Cause.NO_UNDEPOSITED_FUNDS, Cause.NO_SERVICE_ITEM, Cause.NO_RECEIVABLE),
]
OF_THE_CLIENT = [Cause.CUSTOMER_GONE, Cause.NEAR_MATCH, Cause.NAME_TAKEN, Cause.CLIENT_EXCLUDED]
OF_THE_ACCOUNT = [Cause.ACCOUNT_GONE, Cause.WRONG_ACCOUNT_TYPE, Cause.INACTIVE]
ITS_OWN = [Cause.DEPOSITED, Cause.DUPLICATE_NUMBER, Cause.TOO_LONG, Cause.DELETED_IN_QUICKBOOKS]
IN_WORDS = [Cause.UNKNOWN, Cause.BUSINESS_RULE, Cause.INVALID_VALUE, Cause.INVALID_REFERENCE]


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_is_about_something(cause: Cause) -> None:
    assert cause in CULPRITS
    for record in EVERY_KIND:
        assert cause_blamed(blame(record, cause)) is cause


@pytest.mark.parametrize("cause", OF_THE_FIRM)
def test_what_stands_against_all_has_one_key(cause: Cause) -> None:
    assert len({blame(record, cause) for record in [*EVERY_KIND, *OTHERS]}) == 1


@pytest.mark.parametrize("cause", OF_THE_CLIENT)
def test_all_that_fails_for_its_client_has_the_clients_key(cause: Cause) -> None:
    acme, birch = ({blame(each, cause) for each in some} for some in (EVERY_KIND, OTHERS))
    assert len(acme) == len(birch) == 1
    assert acme != birch


@pytest.mark.parametrize("cause", OF_THE_ACCOUNT)
def test_all_that_named_an_account_has_its_key(cause: Cause) -> None:
    checking, savings = Named(account_id=CHECKING), Named(account_id="36")
    payment, other, refund = a_payment(), OTHERS[2], a_refund()
    keys = {blame(each, cause, named=checking) for each in (payment, other, refund)}
    assert keys == {f"{cause}:account 35"}
    assert blame(payment, cause, named=savings) == f"{cause}:account 36"


def test_what_leaves_quickbooks_names_no_account_and_is_known_to_be_on_one() -> None:
    payment = a_payment(deposit_account_id="36")
    assert blame(payment, Cause.ACCOUNT_GONE) == "account_gone:account 36"
    assert blame(a_refund(), Cause.ACCOUNT_GONE) == f"account_gone:account {CHECKING}"


def test_all_that_named_an_item_has_its_key() -> None:
    item = Named(item_id="7")
    assert blame(an_invoice(), Cause.ITEM_GONE, named=item) == "item_gone:item 7"
    assert blame(an_invoice(), Cause.INACTIVE, named=item) == "inactive:item 7"
    sale = Named(account_id=CHECKING, item_id="7")
    assert blame(a_refund(), Cause.ITEM_GONE, named=sale) == "item_gone:item 7"


@pytest.mark.parametrize("cause", ITS_OWN)
def test_what_is_only_about_itself_has_a_key_of_its_own(cause: Cause) -> None:
    records = [*EVERY_KIND, *OTHERS]
    assert len({blame(record, cause) for record in records}) == len(records)


@pytest.mark.parametrize("cause", [Cause.PAYMENT_GONE, Cause.LESS_IS_LEFT])
def test_all_refunds_of_a_payment_fail_for_the_payment(cause: Cause) -> None:
    one, two, other = a_refund(), a_refund(id=RefundId(UUID(int=9))), OTHERS[3]
    assert blame(one, cause) == blame(two, cause) == blame(a_payment(), cause)
    assert blame(one, cause) != blame(other, cause)


@pytest.mark.parametrize("cause", IN_WORDS)
def test_the_same_words_about_other_records_are_the_same(cause: Cause) -> None:
    said = [
        (a_payment(), "Acme cannot be used: INV-1001 of 500.00, dated 2026-11-02, has no class."),
        (OTHERS[2], "Birch cannot be used: INV-7 of 1,200, dated 2026-12-24, has no class."),
        (OTHERS[2], "Birch cannot be used:  17 of 0.5, dated 3/1/26, has no class."),
    ]
    assert len({blame(each, cause, code="6000", words=words) for each, words in said}) == 1


def test_a_name_within_a_name_is_left_out_whole() -> None:
    long_name = a_client(id=ClientId(UUID(int=8)), name="Acme & Sons", sync=SYNCED)
    one = blame(a_payment(), Cause.UNKNOWN, words="Acme has no class.")
    other = blame(a_payment(client=long_name), Cause.UNKNOWN, words="Acme & Sons has no class.")
    assert one == other


def test_what_was_typed_or_quoted_does_not_count() -> None:
    payment = a_payment(reference="CHK", description="for May", allocations=(an_allotment(),))
    words = "CHK (for May), INV-1001 and “Carol” have no class."
    other = a_payment(reference="TRF", description="for June")
    others = "TRF (for June), INV-9 and “Dave” have no class."
    assert blame(payment, Cause.UNKNOWN, words=words) == blame(other, Cause.UNKNOWN, words=others)


@pytest.mark.parametrize("cause", IN_WORDS)
def test_other_words_or_another_code_are_another_root(cause: Cause) -> None:
    keys = {
        blame(a_payment(), cause, code="6000", words="It has no class."),
        blame(a_payment(), cause, code="6000", words="It has no location."),
        blame(a_payment(), cause, code="6001", words="It has no class."),
    }
    assert len(keys) == 3


@given(st.sampled_from(Cause), st.text(max_size=600), st.text(max_size=300))
def test_no_key_is_too_long_to_keep(cause: Cause, words: str, qbo_id: str) -> None:
    for record in EVERY_KIND:
        key = blame(record, cause, named=Named(qbo_id, qbo_id), code="123456", words=words)
        assert len(key) <= LONGEST_KEY
        assert cause_blamed(key) is cause
