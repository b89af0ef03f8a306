"""look: how posts look, shown as a post before it is saved."""

from datetime import timedelta

import pytest

from bot.model import Length, Look, PostButtons
from tests.commands.conftest import Counter, words_of
from tests.commands.test_panel import buttons, rows
from tests.support.world import corvid


async def kept(news: Counter) -> Look:
    return (await news.world.record(await news.world.channel("chat"))).look


async def wants(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")


async def test_it_shows_how_posts_look(news: Counter) -> None:
    await wants(news)
    assert (await news.said("/look")).splitlines() == [
        "The look of posts",
        "length: as usual",
        "line above: –",
        "line below: –",
        "hashtags: off",
        "counts: on",
        "pictures: off",
        "previews of single stories: off",
        "buttons: all",
        "To change it: /look length short, /look footer Our chat: #talk, /look buttons links",
    ]


async def test_a_length_is_shown_as_a_post_saved_obeyed_and_taken_back(news: Counter) -> None:
    await wants(news)
    shown = await news.ask("/look length headline")
    assert words_of(shown.document).splitlines() == [
        "length",
        "headlines alone",
        "Below, the next digest as it would look.",
        "Nothing is saved yet.",
    ]
    assert [story["text"] for story in shown.sample[0]["stories"]] == [""] * 4
    assert await kept(news) == Look()
    saved = await news.press(buttons(shown)["Save"])
    assert words_of(saved.document) == "Saved. length: headlines alone (before: as usual)"
    assert await kept(news) == Look(length=Length.HEADLINE)
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    (posted,) = news.world.platform.chats["chat"]
    assert [story["text"] for story in posted.payload["stories"]] == [""] * 4
    await news.press(buttons(saved)["Take that back"])
    assert await kept(news) == Look()


async def test_lines_counts_and_buttons(news: Counter) -> None:
    await wants(news)
    usual = (await news.ask("/test")).sample[0]
    assert all(story["more"] for story in usual["stories"])
    await news.save("/look header AI at noon")
    await news.save("/look buttons none")
    shown = (await news.ask("/test")).sample[0]
    assert shown["said"][0] == "AI at noon"
    assert not any(story["more"] for story in shown["stories"])
    await news.save("/look buttons links")
    assert all(story["more"] for story in (await news.ask("/test")).sample[0]["stories"])
    await news.save("/look header off")
    assert await kept(news) == Look(buttons=PostButtons.LINKS)
    said = await news.said("/preview")
    assert "from 4 entries" in said
    await news.save("/look counts off")
    assert "from 4 entries" not in await news.said("/preview")


async def test_where_nothing_is_new_it_is_shown_by_what_was_told(news: Counter) -> None:
    await wants(news)
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    assert len((await news.ask("/look hashtags on")).sample[0]["stories"]) == 4


async def test_news_at_once_has_no_digest_to_be_shown_by(news: Counter) -> None:
    await news.said("/subscribe ai now")
    shown = await news.ask("/look pictures on")
    assert "There is no digest to show it by." in words_of(shown.document)
    assert shown.sample == ()


async def test_the_panel_shows_and_saves_it_where_it_stands(news: Counter) -> None:
    await wants(news)
    part = await news.press(buttons(await news.ask("/settings"))["Look"])
    assert "length: as usual" in words_of(part.document)
    shown = await news.press(buttons(part)["headlines alone"])
    assert shown.edit
    assert shown.sample
    assert rows(shown) == [["Save", "Back"], ["‹ Settings"]]
    saved = await news.press(buttons(shown)["Save"])
    assert saved.edit
    assert (await kept(news)).length is Length.HEADLINE


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/look lenght short", "/look length short"),
        ("/look length huge", "/look length short"),
        ("/look buttons perhaps", "/look buttons links"),
        ("/look header", "/look header AI at noon"),
        (f"/look footer {'x' * 201}", "at most 200 characters"),
    ],
)
async def test_what_is_wrong_names_what_is_right(news: Counter, typed: str, right: str) -> None:
    await wants(news)
    assert right in await news.said(typed)
    assert await kept(news) == Look()


async def test_members_change_no_look_and_answers_keep_their_buttons(news: Counter) -> None:
    await wants(news)
    assert "may manage this place" in await news.by(manager=False).said("/look counts off")
    await news.save("/look buttons none")
    assert corvid().title in await news.said("/latest")
    assert (await news.ask("/latest")).document.blocks[1].more is not None  # type: ignore[union-attr]


async def test_it_takes_the_values_that_it_shows(news: Counter) -> None:
    await wants(news)
    assert "Save" in buttons(await news.ask("/look buttons only the way to the sources"))
    assert "Save" in buttons(await news.ask("/look length a short paragraph"))
    await news.ask("/lang it")
    shown = await news.ask("/look hashtag sì")
    assert "Salva" in buttons(shown)


async def test_a_feature_without_a_value_is_asked_for_one(news: Counter) -> None:
    await news.ask("/subscribe ai 08:00")
    assert "Say to what. For example /look length short" in await news.said("/look length")
