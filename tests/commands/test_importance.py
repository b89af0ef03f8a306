"""bar: the level of a subscription, and what each level brings."""

from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, Bar, Place, PlaceKind
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import corvid, corvid_elsewhere


async def test_a_level_is_set_by_its_number_and_kept(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    said = await news.save("/bar 1 important")
    assert said.startswith("AI: the bar is important now")
    assert (await news.world.subscription(1)).bar is Bar.IMPORTANT
    assert "1 · AI · important · 08:00" in await news.said("/list")


@pytest.mark.parametrize("typed", ["/bar important", "/bar 1 Important", "/bar #1 important"])
async def test_one_subscription_needs_no_number(news: Counter, typed: str) -> None:
    await news.said("/subscribe ai 08:00")
    await news.save(typed)
    assert (await news.world.subscription(1)).bar is Bar.IMPORTANT


async def test_only_the_biggest_may_be_said_whole(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "only the biggest" in await news.save("/bar only the biggest")
    assert (await news.world.subscription(1)).bar is Bar.BIGGEST


async def test_without_a_level_all_are_shown_with_what_they_bring(news: Counter) -> None:
    await news.world.feed("elsewhere", corvid_elsewhere())
    await news.world.settle()
    await news.said("/subscribe ai 08:00")
    answer = await news.ask("/bar")
    said = words_of(answer.document)
    assert "▸ everything: about 4 stories a day" in said
    assert "notable: about one story a day" in said
    assert "only the biggest: hardly ever a story" in said
    shown = await news.press("ba:1:notable")
    assert words_of(shown.document).startswith("The bar of AI\nnotable\nIn the last 14 days: ")
    assert (await news.world.subscription(1)).bar is Bar.EVERYTHING
    await news.save("/bar 1 notable")
    assert (await news.world.subscription(1)).bar is Bar.NOTABLE
    assert "▸ notable" in await news.said("/bar 1")


async def test_a_level_counts_only_the_feeds_of_its_subscription(news: Counter) -> None:
    await news.world.wants(await news.world.channel("chat"), "08:00", feed_ids=(99,))
    assert "everything: hardly ever a story" in await news.said("/bar 1")


async def test_what_is_no_level_is_told_what_is(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    said = await news.said("/bar 1 importnat")
    assert "`importnat` is no bar" in said
    assert "/bar 1 important" in said


async def test_only_managers_set_a_bar(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "may manage this place" in await news.by(manager=False).said("/bar 1 important")
    assert (await news.world.subscription(1)).bar is Bar.EVERYTHING


async def test_levels_and_numbers_complete(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert await news.dispatcher.complete("bar", "level", "", news.call) == (
        "everything",
        "notable",
        "important",
        "biggest",
    )
    assert await news.dispatcher.complete("bar", "number", "", news.call) == ("1",)


async def test_a_broadcast_channel_gets_no_buttons_that_act_elsewhere(news: Counter) -> None:
    there = news.at(Place(platform="scripted", address="wide", kind=PlaceKind.BROADCAST))
    await there.said("/subscribe ai 08:00")
    assert len((await there.ask("/bar 1")).document.blocks) == 2


async def test_a_digest_below_the_bar_says_what_came_nearest(news: Counter) -> None:
    await news.world.feed("later")
    await news.said("/subscribe ai 10:00")
    await news.save("/bar 1 important")
    news.world.serve("later", corvid())
    news.world.clock.advance(timedelta(hours=1, minutes=1))
    await news.world.settle()
    shown = news.world.platform.chats["chat"][-1]
    assert shown.headlines == []
    assert "Nothing passed your bar since" in " ".join(shown.payload["said"])
    assert len(shown.payload["tail"]) == 1
    assert headlines(await news.ask("/latest"))


async def test_a_button_given_before_one_ended_sets_the_bar_of_no_other(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    shown = await news.ask("/bar 1")
    button = next(b for block in shown.document.blocks if isinstance(block, Actions) for b in block.buttons)
    await news.said("/unsubscribe 1")
    assert "has changed since" in words_of((await news.press(data_of(button))).document)


async def test_a_level_with_other_words_is_no_level(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "`not important` is no bar" in await news.said("/bar 1 not important")


async def test_a_level_is_shown_with_what_it_would_have_brought_and_back_leaves_all(news: Counter) -> None:
    await news.world.feed("elsewhere", corvid_elsewhere())
    await news.world.settle()
    await news.said("/subscribe ai 08:00")
    shown = await news.ask("/bar notable")
    lines = words_of(shown.document).splitlines()
    assert lines[:4] == [
        "The bar of AI",
        "notable",
        "In the last 14 days: about one story a day instead of about 4 stories a day.",
        "Gone, for example:",
    ]
    assert lines[-1] == "Nothing is saved yet."
    assert len(lines) == 8
    assert (await news.world.subscription(1)).bar is Bar.EVERYTHING
    (actions,) = [block for block in shown.document.blocks if isinstance(block, Actions)]
    back = await news.press(data_of(actions.buttons[1]))
    assert "▸ everything" in words_of(back.document)


async def test_the_panel_shows_a_level_before_it_saves_it_where_it_stands(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    shown = await news.ask("/settings bar 1 biggest")
    assert "hardly ever a story instead of about 4 stories a day" in words_of(shown.document)
    assert (await news.world.subscription(1)).bar is Bar.EVERYTHING
    labels = {
        b.label: b for block in shown.document.blocks if isinstance(block, Actions) for b in block.buttons
    }
    assert list(labels) == ["Save", "Back", "‹ Settings"]
    saved = await news.press(data_of(labels["Save"]))
    assert saved.edit
    assert (await news.world.subscription(1)).bar is Bar.BIGGEST
    assert (await news.world.subscription(2)).bar is Bar.EVERYTHING
