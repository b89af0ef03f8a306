"""Days that a schedule leaves out, as people say it in every language of the bot."""

import pytest

from bot.errors import CallError
from bot.pipeline.timing.slots import describe, parse_schedule
from tests.pipeline.filters.test_wishes import read

BUT_SUNDAY = "mon,tue,wed,thu,fri,sat 08:00"


@pytest.mark.parametrize(
    "text",
    [
        "daily except sunday 8:00",
        "every day except on sundays at 8",
        "8:00 except sun",
        "every day but not on sunday at 8",
        "tutti i giorni tranne domenica 8:00",
        "ogni giorno alle 8 tranne la domenica",
        "täglich außer Sonntag 8 Uhr",
        "täglich außer sonntags um 8",
        "tous les jours sauf le dimanche à 8h",
        "todos los días excepto el domingo a las 8",
        "todos os dias exceto domingo às 8h",
        "日曜日以外毎日8時",
        "除周日外每天8点",
        "每天8点，除了星期日",
    ],
)
def test_one_day_is_left_out(text: str) -> None:
    assert describe(parse_schedule(text)) == BUT_SUNDAY


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("daily except saturday and sunday 9:00", "weekdays 09:00"),
        ("every day except weekends 9:00", "weekdays 09:00"),
        ("mon-fri except wed 8:00", "mon,tue,thu,fri 08:00"),
        ("weekdays except friday 8:00 18:00", "mon,tue,wed,thu 08:00 18:00"),
        ("lun-ven tranne mercoledì 8:00", "mon,tue,thu,fri 08:00"),
    ],
)
def test_several_are_left_out_of_those_that_are_named(text: str, when: str) -> None:
    assert describe(parse_schedule(text)) == when


@pytest.mark.parametrize(
    "text", ["sunday except sunday 8:00", "monthly 1st except sunday 8:00", "daily except 8:00"]
)
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(CallError):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "every day except sunday at 8"),
        ("it", "ogni giorno tranne la domenica alle 8"),
        ("de", "täglich außer Sonntag um 8"),
        ("fr", "tous les jours sauf le dimanche à 8h"),
        ("es", "todos los días excepto el domingo a las 8"),
        ("pt", "todos os dias exceto domingo às 8h"),
        ("ja", "日曜日以外は毎日8時"),
        ("zh", "除周日外每天8点"),
    ],
)
def test_a_wish_leaves_them_out_too(language: str, text: str) -> None:
    wish = read(text, language)
    assert wish.unread == ()
    assert wish.schedule is not None
    assert describe(wish.schedule) == BUT_SUNDAY


@pytest.mark.parametrize("text", ["everything except funding at 8", "robotics except crypto, daily at 8"])
def test_what_else_is_left_out_of_a_wish_stays_a_term(text: str) -> None:
    wish = read(text)
    assert wish.schedule is not None
    assert describe(wish.schedule) == "08:00"
    assert str(wish.filter).startswith("-")
