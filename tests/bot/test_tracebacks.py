"""An exception in the log: where it went through, and nothing that it says of a firm."""

import errno
from collections.abc import Callable
from typing import NoReturn

import pytest
import requests
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from bot.tracebacks import told

NAME = "Zyrtaxis"


def error_of(work: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is.
        work()
    return raised.value


def fail_for_the_client() -> NoReturn:
    raise LookupError(f"{NAME} is not there")


def fail_after_another() -> NoReturn:
    try:
        fail_for_the_client()
    except LookupError as error:
        raise ValueError(f"no {NAME}") from error


def fail_while_another() -> NoReturn:
    try:
        fail_for_the_client()
    finally:
        raise ValueError(f"no {NAME}")


def fail_together() -> NoReturn:
    raise ExceptionGroup(f"for {NAME}", [error_of(fail_after_another), KeyError(NAME)])


@pytest.mark.parametrize(
    ("work", "kinds"),
    [
        (fail_for_the_client, ["LookupError"]),
        (fail_after_another, ["LookupError", "ValueError"]),
        (fail_while_another, ["LookupError", "ValueError"]),
        (fail_together, ["ExceptionGroup", "LookupError", "ValueError", "KeyError"]),
    ],
)
def test_it_says_its_kind_and_where_it_went_through(
    work: Callable[[], object], kinds: list[str]
) -> None:
    lines = told(error_of(work)).splitlines()
    assert [line.partition(":")[0] for line in lines if line.endswith(": …")] == kinds
    assert f"in {work.__name__}" in "\n".join(lines)
    assert NAME not in "\n".join(lines)


def test_what_is_wrong_with_the_machine_is_told() -> None:
    def fill_the_disk() -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device", f"/home/{NAME}/counterfoil.db")

    assert told(error_of(fill_the_disk)).endswith("\nOSError: [Errno 28] No space left on device")


def test_what_is_wrong_with_the_database_is_told_without_a_value() -> None:
    engine = create_engine("sqlite://", hide_parameters=True)
    with engine.connect() as db:
        db.execute(text("CREATE TABLE clients (name TEXT UNIQUE)"))
        twice = text("INSERT INTO clients VALUES (:name), (:name)")
        error = error_of(lambda: db.execute(twice, {"name": NAME}))
    engine.dispose()
    lines = told(error)
    assert lines.endswith("IntegrityError: IntegrityError: UNIQUE constraint failed: clients.name")
    assert NAME not in lines


def test_what_a_server_says_of_values_is_left_out() -> None:
    detail = f'duplicate key value violates "uq"\nDETAIL:  Key (name)=({NAME}) already exists.'
    said = told(IntegrityError("INSERT", {"name": NAME}, Exception(detail)))
    assert said.endswith('IntegrityError: Exception: duplicate key value violates "uq"')
    bad = f'invalid input syntax for type integer: "{NAME}"'
    assert told(DataError("SELECT", {}, Exception(bad))).endswith("DataError: …")
    gone = "server closed the connection"
    assert told(OperationalError("SELECT", {}, Exception(gone))).endswith(gone)


def test_a_url_with_a_secret_in_it_is_left_out() -> None:
    """Their error is an operating system's by its parents."""
    error = requests.ConnectionError(f"Max retries exceeded with url: /token?code={NAME}")
    assert isinstance(error, OSError)
    assert told(error).endswith("ConnectionError: …")


def test_a_long_story_is_cut() -> None:
    def sink(left: int) -> None:
        if not left:
            raise ValueError(NAME)
        try:
            sink(left - 1)
        except ValueError as error:
            raise ValueError(left) from error

    assert len(told(error_of(lambda: sink(100)))) < 20_000
