"""What somebody asks in plain words that a command answers."""

import pytest

from bot.text.plain_asks import Ask, read_ask


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("2", Ask("story", "2")),
        ("#3", Ask("story", "3")),
        ("2.", Ask("story", "2")),
        ("why?", Ask("why")),
        ("Warum?", Ask("why")),
        ("perché?", Ask("why")),
        ("pourquoi ?", Ask("why")),
        ("¿por qué?", Ask("why")),
        ("por quê?", Ask("why")),
        ("なぜ？", Ask("why")),
        ("为什么？", Ask("why")),
        ("why 2?", Ask("why", "2")),
        ("warum 3", Ask("why", "3")),
        ("save 2", Ask("save", "2")),
        ("salva la 1", Ask("save", "1")),
        ("speichere 2", Ask("save", "2")),
        ("保存2", Ask("save", "2")),
        ("stop", Ask("end")),
        ("Basta!", Ask("end")),
        ("stopp", Ask("end")),
        ("arrête", Ask("end")),
        ("停止", Ask("end")),
        ("what is new in robotics?", Ask("latest", "robotics")),
        ("What's new?", Ask("latest")),
        ("what happened today?", Ask("latest")),
        ("cosa c'è di nuovo sulla robotica?", Ask("latest", "robotica")),
        ("Was gibt es Neues bei Robotik?", Ask("latest", "robotik")),
        ("quoi de neuf sur la robotique ?", Ask("latest", "robotique")),
        ("¿Qué hay de nuevo en robótica?", Ask("latest", "robotica")),
        ("o que há de novo em robótica?", Ask("latest", "robotica")),
        ("ロボットの最新ニュースは？", Ask("latest", "ロボット")),
        ("机器人有什么新消息？", Ask("latest", "机器人")),
    ],
)
def test_questions_of_readers_are_read_in_every_language(text: str, ask: Ask) -> None:
    assert read_ask(text) == ask


@pytest.mark.parametrize(
    "text",
    [
        "",
        "200",
        "2 stories",
        "stop sending crypto",
        "why not robotics at 8",
        "news on robotics",
        "save the whales",
        "8:00",
    ],
)
def test_what_says_anything_else_is_none(text: str) -> None:
    assert read_ask(text) is None
