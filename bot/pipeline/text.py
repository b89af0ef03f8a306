"""Words, sentences and languages of plain text, in any script."""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sentencex

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_CJK_CHAR = re.compile(f"[{CJK}]")
_CJK_RUN = re.compile(f"[{CJK}]+")
_WORD = re.compile(r"[^\W_]+(?:[.,’'\-][^\W_]+)*")
_WORD_OR_RUN = re.compile(rf"[{CJK}]+|{_WORD.pattern}")
_PART = re.compile(rf"[{CJK}]+|[^{CJK}]+")
_KANA = re.compile("[\u3040-\u30ff]")
_CJK_END = re.compile(r"[。！？!?]+[」』”’）)\]]*")
_GOES_ON = re.compile(r"[。！？!?]+[」』”’]+[とはがをにでの、，]|[!?][はをの]")
"""A quotation inside a sentence, or a name that ends with a mark, with the particle that follows it."""

_BULLET = re.compile(r"^- ")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|Fig|approx|e\.g|i\.e|U\.S|U\.K|sig|dott|ing|avv|pag|ecc|cfr|bzw|z\.\s?B|"
    r"d\.\s?h|u\.\s?a|Nr|Abs|Std|ggf|vgl|Mme|env|Sra|Srta|Ud|EE\.\s?UU|aprox|núm|[A-Z])\.\s*$"
)
"""Abbreviations that never end a sentence by themselves; those that may (Inc., etc.) are left to the library."""

LONGEST_ABBREVIATION = 20
"""Characters before an end in which an abbreviation is looked for: a line may be as long as a book."""

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_LETTERS = re.compile(r"[^\W\d_]")


def squash(text: str) -> str:
    """Return `text` on one line with single spaces and without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def size(text: str) -> int:
    """Return the length of a text as readers count it: words, with each CJK character as one."""
    characters = len(_CJK_CHAR.findall(text))
    return characters + len(_WORD.findall(_CJK_RUN.sub(" ", text) if characters else text))


def is_cjk(text: str) -> bool:
    """Tell whether a text is written mainly in Chinese, Japanese or Korean characters."""
    characters = len(_CJK_CHAR.findall(text))
    return characters > 0 and characters * 2.5 > len(_LETTERS.findall(text))


def words(text: str) -> list[str]:
    """Return the words of a text as written; runs of CJK characters are given as overlapping pairs."""
    if not _CJK_CHAR.search(text):
        return _WORD.findall(text)
    found: list[str] = []
    for run in _WORD_OR_RUN.findall(text):
        if _CJK_CHAR.match(run):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            found += _PART.findall(run)
    return found


def fold(text: str) -> str:
    """Return `text` for comparing: compatibility forms, lower case, without accents, typographic quotes made plain."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    if text.isascii() or _KANA.search(text):
        return text
    return unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    )


_OUTLET_SUFFIX = re.compile(r"\s+(?:[|·•–—-]|::)\s+[^|·•–—]{2,40}$")


def without_outlet(title: str, outlet: str = "") -> str:
    """Return a title without a trailing “ | Outlet”, “ - Outlet” or “(Outlet)”."""
    title = squash(title)
    bare = title.removesuffix(")")
    if outlet and bare.casefold().endswith(outlet.casefold()):
        before = bare[: -len(outlet)].rstrip()
        title = before.rstrip(" |·–—-(") if before.endswith(("|", "·", "–", "—", "-", "(")) else title
    match = _OUTLET_SUFFIX.search(title)
    if match and " | " in match.group() and size(title[: match.start()]) >= 3:
        return title[: match.start()]
    return title


def normal_title(title: str, outlet: str = "") -> str:
    """Return a title reduced to what makes two titles the same: folded words, no punctuation, no outlet."""
    return " ".join(re.findall(r"[^\W_]+", fold(without_outlet(title, outlet))))


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence of a text: `text[start:end]`; `item` marks a list item, `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int
    item: bool = False


@lru_cache(maxsize=512)
def sentences(text: str, language: str) -> tuple[Span, ...]:
    """Return the sentences of a text, in order. Blank lines part paragraphs; a line that begins with `- ` is a list item."""
    return tuple(_spans(text, language))


def _spans(text: str, language: str) -> Iterator[Span]:
    paragraph = 0
    for match in re.finditer(r"[^\n]+", text):
        line, offset = match.group(), match.start()
        if offset >= 2 and text[offset - 2 : offset] == "\n\n":
            paragraph += 1
        item = bool(_BULLET.match(line))
        if item:
            offset += 2
            line = line[2:]
        for start, end in _split(line, language):
            yield Span(offset + start, offset + end, paragraph, item)


def _split(line: str, language: str) -> Iterator[tuple[int, int]]:
    ends = _cjk_ends(line) if is_cjk(line) else _western_ends(line, language)
    start = 0
    for end in (*ends, len(line)):
        piece = line[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped[0])
            yield first, first + len(stripped)
        start = end


def _cjk_ends(line: str) -> list[int]:
    return [m.end() for m in _CJK_END.finditer(line) if not _GOES_ON.match(line, m.start())]


def _western_ends(line: str, language: str) -> list[int]:
    bounds = sentencex.get_sentence_boundaries(language or "en", line)
    ends: list[int] = []
    for bound, following in itertools.pairwise(bounds):
        end = bound["end_index"]
        reach = max(0, end - LONGEST_ABBREVIATION)
        before, after = line[reach:end].rstrip(), following["text"].lstrip("\"'«»“”„‘’( ")
        goes_on = after[:1].islower() or (after[:1].isdigit() and before.endswith("."))
        abbreviated = before.endswith(".") and _ABBREVIATION.search(line, reach, end)
        if not (abbreviated or (goes_on and not before.endswith(("!", "?")))):
            ends.append(end)
    return ends
