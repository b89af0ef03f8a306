"""What a new subscription leaves out, or may bring, is said with it; and what was ended comes back."""

from datetime import timedelta

from bot.commands.codec import data_of
from bot.commands.subscriptions import BREAKING_NEWS_CALL
from bot.model import Actions, Answer, Bar, Button
from bot.store import subscriptions
from tests.commands.conftest import PRIVATE, Counter, words_of


def button(answer: Answer, label: str) -> Button:
    keys = [key for block in answer.document.blocks if isinstance(block, Actions) for key in block.buttons]
    return next(key for key in keys if key.label == label)


async def test_breaking_news_at_once_is_important_news(counter: Counter) -> None:
    answer = await counter.press(data_of(Button("", call=BREAKING_NEWS_CALL)))
    assert "at once" in words_of(answer.document)
    async with counter.world.store.read() as tx:
        (subscription,) = await subscriptions.active(tx)
    assert subscription.bar is Bar.IMPORTANT
    assert subscription.schedule.instant


async def test_all_news_at_once_says_that_each_story_comes_by_itself(counter: Counter) -> None:
    said = await counter.said("/subscribe ai now")
    assert "Each story comes by itself, as it is told. Only important ones: /bar important" in said
    assert "by itself" not in await counter.said("/subscribe robotics 08:00")


async def test_a_source_says_what_is_left_out_of_it(counter: Counter) -> None:
    address = counter.world.serve("halden")
    said = await counter.said(f"/subscribe {address} 08:00")
    assert f"Of it only what is on AI is posted. For everything it brings: /subscribe {address} all" in said
    said = await counter.said(f"/subscribe {address} all 08:00")
    assert "only what is on" not in said


async def test_a_source_in_a_language_that_nobody_reads_says_so(counter: Counter) -> None:
    address = counter.world.serve("halden")
    document = counter.world.web.documents[address]
    counter.world.web.documents[address] = document.replace(b"<link>", b"<language>vi</language><link>")
    said = await counter.said(f"/subscribe {address} all 08:00")
    assert "It is in Vietnamese, which is not read here. So that it is told: /languages en vi" in said


async def test_an_ended_subscription_comes_back_with_all_that_was_set_of_it(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.save("/filter 1 add -robots")
    answer = await news.ask("/unsubscribe 1")
    back = button(answer, "Take that back")
    assert "-robots" not in await news.said("/list")
    news.world.clock.advance(timedelta(minutes=5))
    assert words_of((await news.press(data_of(back))).document) == "Posted here again: AI."
    assert "-robots" in await news.said("/list")
    assert "nothing to take back" in words_of((await news.press(data_of(back))).document)


async def test_nobody_brings_back_what_is_another_places_or_there_again(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    back = data_of(button(await news.ask("/unsubscribe all"), "Take that back"))
    assert "nothing to take back" in words_of((await news.at(PRIVATE).press(back)).document)
    await news.said("/subscribe ai 18:00")
    assert "AI" in await news.said("/list")
    assert "again" not in words_of((await news.press(back)).document)
