"""Whether somebody takes back what they have asked for last, in any language of the bot."""

import re
from functools import cache

from bot.lexicon import LEXICONS
from bot.text.words import fold

LONGEST = 80
"""Characters of the longest line that may say so."""

FILLERS_MAX = 3
"""Words that may stand before or behind and say nothing."""

_WORD = re.compile(r"\w+")


def is_take_back(text: str) -> bool:
    """Tell whether a line, as a whole, takes back what was asked for last; words that say nothing may stand
    before and behind (`please`).
    """
    if len(text) > LONGEST:
        return False
    words = _key(text).split()
    starts, ends = _without_fillers(words), _without_fillers(words[::-1])
    return any(" ".join(words[start : len(words) - end]) in _take_backs() for start in starts for end in ends)


def _without_fillers(words: list[str]) -> list[int]:
    """Return after how many of the first words something may begin: none, or those that say nothing."""
    counts = [0]
    for count in range(1, FILLERS_MAX + 1):
        head = words[:count]
        if {" ".join(head), " ".join(head[::-1])} & _fillers():
            counts.append(count)
    return counts


def _key(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


@cache
def _take_backs() -> frozenset[str]:
    return frozenset(_key(line) for lexicon in LEXICONS.values() for line in lexicon.wishes.take_backs)


@cache
def _fillers() -> frozenset[str]:
    return frozenset(_key(line) for lexicon in LEXICONS.values() for line in lexicon.wishes.fillers)
