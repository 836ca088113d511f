"""Days in the reader's language, instants in the reader's clock."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.text import day, locale_of, moment
from sandbox.slack.mrkdwn import Reader, read


@pytest.mark.parametrize(
    ("locale", "written"),
    [("en-US", "Nov 2, 2026"), ("sv-SE", "2 nov. 2026"), ("de-DE", "02.11.2026")],
)
def test_a_day_is_written_in_the_readers_language(locale: str, written: str) -> None:
    assert day(date(2026, 11, 2), locale) == written


@pytest.mark.parametrize("unknown", ["", "tlh", "xx-YY", "en_US", "klingon", "sv-SE-x-y", "--"])
def test_an_unknown_language_falls_back_to_english(unknown: str) -> None:
    assert locale_of(unknown).language == "en"


@given(st.text(max_size=20))
def test_any_name_of_a_language_gives_one(name: str) -> None:
    assert day(date(2026, 11, 2), name)


def test_an_instant_is_read_in_the_readers_own_clock() -> None:
    stockholm = Reader(
        name_of_user=str,
        name_of_channel=str,
        now=lambda: datetime(2026, 11, 20, tzinfo=UTC).timestamp(),
        locale="sv-SE",
        tz="Europe/Stockholm",
    )
    written = moment(datetime(2026, 11, 2, 14, 5, tzinfo=UTC))
    assert read(written, stockholm) == "2 nov. 2026 15:05"
    assert written.endswith("|2026-11-02 14:05 UTC>")
