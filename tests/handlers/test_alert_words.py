"""How an alert reads: in a channel of the team's own, and where others read along."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.alerts.blocks import Place, show_alert
from handlers.alerts.dismissal import dismissal_modal
from handlers.alerts.words import happened, say_again
from sandbox.slack.screen import pressables
from services.domain.alerts import (
    ACCESS,
    CONNECTION,
    MOST_NAMED,
    OTHERS,
    PARKED,
    UNCONFIRMED,
    Act,
    Event,
    Topic,
)
from services.domain.causes import Cause
from services.domain.sync import RecordKind, Status
from tests.builders import ANNA, NOW, SYNCED, a_client, a_payment
from tests.handlers.standings import (
    CAUSES,
    NAME,
    ON_THE_WAY,
    TID,
    URL,
    about,
    buttons,
    failed,
    noted,
    one_of_each,
    rows,
    some_payments,
    standing,
)
from tests.handlers.worst import opened, shown

HERE = Place(URL)
DISCREET = Place(URL, discreet=True)
OF_WHAT_IS_SYNCED = {
    Cause.DELETED_IN_QUICKBOOKS,
    Cause.REFUND_IN_THE_WAY,
    Cause.RECORD_IN_THE_WAY,
}


# What the team reads.


def test_the_first_five_are_listed_and_the_rest_is_counted_and_summed() -> None:
    reply = show_alert(
        standing(about(Cause.CLOSED_PERIOD), some_payments(*[failed(Cause.CLOSED_PERIOD)] * 7)),
        HERE,
    )
    assert reply.text == "The books are closed: 7 payments need a person."
    assert rows(reply)[0] == "*P-1001* · Möbius &amp; Töchter · $100.00 · Failed"
    assert len(rows(reply)) == MOST_NAMED
    assert "And 2 more: /payment list failed. $2,800.00 in all. Since" in shown(reply)


def test_every_kind_has_its_row_and_its_sum() -> None:
    cause = Cause.SUBSCRIPTION_ENDED
    reply = show_alert(standing(about(cause), one_of_each(failed(cause))), HERE)
    assert "1 client, 1 invoice, 1 payment and 1 refund need a person." in reply.text
    assert rows(reply) == [
        "*Möbius &amp; Töchter* · Failed",
        "*INV-1001* · Möbius &amp; Töchter · $500.00 · Failed",
        "*P-1001* · Möbius &amp; Töchter · $500.00 · Failed",
        "*R-1001* · Möbius &amp; Töchter · $40.00 · Failed",
    ]
    sums = "$500.00 in invoices, $500.00 in payments, $40.00 in refunds."
    assert sums in shown(reply)
    assert "And" not in shown(reply)


def test_what_is_asked_for_again_needs_nobody() -> None:
    cause = Cause.CLOSED_PERIOD
    some = some_payments(ON_THE_WAY, failed(cause), failed(cause))
    reply = show_alert(standing(about(cause), some), HERE)
    assert "2 payments need a person, 1 is on its way again." in reply.text
    assert buttons(reply).count("Retry") == 2
    every = show_alert(standing(about(cause), some_payments(ON_THE_WAY, ON_THE_WAY)), HERE)
    assert "2 payments are on their way again." in every.text
    assert "Once all of them are Synced, this is resolved." in shown(every)
    assert buttons(every) == ["Details", "Details", "Claim", "Snooze"]


def test_changes_that_were_not_accepted_are_made_again_one_by_one() -> None:
    cause = Cause.CLOSED_PERIOD
    reply = show_alert(standing(about(cause), some_payments(noted(cause), noted(cause))), HERE)
    assert rows(reply)[0].endswith("Synced: a change was not accepted")
    assert "Next: Details of each row." in shown(reply)
    assert buttons(reply) == ["Details", "Details", "Claim", "Snooze", "Dismiss"]


@pytest.mark.parametrize("place", [HERE, DISCREET], ids=["here", "discreet"])
def test_whatever_the_way_out_names_can_be_pressed(place: Place) -> None:
    for cause in CAUSES:
        for facts in (failed(cause), noted(cause)):
            if cause in OF_WHAT_IS_SYNCED and facts.status is Status.FAILED:
                continue
            reply = show_alert(standing(about(cause), one_of_each(facts)), place)
            words = reply.blocks[0]["text"]["text"].partition("\n")[2]
            named = set(re.findall(r"\*([^*]+)\*", words))
            assert named, cause
            assert named <= set(buttons(reply)), cause


def test_retry_all_is_in_colour_only_where_it_helps() -> None:
    def styles(cause: Cause) -> list[str | None]:
        reply = show_alert(standing(about(cause), one_of_each(failed(cause))), HERE)
        return [each.element.get("style") for each in pressables(list(reply.blocks)) if each.label]

    assert "primary" in styles(Cause.CLOSED_PERIOD)
    assert "primary" not in styles(Cause.NEAR_MATCH)


def test_who_is_at_it_and_until_when_it_is_silent() -> None:
    until = NOW + timedelta(hours=4)
    facts = {"claimed_by": ANNA, "snoozed_until": until, "snoozed_by": ANNA}
    payments = some_payments(failed(Cause.CLOSED_PERIOD))
    silent = standing(about(Cause.CLOSED_PERIOD), payments, alert=facts, is_snoozed=True)
    read = shown(show_alert(silent, HERE))
    assert f"Claimed by @{ANNA}. Snoozed until Nov 2, 2026 9:00" in read
    assert read.endswith(f"PM by @{ANNA}.")
    over = shown(show_alert(replace(silent, is_snoozed=False), HERE))
    assert "Claimed" in over
    assert "Snoozed" not in over


def test_what_is_resolved_says_how_and_names_no_record() -> None:
    facts = {"resolved_at": NOW + timedelta(minutes=135)}
    done = standing(about(Cause.CLOSED_PERIOD), alert=facts, solved=3, solvers=(ANNA,))
    reply = show_alert(done, HERE)
    how = f"3 records · in 2 h 15 min · by <@{ANNA}>"
    assert reply.text == f"Resolved: The books are closed · {how}"
    assert buttons(reply) == []


def test_what_is_still_open_speaks_to_whoever_claimed_it() -> None:
    alone = standing(about(Cause.CLOSED_PERIOD), some_payments(failed(Cause.CLOSED_PERIOD)))
    assert say_again(alone) == "Still open. The books are closed: 1 payment needs a person."
    claimed = replace(alone, alert=replace(alone.alert, claimed_by=ANNA))
    assert say_again(claimed).endswith(f" needs a person. <@{ANNA}> is at it.")


def test_what_waits_for_it_is_counted() -> None:
    cause = Cause.NEAR_MATCH
    client = one_of_each(failed(cause))[:1]
    behind = {RecordKind.INVOICE: 1, RecordKind.PAYMENT: 2}
    alone = standing(about(cause), client, behind=behind)
    assert "1 invoice and 2 payments wait for it. Since" in shown(show_alert(alone, HERE))
    both = standing(about(cause), client * 2, behind={RecordKind.PAYMENT: 1})
    assert "1 payment waits for them." in shown(show_alert(both, DISCREET))
    assert "2 payments wait for it, and would go on waiting." in opened(dismissal_modal(alone))


def test_one_place_to_look_at_is_linked_and_many_are_left_to_the_details() -> None:
    cause = Cause.BUSINESS_RULE
    here = some_payments(failed(cause), failed(cause))
    elsewhere = a_client(sync=replace(SYNCED, qbo_id="77"))
    there = a_payment(client=elsewhere, sync=failed(cause))
    assert "look there" in shown(show_alert(standing(about(cause), here), HERE))
    assert "look there" not in shown(show_alert(standing(about(cause), [*here, there]), HERE))


# Of the connection.


def test_a_lost_connection_says_what_waits_and_drains() -> None:
    lost = standing(CONNECTION, is_connected=False, because="Intuit no longer takes it", waiting=3)
    reply = show_alert(lost, HERE)
    assert reply.text.endswith("3 records wait for it, and nothing is lost.")
    assert "Why: Intuit no longer takes it." in shown(reply)
    assert buttons(reply) == ["Connect", "Claim", "Snooze"]
    nothing = show_alert(replace(lost, waiting=0), HERE)
    assert nothing.text == "QuickBooks is disconnected: nothing waits for it yet."
    back = show_alert(replace(lost, is_connected=True, waiting=1), HERE)
    assert back.text == "QuickBooks is connected again: 1 record is still on the way."
    assert buttons(back) == ["Claim", "Snooze"]


def test_access_that_ends_says_on_which_day() -> None:
    reply = show_alert(standing(ACCESS, ends_at=NOW + timedelta(days=3)), HERE)
    assert "on 2026-11-05" in reply.text
    assert buttons(reply) == ["Connect", "Claim", "Snooze"]


@pytest.mark.parametrize("topic", [UNCONFIRMED, PARKED])
def test_what_is_in_doubt_or_parked_is_looked_at_again(topic: Topic) -> None:
    reply = show_alert(standing(topic, some_payments(ON_THE_WAY, ON_THE_WAY)), HERE)
    assert "2 payments need a person." in reply.text
    assert buttons(reply) == [*["Retry", "Details"] * 2, "Retry all", "Claim", "Snooze"]


def test_many_causes_beyond_the_twentieth_share_one_message() -> None:
    mixed = some_payments(failed(Cause.DEPOSITED), failed(Cause.TOO_LONG))
    reply = show_alert(standing(OTHERS, mixed), HERE)
    assert reply.text == "Many different things went wrong: 2 payments need a person."
    assert "Details of each row say what happened" in shown(reply)


# Where others read along.


@pytest.mark.parametrize("cause", CAUSES)
def test_a_discreet_alert_names_nobody_no_sum_and_none_of_quickbooks_words(cause: Cause) -> None:
    for facts in (failed(cause), noted(cause)):
        reply = show_alert(standing(about(cause), one_of_each(facts) * 2), DISCREET)
        sent = str(reply.to_slack())
        for secret in ("Möbius", "500", "40.00", "$", "4711", TID):
            assert secret not in sent, (cause, secret)
        assert rows(reply)[0].startswith("*A client* · ")
        assert rows(reply)[2].startswith("*P-1001* · ")


def test_quickbooks_words_and_its_trace_are_told_where_nobody_else_reads() -> None:
    unknown = standing(about(Cause.UNKNOWN), some_payments(failed(Cause.UNKNOWN)))
    read = shown(show_alert(unknown, HERE))
    assert "QuickBooks says: “Möbius owes 4711”. For Intuit’s support: 1-5f2a." in read
    assert "quote them" not in read
    assert "Details quote them." in shown(show_alert(unknown, DISCREET))


def test_the_reason_for_a_dismissal_is_kept_from_strangers() -> None:
    event = Event(1, Act.DISMISSED, NOW, (ANNA,), 3, words=f"<!here> {NAME} pays cash")
    told = happened(event, discreet=False)
    assert told == f"<@{ANNA}> dismissed 3. “&lt;!here&gt; Möbius &amp; Töchter pays cash”"
    assert happened(event, discreet=True) == f"<@{ANNA}> dismissed 3."
