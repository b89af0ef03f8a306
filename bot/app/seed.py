"""What the configuration declares, brought into the store at start: a person's choices are never
overwritten.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.commands.lists import declare_outline
from bot.model import Outline, Place, Subscription
from bot.pipeline.timing.quiet_hours import parse_quiet
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.settings import ChannelSettings, FeedSettings, FileSettings, SubscriptionSettings
from bot.store import Store, Tx, feed_rules, feeds, places, stories, subscriptions, system


async def seed(
    store: Store,
    file: FileSettings,
    outlines: Sequence[Outline],
    platforms: Mapping[str, object],
    now: datetime,
) -> None:
    """Upsert feeds, channels and subscriptions of the configuration; what vanished from it is retired."""
    async with store.write() as tx:
        ids = {outline.url: await feeds.add(tx, declare_outline(outline), "config") for outline in outlines}
        await feeds.retire_missing(tx, "config", list(ids.values()))
        await _set_feeds(tx, ids, file.feeds)
        keys: list[str] = []
        for channel in file.channels:
            if channel.platform in platforms:
                keys += await _channel(tx, file, channel, now)
        await subscriptions.retire_missing(tx, keys)


async def _set_feeds(tx: Tx, ids: Mapping[str, int], settings: Mapping[str, FeedSettings]) -> None:
    """Let feeds of the configuration, by their addresses, be read as it says, and others of it as usual."""
    for url, feed_id in ids.items():
        feed = settings.get(url, FeedSettings())
        await feeds.set_values(tx, feed_id, poll_minutes=feed.poll_minutes, reads_pages=feed.reads_pages)
    rules = {ids[url]: feed.rules for url, feed in settings.items() if url in ids and feed.rules}
    await feed_rules.replace_for_everybody(tx, rules)


async def _channel(tx: Tx, file: FileSettings, channel: ChannelSettings, now: datetime) -> list[str]:
    place = Place(
        platform=channel.platform,
        address=channel.address,
        kind=channel.kind,
        thread=channel.thread,
        name=channel.name,
    )
    habits = {
        "language": channel.language or file.language,
        "zone": channel.zone or file.zone,
        "origin": "config",
    }
    record = await places.ensure_channel_record(tx, place, habits)
    await places.trust(tx, record.server_id)
    declared_values = {
        name: value for name, value in (("language", channel.language), ("zone", channel.zone)) if value
    }
    if declared_values:
        await places.set_values(tx, record.id, **declared_values)
    if channel.languages:
        await places.set_values(tx, record.id, languages=list(channel.languages))
    if channel.quiet:
        await places.set_quiet(tx, record.id, parse_quiet(channel.quiet))
    keys = []
    for subscription in channel.subscriptions:
        key = f"{channel.platform}/{channel.address}/{channel.thread}/{subscription.name}"[:128]
        await _subscription(tx, record.id, declared_values.get("zone", record.zone), key, subscription, now)
        keys.append(key)
    return keys


async def _subscription(
    tx: Tx, channel_id: int, zone: str, key: str, subscription: SubscriptionSettings, now: datetime
) -> None:
    """Declare a subscription whose declaration is new or has changed; else what people made of it since
    stays.

    One that is new tells, in its first digest, what the last day brought, and nothing older at once.
    """
    name = f"wish:{blake2b(key.encode(), digest_size=12).hexdigest()}"
    declaration = f"{subscription.model_dump_json()} {zone}"
    if await system.fact(tx, name) == declaration:
        return
    await system.remember(tx, name, declaration)
    schedule = parse_schedule(subscription.schedule)
    await subscriptions.add(
        tx,
        Subscription(
            id=0,
            channel_id=channel_id,
            topic=subscription.topic,
            schedule=schedule,
            size=subscription.size,
            length=subscription.length,
            next_slot_at=next_slot(schedule, zone, now),
            created_at=now,
            read_up_to=0,
            instant_up_to=await stories.newest_change(tx),
            origin="config",
            missed=subscription.missed,
        ),
        key,
    )


async def due_at(store: Store, moment: datetime) -> None:
    """Make every subscription with times due at a moment; the demo shows its digest at once."""
    async with store.write() as tx:
        for subscription in await subscriptions.active(tx):
            if subscription.schedule.times:
                await subscriptions.reschedule(
                    tx, subscription.id, subscription.schedule, moment - timedelta(seconds=1)
                )
