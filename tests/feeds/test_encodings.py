"""What an encoding hides from a look at the bytes, and what it may not cost."""

from datetime import UTC, datetime

import pytest

from bot.errors import NotAFeed
from bot.feeds.charset import decodable, page_text
from bot.feeds.parse import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


SHELL = '<?xml version="1.0"{}?>{}<rss version="2.0"><channel><title>T</title><item><title>one &big; two</title><guid>1</guid></item></channel></rss>'
ENTITIES = '<!DOCTYPE rss [<!ENTITY big "swollen">]>'
FAR = f"<!--{'x' * 70_000}-->{ENTITIES}"
BEHIND = f"<?x <a ?>{ENTITIES}"


@pytest.mark.parametrize(
    "prolog", [ENTITIES, FAR, BEHIND, ENTITIES.lower().replace("entity", "EnTiTy"), f"<!-- <a> -->{ENTITIES}"]
)
@pytest.mark.parametrize(
    "encoding",
    [
        "ascii",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "cp037",
        "cp500",
    ],
)
def test_entities_are_refused_in_every_encoding(encoding: str, prolog: str) -> None:
    for declared in ("", f' encoding="{encoding.removesuffix("-sig")}"'):
        with pytest.raises(NotAFeed, match="entities"):
            parse(SHELL.format(declared, prolog).encode(encoding), "https://a.example/", "text/xml", NOW)


@pytest.mark.parametrize(
    "name",
    [
        "utf-7",
        "hz",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "idna",
        "punycode",
        "rot13",
        "hex",
        "zlib",
        "no-such",
        "cp037",
        "utf-16",
        "",
    ],
)
@pytest.mark.parametrize("by_server", [True, False])
def test_a_document_in_no_encoding_of_documents_is_read_as_its_bytes_are(name: str, by_server: bool) -> None:
    hidden = "+ADwAIQ-ENTITY+AD4- \\u003c caf\u00e9"
    body = (
        SHELL.format("" if by_server else f' encoding="{name}"', "")
        .replace("&big;", hidden)
        .encode("latin-1")
    )
    feed = parse(body, "https://a.example/", f"text/xml; charset={name}" if by_server else "text/xml", NOW)
    assert [entry.title.replace("\u00e9", "e") for entry in feed.entries] == [
        f"one {hidden.replace(chr(233), 'e')} two"
    ]


def test_an_article_about_entities_is_read() -> None:
    body = (
        SHELL.format("", "<!DOCTYPE rss>")
        .replace("&big;", "<![CDATA[<!DOCTYPE a [<!ENTITY b 'c'>]>]]>")
        .encode()
    )
    assert "one" in parse(body, "https://a.example/", "text/xml", NOW).entries[0].title


def test_half_a_character_in_a_json_feed_costs_that_character_alone() -> None:
    items = '[{"id": "1", "title": "one \\ud83d", "content_text": "x \\udc00", "tags": ["\\ud800"]}, {"id": "2", "title": "two \\ud83d\\ude00"}]'
    feed = parse(
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "\\udfff", "items": {items}}}'.encode(),
        "https://a.example/",
        "",
        NOW,
    )
    assert [entry.title for entry in feed.entries] == ["one \ufffd", "two \U0001f600"]
    for entry in feed.entries:
        (entry.title + entry.text + "".join(entry.categories)).encode()


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("windows-1252", "AI costs 5 €"), ("iso-8859-15", "AI costs 5 €"), ("iso-8859-2", "Poznań"), ("windows-1254", "İstanbul"),
        ("windows-1257", "Rīga"), ("windows-1251", "Я"), ("iso-8859-1", "Malmö"), ("gb18030", "中"),
    ],
)  # fmt: skip
def test_one_letter_is_read_as_it_is_declared(charset: str, words: str) -> None:
    feed = f'<?xml version="1.0" encoding="{charset}"?><rss><channel><title>{words}</title></channel></rss>'
    body, _ = decodable(feed.encode(charset), "application/xml")
    assert words in body.decode()
    page = f'<html><head><meta charset="{charset}"></head><body><h1>{words}</h1></body></html>'.encode(
        charset
    )
    assert words in (page_text(page, [charset]) or "")


def test_what_is_called_latin_and_is_utf_8_but_for_a_byte_stays_utf_8() -> None:
    body, _ = decodable("Malmö Åre Ö".encode() + b"\xff", "text/xml; charset=iso-8859-1")
    assert "Malmö Åre" in body.decode()
