"""The gate between every summarizer and every reader: a sentence may say only what its receipts say.

Checked in any language: figures (value, scale and unit), quotations word for word, links, and names in Latin letters.
Where a sentence is almost its source's, in one language, also negation, direction, days and months, and units.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.pipeline.nearcopy import turned
from bot.pipeline.numbers import Figure, figures
from bot.pipeline.text import fold, squash

_QUOTED = re.compile(r"[“«„「『\"]([^“”«»„「」『』\"]{12,})[”»“」』\"]")
_LINK = re.compile(r"https?://\S+")
_NAME = re.compile(r"(?<![.!?:…。“\"«„]\s)(?<!^)\b[A-Z\u00c0-\u00de][\w’'\-]*[\w]")
ROUNDING = 0.005
"""Two figures within half a percent are the same figure, rounded."""


@dataclass(frozen=True, slots=True)
class Source:
    """The words a sentence rests on, and their language."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a sentence may be told, and if not, what it says beyond its receipts."""

    ok: bool
    reason: str = ""


def check(sentence: str, language: str, receipts: Sequence[Source]) -> Ruling:
    """Rule on a sentence against the words it rests on. A sentence taken over whole passes."""
    said = squash(sentence)
    sources = [squash(source.text) for source in receipts]
    if any(said in source for source in sources):
        return Ruling(ok=True)
    for problem in (
        _figures(said, language, receipts),
        _quotes(said, sources),
        _links(said, sources),
        _names(said, language, receipts),
        _turned(said, language, receipts),
    ):
        if problem:
            return Ruling(ok=False, reason=problem)
    return Ruling(ok=True)


def _figures(said: str, language: str, receipts: Sequence[Source]) -> str:
    known = [f for source in receipts for f in figures(source.text, source.language)]
    for figure in figures(said, language):
        if not any(same_figure(figure, other) and not (figure.unit and not other.unit) for other in known):
            return f"the figure {said[figure.start : figure.end]} is not in its source"
    return ""


def same_figure(a: Figure, b: Figure) -> bool:
    """Tell whether two figures have the same value (rounded) and no different units."""
    if a.unit and b.unit and a.unit != b.unit:
        return False
    return abs(a.value - b.value) <= ROUNDING * max(abs(a.value), abs(b.value))


def _quotes(said: str, sources: Sequence[str]) -> str:
    for match in _QUOTED.finditer(said):
        quoted = fold(match[1])
        if not any(quoted in fold(source) for source in sources):
            return f"the quotation “{match[1][:60]}” is not word for word in its source"
    return ""


def _links(said: str, sources: Sequence[str]) -> str:
    for match in _LINK.finditer(said):
        if not any(match.group() in source for source in sources):
            return f"the link {match.group()[:80]} is not in its source"
    return ""


def _turned(said: str, language: str, receipts: Sequence[Source]) -> str:
    """Hold a near copy against its source sentence, where both are in one language."""
    for source in receipts:
        if source.language == language and (problem := turned(said, language, source.text)):
            return problem
    return ""


def _names(said: str, language: str, receipts: Sequence[Source]) -> str:
    if language == "de":
        return ""
    known = fold(" ".join(source.text for source in receipts))
    for match in _NAME.finditer(said):
        name = fold(match.group())
        if len(name) > 2 and name.removesuffix("'s") not in known:
            return f"the name {match.group()} is not in its source"
    return ""
