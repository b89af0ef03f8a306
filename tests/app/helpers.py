"""A log that says nothing."""

import io
from typing import Any

import structlog


def quiet_log() -> Any:
    return structlog.wrap_logger(
        structlog.PrintLogger(io.StringIO()), processors=[structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(10),
    )  # fmt: skip
