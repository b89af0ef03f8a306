"""why: the path of one entry in a few lines, as this place may see it."""

from datetime import timedelta

import pytest

from bot.languages import SPOKEN
from bot.model import Place, PlaceKind, ToldMark
from bot.store import server_dedup, subscriptions
from tests.commands.conftest import Counter
from tests.support.world import corvid, corvid_elsewhere, garden, larkwell

HOUR = timedelta(hours=1)


async def digest(news: Counter, hours: float = 1.1) -> None:
    news.world.clock.advance(timedelta(hours=hours))
    await news.world.settle()


async def wanted(news: Counter, when: str = "10:00", **subscription: object) -> int:
    return await news.world.wants(await news.world.channel("chat"), when, **subscription)


async def test_a_told_story_is_traced_from_its_feed_to_its_digest(news: Counter) -> None:
    await wanted(news)
    await digest(news)
    said = (await news.said("/why https://halden.example/corvid")).splitlines()
    assert said[0] == corvid().title
    assert said[1].startswith("Read from halden on Monday 2 March, 09:0")
    assert said[2] == "About AI: the feed is only about AI (1.00 is enough)."
    assert said[3] == "A story of its own: nothing else here tells the same."
    assert said[4] == "AI: told in the digest of Monday 2 March, 10:00."
    assert said[5].startswith("Score ")
    assert "1 outlet 1.00" in said[5]


async def test_the_number_of_the_last_digest_means_its_story(news: Counter) -> None:
    await wanted(news)
    await digest(news)
    first = news.world.platform.headlines(await news.world.channel("chat"))[0]
    assert (await news.said("/why 1")).splitlines()[0] == first
    assert await news.dispatcher.complete("why", "what", "", news.call) == ("1", "2", "3", "4")


@pytest.mark.parametrize(
    "spelling",
    [
        "halden.example/corvid",
        "https://www.halden.example/corvid?utm_source=chat",
        "http://halden.example/corvid/#top",
    ],
)
async def test_a_link_is_known_in_every_spelling(news: Counter, spelling: str) -> None:
    assert (await news.said(f"/why {spelling}")).startswith(corvid().title)


async def test_before_a_digest_the_next_one_is_named(news: Counter) -> None:
    await wanted(news)
    said = await news.said("/why halden.example/corvid")
    assert "AI: no digest has seen it yet; next: Monday 2 March, 10:00." in said


async def test_a_story_older_than_the_subscription_is_promised_to_no_digest(news: Counter) -> None:
    news.world.clock.advance(timedelta(days=1, hours=1))
    await news.ask("/subscribe ai 10:00")
    said = await news.said("/why halden.example/corvid")
    assert "AI: it is older than this subscription." in said
    assert "no digest has seen it yet" not in said


async def test_what_did_not_fit_and_what_is_below_the_bar_say_so(news: Counter) -> None:
    await wanted(news, size=1)
    await digest(news)
    said = [await news.said(f"/why {link}") for link in ("halden.example/corvid", "halden.example/larkwell")]
    assert sum("named below the digest of Monday 2 March, 10:00" in one for one in said) >= 1
    await wanted(news, "12:00", topic="all", bar="notable")
    await news.world.feed(
        "third",
        larkwell(
            slug="other",
            title="Brunvik chatbot speaks old Norse in its sleep",
            text="the rooster and the hen of the yard " * 12,
        ),
    )
    await digest(news, 2)
    said = await news.said("/why third.example/other")
    assert (
        "everything: left out of the digest of Monday 2 March, 12:00: it weighs 1.00, and notable begins at 1.30."
        in said
    )


async def test_a_repeat_says_that_nothing_is_new(news: Counter) -> None:
    await wanted(news, "10:00 12:00")
    await digest(news)
    await news.world.feed("elsewhere", corvid_elsewhere(hours=-1.5))
    await digest(news, 2)
    said = await news.said("/why elsewhere.example/corvid-3")
    assert "One story with one other entry: they share rare words: " in said
    assert (
        "left out of the digest of Monday 2 March, 12:00: told here before, and since then nothing was decided"
        in said
    )
    assert "this one began it." in await news.said("/why halden.example/corvid")


