"""publish: decide what a subscription tells now, and write it whole into the outbox.

The flow, once for a slot (a digest) and once for news at once:
    load inputs (one read) → plan (pure) → summarize and verify → compose and render (pure) → save (one
    write): operations, told marks, cursor and next slot together, or none of them.
Another publishing of the same channel in between is noticed by the channel's turn number, and the work is
done again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.i18n import Words
from bot.jobs import Context
from bot.jobs.publishing.enqueue import OutboxDocument, render_payloads, write
from bot.jobs.publishing.inputs import load_inputs, load_preview, rules_of
from bot.jobs.publishing.recap import look_back
from bot.jobs.publishing.summarize import summarize
from bot.model import Document, Length, Look, Purpose, Ranking, Reason, Story, Subscription
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import DigestContent, Pointer, StoryCard
from bot.pipeline.planning.due import AsleepDue, DigestDue, InstantDue, RecapDue, SkipDue, expected_at
from bot.pipeline.planning.plan import (
    DigestPlan,
    InstantPlan,
    PublishInputs,
    plan_digest,
    plan_instant,
)
from bot.pipeline.timing.slots import next_slot
from bot.ports import SummaryTask
from bot.store import locks, places, server_dedup, subscriptions
from bot.store.subscriptions import SlotRecord
from bot.threads import in_thread

RECHECK_INTERVAL = timedelta(minutes=1)
"""How often it is looked for news that may wake a channel in its quiet hours."""

LATE = timedelta(minutes=15)
DIGEST_LIFE = timedelta(hours=24)
INSTANT_LIFE = timedelta(hours=6)
INSTANT_PRIORITY = 1
"""News told at once goes before everything else that waits in other channels."""


KeepStories = Callable[[Sequence[Story]], Awaitable[Sequence[Story]]]
"""Some stories → those of them that somebody wants to see."""


class _OvertakenError(Exception):
    """Another publishing of this channel came first, or of one that shares its memory; nothing of this one is
    kept.
    """


async def publish(ctx: Context, subscription_id: int) -> None:
    """Publish what is due for one subscription: its slot, or news at once."""
    inputs = await load_inputs(ctx, subscription_id)
    if inputs is None:
        return
    try:
        await _publish(ctx, inputs)
    except _OvertakenError:
        ctx.log.info("publishing.overtaken", subscription=subscription_id)


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest as it would be posted now: what it is made from, what is decided, and how it reads."""

    inputs: PublishInputs
    plan: DigestPlan
    document: Document


async def preview_digest(
    ctx: Context,
    subscription_id: int,
    *,
    retells: bool = False,
    keep: KeepStories | None = None,
    look: Look | None = None,
) -> Preview | None:
    """Return the next digest of a subscription as it would be now, None of one that is not active; one that
    `retells` as if nothing had been told, of those stories alone that `keep` returns, in another `look`. It
    writes nothing.
    """
    inputs = await load_preview(ctx, subscription_id, retells=retells)
    if inputs is None:
        return None
    if look is not None:
        length = look.length or inputs.subscription.length
        inputs = replace(
            inputs,
            channel=replace(inputs.channel, look=look),
            subscription=replace(inputs.subscription, length=length),
        )
    if keep is not None:
        inputs = replace(inputs, stories=await keep(inputs.stories))
    plan = await in_thread(plan_digest, inputs, rules_of(ctx))
    return Preview(inputs, plan, (await _compose_digest(ctx, inputs, plan, inputs.now))[1])


async def _publish(ctx: Context, inputs: PublishInputs) -> None:
    match inputs.due:
        case AsleepDue() as due:
            await _sleep(ctx, inputs, due)
        case RecapDue(slot_at):
            await look_back(ctx, inputs.subscription, inputs.channel, slot_at)
        case SkipDue(slot_at):
            await _skip(ctx, inputs, slot_at)
        case DigestDue(slot_at):
            await _publish_digest(ctx, inputs, slot_at)
        case InstantDue():
            await _publish_instant(ctx, inputs)


