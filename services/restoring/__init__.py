"""A ledger that comes from a backup knows less than QuickBooks: it is held, compared, let go."""

from services.restoring.restoring import Preparing, Restoring

__all__ = ["Preparing", "Restoring"]
