"""counterfoil export: the ledger as CSV."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.places import STDOUT, Place, many_files, one_file
from bot.commands.spreadsheets import Writer
from bot.commands.terminal import MISUSED, Advance, fail, ledger_of, progress, read
from bot.config import Storage, read_storage
from services.db import sheets
from services.db.sheets import Sheet
from services.domain.ids import FirmId
from services.errors import NotFound
from services.exports import View, viewed

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

app = typer.Typer(no_args_is_help=True, help="Write the ledger as CSV, safe to open anywhere.")


class Format(StrEnum):
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", help="The only one so far.")]
Firm = Annotated[
    str | None, typer.Option("--firm", metavar="T…", help="One Slack workspace; else all.")
]
Output = Annotated[str, typer.Option("--output", "-o", help="A file, or - for standard output.")]
Excel = Annotated[
    bool, typer.Option("--excel", help="Begin with the mark by which Excel knows UTF-8.")
]


@dataclass(frozen=True)
class Wanted:
    """What goes where; `firm` of None: all firms."""

    sheets: Sequence[Sheet]
    place: Place
    output: str
    firm: str | None
    excel: bool


@app.command()
def payments(
    *,
    style: FormatOption = Format.CSV,
    firm: Firm = None,
    output: Output = STDOUT,
    excel: Excel = False,
) -> None:
    """Write all payments: what each settles, and how it stands with QuickBooks."""
    del style
    _export(Wanted([sheets.PAYMENTS], one_file, output, firm, excel))


@app.command()
def audit(
    *,
    style: FormatOption = Format.CSV,
    firm: Firm = None,
    output: Output = STDOUT,
    excel: Excel = False,
) -> None:
    """Write who did what, and when."""
    del style
    _export(Wanted([sheets.AUDIT], one_file, output, firm, excel))


@app.command(name="all")
def everything(
    *,
    style: FormatOption = Format.CSV,
    firm: Firm = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help="A folder, an archive ….zip, or - for one on standard output."
        ),
    ] = None,
    excel: Excel = False,
) -> None:
    """Write every table of interest, each into a file of its own; no tokens."""
    del style
    where = output or f"counterfoil-export-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    _export(Wanted(sheets.ALL, many_files, where, firm, excel))


def _export(wanted: Wanted) -> None:
    rows = asyncio.run(_write(read(read_storage), wanted))
    where = "standard output" if wanted.output == STDOUT else wanted.output
    typer.echo(f"Wrote {rows} rows to {where}.", err=True)


async def _write(storage: Storage, wanted: Wanted) -> int:
    firm = FirmId(wanted.firm) if wanted.firm else None
    async with ledger_of(storage) as database:
        try:
            async with viewed(database, firm) as view:
                return await _write_view(view, wanted)
        except NotFound as error:
            fail(str(error), code=MISUSED)


async def _write_view(view: View, wanted: Wanted) -> int:
    total = sum([await view.count(sheet) for sheet in wanted.sheets])
    with wanted.place(wanted.output) as opened, progress("Rows", total) as advance:
        for sheet in wanted.sheets:
            with opened(sheet.name) as file:
                file.write(BYTE_ORDER_MARK if wanted.excel else "")
                await _write_sheet(view, sheet, Writer(file), advance)
    return total


async def _write_sheet(view: View, sheet: Sheet, writer: Writer, advance: Advance) -> None:
    writer.write(sheet.columns)
    async for rows in view.rows(sheet):
        for row in rows:
            writer.write(row)
        advance(len(rows))
