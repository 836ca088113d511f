"""What QuickBooks and its line go through in the story."""

from datetime import timedelta

from bot.demo.stage import Stage
from sandbox.quickbooks import Fault, Kind

TAKES = timedelta(seconds=0.6)  # For a write, about as long as the real one.


def take_a_moment(stage: Stage) -> None:
    """The next payment that is created takes as long as it does in life."""
    fault = Fault(kind=Kind.SLOW, entity="payment", operation="create", wait=TAKES)
    stage.quickbooks.faults.add(fault)


def lose_the_next_answer(stage: Stage) -> None:
    """The next payment is taken, but the line is cut before the answer, and stays dead.

    The first question is the one for a twin, before the payment is sent.
    """
    faults = stage.quickbooks.faults
    faults.add(Fault(kind=Kind.CUT_AFTER, entity="payment", operation="create"))
    faults.add(Fault(kind=Kind.UNAVAILABLE, entity="query", nth=2, count=None))


def mend_the_line(stage: Stage) -> None:
    stage.quickbooks.faults.clear()
