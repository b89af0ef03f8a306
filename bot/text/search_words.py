"""What is looked for in texts, and the words by which they are found.

They are folded, with each Chinese, Japanese or Korean character as a word of its own, for where words end
there only a dictionary knows.
"""

import re
from dataclasses import dataclass

from bot.text.words import CJK, fold, has_cjk

PREFIX_LETTERS = 3
"""Letters from which a word also finds longer ones that begin with it."""

LONGEST_WORD = 60
"""Letters of a word that count; a tsvector has room for two thousand bytes of one."""

_WORD = re.compile(r"[^\W_]+")
_CHARACTER = re.compile(f"([{CJK}])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one behind the other; of an `open` one the last may go on (`robot` finds robots)."""

    words: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What is looked for: all of some phrases, and none of others."""

    phrases: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...] = ()


def search_words(text: str) -> list[str]:
    """Return the words by which a text is found, in order."""
    folded = fold(text)
    spaced = _CHARACTER.sub(r" \1 ", folded) if has_cjk(folded) else folded
    return [word[:LONGEST_WORD] for word in _WORD.findall(spaced)]


def phrase_of(text: str, *, exact: bool) -> Phrase | None:
    """Return what a person typed as a phrase, None where there is no word in it.

    One that is not `exact` finds what begins like it, too.
    """
    phrase_words = tuple(search_words(text))
    if not phrase_words:
        return None
    return Phrase(
        phrase_words, not exact and len(phrase_words[-1]) >= PREFIX_LETTERS and not has_cjk(phrase_words[-1])
    )
