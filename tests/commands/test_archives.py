"""Lists of feeds that come packed: in gzip, in an archive, and in what only looks like one."""

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from bot.commands.archives import MOST_FILES, unpack_list
from bot.errors import CallError
from tests.commands.conftest import Counter
from tests.commands.test_lists import opml

LIMIT = 1024 * 1024
LIST = opml("https://a.example/f", "https://b.example/f").encode()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return target.getvalue()


def locked(body: bytes) -> bytes:
    """Return an archive whose index says that its first file has a password."""
    at = body.index(b"PK\x01\x02") + 8
    return body[:at] + bytes([body[at] | 1]) + body[at + 1 :]


@pytest.mark.parametrize(
    "body",
    [
        lambda: LIST,
        lambda: gzip.compress(LIST),
        lambda: zipped({"feeds.opml": LIST}),
        lambda: zipped({"feeds.opml": LIST}, zipfile.ZIP_STORED),
        lambda: zipped({"Takeout/": b"", "Takeout/readme.html": b"<p>Hi", "Takeout/Subscriptions.XML": LIST}),
        lambda: zipped(
            {"a.opml": LIST, "old.xml": b"<x/>", "__MACOSX/._a.opml": b"\x00", "b/._a.opml": b"\x00"}
        ),
    ],
)
def test_a_list_is_read_as_it_was_packed(body: Callable[[], bytes]) -> None:
    assert unpack_list(body(), LIMIT) == LIST


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (lambda: zipped({}), "no file in it ends in .opml or .xml"),
        (lambda: zipped({"notes.txt": b"hi"}), "no file in it ends in .opml or .xml"),
        (
            lambda: zipped({"a.opml": LIST, "x/b.opml": LIST}),
            r"There are 2 lists in that archive \(a.opml, b.opml\)",
        ),
        (lambda: zipped({f"{n}.opml": LIST for n in range(5)}), r"\(0.opml, 1.opml, 2.opml, …\)"),
        (lambda: zipped({"a.opml": LIST})[:-30], "cannot be read"),
        (lambda: zipped({"a.opml": LIST})[:60] + b"PK\x01\x02" * 9, "cannot be read"),
        (lambda: zipped({f"{n}.txt": b"" for n in range(MOST_FILES + 1)}), "cannot be read"),
        (lambda: zipped({"a.opml": LIST}, zipfile.ZIP_LZMA), "cannot be read"),
        (lambda: zipped({"a.opml": LIST}, zipfile.ZIP_BZIP2), "cannot be read"),
        (lambda: locked(zipped({"a.opml": LIST})), "or has a password"),
        (lambda: zipped({"a.opml": b"<opml>" + b" " * 300_000_000}), "larger than 1 MB"),
        (lambda: gzip.compress(b"<opml>" + b" " * 50_000_000), "larger than 1 MB"),
        (lambda: b"\x1f\x8b\x08garbage", "cannot be read"),
    ],
)
def test_what_is_no_packed_list_says_what_to_do(body: Callable[[], bytes], cause: str) -> None:
    with pytest.raises(CallError, match=cause):
        unpack_list(body(), LIMIT)


async def test_a_packed_list_at_an_address_is_imported(counter: Counter) -> None:
    counter.world.web.documents["https://lists.example/all.zip"] = zipped({"feeds.opml": LIST})
    assert (await counter.said("/import https://lists.example/all.zip")).startswith("2 feeds added.")
    counter.world.web.documents["https://lists.example/none.zip"] = zipped({"a.txt": b"hi"})
    assert "There is no list of feeds in that archive" in await counter.said(
        "/import https://lists.example/none.zip"
    )
