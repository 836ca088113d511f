"""Slack's edge: parse what came, make one call, answer."""
