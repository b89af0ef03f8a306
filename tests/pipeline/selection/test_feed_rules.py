"""What a place's rules for feeds make of stories."""

from bot.model import DatedEntry, FeedInView, FeedRules, Reason, ReasonCode
from bot.pipeline.selection.feed_rules import (
    can_be_led,
    find_over_cap,
    set_aside,
    why_nothing_leads,
    with_rules_of_feeds,
)
from bot.pipeline.selection.rank import rank
from tests.pipeline.conftest import NOW, ago, entry, story
from tests.support.world import settings

KINDS = settings().kinds
CAPPED = FeedInView(1, rules=FeedRules(daily_cap=2))


def test_an_entry_that_does_not_lead_counts_among_the_sources() -> None:
    first, second = entry(1, feed_id=1, published=ago(3)), entry(2, feed_id=2)
    (ruled,) = with_rules_of_feeds([story(first, second)], [FeedInView(1, rules=FeedRules(leads=False))])
    ranking = rank(ruled, NOW, ["en"], KINDS)
    assert (ranking.lead.id, ranking.outlets, ranking.aside) == (2, 2, {1})
    assert can_be_led(ruled)
    assert not can_be_led(ruled, {2})


def test_a_reprint_leads_where_the_original_may_not() -> None:
    text = "Halden Labs released Corvid 3 on Monday, an open language model with 70 billion parameters. " * 3
    original, reprint = entry(1, feed_id=1, published=ago(3), text=text), entry(2, feed_id=2, text=text)
    (ruled,) = with_rules_of_feeds([story(original, reprint)], [FeedInView(1, rules=FeedRules(leads=False))])
    assert rank(ruled, NOW, ["en"], KINDS).lead.id == 2


def test_of_a_day_the_newest_lead_up_to_the_cap() -> None:
    stories = [story(entry(n, feed_id=1, published=ago(n)), number=n) for n in (1, 2, 3)]
    other = story(entry(9, feed_id=2, published=ago(5)), number=9)
    assert find_over_cap([*stories, other], [CAPPED], frozenset(), {}, "UTC") == {3: 2}
    assert find_over_cap(stories, [CAPPED], {1}, {}, "UTC") == {}
    told = {7: DatedEntry(1, ago(6))}
    assert find_over_cap(stories, [CAPPED], frozenset(), told, "UTC") == {2: 2, 3: 2}


def test_days_are_those_of_the_place() -> None:
    stories = [
        story(entry(n, feed_id=1, published=ago(hours)), number=n) for n, hours in ((1, 8), (2, 9), (3, 10))
    ]
    assert find_over_cap(stories, [CAPPED], frozenset(), {}, "UTC") == {}
    assert find_over_cap(stories, [CAPPED], frozenset(), {}, "Asia/Tokyo") == {3: 2}


def test_why_nothing_leads_is_the_cap_or_that_its_feeds_never_do() -> None:
    told = story(entry(1))
    assert why_nothing_leads(set_aside(told, {1: 2}), {1: 2}) == Reason(ReasonCode.FEED_CAP, {"most": 2})
    assert why_nothing_leads(told, {}) == Reason(ReasonCode.SUPPORTING)
