"""Titles of places in what people type, in every language of the bot."""

import pytest

from bot.text.place_titles import place_mentions, title_key


@pytest.mark.parametrize(
    ("line", "title", "rest"),
    [
        ("/subscribe ai 08:00 in Rassegna IA", "Rassegna IA", "/subscribe ai 08:00"),
        ("/subscribe ai in Rassegna IA 08:00", "Rassegna IA", "/subscribe ai 08:00"),
        ('/pause @"Rassegna IA" 8h', "Rassegna IA", "/pause 8h"),
        ("/pause #“Rassegna IA”", "Rassegna IA", "/pause"),
        ("/list #robots-and-chips", "robots-and-chips", "/list"),
        ("nouvelles sur les puces dans le canal Veille IA", "Veille IA", "nouvelles sur les puces"),
        ("Nachrichten über Chips in der Gruppe Die Eulen", "Die Eulen", "Nachrichten über Chips"),
        ("novedades en el canal Gaceta", "Gaceta", "novedades"),
        ("novidades no canal Gazeta", "Gazeta", "novidades"),
        ("在新闻台里发机器人新闻", "新闻台", "发机器人新闻"),
        ("新聞部にロボットのニュース", "新聞部", "ロボットのニュース"),
        ('/filter add "made in Europe" in Rassegna IA', "Rassegna IA", '/filter add "made in Europe"'),
        ('/list in "Rassegna IA"', '"Rassegna IA"', "/list"),
        ('/search 15" screens in Rassegna', "Rassegna", '/search 15" screens'),
    ],
)
def test_a_title_is_found_where_a_place_is_named(line: str, title: str, rest: str) -> None:
    found = [mention for mention in place_mentions(line) if mention.title == title]
    assert rest in {mention.cut_from(line) for mention in found}


@pytest.mark.parametrize(
    "line",
    [
        "/unsubscribe #1",
        "/list",
        "within reach",
        f"in {'x' * 600}",
        '/topic add eu "made in Europe" -film',
        "/filter add +“Chips in Europa”",
        "/wish nur «Roboter in Europa» und „Modelle in Asien“",
        "/mute 「大阪にあるロボット」",
        '/filter add "all about #robots"',
    ],
)
def test_what_names_no_place(line: str) -> None:
    assert place_mentions(line) == []


def test_titles_are_compared_whole_without_case_accents_and_pictures() -> None:
    assert title_key("📰 RASSEGNÀ  IA") == title_key("Rassegna IA")
    assert title_key("Rassegna") != title_key("Rassegna IA")
