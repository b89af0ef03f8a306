"""`strillone feeds check`: what each source of a list answers now, a line each."""

from datetime import datetime
from pathlib import Path

from rich.console import Console

from bot.app.running import utc_now
from bot.cli.feed_reading import SourceLook, find_network_failure, look_at_sources
from bot.commands.attached import decoded
from bot.feeds.opml import read_opml
from bot.model import FeedFormat, Outline, ParsedFeed
from bot.pipeline.entries.urls import mask_secrets
from bot.settings import load

ALL_READ, SOME_FAILED, NO_NETWORK = 0, 1, 2
"""What the command ends with."""


async def check_list(file: Path | None, console: Console) -> int:
    """Look at every feed of a file, or of the list in use, and say what it holds; returns 1 where some cannot
    be read, 2 where none can be reached at all.
    """
    settings = load(read_opml)
    outlines = settings.outlines if file is None else _outlines_in(file)
    looks = await look_at_sources(settings, outlines)
    if cause := find_network_failure(looks):
        console.print(
            f"None of {len(looks)} sources can be reached: this needs the network. {cause}",
            markup=False,
            soft_wrap=True,
        )
        return NO_NETWORK
    now = utc_now()
    for outline, look in zip(outlines, looks, strict=True):
        console.print(_line(outline, look, now), markup=False, soft_wrap=True)
    failure_count = sum(not _is_alive(look) for look in looks)
    console.print(f"{len(looks) - failure_count} of {len(looks)} can be read.", markup=False)
    return SOME_FAILED if failure_count else ALL_READ


def _outlines_in(file: Path) -> list[Outline]:
    return read_opml(decoded(file.read_bytes()), str(file))


def _is_alive(look: SourceLook) -> bool:
    return isinstance(look.result, ParsedFeed) and bool(look.result.entries)


def _line(outline: Outline, look: SourceLook, now: datetime) -> str:
    """Return a source with what it answers: how it is read, its newest entry, how many entries have a date
    and a text, and who is behind it.
    """
    name = mask_secrets(outline.title)
    if not isinstance(look.result, ParsedFeed):
        return f"✗ {name} · {_kind(outline, look)} · {mask_secrets(str(look.result))}"
    entries = look.result.entries
    if not entries:
        return f"✗ {name} · {_kind(outline, look)} · it holds no entries"
    moments = [entry.published for entry in entries if entry.published]
    parts = [
        f"✓ {name}",
        _kind(outline, look),
        f"newest {_age(max(moments), now)}" if moments else "no dates",
        f"{len(entries)} entries, {len(moments)} dated, {_with_text(look.result)} with text",
        _publisher(outline),
    ]
    return " · ".join(filter(None, parts))


def _kind(outline: Outline, look: SourceLook) -> str:
    """Return how a source is read; a page that its list calls a feed with what to write there."""
    if look.is_unmarked_page:
        return 'page (write format="page" in the list)'
    is_page = outline.attributes.get("format", "").lower() == FeedFormat.PAGE
    return "page" if is_page else "feed"


def _age(moment: datetime, now: datetime) -> str:
    days = (now - moment).days
    return f"{moment:%Y-%m-%d}" + (f" ({days} days ago)" if days > 1 else "")


def _with_text(feed: ParsedFeed) -> int:
    return sum(bool(entry.text) for entry in feed.entries)


def _publisher(outline: Outline) -> str:
    """Return the outlet, and its owner where that is another."""
    outlet, owner = (outline.attributes.get(name, "") for name in ("outlet", "owner"))
    return f"{outlet} ({owner})" if owner and owner != outlet else outlet
