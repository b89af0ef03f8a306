"""The plan of a digest, or of news at once: which stories are told, listed, named or left out, and with which
reason.

    publishing = load inputs (one read) → `plan_digest` or `plan_instant` → summarize and verify → save (one
    write)

Every story among the inputs ends told, listed or with a reason, which `/why` tells in words.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.model import (
    Bar,
    Channel,
    DatedEntry,
    Entry,
    FeedInView,
    Length,
    MarkKind,
    PostedElsewhere,
    Ranking,
    Reason,
    ReasonCode,
    RelatedStories,
    Story,
    Subscription,
    ToldMark,
)
from bot.pipeline.composing.compose import Counts, Nearest
from bot.pipeline.filters.grammar import filter_of
from bot.pipeline.planning.candidates import Contest, Criteria, Judge, judge_stories
from bot.pipeline.planning.due import Due
from bot.pipeline.planning.sagas import fold_sagas
from bot.pipeline.relevance.judge import Rules
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection import breaking
from bot.pipeline.selection.breaking import Caps
from bot.pipeline.selection.diversify import diversify
from bot.pipeline.selection.feed_rules import find_over_cap
from bot.pipeline.selection.importance import meets
from bot.pipeline.selection.novelty import ToldLately, adds_to_saga, assess_novelty, is_retold
from bot.pipeline.selection.rank import (
    Rank,
    is_readable,
    language_of_news,
    rank,
    sort_by_score,
    tells,
)

ALL_BUT_THE_SAME = 0.4
"""The likeness from which two stories tell one event more often than two of one saga (nine of ten pairs, on
eleven days)."""

BROAD_OUTLETS = 4
"""Outlets that make the first story of a digest worth a sentence more."""


MANY_OUTLETS = 10
"""Outlets with news in one language from which several would tell what is worth it."""

UNCAPPED = 1_000_000

FILTERED = frozenset({ReasonCode.EXCLUDED, ReasonCode.NOT_ASKED_FOR, ReasonCode.NEVER_LEADS})
"""Reasons of stories that the filter of a subscription leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRules:
    """What decides beside the inputs: rules and kinds of news, caps of breaking news, and how old news may
    be.

    `translates` tells whether stories can be told in a language that none of their sources is in.
    """

    rules: Rules
    kinds: Kinds
    caps: Caps
    horizon: timedelta
    translates: bool
    rank: Rank = rank
    """Ranks a story, as `rank` does."""
    judge: Judge = judge_stories
    """Judges the stories of a view, as `judge_stories` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishInputs:
    """What the store holds for one publishing, read in one transaction.

    `now` is the moment the plan is made for (the slot, where a later one has come), `top` the newest story
    change it may see. `marks` are what the channel was told or pointed to of these stories, `recent_marks`
    what it was told of late under any; `instant_posts` when it was told news at once during the last day.
    """

    due: Due
    subscription: Subscription
    channel: Channel
    feeds: Sequence[FeedInView]
    now: datetime
    top: int
    stories: Sequence[Story] = ()
    marks: Mapping[int, ToldMark] = field(default_factory=dict)
    recent_marks: Sequence[ToldMark] = ()
    off_topic: Set[int] = frozenset()
    posted_elsewhere: Mapping[int, PostedElsewhere] = field(default_factory=dict)
    instant_posts: Sequence[datetime] = ()
    server_address: str = ""
    entry_count: int = 0
    """Entries that the feeds in view brought in the day before."""
    previous_slot_at: datetime | None = None
    paused_for: timedelta = timedelta()
    """For how long nothing was posted before this digest because a person had paused the channel: what was
    news when the pause began is still told, and what came meanwhile.
    """
    is_unfinished: bool = False
    """Whether entries that came before the slot are still to be read or grouped."""
    told_of_capped: Mapping[int, DatedEntry] = field(default_factory=dict)
    """The entries, by id, that the channel was told of late from feeds with a cap."""
    related: Sequence[RelatedStories] = ()
    """Which of the stories belong to one longer affair."""

    @property
    def feed_ids(self) -> list[int]:
        """The ids of the feeds in view."""
        return [feed.id for feed in self.feeds]

    def mark_of(self, story_id: int) -> ToldMark | None:
        """Return the mark of a story that the channel was told; none of one that it was only pointed to."""
        return without_pointers(self.marks).get(story_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """The stories a digest tells, with the length of each; those it only lists; of the others a reason by
    story.

    `nearest` is the best of those below the bar, where none passed it; `foreign` are told only in languages
    nobody reads here; `pointers` were told in another channel of the server, and are new here.
    """

    stories: tuple[Ranking, ...]
    lengths: tuple[Length, ...]
    tail: tuple[Ranking, ...]
    reasons: tuple[tuple[int, Reason], ...]
    counts: Counts
    nearest: Nearest | None = None
    foreign: tuple[Ranking, ...] = ()
    pointers: tuple[tuple[Ranking, PostedElsewhere], ...] = ()

    @property
    def tells_anything(self) -> bool:
        """Whether it is more than the word that there is nothing."""
        return bool(self.stories or self.tail or self.foreign or self.pointers)

    @property
    def below(self) -> tuple[Ranking, ...]:
        """The stories that have a line below another of their saga."""
        return tuple(ranking for leader in self.stories for ranking in leader.saga)


@dataclass(frozen=True, slots=True)
class InstantPlan:
    """The stories that go out now, best first, with the length of each; by id the cap that lets others wait
    for the next digest.
    """

    stories: tuple[Ranking, ...] = ()
    lengths: tuple[Length, ...] = ()
    capped: Mapping[int, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Changed stories that bring something new to a channel, and the others with a reason."""

    rankings: Sequence[Ranking]
    reasons: Sequence[tuple[int, Reason]]
    pointers: Sequence[tuple[Ranking, PostedElsewhere]]


