"""Podcasts: of an episode's notes what it is about, not who pays for it or where else it can be heard."""

import re
from dataclasses import replace

from bot.feeds.kinds.videos import telling_lines
from bot.lexicon import alternatives
from bot.model import ParsedEntry

MAX_LINE = 1000
"""Letters of a line that is looked at."""

_SPONSORS = re.compile(rf"\W{{0,3}}(?:{alternatives(lambda lexicon: lexicon.page.sponsors)})", re.IGNORECASE)


def read_episode(entry: ParsedEntry) -> ParsedEntry:
    """Return an episode with the paragraphs and lines that speak of it: without those of sponsors, addresses,
    chapters and the labels above them. Any other entry as it is.
    """
    if not entry.is_audio:
        return entry
    paragraphs = (_unpaid(paragraph) for paragraph in entry.text.split("\n\n") if not _is_paid(paragraph))
    text = "\n\n".join(filter(None, map(telling_lines, paragraphs)))
    return replace(entry, text=text)


def _unpaid(paragraph: str) -> str:
    return "\n".join(line for line in paragraph.split("\n") if not _is_paid(line))


def _is_paid(paragraph: str) -> bool:
    return _SPONSORS.match(paragraph[:MAX_LINE]) is not None
