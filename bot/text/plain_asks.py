"""What somebody asks in plain words that a command answers, in any language of the bot: `2`, `why 3?`,
`what is new in robotics?`, `stop`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.lexicon import LEXICONS
from bot.text.words import CJK, fold

LONGEST = 80
"""Characters of the longest line that may ask so."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"#?\s*(\d{1,2})\s*(?:[.!?。！？]|番|条|件)*")
_NUMBER_BEHIND = re.compile(r"(?<!\d)(\d{1,2})\D{0,2}\Z")


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: `why`, `save`, `story`, `end` or `latest`, and of what, empty where that is not said."""

    kind: str
    subject: str = ""


def read_ask(text: str) -> Ask | None:
    """Return what a line asks as a whole, None for one that says anything else."""
    if len(text) > LONGEST:
        return None
    if number := _NUMBER.fullmatch(text.strip()):
        return Ask("story", number[1])
    key = _key(text)
    for kind in ("why", "end", "latest"):
        if key in _phrases(kind):
            return Ask(kind)
    return _numbered(text) or _about(key)


def _numbered(text: str) -> Ask | None:
    """Return what is asked of a story by its number: `save 2`."""
    line = text.strip()
    match = _NUMBER_BEHIND.search(line)
    words = _key(line[: match.start()]) if match else ""
    kind = next((kind for kind in ("why", "save", "story") if words in _phrases(kind)), "")
    return Ask(kind, match[1]) if match and kind else None


def _about(key: str) -> Ask | None:
    """Return that what is new is asked about something, named behind the question or before it."""
    for phrase in _longest_first("latest"):
        if key.startswith(f"{phrase} "):
            return Ask("latest", key.removeprefix(phrase).strip())
    for phrase in _longest_first("latest_behind"):
        if key.endswith(phrase) and re.search(f"[{CJK}]", phrase):
            return Ask("latest", key.removesuffix(phrase).strip())
    return None


def _key(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


def _longest_first(kind: str) -> list[str]:
    return sorted(_phrases(kind), key=len, reverse=True)


def _phrases(kind: str) -> frozenset[str]:
    return _phrases_by_kind()[kind]


@cache
def _phrases_by_kind() -> Mapping[str, frozenset[str]]:
    kinds = ("why", "save", "story", "end", "latest", "latest_behind")
    return {
        kind: frozenset(
            _key(phrase) for lexicon in LEXICONS.values() for phrase in getattr(lexicon.asks, kind)
        )
        for kind in kinds
    }
