"""Breaking news: what may go out between digests, and how much of it.

A story breaks when something new in it is fresh, it passes the subscription's bar, and either whoever it is
about tells it (a release, an incident or a policy), or three independent outlets, communities left aside,
told it within three hours; and an editor would tell it. Opinion, live blogs, previews and other pages that
are no news never break. A decision, denial or result in a story that the channel knows comes at once, too, as
an answer to the first post. A channel gets at most two such posts an hour and six a day, or what the settings
say; the rest wait for the next digest, and `/why` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Bar, Entry, Ranking
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.importance import meets
from bot.pipeline.selection.rank import COMMUNITY, FIRST_PARTY_KINDS

FRESH = timedelta(hours=24)
BURST = timedelta(hours=3)
OUTLETS = 3
WORTHY, WORTH_OF_ONE_SOURCE = 0.2, 0.45
"""How likely an editor must tell a story that breaks, and one that nobody else tells yet."""

KINDS = frozenset({"release", "incident", "policy"})

BACKLOG = "backlog"
STALE = "stale"
BELOW_BAR = "below-bar"
NO_NEWS = "no-news"
CALM = "calm"
CAP_HOUR = "cap-hour"
CAP_DAY = "cap-day"
ALL_CODE = "all"
UPDATE = "update"
FIRST_HAND = "first-hand"
BURSTING = "burst"


@dataclass(frozen=True, slots=True)
class Caps:
    """How many stories a channel is told at once, at most."""

    hour: int = 2
    day: int = 6


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a story goes out at once; `reason` is the code of the rule that decided, with its number or
    kind after a space.
    """

    at_once: bool
    reason: str


def ruling(ranking: Ranking, bar: Bar, kinds: Kinds, now: datetime, *, beside_digests: bool) -> Ruling:
    """Return whether a story may go out at once, caps left aside. Without digests all that is fresh and
    passes the bar does.
    """
    fresh = ranking.fresh or ranking.story.entries
    if all(e.backlog and e.version == 1 for e in fresh):
        return Ruling(at_once=False, reason=BACKLOG)
    if not any(_is_fresh(e, now) for e in fresh):
        return Ruling(at_once=False, reason=STALE)
    if not meets(ranking, bar):
        return Ruling(at_once=False, reason=BELOW_BAR)
    if not beside_digests:
        return Ruling(at_once=True, reason=ALL_CODE)
    if not any(kinds.is_news(entry) for entry in fresh if entry.id not in ranking.off_topic):
        return Ruling(at_once=False, reason=NO_NEWS)
    return _breaks(ranking, kinds, now)


def _is_fresh(entry: Entry, now: datetime) -> bool:
    return (not entry.backlog or entry.version > 1) and now - entry.published <= FRESH


def _breaks(ranking: Ranking, kinds: Kinds, now: datetime) -> Ruling:
    if ranking.update:
        is_decision = any(kinds.decisions(entry.title, entry.language) for entry in ranking.fresh)
        return Ruling(at_once=is_decision, reason=UPDATE if is_decision else CALM)
    telling = [e for e in ranking.story.entries if e.id not in ranking.off_topic and kinds.is_news(e)]
    first_hand = [e for e in telling if e.kind in FIRST_PARTY_KINDS]
    enough = ranking.worth >= (WORTH_OF_ONE_SOURCE if ranking.outlets == 1 else WORTHY)
    for entry in (ranking.lead, *first_hand) if first_hand and enough else ():
        kind = kinds.of(entry)
        if kind is not None and kind.name in KINDS:
            return Ruling(at_once=True, reason=f"{FIRST_HAND} {kind.name}")
    reports = [e for e in telling if e.kind != COMMUNITY]
    if enough and (outlets := burst(reports, now)) >= OUTLETS:
        return Ruling(at_once=True, reason=f"{BURSTING} {outlets}")
    return Ruling(at_once=False, reason=CALM)


def burst(entries: Sequence[Entry], now: datetime) -> int:
    """Return how many independent outlets told a story within three hours that ended less than three hours
    ago.
    """
    originals = without_reprints(entries)
    recent_dates = [e.published for e in originals if now - e.published <= BURST]
    return max(
        (len({e.outlet for e in originals if end - BURST <= e.published <= end}) for end in recent_dates),
        default=0,
    )


def reached_cap(before: Sequence[datetime], now: datetime, caps: Caps) -> str:
    """Return the code of the cap that one more post would break, after those told at once before; empty for
    none.
    """
    last_hour = sum(now - at < timedelta(hours=1) for at in before)
    last_day = sum(now - at < timedelta(days=1) for at in before)
    if last_day >= caps.day:
        return CAP_DAY
    return CAP_HOUR if last_hour >= caps.hour else ""
