"""catchup: what a place was told since somebody last asked."""

from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, Answer
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import corvid, larkwell

HOUR = timedelta(hours=1)


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


@pytest.fixture
async def told(news: Counter) -> Counter:
    """A place that was told the news in a digest, an hour ago."""
    await news.said("/subscribe ai 10:00")
    news.world.clock.advance(HOUR)
    await news.world.settle()
    news.world.clock.advance(HOUR)
    return news


async def test_it_tells_what_was_posted_once_and_then_only_what_is_new(told: Counter) -> None:
    answer = await told.ask("/catchup")
    assert {corvid().title, larkwell().title} <= {*headlines(answer)}
    said = words_of(answer.document)
    assert said.startswith("Catching up\n")
    assert "stories since Sunday" in said
    again = await told.ask("/catchup")
    assert words_of(again.document).startswith("Nothing was posted here since ")
    week = await told.press(buttons(again)["The last week"])
    assert headlines(week) == headlines(answer)


async def test_each_person_has_their_own_way(told: Counter) -> None:
    first = headlines(await told.ask("/catchup"))
    assert headlines(await told.by(address="bob").ask("/catchup")) == first


async def test_numbers_go_on_from_it(told: Counter) -> None:
    first = headlines(await told.ask("/catchup"))
    assert first[1] in await told.said("/story 2")


async def test_a_moment_says_since_when(told: Counter) -> None:
    assert (await told.said("/catchup 30m")).startswith("Nothing was posted here since ")
    assert headlines(await told.ask("/catchup 3h"))
    assert "`someday` does not say since when. For example: 3d" in await told.said("/catchup someday")


async def test_nothing_told_before_is_told_again_or_moved_by_it(told: Counter) -> None:
    before = await told.said("/status")
    await told.ask("/catchup week")
    assert await told.said("/status") == before


async def test_where_nothing_was_posted_it_says_so(news: Counter) -> None:
    assert (await news.said("/catchup")).startswith("Nothing was posted here since ")
