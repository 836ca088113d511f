"""Whatever is sent as blocks is accepted whole or refused by name, and accepted blocks are read."""

import random
import time
from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.blocks.elements import ELEMENTS
from sandbox.slack.blocks.layouts import SHAPES, Surface
from sandbox.slack.blocks.state import fresh
from sandbox.slack.blocks.validate import check_message_blocks, check_view
from sandbox.slack.blocks.walk import completed
from sandbox.slack.errors import ApiError
from sandbox.slack.mint import Mint
from sandbox.slack.mrkdwn import Reader, read
from sandbox.slack.screen import pressables, read_blocks
from tests.slack_sandbox.kit import a_modal

KINDS = st.sampled_from([*SHAPES, *ELEMENTS, "plain_text", "mrkdwn", "raw_text", "nonsense"])
NAMES = st.sampled_from(
    [
        "text",
        "element",
        "elements",
        "accessory",
        "options",
        "label",
        "rows",
        "child_blocks",
        "value",
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), KINDS)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=3),
        st.builds(lambda kind, rest: {**rest, "type": kind}, KINDS, st.dictionaries(NAMES, inner)),
    ),
    max_leaves=12,
)
READER = Reader(name_of_user=str, name_of_channel=str, now=time.time)


def refusal(check: Callable[[], None]) -> ApiError | None:
    try:
        check()
    except ApiError as refused:
        return refused
    return None


@given(blocks=st.lists(JSON, max_size=3))
def test_any_blocks_are_accepted_and_read_or_refused(blocks: list[object]) -> None:
    refused = refusal(lambda: check_message_blocks(blocks))
    if refused:
        assert (refused.code, bool(refused.messages)) == ("invalid_blocks", True)
        return
    mint = Mint(chance=random.Random(1), clock=time.time)
    whole = completed(blocks, mint)  # type: ignore[arg-type]  # Accepted blocks are objects.
    assert all(block["block_id"] for block in whole)
    assert fresh(whole).keys() <= {block["block_id"] for block in whole}
    assert isinstance(read_blocks(whole, READER), str)
    assert all(isinstance(pressable.label, str) for pressable in pressables(whole))


@given(view=JSON, block=JSON)
def test_any_view_is_accepted_or_refused(view: object, block: object) -> None:
    for candidate in (view, a_modal(block)):  # type: ignore[arg-type]  # Nonsense is the point.
        refused = refusal(partial(check_view, candidate, surface=Surface.MODAL))
        assert refused is None or (refused.code == "invalid_arguments" and refused.messages)


@given(source=st.text(alphabet="<>&|!@#^*_~`{}date U1;lt\n", max_size=60))
def test_any_text_can_be_read(source: str) -> None:
    assert isinstance(read(source, READER), str)


@given(typed=st.text(max_size=60))
def test_escaped_text_without_marks_reads_as_it_was_typed(typed: str) -> None:
    unmarked = typed.translate(dict.fromkeys(map(ord, "*_~`")))
    escaped = unmarked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert read(escaped, READER) == unmarked
