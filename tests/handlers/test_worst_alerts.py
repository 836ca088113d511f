"""Whatever went wrong, however often, Slack takes what we say of it."""

from dataclasses import replace
from uuid import UUID

import pytest

from handlers.alerts.actions import snooze_modal
from handlers.alerts.blocks import Place, show_alert, show_alerts
from handlers.alerts.dismissal import dismissal_modal
from handlers.alerts.words import happened
from services.domain.alerts import OTHERS, Act, Event
from services.domain.causes import Cause
from services.domain.ids import AlertId
from tests.builders import ANNA, NOW, a_client, an_invoice
from tests.handlers.standings import (
    CAUSES,
    URL,
    about,
    failed,
    noted,
    rows,
    some_payments,
    standing,
)
from tests.handlers.worst import MOST, NAMES, QUICKBOOKS_WORDS, WILD, opened, shown


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_slack_takes_an_alert_of_whatever_names(name: str) -> None:
    every = [failed(Cause.UNKNOWN, detail=QUICKBOOKS_WORDS)] * 9
    worst = some_payments(*every, name=name, amount=str(MOST.to_decimal()))
    facts = {"claimed_by": ANNA, "snoozed_until": NOW, "snoozed_by": ANNA}
    many = standing(about(Cause.UNKNOWN), worst, alert=facts, is_snoozed=True)
    why_not = "the alert channel <#C012345|alerts> is gone"
    assert "And 4 more" in shown(show_alert(many, Place(URL, why_not=why_not)))
    numbered = replace(an_invoice(client=a_client(name=name)), number="&" * 21)
    mixed = [replace(each, sync=every[0]) for each in (a_client(name=name), numbered)]
    assert "needs a person" not in shown(show_alert(standing(OTHERS, mixed * 3), Place(URL)))


@pytest.mark.parametrize("count", [1, 2, 6, 7, 11, 25])
def test_all_alerts_of_a_firm_fit_into_one_answer(count: int) -> None:
    """The more there are, the fewer rows each has; what has no room is named."""
    every = [
        standing(about(each), some_payments(*[failed(each, detail=QUICKBOOKS_WORDS)] * 7))
        for each in CAUSES[:count]
    ]
    reply = show_alerts(every, URL)
    read = shown(reply, posted=False)
    assert read.count("Since ") == min(count, 11)
    assert len(rows(reply)) == {1: 5, 2: 10, 6: 24, 7: 21}.get(count, 11)
    assert ("And 14 more: " in read) == (count == 25)
    assert reply.text.count("\n") == count - 1


def test_the_forms_say_what_they_do() -> None:
    cause = Cause.CLOSED_PERIOD
    both = opened(dismissal_modal(standing(about(cause), some_payments(noted(cause)) * 2)))
    assert "The books are closed · 2 payments" in both
    assert "becomes Skipped" not in both
    assert "QuickBooks keeps what it has" in both
    alone = opened(dismissal_modal(standing(about(cause), some_payments(failed(cause)))))
    assert "becomes Skipped, and can be synced later" in alone
    assert "QuickBooks keeps" not in alone
    assert "Until Monday morning" in opened(snooze_modal(AlertId(UUID(int=1))))


def test_what_somebody_wrote_is_no_markup() -> None:
    event = Event(1, Act.DISMISSED, NOW, (ANNA,), 1, words=WILD)
    assert "<!channel>" not in happened(event, discreet=False)
