"""Subscriptions: what a channel wants, when it is due, and what each of its slots decided."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, func, or_, select, update

from bot.model import (
    Bar,
    ChannelState,
    Length,
    MarkKind,
    MissedPolicy,
    OperationState,
    Purpose,
    Reason,
    ReasonCode,
    Schedule,
    Subscription,
    ToldMark,
)
from bot.store.database import Tx
from bot.store.places import is_paused_by_person
from bot.store.rows import each, insert
from bot.store.schema import capped_stories, channels, counters, operations, slots, subscriptions, told_marks
from bot.text.words import fold


def _subscription(row: Row[Any]) -> Subscription:
    schedule = Schedule(
        times=tuple(time.fromisoformat(t) for t in row.times),
        days=tuple(row.days),
        instant=row.instant,
        month_days=tuple(row.month_days),
        weeks=tuple(row.weeks),
    )
    return Subscription(
        id=row.id,
        channel_id=row.channel_id,
        topic=row.topic,
        schedule=schedule,
        feed_ids=tuple(row.feed_ids),
        size=row.size,
        length=Length(row.length),
        read_up_to=row.read_up_to,
        instant_up_to=row.instant_up_to,
        next_slot_at=row.next_slot_at,
        created_at=row.created_at,
        origin=row.origin,
        bar=Bar(row.bar),
        missed=MissedPolicy(row.missed),
        rests_until=row.rests_until,
        recap=row.recap,
        filter=row.filter,
        own_topic=row.own_topic,
        topic_terms=row.topic_terms,
        name=row.name,
        posts_per_hour=row.posts_per_hour,
        posts_per_day=row.posts_per_day,
        feed_cap=row.feed_cap,
    )


def _schedule_values(schedule: Schedule) -> dict[str, Any]:
    times = [at.isoformat("minutes") for at in schedule.times]
    return {
        "times": times,
        "days": list(schedule.days),
        "instant": schedule.instant,
        "month_days": list(schedule.month_days),
        "weeks": list(schedule.weeks),
    }


def _own_topic_values(subscription: Subscription) -> dict[str, Any]:
    return {
        "own_topic": subscription.own_topic,
        "own_topic_key": fold(subscription.own_topic),
        "topic_terms": subscription.topic_terms,
    }


async def get(tx: Tx, subscription_id: int) -> Subscription | None:
    """Return an active subscription."""
    row = (
        await tx.execute(select(subscriptions).where(subscriptions.c.id == subscription_id, _active()))
    ).first()
    return _subscription(row) if row else None


def _active() -> Any:
    return subscriptions.c.state == "active"


async def channels_of_feed(tx: Tx, server_id: int, feed_id: int) -> list[str]:
    """Return the names of a server's channels in which a subscription posts a feed by itself."""
    query = (
        select(channels.c.name, channels.c.address, subscriptions.c.feed_ids)
        .join(channels, channels.c.id == subscriptions.c.channel_id)
        .where(channels.c.server_id == server_id, _active())
        .order_by(channels.c.id)
    )
    rows = [row for row in await tx.execute(query) if feed_id in row.feed_ids]
    return list(dict.fromkeys(row.name or row.address for row in rows))


async def of_channel(tx: Tx, channel_id: int) -> list[Subscription]:
    """Return a channel's subscriptions to news, oldest first."""
    condition = and_(subscriptions.c.channel_id == channel_id, _active(), subscriptions.c.recap.is_(False))
    query = select(subscriptions).where(condition).order_by(subscriptions.c.id)
    return [_subscription(row) for row in await tx.execute(query)]


async def recap_of(tx: Tx, channel_id: int) -> Subscription | None:
    """Return the subscription by which a channel looks back, if it does."""
    condition = and_(subscriptions.c.channel_id == channel_id, _active(), subscriptions.c.recap)
    row = (await tx.execute(select(subscriptions).where(condition))).first()
    return _subscription(row) if row else None


