"""Lines of terms as people type them: words, "phrases", /patterns/, each with a sign or a key before it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.text.words import one_line

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
"""Phones and other languages write other quotation marks."""

_DASHES = "−–—－"
"""What phones and other keyboards write for the sign `-`."""

_PATTERN = r"/(?P<pattern>(?:[^/\\]|\\.)+)/(?=\s|$)|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term: its sign (`+`, `-` or none), its key (`outlet`; none of a word), its text, and how it
    was written.

    `form` tells a `word` from what stood in quotation marks (a `phrase`) or between slashes (a `pattern`).
    """

    sign: str
    key: str
    text: str
    form: str
    written: str


def split_terms(line: str, keys: Iterable[str], *, patterns: bool = True) -> list[Term]:
    """Return the terms of a line; what looks like a key and is none of those given is part of a word, and so
    are slashes without `patterns`.

    Quotation marks that are not closed reach to the end. Marks that nobody sees part words, and never hide a
    sign.
    """
    typed_line = one_line(line)
    line = typed_line.translate(_QUOTES)
    names = "|".join(map(re.escape, keys))
    pattern = re.compile(
        rf'(?P<sign>[+{_DASHES}-]?)(?:(?P<key>{names}):)?(?:"(?P<phrase>[^"]*)"?|'
        rf"{_PATTERN if patterns else ''}(?P<word>[^\s\"]+))?",
        re.IGNORECASE,
    )
    terms: list[Term] = []
    for match in pattern.finditer(line):
        if not match[0]:
            continue
        form = match.lastgroup if match.lastgroup in {"phrase", "pattern"} else "word"
        text = (match[form] or "").strip()
        terms.append(
            Term(
                sign="-" if match["sign"] and match["sign"] in _DASHES else match["sign"],
                key=(match["key"] or "").casefold(),
                text=typed_line[slice(*match.span(form))] if form == "pattern" else text,
                form=form,
                written=match[0],
            )
        )
    return terms
