"""follow, unfollow: what is new of a story, and news of a topic, in somebody's private chat."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Bar
from bot.store.schema import follows, subscriptions
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of
from tests.commands.test_panel import buttons
from tests.jobs.publishing.test_publish import DOWNLOADS
from tests.support.world import corvid

DOWNLOADED = replace(DOWNLOADS, hours=-25.0)
"""What is new of a story a day later: a number."""


async def follow_corvid(news: Counter) -> None:
    shown = headlines(await news.ask("/latest"))
    assert "You follow: Halden Labs" in await news.said(f"/follow {shown.index(corvid().title) + 1}")


async def test_what_is_new_of_a_story_comes_to_the_private_chat_once(news: Counter) -> None:
    await follow_corvid(news)
    world = news.world
    await world.settle()
    assert world.platform.chats["ann"] == []
    world.clock.advance(timedelta(hours=27))
    await world.feed("courier", DOWNLOADED)
    await world.settle()
    (shown,) = world.platform.chats["ann"]
    assert shown.payload["stories"][0]["label"] == "Update"
    assert shown.headlines == [DOWNLOADED.title]
    assert "You follow this story. /unfollow ends that." in shown.payload["said"]
    assert world.platform.chats["chat"] == []
    await world.settle()
    assert len(world.platform.chats["ann"]) == 1


async def test_what_is_followed_no_more_is_not_told(news: Counter) -> None:
    await follow_corvid(news)
    assert (await news.said("/follow")).splitlines()[:2] == ["What you follow", f"1 · {corvid().title}"]
    assert f"You follow no more: {corvid().title}." in await news.said("/unfollow 1")
    assert "You follow nothing yet" in await news.said("/follow")
    news.world.clock.advance(timedelta(hours=27))
    await news.world.feed("courier", DOWNLOADED)
    await news.world.settle()
    assert news.world.platform.chats["ann"] == []


async def test_a_story_is_followed_once_and_taken_back_by_its_button(news: Counter) -> None:
    await news.ask("/latest")
    first = await news.ask("/follow 1")
    assert "You follow that already" in await news.said("/follow 1")
    assert "You follow no more" in words_of((await news.press(buttons(first)["Take that back"])).document)
    assert await news.world.count(follows) == 0


async def test_news_of_a_topic_comes_to_the_private_chat_within_limits(news: Counter) -> None:
    said = await news.said("/follow robotics")
    assert "You follow Robotics: its notable news comes to you in private, 2 an hour and 6 a day" in said
    (row,) = await news.world.rows(subscriptions)
    assert (row.topic, row.instant, row.bar, row.posts_per_hour, row.posts_per_day, row.origin) == (
        "robotics", True, Bar.NOTABLE, 2, 6, "follow",
    )  # fmt: skip
    assert "comes to your private chat already" in await news.said("/follow robotics")
    assert "1 · Robotics" in await news.said("/follow")
    assert "at once" in await news.at(PRIVATE).said("/list")
    assert "Nothing is posted here yet" in await news.said("/list")
    assert "You follow no more: Robotics." in await news.said("/unfollow robotics")
    assert "Nothing is posted here yet" in await news.at(PRIVATE).said("/list")


async def test_anybody_may_follow_and_nobody_sees_what_others_follow(news: Counter) -> None:
    member = news.by(address="bob", manager=False)
    await member.ask("/latest")
    answer = await member.ask("/follow 1")
    assert answer.told
    assert answer.private
    assert "You follow nothing yet" in await news.said("/follow")


async def test_what_is_nothing_to_follow_is_told_what_is(news: Counter) -> None:
    await news.ask("/latest")
    assert "/follow 2" in await news.said("/follow zeppelins")
    assert "You follow nothing yet" in await news.said("/unfollow 1")
    await news.said("/follow 1")
    assert "from 1 to 1" in await news.said("/unfollow 5")
    assert "You do not follow that" in await news.said("/unfollow chips")


async def test_forget_me_ends_all_of_it_and_privacy_tells_of_it(news: Counter) -> None:
    await news.ask("/latest")
    await news.said("/follow 1")
    await news.said("/follow robotics")
    await news.said("/mute crypto")
    await news.said("/lang it")
    assert "le notizie che segui" in await news.said("/privacy")
    asked = await news.ask("/forget_me")
    await news.press(next(iter(buttons(asked).values())))
    assert "You follow nothing yet" in await news.said("/follow")
    assert "You have muted nothing" in await news.said("/mute")
    assert {row.state for row in await news.world.rows(subscriptions)} == {"retired"}


async def test_in_the_quiet_hours_of_the_private_chat_it_waits(news: Counter) -> None:
    await news.at(PRIVATE).said("/subscribe chips 23:00")
    await news.at(PRIVATE).said("/quiet 11:00-14:00")
    await follow_corvid(news)
    news.world.clock.advance(timedelta(hours=27))
    await news.world.feed("courier", DOWNLOADED)
    await news.world.settle()
    assert DOWNLOADED.title not in news.world.platform.headlines(await news.world.channel("ann"))
    news.world.clock.advance(timedelta(hours=3))
    await news.world.settle()
    assert DOWNLOADED.title in [h for shown in news.world.platform.chats["ann"] for h in shown.headlines]


async def test_a_story_has_a_button_that_follows_it(news: Counter) -> None:
    await news.ask("/latest")
    answer = await news.press(buttons(await news.ask("/story 1"))["Follow"])
    assert words_of(answer.document).startswith("You follow: ")


@pytest.mark.parametrize("words", ["/unfollow all", "/forget_me"])
async def test_what_waits_to_be_told_is_taken_back_with_its_follow(news: Counter, words: str) -> None:
    await follow_corvid(news)
    news.world.clock.advance(timedelta(hours=27))
    await news.world.feed("courier", DOWNLOADED)
    await news.world.settle("collect", "group", "follow")
    answer = await news.ask(words)
    if confirm := buttons(answer).get("Yes, forget it"):
        await news.press(confirm)
    await news.world.settle()
    assert news.world.platform.chats["ann"] == []


async def test_what_others_wait_to_tell_in_the_private_chat_stays(news: Counter) -> None:
    await follow_corvid(news)
    await news.said("/follow robotics")
    news.world.clock.advance(timedelta(hours=27))
    await news.world.feed("courier", DOWNLOADED)
    await news.world.settle("collect", "group", "follow")
    assert "You follow no more" in await news.said("/unfollow robotics")
    await news.world.settle()
    assert [post.headlines for post in news.world.platform.chats["ann"]] == [[DOWNLOADED.title]]


async def test_a_digest_tells_what_its_reader_follows(news: Counter) -> None:
    ann = news.at(PRIVATE)
    await ann.said("/subscribe ai 10:00")
    await follow_corvid(ann)
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    told = [headline for post in news.world.platform.chats["ann"] for headline in post.headlines]
    assert corvid().title in told
