"""The index of the words of entries, on either database."""

import pytest
from sqlalchemy import text

from bot.model import Change, Keys, TextKind
from bot.store import Store, entries, entry_search, open_store, stories
from bot.store.entry_search import Scope
from bot.text.search_words import Phrase, SearchTerms, phrase_of, search_words
from bot.text.typed_terms import split_terms
from tests.store.conftest import NOW, World, later
from tests.store.test_upgrades import upgraded

TEXTS = {
    "corvid": (
        "Halden releases Corvid 3",
        "An open language model with 70 billion parameters: open weights.",
    ),
    "robots": ("Robots weed vineyards", "The machine tells weeds from vines. It's state-of-the-art."),
    "zh": ("阿里云发布新的语言模型", "该模型开放权重。"),
    "ja": ("新しい言語モデルを公開", "東京の研究所が発表した。"),
    "fr": ("L’été des modèles ouverts", "Une société présente un modèle à São Paulo."),
}


async def add(store: Store, feed_id: int, **written: tuple[str, str]) -> dict[str, int]:
    """Add entries with stories of their own; returns their ids by name."""
    new = [
        entries.NewEntry(
            feed_id,
            Keys(name, "", ""),
            {
                "title": title,
                "text": body,
                "link": f"https://example.org/{name}",
                "text_kind": TextKind.FEED,
                "language": "en",
                "published": later(minutes=n),
                "first_seen": NOW,
                "content_hash": name,
            },
        )
        for n, (name, (title, body)) in enumerate(written.items())
    ]
    async with store.write() as tx:
        ids = await entries.add(tx, new)
        by_name = {key: number for (_, key), number in ids.items()}
        for number in by_name.values():
            story = await stories.create(tx, await stories.take_changes(tx, 1), NOW)
            await stories.assign(tx, {number: story}, NOW)
    return by_name


def wanted(line: str) -> SearchTerms:
    terms = split_terms(line, ())
    phrases = [(term, phrase_of(term.text, exact=term.form == "phrase")) for term in terms]
    return SearchTerms(
        tuple(phrase for term, phrase in phrases if phrase and term.sign != "-"),
        tuple(phrase for term, phrase in phrases if phrase and term.sign == "-"),
    )


async def found(store: Store, names: dict[str, int], line: str, scope: Scope) -> list[str]:
    by_id = {number: name for name, number in names.items()}
    async with store.read() as tx:
        hits = await entry_search.find(tx, wanted(line), scope)
    return [by_id[number] for numbers in hits.values() for number in numbers]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("corvid", ["corvid"]),
        ("CORVID halden", ["corvid"]),
        ("robot", ["robots"]),
        ('"robot"', []),
        ('"open weights"', ["corvid"]),
        ('"weights open"', []),
        ('"3 an open"', []),
        ("model -corvid", ["fr"]),
        ("modeles ete", ["fr"]),
        ("sao", ["fr"]),
        ("state-of-the-art", ["robots"]),
        ("语言模型", ["zh"]),
        ("型", ["zh"]),
        ("言语", []),
        ("言語モデル", ["ja"]),
        ("東京", ["ja"]),
        ("OR", []),
        ("corvid NOT halden", []),
        ('corvid" OR "robots', []),
        ("title:corvid", []),
        ("cor*", ["corvid"]),
        ("'; DROP TABLE entries --", []),
        ("corvid & !halden <-> (x:*)", []),
    ],
)
async def test_words_phrases_and_what_must_not_be_there(
    store: Store, world: World, line: str, names: list[str]
) -> None:
    feed_id = await world.feed()
    ids = await add(store, feed_id, **TEXTS)
    assert await found(store, ids, line, Scope(feed_ids=[feed_id])) == names


async def test_it_is_looked_for_only_where_somebody_may(store: Store, world: World) -> None:
    mine, other = await world.feed(), await world.feed()
    ids = await add(store, mine, **TEXTS)
    assert await found(store, ids, "corvid", Scope(feed_ids=[other])) == []
    assert await found(store, ids, "corvid", Scope(feed_ids=[mine], language="it")) == []
    assert await found(store, ids, "corvid", Scope(feed_ids=[mine], since=later(minutes=1))) == []
    assert await found(store, ids, "corvid", Scope(feed_ids=[mine], topics=["ai"])) == []


