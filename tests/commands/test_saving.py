"""save, saved, unsave: what people keep for themselves."""

from datetime import timedelta

from bot.commands import saving
from bot.commands.codec import data_of
from bot.model import Actions, Answer
from bot.store import readers
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import corvid


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


async def test_a_story_of_the_last_list_is_kept_and_named_with_the_way_to_it(news: Counter) -> None:
    await news.ask("/latest corvid")
    assert await news.said("/save 1") == f"Saved: {corvid().title}"
    said = await news.said("/saved")
    assert said.startswith("What you saved\n1 story\n1 · " + corvid().title)
    assert "/unsave and its number takes one out." in said


async def test_it_is_kept_once(news: Counter) -> None:
    await news.ask("/latest corvid")
    await news.said("/save 1")
    assert (await news.said("/save 1")).startswith("You have that already: ")
    assert (await news.said("/saved")).startswith("What you saved\n1 story\n")


async def test_the_button_under_a_story_saves_it_and_takes_it_out_again(news: Counter) -> None:
    await news.ask("/latest corvid")
    kept = await news.press(buttons(await news.ask("/story 1"))["Save"])
    assert words_of(kept.document).startswith("Saved: ")
    assert words_of((await news.press(buttons(kept)["Take it out"])).document).startswith("Taken out: ")
    assert "You have saved nothing yet" in await news.said("/saved")
    gone = await news.press(buttons(kept)["Take it out"])
    assert "You have saved nothing yet" in words_of(gone.document)


async def test_what_one_person_keeps_nobody_else_sees(news: Counter) -> None:
    await news.ask("/latest corvid")
    await news.said("/save 1")
    assert "You have saved nothing yet" in await news.by(address="bob").said("/saved")
    assert corvid().title in await news.at(PRIVATE).said("/saved")
    assert all(not command.spec.public for command in (saving.save, saving.saved, saving.unsave))


async def test_anothers_button_asks_before_it_saves_anything(news: Counter) -> None:
    await news.ask("/latest corvid")
    data = buttons(await news.ask("/story 1"))["Save"]
    bob = news.by(address="bob")
    assert "Nothing has changed yet" in words_of((await bob.press(data)).document)
    assert "You have saved nothing yet" in await bob.said("/saved")


async def test_it_is_named_as_it_was_although_the_story_is_gone_from_view(news: Counter) -> None:
    await news.ask("/latest corvid")
    await news.said("/save 1")
    news.world.clock.advance(timedelta(days=400))
    assert corvid().title in await news.said("/saved")


async def test_ten_to_a_page_and_numbers_go_on(news: Counter) -> None:
    async with news.world.store.write() as tx:
        for number in range(1, 13):
            saved_at = news.world.clock() + timedelta(minutes=number)
            story = saving.SavedStory(
                story_id=1000 + number,
                headline=f"Headline {number}",
                link="https://example.org/a",
                outlet="Example Wire",
                saved_at=saved_at,
            )
            assert await readers.save_story(tx, news.person, story)
    first = await news.ask("/saved")
    assert "1 · Headline 12" in words_of(first.document)
    second = await news.press(buttons(first)["Older ›"])
    assert second.edit
    assert "12 · Headline 1 —" in words_of(second.document)
    assert "Taken out: Headline 1" in await news.said("/unsave 12")
    assert "Taken out: 11 stories." in await news.said("/unsave all")


async def test_what_is_no_number_says_which_there_are(news: Counter) -> None:
    await news.ask("/latest corvid")
    assert "Give its number in the last list" in await news.said("/save everything")
    await news.said("/save 1")
    for typed in ("/unsave 2", "/unsave 0", "/unsave corvid", "/unsave ²"):
        assert "a number from 1 to 1, as /saved shows them, or all" in await news.said(typed)


async def test_nobody_keeps_more_than_is_held(news: Counter) -> None:
    async with news.world.store.write() as tx:
        for number in range(saving.SAVED_MAX):
            story = saving.SavedStory(
                story_id=1000 + number, headline="H", link="", outlet="", saved_at=news.world.clock()
            )
            await readers.save_story(tx, news.person, story)
    await news.ask("/latest corvid")
    assert "You keep 200 stories already" in await news.said("/save 1")


async def test_what_was_saved_completes_what_is_taken_out(news: Counter) -> None:
    await news.said("/latest")
    await news.said("/save 1")
    assert await news.dispatcher.complete("unsave", "number", "", news.call) == ("1", "all")
