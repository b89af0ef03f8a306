"""search: by the words of entries, in what a place asked for."""

from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, Answer, Heading, Place, PlaceKind
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("/search corvid", [corvid().title]),
        ("/search RÓBOT slovenia", [garden().title]),
        ('/search "nine hours"', [larkwell().title]),
        ('/search "hours nine"', []),
        ("/search -corvid halden model", []),
        ("/search voices -flood", []),
        ("/search voices –museum", [alpine().title]),
        ("/search certificate outlet:halden", [larkwell().title]),
        ("/search certificate -outlet:halden", []),
        ("/search corvid since:2h", [corvid().title]),
        ("/search garden since:2h", []),
        ("/search corvid lang:en", [corvid().title]),
        ("/search corvid +lang:en LANG:EN", [corvid().title]),
        ("/search corvid lang:it", []),
    ],
)
async def test_what_is_typed_finds_stories(news: Counter, typed: str, found: list[str]) -> None:
    answer = await news.ask(typed)
    is_answer = isinstance(answer.document.blocks[0], Heading)
    assert (headlines(answer) if is_answer else []) == found


async def test_the_sign_of_other_searches_is_answered_with_the_right_one(news: Counter) -> None:
    assert "has a - before it: -corvid" in await news.said("/search model !corvid")


async def test_three_to_a_page_with_the_way_on_and_back(news: Counter) -> None:
    first = await news.ask("/search the since:week")
    assert len(headlines(first)) == 3
    assert words_of(first.document).startswith("Search\n4 stories · the since:week")
    second = await news.press(buttons(first)["Older ›"])
    assert len(headlines(second)) == 1
    assert second.edit
    assert set(headlines(first) + headlines(second)) == {
        one.title for one in (corvid(), larkwell(), alpine(), garden())
    }
    assert headlines(await news.press(buttons(second)["‹ Newer"])) == headlines(first)
    assert headlines(second)[0] in await news.said("/story 4")


async def test_the_option_of_its_own_says_since_when_too(news: Counter) -> None:
    call = news.call.__class__("search", {"words": "corvid", "since": "90m"}, news.person, news.place)
    assert headlines(await news.dispatcher.answer(call)) == [corvid().title]


async def test_a_card_is_led_by_an_entry_that_has_the_words(news: Counter) -> None:
    await news.world.feed("elsewhere", corvid_elsewhere())
    await news.world.settle()
    assert headlines(await news.ask("/search attic dictionaries")) == [corvid_elsewhere().title]


async def test_it_looks_in_what_the_place_asked_for(news: Counter) -> None:
    halden = (await news.world.entries())[0].feed_id
    await news.world.wants(await news.world.channel("chat"), "10:00", feed_ids=(halden,))
    assert headlines(await news.ask("/search corvid")) == [corvid().title]
    assert "Nothing in the one feed of this place has all of: vineyards." in await news.said(
        "/search vineyards"
    )
    await news.said("/subscribe robotics 08:00")
    assert headlines(await news.ask("/search vineyards")) == [garden().title]
    assert headlines(await news.at(PRIVATE).ask("/search corvid")) == [corvid().title]


async def test_feeds_of_other_servers_are_never_found(counter: Counter) -> None:
    channel = await counter.world.channel("inside", server="s1")
    await counter.world.feed("secret", corvid(), server_id=channel.server_id, private=True)
    await counter.world.settle()
    inside = counter.at(
        Place(platform="scripted", address="inside", kind=PlaceKind.GROUP, server_address="s1")
    )
    assert headlines(await inside.ask("/search corvid")) == [corvid().title]
    said = await counter.said("/search corvid outlet:secret")
    assert corvid().title not in said
    assert "No feed here is of an outlet called `secret`" in said


async def test_nothing_found_says_why_and_what_is_near(news: Counter) -> None:
    news.world.clock.advance(timedelta(days=3))
    said = await news.said("/search corvid since:2d")
    assert said.startswith(
        "Nothing here has corvid since:2d. Without since:, outlet: and lang: there is: 1 story."
    )
    assert corvid().title in said
    said = await news.said("/search corvid vineyards zeppelin")
    assert "has all of: corvid vineyards zeppelin." in said
    assert "Found by itself: corvid (1), vineyards (1)." in said


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/search", "/search needs words"),
        ("/search -corvid", "There is no word in `-corvid` to look for. For example: /search"),
        ("/search " + "🦜" * 4000, "There is no word in"),
        ("/search corvid since:lately", "does not say since when. For example: 3d"),
        ("/search corvid since:2099-01-01", "still to come"),
        ("/search corvid lang:klingonisch", "`klingonisch` is no language"),
        (
            "/search -lang:en",
            "`-lang:en` excludes nothing: lang: narrows a search, and has no sign. For example lang:en",
        ),
        ("/search corvid -since:3d", "For example since:3d"),
        ("/search corvid lang:en lang:it", "lang: may stand in a search once: leave out lang:it."),
        ("/search corvid since:3d since:week", "leave out since:week."),
        ("/search corvid since:", "There is nothing behind since: here. For example since:3d"),
        ("/search corvid lang:", "There is nothing behind lang: here. For example lang:it"),
        ("/search corvid outlet:haldn", 'The nearest: outlet:"halden"'),
        ("/search corvid outlet:", "There is nothing behind outlet: here."),
    ],
)
async def test_mistakes_are_answered_with_what_is_right(news: Counter, typed: str, right: str) -> None:
    said = await news.said(typed)
    assert right in said
    assert len(said) < 400


async def test_a_date_long_ago_is_as_far_back_as_it_looks(news: Counter) -> None:
    await news.said("/subscribe ai 08:00 Europe/Rome")
    assert headlines(await news.ask("/search corvid since:0001-01-01")) == [corvid().title]


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        'a" OR "b',
        "NEAR(corvid halden)",
        "corvid\x00",
        "'; DROP TABLE entries; --",
        "title:x^2 *",
        "\u202eabc",
    ],
)
async def test_operators_and_hostile_words_are_text(news: Counter, typed: str) -> None:
    assert "Something went wrong" not in await news.said(f"/search {typed}")
    assert headlines(await news.ask("/search corvid")) == [corvid().title]
