"""Block Kit: what Slack accepts, how it fills in the rest, and how elements hold their state."""
