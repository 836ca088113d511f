"""What the firm does: use cases, the ledger and QuickBooks; nothing of Slack."""
