"""The same intention always has the same key, and no other intention has it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.domain.sync import Operation, wire_key

BATCH_REQUEST_ID = 36  # QuickBooks' limit where a request id belongs to a batch.
RECORDS = st.uuids(version=4)
GENERATIONS = st.integers(0, 10_000)


@given(RECORDS, GENERATIONS)
def test_the_same_intention_has_the_same_key(record: UUID, generation: int) -> None:
    again = UUID(str(record))
    assert wire_key(record, Operation.CREATE, generation) == wire_key(
        again, Operation.CREATE, generation
    )


@given(RECORDS, GENERATIONS, GENERATIONS)
def test_another_generation_has_another_key(record: UUID, one: int, other: int) -> None:
    keys = {wire_key(record, Operation.CREATE, generation) for generation in (one, other)}
    assert len(keys) == len({one, other})


@given(st.sets(RECORDS, min_size=2, max_size=5), GENERATIONS)
def test_another_record_has_another_key(records: set[UUID], generation: int) -> None:
    keys = {wire_key(record, Operation.CREATE, generation) for record in records}
    assert len(keys) == len(records)


@given(RECORDS, GENERATIONS)
def test_another_operation_has_another_key(record: UUID, generation: int) -> None:
    keys = {wire_key(record, operation, generation) for operation in Operation}
    assert len(keys) == len(Operation)


def test_a_key_is_what_it_was_in_the_release_before() -> None:
    """Entries in flight during an upgrade must keep theirs."""
    record = UUID("12345678-1234-4678-9234-567812345678")
    key = wire_key(record, Operation.CREATE, 1)
    assert key.request_id == "53e3d8a599385852bc2495ef6114c3b7"


@given(RECORDS, GENERATIONS)
def test_a_key_fits_where_quickbooks_takes_it(record: UUID, generation: int) -> None:
    request_id = wire_key(record, Operation.CREATE, generation).request_id
    assert len(request_id) <= BATCH_REQUEST_ID
    assert request_id.isascii()
    assert request_id.isalnum()


@given(RECORDS, GENERATIONS)
def test_the_marker_names_the_key_and_fits_into_a_note(record: UUID, generation: int) -> None:
    key = wire_key(record, Operation.CREATE, generation)
    assert key.marker == f"[counterfoil:{key.request_id}]"
