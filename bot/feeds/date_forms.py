"""The forms in which feeds write a date: what stands for the day, the clock and the zone.

A form is read for what its parts can only mean. Where day and month may stand in either order, both readings
are given, and whoever asks decides by what else the feed says.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale

from bot.feeds.date_words import months_of, words_of
from bot.lexicon import LANGUAGES

MAX_LETTERS = 100
"""Letters of a date that are looked at."""

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before the first of an era, in Japan and Taiwan."""

ERA_LETTERS = {"R": 2018, "H": 1988, "S": 1925}
"""What Japanese eras are called for short."""

BUDDHIST = 543
"""Years by which the Thai calendar is ahead."""

MINUTES_AHEAD = {
    "UTC": 0,
    "GMT": 0,
    "UT": 0,
    "Z": 0,
    "WET": 0,
    "AZOST": 0,
    "CET": 60,
    "MEZ": 60,
    "BST": 60,
    "WEST": 60,
    "WAT": 60,
    "CEST": 120,
    "MESZ": 120,
    "EET": 120,
    "SAST": 120,
    "CAT": 120,
    "EEST": 180,
    "MSK": 180,
    "TRT": 180,
    "EAT": 180,
    "IDT": 180,
    "GST": 240,
    "PKT": 300,
    "IST": 330,
    "ICT": 420,
    "WIB": 420,
    "HKT": 480,
    "SGT": 480,
    "PHT": 480,
    "AWST": 480,
    "JST": 540,
    "KST": 540,
    "ACST": 570,
    "AEST": 600,
    "ACDT": 630,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "BRT": -180,
    "ART": -180,
    "CLT": -240,
    "AST": -240,
    "ADT": -180,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "AKDT": -480,
    "HST": -600,
}
"""What zones are called for short (RFC 822, 5.1, and the tz database), where one meaning is the usual one."""

ZONES_OF_COUNTRIES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
"""What people call a zone whether it is summer or winter."""

LOCAL_ZONES = {("zh", "CST"): 480, ("he", "IST"): 120, ("bn", "BST"): 360}
"""Minutes ahead of zones whose short name means another one in feeds of a language."""

SHORTEST_MONTH = 3
"""Letters that the name of a month has in an alphabet."""

MONTHS_BESIDE_CLDR = {"fév": 2, "фев": 2, "mrz": 3, "aout": 8, "sept": 9, "сен": 9, "set": 9, "ноя": 11}
"""What people call months for short beside what CLDR has."""

_ERA = "|".join(ERAS)
_SIGN = r"[:：]"
_CLOCK = re.compile(
    rf"(?<![\d.])(\d{{1,2}}){_SIGN}(\d{{2}})(?:{_SIGN}(\d{{2}})(?:[.,]\d{{1,9}})?)?(?!\d)"
    r"|(?<!\d)(\d{1,2}) ?(?:[h時时点點시]) ?(?:(\d{1,2})(?: ?(?:[分분]|m(?:in)?))?)?"
    r"(?: ?(\d{1,2}) ?[秒초s])?(?![^\W_])"
)
_HOUR = re.compile(r"(?<![\d./-])(\d{1,2}) ?(?=[ap]\.? ?m\b)", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![\d.])([01]?\d|2[0-3])[.,]([0-5]\d)(?:\.([0-5]\d))?(?![\d.,])")
_OFFSET = re.compile(
    r"[ (]*(?:(?:UTC|GMT|Z)? ?([+\u2212-])(\d{1,2})(?::?(\d{2}))?(?![\d:])"
    r"|[\[(]?([A-Z][A-Za-z]{1,12}/[A-Z][A-Za-z_]{1,20})|([A-Z]{1,5})\b)"
)
_LAST_ZONE = re.compile(r"(?<![A-Za-z])([A-Z]{3,5})\)?$")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})(?!\d)")
_CJK = re.compile(
    rf"(?:({_ERA}) ?(元|\d{{1,3}})|(?<!\d)(\d{{4}}|\d{{2}})) ?[年년] ?(?:\([^()]{{1,12}}\) ?)?"
    r"(\d{1,2}) ?[月월] ?(\d{1,2})(?!\d)"
)
_CJK_MONTH = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}) ?[月월],? (\d{4})(?!\d)")
"""Programs that put 11月 in the place of Nov."""

