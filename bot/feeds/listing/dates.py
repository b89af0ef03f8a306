"""Dates as people read them on pages: absolute, localised, relative, with or without a year, and in
addresses.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.feeds.date_forms import without_ideographs
from bot.feeds.date_words import ORDINALS, Words
from bot.feeds.dates import known_form
from bot.text.words import is_cjk

MAX_LETTERS = 300
"""Letters of a text that are looked at."""

FIRST_YEAR = 1990
AHEAD = timedelta(days=400)
"""How far in the future a date may lie that is believed to be one (events are announced)."""

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988}
"""The year before the first of a Japanese era, as it is written and abbreviated."""

LONGEST_AGE = 20
"""Letters of an age in short."""

BETWEEN = frozenset({"de", "di", "of", "the"})
"""What stands between a day and its month where no year follows."""

BUDDHIST = 543
"""Years by which the Thai calendar is ahead."""

_YEAR_FIRST = re.compile(r"(?<![\d/.-])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d|[-/]\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_CJK = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_ERA = re.compile(r"(令和|平成|昭和|\b[RH])\s?(元|\d{1,2})\s?[年.]\s?(\d{1,2})\s?[月.]\s?(\d{1,2})\s?日?")
_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d|[-/]\d)")
_ROMAN = re.compile(r"(?<![\w.])(\d{1,2})[./ ]\s?([IVX]{1,4})[./ ]\s?(\d{4})(?!\d)")
_ROMAN_MONTHS = {
    numeral: number for number, numeral in enumerate("I II III IV V VI VII VIII IX X XI XII".split(), start=1)
}
_SHORT = re.compile(r"(?<![\d/.:-])(\d{1,2})([/.-])(\d{1,2})\.?(?![\d/:-])")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?::\d{2})?\s?([ap]\.?m\b\.?)?(?!\d)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_SOLID = re.compile(r"\S")
_PARTING = re.compile(r"[·•|()\[\]—–:;]|\s-\s")
"""What parts a month from a number before it, which is none of its days then."""

_POINTED = re.compile(r"\d\.$")
_DIRECTLY = re.compile(r"\s{0,4},?\s")
"""What stands between a day and its year in “March 12, 2026”, where nothing is left of an ordinal."""

_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0?[1-9]|1[0-2])(?:[/-]?(0?[1-9]|[12]\d|3[01]))?(?=[/_.-]|$)")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:\d{6})?(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMatch:
    """A date in a text: where it stands, and what it may mean. `alternative` is the reading with the month
    first; `sure` counts its parts.
    """

    moment: datetime
    start: int
    end: int
    sure: int
    alternative: datetime | None = None
    yearless: bool = False
    """Whether its year is only the last one in which it was."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Reads dates in the words of a page, at a moment."""

    words: Words
    now: datetime
    _cache: dict[tuple[str, bool], DateMatch | None] = field(default_factory=dict, compare=False, repr=False)

    def find(self, text: str) -> DateMatch | None:
        """Return the first of the surest dates in a text, None for none."""
        if (text, False) not in self._cache:
            self._cache[text, False] = self._find(text)
        return self._cache[text, False]

    def find_exact(self, text: str) -> DateMatch | None:
        """Return the date that a text is, with little else: also one without a year, or a time of today."""
        if (text, True) not in self._cache:
            self._cache[text, True] = self._find_exact(text)
        return self._cache[text, True]

    def _find(self, text: str) -> DateMatch | None:
        text = self._plain(text[:MAX_LETTERS])
        date_match = [candidate for candidate in self._matches(text) if self._is_possible(candidate.moment)]
        return max(date_match, key=lambda candidate: (candidate.sure, -candidate.start), default=None)

    def _find_exact(self, text: str) -> DateMatch | None:
        text = without_ideographs(text.strip())
        if not text or len(text) > 60:
            return None
        in_words = next(self._ages(text), None) or self._in_short(text) or self._by_day(text)
        date_match = self.find(text) or in_words or self._without_year(self._plain(text))
        if date_match is None:
            return None
        rest = text[: date_match.start] + text[date_match.end :]
        return date_match if len(_SOLID.findall(rest)) <= max(14, date_match.end - date_match.start) else None

    def _plain(self, text: str) -> str:
        """Return a text with our digits, and with nothing in place of what stands before its years and behind
        its days.
        """
        return self.words.eras.sub(_blank, ORDINALS.sub(_blank, _with_digits(text)))

    def _is_possible(self, moment: datetime) -> bool:
        return moment.year >= FIRST_YEAR and moment <= self.now + AHEAD

    def _matches(self, text: str) -> Iterator[DateMatch]:
        if not _DIGIT.search(text):
            return
        yield from self._figures(text)
        yield from self._with_month(text)
        yield from self._ages(text)

    def _figures(self, text: str) -> Iterator[DateMatch]:
        for match in _YEAR_FIRST.finditer(text):
            yield from _match_of(match, int(match[1]), int(match[3]), int(match[4]), 4)
        for match in _ERA.finditer(text):
            year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
            yield from _match_of(match, year, int(match[3]), int(match[4]), 4)
        for match in _CJK.finditer(text):
            if match[1]:
                yield from _match_of(match, int(match[1]), int(match[2]), int(match[3]), 4)
        for match in _FIGURES.finditer(text):
            yield from self._ambiguous(match)
        for match in _COMPACT.finditer(text):
            yield from _match_of(match, int(match[1]), int(match[2]), int(match[3]), 1)
        for match in _ROMAN.finditer(text):
            yield from _match_of(match, int(match[3]), _ROMAN_MONTHS.get(match[2], 0), int(match[1]), 4)

    def _ambiguous(self, match: re.Match[str]) -> Iterator[DateMatch]:
        """Give a date whose day and month may stand in either order."""
        first, second, year = (
            int(match[1]),
            int(match[3]),
            _whole_year(match[4], self.now, self.words.years_ahead),
        )
        sure = 3 if len(match[4]) == 4 else 2
        day_first, month_first = _moment(year, second, first), _moment(year, first, second)
        year_first = (
            _moment(_whole_year(match[1], self.now), second, int(match[4]))
            if self.words.year_first and len(match[1]) == len(match[4]) == 2
            else None
        )
        if year_first and year_first <= self.now + AHEAD:
            yield DateMatch(moment=year_first, start=match.start(), end=match.end(), sure=2)
        elif day_first and month_first:
            usual, alternative = (
                (day_first, month_first) if self.words.day_first else (month_first, day_first)
            )
            yield DateMatch(
                moment=usual, start=match.start(), end=match.end(), sure=sure, alternative=alternative
            )
        elif reading := day_first or month_first:
            yield DateMatch(moment=reading, start=match.start(), end=match.end(), sure=sure)
        elif (
            len(match[1]) == 2
            and match[2] != "."
            and (last := _moment(_whole_year(match[1], self.now), second, int(match[4][:2])))
        ):
            yield DateMatch(moment=last, start=match.start(), end=match.end(), sure=1)

    def _with_month(self, text: str) -> Iterator[DateMatch]:
        """Give dates with a month's name: its day and year stand beside it, with at most a short word
        between.
        """
        tokens = list(self.words.tokens.finditer(text))
        for at, token in enumerate(tokens):
            month = 0 if token[0].isdigit() else self.words.month(token[0])
            if month and not self._follows_its_other_name(tokens, at, month):
                yield from self._beside_month(tokens, at, month, text)

    def _beside_month(
        self, tokens: Sequence[re.Match[str]], at: int, month: int, text: str
    ) -> Iterator[DateMatch]:
        before, after = self._day_before(tokens, at, text), self._number(tokens, at, 1)
        later = self._number(tokens, after, 1) if after is not None else None
        pairs = [(before, after), (after, later), (after, before)]
        if _is_day_with_year(tokens, after, later, text):
            pairs.insert(0, (after, later))
        for day, year in pairs:
            if day is None or not _is_day(tokens[day][0]):
                continue
            full_year = _year(tokens[year][0], self, text, tokens[year].start()) if year is not None else 0
            places = [at, day] + ([year] if full_year and year is not None else [])
            start, end = tokens[min(places)].start(), tokens[max(places)].end()
            if full_year and (moment := _moment(full_year, month, int(tokens[day][0]))):
                yield DateMatch(moment=moment, start=start, end=end, sure=4)
                return
        for place in (before, after):
            if place is not None and _is_day(tokens[place][0]) and self._are_beside(tokens, at, place):
                if moment := self._last(month, int(tokens[place][0])):
                    places = [at, place]
                    yield DateMatch(
                        moment=moment,
                        start=tokens[min(places)].start(),
                        end=tokens[max(places)].end(),
                        sure=2,
                        yearless=True,
                    )
                return

    def _day_before(self, tokens: Sequence[re.Match[str]], at: int, text: str) -> int | None:
        """Return the place of the number before a month that may be its day: not where something parts them
        (“Issue 6 · March”), and not the end of a version.
        """
        place = self._number(tokens, at, -1)
        if place is None or _PARTING.search(text, tokens[place].end(), tokens[at].start()):
            return None
        start, end = tokens[place].span()
        if _POINTED.search(text, 0, start) or (text[end : end + 1] == "," and self._is_counted(text[:start])):
            return None
        return place

    def _is_counted(self, before: str) -> bool:
        """Tell whether what stands before a number says what it counts: “Vol. 3, March 2026”."""
        label = self.words.weekday_names.sub(_blank, before).rstrip(" .#")
        return label[-1:].isalpha()

    def _follows_its_other_name(self, tokens: Sequence[re.Match[str]], at: int, month: int) -> bool:
        """Tell whether a month is named by another of its names just before: “تشرين الثاني/نوفمبر”."""
        return at > 0 and self.words.month(tokens[at - 1][0]) == month

    def _are_beside(self, tokens: Sequence[re.Match[str]], month: int, day: int) -> bool:
        """Tell whether nothing stands between a month and a day, or what a language puts there: “27 de nov”,
        “March the 6th”.
        """
        distance = abs(day - month)
        return distance == 1 or (distance == 2 and tokens[(day + month) // 2][0].casefold() in BETWEEN)

    def _number(self, tokens: Sequence[re.Match[str]], at: int, step: int) -> int | None:
        """Return the place of the next number, with at most one short word between that is no other month."""
        for place in (at + step, at + 2 * step):
            if not 0 <= place < len(tokens):
                return None
            if tokens[place][0].isdigit():
                return place
            month = self.words.month(tokens[place][0])
            if month and month == self.words.month(tokens[at][0]):
                continue
            if len(tokens[place][0]) > 3 or month:
                return None
        return None

    def _last(self, month: int, day: int) -> datetime | None:
        """Return the last time that it was a day of the year; a little ahead counts too."""
        for year in (self.now.year + 1, self.now.year, self.now.year - 1):
            moment = _moment(year, month, day)
            if moment and moment <= self.now + timedelta(days=2):
                return moment
        return None

    def _ages(self, text: str) -> Iterator[DateMatch]:
        lower_text = text.casefold()
        if len(lower_text) != len(text):
            return
        for pattern, seconds in self.words.ages:
            if match := pattern.search(lower_text):
                count = int(match[1]) if match[1].isdigit() else 1
                age = timedelta(seconds=count * seconds)
                yield DateMatch(moment=self.now - age, start=match.start(), end=match.end(), sure=3)

    def _in_short(self, text: str) -> DateMatch | None:
        """Return the age that a text is in few letters: “2h”, “vor 3 T.”, “il y a 2 sem.”."""
        text = text.casefold()
        if len(text) > LONGEST_AGE or not _DIGIT.search(text):
            return None
        for pattern, seconds in self.words.short_ages:
            if match := pattern.fullmatch(text):
                age = timedelta(seconds=int(match[1]) * seconds)
                return DateMatch(moment=self.now - age, start=0, end=len(text), sure=3)
        return None

    def _by_day(self, text: str) -> DateMatch | None:
        """Return the day that a text begins with by its word: “yesterday, 10:15”, or that it holds by its
        name: “last Tuesday”.
        """
        lower_text = text.casefold()
        for phrase, days in self.words.days_ago.items():
            follower = lower_text[len(phrase) : len(phrase) + 1]
            if lower_text.startswith(phrase) and (is_cjk(phrase) or not follower.isalpha()):
                return DateMatch(moment=self.now - timedelta(days=days), start=0, end=len(phrase), sure=1)
        if (number := self.words.short_weekdays.get(lower_text.rstrip("."))) is not None:
            return self._last_weekday(number, len(text))
        for name, number in self.words.weekdays.items():
            at = lower_text.find(name)
            if 0 <= at <= len("letzten ") and _is_whole(lower_text, at, at + len(name)):
                return self._last_weekday(number, at + len(name))
        return None

    def _last_weekday(self, number: int, end: int) -> DateMatch:
        ago = timedelta(days=(self.now.weekday() - number) % 7)
        return DateMatch(moment=self.now - ago, start=0, end=end, sure=1)

    def _without_year(self, text: str) -> DateMatch | None:
        if match := _CJK.search(text):
            moment = self._last(int(match[2]), int(match[3]))
            return (
                DateMatch(moment=moment, start=match.start(), end=match.end(), sure=2, yearless=True)
                if moment
                else None
            )
        bare = self.words.weekday_names.sub(_blank, text)
        if (match := _SHORT.search(bare)) and not _LETTER.search(bare):
            first, second = int(match[1]), int(match[3])
            day_first, month_first = self._last(second, first), self._last(first, second)
            usual, alternative = (
                (day_first, month_first) if self.words.day_first else (month_first, day_first)
            )
            if usual or alternative:
                return DateMatch(
                    moment=usual or alternative or self.now,
                    start=match.start(),
                    end=match.end(),
                    sure=1,
                    alternative=alternative if usual else None,
                    yearless=True,
                )
        if match := _CLOCK.fullmatch(text):
            return DateMatch(moment=self.now, start=match.start(), end=match.end(), sure=0)
        return None


def from_attribute(value: str, dates: Dates) -> datetime | None:
    """Return the moment that an attribute such as `datetime` gives: in a form for machines, else as people
    write it.
    """
    value = value.strip()
    if not value or len(value) > 60 or not _DIGIT.search(value):
        return None
    exact = (known_form(value) or known_form(value.split()[0])) if len(value) >= 8 else None
    if exact is None:
        date_match = dates.find_exact(value)
        exact = date_match.moment if date_match and date_match.sure >= 2 else None
    return exact if exact and exact.year >= FIRST_YEAR and exact <= dates.now + AHEAD else None


def from_address(link: str, now: datetime) -> datetime | None:
    """Return the day that stands in the path of an address (`/2026/03/18/`, `/20260318_7.html`), None for
    none.
    """
    path = re.split(r"[?#]", link.split("://", 1)[-1], maxsplit=1)[0]
    path = path[path.find("/") :] if "/" in path else ""
    for match in (*_PATH.finditer(path), *_STAMP.finditer(path)):
        day = match[3]
        moment = _moment(int(match[1]), int(match[2]), int(day)) if day else None
        if moment and moment <= now + timedelta(days=2):
            return moment
    return None


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a part of a text is no part of a longer word."""
    return is_cjk(text[start:end]) or not (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha())


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _with_digits(text: str) -> str:
    """Return a text with every script's digits as ours."""
    if text.isascii():
        return text
    text = without_ideographs(text)
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() and unicodedata.digit(letter, -1) >= 0 else letter
        for letter in text
    )


def _match_of(match: re.Match[str], year: int, month: int, day: int, sure: int) -> Iterator[DateMatch]:
    if moment := _moment(gregorian(year), month, day):
        yield DateMatch(moment=moment, start=match.start(), end=match.end(), sure=sure)


def gregorian(year: int) -> int:
    """Return a year of our calendar; one of the Thai calendar as ours."""
    return year - BUDDHIST if 2400 < year < 2700 else year


def _whole_year(year: str, now: datetime, ahead: int = 0) -> int:
    """Return a year of two or four figures; two are of this century or the last, none far ahead. In a
    calendar that is `ahead` of ours they are of its century, where that is nearer.
    """
    if len(year) == 4:
        return gregorian(int(year))
    number = now.year // 100 * 100 + int(year)
    number = number if number <= now.year + 1 else number - 100
    other_year = (now.year + ahead) // 100 * 100 + int(year) - ahead
    return other_year if ahead and number < other_year <= now.year + 1 else number


def _is_day_with_year(tokens: Sequence[re.Match[str]], day: int | None, year: int | None, text: str) -> bool:
    """Tell whether the numbers behind a month are its day and, directly behind that, a year of four
    digits.
    """
    if day is None or year is None or len(tokens[year][0]) != 4 or not _is_day(tokens[day][0]):
        return False
    return _DIRECTLY.fullmatch(text, tokens[day].end(), tokens[year].start()) is not None


def _is_day(number: str) -> bool:
    return len(number) <= 2 and 1 <= int(number) <= 31


def _year(number: str, dates: Dates, text: str, start: int) -> int:
    """Return the year that a number beside a day and a month is, 0 for none."""
    now = dates.now
    if len(number) == 4 and (FIRST_YEAR <= int(number) <= now.year + 2 or 2500 < int(number) < 2600):
        return gregorian(int(number))
    if (
        len(number) == 2
        and start > 0
        and text[start - 1] in "'’-/. "
        and not re.match(r"\d\d[:.]\d\d|\d\d\s?[hap]\.?m?\b", text[start:], re.IGNORECASE)
    ):
        return _whole_year(number, now, dates.words.years_ahead)
    return 0


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
