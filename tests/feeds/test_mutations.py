"""Documents that something happened to on the way: bytes, encodings, dates, links, tags. Whatever it was, no
exception comes of it but the one that names it, and no other item is lost.
"""

import random
from collections.abc import Callable

import pytest

from bot.errors import NotAFeed
from bot.feeds.parse import parse
from bot.model import ParsedFeed
from tests.feeds.formats import FORMATS, NOW, URL

ITEMS = 7
HURT = 3
"""The item that everything happens to; those before and after it are to stay as they were."""

WORDS = ("Halden Labs öffnet Corvid 3", "乌鸦三号模型发布了新版本", "Ünïcode & <i>markup</i> — €9", "Роботы считают плитки", "Robots count tiles 🚀 in Pisa", "می‌خواهد بنویسد", "Plain words")  # fmt: skip
MARK = "HURT ME HERE"


def document(name: str, rng: random.Random, **fields: str) -> str:
    items = []
    for number in range(ITEMS):
        word = (
            rng.choice(WORDS).replace("<", "&lt;").replace("&", "&amp;")
            if name != "json"
            else rng.choice(WORDS)
        )
        item = {
            "title": f"{word} {number}",
            "link": f"https://news.example/{number}",
            "date": f"2026-09-{10 + number}T10:00:00Z",
            "text": f"Text of number {number}.",
        }
        items.append(
            {**item, **fields, "title": fields.get("title", item["title"])} if number == HURT else item
        )
    return FORMATS[name]("en", *items)


def read(body: bytes) -> ParsedFeed | None:
    """Return what is read; None for what is refused in words. Every other exception is a fault."""
    try:
        found = parse(body, URL, "", NOW)
    except NotAFeed:
        return None
    for entry in found.entries:
        values = (
            found.title,
            entry.title,
            entry.text,
            entry.link,
            entry.author,
            entry.language,
            *entry.categories,
        )
        "".join(values).encode()
        assert entry.title
        assert "\x00" not in "".join(values)
        assert entry.link == "" or entry.link.startswith(("http://", "https://"))
        assert entry.published is None or entry.published.tzinfo is not None
    return found


BAD_BYTES = (b"\xff", b"\xc3", b"\xe4\xb9", b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xba\x80", b"\x00", b"\x1b", b"\x0b", b"\xf8\x88\x80\x80", b"\xc0\xaf", b"\x85", b"\xe9", b"\xef\xbf\xbf", b"\x08\x7f")  # fmt: skip
BAD_REFERENCES = (b"&#55357;", b"&#xD83D;&#xDE80;", b"&#0;", b"&#x110000;", b"&#99999999999;", b"&#xFFFF;", b"&bogus;", b"&nbsp", b"&", b"&&amp;&", b"&amp;#55357;", b"&#x;", b"&#;", b"]]&gt;")  # fmt: skip
BAD_DATES = ("soon", "9/8/2026", "2026.13.45", "0000-00-00", "99999-01-01", "Mon, 99 Foo 2026", "2026-09-10T99:99:99+99:99", "-1", "1e9", "9" * 40, "令和99年99月99日", "10/10/10/10", "12:00", "＃", "²²²²", "Sun, 31 Feb 2026 10:00:00 XYZ")  # fmt: skip
BAD_LINKS = ("N/A", "https://[", "https://[::1", "http://a b/c", "javascript:alert(1)", "//", "///", "?", "#", "https://a.example:99999999/", "\\\\share\\x", "https://\u202e.example/", "http:" * 50, "https://a.example/" + "x" * 5000, "%", "www.", "feed:", "data:,x")  # fmt: skip


def others_of(found: ParsedFeed) -> list[str]:
    """Return the last words of the titles, which number them."""
    return [entry.title.rsplit(" ", 1)[-1] for entry in found.entries if entry.title[-1:].isdigit()]


NUMBERS = [str(number) for number in range(ITEMS) if number != HURT]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("seed", range(12))
def test_what_happens_to_one_item_happens_to_no_other(name: str, seed: int) -> None:
    rng = random.Random(f"{name} {seed}")
    clean = read(document(name, random.Random(seed)).encode())
    assert clean is not None
    for bad in (*BAD_BYTES, *(BAD_REFERENCES if name != "json" else ())):
        field = rng.choice(["title", "text"])
        body = (
            document(name, random.Random(seed), **{field: f"{MARK} end"})
            .encode()
            .replace(MARK.encode(), b"a " + bad + b" b")
        )
        found = read(body)
        assert found is not None, (field, bad)
        assert set(NUMBERS) <= set(others_of(found)), (field, bad)
        assert [e.title for e in found.entries if e.title[-1:] in NUMBERS] == [
            e.title for e in clean.entries if e.title[-1:] in NUMBERS
        ], (field, bad)
    for field, values in (("date", BAD_DATES), ("link", BAD_LINKS)):
        for bad in values:
            found = read(
                document(name, random.Random(seed), **{field: bad.replace("&", "&amp;")}).encode(
                    "utf-8", "replace"
                )
            )
            assert found is not None, (field, bad)
            dated = [entry for entry in found.entries if entry.title[-1:] in NUMBERS]
            assert [entry.title[-1:] for entry in dated] == NUMBERS, (field, bad)
            assert [entry.published for entry in dated] == [
                entry.published for entry in clean.entries if entry.title[-1:] in NUMBERS
            ], (field, bad)


def _cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body))]


def _flipped(body: bytes, rng: random.Random) -> bytes:
    out = bytearray(body)
    for _ in range(rng.randrange(1, 30)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _spliced(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body))
    return (
        body[:at]
        + rng.choice(
            (
                *BAD_BYTES,
                *BAD_REFERENCES,
                b"<item>",
                b"</item>",
                b"<![CDATA[",
                b"]]>",
                b"<!--",
                b"-->",
                b'"',
                b"{",
                b"<?x",
            )
        )
        + body[at:]
    )


def _shortened(body: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(body))
    return body[:start] + body[start + rng.randrange(1, 200) :]


def _recoded(body: bytes, rng: random.Random) -> bytes:
    encodings = [
        "utf-16",
        "utf-16-le",
        "utf-32-be",
        "cp1252",
        "gb18030",
        "shift_jis",
        "koi8-r",
        "utf-8-sig",
        "utf-7",
        "cp037",
    ]
    return body.decode("utf-8", "replace").encode(rng.choice(encodings), "replace")


def _repeated(body: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(body))
    piece = body[start : start + rng.randrange(1, 300)]
    return body[:start] + piece * rng.randrange(2, 20) + body[start:]


CHANGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flipped, _spliced, _shortened, _recoded, _repeated)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("seed", range(60))
def test_no_document_brings_an_exception_that_does_not_name_it(name: str, seed: int) -> None:
    rng = random.Random(f"{name} {seed}")
    body = document(name, rng).encode()
    for _ in range(rng.randrange(1, 4)):
        body = rng.choice(CHANGES)(body, rng)
    read(body)
