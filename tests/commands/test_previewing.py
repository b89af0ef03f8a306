"""preview, and digest where digests are posted: the next edition, without telling anything."""

from datetime import timedelta
from typing import Any

from bot.model import Bar, Place, PlaceKind
from bot.store.schema import operations, slots, subscriptions, told_marks
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import corvid, corvid_elsewhere, garden, larkwell

MINUTES = timedelta(minutes=1)


async def wants(news: Counter, when: str = "10:00", **values: Any) -> None:
    await news.world.wants(await news.world.channel("chat"), when, **values)


async def state(news: Counter) -> list[Any]:
    tables = (subscriptions, slots, operations, told_marks)
    return [[tuple(row) for row in await news.world.rows(table)] for table in tables]


async def test_a_preview_is_the_digest_that_comes_then_and_tells_nothing(news: Counter) -> None:
    await wants(news)
    before = await state(news)
    answer = await news.ask("/preview")
    said = words_of(answer.document)
    assert said.startswith(
        "Only you see this: the next digest of AI as it would be now. It comes on Monday 2"
    )
    assert answer.private
    assert await state(news) == before
    news.world.clock.advance(61 * MINUTES)
    await news.world.settle("publish", "deliver")
    (shown,) = news.world.platform.chats["chat"]
    assert shown.headlines == headlines(answer)
    assert len(shown.headlines) == 4


async def test_what_was_told_is_not_in_the_next(news: Counter) -> None:
    await wants(news, "09:30 18:00")
    news.world.clock.advance(40 * MINUTES)
    await news.world.settle()
    assert len(news.world.platform.chats["chat"]) == 1
    assert "A quiet day: nothing new since the last digest." in await news.said("/preview")
    before = await state(news)
    answer = await news.ask("/digest")
    assert words_of(answer.document).startswith("Nothing new for the next digest yet.")
    assert len(headlines(answer)) == 4
    assert await state(news) == before


async def test_where_nothing_passes_the_bar_the_first_line_says_so(news: Counter) -> None:
    await wants(news, bar=Bar.BIGGEST)
    lines = (await news.said("/preview")).splitlines()
    assert lines[1].startswith("Nothing passes its bar, “only the biggest”, by now. /bar")
    assert headlines(await news.ask("/digest")) == []


async def test_a_first_digest_begins_a_day_before_the_subscription(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert len(headlines(await news.ask("/preview"))) == 4


async def test_where_that_day_was_quiet_it_says_from_when_the_first_digest_tells(news: Counter) -> None:
    news.world.clock.advance(timedelta(days=1, hours=1))
    await news.said("/subscribe ai 08:00")
    said = await news.said("/preview")
    assert said.endswith(
        "There was no digest yet: the first tells the news since a day before you subscribed."
    )
    assert "A quiet day" not in said
    assert len(headlines(await news.ask("/digest"))) == 4


async def test_several_are_told_apart_by_their_numbers(news: Counter) -> None:
    await wants(news)
    halden = (await news.world.entries())[0].feed_id
    await wants(news, "18:00", feed_ids=(halden,))
    assert "a number from 1 to 2" in await news.said("/preview")
    assert len(headlines(await news.ask("/preview 1"))) == 4
    assert set(headlines(await news.ask("/preview #2"))) == {corvid().title, larkwell().title}
    assert set(headlines(await news.ask("/digest 2"))) == {corvid().title, larkwell().title}
    assert len(headlines(await news.ask("/digest"))) == 4


async def test_news_at_once_has_no_digest_to_show(news: Counter) -> None:
    await news.said("/subscribe ai now")
    said = await news.said("/preview")
    assert "AI posts news at once and has no digest." in said
    assert "/schedule 1 now 08:00" in said


async def test_only_managers_preview_and_only_where_something_is_posted(news: Counter) -> None:
    assert "Nothing is posted here yet" in await news.said("/preview")
    await wants(news)
    for typed in ("/preview", "/preview 1"):
        assert await news.by(manager=False).said(typed) == (
            "/preview is for those who may manage this place: ask one of them."
        )


async def test_a_place_sees_only_its_own(news: Counter) -> None:
    await wants(news)
    elsewhere = news.at(Place(platform="scripted", address="other", kind=PlaceKind.GROUP))
    assert "Nothing is posted here yet" in await elsewhere.said("/preview 1")


async def test_a_paused_place_can_be_looked_at(news: Counter) -> None:
    await wants(news)
    await news.said("/pause")
    said = await news.said("/preview")
    assert said.startswith("Only you see this: the next digest of AI as it would be now.\n")
    assert corvid().title in said


async def test_the_numbers_of_a_digest_name_its_stories(news: Counter) -> None:
    await news.world.feed("elsewhere", corvid_elsewhere())
    await news.world.settle()
    await wants(news)
    titles = headlines(await news.ask("/digest"))
    assert titles[1] in await news.said("/story 2")
    assert garden().title in titles


async def test_a_test_is_the_very_message_that_is_posted_then_and_tells_nothing(news: Counter) -> None:
    await wants(news)
    before = await state(news)
    answer = await news.ask("/test")
    assert words_of(answer.document) == (
        "A test, and only you see it: below, AI as it would be posted in this chat now. Nothing counts as told."
    )
    assert answer.private
    assert await state(news) == before
    news.world.clock.advance(61 * MINUTES)
    await news.world.settle("publish", "deliver")
    (shown,) = news.world.platform.chats["chat"]
    assert [story["headline"] for story in answer.sample[0]["stories"]] == shown.headlines
    assert "has no digest" in await news.said("/schedule 1 now") + await news.said("/test 1")


async def test_a_test_of_an_empty_digest_is_the_word_that_there_is_nothing(news: Counter) -> None:
    await wants(news, bar=Bar.BIGGEST)
    answer = await news.ask("/test")
    assert "Nothing passes its bar" in words_of(answer.document)
    assert answer.sample[0]["stories"] == []


async def test_members_test_nothing(news: Counter) -> None:
    await wants(news)
    answer = await news.by(manager=False).ask("/test")
    assert not answer.told
    assert answer.sample == ()
