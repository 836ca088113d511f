"""counterfoil audit: whether the record of who did what is as it was written."""

import asyncio
from typing import Annotated

import typer

from bot.commands.terminal import FAILED, MISUSED, fail, ledger_of, progress, read
from bot.config import Storage, read_storage
from services.audits import Audits
from services.domain.audit import Head, Misfit
from services.domain.ids import FirmId

app = typer.Typer(no_args_is_help=True, help="Look after the record of who did what.")


@app.callback()
def _group() -> None:
    """A group, though it has one command yet."""


@app.command()
def verify(
    firm: Annotated[str | None, typer.Option(help="One workspace's alone, as T0123ABCD.")] = None,
) -> None:
    """See whether the audit is as it was written; name the first row that does not fit.

    Each row holds a hash over itself and the row before it. Keep the last one's, which this tells:
    whoever writes the whole audit anew cannot come to the same.
    """
    found = asyncio.run(_verify(read(read_storage), FirmId(firm) if firm else None))
    for each, verdict in found.items():
        typer.echo(f"{each}: {_told(verdict)}")
    if not found:
        typer.echo("Nothing was done yet.")
    if any(isinstance(verdict, Misfit) for verdict in found.values()):
        raise typer.Exit(FAILED)


async def _verify(storage: Storage, firm: FirmId | None) -> dict[FirmId, Head | Misfit]:
    async with ledger_of(storage) as database:
        audits = Audits(database)
        known = await audits.firms()
        if firm is not None and firm not in known:
            there = ", ".join(known) or "none"
            fail(f"--firm: there is no audit of {firm}. There are: {there}.", code=MISUSED)
        asked = {firm: known[firm]} if firm is not None else known
        with progress("Rows", sum(asked.values())) as advance:
            return {each: await audits.verify(each, advance=advance) for each in asked}


def _told(verdict: Head | Misfit) -> str:
    match verdict:
        case Head():
            return f"all {verdict.sequence} rows fit; the last one's hash is {verdict.hash}"
        case Misfit():
            return f"row {verdict.sequence} does not fit: {verdict.wrong}"
