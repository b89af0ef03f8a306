"""What a wish denies of times, numbers and other denials becomes no rule, and never its opposite."""

import pytest

from bot.pipeline.filters.wishes import Wish
from bot.pipeline.timing.slots import describe
from tests.pipeline.filters.test_wishes import read


def rules_of(wish: Wish) -> tuple[object, ...]:
    when = describe(wish.schedule) if wish.schedule else ""
    return (wish.topics, str(wish.filter), when, wish.size, wish.bar)


NOTHING = ((), "", "", None, None)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no news on sundays"),
        ("en", "no posts on sundays"),
        ("en", "no more posts on weekends please"),
        ("en", "no posts at night"),
        ("en", "nothing on mondays at 9"),
        ("en", "nothing after 22:00"),
        ("en", "at 7pm not 7am"),
        ("en", "papers not on sundays"),
        ("en", "just mornings no evenings"),
        ("it", "niente notizie la domenica"),
        ("it", "domenica no"),
        ("it", "niente di notte"),
        ("it", "niente dopo le 22"),
        ("it", "mai di domenica"),
        ("it", "alle 9 non alle 8"),
        ("de", "keine Nachrichten am Sonntag"),
        ("de", "sonntags nicht"),
        ("de", "nachts keine Meldungen"),
        ("de", "nichts nach 22 Uhr"),
        ("de", "nicht vor 9 Uhr"),
        ("de", "um 9 statt um 8"),
        ("fr", "pas de nouvelles le dimanche"),
        ("fr", "rien la nuit"),
        ("fr", "rien après 22h"),
        ("es", "nada de noticias los domingos"),
        ("es", "los domingos no"),
        ("es", "nada después de las 22"),
        ("pt", "nada de notícias aos domingos"),
        ("pt", "domingo não"),
        ("pt", "nada depois das 22h"),
        ("ja", "日曜日はニュースなし"),
        ("ja", "夜中は送らないで"),
        ("ja", "22時以降はなし"),
        ("zh", "周日不要新闻"),
        ("zh", "晚上不要发"),
        ("zh", "22点以后不要"),
    ],
)
def test_a_denied_time_is_not_understood(language: str, text: str) -> None:
    wish = read(text, language)
    assert rules_of(wish) == NOTHING
    assert wish.unread


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "do not leave out funding"),
        ("en", "don't leave funding out"),
        ("en", "never skip papers"),
        ("it", "non escludere i finanziamenti"),
        ("it", "non togliere la robotica"),
        ("de", "lass Finanzierungen nicht weg"),
        ("de", "Robotik nicht ausblenden"),
        ("fr", "n'exclus pas la robotique"),
        ("fr", "ne saute pas les financements"),
        ("es", "no excluyas la robótica"),
        ("pt", "não tire robótica"),
        ("ja", "ロボットを除外しないで"),
        ("zh", "不要排除机器人"),
    ],
)
def test_what_is_not_to_be_left_out_is_not_left_out(language: str, text: str) -> None:
    wish = read(text, language)
    assert rules_of(wish) == NOTHING
    assert wish.unread


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "at least 3 stories"),
        ("en", "more than 3 stories"),
        ("en", "fewer than 3 stories"),
        ("it", "almeno 3 notizie"),
        ("it", "meno di 3"),
        ("de", "mindestens 3 Meldungen"),
        ("fr", "au moins 3 articles"),
        ("es", "al menos 3 noticias"),
        ("pt", "pelo menos 3 notícias"),
        ("ja", "少なくとも3件"),
        ("ja", "3件未満"),
        ("zh", "至少3条"),
    ],
)
def test_a_least_number_is_no_most(language: str, text: str) -> None:
    wish = read(text, language)
    assert rules_of(wish) == NOTHING
    assert wish.unread


@pytest.mark.parametrize(
    ("language", "text", "rules"),
    [
        ("en", "no crypto at 8", ((), "-crypto", "08:00", None, None)),
        ("en", "no crypto on weekdays at 8", ((), "-crypto", "weekdays 08:00", None, None)),
        ("en", "up to 3 stories at 8", ((), "", "08:00", 3, None)),
        ("en", "no more than 3 stories", ((), "", "", 3, None)),
        ("en", "leave funding out please", ((), "-kind:funding", "", None, None)),
        ("en", "nothing but robotics at 8", (("robotics",), "", "08:00", None, None)),
        ("en", "no night vision news", ((), '-"night vision"', "", None, None)),
        ("it", "togli crypto alle 8", ((), "-crypto", "08:00", None, None)),
        ("de", "bis zu 3 Meldungen", ((), "", "", 3, None)),
        ("de", "Krypto bitte weglassen", ((), "-Krypto", "", None, None)),
        ("fr", "pas de crypto à 8h", ((), "-crypto", "08:00", None, None)),
        ("es", "sin crypto a las 8", ((), "-crypto", "08:00", None, None)),
        ("pt", "sem cripto às 8h", ((), "-cripto", "08:00", None, None)),
        ("ja", "ロボットなし、8時", ((), "-ロボット", "08:00", None, None)),
        ("zh", "不要加密货币，8点", ((), "-加密货币", "08:00", None, None)),
    ],
)
def test_a_denial_of_news_leaves_the_time_and_the_number_beside_it(
    language: str, text: str, rules: tuple[object, ...]
) -> None:
    wish = read(text, language)
    assert rules_of(wish) == rules
    assert wish.unread == ()


def test_what_stands_in_other_clauses_is_read() -> None:
    wish = read("no robots, no news on sundays, at most 3 stories")
    assert rules_of(wish) == ((), "-robot", "", 3, None)
    assert wish.unread == ("no news on sundays",)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "also fridays at 17"),
        ("en", "fridays at 17 too"),
        ("en", "add fridays at 17"),
        ("it", "anche il venerdì alle 17"),
        ("de", "auch freitags um 17 Uhr"),
        ("fr", "aussi le vendredi à 17h"),
        ("es", "también los viernes a las 17"),
        ("pt", "também às sextas às 17h"),
        ("ja", "金曜日の17時にも"),
        ("zh", "周五17点也要"),
    ],
)
def test_another_time_is_added(language: str, text: str) -> None:
    wish = read(text, language)
    assert wish.adds_time
    assert rules_of(wish) == ((), "", "fri 17:00", None, None)


@pytest.mark.parametrize(
    "text", ["also robotics, at 8", "at 8 and at 9", "fridays at 17", "auch Robotik um 8"]
)
def test_what_else_is_added_adds_no_time(text: str) -> None:
    assert not read(text).adds_time
