"""How a model's answer is read: the JSON that was asked for, also in a fence, among words, cut off or not
quite JSON.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.summarizers.openai.prompt import visible_text

MOST_IDS, LARGEST_ID = 100, 1_000_000
"""Numbers that a sentence cites at most, and how large: a prompt counts its sentences from one."""


MOST_OBJECTS = 200
"""Braces at which a sentence is looked for; an answer that holds more of them is no answer."""

_THOUGHTS = re.compile(r"^\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LAST_COMMA = re.compile(r",(?=\s*[\]}])")
_DECODER = json.JSONDecoder(strict=False)
"""Small models break lines within a text."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model gave it, with the numbers it cites; nothing of it is checked yet."""

    text: str
    ids: tuple[int, ...]


def read(answer: str) -> list[Draft] | None:
    """Return the sentences of an answer, None where it holds none; an empty list of sentences is an answer.

    Of one that was cut off, or is not quite JSON, the sentences that are whole are returned.
    """
    answer = _THOUGHTS.sub("", answer, count=1)
    data = _object(answer)
    if data is not None and isinstance(data["sentences"], list):
        return _drafts(data["sentences"])
    return _drafts(_objects(_LAST_COMMA.sub("", answer))) or None


def _drafts(items: Iterable[Any]) -> list[Draft]:
    drafts = (_draft(item) for item in items)
    return [draft for draft in drafts if draft is not None]


def _object(answer: str) -> dict[str, Any] | None:
    """Return the first JSON object that holds sentences; what stands before and after it is passed over."""
    start = answer.find("{")
    for _ in range(20):  # an answer that talks may hold a few other braces; hundreds are no answer
        if start < 0:
            return None
        try:
            value, _ = _DECODER.raw_decode(answer, start)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and "sentences" in value:
            return value
        start = answer.find("{", start + 1)
    return None


def _objects(answer: str) -> Iterator[Any]:
    """Give every object of an answer that is whole and holds no other."""
    for match in islice(re.finditer(r"\{(?=[^{]*\})", answer), MOST_OBJECTS):
        try:
            yield _DECODER.raw_decode(answer, match.start())[0]
        except (ValueError, RecursionError):
            continue


def _draft(item: Any) -> Draft | None:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return None
    cited = item.get("ids")
    numbers = map(_number, (cited if isinstance(cited, list) else [cited])[:MOST_IDS])
    ids = tuple(n for n in numbers if n is not None and 0 <= n <= LARGEST_ID)
    text = visible_text(item["text"])
    return Draft(text, ids) if text and ids else None


def _number(cited: Any) -> int | None:
    """Return a number that a sentence cites; small models write it as text."""
    if isinstance(cited, str) and cited.isdecimal() and len(cited) < len(str(LARGEST_ID)):
        return int(cited)
    return cited if isinstance(cited, int) and not isinstance(cited, bool) else None
