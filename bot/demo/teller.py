"""Tells the story: prints, pauses where a person watches, and keeps the list of checks."""

import asyncio
import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

NARROWEST, WIDEST = 60, 88  # Columns; longer lines are hard to follow.
BEAT = 1.3  # Seconds in which something that happened sinks in.
KEYSTROKE = 0.5  # Seconds between two fields that are filled in.


# For a terminal that cannot show them; each is one column wide, like what it stands for.
TYPED = {"☑": "x", "☐": "_", "✎": "*", "✓": "+", "✗": "!", "→": ">", "·": "-", "“": '"', "”": '"'}
TYPED |= {"’": "'", "—": "-", "–": "-", "═": "=", "…": "~"}


def _type_instead(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(TYPED.get(sign, "?") for sign in missing), error.end


def _console() -> Console:
    if isinstance(sys.stdout, io.TextIOWrapper):
        codecs.register_error("typewriter", _type_instead)
        sys.stdout.reconfigure(errors="typewriter")
    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(max(console.width, NARROWEST), WIDEST)
    return console


@dataclass(frozen=True)
class Check:
    claim: str
    holds: bool


@dataclass
class Teller:
    paced: bool
    console: Console = field(default_factory=_console)
    checks: list[Check] = field(default_factory=list)

    def title(self, text: str) -> None:
        self.console.print(Rule(Text(text, style="bold"), characters="═"))

    def chapter(self, text: str) -> None:
        self.console.print()
        self.console.print(Rule(Text(text, style="bold"), align="left"))

    def say(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text))

    def whisper(self, text: str) -> None:
        self.console.print(Padding(Text(text, style="italic"), (0, 0, 0, 2)))

    def step(self, who: str, did: str) -> None:
        self.console.print()
        self.console.print(Text.assemble((f"{who}  ", "bold"), did))

    def show(self, thing: RenderableType) -> None:
        self.console.print(thing)

    def quote(self, heading: str, text: str) -> None:
        self.console.print(Panel(Text(text), title=heading, title_align="left"))

    @contextmanager
    def changing(self, first: RenderableType) -> Iterator[Live]:
        """Show something that changes in place; where nothing can, only its last state."""
        with Live(first, console=self.console, auto_refresh=False) as live:
            yield live
        if not self.console.is_terminal:
            self.console.line()  # Rich leaves the last line open there.

    async def pause(self, seconds: float = BEAT) -> None:
        if self.paced:
            await asyncio.sleep(seconds)

    def check(self, claim: str, *, found: object, expected: object) -> None:
        """Note whether the world is as claimed, and say what differs where it is not."""
        check = Check(claim, found == expected)
        self.checks.append(check)
        mark, style = ("✓", "green") if check.holds else ("✗", "bold red")
        self._list(Text.assemble((f"{mark} ", style), claim))
        if not check.holds:
            self._list(Text(f"  expected: {expected}\n  found:    {found}"))

    def break_off(self, reason: Exception) -> None:
        """The story cannot go on, which no story should."""
        words = str(reason) or "What should have come on the screen did not come in time."
        self.checks.append(Check("The story was told to its end", holds=False))
        self._list(Text.assemble(("✗ ", "bold red"), f"The story broke off. {words}"))

    def verdict(self) -> int:
        """Sum up; what comes back is the exit code."""
        held = sum(check.holds for check in self.checks)
        failed = len(self.checks) - held
        self.console.print()
        if self.checks and not failed:
            self.console.print(Text(f"✓ All {held} checks hold.", style="bold green"))
            return 0
        self.console.print(
            Text(f"✗ {failed} of {len(self.checks)} checks failed:", style="bold red")
        )
        for check in self.checks:
            if not check.holds:
                self._list(Text(f"✗ {check.claim}"))
        return 1

    def _list(self, line: Text) -> None:
        self.console.print(Padding(line, (0, 0, 0, 2)))
