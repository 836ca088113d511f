"""Structured logs on standard error: events and ids, never names, amounts or secrets.

What libraries log through `logging` comes in the same form, from warnings upwards, and without
what they put into their words.
"""

import logging
import re
import sys
from types import TracebackType
from typing import Literal

import structlog

from bot.tracebacks import told

log = structlog.get_logger()

# What an event may tell beside its own words: ids, kinds and counts; `bot/edges.py` passes them on.
FACTS = frozenset(
    {
        *("firm", "team", "realm", "channel", "place"),
        *("payment", "alert", "entry", "attempt", "epoch", "operation", "state", "outcome"),
        *("error", "reason", "needed", "kind", "status", "why"),
    }
)
OPEN_WORDS = frozenset({"uvicorn.error"})  # Speaks of sockets alone.
_VARIABLE = re.compile(r"[:({\[<'\"`=\n].*", re.DOTALL)  # What follows was filled in, mostly.

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def set_up(level: str, style: Literal["console", "json"]) -> None:
    chain: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_tell),
    ]
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # Never: all are told by then.
        )
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*chain, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # Kept, a logger would go on as it was set up first: one command after another, in a test.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_ConstantWords())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                *chain,
                structlog.stdlib.add_logger_name,
                structlog.processors.CallsiteParameterAdder(_WHERE),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    sys.excepthook = _tell_the_end


_WHERE = (
    structlog.processors.CallsiteParameter.FILENAME,
    structlog.processors.CallsiteParameter.LINENO,
)


def _tell(exc_info: _ExcInfo) -> str:
    return told(exc_info[1])


def _tell_the_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("ended by an error", exc_info=(kind, error, trace))


class _ConstantWords(logging.Filter):
    """Keeps of a library's words what is the same each time; the place in its code tells more."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name in OPEN_WORDS:
            record.msg, _, _ = record.getMessage().partition("\n")  # Else it is a traceback.
        elif not record.args:
            record.msg = _VARIABLE.sub("", str(record.msg)).rstrip()
        record.args = ()
        return True