_SHORT_NAME = re.compile(r"\b[A-Z]{3}\b")
_ERA_LETTER = re.compile(r"(?<![A-Za-z])([RHS])(\d{1,2}) ?[./-] ?(\d{1,2}) ?[./-] ?(\d{1,2})(?!\d)")
_IDEOGRAPHS = re.compile(r"([〇零一二三四五六七八九十]{1,4})(?=[年月日])")
_FIGURES = {sign: figure for figure, signs in enumerate(("〇零", *"一二三四五六七八九")) for sign in signs}
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?(?!\d)")
_WEEK = re.compile(r"(?<!\d)(\d{4})-?W(\d{2})(?:-?([1-7]))?(?!\d)")
_DAY_OF_YEAR = re.compile(r"^(\d{4})-(\d{3})(?!\d)")
_TOKEN = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[^\w\s\x00-\u02ff\u2000-\u206f\u3000-\u303f\u060c\u061b])*")
"""A number, or a word with the marks that stand on its letters."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it is written: its moment, and the other one that it may mean where day and month may stand
    in either order.

    The first has the day before the month. `twelve_hours` tells whether its clock says morning or afternoon,
    `sign` what stands between its numbers where they might change places.
    """

    moment: datetime
    alternative: datetime | None = None
    twelve_hours: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class _Clock:
    time: timedelta = timedelta()
    ahead: timedelta = timedelta()
    zone: str = ""
    twelve_hours: bool = False


@lru_cache(maxsize=2048)
def written_date(raw: str, language: str = "") -> WrittenDate | None:
    """Return the date that a text is, None for none. Month names are looked for in `language` first."""
    text = _plain(raw[:MAX_LETTERS])
    if match := _COMPACT.match(text):
        return _compact(match, text)
    clock, rest = _clock(_with_offset(text, language))
    for read in _READERS:
        for day, alternative in read(rest, language):
            return _at(clock, day, alternative, sign_of(rest) if alternative else "")
    return None


def sign_of(raw: str) -> str:
    """Return what stands between the three numbers of a date that ends with its year, empty for none."""
    match = _YEAR_LAST.search(raw)
    return match[2] if match else ""


def _plain(raw: str) -> str:
    """Return a text with every script's digits and letters in their usual width, single spaces, and no
    brackets of weekdays.
    """
    if not raw.isascii():
        raw = unicodedata.normalize("NFKC", raw)
        raw = "".join(str(unicodedata.digit(sign, sign)) if sign.isdigit() else sign for sign in raw)
        raw = without_ideographs(raw)
    return " ".join(raw.split())


def without_ideographs(text: str) -> str:
    """Return a text in which years, months and days are figures: 二〇二六年."""
    return _IDEOGRAPHS.sub(lambda number: _in_figures(number[1]), text)


def _in_figures(number: str) -> str:
    """Return a number in ideographs as figures, a year sign by sign (二〇二六), a day by tens (二十三)."""
    if "十" not in number:
        return "".join(str(_FIGURES[sign]) for sign in number)
    tens, _, ones = number.partition("十")
    return str(10 * _FIGURES.get(tens, 1) + _FIGURES.get(ones, 0))


def _with_offset(text: str, language: str) -> str:
    """Return a date with its zone in figures where the language of the feed tells which one is meant."""
    minutes_of = {
        name: minutes for (own, name), minutes in LOCAL_ZONES.items() if language.lower().startswith(own)
    }
    if not minutes_of:
        return text
    return _SHORT_NAME.sub(
        lambda zone: f"+{minutes_of[zone[0]] // 60:02}00" if zone[0] in minutes_of else zone[0], text
    )


def _compact(match: re.Match[str], text: str) -> WrittenDate | None:
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    date = _day(year, month, day)
    if date is None or hour > 24 or minute > 59:
        return None
    ahead, zone, _ = _zone(text, match.end())
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    return _at(_Clock(time, ahead, zone), date, None)


def _at(clock: _Clock, day: datetime, alternative: datetime | None, sign: str = "") -> WrittenDate | None:
    try:
        moments = [_moment(clock, reading) for reading in (day, alternative) if reading is not None]
    except OverflowError:
        return None
    return WrittenDate(moments[0], moments[1] if len(moments) > 1 else None, clock.twelve_hours, sign)


def _moment(clock: _Clock, day: datetime) -> datetime:
    local = day + clock.time
    if clock.zone:
        return local.replace(tzinfo=ZoneInfo(clock.zone)).astimezone(UTC)
    return local - clock.ahead


