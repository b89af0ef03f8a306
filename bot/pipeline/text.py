"""Words, sentences and languages of plain text, in any script."""

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
_PLAIN_WORD = re.compile(r"\w+(?:[.,’'\-]\w+)*")
"""What `_WORD` finds where no underscore is, in two thirds of the time."""

_WORD_OR_RUN = re.compile(rf"[{CJK}]+|{_WORD.pattern}")
_PART = re.compile(rf"[{CJK}]+|[^{CJK}]+")
_KANA = re.compile("[\u3040-\u30ff]")
_CJK_END = re.compile(r"(?:[。！？!?]+|(?<=[\uac00-\ud7af])\.(?=\s|$))[」』”’）)\]]*")
_GOES_ON = re.compile(r"[。！？!?]+[」』”’]+[とはがをにでの、，]|[!?][はをの]")
"""A quotation inside a sentence, or a name that ends with a mark, with the particle that follows it."""

_LINE = re.compile(r"[^\n]+")
_SMALL = re.compile(r"([^\W\d_]+)(?=[\s,;’']|\.\s|$)")
"""A word at the beginning of a line; what ends with a point and goes on (example.org) is none."""

_BULLET = re.compile("- ")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|Fig|approx|e\.g|i\.e|U\.S|U\.K|sig|dott|ing|avv|pag|ecc|cfr|bzw|z\.\s?B|"
    r"d\.\s?h|u\.\s?a|Nr|Abs|Std|ggf|vgl|Mme|env|Sra|Srta|Ud|EE\.\s?UU|aprox|núm|[A-Z])\.\s*$"
)
"""Abbreviations that never end a sentence by themselves; those that may (Inc., etc.) are left to the library."""

LONGEST_ABBREVIATION = 20
"""Characters before an end in which an abbreviation is looked for: a line may be as long as a book."""

WINDOW = 4_000
"""Characters of a line that are split at once: what the library takes grows with the square of the quotation marks in them."""

MAX_GROWTH = 2
"""How many times longer a text may become when it is folded: one character can stand for eighteen (U+FDFA), and nobody writes in those."""

ROOM = 200
"""Characters that a short text may grow by in any case."""

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_LETTERS = re.compile(r"[^\W\d_]")


def squash(text: str) -> str:
    """Return `text` on one line with single spaces and without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def size(text: str) -> int:
    """Return the length of a text as readers count it: words, with each CJK character as one."""
    characters = 0 if text.isascii() else len(_CJK_CHAR.findall(text))
    return characters + len(_WORD.findall(_CJK_RUN.sub(" ", text) if characters else text))


def has_cjk(text: str) -> bool:
    """Tell whether there is any Chinese, Japanese or Korean character in a text."""
    return not text.isascii() and _CJK_CHAR.search(text) is not None


def is_cjk(text: str) -> bool:
    """Tell whether a text is written mainly in Chinese, Japanese or Korean characters."""
    characters = 0 if text.isascii() else len(_CJK_CHAR.findall(text))
    return characters > 0 and characters * 2.5 > len(_LETTERS.findall(text))


def words(text: str) -> list[str]:
    """Return the words of a text as written; runs of CJK characters are given as overlapping pairs."""
    if not has_cjk(text):
        return (_WORD if "_" in text else _PLAIN_WORD).findall(text)
    found: list[str] = []
    for run in _WORD_OR_RUN.findall(text):
        if _CJK_CHAR.match(run):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            found += _PART.findall(run)
    return found


def fold(text: str) -> str:
    """Return `text` for comparing: compatibility forms, lower case, without accents, typographic quotes made plain.

    Where the forms take up more than `MAX_GROWTH` times the room of a long text, the rest is cut off.
    """
    room = MAX_GROWTH * len(text) + ROOM
    text = unicodedata.normalize("NFKC", text)[:room].casefold().replace("’", "'")
    if text.isascii() or _KANA.search(text):
        return text
    return unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    )


_OUTLET_SUFFIX = re.compile(r"(?<!\s)\s++(?:[|·•–—-]|::)\s++[^|·•–—]{2,40}$")


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
    paragraph, anywhere = 0, has_cjk(text)
    for start, stop in _lines(text):
        if start >= 2 and text[start - 2 : start] == "\n\n":
            paragraph += 1
        item = bool(_BULLET.match(text, start))
        offset = start + 2 * item
        line = text[offset:stop].replace("\n", " ")
        for first, end in _split(line, language, cjk=anywhere and is_cjk(line)):
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
    """Tell whether a line ends without a mark, and the next begins in small letters: wrapped lines, a link on a line of its own."""
    if not text[following].islower():
        return False
    before = text[max(0, stop - LONGEST_ABBREVIATION) : stop].rstrip()[-1:]
    word = _SMALL.match(text, following)
    return word is not None and word[1].islower() and (before.isalnum() or before in {",", ";"})


def _split(line: str, language: str, *, cjk: bool) -> Iterator[tuple[int, int]]:
    ends = _cjk_ends(line) if cjk else _western_ends(line, language)
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
    return [end for end in _bounds(line, language) if _is_end(line, end)]


def _bounds(line: str, language: str) -> Iterator[int]:
    """Give where the library ends a sentence, read window by window, each from the last end that it found."""
    at = 0
    while at < len(line):
        found = sentencex.get_sentence_boundaries(language or "en", line[at : at + WINDOW])
        ends = [at + bound["end_index"] for bound in found[:-1]]
        yield from ends
        rest = ends[-1] if ends and ends[-1] >= at + WINDOW // 2 else at + WINDOW
        at = rest if at + WINDOW < len(line) else len(line)


def _is_end(line: str, end: int) -> bool:
    reach = max(0, end - LONGEST_ABBREVIATION)
    before, after = line[reach:end].rstrip(), line[end : end + LONGEST_ABBREVIATION].lstrip("\"'«»“”„‘’( ")
    goes_on = after[:1].islower() or (after[:1].isdigit() and before.endswith("."))
    abbreviated = before.endswith(".") and _ABBREVIATION.search(line, reach, end)
    return not (abbreviated or (goes_on and not before.endswith(("!", "?"))))
