"""mute, unmute, lang: what somebody chooses for themselves alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.pipeline.filters.patterns import PATTERNS_MAX
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of
from tests.commands.test_panel import buttons
from tests.support.world import alpine, corvid, garden, larkwell

ALL = {one.title for one in (corvid(), larkwell(), alpine(), garden())}


async def seen(news: Counter, typed: str = "/latest 10") -> set[str]:
    return set(headlines(await news.ask(typed)))


@pytest.mark.parametrize(
    ("typed", "gone"),
    [
        ("corvid", {corvid().title}),
        ("synthetic voices", {alpine().title}),
        ("robotics", {garden().title}),
        ("ledger", {alpine().title, garden().title}),
        ("kind:incident", {larkwell().title}),
        ("/corvid|rv-9/", {corvid().title, garden().title}),
    ],
)
async def test_what_is_muted_vanishes_from_what_its_person_asks_for(
    news: Counter, typed: str, gone: set[str]
) -> None:
    news.world.platform.hides_calls = True
    await news.world.wants(await news.world.channel("chat"), "10:00")
    answer = await news.ask(f"/mute {typed}")
    assert words_of(answer.document).startswith("Muted for you: ")
    assert answer.private
    assert await seen(news) == ALL - gone
    assert await seen(news, "/digest") == ALL - gone
    assert await seen(news, "/digest 24h") == ALL - gone
    assert await seen(news.by(address="bob")) == ALL
    await news.press(buttons(answer)["Take that back"])
    assert await seen(news) == ALL


async def test_it_vanishes_from_catching_up_and_stays_in_the_channel(news: Counter) -> None:
    await news.world.wants(await news.world.channel("chat"), "10:00")
    await news.said("/mute corvid")
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    assert corvid().title in news.world.platform.chats["chat"][0].headlines
    assert await seen(news, "/catchup") == ALL - {corvid().title}
    assert await seen(news.by(address="bob"), "/catchup") == ALL


async def test_what_was_muted_is_listed_and_taken_back(news: Counter) -> None:
    for typed in ("crypto", "robotics", "elon musk", "kind:funding", "ledger"):
        await news.said(f"/mute {typed}")
        news.world.clock.advance(timedelta(seconds=1))
    assert (await news.said("/mute")).splitlines()[:6] == [
        "What you muted", "1 · crypto", "2 · Robotics", "3 · elon musk", "4 · funding rounds", "5 · from ledger",
    ]  # fmt: skip
    assert await news.said("/unmute 2") == "You see again: Robotics."
    assert await news.said("/unmute elon musk") == "You see again: elon musk."
    assert "`zeppelin` is not muted" in await news.said("/unmute zeppelin")
    assert "crypto, funding rounds, from ledger" in await news.said("/unmute all")
    assert "You have muted nothing" in await news.said("/unmute 1")


async def test_wrong_terms_name_the_nearest_right(news: Counter) -> None:
    assert "kind:release" in await news.said("/mute kind:relase")
    assert not (await news.ask("/mute /[/")).told


async def test_somebody_is_answered_in_their_language_and_the_channel_keeps_its_own(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    said = await news.said("/lang Italian")
    assert said.startswith("Ti rispondo in italiano, dove nessun altro legge.")
    assert "Che cosa" in await news.said("/list") or "Qui" in await news.said("/list")
    assert "Non c’è" in await news.said("/bogus") or "/bogus" in await news.said("/bogus")
    assert "What is posted here" in await news.by(address="bob").said("/list")
    assert (await news.world.record(await news.world.channel("chat"))).language == "en"
    assert (await news.at(PRIVATE).said("/mute")).startswith("Non hai silenziato nulla")
    assert "What is posted here" in (await news.said("/lang off")) + (await news.said("/list"))


async def test_in_groups_that_show_answers_to_all_news_keeps_the_language_and_the_words(
    news: Counter,
) -> None:
    await news.said("/subscribe ai 10:00")
    await news.said("/lang it")
    await news.said("/mute corvid")
    assert (await news.said("/latest 10")).startswith("Latest")
    assert await seen(news) == ALL
    news.world.platform.hides_calls = True
    assert corvid().title not in await seen(news)
    assert not (await news.said("/latest 10")).startswith("Latest")


async def test_what_it_does_not_speak_is_named(news: Counter) -> None:
    assert "I speak en, de" in await news.said("/lang Klingon")
    assert "Polish" not in await news.said("/lang")
    labels = buttons(await news.ask("/lang"))
    assert {"italiano", "Deutsch", "English"} <= labels.keys()
    assert "Deutsch" in words_of((await news.press(labels["Deutsch"])).document)


async def test_members_choose_as_managers_do(news: Counter) -> None:
    member = replace(news, person=replace(news.person, address="bob", manager=False))
    assert (await member.ask("/mute crypto")).told
    assert (await member.ask("/lang it")).told


async def test_patterns_are_as_few_as_in_a_filter(news: Counter) -> None:
    answers = [await news.said(f"/mute /heron{n}/") for n in range(PATTERNS_MAX + 1)]
    assert answers[0].startswith("Muted for you")
    assert "patterns" in answers[-1]
    assert len((await news.said("/mute")).splitlines()) == PATTERNS_MAX + 2


async def test_what_is_muted_is_not_offered_as_the_nearest(news: Counter) -> None:
    news.world.platform.hides_calls = True
    await news.ask("/mute ai")
    assert "What there is on AI, you muted" in await news.said("/latest")
