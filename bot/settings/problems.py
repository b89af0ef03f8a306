"""What is wrong with a value of a file or of the environment, in a sentence."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from bot.pipeline.entries.urls import mask_secrets
from bot.settings.file import (
    FileSettings,
)

MASK = "•••"
"""In place of what may be a key that somebody gave to the wrong name."""


def describe_problem(error: Any) -> str:
    """Return pydantic's error as: what was found, what is allowed."""
    keyed = error["loc"][-1:] == ("key",) or {"headers", "cookie", "proxy"} & set(error["loc"])
    value = MASK if keyed else mask_secrets(str(error.get("input")))
    text = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        fields = _section_of(error["loc"]).model_fields
        similar = difflib.get_close_matches(str(error["loc"][-1]), fields, n=1)
        return "there is no such key" + (f"; did you mean {similar[0]}?" if similar else ".")
    if error["type"] == "missing":
        return "this key is missing."
    text = text.replace("Input should", "should").rstrip(".")
    sentence = text if text.startswith("`") else f"`{str(value)[:60]}` {text[0].lower()}{text[1:]}"
    return sentence if sentence.endswith("?") else f"{sentence}."


def _section_of(loc: Sequence[int | str]) -> type[BaseModel]:
    """Return the section of the file that a key stands in."""
    section: type[BaseModel] = FileSettings
    for part in loc[:-1]:
        field = section.model_fields.get(str(part))
        section = next(_sections_in(field.annotation), section) if field else section
    return section


def _sections_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections_in(inner)
