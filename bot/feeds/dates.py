"""Dates as feeds write them, also those that feedparser reads wrongly or not at all.

feedparser 6.0 gives nothing for localised month names, dd/mm/yyyy and epoch stamps, and misreads 2025年1月6日.
"""

import re
from calendar import timegm
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale

from bot.lexicon import LANGUAGES

OLDEST = timedelta(days=20 * 365)
AHEAD = timedelta(minutes=10)
_MONTHS_BESIDE_CLDR = {"fév": 2, "фев": 2, "mrz": 3, "aout": 8, "сен": 9, "ноя": 11}


def _months() -> dict[str, int]:
    """Return the months by every name that the languages we read in an alphabet have for them, whole and
    short (CLDR).
    """
    months = dict(_MONTHS_BESIDE_CLDR)
    for language in LANGUAGES:
        forms = Locale(language).months
        for form in (
            forms[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")
        ):
            for number, name in form.items():
                months.setdefault(name.casefold().rstrip("."), number)
    return months


_MONTHS = _months()
_NAMED = re.compile(
    r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})(?:\D+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s*([+-]\d{2}):?(\d{2}))?"
)
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?(?:\D*?(\d{1,2}):(\d{2}))?")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\D+(\d{1,2}):(\d{2}))?")
_EPOCH = re.compile(r"^[0-9]{10}(?:[0-9]{3}){0,2}$")


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
_ZONES = {"EST": 5, "EDT": 4, "CST": 6, "CDT": 5, "MST": 7, "MDT": 6, "PST": 8, "PDT": 7}
"""Hours behind UTC (RFC 822, 5.1)."""


@lru_cache(maxsize=1024)
def known_form(raw: str) -> datetime | None:
    """Return the moment of a date in a form that needs no guessing: RFC 822, RFC 3339, and those of our own."""
    if match := _RFC822.match(raw):
        day, month, year, *clock = match.groups()
        return _zoned(int(year), _ENGLISH[month], int(day), clock)
    if match := _RFC3339.match(raw):
        year, month, day, *clock = match.groups()
        return _zoned(int(year), int(month), int(day), clock)
    return _own(raw)


def _zoned(year: int, month: int, day: int, clock: Sequence[str | None]) -> datetime | None:
    hour, minute, second, zone, sign, hours, minutes = clock
    behind = timedelta(hours=_ZONES.get(zone or "", 0))
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        moment = datetime(year, month, day, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC)
        return moment + behind + (offset if sign == "-" else -offset)
    except (ValueError, OverflowError):
        return None


def date_of(raw: str, parsed: Any, now: datetime) -> datetime | None:
    """Return the moment a feed names. `parsed` is feedparser's reading (a UTC time tuple or None).

    None where there is none or it is absurd (older than twenty years); a moment in the future becomes `now`.
    """
    moment = known_form(raw.strip()) if raw else None
    if moment is None and parsed is not None and not _CJK.search(raw):
        moment = _stamped(parsed)
    if moment is None or moment < now - OLDEST:
        return None
    return min(moment, now) if moment > now + AHEAD else moment


def _own(raw: str) -> datetime | None:
    if _EPOCH.match(raw):
        return _moment(int(raw[:10]))
    if match := _CJK.search(raw):
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
        return _safe(year, month, day, hour, minute)
    if match := _SLASHED.match(raw):
        day, month, year, hour, minute = (int(part or 0) for part in match.groups())
        return _safe(year, month, day, hour, minute)
    return _named(raw)


def _named(raw: str) -> datetime | None:
    match = _NAMED.search(raw)
    month = _MONTHS.get(match[2].lower().rstrip(".")) if match else None
    if not match or month is None or (raw.isascii() and re.search(r"\b(?:[A-Z]{3,4}|[A-Z])$", raw)):
        return None
    found = _safe(int(match[3]), month, int(match[1]), int(match[4] or 0), int(match[5] or 0))
    if found and match[7]:
        found -= timedelta(hours=int(match[7]), minutes=int(match[7][0] + match[8]))
    return found


def _safe(year: int, month: int, day: int, hour: int, minute: int) -> datetime | None:
    try:
        return datetime(year, month, day, hour % 24, minute, tzinfo=UTC)
    except ValueError:
        return None


def _stamped(parsed: Any) -> datetime | None:
    try:
        return _moment(timegm(parsed))
    except (OverflowError, ValueError):
        return None


def _moment(stamp: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, ValueError, OSError):
        return None
