"""publish: decide what a subscription tells now, and write it whole into the outbox.

The flow, once for a slot (a digest) and once for news at once:
    read the view → choose (pure) → summarize → gate → compose (pure) → render (pure) → one transaction:
    operations, told marks, cursor and next slot together, or none of them.
Another publishing of the same channel in between is noticed by the channel's turn number, and the work is done again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.jobs import Context
from bot.jobs.publishing.candidates import (
    Choice,
    View,
    choose_for_slot,
    choose_instant,
    load_candidates,
    view_of,
    without_pointers,
)
from bot.jobs.publishing.enqueue import Writing, rendered, write
from bot.jobs.publishing.recap import look_back
from bot.jobs.publishing.summarize import summarize
from bot.model import Length, Missed, Ranking
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import Counts, Edition, Nearest, Piece, Pointer
from bot.pipeline.selection import breaking
from bot.pipeline.selection.importance import meets
from bot.pipeline.selection.novelty import KNOWN_REASON, NOTHING_NEW
from bot.pipeline.selection.rank import sort_by_score
from bot.pipeline.timing.quiet_hours import quiet_until
from bot.pipeline.timing.slots import next_slot
from bot.ports import SummaryTask
from bot.store import entries, places, server_dedup, stories, subscriptions
from bot.store.subscriptions import SlotRecord

PATIENCE = timedelta(minutes=1)
"""How long a slot waits for entries that were collected before it to be read and grouped."""

RECHECK_INTERVAL = timedelta(minutes=1)
"""How often it is looked for news that may wake a channel in its quiet hours."""

LATE = timedelta(minutes=15)
MISSED_AFTER = timedelta(hours=1)
"""How late a digest may be before it counts as missed where missed ones are skipped."""

DIGEST_LIFE = timedelta(hours=24)
INSTANT_LIFE = timedelta(hours=6)
MARKS_PERIOD = timedelta(days=30)
"""How far back the slot before is looked for."""

BROAD = 4
"""Outlets that make the first story of a digest worth a sentence more."""


class _OvertakenError(Exception):
    """Another publishing of this channel came first, or of one that shares its memory; nothing of this one is kept."""


async def publish(ctx: Context, subscription_id: int) -> None:
    """Publish what is due for one subscription: its slot, or news at once."""
    view = await view_of(ctx, subscription_id)
    if view is None:
        return
    try:
        await _publish(ctx, view)
    except _OvertakenError:
        ctx.log.info("publishing overtaken, done again", subscription=subscription_id)


async def _publish(ctx: Context, view: View) -> None:
    until = None if _silent(view) else quiet_until(view.channel.quiet, view.channel.zone, view.now)
    slot_at = view.subscription.next_slot_at
    if until is not None:
        await _sleep(ctx, view, until)
    elif slot_at is not None and slot_at <= view.now:
        if view.subscription.recap:
            await look_back(ctx, view.subscription, view.channel, _latest_slot(view, slot_at))
        else:
            await _publish_slot(ctx, view, slot_at)
    elif view.subscription.schedule.instant:
        await _publish_instant(ctx, view)


def _silent(view: View) -> bool:
    return view.channel.quiet is not None and view.channel.quiet.silent


async def _sleep(ctx: Context, view: View, until: datetime) -> None:
    """Let everything wait for the end of the quiet hours and be published once then, but for news that may wake people."""
    wakes = view.channel.quiet.wakes if view.channel.quiet else None
    waiting = view.subscription.schedule.instant and not view.subscription.recap
    if wakes is None or not waiting:
        await _rest(ctx, view, until)
        return
    candidates = await load_candidates(ctx, view, view.subscription.instant_up_to)
    instant_choice, _ = await choose_instant(
        ctx, view, sort_by_score([r for r in candidates.candidates if meets(r, wakes)])
    )
    wake_at = min(until, view.now + RECHECK_INTERVAL)
    if not instant_choice:
        await _rest(ctx, view, wake_at)
        return
    await _write(
        ctx,
        view,
        _writing_of_each(ctx, view, await _pieces(ctx, view, instant_choice)),
        None,
        asleep_until=wake_at,
    )


async def _rest(ctx: Context, view: View, until: datetime) -> None:
    async with ctx.store.write() as tx:
        await subscriptions.rest(tx, view.subscription.id, until)


async def _publish_slot(ctx: Context, view: View, due: datetime) -> None:
    if view.now - due < PATIENCE and await _unfinished(ctx, due):
        return
    latest = _latest_slot(view, due)
    if view.subscription.missed is Missed.SKIP and view.now - _expected_time(view, latest) > MISSED_AFTER:
        await _skip(ctx, view, latest)
        return
    slot_at = due if view.subscription.missed is Missed.EACH else latest
    if slot_at < latest:
        view = await _as_of(ctx, view, slot_at)
    choice = await choose_for_slot(ctx, view)
    pieces = await _pieces(ctx, view, choice.stories)
    counts = await _counts(ctx, view, slot_at, choice)
    topic = topic_title(ctx, view.subscription.topic)
    late = ctx.clock() - _expected_time(view, slot_at) > LATE
    nearest = await _nearest(ctx, view, choice)
    pointers = await _pointers_of(ctx, view, choice)
    edition = Edition(topic, slot_at, pieces, choice.tail, counts, late, nearest, choice.foreign, pointers)
    document = compose.digest(edition, ctx.texts.for_language(view.channel.language), view.channel)
    stamp = slot_at.strftime("%Y%m%dT%H%M%SZ")
    writing = Writing(
        f"digest:{view.subscription.id}:{stamp}",
        pieces,
        rendered(ctx, document, view.channel, view.now),
        ctx.clock() + DIGEST_LIFE,
        document=document,
        pointed=tuple(ranking for ranking, _ in choice.posted_pairs),
    )
    record = SlotRecord(
        view.subscription.id, slot_at, view.subscription.read_up_to, view.top, ctx.rules.hash,
        tuple(p.ranking.story.id for p in pieces), tuple(r.story.id for r in choice.tail), choice.reasons,
        view.subscription.bar,
    )  # fmt: skip
    await _write(ctx, view, [writing], record)
    ctx.log.info(
        "published digest",
        subscription=view.subscription.id,
        channel=view.channel.id,
        slot=stamp,
        stories=len(pieces),
    )


async def _pointers_of(ctx: Context, view: View, choice: Choice) -> tuple[Pointer, ...]:
    """Return where the posts stand that tell stories to other channels of the server; the channel, where one is still on its way.

    Topics of a Telegram group all bear its name, which tells nobody which one is meant.
    """
    if not choice.posted_pairs:
        return ()
    async with ctx.store.read() as tx:
        server = await places.address_of(tx, view.channel.server_id)
    platform = ctx.platforms[view.channel.platform]
    return tuple(
        Pointer(
            ranking,
            post.channel.name if post.channel.name != view.channel.name else "",
            platform.link(post.channel, post.post, server),
        )
        for ranking, post in choice.posted_pairs
    )


def topic_title(ctx: Context, topic: str) -> str:
    """Return a topic's name for headings, empty for all topics."""
    return ctx.rules.topics[topic].title if topic in ctx.rules.topics else ""


