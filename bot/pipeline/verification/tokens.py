"""Sentences as the gate compares them: words with their keys, so that inflected forms of one word meet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.text.sentences import sentences
from bot.text.stopwords import STOPWORDS
from bot.text.words import CJK, fold

_GLUED = re.compile(r"((?:[^\W\d_]{2}|[\d%)”»\"'])[.!?][\"”»]?)(?=[\"“«„]?[A-Z\u00c0-\u00de][\w'’]*\s)")
"""Where a sentence ends and the next begins without a space, as pages glue them: “in 2014.The lab”."""

_HALF = re.compile("[\ud800-\udfff]")
"""Halves of a character, which broken pages hold and the splitter of sentences refuses."""

_TOKEN = re.compile(
    rf"[\u30a1-\u30fa\u30fc]+|[{CJK}]|\d+(?:[.,'’]\d+)*|(?:(?![{CJK}])[^\W\d_])+(?:-(?:(?![{CJK}])[^\W\d_])+)*|[%€$£¥]"
)
_CONTRACTED = re.compile(r"(?<=\w)n['’]t\b", re.IGNORECASE)
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
"""Where the splitter takes a German “im 20. Jahrhundert” for the end of a sentence."""
KEY = 5
"""Letters by which inflected forms of one word are told to be one: rise, rises, risen stay apart, launch and
launching meet.
"""

PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "des")
"""What turns a word into its denial, folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence: its words as written, folded, and their keys; keys that say something, and those denied by
    a prefix.
    """

    text: str
    language: str
    words: tuple[str, ...]
    folded_words: tuple[str, ...]
    keys: tuple[str, ...]
    content: frozenset[str]
    vocabulary: frozenset[str]
    denied_keys: frozenset[str]


def separate_sentences(text: str) -> str:
    """Return a text with a space between sentences that were run together, and in place of half
    characters.
    """
    return _GLUED.sub(r"\1 ", _HALF.sub(" ", text))


def tokens(text: str) -> list[str]:
    """Return words, numbers, units and single CJK characters; n't and cannot come apart."""
    return _TOKEN.findall(_CONTRACTED.sub(" not", text).replace("cannot", "can not"))


def key(folded_word: str) -> str:
    """Return what inflected forms of a folded word share."""
    return folded_word[:KEY]


def says_something(folded_word: str) -> bool:
    """Tell whether a folded word is more than a small word of its language."""
    return len(folded_word) > 2 and folded_word not in STOPWORDS


def line(text: str, language: str) -> Line:
    """Return one sentence, read."""
    words = tuple(tokens(text))
    folded_words = tuple(fold(word) for word in words)
    keys = tuple(key(word) for word in folded_words)
    content = frozenset(k for k, w in zip(keys, folded_words, strict=True) if says_something(w))
    return Line(
        text=text,
        language=language,
        words=words,
        folded_words=folded_words,
        keys=keys,
        content=content,
        vocabulary=frozenset(folded_words),
        denied_keys=_denied_keys(folded_words),
    )


def _denied_keys(folded_words: Sequence[str]) -> frozenset[str]:
    """Return the keys of what is said of words to be not so: experienced, of inexperienced."""
    return frozenset(
        key(w.removeprefix(p))
        for w in folded_words
        if w.startswith(PREFIXES)
        for p in PREFIXES
        if w.startswith(p)
    )


@lru_cache(maxsize=256)
def lines(text: str, language: str) -> tuple[Line, ...]:
    """Return the sentences of a text, read."""
    parts: list[str] = []
    separated = separate_sentences(text)
    for span in sentences(separated, language):
        part = separated[span.start : span.end]
        if parts and language == "de" and _ORDINAL.search(parts[-1]):
            parts[-1] += " " + part
        else:
            parts.append(part)
    return tuple(line(part, language) for part in parts)