async def active(tx: Tx) -> list[Subscription]:
    """Return every active subscription."""
    return [_subscription(row) for row in await tx.execute(select(subscriptions).where(_active()))]


async def next_slot_on(tx: Tx, platform: str, now: datetime) -> datetime | None:
    """Return when the next digest of a platform's channels is to come, None where none is."""
    query = (
        select(subscriptions.c.next_slot_at)
        .join(channels)
        .where(_may_publish(now, ()), channels.c.platform == platform)
        .where(subscriptions.c.next_slot_at.is_not(None))
        .order_by(subscriptions.c.next_slot_at)
        .limit(1)
    )
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment


async def due(tx: Tx, now: datetime, limit: int, linking: Sequence[str] = ()) -> list[int]:
    """Return ids of subscriptions with a slot that has come, the longest waiting first, and behind them of
    those with changed stories to look at for news at once, in turn: however many these are, a digest comes at
    its time.

    Of those of lost channels only what is to be tried again, for a channel is lost for good only where a
    post is refused; of those that a person paused nothing. On platforms whose posts are `linking` to the bot,
    none before its address is known.
    """
    newest = select(counters.c.value).where(counters.c.name == "change_no").scalar_subquery()
    slot = subscriptions.c.next_slot_at <= now
    is_instant_due = and_(subscriptions.c.instant, subscriptions.c.instant_up_to < newest)
    query = (
        select(subscriptions.c.id)
        .join(channels)
        .where(_may_publish(now, linking), or_(slot, is_instant_due))
        .order_by(
            case((slot, 0), else_=1),
            case((slot, subscriptions.c.next_slot_at)),
            subscriptions.c.instant_up_to,
            subscriptions.c.id,
        )
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def oldest_due_slot(tx: Tx, now: datetime, linking: Sequence[str] = ()) -> datetime | None:
    """Return the oldest slot that has come and may be published, as `due` has it; None where none waits."""
    query = (
        select(func.min(subscriptions.c.next_slot_at))
        .join(channels)
        .where(_may_publish(now, linking), subscriptions.c.next_slot_at <= now)
    )
    moment: datetime | None = (await tx.execute(query)).scalar()
    return moment


def _may_publish(now: datetime, linking: Sequence[str]) -> ColumnElement[bool]:
    """Match active subscriptions, joined with their channels, that may post now."""
    return and_(
        _active(),
        or_(channels.c.state == ChannelState.ACTIVE, channels.c.retry_at <= now),
        ~is_paused_by_person(now),
        or_(subscriptions.c.rests_until.is_(None), subscriptions.c.rests_until <= now),
        or_(channels.c.platform.not_in(linking), channels.c.bot_link != ""),
    )


@dataclass(frozen=True, slots=True)
class NewsMark:
    """The numbers of the newest change on a topic, and of the newest that may break beside digests; 0 before
    the first.
    """

    change_no: int
    breaking_change_no: int


async def pass_by(
    tx: Tx, now: datetime, linking: Sequence[str], newest: Mapping[str, NewsMark], first: int, top: int
) -> None:
    """Move to a change those subscriptions to news at once to which nothing since their cursors can matter:
    none of the `newest` changes on their topics. They would move there themselves. What changed up to the
    `first` is not known.
    """
    has_digests = func.json_array_length(subscriptions.c.times) > 0
    last_mattering = case(
        *(
            (and_(subscriptions.c.topic == topic, has_digests), mark.breaking_change_no)
            for topic, mark in newest.items()
        ),
        *((subscriptions.c.topic == topic, mark.change_no) for topic, mark in newest.items()),
        else_=0,
    )
    passing_ids = (
        select(subscriptions.c.id)
        .join(channels)
        .where(
            _may_publish(now, linking),
            subscriptions.c.instant,
            or_(subscriptions.c.next_slot_at.is_(None), subscriptions.c.next_slot_at > now),
            subscriptions.c.instant_up_to < top,
            subscriptions.c.instant_up_to >= first,
            subscriptions.c.instant_up_to >= last_mattering,
        )
    )
    values = {"instant_up_to": top, "rests_until": None}
    await tx.execute(update(subscriptions).where(subscriptions.c.id.in_(passing_ids)).values(values))


async def add(tx: Tx, subscription: Subscription, config_key: str | None = None) -> int:
    """Add a subscription and return its id; `subscription.id` is not used. One with a known configuration key
    is brought up to date instead.
    """
    values = {
        "channel_id": subscription.channel_id,
        "topic": subscription.topic,
        "feed_ids": list(subscription.feed_ids),
        "size": subscription.size,
        "length": subscription.length,
        "next_slot_at": subscription.next_slot_at,
        "origin": subscription.origin,
        "state": "active",
        **_schedule_values(subscription.schedule),
    }
    first = {
        "created_at": subscription.created_at,
        "read_up_to": subscription.read_up_to,
        "instant_up_to": subscription.instant_up_to,
        "bar": subscription.bar,
        "missed": subscription.missed,
        "recap": subscription.recap,
        "rests_until": subscription.rests_until,
        "filter": subscription.filter,
        "name": subscription.name,
        "posts_per_hour": subscription.posts_per_hour,
        "posts_per_day": subscription.posts_per_day,
        "feed_cap": subscription.feed_cap,
        **_own_topic_values(subscription),
    }
    statement = insert(tx, subscriptions).values(**values, **first, config_key=config_key)
    if config_key is not None:
        statement = statement.on_conflict_do_update(index_elements=["config_key"], set_=values)
    return int((await tx.execute(statement.returning(subscriptions.c.id))).scalar_one())


async def with_key(tx: Tx, config_key: str) -> Subscription | None:
    """Return the subscription that a key of the configuration made."""
    row = (
        await tx.execute(select(subscriptions).where(subscriptions.c.config_key == config_key, _active()))
    ).first()
    return _subscription(row) if row else None


async def retire_missing(tx: Tx, config_keys: Sequence[str]) -> None:
    """End subscriptions that the configuration no longer declares."""
    missing = and_(subscriptions.c.config_key.is_not(None), subscriptions.c.config_key.not_in(config_keys))
    await tx.execute(update(subscriptions).where(missing).values(state="retired"))


async def replace_feed(tx: Tx, old: int, new: int, server_id: int | None = None) -> None:
    """Let every subscription that draws on one feed, or those of a server alone, draw on another."""
    own_channels = select(channels.c.id).where(channels.c.server_id == server_id)
    channel_ids = set((await tx.execute(own_channels)).scalars()) if server_id is not None else None
    for subscription in [
        subscription
        for subscription in await active(tx)
        if old in subscription.feed_ids and (channel_ids is None or subscription.channel_id in channel_ids)
    ]:
        feed_ids = list(
            dict.fromkeys(new if feed_id == old else feed_id for feed_id in subscription.feed_ids)
        )
        await tx.execute(
            update(subscriptions).where(subscriptions.c.id == subscription.id).values(feed_ids=feed_ids)
        )


async def end(tx: Tx, subscription_id: int) -> None:
    """End a subscription; its history stays."""
    await tx.execute(
        update(subscriptions).where(subscriptions.c.id == subscription_id).values(state="retired")
    )


async def ended(tx: Tx, channel_id: int, subscription_ids: Sequence[int]) -> list[Subscription]:
    """Return those of some subscriptions of a channel that were ended, oldest first."""
    condition = and_(
        subscriptions.c.channel_id == channel_id,
        subscriptions.c.id.in_(subscription_ids),
        subscriptions.c.state == "retired",
    )
    query = select(subscriptions).where(condition).order_by(subscriptions.c.id)
    return [_subscription(row) for row in await tx.execute(query)]


async def resume(tx: Tx, subscription_id: int, next_slot_at: datetime | None) -> None:
    """Let a subscription that was ended go on: news that is told at once from the next change on."""
    newest = select(counters.c.value).where(counters.c.name == "change_no").scalar_subquery()
    values = {"state": "active", "next_slot_at": next_slot_at, "instant_up_to": func.coalesce(newest, 0)}
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(values))


