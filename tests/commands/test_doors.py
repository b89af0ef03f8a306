"""Every kind of fault that feeds have, in every format, through every door: `/subscribe`, `/import` with the polls that follow, and
`strillone try`, each asking one server on loopback.

A kind is what its items hold and what they mean; what is odd about the bytes or the server is done to the document behind that. What RDF and
RSS 0.91 hold is read by what reads RSS 2.0 (`tests/feeds/test_as_meant.py` tries them).
"""

import gzip
import io
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from bot.app import wiring
from bot.app.wiring import Application
from bot.cli import trial as trial_module
from bot.cli.trial import trial
from bot.feeds.fetch import Fetcher
from bot.feeds.opml import read_public_list
from bot.model import Listing
from bot.schedulers.virtual import VirtualScheduler
from bot.store import Store, open_store
from bot.store.schema import entries, feeds
from tests.app.helpers import quiet_log
from tests.commands.conftest import PLACE, Counter
from tests.conftest import StillClock
from tests.doubles.feeds import FeedServer, Names, Reply, feed_server
from tests.feeds.formats import FORMATS, Fields, written
from tests.support.world import CONFIG, World

DAY = datetime(2026, 3, 1, tzinfo=UTC)
USUAL = {"date": "Sun, 01 Mar 2026 00:00:00 GMT"}


@dataclass(frozen=True, kw_only=True)
class Item:
    """What an item holds, and what it is read as; NAME stands for the name of its feed, HOME for where paths lead from."""

    holds: Fields
    title: str
    link: str = "https://NAME.example/1"
    published: datetime | None = DAY
    text: str = ""
    author: str = ""
    image: str = ""
    language: str = "en"


def item(title: str, **values: object) -> Item:
    """Return an item; of what is not said, it holds what it means."""
    one = Item(holds={}, title=title, **{name: value for name, value in values.items() if name not in HELD})  # type: ignore[arg-type]
    usual = {"title": one.title, "link": one.link, "text": one.text, **USUAL}
    return replace(
        one,
        holds=usual
        | {name.removeprefix("raw_"): str(value) for name, value in values.items() if name in HELD},
    )


HELD = frozenset({"raw_title", "raw_link", "raw_text", "raw_date", "raw_author", "raw_image"})
SECOND = item(
    "The library of Porto lends robots to its readers",
    link="https://NAME.example/2",
    text="They read aloud in three languages.",
)
"""A sound item beside the odd one, of which nothing may be lost."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault: items, the language that the feed declares, what is done to its bytes, and how they are served."""

    items: Sequence[Item]
    language: str = "en"
    spoil: Callable[[bytes], bytes] = bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    formats: Sequence[str] = ("rss", "atom", "json")
    sees: int = 0
    """Items that the document holds beside those that are expected: older ones, which are read too."""


def with_bytes(**parts: bytes) -> Callable[[bytes], bytes]:
    """Return what puts bytes in the place of words."""

    def spoil(body: bytes) -> bytes:
        for word, value in parts.items():
            body = body.replace(word.encode(), value)
        return body

    return spoil


def oldest_first(body: bytes) -> bytes:
    """Put six hundred old items before the ones that are there."""
    start = body.find(b"<item") if b"<item" in body else body.find(b"<entry")
    end = body.find(b"</item>") + 7 if b"<item" in body else body.find(b"</entry>") + 8
    one = body[start:end].replace(b"2026", b"2025").replace(b"Sun, ", b"")
    many = [
        one.replace(b".example/1", b".example/o%d" % n)
        .replace(b">0<", b">o%d<" % n)
        .replace(b"urn:0", b"urn:o%d" % n)
        for n in range(600)
    ]
    return (
        body[:start]
        + b"".join(one.replace(b"robot", b"robot number %d" % n) for n, one in enumerate(many))
        + body[start:]
    )


def larger_than_we_take(body: bytes) -> bytes:
    """Let a document have more than five megabytes behind its items."""
    if body.startswith(b"{"):
        return body.replace(
            b"]}", b', {"id": "9", "title": "Old", "content_text": "' + b"word " * 1_200_000 + b'"}]}'
        )
    last = body.rfind(b"</item>") + 7 if b"</item>" in body else body.rfind(b"</entry>") + 8
    tag = b"item" if b"</item>" in body else b"entry"
    return (
        body[:last]
        + b"<%b><title>Old</title><summary>%b</summary></%b>" % (tag, b"word " * 1_200_000, tag)
        + body[last:]
    )