async def _sleep(ctx: Context, inputs: PublishInputs, due: AsleepDue) -> None:
    """Let everything wait for the end of the quiet hours and be published once then, but for news that may
    wake people.
    """
    if due.wakes is None:
        await _rest(ctx, inputs, due.until)
        return
    plan = await in_thread(plan_instant, inputs, rules_of(ctx), due.wakes)
    wake_at = min(due.until, inputs.now + RECHECK_INTERVAL)
    if not plan.stories:
        await _rest(ctx, inputs, wake_at)
        return
    cards = await _write_cards(ctx, inputs, plan.stories, plan.lengths)
    await _save(ctx, inputs, _instant_documents(ctx, inputs, cards), None, asleep_until=wake_at)


async def _rest(ctx: Context, inputs: PublishInputs, until: datetime) -> None:
    async with ctx.store.write(narrow=True) as tx:
        await subscriptions.rest(tx, inputs.subscription.id, until)


async def _skip(ctx: Context, inputs: PublishInputs, slot_at: datetime) -> None:
    """Leave out a digest that was missed, or fell into a person's pause and has nothing to tell; the next one
    tells its stories, as long as they are news.
    """
    subscription = inputs.subscription
    upcoming = next_slot(subscription.schedule, inputs.channel.zone, max(inputs.now, slot_at))
    async with ctx.store.write(narrow=True) as tx:
        await subscriptions.advance(tx, subscription, next_slot_at=upcoming, rests_until=None)
    ctx.log.info("digest.skipped", subscription=subscription.id, slot=slot_at.isoformat())


async def _publish_digest(ctx: Context, inputs: PublishInputs, slot_at: datetime) -> None:
    if inputs.is_unfinished:
        return
    subscription, channel = inputs.subscription, inputs.channel
    plan = await in_thread(plan_digest, inputs, rules_of(ctx))
    if channel.is_paused(slot_at) and not plan.tells_anything:
        await _skip(ctx, inputs, slot_at)
        return
    cards, document = await _compose_digest(ctx, inputs, plan, slot_at)
    stamp = slot_at.strftime("%Y%m%dT%H%M%SZ")
    outgoing = OutboxDocument(
        intent=f"digest:{subscription.id}:{stamp}",
        purpose=Purpose.DIGEST,
        subject_id=subscription.id,
        cards=cards,
        payloads=render_payloads(ctx, document, channel, inputs.now, mentions=bool(cards or plan.pointers)),
        not_after=ctx.clock() + DIGEST_LIFE,
        document=document,
        pointed=tuple(ranking for ranking, _ in plan.pointers),
    )
    record = SlotRecord(
        subscription_id=subscription.id,
        slot_at=slot_at,
        from_change=subscription.read_up_to,
        to_change=inputs.top,
        rules=ctx.rules.hash,
        told=tuple(ranking.story.id for ranking in (*plan.stories, *plan.below)),
        listed=tuple(ranking.story.id for ranking in plan.tail),
        skipped=plan.reasons,
        bar=subscription.bar,
    )
    await _save(ctx, inputs, [outgoing], record)
    ctx.log.info(
        "digest.published", subscription=subscription.id, channel=channel.id, slot=stamp, stories=len(cards)
    )


async def _compose_digest(
    ctx: Context, inputs: PublishInputs, plan: DigestPlan, slot_at: datetime
) -> tuple[tuple[StoryCard, ...], Document]:
    """Return the cards of a digest and how it reads."""
    channel = inputs.channel
    cards = await _write_cards(ctx, inputs, plan.stories, plan.lengths)
    content, words = _content(ctx, inputs, plan, cards, slot_at), ctx.texts.for_language(channel.language)
    document = compose.digest_document(content, words, channel)
    return cards, replace(document, topics=_topics(ctx, inputs.subscription, words))