async def test_the_newest_come_first(store: Store, world: World) -> None:
    feed_id = await world.feed()
    ids = await add(store, feed_id, one=("A model", ""), two=("The model", ""), three=("Models", ""))
    assert await found(store, ids, "model", Scope(feed_ids=[feed_id])) == ["three", "two", "one"]


async def test_an_edit_and_a_page_that_was_read_are_found(store: Store, world: World) -> None:
    feed_id = await world.feed()
    ids = await add(store, feed_id, one=("Kestrel 9", "A teaser."))
    scope = Scope(feed_ids=[feed_id])
    async with store.write() as tx:
        await entries.record_page(tx, ids["one"], "The page speaks of falcons.")
    assert await found(store, ids, "falcons kestrel", scope) == ["one"]
    async with store.write() as tx:
        values = {"title": "Merlin 9", "text": "Hawks."}
        await entries.edit(tx, ids["one"], 2, Change.MATERIAL, values, NOW)
    assert await found(store, ids, "merlin hawks", scope) == ["one"]
    assert await found(store, ids, "kestrel", scope) == []
    assert await found(store, ids, "falcons", scope) == []


async def test_hostile_texts_are_indexed(store: Store, world: World) -> None:
    feed_id = await world.feed()
    hostile = "x" * 5000 + " ' \\ \" \x01 🦜" * 500 + " ﷺ ½ ² ª ـ needle"
    ids = await add(store, feed_id, one=(hostile[:900], "'a':1 \\' needle <-> " + hostile))
    assert await found(store, ids, "needle", Scope(feed_ids=[feed_id])) == ["one"]
    assert await found(store, ids, "x" * 5000, Scope(feed_ids=[feed_id])) == ["one"]


async def test_entries_of_an_earlier_schema_are_found_after_the_upgrade(empty_database: str) -> None:
    feed = {
        "id": 7, "url": "https://a.example/feed", "url_key": "a.example/feed", "title": "a", "outlet": "a", "home": "",
        "language": "en", "kind": "news outlet", "weight": 1.0, "ai_only": True, "origin": "config", "state": "active",
        "etag": "", "last_modified": "", "body_hash": "", "failures": 0, "error": "",
    }  # fmt: skip
    story = {"id": 4, "change_no": 1, "created_at": NOW, "changed_at": NOW}
    entry = {
        "id": 5, "feed_id": 7, "key": "k", "alias": "", "link_key": "", "title": "Corvid 3", "link": "", "text": "语言模型",
        "text_kind": "feed", "language": "en", "author": "", "image": "", "published": NOW, "first_seen": NOW,
        "content_hash": "h", "version": 1, "read_tries": 0, "wall": "", "backlog": False, "story_id": 4,
    }  # fmt: skip
    more = [{**entry, "id": 5 + n, "key": f"k{n}", "title": f"Heron {n}"} for n in range(1, 250)]
    store = await upgraded(empty_database, "0016", feeds=[feed], stories=[story], entries=[entry, *more])
    async with store.read() as tx:
        for words, ids in (("corvid", [5]), ("语言", 250), ("heron 249", [254])):
            (hits,) = (await entry_search.find(tx, wanted(words), Scope(feed_ids=[7]))).values()
            assert hits == ids or len(hits) == ids
    await store.close()


async def test_opening_again_keeps_the_index(database: str) -> None:
    store = await open_store(database)
    await store.close()
    store = await open_store(database)
    async with store.read() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM entry_words"))).scalar() == 0
    await store.close()


def test_words_are_folded_cut_and_parted() -> None:
    assert search_words("ＧＰＴ-4o’s Élan") == ["gpt", "4o", "s", "elan"]
    assert search_words("用AI写作") == ["用", "ai", "写", "作"]
    assert search_words("🦜" * 4000) == []
    assert [len(word) for word in search_words("a" * 9000)] == [60]
    assert phrase_of("AI", exact=False) == Phrase(("ai",), open=False)
    assert phrase_of("robot", exact=False) == Phrase(("robot",), open=True)
    assert phrase_of("模型", exact=False) == Phrase(("模", "型"), open=False)
