"""privacy, forget_me: what is kept about somebody, and its end."""

from bot.commands.codec import data_of
from bot.model import Actions, Answer
from bot.store.schema import catch_ups, saved_stories, seen_lists
from tests.commands.conftest import Counter, words_of


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


async def keep_something(counter: Counter) -> None:
    await counter.said("/subscribe ai 10:00")
    await counter.ask("/latest")
    await counter.said("/save 1")
    await counter.said("/catchup")


async def test_it_says_what_is_kept(news: Counter) -> None:
    await keep_something(news)
    said = await news.said("/privacy")
    assert "1 story that you saved" in said
    assert "until when you caught up with 1 place" in said


async def test_it_is_forgotten_once_that_is_confirmed_and_nothing_of_others(news: Counter) -> None:
    bob = news.by(address="bob")
    await keep_something(news)
    await keep_something(bob)
    asked = await news.press(buttons(await news.ask("/privacy"))["Forget all that"])
    assert "Shall I forget 1 story" in words_of(asked.document)
    assert await news.world.count(saved_stories) == 2
    assert "Shall I forget 1 story" in await news.said("/forget_me")
    done = await news.press(buttons(asked)["Yes, forget it"])
    assert words_of(done.document).startswith("Forgotten.")
    for table in (saved_stories, catch_ups, seen_lists):
        assert {row.person for row in await news.world.rows(table)} == {"bob"}


async def test_a_link_forgets_nothing(news: Counter) -> None:
    await keep_something(news)
    data = buttons(await news.ask("/forget_me"))["Yes, forget it"]
    bob = news.by(address="bob")
    await keep_something(bob)
    assert "Nothing has changed yet" in words_of((await bob.press(data)).document)
    assert await news.world.count(saved_stories) == 2
