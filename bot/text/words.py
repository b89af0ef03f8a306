"""Words of plain text in any script: their length, their forms for comparing."""

import re
import unicodedata

from bot.lexicon import LEXICONS

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
UNSPACED = frozenset(code for code, lexicon in LEXICONS.items() if lexicon.writing.unspaced)
"""Languages that write no spaces between words."""

_CJK_CHAR = re.compile(f"[{CJK}]")
_CJK_RUN = re.compile(f"[{CJK}]+")
_WORD = re.compile(r"[^\W_]+(?:[.,’'\-][^\W_]+)*")
_PLAIN_WORD = re.compile(r"\w+(?:[.,’'\-]\w+)*")
"""What `_WORD` finds where no underscore is, in two thirds of the time."""

_WORD_OR_RUN = re.compile(rf"[{CJK}]+|{_WORD.pattern}")
_PART = re.compile(rf"[{CJK}]+|[^{CJK}]+")
_KANA = re.compile("[\u3040-\u30ff]")
MAX_GROWTH = 2
"""How many times longer a text may become when it is folded: one character can stand for eighteen (U+FDFA),
and nobody writes in those.
"""

ROOM = 200
"""Characters that a short text may grow by in any case."""

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_LETTERS = re.compile(r"[^\W\d_]")


def one_line(text: str) -> str:
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
    tokens: list[str] = []
    for run in _WORD_OR_RUN.findall(text):
        if _CJK_CHAR.match(run):
            tokens += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            tokens += _PART.findall(run)
    return tokens


def fold(text: str) -> str:
    """Return `text` for comparing: compatibility forms, lower case, without accents, typographic quotes made
    plain.

    Where the forms take up more than `MAX_GROWTH` times the room of a long text, the rest is cut off.
    """
    room = MAX_GROWTH * len(text) + ROOM
    text = unicodedata.normalize("NFKC", text)[:room].casefold().replace("’", "'")
    if text.isascii() or _KANA.search(text):
        return text
    return unicodedata.normalize(
        "NFC", "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    )
