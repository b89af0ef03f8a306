"""New, known or edited."""

from dataclasses import replace
from typing import Any

import pytest

from bot.model import Change, Keys, KnownEntry, ParsedEntry, TextKind
from bot.pipeline.entries.identify import (
    by_title,
    classify_change,
    clean_link,
    content_hash,
    is_rebuilt,
    keys_of,
    link_key,
    match,
    tells_more,
)
from tests.pipeline.conftest import NOW, ago


def item(**values: Any) -> ParsedEntry:
    return ParsedEntry(**{"guid": "", "link": "", "title": "T", "text": "x", **values})


def one(**values: Any) -> Keys:
    return keys_of([item(**values)])[0]


@pytest.mark.parametrize(
    "link",
    [
        "http://news.example/a",
        "https://www.news.example/a/",
        "https://m.news.example/a?utm_source=rss&utm_medium=feed",
        "https://news.example/a?fbclid=1#comments",
        "https://news.example/a/amp/",
        "https://news.example:443/a/index.html",
        "https://news.example/a?source=rss",
    ],
)
def test_two_spellings_of_an_address_are_one(link: str) -> None:
    assert link_key(link) == "news.example/a"


def test_what_selects_a_page_stays_in_its_address() -> None:
    assert link_key("https://news.example/?p=1") != link_key("https://news.example/?p=2")
    assert link_key("https://news.example/?b=1&a=2") == link_key("https://news.example/?a=2&b=1")
    assert link_key("https://news.example:8080/a") != link_key("https://news.example/a")
    assert link_key("") == ""
    assert [link_key(odd) for odd in ("https://[", "https://a.example:x/", "https://[/?a#b")] == [
        "https://[",
        "https://a.example:x/",
        "https://[/?a#b",
    ]


def test_a_link_is_shown_without_tracking_and_otherwise_untouched() -> None:
    assert clean_link("https://a.example/x?id=5&utm_campaign=z#top") == "https://a.example/x?id=5"
    assert clean_link("https://a.example/x?q=a%20b+c&e") == "https://a.example/x?q=a%20b+c&e"


def test_a_guid_is_a_name() -> None:
    assert (
        one(guid="1", link="https://a.example/1").key
        == one(guid="1", link="https://a.example/2", title="New").key
    )


def test_a_guid_that_repeats_in_its_document_is_none() -> None:
    first, second = keys_of(
        [item(guid="same", link="https://a.example/1"), item(guid="same", link="https://a.example/2")]
    )
    assert first.key != second.key
    assert "" != first.alias != second.alias != ""


def test_entries_without_any_name_are_told_apart_by_date_then_text() -> None:
    assert one(title="A", published=NOW).key != one(title="A", published=ago(1)).key
    assert one(title="A", text="x").key != one(title="A", text="y").key
    assert one(title="A", text="x").key == one(title="a", text="X").key


def test_the_same_entry_twice_in_a_document_gets_two_keys_that_stay() -> None:
    twins = [item(guid="g", link="https://a.example/1"), item(guid="g", link="https://a.example/1")]
    first, second = keys_of(twins)
    assert first.key != second.key
    assert keys_of(twins) == [first, second]


def test_a_moved_host_keeps_its_aliases() -> None:
    old, new = one(guid="https://old.example/post/17"), one(guid="https://new.example/post/17")
    assert old.key != new.key
    assert old.alias == new.alias != ""
    assert one(guid="https://old.example/1").alias == ""


def stored(number: int, entry: ParsedEntry, *neighbours: ParsedEntry) -> KnownEntry:
    """An entry as it is kept after a poll in which it had these neighbours."""
    keys = keys_of([entry, *neighbours])[0]
    return KnownEntry(
        id=number,
        keys=keys,
        content_hash=content_hash(entry),
        title=entry.title,
        text=entry.text,
        text_kind=TextKind.FEED,
        version=1,
    )


def found(entry: ParsedEntry, known: list[KnownEntry], *neighbours: ParsedEntry) -> int | None:
    hit = match(entry, keys_of([entry, *neighbours])[0], known)
    return hit.id if hit else None


FIRST = item(guid="g1", link="https://a.example/1", title="A lab opens its model", published=ago(5))
SECOND = item(guid="g2", link="https://a.example/2", title="A court hears the lab", published=ago(4))


@pytest.mark.parametrize(
    "again",
    [
        replace(FIRST, title="Edited beyond recognition", text="other", link="https://a.example/moved"),
        replace(FIRST, guid="new-guid"),
        replace(
            FIRST,
            guid="new-guid",
            link="http://www.a.example/1/?utm_source=rss#top",
            title="A lab opens its model!",
        ),
        replace(FIRST, published=ago(0)),
        replace(FIRST, guid="", link="http://a.example/1"),
    ],
)
def test_the_same_entry_stays_the_same(again: ParsedEntry) -> None:
    assert found(again, [stored(1, FIRST, SECOND), stored(2, SECOND, FIRST)], SECOND) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(SECOND, guid="g9", link="https://a.example/9"),
        replace(SECOND, guid="g9", link=FIRST.link),
        item(title="A lab opens its model", text="different words on another day"),
    ],
)
def test_a_different_entry_stays_different(other: ParsedEntry) -> None:
    assert found(other, [stored(1, FIRST)]) is None


def test_a_feed_that_links_every_item_to_one_page() -> None:
    page = "https://a.example/changelog"
    old, new = (
        item(guid=f"v{n}", link=page, title=f"Version {n} is out", published=ago(9 - n)) for n in (1, 2)
    )
    known = [stored(1, old)]
    assert found(new, known, old) is None
    assert found(old, known, new) == 1


