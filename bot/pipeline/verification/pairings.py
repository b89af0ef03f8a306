"""Whether two figures of a sentence have changed places between what they are said of.

Where two words and two figures alternate, it is plain which belongs to which. What a sentence and its source
share is held against each other; a single pair that fits clears the sentence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from bot.pipeline.verification.figures import ROUNDING
from bot.pipeline.verification.passages import find_passages, is_unspaced, mentions
from bot.pipeline.verification.tokens import key, says_something
from bot.text.numbers import Figure, figures
from bot.text.words import fold, words

ALTERNATIONS = ("LFLF", "FLFL", "LFFL")
"""Orders of labels and figures in which it is plain which belongs to which."""

MOST = 6
"""Figures or words of a sentence beyond which it is a list, and nothing is said."""


def find_swapped_figure(sentence: str, language: str, sources: Sequence[tuple[str, str]]) -> str:
    """Return a figure of a sentence that its sources (text, language) say of what the sentence says another
    of, empty where there is none.
    """
    said_figures = _single_figures(sentence, language)
    if not 2 <= len(said_figures) <= MOST:
        return ""
    passages = find_passages(sentence, language, sources)
    figure_words = ""
    for passage in passages:
        verdicts = _compare(sentence, language, said_figures, passage.text, passage.language)
        if not verdicts:
            continue
        if any(verdict == "" for verdict in verdicts):
            return ""
        figure_words = verdicts[0]
    return figure_words


def _compare(
    sentence: str, language: str, said_figures: Sequence[Figure], text: str, text_language: str
) -> list[str]:
    """Return for each two words and two figures that both have which figure changed places, empty text where
    none did.
    """
    known_figures = _single_figures(text, text_language)
    common_figures = [(f, g) for f in said_figures for g in known_figures if _is_same(f, g)]
    ours, source_labels = _labels(sentence, language, text_language), _labels(text, text_language, language)
    common_labels = sorted(ours.keys() & source_labels.keys())[: 2 * MOST]
    verdicts = []
    for (f1, g1), (f2, g2) in combinations(common_figures, 2):
        for a, b in combinations(common_labels, 2):
            pattern, is_straight = _alternation(ours[a], ours[b], f1.start, f2.start)
            their_pattern, is_theirs_straight = _alternation(
                source_labels[a], source_labels[b], g1.start, g2.start
            )
            is_plain = pattern in ALTERNATIONS and their_pattern in ALTERNATIONS
            if is_plain and is_straight == is_theirs_straight:
                verdicts.append("")
            elif is_plain and pattern == their_pattern:
                verdicts.append(sentence[f1.start : f1.end])
    return verdicts


def _alternation(a: int, b: int, first: int, second: int) -> tuple[str, bool]:
    """Return how two labels and two figures follow each other by their places, and whether the first figure
    stands with `a`.
    """
    order = sorted((("a", a), ("b", b), ("1", first), ("2", second)), key=lambda place: place[1])
    pattern = "".join("L" if mark in "ab" else "F" for mark, _ in order)
    pairs = {frozenset(mark for mark, _ in order[:2]), frozenset(mark for mark, _ in order[2:])}
    return pattern, frozenset("a1") in pairs


def _single_figures(text: str, language: str) -> list[Figure]:
    """Return the figures that a text has once."""
    text_figures = figures(text, language)
    return [f for f in text_figures if sum(_is_same(f, g) for g in text_figures) == 1]


def _is_same(a: Figure, b: Figure) -> bool:
    return a.unit == b.unit and abs(a.value - b.value) <= ROUNDING * max(abs(a.value), abs(b.value))


def _labels(text: str, language: str, other_language: str) -> Mapping[str, int]:
    """Return where a text has what figures may be said of, each once: names across languages, within one all
    telling words.
    """
    places = [(mention.key, mention.start) for mention in mentions(text, language)]
    if language == other_language:
        places += _telling_words(text, language)
    counts = Counter(label for label, _ in set(places))
    return {label: place for label, place in places if counts[label] == 1}


def _telling_words(text: str, language: str) -> list[tuple[str, int]]:
    places, at = [], 0
    for word in words(text):
        at = max(text.find(word, at), 0)
        if not any(c.isdigit() for c in word) and (is_unspaced(language) or says_something(fold(word))):
            places.append((key(fold(word)), at))
    return places
