"""Bars and breaking news, as they are published: what a cap or a bar keeps back is not lost."""

from datetime import timedelta

from bot.model import Bar, Channel
from bot.settings import BreakingSettings
from bot.store import subscriptions
from bot.store.schema import capped_stories, slots
from tests.support.world import News, World, alpine, corvid, corvid_elsewhere, garden, larkwell

HOUR = timedelta(hours=1)


def releases(count: int) -> list[News]:
    """Releases of one laboratory, each in words of its own."""
    names = ("Brunvik", "Fyndel", "Quellbach", "Zorblatt", "Marlow", "Tessera", "Pellworm", "Ashgrove")
    return [
        News(
            name.lower(),
            f"Halden releases {name}",
            " and the ".join(f"{name.lower()}{n}" for n in range(90)),
            hours=-6,
        )
        for name in names[:count]
    ]


async def breaking(
    world: World, *items: News, when: str = "now 23:00", **subscription: object
) -> tuple[Channel, int]:
    """A channel that is told at once what a laboratory brings after its feed was first read."""
    channel = await world.channel()
    number = await world.wants(channel, when, **subscription)
    await world.feed("halden", kind="lab blog")
    await world.settle()
    world.serve("halden", *items)
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    return channel, number


async def test_two_an_hour_come_at_once_and_the_rest_in_the_next_digest(both: World) -> None:
    channel, number = await breaking(both, *releases(4))
    assert len(both.platform.headlines(channel)) == 2
    assert {row.reason for row in await both.rows(capped_stories)} == {"cap-hour"}
    assert await both.count(capped_stories) == 2
    both.clock.advance(timedelta(hours=9))
    await both.settle()
    headlines = both.platform.headlines(channel)
    assert len(headlines) == len(set(headlines)) == 4
    (slot,) = await both.rows(slots)
    assert len(slot.told) == 2
    assert (await both.subscription(number)).read_up_to == await both.newest_change()


async def test_the_settings_say_how_much_comes_at_once(world: World) -> None:
    for most, headlines in ((BreakingSettings(per_hour=1), 1), (BreakingSettings(per_day=0), 0)):
        other = await World.on(world.store, world.clock, breaking=most)
        other.start = world.clock()
        channel, _ = await breaking(other, *releases(4))
        assert len(other.platform.headlines(channel)) == headlines
        other.clock.advance(timedelta(days=4))


async def test_six_a_day_are_the_most(world: World) -> None:
    channel, number = await breaking(world)
    for n, item in enumerate(releases(8)):
        moved = News(item.slug, item.title, item.text, hours=-(6 + 2 * (n + 1)) + 0.5)
        world.serve("halden", moved)
        world.clock.advance(timedelta(hours=2))
        await world.settle()
        async with world.store.write() as tx:
            subscription = await world.subscription(number)
            await subscriptions.reschedule(tx, number, subscription.schedule, world.clock() + 12 * HOUR)
    assert len(world.platform.headlines(channel)) == 6
    assert [row.reason for row in await world.rows(capped_stories)] == ["cap-day"] * 2


async def test_without_digests_there_is_no_cap(world: World) -> None:
    channel, _ = await breaking(world, *releases(4), when="now")
    assert len(world.platform.headlines(channel)) == 4
    assert await world.count(capped_stories) == 0


async def test_below_the_bar_nothing_comes_at_once(world: World) -> None:
    channel, _ = await breaking(world, *releases(1), bar=Bar.IMPORTANT)
    assert world.platform.headlines(channel) == []


async def test_what_is_below_the_bar_returns_when_it_has_grown(both: World) -> None:
    channel = await both.channel()
    await both.wants(channel, "10:00 14:00", bar=Bar.NOTABLE)
    await both.feed("halden", corvid(), larkwell())
    both.clock.advance(HOUR + timedelta(seconds=61))
    await both.settle()
    (slot,) = await both.rows(slots)
    assert slot.bar == "notable"
    below = ["below-bar", {"weight": 1.15, "bar": slot.bar}]
    assert [reason for _, *reason in slot.skipped] == [below, below]
    (post,) = both.platform.chats["chat"]
    assert "Nothing passed your bar since 09:00 (2 entries read)." in post.payload["said"]
    assert post.payload["tail"] == [corvid().title]
    await both.feed("ledger", corvid_elsewhere(hours=-2))
    both.clock.advance(4 * HOUR)
    await both.settle()
    assert len(both.platform.headlines(channel)) == 1
    assert both.platform.headlines(channel)[0] in {corvid().title, corvid_elsewhere().title}


async def test_a_digest_counts_what_is_below_the_bar(world: World) -> None:
    channel = await world.channel()
    await world.wants(channel, "10:00", bar=Bar.NOTABLE)
    await world.feed("halden", corvid(), kind="lab blog")
    await world.feed("ledger", garden(), alpine())
    world.clock.advance(HOUR + timedelta(seconds=61))
    await world.settle()
    (post,) = world.platform.chats["chat"]
    assert post.headlines == [corvid().title]
    assert "Below your bar: 2 stories." in post.payload["said"]
    assert post.payload["tail"] == []


async def test_a_wish_keeps_its_bar(both: World) -> None:
    number = await both.wants(await both.channel(), "10:00")
    assert (await both.subscription(number)).bar is Bar.EVERYTHING
    async with both.store.write() as tx:
        await subscriptions.set_bar(tx, number, Bar.BIGGEST)
    assert (await both.subscription(number)).bar is Bar.BIGGEST
