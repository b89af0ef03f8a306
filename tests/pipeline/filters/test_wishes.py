"""Wishes in plain words become rules, and what could mean two things becomes none."""

import pytest

from benchmarks.report import rows
from benchmarks.wishes import OUTLETS, SAMPLE, measure
from bot.languages import SPOKEN
from bot.lexicon import lexicon_of
from bot.pipeline.filters.grammar import parse_filter
from bot.pipeline.filters.matching import names_of_kinds
from bot.pipeline.filters.wishes import Wish, read_wish
from bot.pipeline.timing.slots import describe
from bot.text.wish_words import Names
from tests.support.world import settings

KINDS = names_of_kinds(settings().kinds)
TOPICS = settings().rules.topics


def read(text: str, own: str = "en") -> Wish:
    return read_wish(text, tuple(dict.fromkeys((own, "en", *SPOKEN))), Names(outlets=OUTLETS))


@pytest.mark.parametrize("half", ["develop", "report"])
def test_labelled_wishes_are_read_as_they_are_meant(half: str) -> None:
    figures, _ = measure(rows(SAMPLE), half)
    assert figures["n"] >= 100
    assert figures["exact"] >= 0.85
    assert figures["silently_wrong"] <= 0.02


@pytest.mark.parametrize("language", SPOKEN)
def test_every_language_of_the_bot_has_words_for_every_topic_and_kind_that_it_names(language: str) -> None:
    wishes = lexicon_of(language).wishes
    assert set(wishes.topics) == set(TOPICS)
    assert set(wishes.kinds) <= set(KINDS)
    assert {"funding", "opinion", "job", "deal", "review", "podcast", "sponsored", "policy"} <= set(
        wishes.kinds
    )
    assert wishes.fillers
    assert wishes.vague
    assert wishes.refusals or wishes.trailing_refusals


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("no crypto, robotics", ("robotics",)),
        ("no crypto, openai news", ("openai",)),
        ("robotics and openai news", ("openai",)),
        ("no robotics, only robotics", ("no robotics", "only robotics")),
        ("no papers on weekends", ("no papers on weekends",)),
        ("robotics at 8 and chips at 9", ("at 8", "at 9")),
        ("nothing from the Daily Prophet", ("Daily Prophet",)),
        ("not only robotics", ("not only robotics",)),
        ("less funding", ("less funding",)),
        ("only chinese models", ("only chinese",)),
        ("at most 3 stories, at most 5 stories", ("at most 3 stories", "at most 5 stories")),
        ("robotics weekly", ("weekly",)),
        ("no ai", ("no ai",)),
        ("robotics startups at 8", ("robotics startups",)),
        ("not before 9", ("not before 9",)),
        ("robots? no.", ("no",)),
        ("no https://evil.example/x", ("no https://evil.example/x",)),
    ],
)
def test_what_could_mean_two_things_is_named_and_makes_no_rule(text: str, unread: tuple[str, ...]) -> None:
    assert read(text).unread == unread


@pytest.mark.parametrize(
    ("text", "line", "when"),
    [
        ("no crypto, nft, web3", "-crypto -nft -web3", ""),
        ("no funding, acquisitions or hiring", "-kind:funding -kind:deal_made -kind:people", ""),
        ("stuff about voice cloning", '"voice cloning"', ""),
        ("no ai art", '-"art"', ""),
        ("only robotics -crypto, at 8", "-crypto", "08:00"),
        ("no ai slop", '-"ai slop"', ""),
        ("no product launches", '-"product launches"', ""),
        ("no crypto, around lunchtime", "-crypto", "12:00"),
        ("crypto no, at 8am Rome", "-crypto", "08:00"),
        ("niente crypto, alle otto", "-crypto", "08:00"),
        ("self-driving cars news, weekdays around 7", '"self-driving cars"', "weekdays 07:00"),
        ("no crypto, mon-wed at 8", "-crypto", "mon,tue,wed 08:00"),
        ("niente cripto, sab - dom alle 9", "-cripto", "sat,sun 09:00"),
        ("niente cripto, lunedì alle nove e un quarto", "-cripto", "mon 09:15"),
        ("no crypto, at quarter to 9", "-crypto", "08:45"),
        ("kein krypto, gegen 9", "-krypto", "09:00"),
        ("kein krypto, um halb neun", "-krypto", "08:30"),
        ("mo, mi und fr um 7 uhr, kein krypto", "-krypto", "mon,wed,fri 07:00"),
        ("英文的论文，不要融资", "lang:en -kind:funding", ""),
    ],
)
def test_lists_phrases_and_times(text: str, line: str, when: str) -> None:
    wish = read(text)
    assert wish.unread == ()
    assert str(wish.filter) == line
    assert (describe(wish.schedule) if wish.schedule else "") == when


@pytest.mark.parametrize(
    ("text", "topics", "line"),
    [
        ("no hype, give me papers and chips", ("papers", "chips"), ""),
        ("no crypto, i want robotics and chips", ("robotics", "chips"), "-crypto"),
        ("don't give me papers", (), "-paper"),
        ("niente politica, dammi robotica e chip", ("robotics", "chips"), "-kind:policy"),
        ("keine Politik, ich möchte Robotik", ("robotics",), "-kind:policy"),
        ("pas de crypto, donne-moi la robotique", ("robotics",), "-crypto"),
        ("不要融资，我要机器人", ("robotics",), "-kind:funding"),
    ],
)
def test_what_asks_behind_a_comma_ends_a_list_of_what_is_not_wanted(
    text: str, topics: tuple[str, ...], line: str
) -> None:
    wish = read(text)
    assert (wish.topics, str(wish.filter)) == (topics, line)


@pytest.mark.parametrize(
    ("text", "size", "line", "unread"),
    [
        ("just the five biggest stories", 5, "", ()),
        ("five robotics stories", 5, "", ()),
        ("die drei wichtigsten Meldungen", 3, "", ()),
        ("only 5 papers", None, "", ("5",)),
        ("about crypto and seven", None, "crypto", ("seven",)),
        ("about gpt 4", None, '"gpt 4"', ()),
    ],
)
def test_a_number_is_a_number_of_stories_and_never_a_word_to_look_for(
    text: str, size: int | None, line: str, unread: tuple[str, ...]
) -> None:
    wish = read(text)
    assert (wish.size, str(wish.filter), wish.unread) == (size, line, unread)


def test_a_zone_is_one_behind_a_time_alone() -> None:
    assert read("chips at 8am Rome").zone == "Europe/Rome"
    assert read("news about Rome at 8am").zone == ""


def test_the_terms_of_every_wish_can_be_kept() -> None:
    for row in rows(SAMPLE):
        filter_ = read(row["text"]).filter
        if filter_.terms:
            assert parse_filter(str(filter_), KINDS) == filter_


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "😀" * 4_000, "no " * 500, '"' * 300, "不要" * 200, ", , , ;;; no"]
)
def test_nothing_breaks_it(text: str) -> None:
    read(text)
