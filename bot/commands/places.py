"""Where an export goes: standard output, a file, a folder, an archive; whole, or not at all."""

import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, BinaryIO, TextIO

from bot.commands.terminal import MISUSED, fail

STDOUT = "-"
Open = Callable[[str], AbstractContextManager[TextIO]]  # A sheet's file, by the sheet's name.
Place = Callable[[str], AbstractContextManager[Open]]  # By what the operator called it.


@contextmanager
def one_file(output: str) -> Iterator[Open]:
    """For one sheet."""
    with _written(output) as raw:
        yield lambda _: _as_text(raw)


def many_files(output: str) -> AbstractContextManager[Open]:
    """A folder; an archive where it is called `….zip`, or goes to standard output."""
    is_archive = output == STDOUT or output.lower().endswith(".zip")
    return _archive(output) if is_archive else _folder(Path(output))


@contextmanager
def _archive(output: str) -> Iterator[Open]:
    with _written(output) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:

        @contextmanager
        def opened(name: str) -> Iterator[TextIO]:
            entry = archive.open(f"{name}.csv", "w", force_zip64=True)
            with entry, _as_text(entry) as text:
                yield text

        yield opened


@contextmanager
def _folder(folder: Path) -> Iterator[Open]:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        fail(f"{folder} is there already, and not an empty folder.", code=MISUSED)
    made = Path(tempfile.mkdtemp(dir=_parent(folder), prefix=f".{folder.name}-"))
    try:
        yield lambda name: (made / f"{name}.csv").open("w", encoding="utf-8", newline="")
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made)
        raise


@contextmanager
def _written(output: str) -> Iterator[BinaryIO]:
    file = Path(output)
    if output == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif file.exists() and not file.is_file():
        with _device(file) as raw:
            yield raw
    else:
        with _whole(file) as raw:
            yield raw


def _device(file: Path) -> BinaryIO:
    """A pipe or the like is written to, never replaced."""
    try:
        return file.open("wb")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", code=MISUSED)


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """It takes its name once it is whole, in place of what bore it; nobody else may read it."""
    with tempfile.NamedTemporaryFile(
        dir=_parent(file), prefix=f".{file.name}-", delete=False
    ) as raw:
        try:
            yield raw  # type: ignore[misc] # It is one, in all but name.
            raw.flush()
            os.fsync(raw.fileno())
            Path(raw.name).replace(file)
        except BaseException:
            Path(raw.name).unlink()
            raise


def _parent(path: Path) -> Path:
    parent = path.absolute().parent
    if not parent.is_dir():
        fail(f"There is no folder {parent}.", code=MISUSED)
    return parent


@contextmanager
def _as_text(raw: IO[bytes]) -> Iterator[TextIO]:
    text = TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)
    try:
        yield text
        text.flush()
    finally:
        text.detach()
