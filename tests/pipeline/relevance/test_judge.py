"""Is it about AI? With the shipped words and names."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.model import Verdict
from bot.pipeline.relevance.judge import Rules, compile_rules, judge, verdicts
from tests.support.world import settings


def ai(title: str, text: str = "", **values: Any) -> Verdict:
    return judge(settings().rules, "ai", title, text, **values)


@pytest.mark.parametrize(
    "title",
    [
        "AI will change schools",
        "OpenAI's new office",
        "L'IA entra nelle scuole",
        "KI verändert die Schulen",
        "La IA llega a las escuelas",
        "L’IA à l’école",
        "人工智能改变学校",
        "生成AIが学校を変える",
        "OpenAI发布新模型",
        "ChatGPT-5 is here",
        "An AI-powered lamp",
        "Claude Code learns to test",
        "Искусственный интеллект в школе",
        "인공지능 학교",
        "Yapay zeka okulda",
    ],
)
def test_ai_is_recognised_in_many_languages(title: str) -> None:
    verdict = ai(title)
    assert verdict.relevant, verdict.reason


@pytest.mark.parametrize(
    "title",
    [
        "Ai piedi del campanile",
        "Ai Weiwei opens a show in Berlin",
        "Gemini: your horoscope for Monday, zodiac and stars",
        "Claude Monet's garden reopens",
        "Transformers: the film tops the box office",
        "The gardener who saved an orchard",
        "Real Madrid gana la final",
        "Air India buys planes",
        "AI PIEDI DEL CAMPANILE DI SAN MARCO",
        "Il ministro parla ai giornalisti",
        "Zagłosowali za nim wszyscy",
        "今天天气很好",
        "Maia and the train",
        "Said he paid",
    ],
)
def test_false_friends_are_not_ai(title: str) -> None:
    verdict = ai(title)
    assert not verdict.relevant, verdict.reason


def test_the_text_tells_what_the_title_hides() -> None:
    assert ai(
        "A quiet revolution",
        "A large language model reads the mail of a small town, and artificial intelligence sorts it.",
    ).relevant
    assert not ai("A quiet revolution", "The town sorts its mail by hand, as it did a century ago.").relevant


def test_one_mention_in_a_text_is_no_subject() -> None:
    assert not ai("A quiet revolution", "The mayor likes tea. AI was mentioned once.").relevant


def test_a_feed_about_ai_alone_needs_no_filter() -> None:
    assert ai("Ai piedi del campanile", ai_only=True).relevant
    assert not judge(settings().rules, "robotics", "Ai piedi", "", ai_only=True).relevant


def test_a_verdict_gives_its_reason_and_rules() -> None:
    verdict = ai("OpenAI opens an office")
    assert "OpenAI" in verdict.reason
    assert verdict.rules == settings().rules.hash
    assert ai("Soup").reason.startswith("no word or name")


def rules(listed: dict[str, Any] | None = None, **topic: Any) -> Rules:
    return compile_rules({"ai": topic}, listed or {})


def test_the_hash_changes_with_any_rule() -> None:
    hashes = {
        rules(words=["ai"]).hash,
        rules(words=["ai", "ml"]).hash,
        rules(words=["ai"], hints=["x"]).hash,
        rules({"company": {"plain": ["Acme"]}}, words=["ai"]).hash,
    }
    assert len(hashes) == 4
    assert rules(words=["ai"]).hash == rules(words=["ai"]).hash


def test_words_stand_alone_and_stars_take_endings() -> None:
    found = rules(words=["robot*"], exact=["AI"])
    assert judge(found, "ai", "Robotics", "").relevant
    assert not judge(found, "ai", "microrobot", "").relevant
    assert judge(found, "ai", "中国AI公司", "").relevant
    assert not judge(found, "ai", "MAIN ai", "").relevant


@pytest.mark.parametrize(
    "title",
    [
        "CorvidAI opens in Oslo",
        "FastMCP is here",
        "Running vLLM at home",
        "litellm 2 is out",
        "PlantGPT talks",
    ],
)
def test_a_star_before_takes_any_beginning(title: str) -> None:
    assert ai(title).relevant


@pytest.mark.parametrize(
    "title", ["DUBAI opens a harbour", "Hellman and sons", "Rai opens a studio", "Sinai quiet again"]
)
def test_a_beginning_in_capitals_or_another_word_is_none(title: str) -> None:
    assert not ai(title).relevant


def test_a_shared_name_needs_something_beside_it() -> None:
    found = rules({"company": {"shared": ["Runway"]}}, names=["company"], hints=["model", "video"])
    assert not judge(found, "ai", "Plane leaves the Runway", "").relevant
    assert judge(found, "ai", "Runway shows a video model", "").relevant


def test_a_name_near_other_meanings_is_none() -> None:
    names = {"model": {"likely": ["Gemini"], "first_names": []}, "not_near": {"Gemini": ["zodiac"]}}
    found = rules(names, names=["model"])
    assert judge(found, "ai", "Gemini is fast", "").relevant
    assert not judge(found, "ai", "Gemini is fast", "The zodiac sign of the week.").relevant


def test_a_first_name_with_a_surname_is_a_person() -> None:
    found = rules({"model": {"likely": ["Claude"], "first_names": ["Claude"]}}, names=["model"])
    assert not judge(found, "ai", "A small museum sold paintings by Claude Dupont", "").relevant
    assert judge(found, "ai", "Claude answers faster", "").relevant
    assert judge(found, "ai", "Claude Answers Letters Faster", "").relevant


def test_empty_rules_find_nothing() -> None:
    assert not judge(rules(), "ai", "AI", "AI").relevant


@pytest.mark.parametrize("text", ["", "🙂", "\x00", "A" * 100_000, "AI " * 5000])
def test_odd_texts_are_judged_without_failure(text: str) -> None:
    ai(text, text)


def test_what_a_publisher_files_an_entry_under_speaks_for_it() -> None:
    title, text = "Larkwell raises 40 million", "The company wants to hire in Porto."

    def relevant(*categories: str) -> bool:
        found = verdicts(settings().rules, title, text, categories)
        return next(verdict.relevant for verdict in found if verdict.topic == "ai")

    assert not relevant()
    assert not relevant("Funding", "Portugal")
    assert relevant("Funding", "Artificial intelligence")


@pytest.mark.parametrize(
    ("title", "text", "about"),
    [
        ("Orsino shows a humanoid robot that folds laundry", "The robot costs $9,000.", True),
        ("Robots films wildlife for a month in the delta", "Each robot waits for weeks, its makers say.", True),
        ("The saga of the robots is back at the film club", "Three evenings of the old movie, from a print.", False),
        ("Torna al cinema la saga dei robot", "La pellicola arriva da un collezionista.", False),
    ],
)  # fmt: skip
def test_a_film_about_robots_is_no_robotics(title: str, text: str, about: bool) -> None:
    assert judge(settings().rules, "robotics", title, text).relevant is about


# --- the ready topics --------------------------------------------------------------------------------------

LABELLED = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))


def topics_of(title: str) -> set[str]:
    return {verdict.topic for verdict in verdicts(settings().rules, title, "", ()) if verdict.relevant}


@pytest.mark.parametrize("topic", LABELLED)
def test_a_topic_takes_its_news_in_every_language(topic: str) -> None:
    missed = [
        f"{language}: {title}"
        for language, title in LABELLED[topic].items()
        if language != "not" and topic not in topics_of(title)
    ]
    assert not missed


@pytest.mark.parametrize("topic", LABELLED)
def test_a_topic_leaves_out_what_is_not_on_it_or_not_about_ai(topic: str) -> None:
    assert not [title for title in LABELLED[topic]["not"] if topic in topics_of(title)]


def test_every_topic_within_ai_is_tried() -> None:
    assert {name for name, topic in settings().rules.topics.items() if topic.within} == set(LABELLED)
