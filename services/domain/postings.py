"""Where a payment is shown in Slack, and why it is no longer shown in a channel."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    """A payment has one message on each, at most."""

    DIRECT = "direct"  # The conversation of the bot with whoever recorded it.
    CHANNEL = "channel"  # The one that it was recorded in, if an admin allowed it.


class Barrier(StrEnum):
    """Why nothing more is posted or edited in a channel; for one payment, that is for good."""

    NOT_ALLOWED = "not_allowed"  # By the firm's settings.
    NOT_PRIVATE = "not_private"  # Or no channel at all.
    SHARED = "shared"  # With another workspace, or about to be.
    OUT_OF_REACH = "out_of_reach"  # Archived, gone, or not the bot's to write in.


@dataclass(frozen=True)
class Posting:
    """The channel that a payment was to be posted in, if it was, and what stands against it."""

    channel: str
    posted: bool = False
    barrier: Barrier | None = None
