"""edit: what a subscription is called and about, seen before it is saved, and taken back."""

from datetime import timedelta

import pytest

from bot.model import Place, PlaceKind
from tests.commands.conftest import Counter, headlines, words_of
from tests.commands.test_panel import buttons, rows
from tests.support.world import alpine, corvid, garden, larkwell


async def kept(news: Counter, number: int = 1) -> object:
    return await news.world.subscription(number)


async def test_it_shows_how_a_subscription_is_set(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    assert (await news.said("/edit")).splitlines() == [
        "1 · AI",
        "name: –",
        "topic: AI",
        "feeds: all",
        "stories a digest: 5",
        "posts at once an hour: –",
        "posts at once a day: –",
        "stories a day of each feed: no limit",
        "kinds: all",
        "To change it: /edit 1 stories 3, /edit 1 kinds release -opinion, /edit 1 name papers",
    ]


async def test_a_number_of_stories_is_shown_with_what_it_would_have_brought_saved_and_taken_back(
    news: Counter,
) -> None:
    await news.said("/subscribe ai 10:00")
    shown = await news.ask("/edit stories 2")
    lines = words_of(shown.document).splitlines()
    assert lines[:4] == [
        "AI",
        "stories a digest: 2 (before: 5)",
        "In the last 14 days it would have brought about 2 stories a day instead of 4.",
        "Gone, for example:",
    ]
    assert len(lines) == 7
    assert lines[-1] == "Nothing is saved yet."
    assert (await kept(news)).size == 5  # type: ignore[attr-defined]
    saved = await news.press(buttons(shown)["Save"])
    assert words_of(saved.document) == ("Saved. AI, stories a digest: 2 (before: 5).")
    assert len(headlines(await news.ask("/preview"))) == 2
    back = await news.press(buttons(saved)["Take that back"])
    assert "stories a digest: 5 (before: 2)" in words_of(back.document)
    assert (await kept(news)).size == 5  # type: ignore[attr-defined]


async def test_what_changes_nothing_is_said_to_in_one_sentence(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    said = await news.said("/edit 1 stories 8")
    assert "In the last 14 days it would have changed nothing: about 4 stories a day." in said
    assert "for example" not in said


async def test_topics_feeds_kinds_and_caps_are_seen_first_and_obeyed(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    said = await news.said("/edit topic robotics")
    assert "topic: Robotics (before: AI)" in said
    assert "about one story a day instead of about 4 stories a day" in said
    await news.save("/edit topic robotics")
    assert headlines(await news.ask("/preview")) == [garden().title]
    await news.save("/edit topic ai")
    said = await news.save("/edit feeds ledger")
    assert "feeds: ledger (before: all)" in said
    assert set(headlines(await news.ask("/preview"))) == {alpine().title, garden().title}
    await news.save("/edit feeds all")
    said = await news.save("/edit cap 1")
    assert "stories a day of each feed: 1 (before: no limit)" in said
    assert set(headlines(await news.ask("/preview"))) == {corvid().title, alpine().title}
    await news.save("/edit cap off")
    await news.save("/edit kinds release incident")
    assert (await kept(news)).filter == "kind:release kind:incident"  # type: ignore[attr-defined]
    assert set(headlines(await news.ask("/preview"))) == {corvid().title, larkwell().title}
    await news.save("/filter add -zeppelin")
    await news.save("/edit kinds -opinion")
    assert (await kept(news)).filter == "-zeppelin -kind:opinion"  # type: ignore[attr-defined]
    assert "kinds: no opinion" in await news.said("/edit")
    assert "kinds: all (before: no opinion)" in await news.save("/edit kinds all")


async def test_kinds_are_known_by_what_they_are_called(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    await news.save("/edit kinds funding rounds, -product reviews")
    assert (await kept(news)).filter == "kind:funding -kind:review"  # type: ignore[attr-defined]
    said = await news.said("/edit kinds relases")
    assert "`relases` is no kind of news. The nearest: release." in said


async def test_a_short_name_stands_wherever_a_number_does(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    await news.said("/subscribe robotics 18:00")
    assert await news.said("/edit 2 name bots") == "Saved. bots (Robotics), name: bots (before: –)."
    assert "2 · bots (Robotics) · 18:00" in await news.said("/list")
    assert "the bar is important now" in await news.save("/bar bots important")
    await news.save("/filter bots add -crypto")
    assert "-crypto" in await news.said("/filter BOTS list")
    assert "one by one" in await news.said("/missed bots each")
    assert "bots (Robotics) is posted 09:15 from now on" in await news.said("/schedule bots 09:15")
    assert "bots" in await news.said("/preview bots") + await news.said("/test bots")
    assert "stories a digest: 3" in await news.said("/edit bots stories 3")
    assert "07:45" in await news.said("/settings times bots 07:45")
    assert (await news.ask("/digest bots")).told
    assert "Robotics" in await news.said("/wish no funding") + await news.said(
        "/filter bots no funding rounds"
    )
    assert "bots" in await news.dispatcher.complete("bar", "number", "", news.call)
    assert "No longer posted here: bots (Robotics)." in await news.said("/unsubscribe bots")


@pytest.mark.parametrize(
    "name",
    [
        "2",
        "all",
        "two words",
        "x" * 33,
        "@everyone",
        "list",
        "mon",
        "important",
        "stories",
        "lunedì",
        "merge",
    ],
)
async def test_what_is_no_short_name_is_told_what_is(news: Counter, name: str) -> None:
    await news.said("/subscribe ai 10:00")
    assert "/edit 1 name papers" in await news.said(f"/edit 1 name {name}")


async def test_a_name_is_given_once(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    await news.said("/subscribe robotics 18:00")
    await news.said("/edit 1 name Wire")
    assert "is called `wire` already" in await news.said("/edit 2 name wire")
    assert "is called `robotics` already" in await news.said("/edit 1 name robotics")
    assert "name: – (before: Wire)" in await news.said("/edit wire name off")


async def test_posts_at_once_obey_the_limits_of_their_subscription(counter: Counter) -> None:
    world = counter.world
    feed_id = await world.feed("halden", garden())
    channel = await world.channel("chat")
    await world.wants(channel, "now")
    await world.settle()
    world.platform.chats.clear()
    said = await counter.said("/edit hour 1")
    assert said == "Saved. AI, posts at once an hour: 1 (before: no limit)."
    world.clock.advance(timedelta(hours=1))
    world.serve("halden", garden(), corvid(hours=0.5), larkwell(hours=0.5))
    await world.poll(feed_id)
    await world.settle("group", "publish", "deliver")
    assert len(world.platform.headlines(channel)) == 1


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/edit 1 stories 0", "/edit 1 stories 3"),
        ("/edit 1 stories many", "/edit 1 stories 3"),
        ("/edit 1 cap 999", "/edit 1 cap 2"),
        ("/edit 1 stores 3", "/edit 1 stories 3"),
        ("/edit 1 stories", "/edit 1 stories 3"),
        ("/edit 1 topic robotis", "Did you mean robotics?"),
        ("/edit 1 feeds leger", "The nearest: ledger"),
        ("/edit 7 stories 3", "a number from 1 to 1"),
    ],
)
async def test_what_is_wrong_names_what_is_right(news: Counter, typed: str, right: str) -> None:
    await news.said("/subscribe ai 10:00")
    assert right in await news.said(typed)


async def test_it_makes_no_twin(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    await news.said("/subscribe robotics 18:00")
    assert "posted here already" in await news.said("/edit 2 topic ai")


async def test_of_several_it_asks_which_and_a_button_of_before_changes_no_other(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    await news.said("/subscribe robotics 18:00")
    asked = await news.ask("/edit")
    assert list(buttons(asked)) == ["1 · AI", "2 · Robotics"]
    assert "topic: Robotics" in words_of((await news.press(buttons(asked)["2 · Robotics"])).document)
    await news.said("/subscribe chips 19:00")
    shown = await news.ask("/edit 2 stories 3")
    await news.said("/unsubscribe 1")
    assert "has changed since" in words_of((await news.press(buttons(shown)["Save"])).document)


async def test_the_panel_changes_it_where_it_stands(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    part = await news.press(buttons(await news.ask("/settings"))["Contents"])
    shown = await news.press(buttons(part)["3 stories a digest"])
    assert shown.edit
    assert "about 3 stories a day instead of 4" in words_of(shown.document)
    assert rows(shown) == [["Save", "Back"], ["‹ Settings"]]
    saved = await news.press(buttons(shown)["Save"])
    assert saved.edit
    assert (await kept(news)).size == 3  # type: ignore[attr-defined]


async def test_members_edit_nothing_and_broadcasts_get_no_buttons(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    assert "may manage this place" in await news.by(manager=False).said("/edit 1 stories 3")
    there = news.at(Place(platform="scripted", address="wide", kind=PlaceKind.BROADCAST))
    await there.said("/subscribe ai 08:00")
    assert "Saved." in await there.said("/edit stories 3")


async def test_what_the_panel_has_saved_is_said_once_with_the_choices_below(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    part = await news.press(buttons(await news.ask("/settings"))["Contents"])
    shown = await news.press(buttons(part)["3 stories a digest"])
    saved = await news.press(buttons(shown)["Save"])
    assert words_of(saved.document).startswith("Saved. AI, stories a digest: 3")
    assert "8 stories a digest" in buttons(saved)
    assert "Take that back" not in buttons(saved)


async def test_twins_of_the_configuration_may_be_edited(news: Counter) -> None:
    channel = await news.world.channel("chat")
    await news.world.wants(channel, "10:00")
    await news.world.wants(channel, "now")
    assert "stories a digest: 3" in await news.save("/edit 1 stories 3")


async def test_a_broadcast_channel_that_hides_answers_shows_a_change_first(news: Counter) -> None:
    news.world.platform.hides_calls = True
    there = news.at(Place(platform="scripted", address="wide", kind=PlaceKind.BROADCAST))
    await there.said("/subscribe ai 10:00")
    assert "Save" in buttons(await there.ask("/edit 1 stories 3"))
    assert "Save" in buttons(await there.ask("/filter add -crypto"))
