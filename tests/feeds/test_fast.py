"""The quick way gives what feedparser gives: over documents made to part them, and over the development corpus."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import FeedError
from bot.feeds import parse as reading
from bot.feeds.parse import parse
from bot.model import ParsedFeed
from tests.feeds.test_parse import DIALECTS, URL, rss

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)
CHILDREN = {
    "title": "<title>A model &amp;amp; its &lt;b&gt;price&lt;/b&gt;</title>", "empty title": "<title></title>", "dc title": "<dc:title>Another name</dc:title>",
    "media title": "<media:title>Film of it</media:title>", "link": "<link>https://news.example/1?a=1&amp;b=2</link>", "empty link": "<link/>",
    "atom link": '<atom:link href="https://news.example/2"/>', "atom self": '<atom:link rel="self" type="application/rss+xml" href="https://news.example/f"/>',
    "guid": "<guid>abc-1</guid>", "permalink": "<guid>https://news.example/g</guid>", "no permalink": '<guid isPermaLink="false">https://news.example/g</guid>',
    "description": "<description>&lt;p&gt;Said the lab, which makes many of them.&lt;/p&gt;</description>", "content": "<content:encoded><![CDATA[<p>All of it, at length.</p>]]></content:encoded>",
    "itunes summary": "<itunes:summary>For the ear, in rather more words than the others have.</itunes:summary>", "dc description": "<dc:description>Dublin.</dc:description>",
    "media group": '<media:group><media:title>Inside</media:title><media:description>Told inside a group of media.</media:description><media:thumbnail url="/t.png"/></media:group>',
    "media": '<media:content url="https://news.example/i.jpg" medium="image"><media:description>What it shows.</media:description></media:content>',
    "author": "<author>ada@news.example (Ada)</author>", "creator": "<dc:creator>Ada &amp;lt;L&amp;gt;</dc:creator>", "itunes author": "<itunes:author>Radio</itunes:author>",
    "date": "<pubDate>Mon, 02 Mar 2026 08:00:00 +0100</pubDate>", "dc date": "<dc:date>2026-03-01T08:00:00Z</dc:date>", "eastern": "<pubDate>Sun, 1 Mar 2026 8:05 EST</pubDate>",
    "odd date": "<pubDate>soon</pubDate>", "issued": "<dcterms:issued>2026-02-28</dcterms:issued>", "enclosure": '<enclosure url="https://news.example/e.png" type="image/png" length="1"/>',
    "source": '<source url="https://other.example/"><title>Elsewhere</title></source>', "comments": "<slash:comments>7</slash:comments>", "unknown": "<x><title>Inside</title></x>",
    "double utf-8": "<title>PerchÃ© no</title>", "windows": "<title>It\u0092s here</title>", "inline": "<description>Un <b>grande</b> passo</description>", "language": "<dc:language>it</dc:language>",
    "category": '<category domain="d">Machine &lt;b&gt;learning&lt;/b&gt;</category><category>AI</category><category>AI</category><category/>', "subject": "<dc:subject>Chips</dc:subject>",
    "shelf": '<itunes:category text="Technology"><itunes:category text="Tech News"/></itunes:category>', "categories": "<categories><category>One</category><category>Two</category></categories>",
    "keywords": "<itunes:keywords>one, two</itunes:keywords>",
}  # fmt: skip


def both(body: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[ParsedFeed | str, ParsedFeed | str]:
    quick = answer(body)
    with monkeypatch.context() as patch:
        patch.setattr(reading.documents, "read", lambda *_: None)
        return quick, answer(body)


def answer(body: bytes) -> ParsedFeed | str:
    try:
        return replace(parse(body, URL, "", NOW), items=())
    except FeedError as error:
        return str(error)


@pytest.mark.parametrize("body", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, sure = both(body.encode(), monkeypatch)
    assert quick == sure


@pytest.mark.parametrize("name", CHILDREN)
def test_every_pair_of_children_in_either_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in CHILDREN:
        for pair in itertools.permutations((name, other), 2):
            body = rss(f"<item>{''.join(CHILDREN[n] for n in pair)}<category>c</category></item>", "", SPACES)
            quick, sure = both(body.encode(), monkeypatch)
            assert quick == sure, pair


TEXTS = ("description", "content", "itunes summary", "media group", "dc description")


@pytest.mark.parametrize("triple", list(itertools.permutations(TEXTS, 3)), ids=str)
def test_three_texts(triple: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    body = rss(f"<item>{''.join(CHILDREN[n] for n in triple)}</item>", "", SPACES)
    quick, sure = both(body.encode(), monkeypatch)
    assert quick == sure


ATOM_CHILDREN = {
    "xhtml": '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">One<br/>two <b>three</b><p>four</p></div></content>',
    "html": '<content type="html">&lt;p&gt;One.&lt;/p&gt;</content>', "text": "<summary>Two &lt;b&gt; three.</summary>", "xml": '<content type="image/svg+xml"><svg/></content>',
    "elsewhere": '<content type="video/mp4" src="https://news.example/v"/>', "two authors": "<author><name>Ada</name><email>a@x.example</email></author><author><name>Bob</name></author>",
    "mail": "<author><email>a@x.example</email></author>", "id": "<id>tag:news.example,2026:1</id>", "link": '<link rel="alternate" href="/a"/>', "file": '<link rel="enclosure" type="image/png" href="https://news.example/i.png"/>',
    "source": "<source><title>Other</title><id>x</id><updated>2026-01-01T00:00:00Z</updated></source>", "title": '<title type="html">&lt;i&gt;A&lt;/i&gt; &amp;amp; B</title>', "plain title": "<title>A &lt;i&gt; B</title>",
    "content base": '<content type="html" xml:base="https://base.example/">&lt;p&gt;Words.&lt;/p&gt;</content>', "empty link": '<link rel="alternate" href=""/>',
    "base": '<link xml:base="https://base.example/" href="a"/>', "category": '<category term="ai" scheme="s" label="Artificial"/><category term="x">y</category>', "dates": "<published>2026-03-01T08:00:00+01:00</published><updated>2026-03-01T10:00:00.123Z</updated>",
}  # fmt: skip


@pytest.mark.parametrize("name", ATOM_CHILDREN)
def test_every_pair_of_children_of_an_atom_entry(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other, child in ATOM_CHILDREN.items():
        inside = ATOM_CHILDREN[name] + child
        body = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="it"><title>N</title><link href="https://news.example/"/><link rel="hub" href="https://hub.example/"/><entry>{inside}</entry></feed>'
        quick, sure = both(body.encode(), monkeypatch)
        assert quick == sure, other


def test_what_a_feed_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://news.example/f"/><language>it-IT</language><ttl>45</ttl><skipHours><hour>0</hour><hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays>'
    quick, sure = both(rss("", channel, SPACES).encode(), monkeypatch)
    assert quick == sure
    assert isinstance(quick, ParsedFeed)
    assert (quick.hub, quick.itself, quick.language, quick.min_interval) == ("https://hub.example/", "https://news.example/f", "it", 2700)  # fmt: skip
    assert (quick.skip_hours, quick.skip_days) == ({0, 23}, {6})


def items(*numbers: int, extra: str = "") -> bytes:
    return rss("".join(
        f"<item><guid>g{n}</guid><title>Story {n}</title><link>https://news.example/{n}</link><pubDate>Sun, 01 Mar 2026 08:0{n}:00 GMT</pubDate></item>" for n in numbers
    ) + extra).encode()  # fmt: skip


def again(first: bytes, second: bytes) -> list[str]:
    known = frozenset(parse(first, URL, "", NOW).items)
    return [entry.title for entry in parse(second, URL, "", NOW, known).entries]


def test_known_items_are_left_out() -> None:
    assert again(items(1, 2, 3), items(4, 1, 2, 3)) == ["Story 4"]
    assert again(items(1, 2, 3), items(1, 2, 3)) == []


def test_known_items_are_left_out_where_feedparser_reads_the_rest() -> None:
    strange = "<item><guid>g9</guid><title>Story 9</title><description>With <b>markup</b></description><pubDate>Sun, 01 Mar 2026 08:09:00 GMT</pubDate></item>"
    assert again(items(1, 2), items(1, 2, extra=strange)) == ["Story 9"]


@pytest.mark.parametrize(
    "extra",
    [
        "<item><guid>g1</guid><title>The same guid</title><link>https://news.example/other</link></item>",
        "<item><title>No guid</title><link>https://news.example/other</link></item>",
        "<item><guid>g9</guid><title>No date</title><link>https://news.example/other</link></item>",
    ],
)
def test_an_item_that_means_something_only_among_the_others_brings_them_all(extra: str) -> None:
    assert len(again(items(1, 2), items(1, 2, extra=extra))) == 3


def test_an_edited_item_is_read_again() -> None:
    assert again(items(1, 2), items(1, 2).replace(b"Story 2", b"Story two")) == ["Story two"]


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["ai", "real", "small", "hostile"])
def test_the_corpus(folder: str, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        path
        for path in sorted((shared / "feeds" / folder).rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    ]
    for path in files:
        quick, sure = both(path.read_bytes(), monkeypatch)
        assert quick == sure, path.name