async def reschedule(tx: Tx, subscription_id: int, schedule: Schedule, next_slot_at: datetime | None) -> None:
    """Change when a subscription posts."""
    values = {**_schedule_values(schedule), "next_slot_at": next_slot_at}
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(values))


async def set_missed_policy(tx: Tx, subscription_id: int, policy: MissedPolicy) -> None:
    """Change what becomes of digests that were missed."""
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(missed=policy))


async def rest(tx: Tx, subscription_id: int, until: datetime) -> None:
    """Let a subscription's work wait."""
    await tx.execute(
        update(subscriptions).where(subscriptions.c.id == subscription_id).values(rests_until=until)
    )


async def wake(tx: Tx, channel_id: int) -> None:
    """Let the subscriptions of a channel wait no longer."""
    await rest_all(tx, channel_id, None)


async def rest_all(tx: Tx, channel_id: int, until: datetime | None) -> None:
    """Let the work of all subscriptions of a channel wait: what came up meanwhile is told once then."""
    await tx.execute(
        update(subscriptions).where(subscriptions.c.channel_id == channel_id).values(rests_until=until)
    )


async def set_bar(tx: Tx, subscription_id: int, bar: Bar) -> None:
    """Change what a story must weigh to be told."""
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(bar=bar))


async def set_filter(tx: Tx, subscription_id: int, line: str) -> None:
    """Change what news a subscription takes or leaves out."""
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription_id).values(filter=line))


