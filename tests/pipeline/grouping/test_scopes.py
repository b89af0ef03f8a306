"""What a server reads for itself proves nothing elsewhere: it follows what all see, and never decides over it."""

from dataclasses import replace

import pytest

from bot.pipeline.grouping.index import Doc, Index
from tests.pipeline.conftest import doc
from tests.pipeline.grouping.test_index import archive, grouped, news
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell, settings

MINE = frozenset({7})
THEIRS = frozenset({8})
BOTH = frozenset({7, 8})


def own(number: int, item: object, servers: frozenset[int] = MINE, **values: object) -> Doc:
    return replace(news(number, item, **values), servers=servers)


@pytest.mark.parametrize(
    ("by", "of", "is_evidence"),
    [(None, None, True), (None, MINE, True), (MINE, None, False), (MINE, MINE, True), (MINE, THEIRS, False), (BOTH, MINE, True), (MINE, BOTH, False)],
)  # fmt: skip
def test_evidence_is_what_everybody_sees_who_sees_the_entry(
    by: frozenset[int] | None, of: frozenset[int] | None, is_evidence: bool
) -> None:
    assert replace(doc(1, "x"), servers=by).is_evidence_for(replace(doc(2, "y"), servers=of)) is is_evidence


def test_a_servers_own_entry_joins_what_all_see() -> None:
    assert len(set(grouped(news(1, corvid()), own(2, corvid_elsewhere(hours=0.5))).values())) == 1


def test_another_servers_entries_are_no_evidence() -> None:
    assert len(set(grouped(own(1, corvid()), own(2, corvid_elsewhere(hours=0.5), THEIRS)).values())) == 2


def test_an_articles_link_is_not_anothers_to_give_away() -> None:
    """The attack: a told story's words under the address of an article that another outlet is about to bring."""
    told = news(1, larkwell(hours=5))
    bait = own(2, larkwell(hours=4), link_key="vale.example/article")
    article = news(3, alpine(hours=3), link_key="vale.example/article")
    story_of = grouped(told, bait, article)
    assert story_of[2] == story_of[1]
    assert story_of[3] not in {story_of[1]}


def test_a_bridge_of_ones_own_joins_no_two_stories_of_others() -> None:
    one, other = news(1, corvid(hours=5)), news(2, garden(hours=4))
    both = f"{corvid().title} {garden().title}"
    bridges = [replace(doc(n, both, f"{corvid().text} {garden().text}"), servers=MINE) for n in range(10, 40)]
    story_of = grouped(one, other, *bridges, merge=True)
    assert story_of[1] != story_of[2]


def test_a_flood_of_ones_own_hides_nothing_from_others() -> None:
    """However many entries share the words of a story, those that all see are found."""
    flood = [replace(news(n, corvid(hours=4)), servers=MINE) for n in range(100, 400)]
    story_of = grouped(news(1, corvid(hours=5)), *flood, news(2, corvid_elsewhere(hours=1)))
    assert story_of[1] == story_of[2]


def test_what_a_server_reads_for_itself_is_not_counted() -> None:
    index = Index(archive(), settings().grouping, settings().rules.tiers)
    flood = [replace(news(n, corvid(hours=4)), servers=MINE) for n in range(100, 200)]
    index.expect(flood)
    for one in flood:
        index.add(one, one.id)
    late = news(500, garden(hours=-24.0 * 5))
    index.expect([late])
    index.add(late, 500)
    assert index.take_document_counts() == {}


def test_what_came_to_a_server_first_moves_to_the_story_that_all_see() -> None:
    index = Index(archive(), settings().grouping, settings().rules.tiers)
    first, later = own(1, corvid(hours=3)), news(2, corvid_elsewhere(hours=2))
    for one in (first, later):
        index.expect([one])
        assert index.place(one).story is None
        index.add(one, one.id)
    assert index.homes() == [(1, 2)]
    index.merge(1, 2)
    assert index.homes() == []


def test_a_story_that_all_see_never_goes_into_one_that_some_see() -> None:
    index = Index(archive(), settings().grouping, settings().rules.tiers)
    docs = [own(1, corvid(hours=4)), own(3, corvid(hours=4)), news(2, corvid_elsewhere(hours=2))]
    for one in docs:
        index.expect([one])
        index.add(one, index.place(one).story or one.id)
    assert index.twins(2) == []


def test_a_link_alone_joins_no_two_titles_without_a_word_in_common() -> None:
    one = news(1, larkwell(), link_key="vale.example/hub")
    other = news(2, garden(), link_key="vale.example/hub")
    assert len(set(grouped(one, other).values())) == 2
    again = replace(other, title=f"{larkwell().title}, says Vale", text="")
    assert len(set(grouped(one, again).values())) == 1
