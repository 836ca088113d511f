"""counterfoil import: clients and invoices from a file."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import MISUSED, fail, ledger_of, progress, read
from bot.config import Storage, read_storage
from services.db import ledger
from services.db.engine import Database
from services.db.staging import Staged
from services.domain.ids import OPERATOR, FirmId
from services.domain.sync import RecordKind
from services.errors import CounterfoilError
from services.imports import Imports, Plan
from services.imports.files import Bad

MOST_TOLD = 100  # Lines; who has more has one mistake in all of them.

app = typer.Typer(no_args_is_help=True, help="Record what a CSV file holds: all of it, or nothing.")

File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="With a line of headings.")]
Firm = Annotated[
    str | None,
    typer.Option("--firm", metavar="T…", help="The Slack workspace; needed where there are more."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="If it is not UTF-8: cp1252, for example.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Say what would be recorded, and record none.")
]


@dataclass(frozen=True)
class Asked:
    what: RecordKind
    file: Path
    firm: str | None
    encoding: str | None
    check: bool


@app.command()
def clients(
    file: File, *, firm: Firm = None, encoding: Encoding = None, check: Check = False
) -> None:
    """Add clients: Name, and E-mail if you like.

    Who is a client already is left as it is. Nothing is sent to QuickBooks.
    """
    _import(Asked(RecordKind.CLIENT, file, firm, encoding, check))


@app.command()
def invoices(
    file: File, *, firm: Firm = None, encoding: Encoding = None, check: Check = False
) -> None:
    """Add invoices, a row for each line: Client, Number, Invoice date, Due date, Description,
    Quantity, Unit price.

    Rows of the same number are one invoice; without a number it gets the next one. Dates are
    written 2026-11-02, amounts 1250.00. Nothing is sent to QuickBooks.
    """  # noqa: D205 - all columns are told at once.
    _import(Asked(RecordKind.INVOICE, file, firm, encoding, check))


def _import(asked: Asked) -> None:
    try:
        raw = asked.file.read_bytes()
    except OSError as error:
        fail(f"{asked.file} cannot be read: {error.strerror}.", code=MISUSED)
    try:
        asyncio.run(_record(read(read_storage), asked, raw))
    except CounterfoilError as error:
        fail(f"{asked.file}: {error}")


async def _record(storage: Storage, asked: Asked, raw: bytes) -> None:
    async with ledger_of(storage) as database:
        firm = await _firm(database, asked.firm)
        imports = Imports(database, lambda: datetime.now(UTC))
        await imports.finish()  # What another run was killed in the middle of.
        plan = await imports.read(firm, asked.what, raw, encoding=asked.encoding)
        _tell(plan)
        if plan.bad:
            words = f"{len({each.line for each in plan.bad})} of {plan.rows} rows need mending"
            fail(f"Nothing was recorded: {words}.")
        if asked.check:
            typer.echo(f"Would add {_counted(len(plan.new), plan.there, asked.what)}")
            return
        with progress(f"{asked.what.capitalize()}s", len(plan.new)) as advance:
            done = await imports.record(plan, by=OPERATOR, advance=advance)
        _tell_end(done)


async def _firm(database: Database, given: str | None) -> FirmId:
    async with database.read() as db:
        firms = await ledger.all_firms(db)
    there = f"There are: {', '.join(firms) or 'none'}."
    if given is None and len(firms) != 1:
        fail(f"Say for which workspace, with --firm. {there}", code=MISUSED)
    if given is not None and given not in firms:
        fail(f"There is no workspace {given}. {there}", code=MISUSED)
    return FirmId(given) if given else firms[0]


def _tell(plan: Plan) -> None:
    if plan.unused:
        typer.echo(f"Not used: {', '.join(plan.unused)}.", err=True)
    _list(plan.notes)
    _list(plan.bad)


def _list(lines: Iterable[Bad]) -> None:
    told = list(lines)
    for each in told[:MOST_TOLD]:
        typer.echo(str(each), err=True)
    if len(told) > MOST_TOLD:
        typer.echo(f"… and {len(told) - MOST_TOLD} more like these.", err=True)


def _tell_end(done: Staged) -> None:
    typer.echo(f"Added {_counted(done.added, done.there, done.kind)}")
    if done.left_out:
        names = ", ".join(done.left_out)
        fail(f"Somebody else made these while you imported, so yours were left out: {names}.")


def _counted(added: int, there: int, what: RecordKind) -> str:
    noun = what if added == 1 else f"{what}s"
    return f"{added} {noun}; {there} {'was' if there == 1 else 'were'} there already."
