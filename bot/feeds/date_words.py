"""What dates are made of in a language, as CLDR has it: months, phrases such as “3 days ago”, and whether the
day comes first.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from bot.languages import base_language
from bot.lexicon import FALLBACK, WrittenDates, alternatives, lexicon_of
from bot.text.month_names import BESIDE_DAY_AND_ALONE, WHOLE_AND_SHORT, month_names

MAX_MONTH_LETTERS = 12
SHORTEST_PREFIX = 3
"""Letters from which the beginning of a month's name stands for it: “Sept”, “окт”."""

_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_629_746,
    "year": 31_556_952,
}
"""Seconds of a unit; a month and a year are the mean ones of the Gregorian calendar."""

_PLACE = re.compile(r"\\\{0\\\}")
_GLUED = re.compile(r"([^\W\d_a-zA-Z]{1,3})M{3,4}")
"""What a language writes before the name of a month without a space."""

_ELIDED = re.compile(r"^[^\W\d_]{1,4}['’]")
"""What loses its vowel before the name of a month: d’août, d'abril."""

_NOTHING = re.compile(r"(?!)")
_PLAIN_WORD = r"[^\W\d_]+(?:['’][^\W\d_]+)?"
_COUNTS = {"one": 1, "two": 2}
"""How many of a unit a phrase without a figure tells, by its form in CLDR."""

ORDINALS = re.compile(
    rf"(?<=\d)(?:{alternatives(lambda lexicon: lexicon.dates.ordinals)})(?!\w)", re.IGNORECASE
)
"""What makes a number a day behind its figures: 6th, 1er, 1.º"""

