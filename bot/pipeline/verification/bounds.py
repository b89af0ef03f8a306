"""Whether a figure kept what binds it: the time it is for (a month, a year) and the side on which it is a limit (up to, more than).

Judged where a source says it of the same figure, in any language; a source that is silent about it proves nothing.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.lexicon import every
from bot.pipeline.verification.figures import ROUNDING
from bot.text.numbers import Figure, figures
from bot.text.words import fold

NEAR = 24
"""Characters before and after a figure in which its binding stands."""


def _pattern(listed: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phrases, folded; those in ideographs stand anywhere, others as whole words."""
    phrases = list(listed)
    latin = "|".join(phrase for phrase in phrases if phrase.isascii())
    signs = "|".join(phrase for phrase in phrases if not phrase.isascii())
    return re.compile(rf"\b(?:{latin})\b(?! \d)|{signs}")


_PERIODS = {
    "hour": _pattern(every(lambda lexicon: lexicon.limits.per_hour)),
    "day": _pattern(every(lambda lexicon: lexicon.limits.per_day)),
    "week": _pattern(every(lambda lexicon: lexicon.limits.per_week)),
    "month": _pattern(every(lambda lexicon: lexicon.limits.per_month)),
    "year": _pattern(every(lambda lexicon: lexicon.limits.per_year)),
}
_LIMITS = {
    "at most": _pattern(every(lambda lexicon: lexicon.limits.at_most)),
    "at least": _pattern(every(lambda lexicon: lexicon.limits.at_least)),
}
_NOT_MORE = re.compile(
    r"\b(?:no|not|non|nicht|kein|pas|sin) (?:more|less|piu|meno|mehr|weniger|plus|moins|mas|menos)\b|不超过|不足"
)


def changed_bound(said: str, language: str, sources: Iterable[tuple[str, str]]) -> str:
    """Return the first figure of a sentence that sources (text, language) bind otherwise, with its words, empty when there is none."""
    known = [one for text, lang in sources for one in _bound(text, lang)]
    for figure, binding in _bound(said, language):
        held = [theirs for other, theirs in known if _is_same(figure, other)]
        for kind, value in binding.items():
            told = [theirs.get(kind, "") for theirs in held]
            if told and all(told) and value not in told:
                return said[max(0, figure.start - NEAR) : figure.end + NEAR].strip()
    return ""


@lru_cache(maxsize=256)
def _bound(text: str, language: str) -> tuple[tuple[Figure, Mapping[str, str]], ...]:
    """Return the figures of a text with what binds each."""
    found = figures(text, language)
    ends = [0, *(figure.end for figure in found)]
    starts = [*(figure.start for figure in found), len(text)]
    return tuple(
        (figure, _binding(text[max(ends[n], figure.start - NEAR) : figure.start], text[figure.end : min(starts[n + 1], figure.end + NEAR)]))
        for n, figure in enumerate(found)
    )  # fmt: skip


def _binding(before: str, after: str) -> Mapping[str, str]:
    """Return for how long a figure is, and on which side it is a limit, as far as the words beside it say so, up to the next pause."""
    head = re.split(r"[.;:!?。；！？]", fold(before))[-1]
    tail = re.split(r"[.;:!?,。；！？、，(（]", fold(after))[0]
    binding = {}
    if period := _only(_PERIODS, tail) or _only(_PERIODS, head[-8:] if not head.isascii() else ""):
        binding["period"] = period
    negated = _NOT_MORE.search(head)
    limit = _only(_LIMITS, head) or ("" if tail.isascii() else _only(_LIMITS, tail[:6]))
    if limit and not negated:
        binding["limit"] = limit
    return binding


def _only(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    """Return which one of some patterns is in a text, empty where none or several are."""
    found = [name for name, pattern in patterns.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _is_same(a: Figure, b: Figure) -> bool:
    return a.unit == b.unit and abs(a.value - b.value) <= ROUNDING * max(abs(a.value), abs(b.value))
