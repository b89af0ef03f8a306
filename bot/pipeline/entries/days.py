"""Entries that are known by their day alone: what is added to one in the course of the day is an entry of its
own.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.model import Keys, KnownEntry, ParsedEntry
from bot.text.sentences import sentences
from bot.text.words import fold, words

MAX_TITLE = 100
"""Characters that the title of an addition takes over from its first sentence."""

SAME_SHARE = 0.8
"""Share of the shorter one's words from which two sentences without other figures are one."""

FEWEST_WORDS = 3
"""Words that an addition has at least; fewer are a label."""

LONGEST = 2000
"""Characters from which what is stored may have lost its end."""

_DAY = re.compile(r"(?:^|[#:])(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$")
_FIGURES = re.compile(r"\d+")


def is_of_day(guid: str) -> bool:
    """Tell whether a guid names a day and nothing else: “2026-05-12”, “…/log#2026-05-12”."""
    return _DAY.search(guid) is not None


def find_addition(known_entries: Sequence[KnownEntry], entry: ParsedEntry) -> ParsedEntry | None:
    """Return what an entry of a day tells beyond those that are known of that day, as an entry; None for
    nothing.
    """
    known_lines = [line for known_entry in known_entries for line in _split(known_entry.text, entry.language)]
    lines = _split(entry.text, entry.language)
    are_known = [any(_is_same(line, known_line) for known_line in known_lines) for line in lines]
    if True in are_known and any(len(known_entry.text) >= LONGEST for known_entry in known_entries):
        # What was cut off may come into sight again below what is known.
        lines = lines[: len(lines) - are_known[::-1].index(True)]
    new_lines = [line for line, is_known in zip(lines, are_known, strict=False) if not is_known]
    if sum(len(words(line)) for line in new_lines) < FEWEST_WORDS:
        return None
    is_titled_by_text = any(fold(entry.title).startswith(fold(line)[:MAX_TITLE]) for line in lines)
    title = _shortened(new_lines[0]) if is_titled_by_text else entry.title
    return replace(entry, title=title, text="\n".join(new_lines))


def keys_of_addition(entry: ParsedEntry, keys: Keys) -> Keys:
    """Return the names of what was added to an entry of a day, which has some names: it shares their
    alias.
    """
    evidence = f"added\n{keys.key}\n{fold(entry.text)}"
    return Keys(hashlib.blake2b(evidence.encode(), digest_size=16).hexdigest(), keys.alias, "")


def _split(text: str, language: str) -> list[str]:
    return list(_sentences(text[:LONGEST], language))


def _sentences(text: str, language: str) -> Iterator[str]:
    """Give the sentences of a text, without the mark of what a list counts."""
    for span in sentences(text, language):
        if words(sentence := text[span.start : span.end].strip()):
            yield sentence


def _is_same(first: str, second: str) -> bool:
    first_words, second_words = set(words(fold(first))), set(words(fold(second)))
    shared = len(first_words & second_words)
    has_same_figures = set(_FIGURES.findall(first)) <= set(_FIGURES.findall(second))
    return has_same_figures and shared >= SAME_SHARE * max(1, min(len(first_words), len(second_words)))


def _shortened(line: str) -> str:
    return line if len(line) <= MAX_TITLE else line[:MAX_TITLE].rsplit(" ", 1)[0] + "…"
