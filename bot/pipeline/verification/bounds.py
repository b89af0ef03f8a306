"""Whether a figure kept what binds it: the time it is for (a month, a year) and the side on which it is a
limit (up to, more than).

Judged where a source says it of the same figure, in any language; a source that is silent about it proves
nothing.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.lexicon import union
from bot.pipeline.verification.figures import ROUNDING
from bot.text.numbers import Figure, figures
from bot.text.words import fold

NEAR_CHARACTERS = 24
"""Characters before and after a figure in which its binding stands."""


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phrases, folded; those in ideographs stand anywhere, others as whole words."""
    phrases = list(alternatives)
    latin = "|".join(phrase for phrase in phrases if phrase.isascii())
    signs = "|".join(phrase for phrase in phrases if not phrase.isascii())
    return re.compile(rf"\b(?:{latin})\b(?! \d)|{signs}")


_PERIODS = {
    "hour": _pattern(union(lambda lexicon: lexicon.limits.per_hour)),
    "day": _pattern(union(lambda lexicon: lexicon.limits.per_day)),
    "week": _pattern(union(lambda lexicon: lexicon.limits.per_week)),
    "month": _pattern(union(lambda lexicon: lexicon.limits.per_month)),
    "year": _pattern(union(lambda lexicon: lexicon.limits.per_year)),
}
_LIMITS = {
    "at most": _pattern(union(lambda lexicon: lexicon.limits.at_most)),
    "at least": _pattern(union(lambda lexicon: lexicon.limits.at_least)),
}
_NOT_MORE = _pattern(union(lambda lexicon: lexicon.limits.not_more))


def find_changed_bound(sentence: str, language: str, sources: Iterable[tuple[str, str]]) -> str:
    """Return the first figure of a sentence that sources (text, language) bind otherwise, with its words,
    empty when there is none.
    """
    source_figures = [bound_figure for text, lang in sources for bound_figure in _bound_figures(text, lang)]
    for figure, binding in _bound_figures(sentence, language):
        source_bindings = [
            source_binding
            for source_figure, source_binding in source_figures
            if _is_same(figure, source_figure)
        ]
        for kind, value in binding.items():
            source_values = [source_binding.get(kind, "") for source_binding in source_bindings]
            if source_values and all(source_values) and value not in source_values:
                return sentence[max(0, figure.start - NEAR_CHARACTERS) : figure.end + NEAR_CHARACTERS].strip()
    return ""


@lru_cache(maxsize=256)
def _bound_figures(text: str, language: str) -> tuple[tuple[Figure, Mapping[str, str]], ...]:
    """Return the figures of a text with what binds each."""
    text_figures = figures(text, language)
    end_offsets = [0, *(figure.end for figure in text_figures)]
    starts = [*(figure.start for figure in text_figures), len(text)]
    return tuple(
        (
            figure,
            _binding(
                text[max(end_offsets[n], figure.start - NEAR_CHARACTERS) : figure.start],
                text[figure.end : min(starts[n + 1], figure.end + NEAR_CHARACTERS)],
            ),
        )
        for n, figure in enumerate(text_figures)
    )


def _binding(before: str, after: str) -> Mapping[str, str]:
    """Return for how long a figure is, and on which side it is a limit, as far as the words beside it say so,
    up to the next pause.
    """
    head = re.split(r"[.;:!?。；！？]", fold(before))[-1]
    tail = re.split(r"[.;:!?,。；！？、，(（]", fold(after))[0]
    binding = {}
    if period := _single_match(_PERIODS, tail) or _single_match(
        _PERIODS, head[-8:] if not head.isascii() else ""
    ):
        binding["period"] = period
    negated = _NOT_MORE.search(head)
    limit = _single_match(_LIMITS, head) or ("" if tail.isascii() else _single_match(_LIMITS, tail[:6]))
    if limit and not negated:
        binding["limit"] = limit
    return binding


def _single_match(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    """Return which one of some patterns is in a text, empty where none or several are."""
    names = [name for name, pattern in patterns.items() if pattern.search(text)]
    return names[0] if len(names) == 1 else ""


def _is_same(a: Figure, b: Figure) -> bool:
    return a.unit == b.unit and abs(a.value - b.value) <= ROUNDING * max(abs(a.value), abs(b.value))