async def set_rules(tx: Tx, subscription: Subscription) -> None:
    """Change what a subscription is called and about, what it takes of that, and how much of it comes."""
    values = {
        "name": subscription.name,
        "topic": subscription.topic,
        "feed_ids": list(subscription.feed_ids),
        "posts_per_hour": subscription.posts_per_hour,
        "posts_per_day": subscription.posts_per_day,
        "feed_cap": subscription.feed_cap,
        **_own_topic_values(subscription),
        "filter": subscription.filter,
        "bar": subscription.bar,
        "size": subscription.size,
    }
    await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription.id).values(values))


async def advance(tx: Tx, before: Subscription, **values: Any) -> bool:
    """Move a subscription's cursors and next slot, unless another publishing moved them since `before` was
    read.
    """
    unmoved = and_(
        subscriptions.c.id == before.id,
        subscriptions.c.read_up_to == before.read_up_to,
        subscriptions.c.instant_up_to == before.instant_up_to,
        _active(),
    )
    result = await tx.execute(
        update(subscriptions).where(unmoved).values(values).returning(subscriptions.c.id)
    )
    return result.first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecord:
    """What one slot decided: the changes it read, the stories told and listed, and those skipped with a
    reason.
    """

    subscription_id: int
    slot_at: datetime
    from_change: int
    to_change: int
    rules: str
    told: tuple[int, ...]
    listed: tuple[int, ...]
    skipped: tuple[tuple[int, Reason], ...]
    bar: Bar = Bar.EVERYTHING


async def record_slot(tx: Tx, record: SlotRecord, now: datetime) -> None:
    """Keep what a slot decided."""
    row = {
        "subscription_id": record.subscription_id,
        "slot_at": record.slot_at,
        "from_change": record.from_change,
        "to_change": record.to_change,
        "rules": record.rules,
        "told": list(record.told),
        "listed": list(record.listed),
        "skipped": [[story, reason.code, dict(reason.params)] for story, reason in record.skipped],
        "published_at": now,
        "bar": record.bar,
    }
    await tx.execute(insert(tx, slots).values(row).on_conflict_do_nothing())


async def has_slot(tx: Tx, subscription_id: int, slot_at: datetime) -> bool:
    """Tell whether a slot of a subscription has run."""
    same_slot = (slots.c.subscription_id == subscription_id, slots.c.slot_at == slot_at)
    return (await tx.execute(select(slots.c.id).where(*same_slot))).first() is not None