async def test_an_entry_off_the_topic_shows_the_number(news: Counter) -> None:
    await news.world.feed(
        "kitchen", garden(title="A soup of leeks", text="Cut the leeks and wait. " * 9), ai_only=False
    )
    await news.world.settle()
    await wanted(news)
    said = await news.said("/why kitchen.example/garden")
    assert "Not about AI: no word or name of the topic, 0.00 (1.00 is needed)." in said
    assert "AI: it is not on the topic." in said


async def test_news_at_once_says_which_rule_kept_it_back(news: Counter) -> None:
    await wanted(news, "now 23:00")
    assert "not at once: its feed held it already" in await news.said("/why halden.example/corvid")
    news.world.serve(
        "halden", corvid(), larkwell(slug="new", title="Brunvik sleeps", text=garden().text[::-1], hours=-1.5)
    )
    await digest(news, 2)
    assert "and 1 of 3 outlets within three hours" in await news.said("/why halden.example/new")


async def test_news_at_once_that_another_channel_of_the_server_was_told_says_so(news: Counter) -> None:
    await wanted(news, "now")
    here = await news.world.channel("chat")
    other = await news.world.channel("other", server="chat")
    assert other.server_id == here.server_id
    async with news.world.store.write() as tx:
        await server_dedup.set_dedup(tx, here.server_id, once=True)
        await subscriptions.store_marks(
            tx,
            other.id,
            [ToldMark(story_id=1, told_at=news.world.clock(), entry_ids=frozenset({1}), said="said")],
        )
    (entry,) = [e for e in await news.world.entries() if e.story_id == 1]
    assert "AI: another channel of this server was told (/once)." in await news.said(f"/why {entry.link}")


async def test_changed_rules_are_mentioned(news: Counter) -> None:
    await wanted(news)
    await digest(news)
    assert "have changed since" not in await news.said("/why 1")
    news.world.ctx.book.learn(["Brunvik"])
    assert "have changed since" in await news.said("/why 1")


async def test_the_private_feeds_of_others_never_show(news: Counter) -> None:
    mine = await news.world.channel("mine", server="guild")
    await news.world.feed("secret", corvid_elsewhere(), server_id=mine.server_id)
    await news.world.settle()
    refused = await news.said("/why secret.example/corvid-3")
    assert "No feed of this place has brought" in refused
    shared = await news.said("/why halden.example/corvid")
    assert "A story of its own" in shared
    assert "secret" not in shared
    there = news.at(Place(platform="scripted", address="mine", kind=PlaceKind.GROUP, server_address="guild"))
    assert "One story with one other entry" in await there.said("/why secret.example/corvid-3")


async def test_an_unknown_link_or_number_is_answered(news: Counter) -> None:
    assert "No feed of this place has brought `nowhere.example/x`" in await news.said(
        "/why nowhere.example/x"
    )
    assert "There is no story 99 here" in await news.said("/why 99")
    assert "is not a story's number" in await news.said("/why me")
    assert "Which story? Give its number in the last list, for example /why 1" in await news.said("/why")


async def test_a_password_in_a_link_is_not_said_again(news: Counter) -> None:
    assert "hunter2" not in await news.said("/why https://ann:hunter2@nowhere.example/x")


@pytest.mark.parametrize("language", SPOKEN[1:])
async def test_it_is_said_in_every_language(news: Counter, language: str) -> None:
    await news.world.channel("other", language=language)
    await news.world.wants(await news.world.channel("other"), "now 10:00")
    await digest(news)
    there = news.at(Place(platform="scripted", address="other", kind=PlaceKind.GROUP))
    said = await there.said("/why 1")
    assert len(said.splitlines()) >= 6
    assert "{" not in said


async def test_what_is_no_number_is_answered_with_the_command_that_was_given(news: Counter) -> None:
    assert "for example /why 1." in await news.said("/why banana")
    assert "for example /story 1." in await news.said("/story banana")
