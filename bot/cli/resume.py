"""`strillone resume`: let a restored instance post again, so that nothing is lost and nothing repeated as far
as can be known.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rich.console import Console

from bot.app.running import utc_now
from bot.errors import BackupError
from bot.model import Channel, MarkKind, Story, Subscription, ToldMark
from bot.pipeline.selection.novelty import opening
from bot.pipeline.timing.quiet_hours import closed_until
from bot.pipeline.timing.slots import next_slot
from bot.settings import database_of, environment
from bot.store import (
    Tx,
    entries,
    feeds,
    open_store,
    places,
    posting_hold,
    stories,
    subscriptions,
    transfer,
)

MOVED_CAUSE = "the instance was moved; what ran before it went on posting"

LOOKED_BACK = timedelta(days=14)
"""How old a story may be that the instance before could still have told: the longest horizon of the
settings.
"""


async def resume(console: Console, *, moved: bool) -> int:
    """End the hold on posts; returns 0. `moved` says that another instance went on posting after the backup.

    Raises `BackupError` when nothing is held, or when it is not known yet what feeds brought meanwhile.
    """
    store = await open_store(database_of(environment()))
    try:
        async with store.write() as tx:
            if place := await transfer.moved_to(tx):
                await transfer.forget_move(tx)
                console.print(_used_again(place), markup=False, soft_wrap=True)
                return 0
            since = await posting_hold.held_since(tx)
            if since is None:
                msg = "Nothing is held: this instance posts. Posts are held only after `strillone restore`."
                raise BackupError(msg)
            report = await _move_on(tx, since, utc_now()) if moved else "What was queued leaves now."
            await posting_hold.end_hold(tx)
    finally:
        await store.close()
    console.print(f"Posts leave again. {report}", markup=False, soft_wrap=True)
    return 0


def _used_again(place: str) -> str:
    return (
        f"This database, moved to {place}, may be used again. What was posted from there since is not known "
        "here: stop the one that runs there, or everything is posted twice."
    )


async def _move_on(tx: Tx, since: datetime, now: datetime) -> str:
    if unread := await posting_hold.count_unpolled(tx, since):
        msg = (
            f"{unread} {'feed was' if unread == 1 else 'feeds were'} not read since the restore, so it "
            "cannot be told what the old instance has posted of them. "
            "Let `strillone run` read them for a few minutes (it posts nothing), then say this again."
        )
        raise BackupError(msg)
    if await entries.waits_for_group(tx, now):
        raise BackupError(
            "What feeds brought is still being sorted into stories. Let `strillone run` go on "
            "for a minute, then say this again."
        )
    given_up = await posting_hold.abandon_queued(tx, since, MOVED_CAUSE)
    marked_count = 0
    for subscription in await subscriptions.active(tx):
        channel = await places.channel(tx, subscription.channel_id)
        if channel is not None:
            marked_count += await _catch_up(tx, subscription, channel, since, now)
    return (
        f"{given_up} queued posts were given up; {marked_count} stories that came before "
        f"{since:%Y-%m-%d %H:%M} UTC count as told."
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What the instance before has told of a subscription: what was published up to a moment, found after a
    change.
    """

    up_to: datetime
    after: int


async def _catch_up(
    tx: Tx, subscription: Subscription, channel: Channel, since: datetime, now: datetime
) -> int:
    """Mark as told what the instance before has told of a subscription, and let its digests go on after the
    last of that one.
    """
    top = await stories.newest_change(tx)
    if subscription.schedule.times:
        last = _last_slot(subscription, channel, since)
        upcoming = next_slot(subscription.schedule, channel.zone, last) if last else subscription.next_slot_at
        before = Before(last, subscription.read_up_to) if last else None
        await subscriptions.advance(tx, subscription, next_slot_at=upcoming, instant_up_to=top)
    else:
        before = Before(_last_awake_moment(channel, since), subscription.instant_up_to)
    return await _mark(tx, subscription, channel, before, top, now) if before else 0


def _last_slot(subscription: Subscription, channel: Channel, since: datetime) -> datetime | None:
    """Return the last digest that was posted between the backup and the restore."""
    last, upcoming = None, subscription.next_slot_at
    while upcoming is not None and (closed_until(channel, upcoming) or upcoming) <= since:
        last, upcoming = upcoming, next_slot(subscription.schedule, channel.zone, upcoming)
    return last


def _last_awake_moment(channel: Channel, moment: datetime) -> datetime:
    """Return the last moment up to this one at which news was posted at once: before a night that it
    lies in.
    """
    wakes = closed_until(channel, moment)
    if wakes is None or channel.quiet is None:
        return moment
    start, end = (
        timedelta(hours=at.hour, minutes=at.minute) for at in (channel.quiet.start, channel.quiet.end)
    )
    return wakes - (end - start) % timedelta(days=1)


async def _mark(
    tx: Tx, subscription: Subscription, channel: Channel, before: Before, top: int, now: datetime
) -> int:
    visible = [feed.id for feed in await feeds.visible(tx, channel.server_id)]
    drawn_on = [
        feed_id for feed_id in visible if not subscription.feed_ids or feed_id in subscription.feed_ids
    ]
    loaded_stories = await stories.changed_stories(
        tx, before.after, top, subscription.topic, drawn_on, now - LOOKED_BACK
    )
    came = [known_story for story in loaded_stories if (known_story := _up_to(story, before.up_to)).entries]
    marks = await subscriptions.marks_in(tx, channel.id, [story.id for story in came])
    await subscriptions.store_marks(
        tx, channel.id, [_mark_of(story, marks.get(story.id), now) for story in came]
    )
    return len(came)


def _up_to(story: Story, moment: datetime) -> Story:
    return replace(story, entries=tuple(e for e in story.entries if e.published <= moment))


def _mark_of(story: Story, before: ToldMark | None, now: datetime) -> ToldMark:
    told_text = "\n".join(opening(entry) for entry in story.entries)
    ids, versions = frozenset(e.id for e in story.entries), {e.id: e.version for e in story.entries}
    if before is None:
        return ToldMark(
            story_id=story.id,
            told_at=now,
            entry_ids=ids,
            said=told_text,
            operation_id=None,
            versions=versions,
        )
    return replace(
        before,
        entry_ids=ids | before.entry_ids,
        said=f"{before.said}\n{told_text}",
        versions={**before.versions, **versions},
        kind=MarkKind.TOLD,
    )
