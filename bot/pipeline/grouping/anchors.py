"""What of an entry survives translation: names in Latin letters, model names, figures."""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.lexicon import lexicon_of
from bot.text.concepts import WORD, concepts
from bot.text.numbers import figures
from bot.text.stopwords import STOPWORDS
from bot.text.terms import Frequencies, stem_of
from bot.text.words import fold, is_cjk

READ = 1500
"""Characters of title and text in which anchors are looked for."""

RARE = 4.0
"""Nats from which an anchor is rare enough to mean something."""

MASS = 8.0
SHARE = 0.2
"""What two texts must have in common, in nats and as a share of the lighter one's anchors."""

NOUN = 0.5
"""German writes every noun with a capital, so that a capital proves half as much there."""

EVERYDAY = 0.8
"""What an everyday word weighs beside a name that is as rare."""

FIGURE = 4.6
SMALL_FIGURE = 1.5
NAMES = 2
"""Names that two titles in different languages must share."""

FIGURE_MARK = "="
"""What anchors begin with that are figures."""

POSTINGS = 50
Anchors = Mapping[str, float]
"""Anchors with their weights."""

_LATIN = re.compile(
    r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9.\-]*[A-Za-z\u00c0-\u024f0-9]",
)


def anchors_of(title: str, text: str, language: str, archive: Frequencies) -> Anchors:
    """Return the anchors of an entry with their weights."""
    opening = f"{title}\n{text[:READ]}"
    spoken_concepts = concepts(opening, language)
    anchors = {name: archive.idf(name) for name in _names(opening) if WORD + name not in spoken_concepts}
    if lexicon_of(language).writing.capital_nouns:
        anchors = {n: w if any(c.isdigit() for c in n) else NOUN * w for n, w in anchors.items()}
    anchors |= {concept: _weight(concept, archive) for concept in spoken_concepts}
    for figure in figures(opening, language):
        telling = bool(figure.unit) or figure.value >= 100
        year = not figure.unit and 1990 <= figure.value <= 2100
        if figure.value not in {1, 100} or figure.unit:
            anchors[f"{FIGURE_MARK}{figure.value:.6g}{figure.unit}"] = (
                SMALL_FIGURE if year or not telling else FIGURE
            )
    return anchors


def _weight(concept: str, archive: Frequencies) -> float:
    name = concept.removeprefix(WORD)
    return archive.idf(stem_of(name)) * (1.0 if name == concept else EVERYDAY)


def heaviest(anchors: Anchors) -> list[str]:
    """Return the anchors by which an entry is found."""
    return sorted(anchors, key=lambda a: (-anchors[a], a))[:POSTINGS]


def overlap(a: Anchors, b: Anchors) -> float:
    """Return the share of the lighter side's anchors that two entries with texts have in common, 0 where that
    is not enough to mean one event.
    """
    common = {anchor: min(a[anchor], b[anchor]) for anchor in a.keys() & b.keys()}
    mass = sum(common.values())
    if len(common) < 2 or mass < MASS or not _share_rare(a, b):
        return 0.0
    share = mass / min(sum(a.values()), sum(b.values()))
    return share if share >= SHARE else 0.0


def _share_rare(a: Anchors, b: Anchors) -> bool:
    """Tell whether two entries share a rare name or figure: everyday words prove no event, however many."""
    return any(max(a[n], b[n]) >= RARE for n in a.keys() & b.keys() if not n.startswith(WORD))


def is_name(anchor: str) -> bool:
    """Tell whether an anchor is a name, not a figure or an everyday word."""
    return not anchor.startswith((WORD, FIGURE_MARK))


def is_figure(anchor: str) -> bool:
    """Tell whether an anchor is a figure."""
    return anchor.startswith(FIGURE_MARK)


def is_word(anchor: str) -> bool:
    """Tell whether an anchor is an everyday word."""
    return anchor.startswith(WORD)


def _names(text: str) -> set[str]:
    cjk = is_cjk(text)
    return {stem for word in _LATIN.findall(text) for stem in _stems(word, cjk)}


@lru_cache(maxsize=1 << 16)
def _stems(word: str, cjk: bool) -> tuple[str, ...]:
    """Return what is compared of a word in Latin letters: nothing where it is no name."""
    is_name = any(map(str.isalpha, word)) and (cjk or any(c.isdigit() or c.isupper() for c in word))
    folded_word = fold(word)
    if not is_name or folded_word in STOPWORDS:
        return ()
    return tuple(filter(_telling, map(stem_of, folded_word.split("-"))))


def _telling(stem: str) -> bool:
    return len(stem) > 2 or (len(stem) == 2 and any(c.isdigit() for c in stem) and not stem.isdigit())