def test_a_feed_of_one_page_without_guids() -> None:
    page = "https://a.example/changelog"
    old, new = (item(link=page, title=f"Version {n} is out", published=ago(9 - n)) for n in (1, 2))
    known = [stored(1, old)]
    assert found(old, known, new) == 1
    assert found(new, known, old) is None


def test_an_entry_without_any_name_survives_a_new_date() -> None:
    nameless = item(title="Morning briefing", text="What happened on Monday.", published=ago(9))
    known = [stored(1, nameless)]
    assert found(replace(nameless, published=ago(1)), known) == 1
    assert found(replace(nameless, text="What happened on Tuesday.", published=ago(1)), known) is None


def test_a_neighbour_that_takes_the_same_guid_changes_nothing() -> None:
    twin = replace(SECOND, guid=FIRST.guid)
    known = [stored(1, FIRST)]
    assert found(FIRST, known, twin) == 1
    assert found(twin, known, FIRST) is None


def test_several_stored_entries_of_one_link_are_no_evidence() -> None:
    link = "https://a.example/live"
    known = [stored(n, item(guid=f"g{n}", link=link, title="Live blog of the trial")) for n in (1, 2)]
    assert found(item(guid="g3", link=link, title="Live blog of the trial"), known) is None


def test_a_rebuilt_site_brings_nothing_new() -> None:
    fresh = [item(guid=f"n{n}", title=f"T{n}", published=ago(n)) for n in range(1, 7)]
    assert is_rebuilt(fresh, 6, ago(1))
    assert not is_rebuilt(fresh, 6, ago(2))
    assert not is_rebuilt(fresh[:4], 6, ago(1))
    assert not is_rebuilt(fresh, 12, ago(1))
    assert not is_rebuilt(fresh, 6, None)
    kept = stored(3, item(title="Così è"))
    assert by_title(item(title="COSI È"), {"cosi e": kept}) is kept


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (("A title", "Some words here."), ("A title", "Some  words, here!"), Change.COSMETIC),
        (
            ("A title", "The cat sat on a mat by the old door."),
            ("A title", "The cat sat on a rug by the old door."),
            Change.COSMETIC,
        ),
        (("It costs 5 euros", "x"), ("It costs 6 euros", "x"), Change.MATERIAL),
        (("T", "It has 70 billion parameters."), ("T", "It has 90 billion parameters."), Change.MATERIAL),
        (("Acme wins", "x"), ("Apex wins", "x"), Change.MATERIAL),
        (("T", "one two three four"), ("T", "five six seven four"), Change.MATERIAL),
        (("T", ""), ("T", ""), Change.COSMETIC),
    ],
)
def test_an_edit_is_material_when_it_changes_what_is_told(
    old: tuple[str, str], new: tuple[str, str], change: Change
) -> None:
    assert classify_change(*old, *new) == change


def test_a_content_hash_sees_what_readers_see() -> None:
    assert content_hash(item(guid="1")) == content_hash(item(guid="2", author="x"))
    assert content_hash(item(title="A")) != content_hash(item(title="B"))


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://lab.example/n/1;jsessionid=0A1B2C3D4E5F", "https://lab.example/n/1"),
        ("https://lab.example/n;jsessionid=0A1B.node1?id=7", "https://lab.example/n?id=7"),
        ("https://lab.example/n?id=7&PHPSESSID=q1w2e3r4t5", "https://lab.example/n?id=7"),
        ("https://lab.example/n?sid=9f86d081884c7d659a2f&id=7", "https://lab.example/n?id=7"),
        ("https://lab.example/n?s=9f86d081884c7d659a2feaa0", "https://lab.example/n"),
        ("https://lab.example/n?ASPSESSIONIDQQ=ABCDEFGH&id=7", "https://lab.example/n?id=7"),
        ("https://lab.example/n?sid=26/11/30/1234", "https://lab.example/n?sid=26/11/30/1234"),
        ("https://lab.example/n?sid=4711", "https://lab.example/n?sid=4711"),
        ("https://lab.example/?s=model", "https://lab.example/?s=model"),
        ("https://lab.example/n?id=9f86d081884c7d659a2f", "https://lab.example/n?id=9f86d081884c7d659a2f"),
        ("https://lab.example/n;v=2?a=b;c=d", "https://lab.example/n;v=2?a=b;c=d"),
        ("https://lab.example/n?a=%20b&sid=9f86d081884c7d659a2f", "https://lab.example/n?a=%20b"),
    ],
)
def test_the_visit_in_which_a_page_was_read_is_no_part_of_its_address(link: str, shown: str) -> None:
    assert clean_link(link) == shown
    assert link_key(link) == link_key(shown)


@pytest.mark.parametrize(
    ("old", "new", "is_more"),
    [
        (("A title", "Read by 100 people"), ("A title", "Read by 1,113 people"), False),
        (("A title", "An hour ago"), ("A title", "2 days ago"), False),
        (("A title (3)", "Words"), ("A title (4)", "Words"), False),
        (("A title", "Words"), ("Another title", "Words"), True),
        (("A title", "Words"), ("A title", "Words, and what came of it"), True),
        (("標題", "本文"), ("標題", "本文です。研究所 は 新しい"), True),
    ],
)
def test_an_edit_tells_more_where_it_brings_words(
    old: tuple[str, str], new: tuple[str, str], *, is_more: bool
) -> None:
    assert tells_more(*old, *new) is is_more
