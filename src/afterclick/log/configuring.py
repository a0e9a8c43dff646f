"""Brings everything that a process says to one handler on standard error."""

import logging
import sys
import threading
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor

from afterclick.log.recent import Recent
from afterclick.log.redaction import redact
from afterclick.log.repetition import Repetition

_TALKATIVE = ("alembic", "apscheduler", "asyncio", "httpcore", "httpx", "multipart", "sqlalchemy", "uvicorn")
"""Libraries of whose lines only warnings are for an operator; httpx would tell whole addresses."""


def configure() -> Recent:
    """Log from INFO up, as JSON unless standard error is a terminal; returns the memory of what went wrong.

    Local variables stay out of tracebacks, since they may hold what customers or keys are.
    """
    recent = Recent()
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        recent.processor,
        _renderer(),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=after))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*before, Repetition().processor, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    threading.excepthook = _thread_died
    return recent


def configure_for_a_verb() -> None:
    """Only errors, on standard error and without tracebacks: what a verb has to say, it says itself."""
    told: list[Processor] = [structlog.stdlib.add_log_level, _without_trace, redact, _renderer()]
    structlog.configure(
        processors=told,
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)


def _without_trace(_: object, __: str, event: EventDict) -> EventDict:
    error = sys.exc_info()[1] if event.pop("exc_info", None) else None
    return event if error is None else {**event, "error": repr(error)}


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(sort_keys=False, ensure_ascii=False)


def _thread_died(about: threading.ExceptHookArgs) -> None:
    error: BaseException | None = about.exc_value
    trace: TracebackType | None = about.exc_traceback
    if error is not None and about.exc_type is not SystemExit:
        name = about.thread.name if about.thread else "unknown"
        logging.getLogger("afterclick").error(
            "a thread died: %s", name, exc_info=(about.exc_type, error, trace)
        )