async def _unfinished(ctx: Context, slot_at: datetime) -> bool:
    async with ctx.store.read() as tx:
        return await entries.waits_for_group(tx, slot_at) or await entries.waits_for_page(
            tx, slot_at - PATIENCE
        )


def _latest_slot(view: View, due: datetime) -> datetime:
    """Return the newest slot that has come: missed ones are merged into it."""
    slot = due
    while (
        following := next_slot(view.subscription.schedule, view.channel.zone, slot)
    ) and following <= view.now:
        slot = following
    return slot


def _expected_time(view: View, slot_at: datetime) -> datetime:
    """Return when a slot was to be published: at its time, or at the end of the quiet hours it fell into, even if nothing ran by then."""
    night = None if _silent(view) else quiet_until(view.channel.quiet, view.channel.zone, slot_at)
    return max(slot_at, view.subscription.rests_until or slot_at, night or slot_at)


async def _skip(ctx: Context, view: View, slot_at: datetime) -> None:
    """Leave out a digest that was missed; the next one tells its stories, as long as they are news."""
    upcoming = next_slot(view.subscription.schedule, view.channel.zone, max(view.now, slot_at))
    async with ctx.store.write() as tx:
        await subscriptions.advance(tx, view.subscription, next_slot_at=upcoming, rests_until=None)
    ctx.log.info("a missed digest is skipped", subscription=view.subscription.id, slot=slot_at.isoformat())


async def _as_of(ctx: Context, view: View, slot_at: datetime) -> View:
    """Return a view as it was at a slot that was missed: what changed later belongs to the next one."""
    async with ctx.store.read() as tx:
        top = await stories.newest_change_at(tx, slot_at)
    return replace(view, now=slot_at, top=max(top, view.subscription.read_up_to))


async def _nearest(ctx: Context, view: View, choice: Choice) -> Nearest | None:
    """Return what came nearest to the bar, and since when nothing passed it; None where something did or nothing was new."""
    if choice.stories or choice.nearest is None:
        return None
    async with ctx.store.read() as tx:
        before = await subscriptions.slots_of(tx, view.subscription.id, view.now - MARKS_PERIOD, 1)
    since = before[0].slot_at if before else view.subscription.created_at or view.now
    return Nearest(choice.nearest, since)


