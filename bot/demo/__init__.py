"""The main job as a story in the terminal: a simulated Slack and QuickBooks, the real bot."""

from bot.demo.performance import Story, run

__all__ = ["Story", "run"]
