"""Dates as feeds write them, also those that feedparser reads wrongly or not at all.

feedparser 6.0 gives nothing for localised month names and epoch stamps, and misreads what has slashes, dots
or 年 in it; it is asked last, and only for words that we do not know.
"""

import re
from calendar import timegm
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bot.feeds.date_forms import LOCAL_ZONES, MINUTES_AHEAD, WrittenDate, sign_of, written_date
from bot.feeds.date_words import words_of

OLDEST = timedelta(days=20 * 365)
AHEAD = timedelta(minutes=10)
NEAR_FUTURE = timedelta(days=1)
"""How far ahead a date may lie that is believed where another reading of it is possible: clocks and zones
differ.
"""

FEWEST_IN_ORDER = 3
"""Dates that stand in order by one reading alone tell that it is the right one."""

WITHOUT_ORDER = frozenset({"", "en"})
"""Languages of which countries differ in whether the day comes first."""

_EPOCH = re.compile(r"^(?:/?Date\()?([0-9]{10})(?:[0-9]{3}){0,3}(?:\.[0-9]{1,9}|[+-][0-9]{4})?(?:\)/?)?$")
"""Seconds or thousandths since 1970, also as programs for Windows write them into JSON."""

_RFC822 = re.compile(
    r"^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?(\d{1,2}) +(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep"
    r"|Oct|Nov|Dec) +(\d{4}) +"
    r"(\d{1,2}):(\d{2})(?::(\d{2}))? +(?:(GMT|UTC?|Z|[ECMP][SD]T)|([+-])(\d{2}):?(\d{2}))$"
)
_RFC3339 = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?(Z)"
    r"| ?([+-])(\d{2}):?(\d{2}))?)?$"
)
_ENGLISH = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
_WORD = re.compile(r"[^\W\d_]{3}")
_SIGNS = re.compile(r"\d[./年년-]\d|\d{8}|^\d{4}(?!-\d)")
"""What feedparser misreads where it stands: three numbers with signs between or in one, a year first."""


@dataclass(frozen=True, slots=True)
class DateHabits:
    """How a feed writes its dates: in which language, and between which signs the day comes before the month;
    of a sign that is missing nothing tells.
    """

    language: str = ""
    day_first: Mapping[str, bool] = field(default_factory=dict)


UNKNOWN = DateHabits()


@lru_cache(maxsize=1024)
def known_form(raw: str) -> datetime | None:
    """Return the moment of a date in a form that needs no guessing, None for any other."""
    if exact := _standard(raw):
        return exact
    date = written_date(raw)
    return date.moment if date and date.alternative is None else None


def is_date(raw: str) -> bool:
    """Tell whether a text is a date in a form that we know, whatever it means."""
    return _standard(raw) is not None or written_date(raw) is not None


@lru_cache(maxsize=2048)
def _standard(raw: str) -> datetime | None:
    """Return the moment of a date as RFC 822 and RFC 3339 have it, or in seconds since 1970."""
    if match := _RFC822.match(raw):
        day, month, year, *clock = match.groups()
        return _zoned(int(year), _ENGLISH[month], int(day), clock)
    if match := _RFC3339.match(raw):
        year, month, day, *clock = match.groups()
        return _zoned(int(year), int(month), int(day), clock)
    return _moment(int(match[1])) if (match := _EPOCH.match(raw)) else None


