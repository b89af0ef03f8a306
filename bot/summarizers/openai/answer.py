"""How a model's answer is read: the JSON that was asked for, also in a fence or among words."""

import json
from dataclasses import dataclass
from typing import Any

from bot.summarizers.openai.prompt import shown

MOST_IDS, LARGEST_ID = 100, 1_000_000
"""Numbers that a sentence cites at most, and how large: a prompt counts its sentences from one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model gave it, with the numbers it cites; nothing of it is checked yet."""

    text: str
    ids: tuple[int, ...]


def read(answer: str) -> list[Draft] | None:
    """Return the sentences of an answer, None where there is no JSON object with sentences in it; an empty list is an answer."""
    data = _object(answer)
    made = data.get("sentences") if data else None
    if not isinstance(made, list):
        return None
    drafts = [_draft(item) for item in made]
    return [draft for draft in drafts if draft is not None]


def _object(answer: str) -> dict[str, Any] | None:
    """Return the first JSON object that holds sentences; what stands before and after it is passed over."""
    decoder = json.JSONDecoder()
    start = answer.find("{")
    for _ in range(20):  # an answer that talks may hold a few other braces; hundreds are no answer
        if start < 0:
            return None
        try:
            found, _ = decoder.raw_decode(answer, start)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and "sentences" in found:
            return found
        start = answer.find("{", start + 1)
    return None


def _draft(item: Any) -> Draft | None:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return None
    cited = item.get("ids")
    numbers = cited if isinstance(cited, list) else []
    ids = tuple(
        n
        for n in numbers[:MOST_IDS]
        if isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= LARGEST_ID
    )
    text = shown(item["text"])
    return Draft(text, ids) if text and ids else None
