"""New, known or edited."""

from datetime import timedelta
from typing import Any

import pytest

from bot.model import Change, Keys, ParsedEntry
from bot.pipeline.identify import (
    change_between,
    clean_link,
    content_hash,
    dates_of,
    keys_of,
    known,
    link_key,
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
    assert first.alias == second.alias == ""


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


def test_known_looks_for_the_strongest_name_first() -> None:
    names = Keys("k", "a", "l")
    assert known(names, {"k": 1}, {"a": 2}, {"l": 3}) == 1
    assert known(names, {}, {"a": 2}, {"l": 3}) == 2
    assert known(names, {}, {}, {"l": 3}) == 3
    assert known(names, {}, {}, {}) is None
    assert known(Keys("k", "", ""), {}, {"": 2}, {"": 3}) is None


def test_undated_entries_lie_between_their_neighbours() -> None:
    newest, oldest = ago(1), ago(9)
    assert dates_of([item(published=newest), item(), item(published=oldest)], NOW, backlog=False) == [
        newest,
        oldest,
        oldest,
    ]
    assert dates_of([item(published=newest), item()], NOW, backlog=False) == [newest, newest]
    assert dates_of([item(), item(published=oldest)], NOW, backlog=False) == [oldest, oldest]


def test_a_feed_without_dates_is_old_at_first_and_new_later() -> None:
    first, second = dates_of([item(), item()], NOW, backlog=True)
    assert NOW - timedelta(hours=26) < second < first <= NOW - timedelta(days=1)
    assert dates_of([item(), item()], NOW, backlog=False) == [NOW, NOW]
    assert dates_of([], NOW, backlog=True) == []


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
    assert change_between(*old, *new) == change


def test_a_content_hash_sees_what_readers_see() -> None:
    assert content_hash(item(guid="1")) == content_hash(item(guid="2", author="x"))
    assert content_hash(item(title="A")) != content_hash(item(title="B"))
