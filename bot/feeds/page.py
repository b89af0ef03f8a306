"""A web page: its article as text, what it says of itself, and the wall before it. Heavy: runs in a worker
process.
"""

import re
from collections.abc import Set
from typing import Any

import trafilatura

from bot.feeds import walls
from bot.feeds.charset import is_utf8, page_text
from bot.feeds.document_screen import uncrowded
from bot.feeds.limits import MAX_TEXT
from bot.feeds.markup import without_invisible
from bot.feeds.page_metadata import About, about
from bot.feeds.page_trim import bare, prune, trim
from bot.model import Page, Wall
from bot.text.guessing import is_shifted
from bot.text.language import language_of
from bot.text.titles import without_outlet
from bot.text.words import size

SHORTEST = 30
"""Words (CJK characters) below which a page's text is a teaser or the rest of a menu."""

_CHARSET_OF_TYPE = re.compile(r"charset=[\"']?([\w.-]+)", re.IGNORECASE | re.ASCII)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?\s*([\w.-]+)", re.IGNORECASE)

TELLING = 1000
"""Characters at the beginning that tell a text's language, and whether it is one."""

AGREES = 0.7
"""Share of a text's shingles that the article in JSON-LD must have to be the same one."""

LONGER = 1.15
"""How many times longer it must be to be taken instead: it has no lists and tables."""


def read_page(body: bytes, url: str, content_type: str = "") -> Page:
    """Return the article of a page (list items as `- ` lines), what the page says of itself, and the wall
    before it.

    The text is empty where there is no article or only a wall; of a paid article it is what stands before the
    wall.
    """
    tree = trafilatura.load_html(decode_page(uncrowded(body), content_type)) if body.strip() else None
    if tree is None:
        return Page()
    told, seen = about(tree, url), walls.signs(tree)
    article = without_invisible(_extracted(tree, url)[:MAX_TEXT])
    before, met = walls.part(article)
    text = _text(tree, before, told)
    wall = walls.instead_of(seen, text, told.title)
    if wall or walls.is_error(told.title, text):
        return _page(told, "", wall)
    paid = met or not told.free or seen.barred
    return _page(told, text, Wall.PAY if paid else Wall.NONE)


def decode_page(body: bytes, content_type: str) -> bytes | str:
    """Return a page as text, in the encoding that it declares or in the likeliest; bytes where neither fits,
    so that the reader guesses.
    """
    if is_utf8(body) and not is_shifted(body):
        return body
    declared = (*_CHARSET_OF_TYPE.findall(content_type), *_CHARSET.findall(body[:4096]))
    names = [name if isinstance(name, str) else name.decode("ascii") for name in declared]
    return page_text(body, names) or body


def _page(told: About, text: str, wall: Wall) -> Page:
    language = language_of(text[:TELLING], told.language) if text else told.language
    title = without_outlet(told.title, told.site)
    return Page(
        text=text,
        title=title,
        site=told.site,
        language=language,
        author=told.author,
        published=told.published,
        image=told.image,
        wall=wall,
    )


def _text(tree: Any, article: str, told: About) -> str:
    """Return the article alone, empty when there is too little of one; what the page itself calls the article
    fills gaps.
    """
    links = {bare(link.text_content()) for link in tree.iter("a")}
    text = trim(article, told.titles, links)
    # The whole text of a paid article may stand hidden in the page; it was not given to read.
    body = told.body[:MAX_TEXT] if told.free else ""
    if body and _is_fuller(body, text):
        text = trim(body, told.titles, links)
    return text if size(text[:TELLING]) >= SHORTEST else ""


def _is_fuller(body: str, text: str) -> bool:
    """Tell whether one text is clearly longer than another and holds most of it."""
    grams = _grams(text)
    return len(body) > LONGER * len(text) and len(grams & _grams(body)) >= AGREES * len(grams)


def _grams(text: str) -> Set[str]:
    letters = bare(text).replace(" ", "")
    return {letters[place : place + 12] for place in range(max(1, len(letters) - 11))}


def _extracted(tree: Any, url: str) -> str:
    """Return what trafilatura takes for the article, a line for each paragraph, item or row."""
    prune(tree)
    return (
        trafilatura.extract(
            tree,
            url=url,
            fast=True,
            include_comments=False,
            include_tables=True,
            include_formatting=False,
            deduplicate=False,
        )
        or ""
    )