def _zoned(year: int, month: int, day: int, clock: Sequence[str | None]) -> datetime | None:
    hour, minute, second, zone, sign, hours, minutes = clock
    ahead = timedelta(minutes=MINUTES_AHEAD.get(zone or "", 0))
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        moment = datetime(year, month, day, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
        return moment - ahead + (offset if sign == "-" else -offset)
    except (ValueError, OverflowError):
        return None


def date_of(raw: str, parsed: Any, now: datetime, habits: DateHabits = UNKNOWN) -> datetime | None:
    """Return the moment a feed names. `parsed` is feedparser's reading (a UTC time tuple or None).

    None where there is none, it is absurd (older than twenty years), or it may be one of two; a moment in the
    future becomes `now`.
    """
    raw = raw.strip()
    moment = (None if _is_of_language(raw, habits.language) else _standard(raw)) or _read(raw, now, habits)
    has_words = not raw or (_WORD.search(raw) and not _SIGNS.search(raw))
    if moment is None and parsed is not None and has_words and written_date(raw) is None:
        moment = _stamped(parsed)
    if moment is None or moment < now - OLDEST:
        return None
    return min(moment, now) if moment > now + AHEAD else moment


def _is_of_language(raw: str, language: str) -> bool:
    """Tell whether a date names a zone that is another one in feeds of a language."""
    return any(language.lower().startswith(of_language) and name in raw for of_language, name in LOCAL_ZONES)


def _read(raw: str, now: datetime, habits: DateHabits) -> datetime | None:
    date = written_date(raw, habits.language) if raw else None
    if date is None or date.alternative is None:
        return date.moment if date else None
    fitting = [moment for moment in (date.moment, date.alternative) if moment <= now + NEAR_FUTURE]
    if len(fitting) == 1:
        return fitting[0]
    day_first = habits.day_first.get(date.sign)
    return None if day_first is None else (date.moment if day_first else date.alternative)


def habits_of(raws: Sequence[str], language: str, now: datetime) -> DateHabits:
    """Return how a feed writes dates, by all of them: those of which only one reading is a date or has
    passed, the order they stand in, the clock, and the feed's language.
    """
    language = language.strip().replace("_", "-")
    unusual = [raw for raw in raws if not _standard(raw.strip())]
    doubtful = [date for raw in unusual if (date := written_date(raw.strip(), language)) and date.alternative]
    day_first = {}
    for sign in {date.sign for date in doubtful}:
        alike = [date for date in doubtful if date.sign == sign]
        is_day_first = _by_certain([raw for raw in unusual if sign_of(raw) == sign], alike, now)
        is_day_first = _by_order(alike) if is_day_first is None else is_day_first
        is_day_first = _by_custom(alike, language) if is_day_first is None else is_day_first
        if is_day_first is not None:
            day_first[sign] = is_day_first
    return DateHabits(language, day_first)


def _by_custom(doubtful: Sequence[WrittenDate], language: str) -> bool | None:
    """Tell what the clock and the language say: who counts twelve hours in English has the month first."""
    if language.lower() not in WITHOUT_ORDER:
        return words_of((language,)).day_first
    return False if any(date.twelve_hours for date in doubtful) else None


_NUMBERS = re.compile(r"(?<!\d)(\d{1,2}) ?([-/]) ?(\d{1,2}) ?\2 ?\d{2,4}(?!\d)")
LAST_MONTH = 12


def _by_certain(raws: Iterable[str], doubtful: Sequence[WrittenDate], now: datetime) -> bool | None:
    """Tell what the dates say of which only one reading is possible; None where they say nothing, or both."""
    numbers = [(int(match[1]), int(match[3])) for raw in raws if (match := _NUMBERS.search(raw))]
    ahead = [
        (date.moment > now + NEAR_FUTURE, date.alternative > now + NEAR_FUTURE)
        for date in doubtful
        if date.alternative is not None
    ]
    day = any(first > LAST_MONTH for first, _ in numbers) or (False, True) in ahead
    month = any(second > LAST_MONTH for _, second in numbers) or (True, False) in ahead
    return day if day != month else None


def _by_order(doubtful: Sequence[WrittenDate]) -> bool | None:
    """Tell which reading lets dates stand in order, the newest or the oldest first; None for both or
    none.
    """
    if len(doubtful) < FEWEST_IN_ORDER:
        return None
    day = _is_ordered([date.moment for date in doubtful])
    month = _is_ordered([date.alternative or date.moment for date in doubtful])
    return day if day != month else None


def _is_ordered(moments: Sequence[datetime]) -> bool:
    pairs = list(pairwise(moments))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


def _stamped(parsed: Any) -> datetime | None:
    try:
        return _moment(timegm(parsed))
    except (OverflowError, ValueError, TypeError):
        return None


def _moment(stamp: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, ValueError, OSError):
        return None
