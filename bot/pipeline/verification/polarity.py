"""Free paraphrases held against the sentence they come from: a negation it adds, a direction it turns
round.
"""

from collections.abc import Iterator, Sequence

from bot.lexicon import union
from bot.pipeline.verification.polarity_words import DENIALS, OPPOSITES, negations
from bot.pipeline.verification.strength import has_mark
from bot.pipeline.verification.tokens import Line, lines, says_something

REACH = 4
"""Words round a negation or a direction that it is about."""

NEIGHBOURHOOD, NEARLY_SHARE = 12, 0.6
"""Words round a negation by which its source sentence is found, and the share of what that one shares from
which another may be it, too.
"""

ALIKE = 2
"""Words that say something which a sentence and its source sentence must share, or else they speak of
different things; of a short one, half.
"""

FEW = 4
"""Words round a negation from which a source must deny two of them, for one may stand beside another
denial.
"""

SOFT = frozenset(union(lambda lexicon: lexicon.words.soft_negations))
"""Negations that may as well be said with another word, and so prove nothing when they stand in a
sentence.
"""

ONLY_WORDS = frozenset((word,) for word in union(lambda lexicon: lexicon.words.only))
"""Words with which a negation adds something, folded: not only."""

CONDITIONS = frozenset(union(lambda lexicon: lexicon.words.conditions))
"""Words after which nothing is denied, folded; those of Romance languages are also other words."""


def find_contradiction(sentence: str, language: str, texts: Sequence[str]) -> str:
    """Return what a paraphrase turns round of texts in its own language, empty when it turns nothing."""
    source_lines = [line for text in texts for line in lines(text, language)]
    for line in lines(sentence, language):
        if problem := _find_added_negation(line, source_lines) or _find_reversed_direction(
            line, source_lines
        ):
            return problem
    return ""


def _round(line: Line, at: int, reach: int = REACH) -> frozenset[str]:
    """Return the keys of the words that say something round a word."""
    low, high = max(0, at - reach), at + reach + 1
    denying = negations(line.language)
    return frozenset(
        k
        for i, (k, w) in enumerate(zip(line.keys[low:high], line.folded_words[low:high], strict=True), low)
        if i != at and says_something(w) and w not in denying
    )


def _negations(line: Line) -> Iterator[int]:
    """Give where a sentence denies something outright; “No. 4” does not, nor does “not only”."""
    denying = negations(line.language) - SOFT
    for at, word in enumerate(line.folded_words):
        is_number_sign = (
            word == "no" and line.folded_words[at + 1 : at + 2] and line.folded_words[at + 1][0].isdecimal()
        )
        if word in denying and not is_number_sign and line.folded_words[at + 1 : at + 2] not in ONLY_WORDS:
            yield at


def _denials(line: Line) -> Iterator[int]:
    denying = negations(line.language) | DENIALS
    return (at for at, word in enumerate(line.folded_words) if word in denying)


def _find_added_negation(line: Line, source_lines: Sequence[Line]) -> str:
    """Return a negation of a sentence that none of the source sentences nearest to it has: about its words
    they deny nothing.
    """
    if not source_lines or line.text.endswith(("?", "？")) or line.vocabulary & CONDITIONS:
        return ""
    for at in _negations(line):
        negated_words, neighbourhood = _round(line, at), _round(line, at, NEIGHBOURHOOD)
        if len(neighbourhood) >= ALIKE and not any(
            _denies(source_line, negated_words) or _is_of_denial(source_line, negated_words)
            for source_line in _nearest(neighbourhood, source_lines)
        ):
            return f"it says “{line.words[at]}”, and its source denies nothing there"
    return ""


def _nearest(neighbourhood: frozenset[str], source_lines: Sequence[Line]) -> list[Line]:
    """Return the source sentences that share most with some words of a sentence, and any that share nearly as
    much.
    """
    overlaps = [len(neighbourhood & source_line.content) for source_line in source_lines]
    least = max(1.0, NEARLY_SHARE * max(overlaps, default=0))
    return [other for other, overlap in zip(source_lines, overlaps, strict=True) if overlap >= least]


def _alike(line: Line, source_line: Line) -> bool:
    return len(line.content & source_line.content) >= max(1, min(ALIKE, len(line.content) // 2))


def _denies(source_line: Line, negated_words: frozenset[str]) -> bool:
    """Tell whether a sentence denies some words, with a negation beside them or before a stem:
    inexperienced.
    """
    least = 1 if len(negated_words) < FEW else 2
    return bool(negated_words & source_line.denied_keys) or any(
        len(negated_words & _round(source_line, at, 6)) >= least for at in _denials(source_line)
    )


def _is_of_denial(source_line: Line, negated_words: frozenset[str]) -> bool:
    """Tell whether a sentence tells of a denial, and of half of these words."""
    is_alike = 2 * len(negated_words & source_line.content) >= len(negated_words)
    return is_alike and has_mark("denied", source_line.text, source_line.language)


def _find_reversed_direction(line: Line, source_lines: Sequence[Line]) -> str:
    """Return a direction of a sentence for which its sources have only the opposite beside the same words."""
    for at, word in enumerate(line.folded_words):
        opposites = OPPOSITES.get(word)
        if not opposites:
            continue
        directed_words = _round(line, at)
        if _neighbouring_words(frozenset({word}), directed_words, source_lines):
            continue
        if _neighbouring_words(
            opposites,
            directed_words,
            [source_line for source_line in source_lines if _alike(line, source_line)],
        ):
            return f"it says “{line.words[at]}”, and its source says the opposite"
    return ""


def _neighbouring_words(
    words: frozenset[str], directed_words: frozenset[str], source_lines: Sequence[Line]
) -> bool:
    return any(
        directed_words & _round(source_line, at, 6)
        for source_line in source_lines
        if words & source_line.vocabulary
        for at, word in enumerate(source_line.folded_words)
        if word in words
    )
