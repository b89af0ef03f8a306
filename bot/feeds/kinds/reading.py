"""Entries read as their kind of source means them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from bot.feeds.kinds.episodes import read_episode
from bot.feeds.kinds.links import read_link
from bot.feeds.kinds.papers import read_paper
from bot.feeds.kinds.releases import read_release
from bot.feeds.kinds.videos import read_video
from bot.model import ParsedEntry
from bot.pipeline.entries.identify import link_key
from bot.text.language import usual_language


def as_meant(entries: Iterable[ParsedEntry], source: str = "") -> tuple[ParsedEntry, ...]:
    """Return entries with titles and texts as releases, videos, podcasts, lists of links and papers mean
    them, without papers that were announced before. `source` is what their feed is called.
    """
    papers = (paper for entry in entries if (paper := read_paper(entry)) is not None)
    return tuple(read_link(read_episode(read_video(read_release(paper, source)))) for paper in papers)


def with_languages(entries: Sequence[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """Return entries of which those whose language nothing tells are in that of the others."""
    usual = usual_language(entry.language for entry in entries)
    return tuple(entry if entry.language else replace(entry, language=usual) for entry in entries)


def with_pages(entries: Sequence[ParsedEntry], home: str) -> tuple[ParsedEntry, ...]:
    """Return entries whose links keep the part of a page only where it tells one from another: where several
    are on one page, each on its own part, or where they are on the feed's home.
    """
    parts: dict[str, set[str]] = {}
    for entry in entries:
        page, _, part = entry.link.partition("#")
        parts.setdefault(page, set()).add(part)
    return tuple(_on_page(entry, parts, home) for entry in entries)


def _on_page(entry: ParsedEntry, parts: Mapping[str, Set[str]], home: str) -> ParsedEntry:
    page, _, part = entry.link.partition("#")
    if not part or len(parts[page]) > 1 or link_key(page) == link_key(home):
        return entry
    return replace(entry, link=page)
