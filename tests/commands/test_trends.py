"""trending: the command over what was read."""

from dataclasses import replace

import pytest

from bot.model import Listing
from tests.commands.conftest import Counter, words_of
from tests.support.world import corvid


async def read_more(counter: Counter, title: str, outlets: int) -> None:
    for number in range(outlets):
        link = f"https://wire{number}.example/story"
        await counter.world.feed(f"wire{number}", replace(corvid(), title=title, link=link))
    await counter.world.settle()


async def test_it_names_what_is_spoken_of_with_its_articles_and_story(counter: Counter) -> None:
    await read_more(counter, "DeepSeek releases an open model that writes code", 4)
    answer = await counter.ask("/trending")
    said = words_of(answer.document)
    assert said.startswith("Trending\n7 days\n1 · DeepSeek: 4 articles, 0 before — DeepSeek releases")
    (listing,) = [block for block in answer.document.blocks if isinstance(block, Listing)]
    assert listing.items[0].link.startswith("https://wire")
    assert "DeepSeek releases" in await counter.said("/story 1")


async def test_where_no_name_rose_it_says_so(news: Counter) -> None:
    assert "In 3 days no name is spoken of more than before." in await news.said("/trending 3")


@pytest.mark.parametrize("typed", ["0", "31", "5 weeks", "month", "-1", "9999999"])
async def test_impossible_days_are_answered_with_possible_ones(news: Counter, typed: str) -> None:
    said = await news.said(f"/trending {typed}")
    assert "is no number of days from 1 to 30. For example: /trending 7" in said


@pytest.mark.parametrize("typed", ["week", "7d", "7 giorni", "1 week", "settimana", "7天"])
async def test_a_length_is_read_in_every_language_of_the_bot(news: Counter, typed: str) -> None:
    assert "In 7 days no name is spoken of more" in await news.said(f"/trending {typed}")
