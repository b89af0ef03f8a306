"""quiet and missed: a place's habits."""

from datetime import time

import pytest

from bot.model import MissedPolicy, Quiet
from tests.commands.conftest import Counter
from tests.commands.test_panel import buttons


async def test_quiet_hours_are_set_shown_and_taken_away(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "no quiet hours" in await news.said("/quiet")
    assert "From 22:00 to 07:00" in await news.said("/quiet 22:00-07:00")
    channel = await news.world.record(await news.world.channel("chat"))
    assert channel.quiet == Quiet(time(22), time(7))
    assert "without a sound" in await news.said("/quiet 22:00-07:00 silent")
    assert "without a sound" in await news.said("/quiet")
    assert "no quiet hours" in await news.said("/quiet off")


async def test_quiet_hours_need_a_place_that_is_posted_to(news: Counter) -> None:
    assert "Nothing is posted here yet" in await news.said("/quiet 22:00-07:00")


async def test_wrong_quiet_hours_are_told_what_is_right(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "/quiet 22:00-07:00 silent" in await news.said("/quiet at night")


@pytest.mark.parametrize("typed", ["/missed skip", "/missed 1 skip", "/missed #1 SKIP"])
async def test_what_becomes_of_missed_digests_is_set(news: Counter, typed: str) -> None:
    await news.said("/subscribe ai 08:00")
    assert "come as one" in await news.said("/missed")
    assert "left out" in await news.said(typed)
    assert (await news.world.subscription(1)).missed is MissedPolicy.SKIP
    assert "left out" in await news.said("/missed 1")
    assert "one by one" in await news.said("/missed 1 each")


async def test_what_is_no_policy_is_told_what_is(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "/missed 1 merge" in await news.said("/missed merg")


async def test_the_languages_of_a_place_are_set_and_the_bot_speaks_the_first(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "Read here: English." in await news.said("/languages")
    assert "italiano, inglese" in await news.save("/languages it en")
    channel = await news.world.record(await news.world.channel("chat"))
    assert (channel.languages, channel.language) == (("it", "en"), "it")


async def test_a_language_that_the_bot_does_not_speak_may_be_read(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "Read here: Polish, English." in await news.save("/languages pl en")
    channel = await news.world.record(await news.world.channel("chat"))
    assert (channel.languages_read, channel.language) == (("pl", "en"), "en")


async def test_what_is_no_language_is_told_what_is(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "/languages it en" in await news.said("/languages xx")


async def test_status_tells_the_digest_of_a_quiet_night_for_its_end(news: Counter) -> None:
    await news.said("/subscribe ai 23:30")
    await news.said("/quiet 22:00-07:00")
    assert "07:00 (UTC)" in await news.said("/status")
    await news.said("/quiet 22:00-07:00 silent")
    assert "23:30 (UTC)" in await news.said("/status")


async def test_a_look_back_is_set_shown_and_taken_away(news: Counter) -> None:
    assert "Nothing is posted here yet" in await news.said("/recap sun 18:00")
    await news.said("/subscribe ai 08:00")
    assert "no look back" in await news.said("/recap")
    assert "Sunday 8 March, 18:00" in await news.said("/recap sun 18:00")
    assert "Sunday 8 March, 18:00" in await news.said("/recap")
    assert "Saturday 7 March, 09:00" in await news.said("/recap sat 9")
    assert "2 ·" not in await news.said("/list")
    assert "no look back" in await news.said("/recap off")


async def test_a_look_back_needs_a_time(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "/recap sun 18:00" in await news.said("/recap now")


async def test_a_server_may_be_told_once(news: Counter) -> None:
    assert "Nothing is posted here yet" in await news.said("/once server")
    await news.said("/subscribe ai 08:00")
    assert "Each channel is told every story" in await news.said("/once")
    assert "told once in this server" in await news.said("/once server")
    assert "told once in this server" in await news.said("/once")
    assert "Each channel is told every story" in await news.said("/once channel")
    assert "in the whole server, in each channel" in await news.said("/once serve")


async def test_news_that_may_wake_is_said(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "only breaking news of the level “important”" in await news.said("/quiet 22:00-07:00 important")
    assert "only breaking news of the level “important”" in await news.said("/quiet")
    assert "either silent or biggest" in await news.said("/quiet 22-7 silent biggest")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("English", ("en",)),
        ("tedesco, English", ("de", "en")),
        ("zh-CN en", ("zh", "en")),
        ("日本語 it", ("ja", "it")),
    ],
)
async def test_languages_are_known_by_their_names(news: Counter, typed: str, read: tuple[str, ...]) -> None:
    await news.said("/subscribe ai 08:00")
    answer = await news.ask(f"/languages {typed}")
    if read != ("en",):
        answer = await news.press(buttons(answer)["Save"])
    assert answer.told
    assert (await news.world.record(await news.world.channel("chat"))).languages_read == read


@pytest.mark.parametrize("day", ["Sonntag", "domenica", "sunday"])
async def test_a_look_back_on_a_day_comes_in_the_evening(counter: Counter, day: str) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "Sunday 8 March, 18:00" in await counter.said(f"/recap {day}")
    assert "There is no look back here" in await counter.said("/recap aus")
