"""Whether an entry passes, and which term decided."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import thread_time_ns

import pytest

from bot.model import Bar, Entry, FeedInView, FeedRules, Reason, ReasonCode, Story
from bot.pipeline.filters.effects import Effect, Rules, compare_rules
from bot.pipeline.filters.grammar import Filter, parse_filter
from bot.pipeline.filters.matching import Decision, decide, filter_story, keep_passing, names_of_kinds
from tests.support.world import settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KINDS = settings().kinds


def entry(
    number: int = 1, title: str = "Halden Labs releases Corvid 3", text: str = "", **values: object
) -> Entry:
    given = {
        "feed_id": 1,
        "link": f"https://halden.example/{number}",
        "language": "en",
        "published": NOW,
        "first_seen": NOW,
        "outlet": "Example Wire",
        **values,
    }
    return Entry(
        id=number, title=title, text=text or "An open language model with open weights, for robots.", **given
    )  # type: ignore[arg-type]


def filter_of(line: str) -> Filter:
    return parse_filter(line, names_of_kinds(KINDS)) if line else Filter()


@pytest.mark.parametrize(
    ("line", "passes", "term"),
    [
        ("", True, ""),
        ("corvid", True, "corvid"),
        ("zeppelin corvid", True, "corvid"),
        ("zeppelin heron", False, "zeppelin heron"),
        ("robot", True, "robot"),
        ('"robot"', False, '"robot"'),
        ('"open weights"', True, '"open weights"'),
        ('"weights open"', False, '"weights open"'),
        ('"3 an open"', False, '"3 an open"'),
        ("-corvid", False, "-corvid"),
        ("-zeppelin", True, ""),
        ("+weights corvid", True, "+weights"),
        ("+zeppelin corvid", False, "+zeppelin"),
        ("corvid -weights", False, "-weights"),
        ("outlet:wire", True, "outlet:wire"),
        ("outlet:gazette", False, "outlet:gazette"),
        ("outlet:gazette outlet:wire", True, "outlet:wire"),
        ("-outlet:WIRE", False, "-outlet:WIRE"),
        ("corvid outlet:gazette", False, "outlet:gazette"),
        ("lang:it lang:en", True, "lang:en"),
        (r"/corvid \d/", True, r"/corvid \d/"),
        (r"/^HALDEN/", True, r"/^HALDEN/"),
        (r"/^an open/", True, "/^an open/"),
        (r"/weights,.*halden/", False, "/weights,.*halden/"),
        (r"zeppelin /her+on/", False, "zeppelin /her+on/"),
        (r"zeppelin /cor.id/", True, "/cor.id/"),
        (r"+/zep/ corvid", False, "+/zep/"),
        (r"-/\b(price|robots)\b/", False, r"-/\b(price|robots)\b/"),
        ("-leads:wire", True, "-leads:wire"),
        ("-leads:gazette corvid", True, "corvid"),
        ("-leads:wire -corvid", False, "-corvid"),
        ("-lang:en", False, "-lang:en"),
        ("kind:release", True, "kind:release"),
        ("kind:opinion", False, "kind:opinion"),
        ("-kind:release", False, "-kind:release"),
    ],
)
def test_the_term_that_decided(line: str, passes: bool, term: str) -> None:
    decision = decide(entry(), filter_of(line), KINDS)
    assert (decision.passes, decision.term) == (passes, term)


def test_accents_case_and_chinese() -> None:
    assert decide(entry(title="L’ÉTÉ des modèles"), filter_of("ete"), KINDS).passes
    assert decide(entry(title="阿里云发布语言模型"), filter_of("语言"), KINDS).passes
    assert not decide(entry(title="阿里云发布语言模型"), filter_of("-模型"), KINDS).passes


def test_a_story_keeps_only_the_entries_that_pass() -> None:
    entries = (entry(1), entry(2, outlet="HypeWatch"), entry(3, title="Crypto joins Corvid"))
    story = Story(id=7, change_no=1, created_at=NOW, changed_at=NOW, entries=entries)
    passing, decision = filter_story(story, filter_of("-crypto -outlet:hypewatch"), KINDS)
    assert passing is not None
    assert [one.id for one in passing.entries] == [1]
    assert decision.passes
    nothing, decision = filter_story(story, filter_of("-halden -corvid"), KINDS)
    assert nothing is None
    assert decision.reason == Reason(ReasonCode.EXCLUDED, {"term": "-halden"})
    nothing, decision = filter_story(story, filter_of("crypto"), KINDS, off_topic={3})
    assert nothing is None
    assert decision.reason == Reason(ReasonCode.NOT_ASKED_FOR, {"term": "crypto"})


def test_what_is_told_again_keeps_what_any_subscription_takes() -> None:
    entries = (entry(1), entry(2, outlet="HypeWatch"), entry(3, title="Crypto joins Corvid"))
    story = Story(id=7, change_no=1, created_at=NOW, changed_at=NOW, entries=entries)
    filters = [filter_of("-crypto -outlet:hypewatch"), filter_of("+crypto")]
    assert [one.id for one in keep_passing(story, filters, KINDS).entries] == [1, 3]
    assert keep_passing(story, [Filter()], KINDS) == story
    assert keep_passing(story, [], KINDS) == story
    assert keep_passing(story, [filter_of("zeppelin")], KINDS) == story


def compared(stories: Sequence[Story], before: Filter, after: Filter, bar: Bar = Bar.EVERYTHING) -> Effect:
    rules = (Rules(stories=stories, filter=filter_, bar=bar) for filter_ in (before, after))
    return compare_rules([next(rules)], [next(rules)], KINDS, NOW)


def test_a_change_is_weighed_by_what_only_one_of_both_brings() -> None:
    def story(number: int, title: str) -> Story:
        one = entry(number, title=title, text="A text with enough words to be told in a digest of the day.")
        began = NOW - timedelta(days=7)
        return Story(id=number, change_no=number, created_at=began, changed_at=began, entries=(one,))

    titles = ["Crypto falls", "Crypto rises", "Robots weed", "Chips cool"]
    stories = [story(number, title) for number, title in enumerate(titles, start=1)]
    effect = compared(stories, Filter(), filter_of("-crypto"))
    assert (effect.before_a_day, effect.after_a_day) == (4 / 7, 2 / 7)
    assert set(effect.lost) == {"Crypto falls", "Crypto rises"}
    assert effect.gained == ()
    back = compared(stories, filter_of("-crypto"), filter_of("-robot"))
    assert (set(back.gained), back.lost) == ({"Crypto falls", "Crypto rises"}, ("Robots weed",))
    assert compared([], Filter(), Filter(), Bar.BIGGEST).after_a_day == 0


@pytest.mark.parametrize(("points", "passes"), [(None, True), (49, False), (50, True), (51, True)])
def test_a_floor_of_points_binds_what_is_counted(points: int | None, passes: bool) -> None:
    found = decide(entry(points=points), filter_of("points:50"), KINDS)
    assert (found.passes, found.term) == (passes, "points:50")


def test_a_pattern_reads_what_words_read_in_composed_letters_and_no_more() -> None:
    far = entry(text="a" * 4_000 + " heron")
    assert not decide(far, filter_of("/heron/"), KINDS).passes
    assert decide(entry(title="E\u0301tat et IA"), filter_of("/^état/"), KINDS).passes
    assert decide(entry(title="Größe"), filter_of("/GRÖSSE|GRÖßE/"), KINDS).passes
    assert decide(entry(title="开源模型发布"), filter_of("/开源.{0,4}发布/"), KINDS).passes


@pytest.mark.parametrize(
    "pattern",
    [
        r"(x+x+)+y",
        r"(a?){50}a{50}",
        r"(.*)(.*)(.*)(.*)(.*)=",
        r"(a|b|ab|ba)*c(a|b|ab|ba)*c(.{1,80}x){1,9}",
        r"(?:\bab?\b.*){20}q",
    ],
)
def test_no_pattern_takes_more_time_than_its_text(pattern: str) -> None:
    filter_ = filter_of(f"/{pattern}/")
    for text in ("a" * 4_000, "ab" * 2_000, "x" * 4_000, "é" * 4_000, "a b " * 1_000):
        begun = thread_time_ns()
        decide(entry(text=text), filter_, KINDS)
        assert thread_time_ns() - begun < 100_000_000


def test_an_outlet_that_never_leads_still_counts() -> None:
    first, second = entry(1), entry(2, outlet="Gazette")
    story = Story(id=1, change_no=1, created_at=NOW, changed_at=NOW, entries=(first, second))
    kept, decision = filter_story(story, filter_of("-leads:wire"), KINDS)
    assert kept is not None
    assert [(one.id, one.leads) for one in kept.entries] == [(1, False), (2, True)]
    assert decision == Decision(passes=True)


def test_a_story_of_outlets_that_never_lead_names_the_term() -> None:
    story = Story(id=1, change_no=1, created_at=NOW, changed_at=NOW, entries=(entry(1), entry(2)))
    kept, decision = filter_story(story, filter_of("-leads:wire"), KINDS)
    assert kept is not None
    assert not any(one.leads for one in kept.entries)
    assert decision.reason == Reason(ReasonCode.NEVER_LEADS, {"term": "-leads:wire"})
    effect = compared([story], Filter(), filter_of("-leads:wire"))
    assert (effect.after_a_day, effect.lost) == (0, (entry().title,))


def test_what_is_told_again_is_led_by_what_any_filter_lets_lead() -> None:
    story = Story(
        id=1, change_no=1, created_at=NOW, changed_at=NOW, entries=(entry(1), entry(2, outlet="Gazette"))
    )
    kept = keep_passing(story, [filter_of("-leads:wire"), filter_of("-leads:gazette -corvid")], KINDS)
    assert [one.leads for one in kept.entries] == [False, True]
    assert keep_passing(story, [filter_of("-leads:wire -leads:gazette")], KINDS) == story


def test_languages_caps_and_numbers_of_stories_count_in_what_is_compared() -> None:
    def story(number: int, hours: int, language: str = "en") -> Story:
        began = NOW - timedelta(hours=hours)
        one = entry(number, title=f"Story {number}", language=language, published=began)
        return Story(id=number, change_no=number, created_at=began, changed_at=began, entries=(one,))

    stories = [story(1, 1), story(2, 2, "it"), story(3, 30), story(4, 31), story(5, 32)]
    usual = Rules(stories=stories, filter=Filter(), bar=Bar.EVERYTHING)

    def lost(after: Rules, before: Rules = usual) -> set[str]:
        return set(compare_rules([before], [after], KINDS, NOW).lost)

    assert lost(replace(usual, languages=("en",))) == {"Story 2"}
    assert lost(replace(usual, feeds=[FeedInView(1, rules=FeedRules(daily_cap=1))])) == {
        "Story 2", "Story 4", "Story 5",
    }  # fmt: skip
    slots = [NOW - timedelta(hours=24), NOW]
    two = replace(usual, slots=slots, size=2)
    assert len(lost(two)) == 1
    assert lost(replace(two, size=1), two) <= {f"Story {n}" for n in range(1, 6)}
    assert len(lost(replace(two, size=1), two)) == 2
    assert compare_rules([usual, two], [usual], KINDS, NOW).changes_anything is False
