"""settings: the panel and its parts."""

import pytest

from bot.commands.codec import data_of
from bot.commands.panel import PARTS, ROW, ROWS_MAX
from bot.commands.registry import registry
from bot.model import Actions, Answer
from tests.commands.conftest import PRIVATE, Counter, words_of


def rows(answer: Answer) -> list[list[str]]:
    return [
        [button.label for button in block.buttons]
        for block in answer.document.blocks
        if isinstance(block, Actions)
    ]


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


async def test_the_panel_says_how_everything_is_set_and_has_a_button_for_each_part(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/quiet 22:00-07:00")
    answer = await news.ask("/settings")
    said = words_of(answer.document)
    assert said.startswith("Settings\nUTC\n1 · AI · 08:00 · next: ")
    assert "Quiet hours: 22:00-07:00" in said
    assert "Look back: –" in said
    assert "Languages: English" in said
    assert [label for row in rows(answer) for label in row] == [part.title for part in PARTS]
    assert all(len(row) <= ROW for row in rows(answer))
    assert not answer.edit


async def test_a_part_turns_the_panel_in_place_and_a_choice_sets_it(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    front = await news.ask("/settings")
    part = await news.press(buttons(front)["Quiet hours"])
    assert part.edit
    assert words_of(part.document).startswith("There are no quiet hours here.")
    chosen = await news.press(buttons(part)["22:00–07:00"])
    assert chosen.edit
    assert words_of(chosen.document).startswith("From 22:00 to 07:00 (UTC) I post nothing here")
    back = await news.press(buttons(chosen)["‹ Settings"])
    assert "Quiet hours: 22:00-07:00" in words_of(back.document)
    ended = await news.press(buttons(chosen)["no quiet hours"])
    assert words_of(ended.document).startswith("There are no quiet hours here.")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
async def test_every_part_shows_and_every_choice_is_taken(news: Counter, part: object) -> None:
    await news.said("/subscribe ai 08:00")
    front = await news.ask("/settings")
    opened = await news.press(buttons(front)[part.title])  # type: ignore[attr-defined]
    assert words_of(opened.document)
    for label, data in buttons(opened).items():
        answer = await news.press(data)
        assert answer.told, (label, words_of(answer.document))
        assert "‹ Settings" in buttons(answer) or label == "‹ Settings"


async def test_nothing_is_set_by_looking(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    before = [await news.said(f"/{name}") for name in ("list", "quiet", "recap", "languages", "status")]
    for part in PARTS:
        await news.ask(f"/settings {part.name}")
    assert before == [
        await news.said(f"/{name}") for name in ("list", "quiet", "recap", "languages", "status")
    ]


async def test_a_part_of_one_subscription_asks_which(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    asked = await news.ask("/settings times")
    assert "Of which subscription?" in words_of(asked.document)
    second = await news.press(buttons(asked)["2 · Robotics"])
    await news.press(buttons(second)["News at once"])
    said = await news.said("/list")
    assert "2 · Robotics · at once" in said
    assert "1 · AI · 08:00" in said


async def test_languages_are_added_and_taken_away_and_one_stays(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    opened = await news.ask("/settings languages")
    assert "✓ English" in buttons(opened)
    asked = await news.press(buttons(opened)["Italian"])
    assert "In the last 14 days it would have changed nothing: about 4 stories a day." in words_of(
        asked.document
    )
    assert rows(asked) == [["Save", "Back"], ["‹ Settings"]]
    italian = await news.press(buttons(asked)["Save"])
    assert italian.edit
    assert "English, Italian" in words_of(italian.document)
    asked = await news.press(buttons(italian)["✓ English"])
    assert "hardly ever a story instead of about 4 stories a day" in words_of(asked.document)
    alone = await news.press(buttons(asked)["Save"])
    assert [label for label in buttons(alone) if label.startswith("✓")] == ["✓ italiano"]
    still = await news.press(next(data for label, data in buttons(alone).items() if label.startswith("✓")))
    assert any(label.startswith("✓") for label in buttons(still))


async def test_without_a_subscription_it_says_how_to_begin(news: Counter) -> None:
    assert (await news.said("/settings")).startswith("Nothing is posted here yet.")


async def test_what_is_no_part_names_the_nearest(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "/settings quiet" in await news.said("/settings quite")


async def test_members_neither_see_nor_turn_it(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    front = await news.ask("/settings")
    data = buttons(await news.press(buttons(front)["Quiet hours"]))["22:00–07:00"]
    member = news.by(address="bob", manager=False)
    assert "ask someone who may manage this place" in await member.said("/settings")
    asked = words_of((await member.press(data)).document)
    assert "/settings quiet 22:00-07:00" in asked
    assert "Nothing has changed yet" in asked
    assert "no quiet hours" in await news.said("/quiet")


async def test_a_value_can_be_typed_behind_a_part(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "From 22:30 to 06:45" in await news.said("/settings quiet 22:30-06:45")
    assert "09:30" in await news.said("/settings times 09:30")
    await news.said("/subscribe robotics 18:00")
    assert "07:15" in await news.said("/settings times 2 07:15")
    asked = await news.ask("/settings times 10:10")
    assert "10:10" in words_of((await news.press(buttons(asked)["1 · AI"])).document)


async def test_another_place_is_set_from_a_private_chat(news: Counter) -> None:
    assert registry().by_name["settings"].spec.target is not None
    assert (await news.at(PRIVATE).ask("/settings")).told


async def test_a_panel_that_was_opened_before_one_ended_sets_no_other(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    await news.said("/subscribe chips 19:00")
    asked = await news.ask("/settings times")
    second = await news.press(buttons(asked)["2 · Robotics"])
    await news.said("/unsubscribe 1")
    for data in (buttons(second)["News at once"], buttons(asked)["2 · Robotics"]):
        assert "has changed since" in words_of((await news.press(data)).document)
    said = await news.said("/list")
    assert "1 · Robotics · 18:00" in said
    assert "2 · Chips · 19:00" in said


async def test_a_filter_typed_behind_the_panel_is_asked_about_and_saved(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    asked = await news.ask("/settings filter 2 add -crypto")
    assert "Nothing is saved yet." in words_of(asked.document)
    await news.press(buttons(asked)["Save"])
    assert "-crypto" in await news.said("/filter 2 list")
    assert "no filter" in await news.said("/filter 1 list")


async def test_the_example_is_of_the_subscription_that_the_panel_is_about(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    await news.said("/subscribe robotics 18:00")
    assert "/schedule 2 08:00 18:00" in await news.said("/settings times 2")


async def test_an_old_panel_of_languages_takes_nothing_back_that_others_set(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    old = buttons(await news.ask("/settings languages"))
    await news.save("/languages en de")
    asked = await news.press(old["Italian"])
    await news.save("/languages en")
    await news.press(buttons(asked)["Save"])
    assert (await news.world.record(await news.world.channel("chat"))).languages_read == ("en", "it")


async def test_times_and_days_are_turned_on_and_off_by_buttons(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    part = await news.press(buttons(await news.ask("/settings"))["Times"])
    assert "✓ 08:00" in buttons(part)
    assert "✓ every day" in buttons(part)
    assert len(rows(part)) <= ROWS_MAX
    part = await news.press(buttons(part)["18:00"])
    assert part.edit
    assert {"✓ 08:00", "✓ 18:00"} <= buttons(part).keys()
    part = await news.press(buttons(part)["Monday to Friday"])
    assert "Monday to Friday 08:00 18:00" in await news.said("/list")
    part = await news.press(buttons(part)["✓ 08:00"])
    part = await news.press(buttons(part)["✓ 18:00"])
    assert "Monday to Friday 18:00" in await news.said("/list"), "the last time stays"
    part = await news.press(buttons(part)["News at once"])
    part = await news.press(buttons(part)["✓ 18:00"])
    assert "1 · AI · at once" in await news.said("/list")
    assert "09:45" in await news.said("/settings times 09:45")
    assert "✓ 09:45" in buttons(await news.ask("/settings times"))


async def test_the_last_time_is_not_said_to_have_changed(news: Counter) -> None:
    await news.ask("/subscribe ai 18:00")
    assert "The last time stays" in await news.said("/settings times 1 -18:00")
    assert "18:00" in await news.said("/list")
