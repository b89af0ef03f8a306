"""publish: what a subscription tells, and when."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Refused
from bot.jobs.publishing.publish import publish
from bot.model import Channel, Length, OperationState
from bot.store import subscriptions
from bot.store.schema import operations, slots, told_marks
from tests.support.world import News, World, alpine, corvid, corvid_elsewhere, garden, larkwell

HOUR = timedelta(hours=1)
DOWNLOADS = News(
    "downloads",
    "Halden Labs confirms: Corvid 3, the open language model of Halden Labs, was downloaded 4 million times",
    "The open language model Corvid 3 of Halden Labs was downloaded 4 million times within an hour. "
    "Mirrors in Japan and Brazil joined when the servers of the company slowed to a crawl. "
    "Volunteers have already squeezed the weights onto telephones and an old washing machine. "
    "Teachers ask for a version that explains its steps to children in plain words. "
    "The record before belonged to a model for weather charts that sailors use.",
    hours=-2.0,
)


async def digest_at_ten(world: World, *items: News, **subscription: object) -> tuple[Channel, int]:
    await world.feed("halden", *items)
    channel = await world.channel()
    stored = await world.wants(channel, "10:00", **subscription)
    await world.settle()
    world.clock.advance(HOUR)
    return channel, stored


# --- digests -----------------------------------------------------------------------------------------------


async def test_a_digest_leaves_at_its_time_and_once(both: World) -> None:
    channel, _ = await digest_at_ten(both, corvid(), larkwell())
    assert both.platform.headlines(channel) == []
    both.clock.advance(61)
    await both.settle()
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])
    both.clock.advance(HOUR)
    await both.settle()
    assert len(both.platform.chats["chat"]) == 1


async def test_cursor_next_slot_told_marks_and_record_are_written_together(both: World) -> None:
    _, number = await digest_at_ten(both, corvid(), larkwell(), size=1)
    both.clock.advance(61)
    await both.settle()
    subscription = await both.subscription(number)
    assert subscription.read_up_to == await both.newest_change()
    assert subscription.next_slot_at == both.start + timedelta(days=1, hours=1)
    (slot,) = await both.rows(slots)
    assert [m.story_id for m in await both.rows(told_marks)] == slot.told
    assert len(slot.listed) == 1
    assert slot.rules == both.ctx.rules.hash


async def test_publishing_the_same_slot_again_writes_nothing(both: World) -> None:
    _, number = await digest_at_ten(both, corvid())
    both.clock.advance(61)
    for _ in range(3):
        await publish(both.ctx, number)
    assert await both.count(operations) == 1


async def test_two_subscriptions_of_one_channel_never_tell_a_story_twice(both: World) -> None:
    channel, first = await digest_at_ten(both, corvid(), larkwell())
    second = await both.wants(channel, "10:00", topic="all")
    async with both.store.write() as tx:
        await subscriptions.reschedule(tx, second, (await both.subscription(first)).schedule, both.clock())
    both.clock.advance(61)
    await asyncio.gather(publish(both.ctx, first), publish(both.ctx, second))
    await both.settle()
    headlines = both.platform.headlines(channel)
    assert len(headlines) == len(set(headlines)) == 2
    assert (await both.subscription(first)).next_slot_at == (await both.subscription(second)).next_slot_at


async def test_a_publishing_that_was_overtaken_leaves_its_slot_due(world: World) -> None:
    channel, first = await digest_at_ten(world, corvid())
    second = await world.wants(channel, "10:00", topic="all")
    async with world.store.write() as tx:
        await subscriptions.reschedule(tx, second, (await world.subscription(first)).schedule, world.clock())
    world.clock.advance(61)
    await asyncio.gather(publish(world.ctx, first), publish(world.ctx, second))
    assert len(world.events("publishing.overtaken")) == 1
    async with world.store.read() as tx:
        assert len(await subscriptions.due(tx, world.clock(), 10)) == 1


async def test_missed_slots_become_one_late_digest(world: World) -> None:
    await world.feed("halden", corvid(hours=0))
    channel = await world.channel()
    number = await world.wants(channel, "10:00 14:00 18:00")
    await world.settle()
    world.clock.advance(timedelta(hours=12))
    await world.settle()
    (post,) = world.platform.chats["chat"]
    assert post.headlines == [corvid().title]
    assert "This digest is late: it was planned for 18:00." in post.payload["said"]
    assert (await world.subscription(number)).next_slot_at == world.start + timedelta(days=1, hours=1)
    assert channel.zone == "UTC"


async def test_a_quiet_day_says_so(world: World) -> None:
    await digest_at_ten(world)
    world.clock.advance(61)
    await world.settle()
    (post,) = world.platform.chats["chat"]
    assert post.payload["said"][0] == "A quiet day: nothing new since the last digest."


async def test_what_does_not_fit_is_listed_and_not_told_again(world: World) -> None:
    channel, _ = await digest_at_ten(world, corvid(), larkwell(), garden(), alpine(), size=2)
    world.clock.advance(61)
    await world.settle()
    (post,) = world.platform.chats["chat"]
    assert len(post.headlines) == 2
    assert len(post.payload["tail"]) == 2
    world.clock.advance(timedelta(days=1))
    await world.settle()
    assert world.platform.headlines(channel) == post.headlines


async def test_a_slot_waits_a_minute_for_entries_that_are_not_grouped_yet(world: World) -> None:
    await world.feed("halden", corvid())
    channel = await world.channel()
    number = await world.wants(channel, "10:00")
    await world.settle("collect")
    world.clock.advance(HOUR + timedelta(seconds=30))
    await publish(world.ctx, number)
    assert await world.count(operations) == 0
    world.clock.advance(40)
    await publish(world.ctx, number)
    assert await world.count(operations) == 1


async def test_old_news_is_skipped_with_a_reason(world: World) -> None:
    await digest_at_ten(world, corvid(hours=60), larkwell())
    world.clock.advance(61)
    await world.settle()
    (slot,) = await world.rows(slots)
    assert [reason for _, *reason in slot.skipped] == [["old", {"hours": 48}]]
    assert len(slot.told) == 1


async def test_a_known_story_is_left_out_and_counted(world: World) -> None:
    channel, _ = await digest_at_ten(world, corvid())
    world.clock.advance(61)
    await world.settle()
    await world.feed("ledger", corvid_elsewhere(hours=-2))
    world.clock.advance(timedelta(days=1))
    await world.settle()
    last = world.platform.chats["chat"][-1]
    assert last.headlines == []
    assert "Quietly left out: one repeat." in last.payload["said"]
    assert world.platform.headlines(channel) == [corvid().title]


async def test_an_update_in_a_digest_says_that_it_is_one(world: World) -> None:
    await digest_at_ten(world, corvid())
    world.clock.advance(61)
    await world.settle()
    await world.feed("ledger", DOWNLOADS)
    world.clock.advance(timedelta(days=1))
    await world.settle()
    (story,) = world.platform.chats["chat"][-1].payload["stories"]
    assert (story["label"], story["headline"]) == ("Update", DOWNLOADS.title)
    assert "1 new source" in story["meta"]
    assert "earlier: Monday 10:01" in story["meta"]


async def test_a_subscription_to_some_feeds_sees_only_those(world: World) -> None:
    mine = await world.feed("halden", corvid())
    await world.feed("ledger", larkwell())
    channel = await world.channel()
    await world.wants(channel, "10:00", feed_ids=(mine,))
    await world.settle()
    world.clock.advance(HOUR + timedelta(seconds=61))
    await world.settle()
    assert world.platform.headlines(channel) == [corvid().title]


async def test_a_topic_takes_only_its_news(world: World) -> None:
    channel, _ = await digest_at_ten(world, corvid(), garden(), topic="robotics")
    world.clock.advance(61)
    await world.settle()
    assert world.platform.headlines(channel) == [garden().title]


async def test_a_channels_language_dresses_the_digest(world: World) -> None:
    await world.feed("halden")
    await world.wants(await world.channel("it", language="it"), "10:00")
    world.clock.advance(HOUR + timedelta(seconds=61))
    await world.settle()
    assert "quiet" not in world.platform.chats["it"][0].payload["said"][0].lower()


async def test_a_headline_subscription_says_no_sentence(world: World) -> None:
    await digest_at_ten(world, corvid(), length=Length.HEADLINE)
    world.clock.advance(61)
    await world.settle()
    assert world.platform.chats["chat"][0].payload["stories"][0]["text"] == ""


async def test_a_sentence_beyond_its_receipts_is_dropped_and_recorded(world: World) -> None:
    from dataclasses import replace

    from bot.model import Sentence, Summary
    from bot.ports import SummaryTask

    class Boasting:
        translates = False

        async def summarize(self, wanted: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:
            return tuple(boasting(honest) for honest in await inner.summarize(wanted, server))

    def boasting(honest: Summary) -> Summary:
        boast = Sentence("It has 900 billion parameters.", honest.sentences[0].receipts)
        return replace(honest, sentences=(*honest.sentences, boast))

    inner = world.ctx.summarizer
    ctx = replace(world.ctx, summarizer=Boasting())
    _, number = await digest_at_ten(world, corvid())
    world.clock.advance(61)
    await publish(ctx, number)
    await world.settle()
    assert "900" not in world.platform.chats["chat"][0].payload["stories"][0]["text"]
    (event,) = world.events("sentence.dropped")
    assert "900 billion" in event["reason"]


# --- news at once ------------------------------------------------------------------------------------------


async def instant(world: World, when: str = "now") -> Channel:
    channel = await world.channel()
    await world.wants(channel, when)
    return channel


async def test_news_at_once_comes_once(both: World) -> None:
    channel = await instant(both)
    await both.feed("halden", garden())
    await both.settle()
    both.serve("halden", corvid(hours=-6), garden())
    both.clock.advance(timedelta(hours=6))
    await both.settle()
    await both.settle()
    assert both.platform.headlines(channel) == [corvid().title]


async def test_a_feeds_back_log_is_not_told_at_once(world: World) -> None:
    channel = await instant(world)
    await world.feed("halden", corvid(), larkwell())
    await world.settle()
    assert world.platform.headlines(channel) == []


async def test_stale_news_is_not_told_at_once(world: World) -> None:
    channel = await instant(world)
    await world.feed("halden", garden())
    await world.settle()
    world.serve("halden", corvid(hours=30), garden())
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    assert world.platform.headlines(channel) == []


async def test_beside_a_digest_only_breaking_news_comes_at_once(world: World) -> None:
    channel = await instant(world, "now 23:00")
    await world.feed("halden", kind="lab blog")
    await world.feed("ledger")
    await world.settle()
    world.serve("halden", corvid(hours=-6))
    world.serve("ledger", garden(hours=-6))
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    assert world.platform.headlines(channel) == [corvid().title]
    world.clock.advance(timedelta(hours=9))
    await world.settle()
    assert world.platform.headlines(channel) == [corvid().title, garden().title]


async def test_three_outlets_make_any_news_breaking(world: World) -> None:
    channel = await instant(world, "now 23:00")
    for name in ("one", "two", "three"):
        await world.feed(name)
    await world.settle()
    tellings = (
        garden().text,
        "Slovenian vineyards are weeded by RV-9, a robot with a vision transformer. "
        + corvid().text[120:400],
        "A vision transformer guides the robot RV-9 through Slovenian vineyards. " + alpine().text[100:400],
    )
    for name, text in zip(("one", "two", "three"), tellings, strict=True):
        world.serve(name, garden(hours=-6, text=text))
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    assert len({e.story_id for e in await world.entries()}) == 1
    assert world.platform.headlines(channel) == [garden().title]


async def test_an_update_replies_to_the_post_that_told_the_story(both: World) -> None:
    channel = await instant(both)
    await both.feed("halden", garden())
    await both.settle()
    both.serve("halden", corvid(hours=-1), garden())
    both.clock.advance(timedelta(hours=1, minutes=10))
    await both.settle()
    await both.feed("ledger")
    await both.settle()
    both.serve("ledger", DOWNLOADS)
    both.clock.advance(timedelta(hours=1, minutes=10))
    await both.settle()
    first, update = both.platform.chats[channel.address]
    assert update.payload["stories"][0]["label"] == "Update"
    assert update.reply_to == first.post


async def test_a_subscription_or_channel_that_is_gone_publishes_nothing(world: World) -> None:
    _, number = await digest_at_ten(world, corvid())
    async with world.store.write() as tx:
        await subscriptions.end(tx, number)
    world.clock.advance(61)
    await publish(world.ctx, number)
    await publish(world.ctx, 99)
    assert await world.count(operations) == 0


async def test_a_digest_that_expires_untells_its_stories(world: World) -> None:
    channel, _ = await digest_at_ten(world, corvid())
    world.clock.advance(61)
    await world.settle("collect", "read", "group", "publish")
    world.clock.advance(timedelta(days=8))
    await world.settle("deliver")
    assert await world.states() == [OperationState.EXPIRED]
    assert await world.count(told_marks) == 0
    assert world.platform.headlines(channel) == []


async def test_two_stories_told_in_one_channel_never_become_one(world: World) -> None:
    from bot.store import stories

    await digest_at_ten(world, corvid(), larkwell())
    world.clock.advance(61)
    await world.settle()
    async with world.store.write() as tx:
        assert not await stories.merge(tx, 2, 1, world.clock())


async def test_a_subscription_that_changed_meanwhile_is_published_again(world: World) -> None:
    _, number = await digest_at_ten(world, corvid())
    world.clock.advance(61)
    choose = world.ctx.summarizer.summarize

    async def meanwhile(*asked: Any, **options: Any) -> Any:
        async with world.store.write() as tx:
            await subscriptions.end(tx, number)
        return await choose(*asked, **options)

    object.__setattr__(world.ctx.summarizer, "summarize", meanwhile)
    await publish(world.ctx, number)
    assert len(world.events("publishing.overtaken")) == 1
    assert await world.states() == []


async def test_before_its_time_a_digest_is_left_alone(world: World) -> None:
    _, number = await digest_at_ten(world, corvid())
    async with world.store.write() as tx:
        subscription = await world.subscription(number)
        await subscriptions.reschedule(tx, number, subscription.schedule, world.clock() + timedelta(hours=1))
    await publish(world.ctx, number)
    assert await world.states() == []


async def test_a_digest_that_was_refused_is_told_by_the_next_one(both: World) -> None:
    channel, number = await digest_at_ten(both, corvid(), larkwell())
    both.platform.script = [Refused("The message is too long.")]
    both.clock.advance(61)
    await both.settle()
    assert both.platform.headlines(channel) == []
    assert await both.rows(slots) == []
    assert (await both.subscription(number)).read_up_to == 0
    both.clock.advance(timedelta(days=1))
    await both.settle()
    assert sorted(both.platform.headlines(channel)) == sorted([corvid().title, larkwell().title])


async def test_a_digest_that_was_refused_after_the_next_one_takes_nothing_back(world: World) -> None:
    _, number = await digest_at_ten(world, corvid(), larkwell())
    world.clock.advance(61)
    await world.settle("collect", "read", "group", "publish")
    world.clock.advance(timedelta(days=1))
    await world.settle("publish")
    before = await world.subscription(number)
    world.platform.script = [Refused("The message is too long.")]
    await world.settle("deliver")
    assert (await world.subscription(number)).read_up_to == before.read_up_to


BAKERY = News(
    "bakery",
    "A bakery in Fenwick lets an AI model name its breads",
    "The bakery says that customers like the names that the language model finds for its breads. "
    "It has run since Monday, and nobody has complained so far.",
    hours=-1.0,
)


@pytest.mark.parametrize(
    ("outlets", "wishes", "told"),
    [
        (10, {}, []),
        (10, {"topic": "all"}, [BAKERY.title]),
        (10, {"filter": "-rain"}, [BAKERY.title]),
        (9, {}, [BAKERY.title]),
    ],
    ids=["all of a subject", "every subject", "by wish", "few outlets"],
)
async def test_where_many_outlets_are_read_a_slight_story_is_listed_and_not_told(
    world: World, outlets: int, wishes: dict[str, Any], told: list[str]
) -> None:
    for number in range(outlets - 1):
        await world.feed(f"feed {number}", replace(corvid(), guid=f"corvid {number}"))
    channel, _ = await digest_at_ten(world, BAKERY, **wishes)
    world.clock.advance(61)
    await world.settle()
    assert [title for title in world.platform.headlines(channel) if title == BAKERY.title] == told
