"""Whether the program would understand a command, without running it."""

from typing import Any

from typer.exceptions import TyperException
from typer.main import get_command

from bot.cli import app


def complaint_about(words: list[str]) -> str | None:
    """What it would say, and end with 2; None where it would begin."""
    command: Any = get_command(app)
    name, rest, context = "counterfoil", words, None
    try:
        while hasattr(command, "resolve_command"):
            context = command.make_context(name, list(rest), parent=context)
            if not (left := [*context._protected_args, *context.args]):
                return f"{name} alone does nothing"
            name, command, rest = command.resolve_command(context, left)
        command.make_context(name, list(rest), parent=context)
    except TyperException as error:
        return str(error)
    return None
