"""Sentences of plain text, in any script."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sentencex

from bot.lexicon import alternatives
from bot.text.words import has_cjk, is_cjk

_CJK_END = re.compile(r"(?:[。！？!?]+|(?<=[\uac00-\ud7af])\.(?=\s|$))[」』”’）)\]]*")
_GOES_ON = re.compile(r"[。！？!?]+[」』”’]+[とはがをにでの、，]|[!?][はをの]")
"""A quotation inside a sentence, or a name that ends with a mark, with the particle that follows it."""
_LINE = re.compile(r"[^\n]+")
_SMALL = re.compile(r"([^\W\d_]+)(?=[\s,;’']|\.\s|$)")
"""A word at the beginning of a line; what ends with a point and goes on (example.org) is none."""
_BULLET = re.compile("- ")
_ABBREVIATION = re.compile(rf"\b(?:{alternatives(lambda lexicon: lexicon.words.abbreviations)}|[A-Z])\.\s*$")
"""Abbreviations that never end a sentence by themselves; those that may (Inc., etc.) are left to the
library.
"""
LONGEST_ABBREVIATION = 20
"""Characters before an end in which an abbreviation is looked for: a line may be as long as a book."""
WINDOW = 4_000
"""Characters of a line that are split at once: what the library takes grows with the square of the quotation
marks in them.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence of a text: `text[start:end]`; `item` marks a list item, `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int
    item: bool = False


@lru_cache(maxsize=512)
def sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of a text, in order. Blank lines part paragraphs; a line that begins with `- ` is
    a list item.
    """
    return tuple(_spans(text, language))


def _spans(text: str, language: str) -> Iterator[Span]:
    paragraph, anywhere = 0, has_cjk(text)
    for start, stop in _lines(text):
        if start >= 2 and text[start - 2 : start] == "\n\n":
            paragraph += 1
        item = bool(_BULLET.match(text, start))
        offset = start + 2 * item
        line = text[offset:stop].replace("\n", " ")
        for first, end in _split_line(line, language, cjk=anywhere and is_cjk(line)):
            yield Span(offset + first, offset + end, paragraph, item)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Give where lines start and stop; a line that breaks off inside a sentence is one with the next."""
    start = stop = 0
    for match in _LINE.finditer(text):
        if not _breaks_off(text, stop, match.start()):
            yield start, stop
            start = match.start()
        stop = match.end()
    yield start, stop


def _breaks_off(text: str, stop: int, following: int) -> bool:
    """Tell whether a line ends without a mark, and the next begins in small letters: wrapped lines, a link on
    a line of its own.
    """
    if not text[following].islower():
        return False
    before = text[max(0, stop - LONGEST_ABBREVIATION) : stop].rstrip()[-1:]
    word = _SMALL.match(text, following)
    return word is not None and word[1].islower() and (before.isalnum() or before in {",", ";"})


def _split_line(line: str, language: str, *, cjk: bool) -> Iterator[tuple[int, int]]:
    end_offsets = _cjk_end_offsets(line) if cjk else _western_end_offsets(line, language)
    start = 0
    for end in (*end_offsets, len(line)):
        piece = line[start:end]
        bare_piece = piece.strip()
        if bare_piece:
            first = start + piece.index(bare_piece[0])
            yield first, first + len(bare_piece)
        start = end


def _cjk_end_offsets(line: str) -> list[int]:
    return [m.end() for m in _CJK_END.finditer(line) if not _GOES_ON.match(line, m.start())]


def _western_end_offsets(line: str, language: str) -> list[int]:
    return [end for end in _bounds(line, language) if _is_end(line, end)]


def _bounds(line: str, language: str) -> Iterator[int]:
    """Give where the library ends a sentence, read window by window, each from the last end that it found."""
    at = 0
    while at < len(line):
        boundaries = sentencex.get_sentence_boundaries(language or "en", line[at : at + WINDOW])
        end_offsets = [at + boundary["end_index"] for boundary in boundaries[:-1]]
        yield from end_offsets
        rest = end_offsets[-1] if end_offsets and end_offsets[-1] >= at + WINDOW // 2 else at + WINDOW
        at = rest if at + WINDOW < len(line) else len(line)


def _is_end(line: str, end: int) -> bool:
    reach = max(0, end - LONGEST_ABBREVIATION)
    before, after = line[reach:end].rstrip(), line[end : end + LONGEST_ABBREVIATION].lstrip("\"'«»“”„‘’( ")
    goes_on = after[:1].islower() or (after[:1].isdigit() and before.endswith("."))
    abbreviated = before.endswith(".") and _ABBREVIATION.search(line, reach, end)
    return not (abbreviated or (goes_on and not before.endswith(("!", "?"))))