# --- the clock ---------------------------------------------------------------------------------------------


def _clock(text: str) -> tuple[_Clock, str]:
    """Return the time of day and the zone that a text names, and the text without them."""
    match = _CLOCK.search(text) or _HOUR.search(text)
    if match is None:
        return _dotted_clock(text)
    parts = [part for part in match.groups() if part is not None]
    start, end, afternoon = _half(text, match.start(), match.end())
    time = _time(parts, afternoon)
    if time is None:
        return _Clock(), text[:start] + " " + text[end:]
    ahead, zone, after = _zone(text, end)
    if after == end and (last := _LAST_ZONE.search(text, end)):
        ahead = timedelta(minutes=MINUTES_AHEAD.get(last[1], 0))
    return _Clock(time, ahead, zone, afternoon is not None), f"{text[:start]} {text[after:]}"


def _dotted_clock(text: str) -> tuple[_Clock, str]:
    """Return a time with a dot or a comma that stands behind a day (18.09.2026 10.20, “ore 9,30”)."""
    matches = list(_DOTTED.finditer(text))
    if not matches or not re.search(r"\d{4}", text[: matches[-1].start()] + text[matches[-1].end() :]):
        return _Clock(), text
    match = matches[-1]
    time = _time([part for part in match.groups() if part is not None], None)
    ahead, zone, end = _zone(text, match.end())
    return _Clock(time or timedelta(), ahead, zone), f"{text[: match.start()]} {text[end:]}"


def _time(parts: list[str], afternoon: bool | None) -> timedelta | None:
    hour, minute, second = (int(part) for part in (*parts, "0", "0")[:3])
    if hour > 24 or minute > 59 or second > 60:
        return None
    if afternoon is not None and hour <= 12:
        hour = hour % 12 + 12 * afternoon
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _half(text: str, start: int, end: int) -> tuple[int, int, bool | None]:
    """Return where a time begins and ends together with the word for its half of the day, and whether that is
    the second one.
    """
    behind, before = text[end:].lstrip().casefold(), text[:start].rstrip().casefold()
    gap = len(text) - end - len(behind)
    for word, afternoon in _HALVES:
        if behind.startswith(word) and not behind[len(word) : len(word) + 1].isalpha():
            return start, end + gap + len(word), afternoon
        if before.endswith(word) and not (word.isascii() and before[: -len(word)][-1:].isalpha()):
            return len(before) - len(word), end, afternoon
    return start, end, None


def _halves() -> tuple[tuple[str, bool], ...]:
    """Return what the halves of the day are called in the languages we read, the longest first (CLDR)."""
    words = {"am": False, "pm": True, "a.m.": False, "p.m.": True, "a.m": False, "p.m": True}
    for language in LANGUAGES:
        for width in ("abbreviated", "wide"):
            periods = Locale(language).day_periods["format"].get(width, {})
            for name, afternoon in (("am", False), ("pm", True)):
                if word := " ".join(str(periods.get(name, "")).casefold().split()):
                    words.setdefault(word, afternoon)
    return tuple(sorted(words.items(), key=lambda pair: -len(pair[0])))


_HALVES = _halves()


def _zone(text: str, at: int) -> tuple[timedelta, str, int]:
    """Return how far a zone that stands at a place is ahead, its name in the tz database where that is given,
    and where it ends.
    """
    match = _OFFSET.match(text, at)
    if match is None:
        return timedelta(), "", at
    sign, hours, minutes, name, short = match.groups()
    if hours:
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if len(hours) == 2 and ahead > timedelta(hours=15):
            return timedelta(), "", at
        return (ahead if sign == "+" else -ahead), "", match.end()
    if name:
        return timedelta(), name if _is_zone(name) else "", match.end()
    if short in MINUTES_AHEAD:
        return timedelta(minutes=MINUTES_AHEAD[short]), "", match.end()
    if short in ZONES_OF_COUNTRIES:
        return timedelta(), ZONES_OF_COUNTRIES[short], match.end()
    return timedelta(), "", at


@lru_cache(maxsize=256)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


# --- the day -----------------------------------------------------------------------------------------------

Readings = Iterator[tuple[datetime, datetime | None]]