async def last_slot(tx: Tx, channel_id: int) -> tuple[datetime, SlotRecord] | None:
    """Return the newest slot of a channel that told something, and when it was published."""
    query = (
        select(slots)
        .join(subscriptions)
        .where(subscriptions.c.channel_id == channel_id)
        .order_by(slots.c.slot_at.desc(), slots.c.id.desc())
    )
    for row in await tx.execute(query.limit(10)):
        if row.told:
            return row.published_at, _slot(row)
    return None


def _slot(row: Row[Any]) -> SlotRecord:
    return SlotRecord(
        subscription_id=row.subscription_id,
        slot_at=row.slot_at,
        from_change=row.from_change,
        to_change=row.to_change,
        rules=row.rules,
        told=tuple(row.told),
        listed=tuple(row.listed),
        skipped=tuple((story, _reason(row, *parts)) for story, *parts in row.skipped),
        bar=Bar(row.bar),
    )


def _reason(slot: Row[Any], code: str, params: Mapping[str, str | float] | None = None) -> Reason:
    """Return a reason as it is kept: a code with its parameters, and before that one string, with what
    decided behind a space (`below-bar 1.15`).
    """
    if params is not None:
        return Reason(ReasonCode(code), params)
    code, _, value = code.partition(" ")
    match ReasonCode(code):
        case ReasonCode.BELOW_BAR:
            return Reason(ReasonCode.BELOW_BAR, {"weight": float(value), "bar": slot.bar})
        case ReasonCode.FOREIGN:
            return Reason(ReasonCode.FOREIGN, {"language": value})
        case former:
            return Reason(former)


async def slots_of(tx: Tx, subscription_id: int, since: datetime, limit: int = 100) -> list[SlotRecord]:
    """Return what the slots of a subscription decided since a moment, newest first."""
    query = select(slots).where(slots.c.subscription_id == subscription_id, slots.c.slot_at >= since)
    return [_slot(row) for row in await tx.execute(query.order_by(slots.c.slot_at.desc()).limit(limit))]


async def instant_posts_since(tx: Tx, channel_id: int, since: datetime) -> list[datetime]:
    """Return when stories were told at once in a channel since a moment, without those that never
    reached it.
    """
    unsent_states = (OperationState.EXPIRED, OperationState.SUPERSEDED, OperationState.REFUSED)
    query = select(operations.c.created_at).where(
        operations.c.channel_id == channel_id,
        operations.c.created_at >= since,
        operations.c.state.not_in(unsent_states),
        operations.c.purpose == Purpose.STORY,
        operations.c.part == 1,
    )
    return list((await tx.execute(query.order_by(operations.c.created_at))).scalars())


async def cap(tx: Tx, subscription_id: int, reasons: Mapping[int, Reason], now: datetime) -> None:
    """Remember stories that break, by id, and the cap that made them wait for the next digest."""
    for story_id, reason in reasons.items():
        row = {"subscription_id": subscription_id, "story_id": story_id, "at": now, "reason": reason.code}
        statement = insert(tx, capped_stories).values(row)
        await tx.execute(
            statement.on_conflict_do_update(index_elements=["subscription_id", "story_id"], set_=row)
        )


async def forget_caps(tx: Tx, before: datetime) -> None:
    """Forget which stories a cap made wait before a moment."""
    await tx.execute(delete(capped_stories).where(capped_stories.c.at < before))


async def cap_of(tx: Tx, subscription_id: int, story_ids: Sequence[int]) -> tuple[datetime, Reason] | None:
    """Return when, and by which cap, any of some stories last had to wait for a digest of a subscription."""
    query = select(capped_stories).where(
        capped_stories.c.subscription_id == subscription_id, capped_stories.c.story_id.in_(story_ids)
    )
    row = (await tx.execute(query.order_by(capped_stories.c.at.desc()).limit(1))).first()
    return (row.at, Reason(ReasonCode(row.reason))) if row else None


