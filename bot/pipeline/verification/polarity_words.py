"""Words that turn a sentence round: negations, opposites, hedges, and days and months, from the lexicons."""

import re

from babel import Locale

from bot.lexicon import LANGUAGES, LEXICONS, alternatives, union
from bot.text.month_names import WHOLE, WHOLE_AND_SHORT, month_names
from bot.text.words import fold, has_cjk

_NEGATIONS = {
    language: frozenset(map(fold, lexicon.words.negations))
    for language, lexicon in LEXICONS.items()
    if lexicon.words.negations
}
_NEGATIONS_ANYWHERE = frozenset().union(*_NEGATIONS.values())


def negations(language: str) -> frozenset[str]:
    """Return the words that deny in a language, folded; of one that is not known those of all.

    They are told by language, for Italian *mai* is a month in German.
    """
    return _NEGATIONS.get(language, _NEGATIONS_ANYWHERE)


DENIALS = frozenset(union(lambda lexicon: lexicon.words.denials))
"""Words that may say in a source what a paraphrase says with a negation, folded."""

NEGATION_CJK = re.compile(alternatives(lambda lexicon: lexicon.words.negation_signs))


def _both_ways(pairs: tuple[str, ...]) -> dict[str, frozenset[str]]:
    opposites: dict[str, set[str]] = {}
    for pair in pairs:
        first, second = fold(pair).split("/")
        opposites.setdefault(first, set()).add(second)
        opposites.setdefault(second, set()).add(first)
    return {word: frozenset(opposite_words) for word, opposite_words in opposites.items()}


_PAIRS = union(lambda lexicon: lexicon.words.opposites)
OPPOSITES = _both_ways(tuple(pair for pair in _PAIRS if not has_cjk(pair)))
"""Each word, folded, with those that say the opposite."""

OPPOSITES_CJK = tuple((one, other) for one, other in (pair.split("/") for pair in _PAIRS if has_cjk(pair)))
HEDGES = frozenset(map(fold, union(lambda lexicon: lexicon.words.hedges)))
"""What makes a claim of a possibility, a plan or hearsay, folded."""

HEDGES_CJK = re.compile(alternatives(lambda lexicon: lexicon.words.hedge_signs))


def _weekdays(language: str) -> set[str]:
    return {fold(name) for name in Locale(language).days["format"]["wide"].values()}


def _calendar(language: str) -> set[str]:
    """Return the days and months of a language, and how they are abbreviated, folded (CLDR)."""
    locale = Locale(language)
    widths = WHOLE_AND_SHORT if language == "en" else WHOLE
    months = {name for name, _ in month_names(locale, widths=widths)}
    return {fold(name) for name in months.union(locale.days["format"]["wide"].values())}


_DAYS = frozenset(map(fold, union(lambda lexicon: lexicon.words.days)))
CALENDAR = _DAYS.union(*map(_calendar, LANGUAGES)) - {"may"}
"""Days and months of every language that is read, folded. *May* is no month more often than one."""

WEEKDAYS = frozenset().union(*map(_weekdays, LANGUAGES))
"""Days of the week of every language that is read, folded."""
