"""Taking something back, in every language of the bot; wishes that begin alike are none of it."""

import pytest

from bot.text.take_backs import is_take_back


@pytest.mark.parametrize(
    "line",
    [
        "take that back",
        "Please, forget the last wish!",
        "undo that please",
        "annulla l'ultima richiesta",
        "dimentica l’ultimo desiderio, per favore",
        "Vergiss den letzten Wunsch",
        "bitte mach das rückgängig",
        "oubliez mon dernier souhait",
        "olvida el último deseo",
        "esqueça o último desejo",
        "撤销上一个愿望",
        "最後の要望を取り消して",
    ],
)
def test_what_takes_the_last_wish_back(line: str) -> None:
    assert is_take_back(line)


@pytest.mark.parametrize(
    "line",
    [
        "forget funding rounds",
        "no more funding rounds",
        "annulla i podcast",
        "please",
        "",
        "wie vorher, nur Chips",
    ],
)
def test_what_is_a_wish_of_its_own(line: str) -> None:
    assert not is_take_back(line)
