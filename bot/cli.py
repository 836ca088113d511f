"""The command line; most commands stand in `bot.commands`, a file for each thing."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlalchemy import make_url

from bot import log
from bot.commands import audit, backup, doctor, export, importing, keys, restore
from bot.commands.terminal import TOO_NEW, fail, only_process, read, saying_what_is_wrong
from bot.config import Config, Storage, read_config, read_storage
from bot.slack import complaint_about
from bot.web import build_web
from sandbox.quickbooks import serve as quickbooks_sandbox
from sandbox.slack import serve as slack_sandbox
from services.db.opening import TooNew, is_postgres, upgrade

GOODBYE_SECONDS = 2  # For requests under way; what follows has its own limits, 10 s in all.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Record offline payments in Slack, and keep QuickBooks Online in step.",
)
sandbox = typer.Typer(no_args_is_help=True, help="Run a simulated QuickBooks or Slack alone.")
database = typer.Typer(no_args_is_help=True, help="Look after the database.")
app.command()(doctor.doctor)
app.command()(backup.backup)
app.command()(restore.restore)
app.add_typer(sandbox, name="sandbox")
app.add_typer(database, name="db")
app.add_typer(audit.app, name="audit")
app.add_typer(importing.app, name="import")
app.add_typer(export.app, name="export")
app.add_typer(keys.app, name="keys")

Port = Annotated[int, typer.Option(help="The port on 127.0.0.1; 0 takes a free one.")]


def main() -> None:
    app()


@app.command()
def serve() -> None:
    """Run the bot, with the settings of the environment (see .env.example)."""
    # To be told to stop is no failure; and the first process of a container heeds no signal that
    # it does not handle.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _serve(read(read_config))


def _serve(config: Config) -> None:
    log.set_up(config.log_level, config.log_format)
    if complaint := asyncio.run(complaint_about(config)):
        fail(complaint, code=2)
    with _up_to_date(config):
        _run(config)


def _run(config: Config) -> None:
    try:
        uvicorn.run(
            build_web(config),
            host=config.host,
            port=config.port,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # Nothing here depends on who is asking.
            timeout_graceful_shutdown=GOODBYE_SECONDS,
        )
    except SystemExit as failure:  # It did not start, and has logged why; its code is its own.
        raise typer.Exit(1) from failure


@app.command()
def demo(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Without pauses; nobody needs to watch.")
    ] = False,
) -> None:
    """See the main job happen in a simulated Slack and QuickBooks, books included."""
    from bot.demo import run  # noqa: PLC0415 - only the demo pays for it.

    raise typer.Exit(run(paced=not check))


@sandbox.command()
def quickbooks(port: Port = 0) -> None:
    """Serve a simulated QuickBooks company; the first line says how to reach it, as JSON."""
    quickbooks_sandbox.run(port)


@sandbox.command()
def slack(
    port: Port = 0,
    deliver_to: Annotated[
        str | None,
        typer.Option(help="Where the app under test takes Slack's requests; unsaid: its sockets."),
    ] = None,
    workspaces: Annotated[
        int, typer.Option(min=1, max=100, help="Of one app; only the first begins with it.")
    ] = 1,
    *,
    rotate_tokens: Annotated[
        bool, typer.Option("--rotate-tokens", help="Tokens of new installs last twelve hours.")
    ] = False,
) -> None:
    """Serve a simulated Slack workspace; the first line says how to reach it, as JSON."""
    slack_sandbox.run(port, deliver_to, workspaces=workspaces, rotate_tokens=rotate_tokens)


@database.command(name="upgrade")
def db_upgrade() -> None:
    """Bring the database's schema up to date."""
    with _up_to_date(read(read_storage)):
        typer.echo("The database is up to date.")


@contextmanager
def _up_to_date(storage: Storage) -> Iterator[None]:
    """A SQLite file is this process's alone meanwhile; a PostgreSQL is there for several."""
    url = storage.database_url
    alone = nullcontext() if is_postgres(url) else only_process(Path(make_url(url).database or ""))
    with alone:
        try:
            with saying_what_is_wrong():
                upgrade(url)
        except TooNew:
            fail(TOO_NEW)
        yield
