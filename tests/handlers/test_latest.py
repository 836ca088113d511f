"""Of what comes quickly, one after the other, only the last counts."""

from handlers.latest import MOST_KEPT, Latest


def test_only_the_last_turn_of_a_form_counts() -> None:
    latest = Latest()
    first, other, second = latest.turn("V1"), latest.turn("V2"), latest.turn("V1")
    assert not first.is_last
    assert second.is_last
    assert other.is_last


def test_the_longest_unused_form_is_forgotten() -> None:
    latest = Latest()
    first = latest.turn("V")
    for number in range(MOST_KEPT):
        latest.turn(f"V{number}")
    assert not first.is_last
    assert len(latest.numbers) == MOST_KEPT