def _content(
    ctx: Context, inputs: PublishInputs, plan: DigestPlan, cards: tuple[StoryCard, ...], slot_at: datetime
) -> DigestContent:
    late = ctx.clock() - expected_at(inputs.subscription, inputs.channel, slot_at) > LATE
    topic = topic_title(ctx, inputs.subscription)
    pointers = _pointers_of(ctx, inputs, plan)
    return DigestContent(
        topic=topic,
        slot_at=slot_at,
        cards=cards,
        tail=plan.tail,
        counts=plan.counts,
        late=late,
        nearest=plan.nearest,
        foreign=plan.foreign,
        pointers=pointers,
    )


def _pointers_of(ctx: Context, inputs: PublishInputs, plan: DigestPlan) -> tuple[Pointer, ...]:
    """Return where the posts stand that tell stories to other channels of the server; the channel, where one
    is still on its way.

    Topics of a Telegram group all bear its name, which tells nobody which one is meant.
    """
    platform = ctx.platforms[inputs.channel.platform]
    return tuple(
        Pointer(
            ranking,
            post.channel.name if post.channel.name != inputs.channel.name else "",
            platform.link(post.channel, post.post, inputs.server_address),
        )
        for ranking, post in plan.pointers
    )


def topic_title(ctx: Context, subscription: Subscription) -> str:
    """Return the name of a subscription's topic for headings, empty for all topics."""
    topic = subscription.topic
    if subscription.own_topic:
        return subscription.own_topic
    return ctx.rules.topics[topic].title if topic in ctx.rules.topics else ""


def _topics(ctx: Context, subscription: Subscription, words: Words) -> tuple[str, ...]:
    """Return what the posts of a subscription are about: its topics by the names that its readers know, and
    in English.
    """
    titles = [topic_title(ctx, subscription)]
    if subscription.topic in ctx.rules.topics:
        titles.append(ctx.rules.topics[subscription.topic].title)
    return tuple(dict.fromkeys(name for title in titles if title for name in (words(title), title)))


async def _publish_instant(ctx: Context, inputs: PublishInputs) -> None:
    subscription = inputs.subscription
    plan = await in_thread(plan_instant, inputs, rules_of(ctx)) if inputs.stories else InstantPlan()
    if not plan.stories and not plan.capped:
        await _look_further(ctx, inputs)
        return
    cards = await _write_cards(ctx, inputs, plan.stories, plan.lengths)
    waking_at = subscription.rests_until
    outgoing = (
        [_gathered(ctx, inputs, cards, waking_at)]
        if waking_at and len(cards) > 1
        else _instant_documents(ctx, inputs, cards)
    )
    await _save(ctx, inputs, outgoing, None, plan.capped)
    ctx.log.info(
        "news.published",
        subscription=subscription.id,
        channel=inputs.channel.id,
        stories=len(cards),
        capped=len(plan.capped),
    )


async def _look_further(ctx: Context, inputs: PublishInputs) -> None:
    """Let a subscription look next at what changes from now on: of what changed there is nothing to tell."""
    async with ctx.store.write(narrow=True) as tx:
        cursors = _cursors_after_instant(inputs)
        if not await subscriptions.advance(tx, inputs.subscription, **cursors):
            raise _OvertakenError


def _cursors_after_instant(inputs: PublishInputs) -> dict[str, object]:
    return {"rests_until": None, "instant_up_to": max(inputs.top, inputs.subscription.instant_up_to)}


def _gathered(
    ctx: Context, inputs: PublishInputs, cards: tuple[StoryCard, ...], waking_at: datetime
) -> OutboxDocument:
    """Return the one post of what broke during the quiet hours, or while a person had paused the place."""
    channel, words = inputs.channel, ctx.texts.for_language(inputs.channel.language)
    is_end_of_pause = channel.pause is not None and channel.pause.until == waking_at
    title = words("While posting was paused here") if is_end_of_pause else words("While it was quiet here")
    document = compose.gathered_document(title, cards, (), words, channel, inputs.now)
    document = replace(document, topics=_topics(ctx, inputs.subscription, words))
    return OutboxDocument(
        intent=f"night:{inputs.subscription.id}:{waking_at:%Y%m%dT%H%M%SZ}",
        purpose=Purpose.NIGHT,
        subject_id=inputs.subscription.id,
        cards=cards,
        payloads=render_payloads(ctx, document, channel, inputs.now, mentions=True),
        not_after=inputs.now + INSTANT_LIFE,
        document=document,
    )


