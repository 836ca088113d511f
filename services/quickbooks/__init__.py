"""QuickBooks Online, as far as Counterfoil speaks to it."""
