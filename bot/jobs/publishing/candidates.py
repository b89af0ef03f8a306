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

ELSEWHERE = "elsewhere"
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

    told: tuple[Ranking, ...]
    listed: tuple[Ranking, ...]
    skipped: tuple[tuple[int, str], ...]
    nearest: Ranking | None = None
    foreign: tuple[Ranking, ...] = ()
    """Stories told only in languages that are not read here."""
    elsewhere: tuple[tuple[Ranking, PostedElsewhere], ...] = ()
    """Stories that another channel of the server was told, and that were not named here yet."""


async def view_of(ctx: Context, subscription_id: int) -> View | None:
    """Return what an active subscription sees now, None where there is none."""
    async with ctx.store.read() as tx:
        subscription = await subscriptions.get(tx, subscription_id)
        channel = await places.channel(tx, subscription.channel_id) if subscription else None
        if subscription is None or channel is None:
            return None
        visible = await feeds.visible(tx, channel.server_id)
        wanted = [f for f in visible if not subscription.feed_ids or f.id in subscription.feed_ids]
        return View(subscription, channel, wanted, await stories.newest_change(tx), ctx.clock())


async def choose_for_slot(ctx: Context, view: View) -> Choice:
    """Return what a slot makes of the changes since the last one; every story in them ends told, listed or skipped."""
    brought = await load_candidates(ctx, view, view.subscription.read_up_to)
    foreign = [r for r in brought.candidates if not can_be_told_in(ctx, view.channel, r)]
    unread = {r.story.id for r in foreign}
    readable = [r for r in brought.candidates if r.story.id not in unread]
    chosen = await in_thread(choose, readable, brought.skipped, view.subscription, ctx)
    reasons = (*chosen.skipped, *((r.story.id, f"{FOREIGN} {language_of_news(r)}") for r in foreign))
    named = sort_by_score([r for r in foreign if meets(r, view.subscription.bar)])
    elsewhere = tuple(one for one in brought.elsewhere if meets(one[0], view.subscription.bar))
    return replace(chosen, skipped=reasons, foreign=tuple(named), elsewhere=elsewhere)


def can_be_told_in(ctx: Context, channel: Channel, ranked: Ranking) -> bool:
    """Tell whether a story can be told in a language that is read in a channel: a model can translate, the sources' sentences cannot."""
    return ctx.summarizer.method == "model" or is_readable(ranked, channel.reads)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Changed stories that bring something new to a channel, and the others with a reason code."""

    candidates: Sequence[Ranking]
    skipped: Sequence[tuple[int, str]]
    elsewhere: Sequence[tuple[Ranking, PostedElsewhere]] = ()
    """Of the skipped: those that another channel of the server was told, and that are new to this one."""


async def load_candidates(ctx: Context, view: View, after: int) -> Candidates:
    """Return what the stories changed after a cursor bring to a channel."""
    since = view.now - ctx.policy.horizon
    async with ctx.store.read() as tx:
        changed = await stories.changed(tx, after, view.top, view.subscription.topic, view.feed_ids, since)
        ids = [story.id for story in changed]
        told = await subscriptions.told_in(tx, view.channel.id, ids)
        members = [entry.id for story in changed for entry in story.entries]
        off_topic = await entries.off_topic(tx, members, view.subscription.topic)
        elsewhere = await server_dedup.find_posted_elsewhere(tx, view.channel, ids)
        recent = await subscriptions.told_since(tx, view.channel.id, since)
    own = told_at_all(told)
    candidates, skipped = await in_thread(
        rank_and_filter_known, changed, own, view.now, view.channel.reads, ctx, off_topic, recent
    )
    others = sort_by_score([r for r in candidates if r.story.id in elsewhere])
    return Candidates(
        [r for r in candidates if r.story.id not in elsewhere],
        [*skipped, *((r.story.id, ELSEWHERE) for r in others)],
        [(r, elsewhere[r.story.id]) for r in others if r.story.id not in told],
    )


def told_at_all(marks: Mapping[int, ToldMark]) -> dict[int, ToldMark]:
    """Return the marks of stories that a channel was told, without those that it was only pointed to."""
    return {story: mark for story, mark in marks.items() if mark.said}


def rank_and_filter_known(
    changed: Sequence[Story],
    told: Mapping[int, ToldMark],
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
    skipped: list[tuple[int, str]] = []
    for story in changed:
        if not is_about(story, off_topic):
            continue
        if now - max(e.published for e in story.entries) > ctx.policy.horizon:
            skipped.append((story.id, "old"))
            continue
        ranked = rank(story, now, languages, ctx.kinds, off_topic)
        memory = assess_novelty(ranked, told.get(story.id), ctx.kinds, now)
        fresh = tuple(e for e in memory.fresh if e.id not in off_topic)
        if memory.skip or (memory.update and not fresh):
            skipped.append((story.id, memory.skip or NOTHING_NEW))
            continue
        if story.id not in told and is_retold(ranked, recent, ctx.kinds):
            skipped.append((story.id, RETOLD_REASON))
            continue
        candidates.append(replace(ranked, update=memory.update, fresh=fresh))
    return candidates, skipped


def choose(
    candidates: Sequence[Ranking], skipped: Sequence[tuple[int, str]], wish: Subscription, ctx: Context
) -> Choice:
    """Split stories into told and listed; those below the bar are skipped, with the weight that decided."""
    passing = [r for r in candidates if meets(r, wish.bar)]
    below = [r for r in candidates if not meets(r, wish.bar)]
    told, listed = diversify(passing, wish.size, ctx.rules, wish.topic)
    reasons = [*skipped, *((r.story.id, f"{breaking.BELOW_BAR} {r.weight:.2f}") for r in below)]
    nearest = max(below, key=lambda r: (r.weight, r.score), default=None)
    return Choice(told, listed, tuple(reasons), nearest)


async def at_once(
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
        before = await subscriptions.at_once_since(tx, view.channel.id, view.now - timedelta(days=1))
    told: list[Ranking] = []
    capped: dict[int, str] = {}
    for ranked in fit:
        if reason := breaking.reached_cap([*before, *(view.now for _ in told)], view.now, ctx.policy.caps):
            capped[ranked.story.id] = reason
        else:
            told.append(ranked)
    return told, capped
