"""Lines of terms as people type them: words, "phrases", /patterns/, each with a sign or a key before it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
"""Phones and other languages write other quotation marks."""

_DASHES = re.compile(r"(?<!\S)[−–—－](?=\S)")
_SPACES = re.compile(r"[\s\x00-\x1f\u200b\u2060]+")


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


def split_terms(line: str, keys: Iterable[str]) -> list[Term]:
    """Return the terms of a line; what looks like a key and is none of those given is part of a word.

    Quotation marks that are not closed reach to the end.
    """
    line = _SPACES.sub(" ", _DASHES.sub("-", line.translate(_QUOTES))).strip()
    names = "|".join(map(re.escape, keys))
    pattern = re.compile(
        rf'(?P<sign>[+-]?)(?:(?P<key>{names}):)?(?:"(?P<phrase>[^"]*)"?|'
        rf"/(?P<pattern>(?:[^/\\]|\\.)+)/(?=\s|$)|(?P<word>[^\s\"]+))?",
        re.IGNORECASE,
    )
    terms: list[Term] = []
    for match in pattern.finditer(line):
        if not match[0]:
            continue
        form = next((name for name in ("phrase", "pattern", "word") if match[name] is not None), "word")
        terms.append(
            Term(
                sign=match["sign"],
                key=(match["key"] or "").lower(),
                text=(match[form] or "").strip(),
                form=form,
                written=match[0],
            )
        )
    return terms
