"""Pages: the article without what surrounds it, and nothing where a wall stands before it."""

import gzip
from pathlib import Path

import pytest

from bot.feeds.page import read_page

URL = "https://news.example/a-model"
PARAGRAPHS = (
    "The laboratory in Zürich released a language model on Monday that, according to its authors, needs half the memory of its predecessor.",
    "In tests on twelve public benchmarks it scored 71.4 percent on average, which is 3.2 points above the model that the same group published in May.",
    "Independent researchers have not yet confirmed the figures, but two of them told this newspaper that the method described in the paper is plausible.",
    "The weights can be downloaded free of charge for research; companies with more than one hundred employees are asked to sign a licence agreement first.",
)
SURROUNDINGS = """<header><nav><ul><li><a href="/">Home</a></li><li><a href="/tech">Technology</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<div class="cookie-banner"><p>We use cookies to improve your experience. Accept all cookies or manage your choices.</p></div>"""
AFTER = """<aside class="related"><h3>Related</h3><ul><li><a href="/x">Ten gadgets you will love</a></li></ul></aside>
<footer><p>Copyright 2026 The Paper. All rights reserved. Terms of use.</p></footer>"""


def page(article: str, language: str = "en") -> bytes:
    return f"<!doctype html><html lang='{language}'><head><title>A model</title></head><body>{SURROUNDINGS}<main><article><h1>A model</h1>{article}</article></main>{AFTER}</body></html>".encode()


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_the_article_is_read_and_nothing_else() -> None:
    text = read_page(page(paragraphs(PARAGRAPHS)), URL)
    assert "\n\n".join(PARAGRAPHS) in text
    for noise in ("cookies", "Technology", "gadgets", "Copyright", "<"):
        assert noise not in text


def test_lists_stay_lists() -> None:
    article = (
        paragraphs(PARAGRAPHS[:2])
        + "<ul><li>It runs on one card.</li><li>It speaks nine languages.</li></ul>"
        + paragraphs(PARAGRAPHS[2:])
    )
    text = read_page(page(article), URL)
    assert "- It runs on one card.\n- It speaks nine languages." in text


def test_comments_of_readers_are_no_article() -> None:
    comments = "<section id='comments' class='comments'><h2>Comments</h2><div class='comment'><p>First! This is clearly fake, says me.</p></div></section>"
    assert "clearly fake" not in read_page(page(paragraphs(PARAGRAPHS) + comments), URL)


@pytest.mark.parametrize(
    "wall",
    ["Subscribe to continue reading this article.", "Already a subscriber? Log in.", "Please enable JavaScript to view this page.", "Abbonati per leggere l’articolo.",
     "Dieser Artikel ist nur für Abonnenten.", "Cet article est réservé aux abonnés.", "Contenido solo para suscriptores.", "登录后阅读全文", "この記事は会員限定です"],
)  # fmt: skip
def test_a_wall_is_no_article(wall: str) -> None:
    assert read_page(page(paragraphs((PARAGRAPHS[0], PARAGRAPHS[1], wall))), URL) == ""


def test_a_few_words_are_no_article() -> None:
    assert read_page(page("<p>A short teaser.</p>"), URL) == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\x00" * 1000,
        b"%PDF-1.7 ...",
        b"<html>",
        b"{}",
        "<p>é".encode("utf-16"),
        b"\xff\xfe\xfa" * 500,
    ],
)
def test_what_is_no_page_has_no_text(body: bytes) -> None:
    assert read_page(body, URL) == ""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_the_encoding_of_a_page(charset: str) -> None:
    head = f"<html><head><meta charset='{charset}'></head><body><article>{paragraphs(PARAGRAPHS)}</article></body></html>"
    assert "Zürich" in read_page(head.encode(charset), URL)


@pytest.mark.shared
def test_real_pages_have_text(shared: Path) -> None:
    files = sorted((shared / "pages").glob("*.html.gz"))[:12]
    read = [read_page(gzip.decompress(file.read_bytes()), URL) for file in files]
    assert sum(1 for text in read if text) >= 11
    assert not any("<script" in text for text in read)
