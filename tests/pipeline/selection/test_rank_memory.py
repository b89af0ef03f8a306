"""Rankings that are remembered are those that would be made."""

import random
from datetime import timedelta

import pytest

from bot.model import Entry, Ranking, Wall
from bot.pipeline.selection import rank_memory
from bot.pipeline.selection.rank import assess_merits, rank
from bot.pipeline.selection.rank_memory import RankMemory
from tests.pipeline.conftest import NOW, ago, entry, story
from tests.support.world import settings

TITLES = (
    "Halden releases Corvid 3",
    "What we think of Corvid",
    "Halden: an outage of Corvid",
    "欧洲批准了新的人工智能法案",
)
TEXTS = (
    "",
    " ".join(f"word{n}" for n in range(90)),
    "Halden released Corvid 3 on Monday. It has 70 billion parameters.",
)


def any_entry(draw: random.Random, number: int) -> Entry:
    return entry(
        number,
        title=draw.choice(TITLES),
        text=draw.choice(TEXTS),
        language=draw.choice(("en", "zh")),
        published=ago(draw.randint(0, 60)),
        kind=draw.choice(("news outlet", "lab blog", "community", "aggregator")),
        weight=draw.choice((0.5, 1.0)),
        wall=draw.choice(tuple(Wall)),
        categories=["AI"],
    )  # fmt: skip


def test_they_are_equal_whatever_changed_in_between() -> None:
    draw, memory = random.Random(1), RankMemory(20)
    for turn in range(400):
        shown = story(*(any_entry(draw, n) for n in range(1, draw.randint(2, 4))), number=draw.randint(1, 3))
        aside = frozenset(draw.sample(range(1, 9), 2))
        for languages in (("en",), ("zh", "en")):
            given = (shown, NOW + timedelta(minutes=turn), languages, settings().kinds, aside)
            assert memory.rank(*given) == rank(*given)
            later = (shown, NOW + timedelta(days=1), languages, settings().kinds, aside)
            assert memory.rank(*later) == rank(*later)


def test_a_story_is_measured_once_for_all_who_see_it_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[int] = []

    def counted(entries: tuple[Entry, ...], *rest: object) -> object:
        measured.append(len(entries))
        return assess_merits(entries, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(rank_memory, "assess_merits", counted)
    memory, shown = RankMemory(), story(entry(1), entry(2))
    rankings: list[Ranking] = [
        memory.rank(shown, NOW + timedelta(minutes=n), ("en",), settings().kinds) for n in range(5)
    ]
    assert measured == [2]
    assert len({ranking.score for ranking in rankings}) == 5
    memory.rank(story(entry(1)), NOW, ("en",), settings().kinds)
    memory.rank(shown, NOW, ("de", "en"), settings().kinds)
    memory.rank(shown, NOW, ("en",), settings().kinds, {2})
    assert measured == [2, 1, 2, 2]
