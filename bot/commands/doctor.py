"""counterfoil doctor: what is wrong, and how to mend it."""

import asyncio
from datetime import UTC, datetime

import typer

from bot import log
from bot.commands.terminal import FAILED, MISUSED
from bot.config import BadConfig, Config, read_config, read_storage
from bot.doctor import Finding, examine_ledger, examining

_SETTINGS = "Mend it in .env or in the environment; .env.example says what each is for."


def doctor() -> None:
    """Check every setting and connection; say what is wrong, and how to mend it.

    No record is sent or changed. Ends with 0 where all is well, 1 where something is
    wrong, 2 where settings are.
    """
    log.set_up("error", "console")
    try:
        config = read_config()
    except BadConfig as error:
        for fault in str(error).splitlines():
            _tell(Finding("Settings", fault, _SETTINGS))
        asyncio.run(_look_at_ledger())
        raise typer.Exit(MISUSED) from None
    wrong = asyncio.run(_examine(config))
    typer.echo("All is well." if not wrong else f"{wrong} of these need mending.")
    raise typer.Exit(FAILED if wrong else 0)


async def _look_at_ledger() -> None:
    try:
        storage = read_storage()
    except BadConfig:
        return  # It was among what is told already.
    _tell(await examine_ledger(storage))


async def _examine(config: Config) -> int:
    """How much is wrong."""
    wrong = 0
    async with examining(config, lambda: datetime.now(UTC)) as findings:
        async for finding in findings:
            _tell(finding)
            wrong += finding.mend is not None
    return wrong


def _tell(finding: Finding) -> None:
    state = "ok   " if finding.mend is None else "wrong"
    typer.echo(f"{state}  {finding.about}: {finding.words.rstrip('.')}.")
    if finding.mend is not None:
        typer.echo(f"       {finding.mend}")
