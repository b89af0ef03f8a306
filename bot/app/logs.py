"""Logs: readable on a terminal, JSON elsewhere, and never with a secret in them."""

import logging
import re
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

TOKENS = re.compile(
    r"\b\d{6,12}:[A-Za-z0-9_-]{30,}\b|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b|\bsk-[A-Za-z0-9_-]{16,}\b|(?<=://)[^/@\s]+:[^/@\s]+(?=@)"
)
"""What Telegram and Discord tokens, model keys and passwords in addresses look like."""


def configure(
    secrets: Sequence[str], *, stream: TextIO | None = None, level: int = logging.INFO
) -> FilteringBoundLogger:
    """Set up logging to a stream (standard error by default) and return the program's log."""
    out = stream or sys.stderr
    pretty = out.isatty()
    hide = _hider([secret for secret in secrets if len(secret) >= 6])
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if pretty else [structlog.processors.dict_tracebacks]),
        hide,
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        stream=out, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_Redacting(secrets))
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def _hider(secrets: Sequence[str]) -> Any:
    def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _hidden(value, secrets) for key, value in event.items()}

    return hide


def _hidden(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "•••")
        return TOKENS.sub("•••", value)
    if isinstance(value, dict):
        return {key: _hidden(inner, secrets) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_hidden(inner, secrets) for inner in value]
    return value


class _Redacting(logging.Filter):
    """Hides secrets in what libraries log."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= 6]

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message without secrets."""
        record.msg, record.args = _hidden(record.getMessage(), self._secrets), ()
        return True
