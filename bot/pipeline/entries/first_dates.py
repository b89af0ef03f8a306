"""When entries were published, where their document says it of the month alone, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.model import ParsedEntry

UNDATED_AGE = timedelta(days=1)
LATE_ISSUE = timedelta(days=31)
"""How long after its month an issue is put up at most."""


@dataclass(frozen=True, slots=True)
class LastLook:
    """When a feed was read before, and which items of its document were known then."""

    at: datetime
    known_items: Sequence[bool]


def dates_of(
    entries: Sequence[ParsedEntry], now: datetime, *, backlog: bool, last_look: LastLook | None = None
) -> list[datetime]:
    """Return when each entry of one document was published, in its order.

    An undated entry takes the date of the dated one next to it on the older side (below it, where the newest
    stand first, as in most feeds), else of the one on the other. In a feed without any date what is new is
    from now, and what it held when first seen is a day old and older.

    What was not there at the last look, and stands among what is newer than something known, is no older than
    that look: the date of its neighbour, or of a month that is over, does not make it old.
    """
    days = [entry.published for entry in entries if entry.published]
    is_rising = len(days) > 1 and all(one <= other for one, other in pairwise(days)) and days[0] < days[-1]
    order = range(len(entries)) if is_rising else range(len(entries) - 1, -1, -1)
    dates = dict(zip(order, _dates_from_the_oldest([entries[at].published for at in order]), strict=True))
    last_date = now - UNDATED_AGE if backlog else now
    guesses = [
        dates[at] or (last_date - timedelta(minutes=at) if backlog else last_date)
        for at in range(len(entries))
    ]
    late_places = _late_places(entries, guesses, order, last_look) if last_look and not backlog else set()
    return [now if at in late_places else guess for at, guess in enumerate(guesses)]


def _dates_from_the_oldest(dates: Sequence[datetime | None]) -> list[datetime | None]:
    """Return dates of which those that are missing are that of the one before, else of the one behind."""
    first = next((date for date in dates if date), None)
    filled: list[datetime | None] = []
    for date in dates:
        filled.append(date or (filled[-1] if filled else first))
    return filled


def _late_places(
    entries: Sequence[ParsedEntry], guesses: Sequence[datetime], order: Sequence[int], last_look: LastLook
) -> set[int]:
    """Return the places of unknown entries, above a known one, that are taken for older than the last look by
    a date that is not their own. Older ones that come into sight stand below all that is known.
    """
    oldest_known = next((rank for rank, at in enumerate(order) if last_look.known_items[at]), len(order))
    return {
        at
        for at in order[oldest_known:]
        if not last_look.known_items[at]
        and guesses[at] < last_look.at
        and (entries[at].published is None or _is_late_issue(entries[at], guesses[at], last_look.at))
    }


def _is_late_issue(entry: ParsedEntry, last_day: datetime, looked_at: datetime) -> bool:
    return entry.is_dated_by_month and looked_at - last_day <= LATE_ISSUE
