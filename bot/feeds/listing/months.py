"""Months that stand alone above the items of a list, which know their day or not."""

import re
from calendar import monthrange
from collections.abc import Sequence, Set
from datetime import UTC, datetime

from bot.feeds.date_words import ORDINALS, Words
from bot.feeds.listing.dates import Dates, gregorian
from bot.feeds.listing.groups import Record
from bot.feeds.listing.outline import Outline

REACH = 8
"""Texts before the first item among which its month may stand."""

LONGEST = 30
"""Letters of a month with its year."""

_CJK = re.compile(r"((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]")
_YEAR = re.compile(r"(?:19|20)\d\d|25\d\d")
_YEAR_FIRST = re.compile(r"(20\d\d)[-/.](0[1-9]|1[0-2])")
_YEAR_LAST = re.compile(r"(0[1-9]|1[0-2]|[1-9](?=/))[-/.](20\d\d)")
"""Months in figures: a single one stands before a stroke alone, for “2026.3” may be a version."""

_SHORT_YEAR = re.compile(r"\s?['’](\d\d)$")
_ISSUE = re.compile(r"^[^\W\d_]{1,12}\.?\s?\d{1,4}\s?[,·:–-]\s?")
"""What stands before the month of a magazine: “Vol. 3, March 2026”."""

_DAY = re.compile(r"[\s,.]*(\d{1,2})[\s,.日일]*")
_EMPTY_BRACKETS = re.compile(r"[(（]\s*[)）]")
_EMPTY_BRACKETS = re.compile(r"[(（]\s*[)）]")
CONTROLS = frozenset({"a", "button", "label", "option", "td"})
"""Elements in which a month is no heading: links to archives, menus, calendars."""

Month = tuple[int, int]
"""A year and a month of it."""


def find_months(outline: Outline, records: Sequence[Record], words: Words) -> list[Month | None]:
    """Return the month that stands alone above each item of a list, None where none does."""
    months: list[Month | None] = []
    current: Month | None = None
    at = max(0, records[0].first - REACH) if records else 0
    for record in records:
        for text in outline.texts[at : record.first]:
            if not stands_in(outline, text.element, CONTROLS):
                current = read_month(text.words, words) or current
        at = max(at, record.last)
        months.append(current)
    return months


def read_month(text: str, words: Words) -> Month | None:
    """Return the month with its year that a text is, None for any other text."""
    text = text.strip(" :–—-,.")
    if len(text) > LONGEST:
        return None
    if match := _CJK.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return (int(match[1]), int(match[2])) if 1 <= int(match[2]) <= 12 else None
    if match := _YEAR_LAST.fullmatch(text):
        return int(match[2]), int(match[1])
    text = _SHORT_YEAR.sub(r" 20\1", text)
    tokens = [token[0] for token in words.tokens.finditer(text)]
    years = [int(token) for token in tokens if _YEAR.fullmatch(token)]
    numbers = [number for token in tokens if (number := words.month(token))]
    if len(years) != 1 or len(numbers) != 1 or len(tokens) > 3 or sum(map(str.isdigit, tokens)) > 1:
        return None
    return gregorian(years[0]), numbers[0]


def month_within(outline: Outline, record: Record, words: Words) -> Month | None:
    """Return the month that a text of an item is, behind the number of an issue or alone; None for none."""
    for text in outline.texts[record.first : record.last]:
        if len(text.words) <= LONGEST and (month := read_month(_ISSUE.sub("", text.words), words)):
            return month
    return None


def date_in(month: Month, outline: Outline, record: Record, dates: Dates) -> datetime:
    """Return the date of an item below a month: the day that stands with it, alone or beside its weekday,
    else the last that it can have been, which is now in the month that goes on.
    """
    year, number = month
    last = monthrange(year, number)[1]
    for text in outline.texts[record.first : record.last]:
        if 1 <= (day := day_of_month(text.words, dates.words)) <= last:
            return datetime(year, number, day, tzinfo=UTC)
    first = datetime(year, number, 1, tzinfo=UTC)
    return first if first > dates.now else min(datetime(year, number, last, tzinfo=UTC), dates.now)


def day_of_month(text: str, words: Words) -> int:
    """Return the day that a short text is, alone or beside its weekday (“Mon 2nd”, “Mo., 2.”); 0 for none."""
    if len(text) > LONGEST:
        return 0
    bare = words.weekday_names.sub(" ", ORDINALS.sub(" ", text))
    match = _DAY.fullmatch(_EMPTY_BRACKETS.sub(" ", bare))
    return int(match[1]) if match else 0


def stands_in(outline: Outline, number: int, tags: Set[str]) -> bool:
    """Tell whether an element, or one around it, is one of some."""
    return any(outline.elements[outer].tag in tags for outer in (number, *outline.ancestors(number)))
