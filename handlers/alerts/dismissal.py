"""Leave out all that an alert is about, and say why."""

import asyncio
from datetime import timedelta
from typing import Any

from handlers import ids
from handlers.alerts.found import NOTHING_LEFT, alert_of
from handlers.alerts.words import counted, title, who_waits
from handlers.desk import Desk, Request, open_modal
from handlers.dismissing import read_why, why_input
from handlers.elements import Block, Reply, modal, section
from services.domain.alerts import Standing
from services.domain.sync import Status
from services.errors import Refused

ANSWERED_WITHIN = timedelta(seconds=1.5)  # Slack waits three seconds, and some are gone already.
_GOES_ON = Reply("So many are not dismissed at once: it goes on, and the alert counts down.")
_READ_BY_ALL = "Everybody who looks at them reads this."
_OF_THE_FAILED = "What Failed becomes Skipped, and can be synced later all the same."
_OF_CHANGES = "A change that was not accepted is let go of: QuickBooks keeps what it has."


async def press_dismiss(desk: Desk, request: Request) -> None:
    alert = await desk.alerts.find(request.member.firm_id, alert_of(request.words))
    standing = await desk.watches.stand(alert)
    if not standing.needy:
        raise Refused(NOTHING_LEFT)
    await open_modal(request, dismissal_modal(standing))


def dismissal_modal(standing: Standing) -> Block:
    """It says how much that is: a press is quickly made."""
    are_changes = standing.count(Status.SYNCED) > 0
    have_failed = standing.count(Status.FAILED) > 0
    hints = [
        _READ_BY_ALL,
        *([_OF_THE_FAILED] if have_failed else []),
        *([_OF_CHANGES] if are_changes else []),
        *([f"{waiting}, and would go on waiting."] if (waiting := who_waits(standing)) else []),
    ]
    head = section(f"*{title(standing)}* · {counted(standing.needy)}")
    why = why_input("Why?", " ".join(hints))
    view = modal(ids.DISMISS_ALERT_FORM, "Dismiss all of them", "Dismiss", [head, why])
    return {**view, "private_metadata": str(standing.alert.id)}


async def dismiss(desk: Desk, request: Request, view: dict[str, Any]) -> Reply | None:
    """What takes long goes on to its end behind the answer."""
    member, alert = request.member, alert_of(view["private_metadata"])
    work = desk.background.unbroken(
        desk.alerts.dismiss(member.firm_id, alert, why=read_why(view), by=member.user_id)
    )
    try:
        async with asyncio.timeout(ANSWERED_WITHIN.total_seconds()):
            done = await work
    except TimeoutError:
        return _GOES_ON
    if not done.count:
        raise Refused(NOTHING_LEFT)
    return None
