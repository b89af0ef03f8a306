"""pause and resume: a person lets nothing be posted in a place for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, ChannelState, MissedPolicy, Pause, Place, PlaceKind, Purpose
from bot.store import outbox
from bot.store.schema import operations
from tests.commands.conftest import PLACE, Counter, words_of
from tests.support.world import alpine, corvid, garden, larkwell

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def paused(counter: Counter) -> Pause | None:
    return (await counter.world.record(await counter.world.channel("chat"))).pause


async def test_a_pause_says_until_when_and_how_it_ends(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    now = news.world.clock()
    said = await news.said("/pause 8h")
    assert said.startswith("Posting is paused here until Monday 2 March, 17:01 (UTC)")
    assert "/resume ends that at once" in said
    assert await paused(news) == Pause(now, now + 8 * HOUR)
    for shown in ("/status", "/list"):
        assert (await news.said(shown)).startswith("Posting is paused here until Monday 2 March, 17:01")
    assert "Next digest here: Tuesday 3 March, 08:00" in await news.said("/status")


@pytest.mark.parametrize("typed", ["24.12.", "24 dicembre", "December 24", "12月24日", "2026-12-24"])
async def test_a_far_day_alone_is_asked_about(news: Counter, typed: str) -> None:
    """It may be the day on which the pause is to begin."""
    await news.said("/subscribe ai 08:00")
    answer = await news.ask(f"/pause {typed}")
    assert words_of(answer.document).startswith("From now on until Thursday 24 December, 08:00?")
    assert await paused(news) is None
    (button,) = next(block.buttons for block in answer.document.blocks if isinstance(block, Actions))
    said = words_of((await news.press(data_of(button))).document)
    assert said.startswith("Posting is paused here until Thursday 24 December, 08:00 (UTC)")


@pytest.mark.parametrize(
    "typed",
    ["until 24.12.", "bis 24. Dezember", "fino al 24 dicembre", "jusqu'au 24 décembre", "3 weeks", "5.3."],
)
async def test_an_end_that_is_called_one_and_a_near_day_are_not_asked_about(
    news: Counter, typed: str
) -> None:
    await news.said("/subscribe ai 08:00")
    assert (await news.said(f"/pause {typed}")).startswith("Posting is paused here until")


async def test_an_end_in_another_year_says_so(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "until Wednesday 6 January 2027, 08:00" in await news.said("/pause until 6 January")


@pytest.mark.parametrize(
    "typed", ["24 december to 6 january", "dal 24 dicembre al 6 gennaio", "24.12. bis 6.1.", "24.12. - 6.1."]
)
async def test_a_pause_of_two_days_says_when_to_say_it(news: Counter, typed: str) -> None:
    await news.said("/subscribe ai 08:00")
    assert "on 2026-12-24 say /pause until 2027-01-06." in await news.said(f"/pause {typed}")
    assert await paused(news) is None


async def test_without_a_moment_it_lasts_until_it_is_ended(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "goes on after /resume" in await news.said("/pause")
    news.world.clock.advance(30 * DAY)
    said = await news.said("/status")
    assert said.startswith("Posting is paused here by somebody who manages this place.")
    assert "Next digest" not in said
    assert "next:" not in await news.said("/list")
    assert "Posts come here again" in await news.said("/resume")
    assert "paused" not in await news.said("/status")
    assert "Nothing is paused here" in await news.said("/resume")


async def test_off_ends_it_too(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/pause")
    assert "Posts come here again" in await news.said("/pause off")


async def test_what_is_no_moment_pauses_nothing(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "Nearest: tomorrow" in await news.said("/pause tommorow")
    assert await paused(news) is None


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31", "today", "h", "noonish"])
async def test_whatever_is_typed_is_answered_in_words(news: Counter, typed: str) -> None:
    await news.said("/subscribe ai 08:00 Europe/Rome")
    assert f"`{typed}` is" in await news.said(f"/pause {typed}")
    assert await paused(news) is None


async def test_a_longer_pause_begins_when_the_first_did(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    since = news.world.clock()
    await news.said("/pause 8h")
    news.world.clock.advance(HOUR)
    await news.said("/pause 2 days")
    assert await paused(news) == Pause(since, since + HOUR + 2 * DAY)


async def test_only_who_manages_the_place_pauses_and_resumes(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    member = news.by(address="bob", manager=False)
    assert "may manage this place" in await member.said("/pause")
    await news.said("/pause")
    assert "may manage this place" in await member.said("/resume")
    assert (await member.said("/list")).startswith("Posting is paused here")


async def test_there_must_be_something_to_pause(counter: Counter) -> None:
    assert "Nothing is posted here yet" in await counter.said("/pause")
    assert "Nothing is posted here yet" in await counter.said("/resume")


async def test_a_button_resumes_for_whoever_was_given_it(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    answer = await news.ask("/pause")
    (button,) = next(block.buttons for block in answer.document.blocks if isinstance(block, Actions))
    await news.press(data_of(button))
    found = await paused(news)
    assert found is not None
    assert found.until == news.world.clock()


@pytest.mark.parametrize("data", ["pa", "re", "pa:8h"])
async def test_links_and_buttons_of_others_pause_and_resume_nothing(news: Counter, data: str) -> None:
    await news.said("/subscribe ai 08:00")
    if data == "re":
        await news.said("/pause")
    before = await paused(news)
    assert "Nothing has changed yet." in words_of((await news.press(data, own=False)).document)
    assert await paused(news) == before


async def test_a_broadcast_channel_gets_no_button_that_acts_elsewhere(news: Counter) -> None:
    there = news.at(Place(platform="scripted", address="wide", kind=PlaceKind.BROADCAST))
    await there.said("/subscribe ai 08:00")
    assert not any(isinstance(b, Actions) for b in (await there.ask("/pause")).document.blocks)


async def test_who_subscribes_meanwhile_is_told(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/pause 2 days")
    assert "Posting is paused here until" in await news.said("/subscribe robotics now")
    assert "Posting is paused here until" in await news.said("/schedule 1 09:00")
    assert (await news.world.subscription(2)).rests_until == (await news.world.subscription(1)).rests_until


async def test_the_next_digest_is_announced_for_the_end_of_the_pause(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/pause 3 days")
    for typed in ("/schedule 1 18:00", "/subscribe robotics 09:45"):
        assert "Next digest here: Thursday 5 March, 09:01 (UTC)." in await news.said(typed)
    assert (await news.said("/list")).count("next: Thursday 5 March 09:01") == 2
    await news.said("/pause")
    assert "Next digest" not in await news.said("/schedule 1 19:00")


async def test_a_place_that_was_lost_and_found_again_stays_paused(news: Counter) -> None:
    await news.said("/subscribe ai now")
    await news.said("/pause")
    lost = replace(PLACE, missing=("Send Messages",), rights=frozenset({"read"}))
    await news.dispatcher.placed(lost, may_post=False)
    said = await news.said("/status")
    assert said.index("Posting is paused here by somebody") < said.index("give me Send Messages here")
    await news.dispatcher.placed(PLACE, may_post=True)
    channel = await news.world.record(await news.world.channel("chat"))
    assert (channel.state, channel.is_paused(news.world.clock())) == (ChannelState.ACTIVE, True)
    news.world.serve("halden", larkwell(hours=-1), alpine(hours=-1))
    news.world.clock.advance(HOUR)
    await news.world.settle()
    assert news.world.platform.chats["chat"] == []


async def test_quiet_hours_set_meanwhile_do_not_end_it(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/pause 2 days")
    await news.said("/quiet 22:00-07:00")
    assert (await news.world.subscription(1)).rests_until == news.world.clock() + 2 * DAY


async def test_why_says_that_a_digest_waits_for_the_end_of_a_pause(news: Counter) -> None:
    await news.world.wants(await news.world.channel("chat"), "10:00")
    await news.said("/pause")
    assert "posting is paused here (/resume)" in await news.said("/why https://halden.example/corvid")


async def test_words_to_operators_come_all_the_same(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/pause")
    channel = await news.world.channel("chat")
    draft = outbox.Draft(
        channel_id=channel.id,
        intent="notice:1",
        purpose=Purpose.NOTICE,
        payload={"stories": [], "said": ["A feed is lost."]},
        not_after=news.world.clock() + DAY,
    )
    async with news.world.store.write() as tx:
        await outbox.queue_document(tx, [draft], news.world.ctx.instance, news.world.clock())
    await news.world.settle()
    assert len(news.world.platform.chats["chat"]) == 1


async def test_what_is_queued_already_waits_for_the_end(news: Counter) -> None:
    await news.said("/subscribe ai now")
    news.world.serve("halden", corvid(), larkwell(), garden(hours=0))
    await news.world.settle("collect", "read", "group", "publish")
    await news.said("/pause 3h")
    await news.world.settle("deliver")
    assert await news.world.states() == ["queued"] * len(await news.world.rows(operations))
    news.world.clock.advance(3 * HOUR)
    await news.world.settle()
    assert len(news.world.platform.chats["chat"]) <= 1


@pytest.mark.parametrize("missed", list(MissedPolicy))
async def test_digests_of_a_pause_come_as_one(news: Counter, missed: MissedPolicy) -> None:
    channel = await news.world.channel("chat")
    await news.world.wants(channel, "10:00 12:00 18:00", missed=missed)
    await news.said("/pause 5h")
    for _ in range(4):
        news.world.clock.advance(HOUR)
        await news.world.settle()
    assert news.world.platform.chats["chat"] == []
    news.world.clock.advance(HOUR + timedelta(minutes=2))
    await news.world.settle()
    shown = news.world.platform.chats["chat"]
    assert len(shown) == (0 if missed is MissedPolicy.SKIP else 1)
    news.world.clock.advance(4 * HOUR)
    await news.world.settle()
    assert len(news.world.platform.headlines(channel)) == 4
    assert not any("late" in text for one in shown for text in one.payload["said"])


async def test_a_pause_with_nothing_to_tell_ends_without_a_post(news: Counter) -> None:
    news.world.clock.advance(2 * DAY)
    await news.said("/subscribe ai 10:00")
    await news.said("/subscribe robotics 10:00 18:00")
    await news.said("/pause 5h")
    news.world.clock.advance(5 * HOUR + timedelta(minutes=2))
    await news.world.settle()
    assert news.world.platform.chats["chat"] == []
    said = await news.said("/list")
    assert "next: Thursday 5 March 10:00" in said
    assert "next: Wednesday 4 March 18:00" in said
    news.world.clock.advance(4 * HOUR)
    await news.world.settle()
    (shown,) = news.world.platform.chats["chat"]
    assert "A quiet day: nothing new since the last digest." in shown.payload["said"]


async def test_what_is_promised_is_what_the_place_wants(news: Counter) -> None:
    await news.said("/subscribe ai now")
    assert (await news.said("/pause 8h")).endswith("What happens meanwhile is told in one post afterwards.")
    assert await news.said("/resume") == "Posts come here again. What happened meanwhile is told in one post."
    await news.said("/subscribe robotics 08:00")
    assert "in the first digest afterwards" in await news.said("/pause")
    assert "in the first digest." in await news.said("/resume")
    for _ in range(2):
        await news.said("/unsubscribe 1")
    assert "meanwhile" not in await news.said("/pause")
    assert await news.said("/resume") == "Posts come here again."


async def test_the_first_digest_tells_what_came_meanwhile_however_old(news: Counter) -> None:
    channel = await news.world.channel("chat")
    await news.world.wants(channel, "10:00")
    await news.said("/pause 6 days")
    news.world.clock.advance(6 * DAY + HOUR)
    await news.world.settle()
    assert len(news.world.platform.headlines(channel)) == 4
    assert len(news.world.platform.chats["chat"]) == 1


async def test_news_that_broke_meanwhile_is_one_post(counter: Counter) -> None:
    world = counter.world
    feed_id = await world.feed("halden", garden())
    channel = await world.channel("chat")
    await world.wants(channel, "now")
    await world.settle()
    world.platform.chats.clear()
    await counter.said("/pause")
    world.clock.advance(HOUR)
    for items in ((corvid(hours=0.5),), (corvid(hours=0.5), larkwell(hours=0.5))):
        world.serve("halden", garden(), *items)
        await world.poll(feed_id)
        await world.settle("group", "publish", "deliver")
    assert world.platform.headlines(channel) == []
    await counter.said("/resume")
    await world.settle()
    (shown,) = world.platform.chats["chat"]
    assert sorted(shown.headlines) == sorted([corvid().title, larkwell().title])
    assert await world.settle() == 0
