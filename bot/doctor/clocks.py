"""Whether our clock and that of whoever answered agree."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime

from bot.doctor.finding import Finding
from services.ports import Clock

TOLERATED = timedelta(seconds=60)  # Slack's requests are refused at 300 s, and tokens last long.
_NTP = "Let NTP set this machine's clock (`timedatectl set-ntp true`)."


def compare(whose: str, headers: Mapping[str, str], clock: Clock) -> Finding:
    """By the `Date` of an answer that has just come."""
    about, text = f"Clock and {whose}'s", headers.get("Date") or headers.get("date") or ""
    try:
        there = parsedate_to_datetime(text)
    except ValueError:
        return Finding(about, f"{whose} did not say what time it is")
    ahead = clock() - there
    seconds = round(abs(ahead.total_seconds()))
    if abs(ahead) <= TOLERATED:
        return Finding(about, f"{seconds} s apart")
    side = "ahead" if ahead > timedelta(0) else "behind"
    words = f"ours is {seconds} s {side}; from 300 s on, what Slack sends is taken for forged"
    return Finding(about, words, _NTP)
