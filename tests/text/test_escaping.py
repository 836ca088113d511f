"""What people type reaches the screen as they typed it, and sets nothing off."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.text import LOOKALIKES, escape
from sandbox.slack.mrkdwn import REFERENCE, Reader, mass_mentions, read, unescape

READER = Reader(
    name_of_user=lambda user: f"person {user}",
    name_of_channel=lambda channel: f"channel {channel}",
    now=lambda: 0,
)
AS_TYPED = {twin: mark for mark, twin in LOOKALIKES.items()}
MARKUP = st.text("<>@#!|&*_~` \nab19:/.;-", max_size=60)
TEXTS = st.text(max_size=60) | MARKUP


def seen(source: str) -> str:
    """What a person sees: a twin looks like the mark that it stands for."""
    return read(source, READER).translate(AS_TYPED)


@settings(max_examples=800)
@given(TEXTS)
@example("<!channel> & <@U012AB3CD>")
@example("*bold* _thin_ ~gone~ `code` ```block```")
@example("&lt;!here&gt;")
@example("&amp;lt;")
def test_a_text_is_read_as_it_was_typed(typed: str) -> None:
    assert seen(escape(typed)) == typed.translate(AS_TYPED)


@settings(max_examples=400)
@given(TEXTS)
@example("<!channel>")
@example("<!subteam^S012|everybody>")
@example("<https://example.com|click here>")
def test_no_text_mentions_or_links(typed: str) -> None:
    assert mass_mentions(escape(typed)) == []
    assert not REFERENCE.search(escape(typed))


@pytest.mark.parametrize("before", ["*", "_", "~", "`", "P-1001 *", "<"])
@given(TEXTS)
def test_a_text_does_not_change_what_stands_around_it(before: str, typed: str) -> None:
    around = seen(f"{escape(before)}{escape(typed)}")
    assert around == f"{before}{typed}".translate(AS_TYPED)


@given(TEXTS)
def test_a_text_within_marks_of_ours_stays_as_it_was_typed(typed: str) -> None:
    assert seen(f"*{escape(f'a{typed}a')}*").strip("*") == f"a{typed}a".translate(AS_TYPED)


@pytest.mark.parametrize("plain", ["Acme & Sons", "3 < 4", "a_b", "a_b_c", "5*4", "it's", "100 %"])
def test_an_ordinary_name_keeps_its_own_characters(plain: str) -> None:
    assert unescape(escape(plain)) == plain


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("&", "&amp;"),
        ("<b>", "&lt;b&gt;"),
        ("&lt;", "&amp;lt;"),
        ("anna_b_berg", "anna_b_berg"),
        ("*new*", "\u2217new\u2217"),
    ],
)
def test_escaping_is_what_slack_asks_for(typed: str, sent: str) -> None:
    assert escape(typed) == sent