def plan_digest(inputs: PublishInputs, rules: PlanRules) -> DigestPlan:
    """Return what a digest makes of the changes since the last one."""
    subscription, channel = inputs.subscription, inputs.channel
    candidates = _find_candidates(inputs, rules)
    readable: list[Ranking] = []
    foreign: list[Ranking] = []
    languages = channel.languages_read
    for ranking in candidates.rankings:
        is_told_here = can_be_told_in(ranking, languages, translates=rules.translates)
        (readable if is_told_here else foreign).append(ranking)
    passing: list[Ranking] = []
    unimportant: list[Ranking] = []
    for ranking in readable:
        (passing if meets(ranking, subscription.bar) else unimportant).append(ranking)
    folded = fold_sagas(passing, inputs.related, rules.rules)
    widely_read = _find_widely_read(inputs, rules.rules)
    stories, rest = diversify(folded.leading, subscription.size, rules.rules, subscription.topic, widely_read)
    tail = tuple(sort_by_score([*rest, *(below for r in rest for below in r.saga), *folded.behind]))
    reasons = (
        *candidates.reasons,
        *((r.story.id, breaking.below_bar(r, subscription.bar)) for r in unimportant),
        *((r.story.id, Reason(ReasonCode.FOREIGN, {"language": language_of_news(r)})) for r in foreign),
    )
    return DigestPlan(
        stories=stories,
        lengths=_lengths(subscription, stories),
        tail=tail,
        reasons=reasons,
        counts=_counts(inputs, reasons),
        nearest=_nearest(inputs, unimportant) if not stories else None,
        foreign=tuple(sort_by_score([r for r in foreign if meets(r, subscription.bar)])),
        pointers=tuple(pair for pair in candidates.pointers if meets(pair[0], subscription.bar)),
    )


def _find_widely_read(inputs: PublishInputs, rules: Rules) -> frozenset[str]:
    """Return the languages in which many outlets brought news, of a subscription to a whole subject."""
    subscription = inputs.subscription
    topic = rules.topics.get(subscription.topic)
    if topic is None or topic.within or subscription.own_topic or filter_of(subscription).terms:
        return frozenset()
    outlets: dict[str, set[str]] = defaultdict(set)
    for story in inputs.stories:
        for entry in story.entries:
            outlets[entry.language].add(entry.outlet)
    return frozenset(language for language, names in outlets.items() if len(names) >= MANY_OUTLETS)


