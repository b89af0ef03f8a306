"""Time zones as people name them."""

import pytest

from bot.errors import CallError
from bot.pipeline.timing.slots import parse_schedule
from bot.pipeline.timing.zones import take_zone


@pytest.mark.parametrize(
    ("typed", "zone", "rest"),
    [
        ("08:00 Europe/Rome", "Europe/Rome", "08:00"),
        ("08:00 europe/rome", "Europe/Rome", "08:00"),
        ("Rome 08:00", "Europe/Rome", "08:00"),
        ("08:00 Roma", "Europe/Rome", "08:00"),
        ("lunedì 9, Londra", "Europe/London", "lunedì 9,"),
        ("08:00 New York", "America/New_York", "08:00"),
        ("08:00 (São Paulo)", "America/Sao_Paulo", "08:00"),
        ("ローマ 8時", "Europe/Rome", "8時"),
        ("08:00 UTC", "UTC", "08:00"),
        ("08:00 CET", "Europe/Brussels", "08:00"),
        ("08:00 EST", "America/New_York", "08:00"),
        ("08:00 GMT+2", "Etc/GMT-2", "08:00"),
        ("UTC-5 9", "Etc/GMT+5", "9"),
        ("weekdays 08:00", "", "weekdays 08:00"),
        ("now", "", "now"),
        ("mon,thu 9 18:30", "", "mon,thu 9 18:30"),
        ("", "", ""),
    ],
)
def test_a_zone_is_taken_out_of_a_line(typed: str, zone: str, rest: str) -> None:
    assert take_zone(typed) == (zone, rest)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("08:00 Europe/Roma", "Europe/Rome"),
        ("Europa/Rome", "Europe/Rome"),
        ("America/NewYork", "America/New_York"),
    ],
)
def test_what_is_written_like_a_zone_and_is_none_names_the_nearest(typed: str, near: str) -> None:
    with pytest.raises(CallError) as refused:
        take_zone(typed)
    assert refused.value.values["near"] == near


@pytest.mark.parametrize(
    ("line", "zone", "time"), [("GMT 8", "GMT+8", "GMT 08:00"), ("utc 9 18:00", "UTC+9", "UTC 09:00")]
)
def test_a_zone_without_its_sign_is_no_hour_of_another(line: str, zone: str, time: str) -> None:
    with pytest.raises(CallError) as refused:
        take_zone(line)
    assert (refused.value.values["zone"], refused.value.values["time"]) == (zone, time)
    assert take_zone("GMT 08:00") == ("UTC", "08:00")
    assert take_zone("8 GMT") == ("UTC", "8")


@pytest.mark.parametrize("typed", ["UTC+5:30", "GMT+14", "utc-99"])
def test_offsets_that_have_no_zone_ask_for_a_city(typed: str) -> None:
    with pytest.raises(CallError, match="name a city"):
        take_zone(typed)


@pytest.mark.parametrize("typed", ["08:00 ../etc/passwd", "🦜" * 4000, "a b c d e f " * 200, "\x00/\x00"])
def test_hostile_lines_name_no_zone(typed: str) -> None:
    assert take_zone(typed)[0] == ""


@pytest.mark.parametrize(
    "line", ["à 8h et 18h", "À 8H ET 18H", "tous les jours à 8h et à 20h", "8 et 18", "lundi et jeudi 9h"]
)
def test_a_word_of_a_language_is_no_zone(line: str) -> None:
    assert take_zone(line) == ("", line)


@pytest.mark.parametrize(
    ("line", "zone"),
    [
        ("8 pm ET", "America/New_York"),
        ("8 pm et", "America/New_York"),
        ("8 pm ET weekdays", "America/New_York"),
        ("08:00 上海", "Asia/Shanghai"),
        ("8点 北京", "Asia/Shanghai"),
        ("8時 東京", "Asia/Tokyo"),
    ],
)
def test_zones_are_found_by_short_names(line: str, zone: str) -> None:
    assert take_zone(line)[0] == zone


@pytest.mark.parametrize("line", ["8 di sera ora di Roma", "8pm Paris time", "a las 20 hora de Madrid"])
def test_what_is_said_around_a_zone_is_no_day(line: str) -> None:
    zone, rest = take_zone(line)
    assert zone
    assert parse_schedule(rest) == parse_schedule("20:00")
