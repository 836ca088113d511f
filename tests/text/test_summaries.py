"""How one message tells of many payments."""

from handlers.payments.summary import describe, need_somebody
from services.domain.floods import Tally
from services.domain.sync import Status
from tests.builders import NOW


def test_what_is_not_named_is_counted() -> None:
    tally = Tally.of((number, Status.FAILED) for number in range(1001, 1014))
    reply = describe(tally, at=NOW)
    assert reply.text == "13 payments have changed at once: 13 Failed."
    (said, _) = reply.blocks
    assert "P-1004 and 3 more – `/payment list failed` says why." in said["text"]["text"]


def test_who_is_told_reads_which_and_where_to_look() -> None:
    assert need_somebody("U1", ["P-1001"]).text == (
        "<@U1> P-1001 needs somebody: `/payment list failed skipped` says why."
    )
    many = need_somebody("U1", [f"P-{number}" for number in range(1001, 1013)])
    assert "P-1010 and 2 more need somebody" in many.text