def broken_off(body: bytes) -> bytes:
    """End a document within a third item."""
    if body.startswith(b"{"):
        return body.replace(b"]}", b', {"id": "9", "title": "Bro')
    last = body.rfind(b"</item>") + 7 if b"</item>" in body else body.rfind(b"</entry>") + 8
    return body[:last] + (b"<item><title>Bro" if b"</item>" in body else b"<entry><title>Bro")


KINDS = {
    "anchors": Kind(items=(
        item("Batch endpoint of Lattice accepts images", link="https://NAME.example/log#b", text="It takes up to 500 images."),
        item("Speech models of Lattice speak Welsh", link="https://NAME.example/log#a", text="Basque and Maltese are new, too."))),
    "home": Kind(items=(
        item("A robot boat maps the Arno", link="https://NAME.example/", text="It needed nine days."),
        item("Larkwell cools a data centre with melt water", link="https://NAME.example/", text="It stands under a glacier."))),
    "names": Kind(items=(item("Heron 3 Pro"), SECOND)),
    "names-alone": Kind(language="", items=(item("Granite 4.0 Nano"), SECOND, item("Robots of Heron count the tiles in Pisa", link="https://NAME.example/3", text="They counted all of them twice."))),
    "year-first": Kind(items=(item("A robot weeds vineyards", raw_date="2026/03/01 07:00", published=DAY.replace(hour=7)), replace(SECOND, holds=SECOND.holds | {"date": "2026.02.15"}, published=datetime(2026, 2, 15, tzinfo=UTC)))),
    "month-first": Kind(language="en-us", items=(item("A robot weeds vineyards", raw_date="3/1/2026 3:04 PM", published=DAY.replace(hour=15, minute=4)), replace(SECOND, holds=SECOND.holds | {"date": "2/25/2026"}, published=datetime(2026, 2, 25, tzinfo=UTC)))),
    "zones": Kind(items=(item("A robot weeds vineyards", raw_date="Sun, 1 Mar 2026 10:00:00 JST", published=DAY.replace(hour=1)), replace(SECOND, holds=SECOND.holds | {"date": "March 1st, 2026, 3:04 a.m. ET"}, published=DAY.replace(hour=8, minute=4)))),
    "local-dates": Kind(language="it", items=(item("Un robot cura le vigne della Slovenia", raw_date="domenica 1 marzo 2026, ore 10.30", published=DAY.replace(hour=10, minute=30), language="it", text="Lo guida una rete di sensori."),)),
    "eras": Kind(language="ja", items=(item("ロボットがぶどう畑の草を取る", raw_date="令和8年3月1日 午前10時", published=DAY.replace(hour=10), language="ja", text="新しいモデルが葉の形を見分ける。"),)),
    "no-date": Kind(items=(item("A robot weeds vineyards", raw_date="soon", published=None), SECOND)),
    "halves": Kind(items=(item("Lift-off \U0001f680 for the robot", raw_title="Lift-off HALVES for the robot", text="It \U0001f680 flies.", raw_text="It HALVES flies.", author="Ann \U0001f680 Lee", raw_author="Ann HALVES Lee"), SECOND), spoil=lambda body: body.replace(b"HALVES", rb"\ud83d\ude80" if body.startswith(b"{") else b"&#55357;&#56960;")),
    "lone-half": Kind(items=(item("Lift-off \ufffd for the robot", raw_title="Lift-off HALF for the robot"), SECOND), spoil=lambda body: body.replace(b"HALF", rb"\ud83d" if body.startswith(b"{") else b"&#55357;")),
    "control": Kind(items=(item("A robot arm sorts parcels", raw_title="A robotX arm sorts parcels"), SECOND), spoil=lambda body: body.replace(b"botX arm", b"bot" + (rb"\u0008 arm" if body.startswith(b"{") else b"&#8; arm"))),
    "cut-character": Kind(language="zh", items=(item("乌鸦三号模型发布", text="新模型今天发布", raw_text="新模型今天发布CUT", language="zh"), item("里斯本咖啡馆雇用机器人", link="https://NAME.example/2", text="它们端盘子。", language="zh")), spoil=with_bytes(CUT=b"\xe4\xbb")),
    "old-author": Kind(language="it", items=(item("Il robot è più veloce della città", text="Costa 9.000 € l’ora.", raw_author="RenX Dupont", author="René Dupont", language="it"),), spoil=with_bytes(RenX=b"Ren\xe9")),
    "tag-names": Kind(items=(item("Corvid 3 emits <think> tokens", raw_title="Corvid 3 emits &lt;think&gt; tokens", raw_text="A switch for &lt;think&gt; and <b>Vec&lt;T&gt;</b> helps.", text="A switch for <think> and Vec<T> helps.", raw_author="Ann &lt;think&gt; Lee", author="Ann <think> Lee"),
        item("Vec<T> and bold words in the new tokenizer", raw_title="Vec<T> and <b>bold</b> words in the new tokenizer", link="https://NAME.example/2"))),
    "joiners": Kind(language="fa", items=(item("مدل‌های زبانی کوچک می‌توانند فکر کنند", text="شرکت مدل‌های تازه‌ای را معرفی کرد.", language="fa"), item("\U0001f469\u200d\U0001f4bb writes the code for a robot", link="https://NAME.example/2", raw_title="\U0001f469\u200d\U0001f4bb wri\u00adtes the\u200b code for a robot", language="en", text="The company showed the system to reporters in Oslo."))),
    "addresses": Kind(items=(
        item("A space in the path of this robot", raw_link="https://NAME.example/my new post", link="https://NAME.example/my%20new%20post", raw_image="www.NAME.example/a b.jpg", image="https://www.NAME.example/a%20b.jpg"),
        item("No scheme before this robot's address", raw_link="www.NAME.example/posts/2", link="https://www.NAME.example/posts/2", raw_image="N/A"),
        item("No address at all for this robot", raw_link="N/A", link=""),
        item("A path alone for this robot", raw_link="/posts/NAME 4", link="HOME/posts/NAME%204", raw_image="/4.jpg", image="HOME/4.jpg"))),
    "no-title": Kind(items=(item("Today Halden Labs publishes the weights of Corvid 3.", raw_title="", text="Today Halden Labs publishes the weights of Corvid 3. They are free for everybody.", raw_text="<p>Today Halden Labs publishes the weights of Corvid 3. They are free for everybody.</p>"), SECOND)),
    "raw-markup": Kind(formats=("rss", "atom"), items=(item("A robot weeds vineyards", raw_text="It costs <5 euros & more<br>a day.", text="It costs <5 euros & more\na day."), SECOND)),
    "untitled": Kind(items=(item("Today Halden Labs publishes the weights of Corvid 3.", raw_title="Untitled", text="Today Halden Labs publishes the weights of Corvid 3. They are free for everybody."), SECOND)),
    "oldest-first": Kind(items=(item("A robot boat reaches Pisa"), SECOND), spoil=oldest_first, formats=("rss",), sees=498),
    "large": Kind(items=(item("A robot boat reaches Pisa"), SECOND), spoil=larger_than_we_take, formats=("rss", "json")),
    "broken-off": Kind(items=(item("A robot boat reaches Pisa"), SECOND), spoil=broken_off),
    "gzip": Kind(items=(item("A robot boat reaches Pisa"), SECOND), spoil=gzip.compress, headers={"Content-Type": "application/gzip"}),
    "no-gzip": Kind(items=(item("A robot boat reaches Pisa"), SECOND), headers={"Content-Encoding": "gzip"}),
    "misnamed": Kind(items=(item("A robot boat reaches Pisa"), SECOND), headers={"Content-Type": "text/html; charset=iso-8859-1"}),
    "mark": Kind(items=(item("Il robot è più veloce", text="Costa 9.000 € l’ora, dice la città.", language="it"),), language="it", spoil=lambda body: b"\xef\xbb\xbf\r\n " + body),
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A kind in a format, and where it is."""

    name: str
    kind: Kind
    url: str

    @property
    def items(self) -> list[Item]:
        return [
            replace(one, link=self._named(one.link), image=self._named(one.image)) for one in self.kind.items
        ]

    def _named(self, address: str) -> str:
        """Return an address with the names filled in; in Atom, paths lead from the document (RFC 4287, 2)."""
        home = (
            self.url.removesuffix(f"/{self.name}") if self.name.endswith("-atom") else "https://news.example"
        )
        return address.replace("NAME", self.name).replace("HOME", home)


def serve_all(server: FeedServer) -> list[Served]:
    """Let a server have every kind in every format."""
    served = []
    for kind_name, kind in KINDS.items():
        for form in kind.formats:
            name = f"{kind_name}-{form.replace(' ', '').replace('.', '')}"
            values = [{key: written(form, value) for key, value in one.holds.items()} for one in kind.items]
            body = kind.spoil(FORMATS[form](kind.language, *values).replace("NAME", name).encode())
            headers = {
                "Content-Type": "application/json" if form == "json" else "application/xml",
                **kind.headers,
            }
            served.append(Served(name, kind, server.serve(f"/{name}", Reply(body, headers=headers))))
    return served


class Loopback:
    """The web of a World, asked in earnest."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetch = fetcher


async def read_as(store: Store, served: Served) -> list[Item]:
    """Return what a feed's entries were read as, without those that only make it long."""
    expected = {one.title for one in served.items}
    query = (
        select(entries)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(feeds.c.url == served.url)
        .order_by(entries.c.id)
    )
    async with store.read() as tx:
        rows = list(await tx.execute(query))
    assert len(rows) == len(served.items) + served.kind.sees, [row.title for row in rows][:9]
    return [
        Item(
            holds={},
            title=row.title,
            link=row.link,
            published=row.published,
            text=row.text,
            author=row.author,
            image=row.image,
            language=row.language,
        )
        for row in rows
        if row.title in expected or not served.kind.sees
    ]


def meant(served: Served) -> list[Item]:
    return [replace(one, holds={}) for one in served.items]


def compare(served: Served, items: Sequence[Item], *, now: datetime) -> None:
    """Compare what was read with what is meant; an entry without a date is dated by others, or as of now."""
    expected = {one.title: one for one in meant(served)}
    for one in items:
        right = expected.pop(one.title)
        if right.published is None:
            assert one.published is not None and one.published <= now  # noqa: PT018
            right = replace(right, published=one.published)
        assert one == right, served.name
    assert not expected, served.name


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


@pytest.fixture
async def desk(
    migrated_file: Path, tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Counter]:
    """A desk whose web is loopback, which its lists may name, too."""
    Names(monkeypatch)
    opened = ("127.0.0.1",)
    monkeypatch.setattr(wiring, "read_public_list", partial(read_public_list, opened=opened))
    store = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'doors.db')}")
    async with Fetcher("Strillone/test", opened=opened) as fetcher:
        yield Counter(await World.on(store, clock, web=Loopback(fetcher)))  # type: ignore[arg-type]
    await store.close()


