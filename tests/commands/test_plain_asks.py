"""Plain questions in a private chat are answered as the commands that they mean."""

import pytest

from bot.model import Actions
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("2", "/story 2"),
        ("why 1?", "/why 1"),
        ("what's new in robotics?", "/latest robotics"),
        ("warum?", "/why"),
    ],
)
async def test_plain_questions_in_private_are_answered_as_their_commands(
    news: Counter, text: str, command: str
) -> None:
    private = news.at(PRIVATE)
    await private.ask("/latest")
    said = await private.said(text)
    await private.ask("/latest")
    assert said == await private.said(command)


async def test_a_number_alone_saves_nothing_and_save_with_it_does(news: Counter) -> None:
    private = news.at(PRIVATE)
    first, *_ = headlines(await private.ask("/latest"))
    assert f"Saved: {first}" in await private.said("salva la 1")


@pytest.mark.parametrize("text", ["stop", "basta", "stopp", "停止"])
async def test_stop_offers_to_end_or_to_pause(news: Counter, text: str) -> None:
    private = news.at(PRIVATE)
    assert "Nothing is posted here yet" in await private.said(text)
    await private.said("/subscribe ai 08:00")
    answer = await private.ask(text)
    assert words_of(answer.document).startswith("What is to end?")
    labels = [
        b.label for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons
    ]
    assert labels == ["Pause", "End all of it"]
    assert "1 · AI · 08:00" in await private.said("/list")


async def test_a_wish_is_no_question(news: Counter) -> None:
    private = news.at(PRIVATE)
    assert "When: 08:00" in await private.said("latest on robotics at 8")
    assert "Never: funding rounds" in await private.said("stop sending funding rounds")
