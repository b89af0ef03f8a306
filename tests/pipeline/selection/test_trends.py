"""Names that are spoken of more than in the time before."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model import TitledEntry
from bot.pipeline.relevance.judge import Rules, names_in, with_names
from bot.pipeline.selection.trends import ARTICLES_MIN, find_trends
from tests.support.world import settings


@pytest.fixture
def rules() -> Rules:
    return settings().rules


SINCE = datetime(2026, 3, 2, tzinfo=UTC)


def entry(story_id: int, outlet: str, title: str, hours: float) -> TitledEntry:
    return TitledEntry(
        story_id=story_id,
        outlet=outlet,
        title=title,
        link=f"https://{outlet}.example/{story_id}",
        published=SINCE + timedelta(hours=hours),
    )


def articles(title: str, count: int, hours: float, story_id: int = 1) -> list[TitledEntry]:
    return [entry(story_id, f"outlet{n}", title, hours + n / 60) for n in range(count)]


def test_a_name_that_rose_comes_before_one_that_is_always_there(rules: Rules) -> None:
    entries = [
        *articles("OpenAI opens an office", 6, 3, story_id=1),
        *articles("OpenAI hires again", 6, -30, story_id=2),
        *articles("DeepSeek shows a new model", 5, 4, story_id=3),
    ]
    (trend,) = find_trends(entries, SINCE, rules, 8)
    assert (trend.name, trend.articles, trend.articles_before) == ("DeepSeek", 5, 0)
    assert trend.entry.story_id == 3
    assert trend.entry.outlet == "outlet0"


def test_the_story_that_most_outlets_tell_is_opened(rules: Rules) -> None:
    entries = [*articles("DeepSeek hires", 1, 1, story_id=7), *articles("DeepSeek ships", 3, 5, story_id=8)]
    (trend,) = find_trends(entries, SINCE, rules, 8)
    assert trend.entry.story_id == 8


def test_what_one_outlet_repeats_is_one_article(rules: Rules) -> None:
    entries = [entry(1, "wire", "DeepSeek again", hour) for hour in range(9)]
    assert find_trends(entries, SINCE, rules, 8) == []


def test_spellings_of_one_name_count_together(rules: Rules) -> None:
    entries = [*articles("Open AI sues", 2, 1, story_id=1), *articles("OpenAI sues", 2, 2, story_id=2)]
    (trend,) = find_trends(entries, SINCE, rules, 8)
    assert trend.articles == 4


def test_names_of_one_story_take_one_line(rules: Rules) -> None:
    trends = find_trends(articles("Sam Altman leaves OpenAI for DeepSeek", 4, 1), SINCE, rules, 8)
    assert len(trends) == 1


@pytest.mark.parametrize("count", range(ARTICLES_MIN))
def test_few_articles_are_no_trend(rules: Rules, count: int) -> None:
    assert find_trends(articles("DeepSeek ships", count, 1), SINCE, rules, 8) == []


def test_at_most_as_many_as_asked_for(rules: Rules) -> None:
    names = ["OpenAI", "DeepSeek", "Anthropic", "Cerebras"]
    entries = [one for n, name in enumerate(names) for one in articles(f"{name} ships", 4, 1, story_id=n)]
    assert len(find_trends(entries, SINCE, rules, 3)) == 3


def test_learned_names_are_names(rules: Rules) -> None:
    assert names_in(rules, "Zanzibots raises money") == []
    assert names_in(with_names(rules, {"Zanzibots": "plain"}), "Zanzibots raises money") == ["Zanzibots"]
    assert names_in(with_names(rules, {"Zanzibots": "plain"}), "OpenAI buys it") == ["OpenAI"]