@pytest.mark.timeout(120)
async def test_subscribe_shows_every_kind_as_it_is_meant_and_polls_keep_it(
    desk: Counter, server: FeedServer
) -> None:
    all_served = serve_all(server)
    for number, served in enumerate(all_served):
        place = replace(PLACE, address=f"chat {number}", server_address=f"server {number // 100}")
        answer = await desk.at(place).ask(f"/subscribe {served.url} all 12:00")
        (shown,) = [block for block in answer.document.blocks if isinstance(block, Listing)]
        newest_first = sorted(
            served.items, key=lambda one: -one.published.timestamp() if one.published else 0.0
        )[: len(shown.items)]
        assert [(line.text, line.link) for line in shown.items][: len(newest_first)] == [
            (_line(one), one.link) for one in newest_first
        ], served.name
    await desk.world.settle("collect")
    for served in all_served:
        compare(served, await read_as(desk.world.store, served), now=desk.world.clock())


def _line(one: Item) -> str:
    return (
        f"{one.title} · {one.published:%A} {one.published.day} {one.published:%B}"
        if one.published
        else one.title
    )


@pytest.mark.timeout(120)
async def test_an_imported_list_brings_every_kind_as_it_is_meant(desk: Counter, server: FeedServer) -> None:
    all_served = serve_all(server)
    outlines = "".join(
        f'<outline text="\x08{served.name} & Co" type="rss" xmlUrl="{served.url}"/>' for served in all_served
    )
    text = f'\ufeff<?xml version="1.0"?><!DOCTYPE opml><OPML version="2.0"><head><title>Mine</title></head><BODY>{outlines}</BODY></OPML>'
    list_url = server.serve("/list.opml", Reply(text.encode()))
    assert f"{len(all_served)} feeds added." in await desk.said(f"/import {list_url}")
    await desk.world.settle("collect")
    for served in all_served:
        compare(served, await read_as(desk.world.store, served), now=desk.world.clock())
    assert "cannot be read" not in await desk.said("/feeds")


@pytest.mark.timeout(120)
async def test_what_is_tried_reads_every_kind(
    server: FeedServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch)
    monkeypatch.chdir(CONFIG.parent)
    monkeypatch.setattr(trial_module, "fetcher", lambda _: Fetcher("Strillone/test", opened=("127.0.0.1",)))
    all_served, err, now = serve_all(server), io.StringIO(), DAY + timedelta(hours=33)
    show = trial_module._print

    async def compare_and_show(house: Application, virtual: VirtualScheduler, console: Console) -> None:
        for served in all_served:
            compare(served, await read_as(house.ctx.store, served), now=now)
        await show(house, virtual, console)

    monkeypatch.setattr(trial_module, "_print", compare_and_show)
    code = await trial(
        [served.url for served in all_served],
        now=now,
        language="en",
        size=5,
        err=Console(file=err, width=200),
        log=quiet_log(),
    )
    assert (code, err.getvalue()) == (0, "")
    assert f"in {len(all_served)} feeds" in " ".join(capsys.readouterr().out.split())
