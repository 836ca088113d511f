"""A ledger that comes from a backup knows less than QuickBooks: it is held, compared, let go."""
