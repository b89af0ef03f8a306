"""A web page's article as text. Heavy: runs in a worker process."""

import re

import trafilatura

from bot.feeds.markup import tidy

SHORTEST = 250
"""Characters below which a page's text is taken for a teaser, a paywall or a consent notice."""

_WALL = re.compile(
    r"subscribe to (?:read|continue)|already a subscriber|create a free account|enable javascript|accept (?:all )?cookies to|"
    r"abbonati per (?:leggere|continuare)|nur für abonnenten|réservé aux abonnés|solo para suscriptores|登录后阅读|会員限定",
    re.IGNORECASE,
)


def read_page(body: bytes, url: str) -> str:
    """Return the article's text with list items as `- ` lines; empty when there is none, or only a wall before it."""
    found = trafilatura.extract(
        body,
        url=url,
        fast=True,
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        deduplicate=False,
    )
    text = tidy(_paragraphs(found or ""))
    if len(text) < SHORTEST or (len(text) < 4 * SHORTEST and _WALL.search(text)):
        return ""
    return text


def _paragraphs(text: str) -> str:
    """Part paragraphs by blank lines; consecutive list items stay together."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    out: list[str] = []
    for line in lines:
        together = line.startswith("- ") and out
        out.append(("\n" if together else "\n\n") + line)
    return "".join(out)
