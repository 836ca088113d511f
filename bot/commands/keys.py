"""counterfoil keys: what the tokens in the ledger are encrypted with."""

import asyncio

import typer

from bot.commands.terminal import fail, ledger_of, progress, read
from bot.config import Vault, read_vault
from services.errors import CounterfoilError
from services.resealing import Resealed, Resealing

app = typer.Typer(no_args_is_help=True, help="Look after the keys that encrypt the tokens.")


@app.command()
def rotate() -> None:
    """Encrypt all tokens with the first of ENCRYPTION_KEYS; safe while the bot serves.

    Put the new key first, keep the old ones behind it, start the bot anew, run this; then take
    the old ones out.
    """
    done = asyncio.run(_rotate(read(read_vault)))
    typer.echo(
        f"Encrypted {done.changed} tokens anew; all {done.tokens} are encrypted with the first "
        "key. ENCRYPTION_KEYS needs no other any more."
    )


async def _rotate(settings: Vault) -> Resealed:
    async with ledger_of(settings) as database:
        resealing = Resealing(database, settings.vault, settings.first_key)
        with progress("Tokens", await resealing.count()) as advance:
            try:
                return await resealing.rotate(advance)
            except CounterfoilError as error:
                fail(str(error))
