"""What the configuration declares, and what people chose."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bot.app.seed import declare_outline, due_at, seed
from bot.commands.subscriptions import parse_schedule
from bot.model import FeedRules, FeedState, Outline, Place, PlaceKind
from bot.settings import ChannelSettings, FeedSettings, FileSettings, SubscriptionSettings
from bot.store import Store, feeds, places, subscriptions
from bot.store.schema import channels as channel_table
from bot.store.schema import feeds as feed_table
from bot.store.schema import subscriptions as wish_table

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLATFORMS = {"telegram": object()}


def outline(name: str, **about: str) -> Outline:
    return Outline(f"https://{name}.example/feed", name, about)


def channel(*subscriptions: SubscriptionSettings, **values: Any) -> ChannelSettings:
    made = {"platform": "telegram", "address": "@chat", "kind": PlaceKind.BROADCAST, **values}
    return ChannelSettings(subscriptions=subscriptions, **made)


async def seeded(
    store: Store,
    *outlines: Outline,
    channels: tuple[ChannelSettings, ...] = (),
    now: datetime = NOW,
    **file: Any,
) -> None:
    await seed(store, FileSettings(channels=channels, **file), outlines, PLATFORMS, now)


async def rows(store: Store, table: Any) -> list[Any]:
    async with store.read() as tx:
        return list(await tx.execute(select(table).order_by(table.c.id)))


def test_an_outline_becomes_a_feed() -> None:
    found = declare_outline(
        outline("a", kind="lab blog", weight="1.5", aionly="yes", language="it", htmlurl="https://a.example")
    )
    assert (found.kind, found.weight, found.ai_only, found.language, found.outlet, found.home) == (
        "lab blog",
        1.5,
        True,
        "it",
        "a",
        "https://a.example",
    )
    plain = declare_outline(Outline("https://news.example/feed", "https://news.example/feed", {}))
    assert (plain.title, plain.kind, plain.weight, plain.ai_only) == (
        "news.example",
        "news outlet",
        1.0,
        False,
    )


async def test_seeding_twice_changes_nothing(store: Store) -> None:
    for _ in range(2):
        await seeded(store, outline("a"), outline("b"), channels=(channel(SubscriptionSettings()),))
    assert len(await rows(store, feed_table)) == 2
    assert len(await rows(store, wish_table)) == 1
    assert len(await rows(store, channel_table)) == 1


async def test_what_vanished_from_the_configuration_is_retired_and_revived(store: Store) -> None:
    await seeded(store, outline("a"), outline("b"))
    await seeded(store, outline("a"))
    assert [f.state for f in await rows(store, feed_table)] == [FeedState.ACTIVE, FeedState.RETIRED]
    await seeded(store, outline("a"), outline("b"))
    assert [f.state for f in await rows(store, feed_table)] == [FeedState.ACTIVE, FeedState.ACTIVE]


async def test_a_persons_feed_stays_when_the_configuration_changes(store: Store) -> None:
    async with store.write() as tx:
        await feeds.add(tx, declare_outline(outline("mine")), "person")
    await seeded(store, outline("a"))
    assert [f.state for f in await rows(store, feed_table)] == [FeedState.ACTIVE] * 2


async def test_a_declared_subscription_is_due_at_its_time_in_its_zone(store: Store) -> None:
    await seeded(
        store, channels=(channel(SubscriptionSettings(schedule="12:00"), zone="Europe/Rome", language="it"),)
    )
    (subscription,) = await rows(store, wish_table)
    assert subscription.next_slot_at == datetime(2026, 3, 2, 11, tzinfo=UTC)
    (made,) = await rows(store, channel_table)
    assert (made.language, made.zone, made.origin) == ("it", "Europe/Rome", "config")


async def test_a_restart_keeps_a_slot_that_is_due(store: Store) -> None:
    declared_channel = channel(SubscriptionSettings(schedule="12:00"))
    await seeded(store, channels=(declared_channel,))
    await seeded(store, channels=(declared_channel,), now=NOW + timedelta(hours=6))
    assert (await rows(store, wish_table))[0].next_slot_at == NOW + timedelta(hours=3)


async def test_a_changed_schedule_moves_the_slot_and_keeps_the_cursor(store: Store) -> None:
    await seeded(store, channels=(channel(SubscriptionSettings(schedule="12:00")),))
    async with store.write() as tx:
        (before,) = await subscriptions.active(tx)
        await subscriptions.advance(tx, before, read_up_to=7)
    await seeded(store, channels=(channel(SubscriptionSettings(schedule="14:00", size=9)),))
    async with store.read() as tx:
        (after,) = await subscriptions.active(tx)
    assert (after.id, after.read_up_to, after.size, after.schedule.times) == (before.id, 7, 9, (time(14),))
    assert after.next_slot_at == NOW + timedelta(hours=5)


async def test_a_subscription_that_vanished_ends_and_a_persons_stays(store: Store) -> None:
    await seeded(store, channels=(channel(SubscriptionSettings(name="a"), SubscriptionSettings(name="b")),))
    async with store.write() as tx:
        (first, _) = await subscriptions.active(tx)
        from dataclasses import replace

        await subscriptions.add(tx, replace(first, topic="robotics", origin="person"))
    await seeded(store, channels=(channel(SubscriptionSettings(name="a")),))
    async with store.read() as tx:
        assert [w.topic for w in await subscriptions.active(tx)] == ["ai", "robotics"]


async def test_what_a_person_chose_for_a_place_stays_where_the_file_is_silent(store: Store) -> None:
    await seeded(store, channels=(channel(),))
    async with store.write() as tx:
        found = await places.channel_at(
            tx, Place(platform="telegram", address="@chat", kind=PlaceKind.BROADCAST)
        )
        assert found is not None
        await places.set_values(tx, found.id, language="fr", zone="Asia/Tokyo")
    await seeded(store, channels=(channel(SubscriptionSettings(schedule="12:00")),), language="de")
    (made,) = await rows(store, channel_table)
    assert (made.language, made.zone) == ("fr", "Asia/Tokyo")
    assert (await rows(store, wish_table))[0].next_slot_at == datetime(2026, 3, 3, 3, tzinfo=UTC)


async def test_a_platform_without_a_token_is_left_out(store: Store) -> None:
    await seeded(store, channels=(channel(SubscriptionSettings(), platform="discord"),))
    assert await rows(store, channel_table) == []


async def test_making_everything_due_leaves_news_at_once_alone(store: Store) -> None:
    await seeded(
        store,
        channels=(
            channel(
                SubscriptionSettings(name="a", schedule="12:00"),
                SubscriptionSettings(name="b", schedule="now"),
            ),
        ),
    )
    await due_at(store, NOW)
    assert [w.next_slot_at for w in await rows(store, wish_table)] == [NOW - timedelta(seconds=1), None]
    assert parse_schedule("now").instant


async def test_feeds_are_read_as_the_file_says_until_it_says_no_more(store: Store) -> None:
    said = FeedSettings(daily_cap=3, leads=False, reads_pages=False, poll_minutes=120)
    await seeded(store, outline("owl"), outline("crow"), feeds={"https://owl.example/feed": said})
    async with store.read() as tx:
        crow, owl = await feeds.visible(tx, 5)
    assert owl.rules == FeedRules(daily_cap=3, leads=False)
    assert (owl.reads_pages, owl.poll_minutes) == (False, 120)
    assert (crow.rules, crow.reads_pages, crow.poll_minutes) == (FeedRules(), True, 0)
    await seeded(store, outline("owl"), outline("crow"))
    async with store.read() as tx:
        _, owl = await feeds.visible(tx, 5)
    assert (owl.rules, owl.reads_pages, owl.poll_minutes) == (FeedRules(), True, 0)