def _cjk(text: str, _: str) -> Readings:
    if match := _CJK.search(text):
        era, of_era, year, month, day = match.groups()
        number = ERAS[era] + (1 if of_era == "元" else int(of_era)) if era else _whole_year(year)
        if date := _day(number, int(month), int(day)):
            yield date, None
    elif match := _ERA_LETTER.search(text):
        letter, of_era, month, day = match.groups()
        if date := _day(ERA_LETTERS[letter] + int(of_era), int(month), int(day)):
            yield date, None
    elif (match := _CJK_MONTH.search(text)) and (date := _day(int(match[3]), int(match[2]), int(match[1]))):
        yield date, None


def _year_first(text: str, _: str) -> Readings:
    if match := _YEAR_FIRST.search(text):
        first, second = int(match[3]), int(match[4])
        # Year, day, month is nobody's order, but some programs write it; it is believed where nothing else
        # fits.
        if date := _day(int(match[1]), first, second) or _day(int(match[1]), second, first):
            yield date, None


def _week(text: str, _: str) -> Readings:
    if match := _WEEK.search(text):
        try:
            yield (
                datetime.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1)).replace(
                    tzinfo=UTC
                ),
                None,
            )
        except ValueError:
            return


def _day_of_year(text: str, _: str) -> Readings:
    if (match := _DAY_OF_YEAR.match(text)) and 1 <= int(match[2]) <= 366 and int(match[1]) > 0:
        date = datetime(int(match[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(match[2]) - 1)
        if date.year == int(match[1]):
            yield date, None


def _with_month(text: str, language: str) -> Readings:
    """Give the date that a month's name and the numbers beside it are."""
    text, month = _without_phrase(text, language)
    tokens = [token[0] for token in _TOKEN.finditer(text)]
    numbers = [token for token in tokens if token.isdigit() and len(token) in {1, 2, 4}]
    # The last one: what is short for March is short for Tuesday, too, which stands first.
    month = month or next(filter(None, (_month(token, language) for token in reversed(tokens))), 0)
    if not month or not 2 <= len(numbers) <= 3:
        return
    years = [number for number in numbers if len(number) == 4]
    short = [number for number in numbers if len(number) < 4]
    if not years and len(short) > 1:
        days, years = (short[1:], short[:1]) if int(short[0]) > 31 else (short[:1], short[1:])
        short = days
    if years and short and (date := _day(_whole_year(years[0]), month, int(short[0]))):
        yield date, None


def _without_phrase(text: str, language: str) -> tuple[str, int]:
    """Return a text without the month whose name is no plain word, and that month, 0 for none."""
    lower_text = text.casefold()
    for name, number in words_of((language,)).month_phrases() if language else ():
        at = lower_text.find(name)
        if at >= 0 and not lower_text[at + len(name) : at + len(name) + 1].isdigit():
            return f"{text[:at]} {text[at + len(name) :]}", number
    return text, 0


def _year_last(text: str, language: str) -> Readings:
    """Give the readings of a date of three numbers, the first with the day before the month."""
    match = _YEAR_LAST.search(text)
    if match is None:
        return
    first, second, last = int(match[1]), int(match[3]), match[4]
    if len(last) == 2 and (first > 31 or words_of((language,)).year_first):
        if date := _day(_whole_year(match[1]), second, int(last)):
            yield date, None
        return
    year = _whole_year(last)
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if match[2] == "." and day_first:
        yield day_first, None
    elif day_first and month_first and day_first != month_first:
        yield day_first, month_first
    elif date := day_first or month_first:
        yield date, None


_READERS: tuple[Callable[[str, str], Readings], ...] = (
    _cjk,
    _week,
    _year_first,
    _day_of_year,
    _with_month,
    _year_last,
)


_MONTHS = months_of(LANGUAGES)


@lru_cache(maxsize=4096)
def _month(word: str, language: str) -> int:
    """Return the month that a word names in a language, or else in any that we read, 0 for none."""
    if word.isdigit() or (len(word) < SHORTEST_MONTH and word.isascii()):
        return 0
    month = words_of((language,)).month(word) if language else 0
    word = word.casefold()
    return month or MONTHS_BESIDE_CLDR.get(word, 0) or _MONTHS.get(word, 0)


def _whole_year(year: str) -> int:
    """Return a year of two or four figures: two are of this century up to 68, as POSIX has it."""
    number = int(year)
    if len(year) <= 2:
        return number + (2000 if number < 69 else 1900)
    return number - BUDDHIST if 2400 < number < 2700 else number


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
