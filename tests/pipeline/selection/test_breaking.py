"""What may go out between digests, and how much of it."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import Bar, Entry, Ranking, Reason, ReasonCode
from bot.pipeline.selection.breaking import Caps, Ruling, burst, may_break, reached_cap, ruling
from tests.pipeline.conftest import NOW, ago, entry, ranked
from tests.support.world import settings


def ruling_of(*entries: Entry, bar: Bar = Bar.EVERYTHING, beside: bool = True, **values: Any) -> Ruling:
    found: Ranking = ranked(*entries, **{"weight": 1.0, **values})
    return ruling(found, bar, settings().kinds, NOW, beside_digests=beside)


def ruled(*entries: Entry, **values: Any) -> tuple[bool, str]:
    decided = ruling_of(*entries, **values)
    return decided.at_once, decided.reason.code


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Halden releases Corvid 3", "release"),
        ("An outage of Corvid, and what we learned", "incident"),
        ("Our reply to the court", "policy"),
    ],
)
def test_first_hand_releases_incidents_and_policy_break(title: str, kind: str) -> None:
    first_hand = Ruling(at_once=True, reason=Reason(ReasonCode.FIRST_HAND, {"kind": kind}))
    assert ruling_of(entry(title=title, kind="lab blog")) == first_hand
    assert ruled(entry(title=title)) == (False, "calm")


def test_other_first_hand_news_does_not() -> None:
    assert ruled(entry(title="Halden thanks its many users", kind="lab blog")) == (False, "calm")


def test_three_outlets_within_three_hours_break_whatever_it_is() -> None:
    told_by_three = ruling_of(*(entry(n, published=ago(n)) for n in (0, 1, 2)))
    assert told_by_three == Ruling(at_once=True, reason=Reason(ReasonCode.BURST, {"outlets": 3}))
    told_slowly = ruling_of(*(entry(n, published=ago(2 * n)) for n in (0, 1, 2)))
    calm = Reason(ReasonCode.CALM, {"outlets": 2, "needed": 3})
    assert told_slowly == Ruling(at_once=False, reason=calm)
    assert ruled(*(entry(n, outlet="One", published=ago(0)) for n in (1, 2, 3))) == (False, "calm")


def test_reprints_make_no_burst() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    assert burst([entry(n, text=text, published=ago(0)) for n in (1, 2, 3)], NOW) == 1


def test_a_burst_of_yesterday_is_over() -> None:
    assert burst([entry(n, published=ago(20)) for n in (1, 2, 3)], NOW) == 0
    assert burst([entry(n, published=ago(h)) for n, h in ((1, 2.5), (2, 4), (3, 5))], NOW) == 3


def test_what_was_decided_in_a_known_story_comes_at_once() -> None:
    fresh = entry(2, title="Court dismisses the suit against Halden")
    assert ruled(entry(1), fresh, update=True, fresh=(fresh,)) == (True, "update")
    figure = entry(2, title="Corvid 3 has been downloaded 4 million times")
    assert ruled(entry(1), figure, update=True, fresh=(figure,)) == (False, "calm")


@pytest.mark.parametrize(
    ("hours", "seen", "at_once"),
    [(20, 0, True), (30, 0, True), (47, 0, True), (47, 20, True), (47, 26, False), (61, 0, False)],
)
def test_a_day_without_a_time_is_fresh_by_when_it_may_have_ended(
    hours: int, seen: int, *, at_once: bool
) -> None:
    midnight = NOW.replace(hour=0)
    now = midnight + timedelta(hours=hours)
    dated = entry(
        title="Halden releases Corvid 3", published=midnight, first_seen=now - timedelta(hours=seen)
    )
    found = ranked(dated, weight=1.0)
    assert ruling(found, Bar.EVERYTHING, settings().kinds, now, beside_digests=False).at_once is at_once
    assert may_break([replace(dated, kind="lab blog")], settings().kinds, now) is at_once


@pytest.mark.parametrize(
    "title",
    ["How to watch the Halden keynote", "Halden keynote: live updates", "Opinion: Halden releases too much", "Corvid 3 review: a release to love"],
)  # fmt: skip
def test_pages_that_are_no_news_never_break(title: str) -> None:
    told = [entry(n, title=title, text=f"word{n} " * 100, published=ago(1)) for n in range(1, 5)]
    assert ruled(*told) == (False, "no-news")


def test_links_of_communities_alone_do_not_break() -> None:
    told = [
        entry(n, title="Halden releases Corvid 3", kind="community", text="", published=ago(1))
        for n in range(1, 5)
    ]
    assert ruled(*told) == (False, "calm")


def test_back_log_stale_news_and_what_is_below_the_bar_wait() -> None:
    title = "Halden releases Corvid 3"
    assert ruled(entry(title=title, kind="lab blog", backlog=True)) == (False, "backlog")
    assert ruled(entry(title=title, kind="lab blog", published=ago(25))) == (False, "stale")
    assert ruled(entry(title=title, kind="lab blog"), bar=Bar.IMPORTANT) == (False, "below-bar")
    assert ruled(entry(title=title, kind="lab blog", backlog=True, version=2)) == (False, "backlog")


def test_without_digests_everything_fresh_above_the_bar_goes() -> None:
    assert ruled(entry(), beside=False) == (True, "all")
    assert ruled(entry(), beside=False, bar=Bar.NOTABLE) == (False, "below-bar")


def test_two_an_hour_and_six_a_day() -> None:
    minutes = lambda *ago_: [NOW - timedelta(minutes=m) for m in ago_]  # noqa: E731  one line is enough
    assert reached_cap([], NOW, Caps()) is None
    assert reached_cap(minutes(10), NOW, Caps()) is None
    assert reached_cap(minutes(10, 20), NOW, Caps()) == Reason(ReasonCode.CAP_HOUR)
    assert reached_cap(minutes(60, 70, 80), NOW, Caps()) is None
    assert reached_cap(minutes(100, 200, 300, 400, 500, 600), NOW, Caps()) == Reason(ReasonCode.CAP_DAY)
    assert reached_cap(minutes(100, 200, 300, 400, 500, 24 * 60), NOW, Caps()) is None


def test_what_breaks_for_anybody_may_break_by_all_that_is_known_of_it() -> None:
    draw, broke = random.Random(3), 0
    titles = (
        "Halden releases Corvid 3",
        "Court rules against Halden",
        "Larkwell denies an outage",
        "A day at Halden",
    )
    for _ in range(3_000):
        members = [
            entry(
                n, title=draw.choice(titles), published=ago(draw.choice((-1, 0.5, 1, 2, 4, 6, 30))), backlog=draw.random() < 0.2,
                kind=draw.choice(("news outlet", "news outlet", "community", "lab blog")), outlet=f"Outlet {draw.randint(1, 5)}",
                text=draw.choice(("", " ".join(f"word{place}" for place in range(90)))), version=draw.randint(1, 2),
            )
            for n in range(1, draw.randint(2, 6))
        ]  # fmt: skip
        seen = draw.sample(members, draw.randint(1, len(members)))
        fresh = tuple(draw.sample(seen, draw.randint(1, len(seen))))
        update = draw.random() < 0.5
        decided = ruling_of(*seen, update=update, fresh=fresh if update else ())
        if decided.at_once:
            broke += 1
            assert may_break(members, settings().kinds, NOW), (members, decided)
    assert broke > 200
    calm = [entry(1), entry(2, published=ago(2)), entry(3, kind="community")]
    assert not may_break(calm, settings().kinds, NOW)
