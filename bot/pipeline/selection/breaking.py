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
from datetime import UTC, datetime, time, timedelta

from bot.model import FIRST_PARTY_KINDS, Bar, Entry, Ranking, Reason, ReasonCode
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.importance import meets
from bot.pipeline.selection.rank import COMMUNITY

FRESH = timedelta(hours=24)
DAY_ENDS = timedelta(hours=36)
"""How long after its beginning in UTC a day ends where it ends last, in the westernmost zones."""

BURST = timedelta(hours=3)
OUTLETS = 3
WORTHY, WORTH_OF_ONE_SOURCE = 0.2, 0.45
"""How likely an editor must tell a story that breaks, and one that nobody else tells yet."""

KINDS = frozenset({"release", "incident", "policy"})


@dataclass(frozen=True, slots=True)
class Caps:
    """How many stories a channel is told at once, at most."""

    hour: int = 2
    day: int = 6


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a story goes out at once, and the rule that decided."""

    at_once: bool
    reason: Reason


def ruling(ranking: Ranking, bar: Bar, kinds: Kinds, now: datetime, *, beside_digests: bool) -> Ruling:
    """Return whether a story may go out at once, caps left aside. Without digests all that is fresh and
    passes the bar does.
    """
    fresh = ranking.fresh or ranking.story.entries
    if all(e.backlog for e in fresh):
        return _waits(ReasonCode.BACKLOG)
    if not any(_is_fresh(e, now) for e in fresh):
        return _waits(ReasonCode.STALE)
    if not meets(ranking, bar):
        return Ruling(at_once=False, reason=below_bar(ranking, bar))
    if not beside_digests:
        return _goes(ReasonCode.ALL)
    if not any(kinds.is_news(entry) for entry in fresh if entry.id not in ranking.aside):
        return _waits(ReasonCode.NO_NEWS)
    return _breaks(ranking, kinds, now)


def below_bar(ranking: Ranking, bar: Bar) -> Reason:
    """Return the reason why a story does not meet a bar."""
    return Reason(ReasonCode.BELOW_BAR, {"weight": round(ranking.weight, 2), "bar": bar})


def _goes(code: ReasonCode, **params: str | float) -> Ruling:
    return Ruling(at_once=True, reason=Reason(code, params))


def _waits(code: ReasonCode, **params: str | float) -> Ruling:
    return Ruling(at_once=False, reason=Reason(code, params))


def _is_fresh(entry: Entry, now: datetime) -> bool:
    return not entry.backlog and _is_recent(entry, now)


def _is_recent(entry: Entry, now: datetime) -> bool:
    """Tell whether an entry may be of the last 24 hours: one that is dated by a day alone was published when
    that day ended at the latest, and before we saw it.
    """
    published = entry.published.astimezone(UTC)
    if published.time() == time():
        published = max(published, min(published + DAY_ENDS, entry.first_seen))
    return now - published <= FRESH


def _breaks(ranking: Ranking, kinds: Kinds, now: datetime) -> Ruling:
    telling = [e for e in ranking.story.entries if e.id not in ranking.aside and kinds.is_news(e)]
    outlets = burst([e for e in telling if e.kind != COMMUNITY], now)
    calm = _waits(ReasonCode.CALM, outlets=outlets, needed=OUTLETS)
    if ranking.update:
        is_decision = any(kinds.decisions(entry.title, entry.language) for entry in ranking.fresh)
        return _goes(ReasonCode.UPDATE) if is_decision else calm
    first_hand = [e for e in telling if e.kind in FIRST_PARTY_KINDS]
    enough = ranking.worth >= (WORTH_OF_ONE_SOURCE if ranking.outlets == 1 else WORTHY)
    for entry in (ranking.lead, *first_hand) if first_hand and enough else ():
        kind = kinds.of(entry)
        if kind is not None and kind.name in KINDS:
            return _goes(ReasonCode.FIRST_HAND, kind=kind.name)
    return _goes(ReasonCode.BURST, outlets=outlets) if enough and outlets >= OUTLETS else calm


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


def may_break(entries: Sequence[Entry], kinds: Kinds, now: datetime) -> bool:
    """Tell whether a story of some entries may break for anybody beside digests, whatever is read, known and
    asked for there: what is left out of these entries lets nothing break that they do not.

    It costs little, and says yes where `ruling` may still say no.
    """
    recent = [entry for entry in entries if _is_recent(entry, now)]
    if not any(_is_fresh(entry, now) for entry in recent):
        return False
    if any(entry.kind in FIRST_PARTY_KINDS for entry in entries):
        return True
    telling = {entry.outlet for entry in recent if entry.kind != COMMUNITY}
    return len(telling) >= OUTLETS or any(kinds.decisions(entry.title, entry.language) for entry in entries)


def reached_cap(before: Sequence[datetime], now: datetime, caps: Caps) -> Reason | None:
    """Return the cap that one more post would break, after those told at once before."""
    last_hour = sum(now - at < timedelta(hours=1) for at in before)
    last_day = sum(now - at < timedelta(days=1) for at in before)
    if last_day >= caps.day:
        return Reason(ReasonCode.CAP_DAY)
    return Reason(ReasonCode.CAP_HOUR) if last_hour >= caps.hour else None
