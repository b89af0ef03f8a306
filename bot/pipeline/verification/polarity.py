"""Free paraphrases held against the sentence they come from: a negation it adds, a direction it turns round."""

from collections.abc import Iterator, Sequence

from bot.lexicon import every
from bot.pipeline.verification.polarity_words import OPPOSITES, negations
from bot.pipeline.verification.tokens import Line, lines, says_something

REACH = 4
"""Words round a negation or a direction that it is about."""

NEIGHBOURHOOD, NEARLY = 12, 0.6
"""Words round a negation by which its source sentence is found, and the share of what that one shares from which another may be it, too."""

ALIKE = 2
"""Words that say something which a sentence and its source sentence must share, or else they speak of different things; of a short one, half."""

FEW = 4
"""Words round a negation from which a source must deny two of them, for one may stand beside another denial."""

SOFT = frozenset(every(lambda lexicon: lexicon.words.soft_negations))
"""Negations that may as well be said with another word, and so prove nothing when they stand in a sentence."""

DENIALS = frozenset(every(lambda lexicon: lexicon.words.denials))
"""Words that may say in a source what a paraphrase says with a negation, folded."""

ONLY = frozenset((word,) for word in every(lambda lexicon: lexicon.words.only))
"""Words with which a negation adds something, folded: not only."""

CONDITIONS = frozenset(every(lambda lexicon: lexicon.words.conditions))
"""Words after which nothing is denied, folded; those of Romance languages are also other words."""


def contradicted(said: str, language: str, texts: Sequence[str]) -> str:
    """Return what a paraphrase turns round of texts in its own language, empty when it turns nothing."""
    known = [line for text in texts for line in lines(text, language)]
    for line in lines(said, language):
        if problem := _added(line, known) or _reversed(line, known):
            return problem
    return ""


def _round(line: Line, at: int, reach: int = REACH) -> frozenset[str]:
    """Return the keys of the words that say something round a word."""
    low, high = max(0, at - reach), at + reach + 1
    denying = negations(line.language)
    return frozenset(
        k
        for i, (k, w) in enumerate(zip(line.keys[low:high], line.folded[low:high], strict=True), low)
        if i != at and says_something(w) and w not in denying
    )


def _negations(line: Line) -> Iterator[int]:
    """Give where a sentence denies something outright; “No. 4” does not, nor does “not only”."""
    denying = negations(line.language) - SOFT
    for at, word in enumerate(line.folded):
        numbered = word == "no" and line.folded[at + 1 : at + 2] and line.folded[at + 1][0].isdecimal()
        if word in denying and not numbered and line.folded[at + 1 : at + 2] not in ONLY:
            yield at


def _denials(line: Line) -> Iterator[int]:
    denying = negations(line.language) | DENIALS
    return (at for at, word in enumerate(line.folded) if word in denying)


def _added(line: Line, known: Sequence[Line]) -> str:
    """Return a negation of a sentence that none of the source sentences nearest to it has: about its words they deny nothing."""
    if not known or line.text.endswith(("?", "？")) or line.vocabulary & CONDITIONS:
        return ""
    for at in _negations(line):
        about, near = _round(line, at), _round(line, at, NEIGHBOURHOOD)
        if len(near) >= ALIKE and not any(_denies(other, about) for other in _nearest(near, known)):
            return f"it says “{line.words[at]}”, and its source denies nothing there"
    return ""


def _nearest(near: frozenset[str], known: Sequence[Line]) -> list[Line]:
    """Return the source sentences that share most with some words of a sentence, and any that share nearly as much."""
    shared = [len(near & other.content) for other in known]
    least = max(1.0, NEARLY * max(shared, default=0))
    return [other for other, both in zip(known, shared, strict=True) if both >= least]


def _alike(line: Line, other: Line) -> bool:
    return len(line.content & other.content) >= max(1, min(ALIKE, len(line.content) // 2))


def _denies(other: Line, about: frozenset[str]) -> bool:
    """Tell whether a sentence denies some words, with a negation beside them or before a stem: inexperienced."""
    least = 1 if len(about) < FEW else 2
    return bool(about & other.denied) or any(
        len(about & _round(other, at, 6)) >= least for at in _denials(other)
    )


def _reversed(line: Line, known: Sequence[Line]) -> str:
    """Return a direction of a sentence for which its sources have only the opposite beside the same words."""
    for at, word in enumerate(line.folded):
        opposites = OPPOSITES.get(word)
        if not opposites:
            continue
        about = _round(line, at)
        if _beside(frozenset({word}), about, known):
            continue
        if _beside(opposites, about, [other for other in known if _alike(line, other)]):
            return f"it says “{line.words[at]}”, and its source says the opposite"
    return ""


def _beside(words: frozenset[str], about: frozenset[str], known: Sequence[Line]) -> bool:
    return any(
        about & _round(other, at, 6)
        for other in known
        if words & other.vocabulary
        for at, word in enumerate(other.folded)
        if word in words
    )