def _instant_documents(
    ctx: Context, inputs: PublishInputs, cards: Sequence[StoryCard]
) -> list[OutboxDocument]:
    channel, words = inputs.channel, ctx.texts.for_language(inputs.channel.language)
    topics = _topics(ctx, inputs.subscription, words)
    documents = [replace(compose.instant(card, words, channel, inputs.now), topics=topics) for card in cards]
    return [
        OutboxDocument(
            intent=f"story:{channel.id}:{card.ranking.story.id}:{card.ranking.story.change_no}",
            purpose=Purpose.STORY,
            subject_id=card.ranking.story.id,
            priority=INSTANT_PRIORITY,
            cards=(card,),
            payloads=render_payloads(ctx, document, channel, inputs.now, mentions=True),
            not_after=inputs.now + INSTANT_LIFE,
            reply_to=card.mark.operation_id if card.mark else None,
            document=document,
        )
        for card, document in zip(cards, documents, strict=True)
    ]


async def _write_cards(
    ctx: Context, inputs: PublishInputs, stories: Sequence[Ranking], lengths: Sequence[Length]
) -> tuple[StoryCard, ...]:
    """Return stories with their summaries, past the gate, and with what the channel was told of them
    before.
    """
    if not stories:
        return ()
    language = inputs.channel.language
    tasks = [SummaryTask(ranking, language, length) for ranking, length in zip(stories, lengths, strict=True)]
    summaries = await summarize(ctx, tasks, inputs.channel)
    return tuple(
        StoryCard(ranking, summary, inputs.mark_of(ranking.story.id))
        for ranking, summary in zip(stories, summaries, strict=True)
    )


async def _save(
    ctx: Context,
    inputs: PublishInputs,
    outgoing: Sequence[OutboxDocument],
    record: SlotRecord | None,
    capped_stories: Mapping[int, Reason] = MappingProxyType({}),
    asleep_until: datetime | None = None,
) -> None:
    """Write everything in one transaction: operations, told marks, cursor, next slot, the slot's record and
    what a cap held back.

    The cursor of a channel that is asleep stays: the rest of the night's news is told at its end. Raises
    `_OvertakenError` where the channel, or one that shares its memory, was told something since the inputs
    were read.
    """
    subscription, channel = inputs.subscription, inputs.channel
    cursors: dict[str, object] = {"rests_until": asleep_until}
    if asleep_until is None:
        cursors = _cursors_after_instant(inputs)
    if record is not None:
        upcoming = next_slot(subscription.schedule, channel.zone, max(inputs.now, record.slot_at))
        cursors |= {"read_up_to": inputs.top, "next_slot_at": upcoming}
    async with ctx.store.write(narrow=True) as tx:
        await locks.keep_stories(tx)
        await locks.lock_server(tx, channel.server_id)
        if await places.publish_turn(tx, channel.id) != channel.publish_no:
            raise _OvertakenError
        if not await subscriptions.advance(tx, subscription, **cursors):
            raise _OvertakenError
        cards = [card for document in outgoing for card in document.cards]
        story_ids = [r.story.id for card in cards for r in (card.ranking, *card.ranking.saga)]
        if await server_dedup.find_posted_elsewhere(tx, channel, story_ids):
            raise _OvertakenError
        for document in outgoing:
            await write(tx, ctx, channel, document, ctx.clock())
        if record is not None:
            await subscriptions.record_slot(tx, record, ctx.clock())
        await subscriptions.cap(tx, subscription.id, capped_stories, inputs.now)
    if outgoing:
        ctx.wake("deliver")
