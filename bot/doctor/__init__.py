"""Looks at everything the program stands on: what is wrong with it, and how that is mended."""

from bot.doctor.examination import examine_ledger, examining
from bot.doctor.finding import Finding

__all__ = ["Finding", "examine_ledger", "examining"]
