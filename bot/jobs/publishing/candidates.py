"""Choosing: which of the changed stories a subscription tells, names or leaves out, and with which reason."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.jobs import Context
from bot.model import Channel, Feed, Ranking, Story, Subscription, ToldMark
from bot.pipeline.selection import breaking
from bot.pipeline.selection.diversify import diversify
from bot.pipeline.selection.importance import meets
from bot.pipeline.selection.novelty import NOTHING_NEW, RETOLD_REASON, assess_novelty, is_retold
from bot.pipeline.selection.rank import is_about, is_readable, language_of_news, rank, sort_by_score
from bot.store import entries, feeds, places, server_dedup, stories, subscriptions
from bot.store.server_dedup import PostedElsewhere
from bot.threads import in_thread

FOREIGN = "foreign"
"""The code of a story that is told only in languages that are not read in its channel, before the language."""

POSTED_ELSEWHERE_REASON = "elsewhere"
"""The code of a story that another channel of the server was told, where the server is told once."""


@dataclass(frozen=True, slots=True)
class View:
    """What one subscription sees at one moment."""

    subscription: Subscription
    channel: Channel
    feeds: Sequence[Feed]
    top: int
    now: datetime

    @property
    def feed_ids(self) -> list[int]:
        """The ids of the feeds in view."""
        return [feed.id for feed in self.feeds]


@dataclass(frozen=True, slots=True)
class Choice:
    """The stories to tell, those only to list, and the skipped ones with a reason code; of those below the bar, the nearest."""

    stories: tuple[Ranking, ...]
    tail: tuple[Ranking, ...]
    reasons: tuple[tuple[int, str], ...]
    nearest: Ranking | None = None
    foreign: tuple[Ranking, ...] = ()
    """Stories told only in languages that are not read here."""
    posted_pairs: tuple[tuple[Ranking, PostedElsewhere], ...] = ()
    """Stories that another channel of the server was told, and that were not named here yet."""


async def view_of(ctx: Context, subscription_id: int) -> View | None:
    """Return what an active subscription sees now, None where there is none."""
    async with ctx.store.read() as tx:
        subscription = await subscriptions.get(tx, subscription_id)
        channel = await places.channel(tx, subscription.channel_id) if subscription else None
        if subscription is None or channel is None:
            return None
        visible = await feeds.visible(tx, channel.server_id)
        chosen_feeds = [f for f in visible if not subscription.feed_ids or f.id in subscription.feed_ids]
        return View(subscription, channel, chosen_feeds, await stories.newest_change(tx), ctx.clock())


async def choose_for_slot(ctx: Context, view: View) -> Choice:
    """Return what a slot makes of the changes since the last one; every story in them ends told, listed or skipped."""
    candidates = await load_candidates(ctx, view, view.subscription.read_up_to)
    foreign = [r for r in candidates.candidates if not can_be_told_in(ctx, view.channel, r)]
    unread = {r.story.id for r in foreign}
    readable = [r for r in candidates.candidates if r.story.id not in unread]
    choice = await in_thread(choose, readable, candidates.reasons, view.subscription, ctx)
    reasons = (*choice.reasons, *((r.story.id, f"{FOREIGN} {language_of_news(r)}") for r in foreign))
    foreign_stories = sort_by_score([r for r in foreign if meets(r, view.subscription.bar)])
    important_pairs = tuple(pair for pair in candidates.posted_pairs if meets(pair[0], view.subscription.bar))
    return replace(choice, reasons=reasons, foreign=tuple(foreign_stories), posted_pairs=important_pairs)


def can_be_told_in(ctx: Context, channel: Channel, ranking: Ranking) -> bool:
    """Tell whether a story can be told in a language that is read in a channel: a model can translate, the sources' sentences cannot."""
    return ctx.summarizer.method == "model" or is_readable(ranking, channel.reads)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Changed stories that bring something new to a channel, and the others with a reason code."""

    candidates: Sequence[Ranking]
    reasons: Sequence[tuple[int, str]]
    posted_pairs: Sequence[tuple[Ranking, PostedElsewhere]] = ()
    """Of the skipped: those that another channel of the server was told, and that are new to this one."""


async def load_candidates(ctx: Context, view: View, after: int) -> Candidates:
    """Return what the stories changed after a cursor bring to a channel."""
    since = view.now - ctx.policy.horizon
    async with ctx.store.read() as tx:
        changed_stories = await stories.changed_stories(
            tx, after, view.top, view.subscription.topic, view.feed_ids, since
        )
        ids = [story.id for story in changed_stories]
        marks = await subscriptions.marks_in(tx, view.channel.id, ids)
        members = [entry.id for story in changed_stories for entry in story.entries]
        off_topic = await entries.off_topic(tx, members, view.subscription.topic)
        posts_by_story = await server_dedup.find_posted_elsewhere(tx, view.channel, ids)
        recent = await subscriptions.told_since(tx, view.channel.id, since)
    own_marks = without_pointers(marks)
    candidates, reasons = await in_thread(
        rank_and_filter_known,
        changed_stories,
        own_marks,
        view.now,
        view.channel.reads,
        ctx,
        off_topic,
        recent,
    )
    foreign_posts = sort_by_score([r for r in candidates if r.story.id in posts_by_story])
    return Candidates(
        [r for r in candidates if r.story.id not in posts_by_story],
        [*reasons, *((r.story.id, POSTED_ELSEWHERE_REASON) for r in foreign_posts)],
        [(r, posts_by_story[r.story.id]) for r in foreign_posts if r.story.id not in marks],
    )


def without_pointers(marks: Mapping[int, ToldMark]) -> dict[int, ToldMark]:
    """Return the marks of stories that a channel was told, without those that it was only pointed to."""
    return {story: mark for story, mark in marks.items() if mark.said}


def rank_and_filter_known(
    changed_stories: Sequence[Story],
    marks: Mapping[int, ToldMark],
    now: datetime,
    languages: Sequence[str],
    ctx: Context,
    off_topic: Set[int] = frozenset(),
    recent: Sequence[ToldMark] = (),
) -> tuple[list[Ranking], list[tuple[int, str]]]:
    """Rank changed stories, and leave out with a reason code what is old, or was told and brings nothing new.

    `recent` is what the channel was told of late, under whatever story. Stories most of whose weight is `off_topic`, by the ids of entries, are none of the view's.
    """
    candidates: list[Ranking] = []
    reasons: list[tuple[int, str]] = []
    for story in changed_stories:
        if not is_about(story, off_topic):
            continue
        if now - max(e.published for e in story.entries) > ctx.policy.horizon:
            reasons.append((story.id, "old"))
            continue
        ranking = rank(story, now, languages, ctx.kinds, off_topic)
        memory = assess_novelty(ranking, marks.get(story.id), ctx.kinds, now)
        fresh = tuple(e for e in memory.fresh if e.id not in off_topic)
        if memory.skip or (memory.update and not fresh):
            reasons.append((story.id, memory.skip or NOTHING_NEW))
            continue
        if story.id not in marks and is_retold(ranking, recent, ctx.kinds):
            reasons.append((story.id, RETOLD_REASON))
            continue
        candidates.append(replace(ranking, update=memory.update, fresh=fresh))
    return candidates, reasons


def choose(
    candidates: Sequence[Ranking], skipped: Sequence[tuple[int, str]], wish: Subscription, ctx: Context
) -> Choice:
    """Split stories into told and listed; those below the bar are skipped, with the weight that decided."""
    passing = [r for r in candidates if meets(r, wish.bar)]
    unimportant = [r for r in candidates if not meets(r, wish.bar)]
    stories, tail = diversify(passing, wish.size, ctx.rules, wish.topic)
    reasons = [*skipped, *((r.story.id, f"{breaking.BELOW_BAR} {r.weight:.2f}") for r in unimportant)]
    nearest = max(unimportant, key=lambda r: (r.weight, r.score), default=None)
    return Choice(stories, tail, tuple(reasons), nearest)


async def choose_instant(
    ctx: Context, view: View, candidates: Sequence[Ranking]
) -> tuple[list[Ranking], Mapping[int, str]]:
    """Return the stories that go out now, best first, and by id the cap that lets others wait for the next digest.

    A subscription without digests has no next one, and so no caps.
    """
    wish = view.subscription
    digests = bool(wish.schedule.times)
    fit = [
        r
        for r in candidates
        if can_be_told_in(ctx, view.channel, r)
        and breaking.ruling(r, wish.bar, ctx.kinds, view.now, beside_digests=digests).at_once
    ]
    if not digests or not fit:
        return fit, {}
    async with ctx.store.read() as tx:
        before = await subscriptions.instant_posts_since(tx, view.channel.id, view.now - timedelta(days=1))
    stories_now: list[Ranking] = []
    capped_stories: dict[int, str] = {}
    for ranking in fit:
        if reason := breaking.reached_cap(
            [*before, *(view.now for _ in stories_now)], view.now, ctx.policy.caps
        ):
            capped_stories[ranking.story.id] = reason
        else:
            stories_now.append(ranking)
    return stories_now, capped_stories
