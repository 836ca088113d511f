"""Switches for what public evidence about QuickBooks leaves open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Where public evidence about QuickBooks conflicts, the choice is a switch."""

    sparse_payments: bool = False  # A Payment wants the full object for an update or a void.
    stores_validation_faults: bool = False  # A request id also remembers a 4xx fault.
    compares_bodies: bool = False  # A request id sent with another body is refused.