def plan_instant(inputs: PublishInputs, rules: PlanRules, wakes: Bar | None = None) -> InstantPlan:
    """Return the news that goes out at once; in quiet hours only what meets the bar that `wakes`.

    A subscription without digests has no next one to wait for, and so no caps but those of its own.
    """
    subscription, channel = inputs.subscription, inputs.channel
    has_digests = bool(subscription.schedule.times)
    candidates = _find_candidates(inputs, rules).rankings
    fit = [
        ranking
        for ranking in sort_by_score([r for r in candidates if wakes is None or meets(r, wakes)])
        if can_be_told_in(ranking, channel.languages_read, translates=rules.translates)
        and breaking.ruling(
            ranking, subscription.bar, rules.kinds, inputs.now, beside_digests=has_digests
        ).at_once
    ]
    caps = caps_of(subscription, rules.caps)
    stories: list[Ranking] = []
    capped: dict[int, Reason] = {}
    for ranking in fit:
        posts = [*inputs.instant_posts, *(inputs.now for _ in stories)]
        if cap := breaking.reached_cap(posts, inputs.now, caps):
            capped[ranking.story.id] = cap
        else:
            stories.append(ranking)
    return InstantPlan(tuple(stories), _lengths(subscription, stories), capped)


def caps_of(subscription: Subscription, usual: Caps) -> Caps:
    """Return how many stories a subscription may post at once: as many as it says, else as usual beside
    digests.
    """
    if not subscription.schedule.times:
        usual = Caps(hour=UNCAPPED, day=UNCAPPED)
    return Caps(hour=subscription.posts_per_hour or usual.hour, day=subscription.posts_per_day or usual.day)


def can_be_told_in(ranking: Ranking, languages: Sequence[str], *, translates: bool) -> bool:
    """Tell whether a story can be told in one of the languages that are read in a channel: a model can
    translate what it may read, the sources' sentences cannot be.
    """
    return (translates and ranking.lead.for_models) or is_readable(ranking, languages)


def without_pointers(marks: Mapping[int, ToldMark]) -> dict[int, ToldMark]:
    """Return the marks of stories that a channel was told, without those that it was only pointed to."""
    return {story: mark for story, mark in marks.items() if mark.kind is MarkKind.TOLD}


def _find_candidates(inputs: PublishInputs, rules: PlanRules) -> _Candidates:
    rankings, reasons = _rank_news(inputs, rules)
    posted = inputs.posted_elsewhere
    told_elsewhere = sort_by_score([r for r in rankings if r.story.id in posted])
    return _Candidates(
        [r for r in rankings if r.story.id not in posted],
        [*reasons, *((r.story.id, Reason(ReasonCode.ELSEWHERE)) for r in told_elsewhere)],
        [(r, posted[r.story.id]) for r in told_elsewhere if r.story.id not in inputs.marks],
    )


def _rank_news(inputs: PublishInputs, rules: PlanRules) -> tuple[list[Ranking], list[tuple[int, Reason]]]:
    """Return the rankings of the stories that bring something new to a channel, and the reasons of the
    others: what the view leaves out, and what was told and brings nothing new.
    """
    told = without_pointers(inputs.marks)
    told_lately = ToldLately.of(inputs.recent_marks)
    twins = _find_twins(inputs.related)
    criteria = Criteria(
        filter_=filter_of(inputs.subscription),
        languages=inputs.channel.languages_read,
        now=inputs.now.replace(second=0, microsecond=0),
        horizon=rules.horizon + inputs.paused_for,
        kinds=rules.kinds,
    )
    contest = Contest(
        stories=tuple(inputs.stories),
        off_topic=inputs.off_topic,
        over_cap=_find_over_cap(inputs),
        criteria=criteria,
    )
    rankings: list[Ranking] = []
    reasons: list[tuple[int, Reason]] = []
    for candidate in rules.judge(contest, rules.rank):
        ranking, reason = candidate.ranking, candidate.reason
        if ranking is not None:
            mark = told.get(candidate.story_id)
            if mark is not None:
                ranking, reason = _assess(ranking, mark, inputs.now, rules.kinds)
            elif _is_told_already(ranking, twins.get(candidate.story_id, ()), told_lately, rules.kinds):
                reason = Reason(ReasonCode.RETOLD)
        if reason is not None:
            reasons.append((candidate.story_id, reason))
        elif ranking is not None:
            rankings.append(ranking)
    return rankings, reasons


