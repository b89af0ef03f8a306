"""Whether the names of a sentence stand in its sources: capitals, German runs of capitals, Latin and katakana runs in CJK text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.pipeline.gate_text import key, lines
from bot.pipeline.gate_text import line as read
from bot.pipeline.text import CJK, fold, is_cjk

_LETTER = rf"(?:(?![{CJK}])[\w’'])"
_CAPITAL = "A-Z\u00c0-\u00de\u0400-\u042f"
_WORD = rf"[{_CAPITAL}]{_LETTER}*(?:-{_LETTER}+)*"
_NAME = re.compile(rf"(?<![.!?:…。“\"«„]\s)(?<!^)(?<![“\"«„])(?<!{_LETTER})(?:{_WORD})")
_ALONE = re.compile(rf"{_NAME.pattern}(?! [{_CAPITAL}])")
_RUN = re.compile(rf"(?<!{_LETTER})(?<!^)(?<![.!?:…“\"«„]\s){_WORD}(?: {_WORD})+")
_ACRONYM = re.compile(rf"(?<!{_LETTER})[{_CAPITAL}][{_CAPITAL}\d]{{1,5}}(?!{_LETTER})")
_CAMEL = re.compile(rf"(?<!{_LETTER})[a-zA-Z]+[A-Z][a-z]{_LETTER}*")
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_HAN = "\u3005\u4e00-\u9fff"
_TITLED = re.compile(
    rf"[{_HAN}]{{2}}(?:県|市|府|州|氏|大学|党|首相|大統領|選手|さん|容疑者|公司|集团|銀行|银行|省|县|工业|法院)"
)
"""What ideographs name for sure: two before a title or the kind of a place or body, with that."""

_CJK_NAMES: tuple[re.Pattern[str], ...] = (_LATIN, _KATAKANA, _TITLED)
_GERMAN_NAMES = (_CAMEL, _ACRONYM, _RUN)
_CAPITAL_NAMES = (_NAME, _CAMEL, _ACRONYM)

_PARTS = re.compile(rf"(?:(?![{CJK}])[^\W_])+|[{CJK}]+")
SHORTEST = 3
_SURE = 4
RARE = 5
"""Sentences in which a name may stand and still belong to what they say; others are what the whole text is about."""

TOLD = 3
ELSEWHERE = 1
"""Words that a sentence shares with its source sentence, and at most with any near a name that does not belong to it."""

ENDING = 2
"""Letters by which forms of one name differ at their end: Allied, Allies."""


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of sources, folded: whole, their beginnings, and as one text for short forms and writing without spaces."""

    words: frozenset[str]
    starts: frozenset[str]
    text: str


def unknown_name(said: str, language: str, sources: Sequence[str], *, translated: bool = False) -> str:
    """Return the first name in a sentence that no source holds, empty when there is none.

    Where no source is in its language, only names that are written alike in both are looked for.
    """
    known = _vocabulary(tuple(sources))
    for name in _names(said, language, translated=translated):
        if not all(_is_known(part, known) for part in _PARTS.findall(fold(name).removesuffix("'s"))):
            return name
    return ""


def _names(said: str, language: str, *, translated: bool) -> Iterator[str]:
    """Give what is surely a name, by what the language writes so."""
    if is_cjk(said):
        patterns = _CJK_NAMES[:1] if translated else _CJK_NAMES
    elif language == "de":
        patterns = _GERMAN_NAMES[:1] if translated else _GERMAN_NAMES
    else:
        patterns = _CAPITAL_NAMES[:2] if translated else _CAPITAL_NAMES
    for pattern in patterns:
        for match in pattern.finditer(said):
            yield match.group()


@lru_cache(maxsize=64)
def _vocabulary(sources: tuple[str, ...]) -> _Vocabulary:
    text = fold(f" {' '.join(sources)}")
    words = frozenset(_PARTS.findall(text))
    return _Vocabulary(words, frozenset(_start(word) for word in words if len(word) > _SURE), text)


def _start(word: str) -> str:
    """Return the beginning by which a word is recognized in another form."""
    return word[: max(_SURE, len(word) - ENDING)]


def _is_known(part: str, known: _Vocabulary) -> bool:
    if len(part) < SHORTEST or part in known.words or part.removesuffix("s") in known.words:
        return True
    if len(part) >= _SURE and f" {part}" in known.text:
        return True
    return (not part.isascii() and part in known.text) or (len(part) > _SURE and _start(part) in known.starts)


def misplaced_name(said: str, language: str, texts: Sequence[str]) -> str:
    """Return a name that sources hold only far from what the sentence says of it, empty when there is none."""
    if is_cjk(said) or language == "de":
        return ""
    known = [line for text in texts for line in lines(text, language)]
    content = read(said).content
    for match in _ALONE.finditer(said):
        about = content - {name := key(fold(match.group()))}
        shared = [len(about & line.content) for line in known]
        places = [at for at, line in enumerate(known) if name in line.content]
        if 0 < len(places) <= RARE and max(shared) >= TOLD and _beside(shared, places) <= ELSEWHERE:
            return match.group()
    return ""


def _beside(shared: Sequence[int], places: Sequence[int]) -> int:
    """Return the most words that a sentence at one of these places, or next to one, shares with what is said."""
    return max(max(shared[max(0, at - 1) : at + 2]) for at in places)
