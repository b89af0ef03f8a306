"""Which sentences of its sources a sentence rests on: in its own language those that share most words, across
languages those that share most names and figures.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.lexicon import lexicon_of
from bot.pipeline.verification.names import names_in
from bot.pipeline.verification.polarity_words import CALENDAR
from bot.pipeline.verification.tokens import key, lines, says_something
from bot.text.concepts import find_names
from bot.text.numbers import figures
from bot.text.stopwords import STOPWORDS
from bot.text.words import CJK, fold, is_cjk

NEARLY_SHARE = 0.75
"""The share of what the nearest source sentence has in common from which another may be meant, too."""

LONGEST = 1500
"""Characters beyond which nothing is a sentence that another may rest on."""

FEW = 4
"""Sentences of sources in foreign languages that may all be meant where none shares a name or a figure."""

LEAST_SHARE = 0.55
"""The part of a source sentence that a sentence must be long enough to tell, across languages."""

PART_SHARE = 0.5
"""The share of a clause's words by which a sentence tells it."""

COVERED_SHARE = 0.45
"""The share of a sentence's words that its source sentence must have for the two to say the same."""

_WORD = re.compile(rf"(?:(?![{CJK}])[^\W_])+(?:['’-](?:(?![{CJK}])[^\W_])+)*")
_HAN_RUN = re.compile("[\u30a1-\u30fa\u30fc]{2,}|[\u3400-\u9fff]{2,}")
_CJK_CHARACTER = re.compile(f"[{CJK}]")
_NO_NAMES = STOPWORDS | CALENDAR
_LETTER = re.compile(r"\w")
_CJK_WEIGHT = 2.5
"""Letters that say what one character of Chinese or Japanese says."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something that a text names at `text[start:end]`, with a key that languages share."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a source, and its language."""

    text: str
    language: str


@lru_cache(maxsize=512)
def units(text: str) -> frozenset[str]:
    """Return what a text says, for comparing within one language: beginnings of telling words, pairs of
    ideographs.
    """
    folded_words = (fold(word) for word in _WORD.findall(text))
    spoken_words = {key(word) for word in folded_words if says_something(word) and not word[0].isdigit()}
    if is_cjk(text):
        spoken_words |= {run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1)}
    return frozenset(spoken_words)


@lru_cache(maxsize=512)
def mentions(text: str, language: str) -> tuple[Mention, ...]:
    """Return what a text names, in order: well-known names by their English form, others as they are
    written.
    """
    names = [Mention(start, end, concept) for start, end, concept in find_names(text, language)]
    names += [m for m in _written_names(text, language) if not any(_overlap(m, name) for name in names)]
    return tuple(sorted(names, key=lambda mention: mention.start))


def _written_names(text: str, language: str) -> Iterator[Mention]:
    for match in _WORD.finditer(text):
        word = fold(match.group()).removesuffix("'s").rpartition("'")[2]
        if any(c.isupper() for c in match.group()) and len(word) > 1 and word not in _NO_NAMES:
            yield Mention(match.start(), match.end(), word)
    if is_cjk(text):
        for name in names_in(text, language):
            if _CJK_CHARACTER.match(name):
                yield Mention(text.index(name), text.index(name) + len(name), name)


def _overlap(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end


@lru_cache(maxsize=512)
def _anchors(text: str, language: str) -> frozenset[str]:
    names = {mention.key for mention in mentions(text, language)}
    return frozenset(names | {f"={figure.value:g}" for figure in figures(text, language)})


def find_passages(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> list[Passage]:
    """Return the sentences of sources (text, language) that a sentence may rest on; none where that cannot be
    told.
    """
    own_passages: list[Passage] = []
    foreign_passages: list[Passage] = []
    for text, text_language in sources:
        group = own_passages if text_language == language else foreign_passages
        group += [
            Passage(line.text, text_language)
            for line in lines(text, text_language)
            if len(line.text) <= LONGEST
        ]
    return [*_nearest_alike(sentence, own_passages), *_nearest_across(sentence, language, foreign_passages)]


def _nearest_alike(sentence: str, passages: Sequence[Passage]) -> list[Passage]:
    spoken_words = units(sentence)
    overlaps = [len(spoken_words & units(passage.text)) for passage in passages]
    return _most(passages, overlaps) if max(overlaps, default=0) >= COVERED_SHARE * len(spoken_words) else []


def _nearest_across(sentence: str, language: str, passages: Sequence[Passage]) -> list[Passage]:
    if len(passages) == 1:
        return list(passages)
    spoken_words = _anchors(sentence, language)
    overlaps = [len(spoken_words & _anchors(passage.text, passage.language)) for passage in passages]
    return _most(passages, overlaps) or (list(passages) if len(passages) <= FEW else [])


def _most(passages: Sequence[Passage], overlaps: Sequence[int]) -> list[Passage]:
    least = max(1.0, NEARLY_SHARE * max(overlaps, default=0))
    return [passage for passage, overlap in zip(passages, overlaps, strict=True) if overlap >= least]


def is_told(part: str, passage: Passage, sentence: str, language: str, least: float = PART_SHARE) -> bool:
    """Tell whether a sentence may tell this part of a passage: it shares enough of its words, and has few
    that the part has not; or across languages it is long enough to tell the whole.
    """
    if passage.language != language:
        return _weight(sentence) >= max(least, LEAST_SHARE) * _weight(passage.text)
    spoken_words, part_units = units(sentence), units(part)
    if len(part_units) < 2:
        part_units = units(passage.text)
    common_count = len(part_units & spoken_words)
    return common_count >= PART_SHARE * len(spoken_words) and common_count >= least * min(
        len(part_units), len(spoken_words)
    )


def _weight(text: str) -> float:
    characters = len(_CJK_CHARACTER.findall(text))
    return len(_LETTER.findall(text)) + (_CJK_WEIGHT - 1) * characters


def is_unspaced(language: str) -> bool:
    """Tell whether a language writes no spaces between words."""
    return lexicon_of(language).writing.unspaced
