"""The ledger's tables and every statement that touches them."""
