"""Where a line may name a channel or a group by its title: in quotation marks behind @ or #, behind #, or
behind words such as `in`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bot.lexicon import LEXICONS
from bot.text.words import CJK, fold

WORDS_MAX = 12
"""Words of the longest title that is looked for behind others."""

LINE_MAX = 500
"""Characters of the longest line in which titles are looked for."""

CHARACTERS_MAX = 40
"""Characters of the longest title that is looked for where no blanks part words."""

_QUOTED = re.compile(r'(?<!\S)[@#]["“„«「](?P<title>[^"“”„«»「」\n]{1,128})["”“»」](?!\S)')
_QUOTATION = re.compile(r'"[^"\n]*"|[“„«「『][^“„«「『”»」』\n]*[“”»」』]')
_HASH = re.compile(r"(?<!\S)#(?P<title>(?=\S{0,99}[^\W\d])[\w-]{1,100})(?!\S)")
_WORD = re.compile(r"\S+")
_WORD_OF_TITLE = re.compile(r"\w+")
_IS_UNSPACED = re.compile(rf"[{CJK}]")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A part of a line that may name a place: the title, also as `title_key` returns it, where the part
    stands, and whether it can be nothing else (`quoted`), or many other things, too (`loose`).
    """

    key: str
    title: str
    start: int
    end: int
    quoted: bool = False
    loose: bool = False

    def cut_from(self, text: str) -> str:
        """Return the line without it."""
        return " ".join(f"{text[: self.start]} {text[self.end :]}".split())


def title_key(title: str) -> str:
    """Return a title for comparing: its words without case and accents; signs and pictures say nothing."""
    return " ".join(_WORD_OF_TITLE.findall(fold(title)))


def place_mentions(text: str) -> list[PlaceMention]:
    """Return every part of a line that may name a place: those that say so first, then the longest. One
    blank stands between two of its words. A quotation is whole: words inside it name none.
    """
    if len(text) > LINE_MAX:
        return []
    marks = [
        _mention(text, match.start("title"), match.end("title"), match.start(), match.end(), quoted=is_quoted)
        for pattern, is_quoted in ((_QUOTED, True), (_HASH, False))
        for match in pattern.finditer(text)
    ]
    loose = sorted(_loose_mentions(text), key=lambda mention: len(mention.title), reverse=True)
    quotations = [match.span() for match in _QUOTATION.finditer(text)]
    return [mention for mention in (*marks, *loose) if mention.key and not _breaks_one(mention, quotations)]


def _breaks_one(mention: PlaceMention, quotations: Iterable[tuple[int, int]]) -> bool:
    """Tell whether a part of a line begins or ends inside one of some quotations."""
    return any(start < at < end for start, end in quotations for at in (mention.start, mention.end))


def _mention(
    text: str, first: int, last: int, start: int, end: int, *, quoted: bool = False, loose: bool = False
) -> PlaceMention:
    title = text[first:last].strip()
    return PlaceMention(title_key(title), title, start, end, quoted, loose)


def _loose_mentions(text: str) -> Iterator[PlaceMention]:
    for match in _prefixes().finditer(text):
        for end in _title_ends(text, match.end()):
            suffix = _suffixes().match(text, end)
            yield _mention(text, match.end(), end, match.start(), suffix.end() if suffix else end, loose=True)
    for match in _suffixes().finditer(text):
        for start in range(max(0, match.start() - CHARACTERS_MAX), match.start()):
            yield _mention(text, start, match.start(), start, match.end(), loose=True)


def _title_ends(text: str, start: int) -> Iterable[int]:
    """Return where a title that begins somewhere may end: behind each word, or each character of those that
    no blanks part.
    """
    if _IS_UNSPACED.search(text[max(0, start - 1) : start + 1]):
        return range(start + 1, min(len(text), start + CHARACTERS_MAX) + 1)
    words = [start + match.end() for match in _WORD.finditer(text[start:])]
    return words[:WORDS_MAX]


@cache
def _prefixes() -> re.Pattern[str]:
    phrases = (phrase for lexicon in LEXICONS.values() for phrase in lexicon.wishes.place_prefixes)
    return _pattern(phrases, spaced=r"(?<!\S){} (?=\S)", unspaced=r"{} ?(?=\S)")


@cache
def _suffixes() -> re.Pattern[str]:
    phrases = (phrase for lexicon in LEXICONS.values() for phrase in lexicon.wishes.place_suffixes)
    return _pattern(phrases, spaced=r" {}(?!\S)", unspaced=r" ?{}")


def _pattern(phrases: Iterable[str], *, spaced: str, unspaced: str) -> re.Pattern[str]:
    """Return what finds the longest phrases first, each as its script is written."""
    longest_first = sorted(set(phrases), key=len, reverse=True)
    parts = (
        (unspaced if _IS_UNSPACED.search(phrase) else spaced).format(re.escape(phrase))
        for phrase in longest_first
    )
    return re.compile("|".join(parts), re.IGNORECASE)
