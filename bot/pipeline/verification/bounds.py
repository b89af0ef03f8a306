"""Whether a figure kept what binds it: the time it is for (a month, a year) and the side on which it is a limit (up to, more than).

Judged where a source says it of the same figure, in any language; a source that is silent about it proves nothing.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.pipeline.verification.figures import ROUNDING
from bot.text.numbers import Figure, figures
from bot.text.words import fold

NEAR = 24
"""Characters before and after a figure in which its binding stands."""


def _pattern(words: str) -> re.Pattern[str]:
    """Return a pattern of words, folded, apart by bars; those in ideographs stand anywhere, others as whole words."""
    every = words.split("|")
    latin = "|".join(word for word in every if word.isascii())
    signs = "|".join(word for word in every if not word.isascii())
    return re.compile(rf"\b(?:{latin})\b(?! \d)|{signs}")


_PERIODS = {
    "hour": _pattern("per hour|an hour|hourly|all'ora|l'ora|pro stunde|die stunde|par heure|por hora|la hora|每小时|毎時|時給"),
    "day": _pattern("per day|a day|daily|al giorno|pro tag|am tag|taglich|par jour|al dia|por dia|diarios|每天|每日|毎日|日額"),
    "week": _pattern("per week|a week|weekly|alla settimana|a settimana|pro woche|in der woche|wochentlich|par semaine|por semana|a la semana|每周|毎週|週額"),
    "month": _pattern("per month|a month|monthly|al mese|mensili?|mensile|pro monat|im monat|monatlich(?:e[nrms]?)?|par mois|mensuels?|mensuelles?|al mes|por mes|mensual(?:es)?|每月|每个月|毎月|月額|月間"),
    "year": _pattern("per year|a year|yearly|annually|annual|all'anno|l'anno|annu[oaie]|pro jahr|im jahr|jahrlich(?:e[nrms]?)?|par an|annuel(?:le)?s?|al ano|por ano|anual(?:es)?|每年|毎年|年額|年間"),
}  # fmt: skip
_LIMITS = {
    "at most": _pattern("up to|at most|no more than|not more than|less than|fewer than|under|below|fino a|al massimo|al piu|meno di|bis zu|hochstens|weniger als|unter|maximal|jusqu'a|au plus|moins de|hasta|como maximo|menos de|最多|不超过|至多|低于|最大|以下|未満"),
    "at least": _pattern("over|more than|at least|above|exceeding|no less than|oltre|piu di|almeno|uber|mehr als|mindestens|plus de|au moins|superieur a|mas de|al menos|por lo menos|超过|至少|逾|超え|以上|少なくとも"),
}  # fmt: skip
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
