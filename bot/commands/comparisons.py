"""What a comparison of the ledger with QuickBooks says in a terminal."""

from collections.abc import Sequence

import typer

from services.restoring.adopting import Adopted
from services.restoring.comparison import Comparison, describe

MOST_LISTED = 20


def tell(about: str, comparison: Comparison) -> None:
    as_of = comparison.as_of
    ledger = f"the ledger as of {as_of:%Y-%m-%d %H:%M:%S} UTC" if as_of else "an empty ledger"
    typer.echo(f"{about}: {comparison.objects} objects in QuickBooks, held against {ledger}.")
    if comparison.is_even:
        typer.echo("  They agree.")
    _list(
        "In QuickBooks, and the ledger does not know yet that they are; --go-on takes that over",
        [f"{each.name}: {describe(each.entity, each.row)}" for each in comparison.behind],
    )
    _list(
        "In QuickBooks, and not in the ledger; --go-on takes them over",
        [describe(each.entity, each.row) for each in comparison.lost],
    )
    _list(
        "Synced in the ledger, and not in QuickBooks any more; unsync them in Slack, or restore "
        "them there",
        [f"{each.name} (id {each.qbo_id})" for each in comparison.gone],
    )
    _list(
        "Not the same in both; edit them in Slack, or in QuickBooks",
        [f"{each.name}: {each.here}; in QuickBooks {each.there}" for each in comparison.changed],
    )
    if comparison.strangers:
        typer.echo(f"  Made by another ledger, long before, and left alone: {comparison.strangers}")


def tell_adopted(adopted: Adopted) -> None:
    typer.echo(f"  Taken over: {len(adopted.names)}. What waits is sent from now on.")
    _list("Not taken over", adopted.left)


def _list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        typer.echo(f"  {heading} ({len(lines)}):")
    for each in lines[:MOST_LISTED]:
        typer.echo(f"    {each}")
    if len(lines) > MOST_LISTED:
        typer.echo(f"    … and {len(lines) - MOST_LISTED} more.")
