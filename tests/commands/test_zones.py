"""The time zone of a new place: told by its language, or asked for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.i18n import load
from bot.languages import SPOKEN
from bot.model import Actions, Answer, Button
from bot.pipeline.timing.slots import next_slot, parse_schedule
from tests.commands.conftest import PRIVATE, Counter, words_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
UNKNOWN_ZONE = "I do not know your time zone"


def buttons_of(answer: Answer) -> list[Button]:
    return [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]


@pytest.mark.parametrize(
    ("language", "zone"),
    [("it", "Europe/Rome"), ("de-AT", "Europe/Berlin"), ("ja", "Asia/Tokyo"), ("zh-hans", "Asia/Shanghai")],
)
async def test_a_language_of_one_zone_tells_it(counter: Counter, language: str, zone: str) -> None:
    answer = (
        await counter.by(language=language).at(replace(PRIVATE, language=language)).ask("/subscribe ai 08:00")
    )
    assert zone in words_of(answer.document)
    assert [b.label for b in buttons_of(answer)][1:] == []


async def test_another_is_asked_for_and_chosen_with_one_tap(counter: Counter) -> None:
    answer = await counter.at(PRIVATE).ask("/subscribe ai 08:00")
    assert UNKNOWN_ZONE in words_of(answer.document)
    (india,) = [button for button in buttons_of(answer) if button.label == "Kolkata"]
    moved = await counter.at(PRIVATE).press(india.data)
    assert "08:00 (Asia/Kolkata)" in words_of(moved.document)
    again = await counter.at(PRIVATE).ask("/subscribe robotics 09:00")
    assert UNKNOWN_ZONE not in words_of(again.document)


@pytest.mark.parametrize("text", ["/subscribe ai now", "/subscribe ai 08:00 Europe/Oslo"])
async def test_it_is_not_asked_where_it_does_not_matter_or_is_known(counter: Counter, text: str) -> None:
    assert UNKNOWN_ZONE not in await counter.at(PRIVATE).said(text)


async def test_a_zone_alone_moves_a_subscription(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "08:00 (Europe/Oslo)" in await counter.said("/schedule 1 Europe/Oslo")


def test_every_zone_of_a_lexicon_is_one() -> None:
    texts = load()
    for language in texts.languages:
        for zone in texts.for_language(language).zones:
            assert next_slot(parse_schedule("08:00"), zone, NOW)


async def test_zones_complete_what_follows_a_time(counter: Counter) -> None:
    complete = counter.dispatcher.complete
    offered = await complete("subscribe", "when", "", counter.call)
    assert offered[0] == "08:00"
    assert len(offered) == 25
    assert await complete("subscribe", "when", "08:00 europe/ro", counter.call) == ("08:00 Europe/Rome",)
    assert await complete("schedule", "when", "Asia/Tok", counter.call) == ("Asia/Tokyo",)


async def test_languages_are_completed_one_behind_the_other(counter: Counter) -> None:
    complete = counter.dispatcher.complete
    assert set(await complete("languages", "languages", "", counter.call)) == set(SPOKEN)
    assert await complete("languages", "languages", "it e", counter.call) == ("it en", "it es")


# --- a zone that would move what is posted already ---------------------------------------------------------


@pytest.mark.parametrize("typed", ["/subscribe robotics 09:00 Europe/Rome", "/schedule 2 09:00 Rome"])
async def test_a_zone_that_moves_others_is_asked_about_first(counter: Counter, typed: str) -> None:
    await counter.said("/subscribe ai 08:00")
    if typed.startswith("/schedule"):
        await counter.said("/subscribe robotics 07:00")
    answer = await counter.ask(typed)
    assert words_of(answer.document) == (
        "A place has one time zone, here UTC: with Europe/Rome this would move, too: AI (08:00). "
        "What is meant?"
    )
    only, everything = buttons_of(answer)
    assert (only.label, everything.label) == ("Only this: 08:00 (UTC)", "All in Europe/Rome")
    assert "Europe/Rome" not in await counter.said("/status")
    assert "08:00 (UTC)" not in words_of((await counter.press(everything.data)).document)
    assert "09:00" in await counter.said("/list")
    assert "(Europe/Rome)" in await counter.said("/status")


async def test_one_time_is_kept_by_the_clock_of_the_place(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    only, _ = buttons_of(await counter.ask("/subscribe chips weekdays 10:00 New York"))
    assert "Monday 2 March, 15:00 (UTC)" in words_of((await counter.press(only.data)).document)
    assert "(UTC)" in await counter.said("/status")


async def test_a_time_on_another_day_is_not_offered(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    answer = await counter.ask("/subscribe chips mon 22:00 New York")
    assert [button.label for button in buttons_of(answer)] == ["All in America/New_York"]


async def test_a_zone_that_moves_nothing_else_is_taken(counter: Counter) -> None:
    await counter.said("/subscribe ai now")
    assert "09:00 (Europe/Rome)" in await counter.said("/subscribe robotics 09:00 Rome")
    assert "10:00 (Europe/Rome)" in await counter.said("/subscribe chips 10:00 Rome")


async def test_a_new_time_says_what_it_was_and_can_be_taken_back(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    answer = await counter.ask("/schedule weekdays 18:30")
    assert "Until now: 08:00" in words_of(answer.document)
    before = next(button for button in buttons_of(answer) if button.label == "As before")
    assert "AI is posted 08:00 from now on." in words_of((await counter.press(before.data)).document)
    assert "Until now" not in await counter.said("/schedule 08:00")


async def test_a_new_zone_can_be_taken_back_for_all(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00 Europe/Rome")
    await counter.said("/subscribe chips 10:00")
    answer = await counter.ask("/schedule 1 Asia/Tokyo")
    assert "Until now: 08:00 (Europe/Rome)" in words_of(answer.document)
    before = next(button for button in buttons_of(answer) if button.label == "As before")
    assert "(Europe/Rome)" in words_of((await counter.press(before.data)).document)