_ABBREVIATION_SIGNS = ".॰"
_SIGNS = rf"[{_ABBREVIATION_SIGNS}]?"
_WIDTHS = ("", "-short", "-narrow")
_FIGURES = r"\d{1,3}(?!\d)"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a few languages: months by name, phrases that tell an age with the seconds of their unit,
    and the order of figures.
    """

    months: Mapping[str, int]
    ages: tuple[tuple[re.Pattern[str], int], ...]
    day_first: bool
    year_first: bool = False
    days_ago: Mapping[str, int] = field(default_factory=dict)
    """Words for a day, with how many lie between it and now: today, yesterday."""

    weekdays: Mapping[str, int] = field(default_factory=dict)
    """Names of days of the week; Monday is 0."""

    short_weekdays: Mapping[str, int] = field(default_factory=dict)
    short_ages: tuple[tuple[re.Pattern[str], int], ...] = ()
    """Patterns of texts that are an age in few letters (“2h”), with the seconds of a unit."""

    weekday_names: re.Pattern[str] = _NOTHING
    """What finds the name of a weekday, also in few letters, which stands beside a date and tells nothing."""

    updated: re.Pattern[str] = _NOTHING
    """What stands before the day on which something was changed."""

    eras: re.Pattern[str] = _NOTHING
    """What stands before a year, or a whole date, and tells nothing."""

    years_ahead: int = 0
    """By how many years a calendar is ahead of ours in which years may be counted."""

    tokens: re.Pattern[str] = re.compile(rf"\d+|{_PLAIN_WORD}")
    """What finds figures and words; names of months that are no plain words (“tháng 11”, “พ.ย.”) whole."""

    def month(self, word: str) -> int:
        """Return the number of the month that a word names or begins, 0 for none."""
        word = _ELIDED.sub("", word.casefold().rstrip(_ABBREVIATION_SIGNS))
        if month := self.months.get(word):
            return month
        if not SHORTEST_PREFIX <= len(word) <= MAX_MONTH_LETTERS:
            return 0
        numbers = {number for name, number in self.months.items() if name.startswith(word)}
        return numbers.pop() if len(numbers) == 1 else 0

    def month_phrases(self) -> list[tuple[str, int]]:
        """Return the names of months that are no plain words (“tháng 9”, “พ.ย.”), the longest first."""
        phrases = [
            (name, number) for name, number in self.months.items() if not re.fullmatch(_PLAIN_WORD, name)
        ]
        return sorted(phrases, key=lambda phrase: -len(phrase[0]))


def months_of(languages: Iterable[str]) -> Mapping[str, int]:
    """Return the months by their names in some languages, of which earlier ones go first."""
    months: dict[str, int] = {}
    for language in languages:
        locale = _locale(language)
        for name, number in _months(locale) if locale else ():
            months.setdefault(name, number)
        for name, number in _written(language).months.items():
            months.setdefault(name, number)
    return months


@lru_cache(maxsize=64)
def words_of(languages: tuple[str, ...]) -> Words:
    """Return the words of some languages, given as tags such as `pt-BR`. Earlier ones go first; unknown ones
    are left out.
    """
    locales = [locale for language in languages if (locale := _locale(language)) is not None]
    months = months_of(languages)
    ages = tuple(age for locale in locales for age in _ages(locale))
    patterns = [_written(language) for language in dict.fromkeys((*languages, FALLBACK))]
    order = _order(locales[0]) if locales else "dMy"
    eras = "|".join(phrase for dates in patterns for phrase in dates.eras) or _NOTHING.pattern
    return Words(
        months,
        ages,
        day_first=order.find("d") < order.find("M"),
        year_first=order.find("y") < order.find("M"),
        days_ago={phrase.casefold(): days for dates in patterns for phrase, days in dates.days_ago.items()},
        weekdays=dict(day for locale in reversed(locales) for day in _weekdays(locale, "wide")),
        short_weekdays=dict(day for locale in reversed(locales) for day in _weekdays(locale, "abbreviated")),
        short_ages=tuple(age for dates in patterns for age in _short_ages(dates)),
        weekday_names=_weekday_names(locales),
        updated=re.compile(
            rf"(?<!\w)(?:{'|'.join(phrase for dates in patterns for phrase in dates.updated)})\W{{0,5}}$",
            re.IGNORECASE,
        ),
        eras=re.compile(rf"(?<!\w)(?:{eras})(?=[\s\d])", re.IGNORECASE),
        years_ahead=max((dates.years_ahead for dates in patterns), default=0),
        tokens=_tokens(months),
    )


def _tokens(months: Iterable[str]) -> re.Pattern[str]:
    """Return what finds figures and words, and the names of months that are no plain words."""
    names = sorted((name for name in months if not re.fullmatch(_PLAIN_WORD, name)), key=len, reverse=True)
    others = "".join(rf"{re.escape(name)}(?![\w]){_SIGNS}|" for name in names)
    return re.compile(rf"{others}\d+|{_PLAIN_WORD}", re.IGNORECASE)


def _written(language: str) -> WrittenDates:
    """Return what the lexicon of a language, given as a tag, knows of dates."""
    return lexicon_of(base_language(language)).dates


def _weekdays(locale: Locale, width: str) -> Iterable[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for number, name in locale.days[context].get(width, {}).items():
            yield name.casefold().rstrip("."), number


def _weekday_names(locales: Iterable[Locale]) -> re.Pattern[str]:
    """Return what finds a weekday as a word or words of its own, with the point of an abbreviation."""
    widths = ("wide", "abbreviated", "short")
    names = {name for locale in locales for width in widths for name, _ in _weekdays(locale, width)}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first) or '(?!)'})\.?(?!\w)", re.IGNORECASE)


def _short_ages(dates: WrittenDates) -> Iterable[tuple[re.Pattern[str], int]]:
    """Give the patterns of ages in the short units of a language, with or without what says that they are."""
    ago = "|".join(dates.ago) or "(?!)"
    for name, units in dates.units.items():
        unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
        yield (
            re.compile(rf"(?:(?:{ago})\s?)?(\d{{1,3}})\s?(?:{unit})\.?\s?(?:{ago})?", re.IGNORECASE),
            _UNITS[name],
        )


@lru_cache(maxsize=128)
def _locale(language: str) -> Locale | None:
    tag = language.strip().replace("_", "-")
    for name in (tag, tag.split("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (ValueError, UnknownLocaleError, TypeError):
            # Pages name languages in every way; without a region it may be one.
            continue
    return None


def _months(locale: Locale) -> Iterable[tuple[str, int]]:
    patterns = (str(pattern) for pattern in locale.date_formats.values())
    prefixes = {match[1] for pattern in patterns if (match := _GLUED.search(pattern))}
    for spelling, number in month_names(locale, BESIDE_DAY_AND_ALONE, WHOLE_AND_SHORT):
        name = spelling.casefold().rstrip(_ABBREVIATION_SIGNS)
        if len(name) >= 2 and name[0].isalpha():
            yield name, number
            for prefix in prefixes:
                yield prefix + name, number


def _ages(locale: Locale) -> Iterable[tuple[re.Pattern[str], int]]:
    """Give the patterns of phrases that tell how long ago something was; Babel writes ages and has no other
    way to ask for them.
    """
    fields: Mapping[str, Any] = locale._data["date_fields"]
    number = rf"({'|'.join((_FIGURES, *_words_for_one(locale.language)))})\+?"
    phrases = set()
    for unit, seconds in _UNITS.items():
        for width in _WIDTHS:
            past: Mapping[str, str] = fields.get(unit + width, {}).get("past", {})
            for form, phrase in past.items():
                if phrase in phrases:
                    continue
                phrases.add(phrase)
                if "{0}" in phrase:
                    yield _pattern(phrase, number), seconds
                elif form in _COUNTS:
                    yield _whole_phrase(phrase, locale.language), seconds * _COUNTS[form]


def _whole_phrase(phrase: str, language: str) -> re.Pattern[str]:
    """Return what finds a phrase that tells an age without a figure, whatever says there that it is one."""
    ago = "|".join(lexicon_of(language).dates.ago)
    spaced = re.escape(phrase.casefold()).replace(r"\ ", r"\s+")
    if ago:
        spaced = re.compile(rf"^(?:{ago})(?=\\)").sub(lambda _: f"(?:{ago})", spaced)
    return re.compile(rf"(?<!\w)({spaced})(?!\w)")


def _words_for_one(language: str) -> list[str]:
    """Return patterns of what a language says for one before a unit: an hour ago, vor einer Stunde."""
    numbers = lexicon_of(language).numbers
    return [
        *numbers.one,
        *(rf"\b{re.escape(word)}\b" for word, value in numbers.words.items() if value == 1),
    ]


def _pattern(phrase: str, number: str) -> re.Pattern[str]:
    spaced = re.escape(" ".join(phrase.casefold().split())).replace(r"\ ", r"\s*")
    edge = r"\b" if phrase[-1].isalpha() and phrase[-1].isascii() else ""
    return re.compile(_PLACE.sub(lambda _: rf"{number}\s*", spaced) + edge)


def _order(locale: Locale) -> str:
    """Return the pattern of a short date: in which order its parts stand."""
    pattern: str = locale.date_formats["short"].pattern
    return pattern
