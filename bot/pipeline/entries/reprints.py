"""Reprints: entries that repeat most of an earlier one's text, found by the runs of words that they share."""

from collections.abc import Sequence
from functools import lru_cache

from bot.model import Entry
from bot.text.words import fold, words

SHINGLE_WORDS = 5
READ_WORDS = 400
MIN_SHINGLES = 10
"""A text with fewer runs is too short to be called a reprint."""

REPRINT_SHARE = 0.8
"""Share of the shorter text's runs that must stand in the other."""


def without_reprints(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries in order of publication without those that repeat most of an earlier one's text."""
    originals: list[Entry] = []
    earlier_shingles: list[frozenset[int]] = []
    for entry in sorted(entries, key=lambda e: (e.published, e.id)):
        shingles = _shingles(entry.text)
        if len(shingles) >= MIN_SHINGLES and any(
            len(shingles & earlier) >= REPRINT_SHARE * min(len(shingles), len(earlier))
            for earlier in earlier_shingles
            if earlier
        ):
            continue
        originals.append(entry)
        earlier_shingles.append(shingles)
    return originals


@lru_cache(maxsize=1 << 7)
def _shingles(text: str) -> frozenset[int]:
    tokens = words(fold(text))[:READ_WORDS]
    return frozenset(
        hash(tuple(tokens[i : i + SHINGLE_WORDS])) for i in range(len(tokens) - SHINGLE_WORDS + 1)
    )
