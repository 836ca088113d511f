"""Draws what is on a person's screen: a modal, a message, the books, a log."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.demo.books import RECEIVABLE, UNDEPOSITED, Books
from sandbox.quickbooks import Served
from sandbox.slack import Message, Modal

TICKED, CLEARED = "☑", "☐"
TOUCHED = "✎"  # Beside what the person entered; the rest stood there when the form opened.


class Seen(NamedTuple):
    """What a message showed, and how many seconds after the person had acted."""

    after: float
    plain: str
    buttons: tuple[str, ...]

    @property
    def status(self) -> str:
        """The status stands in the first line, behind the payment's reference."""
        return self.plain.partition("\n")[0].partition(" · ")[2]

    @property
    def explanation(self) -> str:
        return self.plain.rpartition("\n")[2]

    @property
    def names_next_try(self) -> bool:
        return "Next try" in self.explanation


def draw_modal(modal: Modal, *, owner: str, touched: Collection[str] = ()) -> Panel:
    fields = Table.grid(padding=(0, 1))
    fields.add_column(style="bold", no_wrap=True)
    fields.add_column(width=1)
    fields.add_column()
    for label in modal.labels:
        mark = TOUCHED if label in touched else ""
        fields.add_row(label, mark, Group(*_entered(modal, label)))
    ends = (modal.payload[end]["text"] for end in ("close", "submit"))
    return Panel(
        fields,
        title=Text(f"{modal.title} · {owner}’s screen"),
        title_align="left",
        subtitle=Text("  ".join(f"[{end}]" for end in ends)),
        subtitle_align="right",
        box=box.ROUNDED,
    )


def _entered(modal: Modal, label: str) -> Iterator[Text]:
    value = modal.value(label)
    if isinstance(value, list):  # Checkboxes: the ticked ones.
        for option in modal.options(label):
            yield Text(f"{TICKED if option in value else CLEARED} {option}")
    else:
        yield Text("—" if value is None else str(value))
    if hint := modal.hint(label):
        yield Text(hint, style="dim italic")


def draw_message(seen: Seen, *, reader: str) -> Panel:
    body = [Text(line) for line in seen.plain.splitlines()]
    return _message_panel(body, list(seen.buttons), reader)


def draw_reply(message: Message, *, reader: str) -> Panel:
    return _message_panel([Text(message.plain)], message.buttons, reader)


def _message_panel(body: Sequence[Text], buttons: Sequence[str], reader: str) -> Panel:
    row = [Text("  ".join(f"[{button}]" for button in buttons), style="bold")] if buttons else []
    return Panel(
        Group(*body, *row),
        title=Text(f"Counterfoil to {reader}"),
        title_align="left",
        box=box.ROUNDED,
    )


def draw_history(history: Sequence[Seen]) -> RenderableType:
    """How one message changed in place."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for seen in history:
        table.add_row(f"{seen.after:.1f} s", seen.status, Text(seen.explanation))
    return Padding(table, (0, 0, 1, 2))


def draw_books(before: Books, now: Books) -> Table:
    table = Table(title="QuickBooks", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("Larkspur Accounting")
    table.add_column("before", justify="right")
    table.add_column("now", justify="right", style="bold")
    table.add_row("Customer payments", str(len(before.payments)), str(len(now.payments)))
    table.add_row(UNDEPOSITED, f"{before.undeposited:,.2f}", f"{now.undeposited:,.2f}")
    table.add_row(RECEIVABLE, f"{before.receivable:,.2f}", f"{now.receivable:,.2f}")
    return table


def draw_requests(requests: Sequence[Served]) -> Table:
    table = Table(title="QuickBooks’ own log", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("Request", "What for", "Answer"):
        table.add_column(heading)
    for served in requests:
        trouble = served.disturbed.value if served.disturbed else None
        table.add_row(
            f"{served.method} {served.entity}", served.operation, trouble or str(served.status)
        )
    return table
