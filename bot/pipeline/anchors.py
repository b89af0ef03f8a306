"""What of an entry survives translation: names in Latin letters, model names, figures; and what parts two entries for sure."""

import re
from collections import defaultdict
from collections.abc import Mapping

from bot.pipeline.numbers import figures
from bot.pipeline.stopwords import STOPWORDS
from bot.pipeline.terms import Frequencies, stem_of
from bot.pipeline.text import fold, is_cjk

READ = 1500
"""Characters of title and text in which anchors are looked for."""

RARE = 4.5
"""Nats from which an anchor is rare enough to mean something."""

MASS = 12.0
SHARE = 0.45
SHARE_IN_TEXTS = 0.18
"""Texts hold more anchors than titles, of which another text repeats less."""

NOUN = 0.5
"""German writes every noun with a capital, so that a capital proves half as much there."""

FIGURE = 4.6
SMALL_FIGURE = 1.5
POSTINGS = 25
Anchors = Mapping[str, float]
"""Anchors with their weights."""

_VERSION = re.compile(
    r"\b([^\W\d_][^\W_]*)[\s\-]?v?(\d{1,2}(?:\.\d{1,2})?)\b(?![.,]?\d|%|\s?(?:million|billion|milion|mili|mrd|mio|万|億|亿))",
    re.IGNORECASE,
)
_COUNTED = frozenset(
    """
top day week season part ios page nearly almost first last next april may june july march only than
""".split()
)
"""Words before a number that make it a count or a date and no version."""


def anchors_of(title: str, text: str, language: str, archive: Frequencies) -> Anchors:
    """Return the anchors of an entry with their weights."""
    opening = f"{title}\n{text[:READ]}"
    found = {name: archive.idf(name) for name in _names(opening)}
    if language == "de":
        found = {n: w if any(c.isdigit() for c in n) else NOUN * w for n, w in found.items()}
    for figure in figures(opening, language):
        telling = bool(figure.unit) or figure.value >= 100
        year = not figure.unit and 1990 <= figure.value <= 2100
        if figure.value not in {1, 100} or figure.unit:
            found[f"={figure.value:.6g}{figure.unit}"] = SMALL_FIGURE if year or not telling else FIGURE
    return found


def heaviest(anchors: Anchors) -> list[str]:
    """Return the anchors by which an entry is found."""
    return sorted(anchors, key=lambda a: (-anchors[a], a))[:POSTINGS]


def shared(a: Anchors, b: Anchors, *, titles: bool) -> float:
    """Return the share of the lighter side's anchors that both have, 0 where that is not enough to mean one event."""
    both = a.keys() & b.keys()
    rare = [anchor for anchor in both if a[anchor] >= RARE]
    mass = sum(a[anchor] for anchor in both)
    share = mass / min(sum(a.values()), sum(b.values())) if both else 0.0
    enough = SHARE if titles else SHARE_IN_TEXTS
    if len(both) < 2 or not rare or mass < MASS or share < enough:
        return 0.0
    return share


def _names(text: str) -> set[str]:
    cjk = is_cjk(text)
    found: set[str] = set()
    for word in re.findall(
        r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9.\-]*[A-Za-z\u00c0-\u024f0-9]", text
    ):
        lettered = any(c.isalpha() for c in word)
        named = lettered and (cjk or any(c.isdigit() or c.isupper() for c in word))
        folded = fold(word)
        if named and folded not in STOPWORDS:
            found |= {stem for part in folded.split("-") if (stem := stem_of(part)) and _telling(stem)}
    return found


def _telling(stem: str) -> bool:
    return len(stem) > 2 or (len(stem) == 2 and any(c.isdigit() for c in stem) and not stem.isdigit())


def versions_of(title: str) -> Mapping[str, frozenset[str]]:
    """Return the versions that a title names, by the word before them: `opus` → {4.7}."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, number in _VERSION.findall(title):
        if (folded := fold(name)) not in _COUNTED and folded not in STOPWORDS:
            found[folded].add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def clash(a: Mapping[str, frozenset[str]], b: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether two titles name different versions of one thing, which makes them different events."""
    return any(not a[name] & b[name] for name in a.keys() & b.keys())