async def marks_in(tx: Tx, channel_id: int, story_ids: Sequence[int]) -> Mapping[int, ToldMark]:
    """Return what a channel was told of some stories, by story id."""
    query = select(told_marks).where(
        told_marks.c.channel_id == channel_id, each(tx, told_marks.c.story_id, story_ids)
    )
    rows = await tx.execute(query)
    return {row.story_id: _mark_of(row) for row in rows}


async def told_since(tx: Tx, channel_id: int, since: datetime) -> list[ToldMark]:
    """Return what a channel was told since a moment, updates included, in that order."""
    query = select(told_marks).where(told_marks.c.channel_id == channel_id, told_marks.c.told_at >= since)
    return [
        _mark_of(row) for row in await tx.execute(query.order_by(told_marks.c.told_at, told_marks.c.story_id))
    ]


def _mark_of(row: Row[Any]) -> ToldMark:
    versions = {int(entry): version for entry, version in row.versions.items()}
    return ToldMark(
        story_id=row.story_id,
        told_at=row.told_at,
        entry_ids=frozenset(row.entry_ids),
        said=row.said,
        operation_id=row.operation_id,
        versions=versions,
        kind=MarkKind(row.kind),
    )


async def store_marks(tx: Tx, channel_id: int, marks: Sequence[ToldMark]) -> None:
    """Remember stories as told in a channel."""
    rows = [
        {
            "channel_id": channel_id,
            "story_id": mark.story_id,
            "told_at": mark.told_at,
            "entry_ids": sorted(mark.entry_ids),
            "said": mark.said,
            "operation_id": mark.operation_id,
            "versions": {str(entry): version for entry, version in mark.versions.items()},
            "kind": mark.kind,
        }
        for mark in marks
    ]
    if not rows:
        return
    statement = insert(tx, told_marks)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in {"channel_id", "story_id"}}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["channel_id", "story_id"], set_=fresh), rows
    )


async def untell(tx: Tx, operation_id: int) -> None:
    """Forget that stories were told by an operation which never reached its readers: what a digest was made
    from is read again for the next one.
    """
    query = select(told_marks.c.story_id).where(told_marks.c.operation_id == operation_id)
    story_ids = set((await tx.execute(query)).scalars())
    if not story_ids:
        return
    await tx.execute(told_marks.delete().where(told_marks.c.operation_id == operation_id))
    digest = select(operations.c.subject_id).where(
        operations.c.id == operation_id, operations.c.purpose == Purpose.DIGEST
    )
    subscription_id = (await tx.execute(digest)).scalar()
    if subscription_id is not None:
        await _read_again(tx, subscription_id, story_ids)


async def _read_again(tx: Tx, subscription_id: int, story_ids: Set[int]) -> None:
    """Take back the newest slot of a subscription, if it told some stories: its cursor stands before it
    again.
    """
    query = select(slots).where(slots.c.subscription_id == subscription_id)
    newest = (await tx.execute(query.order_by(slots.c.slot_at.desc()).limit(1))).first()
    if newest is None or not story_ids & set(newest.told):
        return
    unread = and_(subscriptions.c.id == subscription_id, subscriptions.c.read_up_to == newest.to_change)
    await tx.execute(update(subscriptions).where(unread).values(read_up_to=newest.from_change))
    is_newest = and_(slots.c.subscription_id == subscription_id, slots.c.slot_at == newest.slot_at)
    await tx.execute(slots.delete().where(is_newest))


async def carry_over(tx: Tx, source_ids: Sequence[int], operation_id: int | None) -> None:
    """Let another operation carry the stories of some that are withdrawn; what those only pointed to is
    forgotten.
    """
    withdrawn = told_marks.c.operation_id.in_(source_ids)
    await tx.execute(told_marks.delete().where(withdrawn, told_marks.c.kind == MarkKind.POINTED))
    await tx.execute(update(told_marks).where(withdrawn).values(operation_id=operation_id))
