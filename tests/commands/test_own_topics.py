"""topic: a server's own topics, which no other server sees."""

from datetime import timedelta

import pytest

from bot.model import Place, PlaceKind
from bot.store import own_topics, subscriptions
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import corvid, garden, larkwell

ELSEWHERE = Place(platform="scripted", address="far", kind=PlaceKind.GROUP)
ADD = '/topic add machines robot "language model" -chatbot'


async def here(news: Counter) -> None:
    await news.world.channel("chat")


async def test_a_topic_is_made_tested_listed_and_removed(news: Counter) -> None:
    await here(news)
    assert "no topics of its own yet" in await news.said("/topic")
    said = await news.said(ADD)
    assert said.startswith('Saved. machines: robot "language model" -chatbot')
    assert "Of the last entries it keeps 2 and leaves out 2." in said
    assert "For a digest: /subscribe machines 08:00" in said
    said = await news.said("/topic test machines")
    assert f"{larkwell().title} · -chatbot" in said
    assert f"{garden().title} · robot" in said
    assert 'machines: robot "language model" -chatbot' in await news.said("/topic list")
    assert "machines: robot" in await news.said("/topics")
    assert "There is no topic machines any more." in await news.said("/topic remove MACHINES")
    assert "There is no topic `machines` here." in await news.said("/topic remove machines")


async def test_terms_that_nobody_has_saved_are_tested(news: Counter) -> None:
    await here(news)
    assert "it keeps 1 and leaves out 3" in await news.said("/topic test anything corvid")
    assert "machines" not in await news.said("/topic list")


async def test_subscribe_and_latest_take_it(news: Counter) -> None:
    await here(news)
    await news.ask(ADD)
    assert sorted(headlines(await news.ask("/latest machines"))) == sorted([corvid().title, garden().title])
    assert "Subscribed to machines: 10:00." in await news.said("/subscribe machines 10:00")
    assert "posted here already" in await news.said("/subscribe Machines 11:00")
    assert "1 · machines · 10:00" in await news.said("/list")
    shown_ahead = await news.ask("/preview")
    assert sorted(headlines(shown_ahead)) == sorted([corvid().title, garden().title])
    assert "machines" in words_of(shown_ahead.document)
    said = await news.said("/why https://halden.example/larkwell")
    assert "machines: it is not on this topic of your own, by its term -chatbot (/topic)." in said
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    (shown,) = news.world.platform.chats["chat"]
    assert sorted(shown.headlines) == sorted([corvid().title, garden().title])
    assert "Left out by the filter" not in " ".join(shown.payload["said"])


async def test_what_is_edited_holds_for_its_subscriptions(news: Counter) -> None:
    await here(news)
    await news.ask(ADD)
    await news.ask("/subscribe machines 10:00")
    said = await news.said("/topic edit machines corvid")
    assert said.startswith("Saved. machines: corvid")
    assert "One subscription follows it." in said
    assert headlines(await news.ask("/preview")) == [corvid().title]
    assert "end them first" in await news.said("/topic remove machines")
    await news.ask("/unsubscribe machines")
    assert "There is no topic machines any more." in await news.said("/topic remove machines")


async def test_a_subscription_to_it_has_a_filter_of_its_own_beside(news: Counter) -> None:
    await here(news)
    await news.ask(ADD)
    await news.ask("/subscribe machines 10:00")
    async with news.world.ctx.store.write() as tx:
        await subscriptions.set_filter(tx, 1, "-robot")
    assert headlines(await news.ask("/preview")) == [corvid().title]
    assert (await news.world.subscription(1)).topic_terms == 'robot "language model" -chatbot'


async def test_no_other_server_sees_it(news: Counter) -> None:
    await here(news)
    await news.ask(ADD)
    await news.world.channel("far")
    other = news.at(ELSEWHERE)
    for typed in (
        "/topic list",
        "/topic test machines",
        "/topics",
        "/latest machines",
        "/subscribe machines 08:00",
    ):
        said = await other.said(typed)
        assert "-chatbot" not in said, typed
        assert "Subscribed" not in said
    for command, option in (("topic", "name"), ("subscribe", "what"), ("latest", "topic")):
        assert "machines" not in await other.dispatcher.complete(command, option, "", other.call)
        assert "machines" in await news.dispatcher.complete(command, option, "", news.call)
    assert "Saved." in await other.said("/topic add machines zeppelin")
    assert 'machines: robot "language model" -chatbot' in await news.said("/topic list")


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/topic add two-words", "Say what to look for"),
        ("/topic add <b>x</b> robot", "for example b-x-b"),
        ("/topic add 12 robot", "for example voices"),
        ("/topic add robotics robot", "means something already. Take another name, for example my-robotics"),
        ("/topic add Robotica robot", "for example my-robotica"),
        ("/topic add now robot", "for example my-now"),
        ("/topic add montag robot", "for example my-montag"),
        ("/topic add voices -film", "not only what is not: for example deepfake -film"),
        ("/topic add voices /(film/", "opened and not closed"),
        ("/topic add " + "x" * 40 + " robot", "at most 32 letters"),
        ("/topic add", "Which one? A name of one word, for example /topic add voices"),
        ("/topic voices deepfake", "/topic add voices deepfake"),
        ("/topic edit machine robot", "Did you mean machines?"),
        ("/topic add machines robot", "To change it: /topic edit machines TERMS"),
    ],
)
async def test_a_mistake_is_answered_with_what_is_right(news: Counter, typed: str, right: str) -> None:
    await here(news)
    await news.ask(ADD)
    assert right in await news.said(typed)


async def test_a_server_has_so_many_and_no_more(news: Counter) -> None:
    await here(news)
    for number in range(20):
        assert "Saved." in await news.said(f"/topic add voices{number} robot")
    assert "at most 20 topics of its own" in await news.said("/topic add voices20 robot")


async def test_all_takes_what_is_not_about_ai(news: Counter) -> None:
    await here(news)
    assert "Saved. wide: all robot" in await news.said("/topic add wide all robot")
    await news.ask("/subscribe wide 10:00")
    assert (await news.world.subscription(1)).topic == "all"


async def test_only_who_manages_the_place_may(news: Counter) -> None:
    await here(news)
    assert "Saved." not in await news.by(manager=False).said(ADD)


async def test_topics_of_a_made_up_server_go_over_to_the_real_one(news: Counter) -> None:
    await here(news)
    await news.ask(ADD)
    await news.world.channel("far")
    await news.at(ELSEWHERE).ask("/topic add ships zeppelin")
    async with news.world.ctx.store.write() as tx:
        await own_topics.hand_over(tx, 2, 1)
        assert [topic.name for topic in await own_topics.of_server(tx, 1)] == ["machines", "ships"]
        assert await own_topics.of_server(tx, 2) == []