def _find_over_cap(inputs: PublishInputs) -> Mapping[int, int]:
    """Return the entries that their feeds' caps keep from leading, each with its cap."""
    told_entries, zone = inputs.told_of_capped, inputs.channel.zone
    return find_over_cap(inputs.stories, inputs.feeds, inputs.off_topic, told_entries, zone)


def _assess(ranking: Ranking, mark: ToldMark, now: datetime, kinds: Kinds) -> tuple[Ranking, Reason | None]:
    """Return the ranking of a told story with what it brings, and the reason why it brings nothing, None
    where it does.
    """
    novelty = assess_novelty(ranking, mark, kinds, now)
    fresh = tuple(entry for entry in novelty.fresh if entry.id not in ranking.aside)
    if novelty.skip or (novelty.update and not _carries(fresh)):
        return ranking, novelty.skip or Reason(ReasonCode.NOTHING_NEW)
    return replace(ranking, update=novelty.update, fresh=fresh), None


def _carries(fresh: Sequence[Entry]) -> bool:
    """Tell whether what is new of a told story carries an update: by a text, or by titles of two outlets."""
    return any(map(tells, fresh)) or len({entry.outlet for entry in fresh}) > 1


def _find_twins(related: Sequence[RelatedStories]) -> Mapping[int, Collection[int]]:
    """Return by story those that are all but the same."""
    twins: dict[int, set[int]] = defaultdict(set)
    for pair in related:
        if pair.likeness >= ALL_BUT_THE_SAME:
            twins[pair.first_id].add(pair.second_id)
            twins[pair.second_id].add(pair.first_id)
    return twins


def _is_told_already(ranking: Ranking, twins: Collection[int], memory: ToldLately, kinds: Kinds) -> bool:
    """Tell whether the channel was told an untold story: in the same words, or as one of its `twins`, which
    are all but the same, to which it adds nothing.
    """
    if is_retold(ranking, memory, kinds):
        return True
    return bool(twins) and any(
        mark.story_id in twins and mark.kind is MarkKind.TOLD and not adds_to_saga(ranking, mark, kinds)
        for mark in memory.marks
    )


def _lengths(subscription: Subscription, stories: Sequence[Ranking]) -> tuple[Length, ...]:
    """Return the length of each story: the first of a digest gets one sentence more when many tell it."""
    lengths = [subscription.length] * len(stories)
    if stories and subscription.length is Length.LINE and stories[0].outlets >= BROAD_OUTLETS:
        lengths[0] = Length.SHORT
    return tuple(lengths)


def _counts(inputs: PublishInputs, reasons: Sequence[tuple[int, Reason]]) -> Counts:
    failing = sum(1 for feed in inputs.feeds if feed.failures)
    repeats = sum(1 for _, reason in reasons if reason.code in {ReasonCode.KNOWN, ReasonCode.NOTHING_NEW})
    below = sum(1 for _, reason in reasons if reason.code is ReasonCode.BELOW_BAR)
    return Counts(
        entries=inputs.entry_count,
        feeds=len(inputs.feeds),
        failing=failing,
        repeats=repeats,
        below_bar=below,
        filtered=sum(1 for _, reason in reasons if reason.code in FILTERED),
    )


def _nearest(inputs: PublishInputs, unimportant: Sequence[Ranking]) -> Nearest | None:
    """Return what came nearest to the bar, and since when nothing passed it; None where nothing was new."""
    best = max(unimportant, key=lambda r: (r.weight, r.score), default=None)
    since = inputs.previous_slot_at or inputs.subscription.created_at or inputs.now
    return Nearest(best, since) if best is not None else None
