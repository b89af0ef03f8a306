"""Whether what a sentence sets in quotation marks stands in its sources, word for word, whatever the
punctuation.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.text.words import fold

_PAIRS = (
    "“([^“”]+)[”“]",
    "„([^„“”]+)[“”]",
    "«([^«»]+)»",
    "»([^«»]+)«",
    "「([^「」]+)」",
    "『([^『』]+)』",
    '"([^"]+)"',
)
_QUOTATIONS = tuple(re.compile(pair) for pair in _PAIRS)
_LEFT_OUT = re.compile(r"\[[^\[\]]*+\]|\(?\.\.\.+\)?|…")
_BLANK = re.compile(r"[\W_]+")
SHORTEST = 4
LONG = 12
"""Letters from which a quotation is one in any language; shorter ones may be a title or a term in
translation.
"""


def find_changed_quote(sentence: str, sources: Sequence[str], *, translated: bool) -> str:
    """Return the first quotation of a sentence that no source holds word for word, empty when there
    is none.
    """
    shortest = LONG if translated else SHORTEST
    for quote in _quotes(sentence):
        for part in _LEFT_OUT.split(quote):
            letters = _letters(part)
            if len(letters) >= shortest and not any(letters in _letters(source) for source in sources):
                return quote
    return ""


def _quotes(sentence: str) -> Iterator[str]:
    for pattern in _QUOTATIONS:
        for match in pattern.finditer(sentence):
            yield match[1]


@lru_cache(maxsize=128)
def _letters(text: str) -> str:
    """Return the letters and digits of a text, folded."""
    return _BLANK.sub("", fold(text))
