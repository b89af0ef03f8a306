"""Entries read as their kind of source means them."""

from collections.abc import Iterable

from bot.feeds.kinds.links import read_link
from bot.feeds.kinds.papers import read_paper
from bot.feeds.kinds.releases import read_release
from bot.feeds.kinds.videos import read_video
from bot.model import ParsedEntry


def as_meant(entries: Iterable[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """Return entries with titles and texts as releases, videos, lists of links and papers mean them, without
    papers that were announced before.
    """
    papers = (paper for entry in entries if (paper := read_paper(entry)) is not None)
    return tuple(read_link(read_video(read_release(paper))) for paper in papers)
