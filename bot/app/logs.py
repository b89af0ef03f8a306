"""Logs: readable on a terminal, JSON elsewhere, and never with a secret in them, whoever logs: keys in
addresses go, too.
"""

import logging
import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from bot.pipeline.entries.urls import mask_secrets
from bot.platforms import chat_platforms

SECRETS = r"\bsk-[A-Za-z0-9_-]{16,}\b|(?<=://)[^/@\s]+:[^/@\s]+(?=@)"
"""What model keys and passwords in addresses look like."""

_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
"""What variables hold is nobody's to read: keys, addresses, other people's words; nor does it fit on
a line.
"""

PLAIN = "%(levelname)s %(name)s: %(message)s"


@cache
def secret_pattern() -> re.Pattern[str]:
    """Return what secrets look like that nobody told us of: tokens of platforms, model keys, passwords in
    addresses.
    """
    tokens = (spec.credential_pattern for spec in chat_platforms() if spec.credential_pattern)
    return re.compile("|".join((*tokens, SECRETS)))


def configure(
    secrets: Sequence[str], *, stream: TextIO | None = None, level: int = logging.INFO
) -> FilteringBoundLogger:
    """Set up logging to a stream (standard error by default) and return the program's log."""
    out = stream or sys.stderr
    pretty = out.isatty()
    long_secrets = [secret for secret in secrets if len(secret) >= 6]
    hide = _hider(long_secrets)
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if pretty else [_TRACEBACKS]),
        hide,
        *(_for_people(long_secrets) if pretty else [structlog.processors.JSONRenderer(ensure_ascii=False)]),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=out, level=logging.WARNING, force=True)
    for name in ("apscheduler", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what fails we log ourselves, once
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Redacting(long_secrets))
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def _for_people(secrets: Sequence[str]) -> list[Any]:
    """Return what renders for a terminal. Tracebacks are made by the renderer, so that what it made is looked
    through once more.
    """
    render = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return [render, lambda _logger, _method, line: _hide_secrets(line, secrets)]


def _hider(secrets: Sequence[str]) -> Any:
    def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _hide_secrets(value, secrets) for key, value in event.items()}

    return hide


def _hide_secrets(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "•••")
        return secret_pattern().sub("•••", mask_secrets(value))
    if isinstance(value, dict):
        return {key: _hide_secrets(inner, secrets) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hide_secrets(inner, secrets) for inner in value]
    return value


class _Redacting(logging.Formatter):
    """Hides secrets in what libraries log, tracebacks included."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__(PLAIN)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's lines without secrets."""
        return str(_hide_secrets(super().format(record), self._secrets))