async def _publish_instant(ctx: Context, view: View) -> None:
    candidates = await load_candidates(ctx, view, view.subscription.instant_up_to)
    stories_now, capped_stories = await choose_instant(ctx, view, sort_by_score(candidates.candidates))
    pieces = await _pieces(ctx, view, stories_now)
    waking_at = view.subscription.rests_until
    writings = (
        [_gathered(ctx, view, pieces, waking_at)]
        if waking_at and len(pieces) > 1
        else _writing_of_each(ctx, view, pieces)
    )
    await _write(ctx, view, writings, None, capped_stories)
    if writings or capped_stories:
        ctx.log.info(
            "published at once",
            subscription=view.subscription.id,
            channel=view.channel.id,
            stories=len(pieces),
            capped=len(capped_stories),
        )


def _gathered(ctx: Context, view: View, pieces: Sequence[Piece], waking_at: datetime) -> Writing:
    """Return the one post of what broke during the quiet hours."""
    words = ctx.texts.for_language(view.channel.language)
    document = compose.gathered(words("While it was quiet here"), pieces, (), words, view.channel, view.now)
    return Writing(
        f"night:{view.subscription.id}:{waking_at:%Y%m%dT%H%M%SZ}",
        tuple(pieces),
        rendered(ctx, document, view.channel, view.now),
        view.now + INSTANT_LIFE,
        document=document,
    )


def _writing_of_each(ctx: Context, view: View, pieces: Sequence[Piece]) -> list[Writing]:
    words = ctx.texts.for_language(view.channel.language)
    documents = [compose.instant(piece, words, view.channel, view.now) for piece in pieces]
    return [
        Writing(
            f"story:{view.channel.id}:{piece.ranking.story.id}:{piece.ranking.story.change_no}",
            (piece,),
            rendered(ctx, document, view.channel, view.now),
            view.now + INSTANT_LIFE,
            piece.mark.operation_id if piece.mark else None,
            document=document,
        )
        for piece, document in zip(pieces, documents, strict=True)
    ]


async def _pieces(ctx: Context, view: View, rankings: Sequence[Ranking]) -> tuple[Piece, ...]:
    async with ctx.store.read() as tx:
        marks = without_pointers(
            await subscriptions.marks_in(tx, view.channel.id, [r.story.id for r in rankings])
        )
    language, length = view.channel.language, view.subscription.length
    tasks = [SummaryTask(r, language, _length(length, r, place)) for place, r in enumerate(rankings)]
    summaries = await summarize(ctx, tasks, view.channel)
    return tuple(
        Piece(r, summary, marks.get(r.story.id)) for r, summary in zip(rankings, summaries, strict=True)
    )


def _length(length: Length, ranking: Ranking, place: int) -> Length:
    """Give the first story of a digest one sentence more when many tell it."""
    return Length.SHORT if length is Length.LINE and place == 0 and ranking.outlets >= BROAD else length


async def _counts(ctx: Context, view: View, slot_at: datetime, choice: Choice) -> Counts:
    since = slot_at - timedelta(days=1)
    async with ctx.store.read() as tx:
        count = await entries.count_since(tx, since, view.feed_ids)
    failing = sum(1 for feed in view.feeds if feed.failures)
    repeats = sum(1 for _, reason in choice.reasons if reason in {KNOWN_REASON, NOTHING_NEW})
    below_count = sum(1 for _, reason in choice.reasons if reason.startswith(breaking.BELOW_BAR))
    return Counts(count, len(view.feeds), failing, repeats, below_count)


async def _write(
    ctx: Context,
    view: View,
    writings: Sequence[Writing],
    record: SlotRecord | None,
    capped_stories: Mapping[int, str] = MappingProxyType({}),
    asleep_until: datetime | None = None,
) -> None:
    """Write everything in one transaction: operations, told marks, cursor, next slot, the slot's record and what a cap held back.

    The cursor of a channel that is asleep stays: the rest of the night's news is told at its end.
    """
    cursors: dict[str, object] = {"rests_until": asleep_until}
    if asleep_until is None:
        cursors["instant_up_to"] = max(view.top, view.subscription.instant_up_to)
    if record is not None:
        upcoming = next_slot(view.subscription.schedule, view.channel.zone, max(view.now, record.slot_at))
        cursors |= {"read_up_to": view.top, "next_slot_at": upcoming}
    async with ctx.store.write() as tx:
        if await places.publish_turn(tx, view.channel.id) != view.channel.publish_no:
            raise _OvertakenError
        if not await subscriptions.advance(tx, view.subscription, **cursors):
            raise _OvertakenError
        telling = [piece.ranking.story.id for writing in writings for piece in writing.pieces]
        if await server_dedup.find_posted_elsewhere(tx, view.channel, telling):
            raise _OvertakenError
        for writing in writings:
            await write(tx, ctx, view.channel, writing, ctx.clock())
        if record is not None:
            await subscriptions.record_slot(tx, record, ctx.clock())
        await subscriptions.cap(tx, view.subscription.id, capped_stories, view.now)
    if writings:
        ctx.wake("deliver")
