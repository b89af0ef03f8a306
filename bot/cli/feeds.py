"""`strillone feeds import` and `export`: the operator's own feeds, from and into OPML files."""

import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot.app.private_files import write_private
from bot.commands.archives import unpack_list
from bot.commands.attached import decoded
from bot.commands.lists import ImportResult, outline_of, take
from bot.errors import CallError, SettingsError
from bot.feeds.opml import LARGEST, MOST, read_opml, read_public_list, write_list
from bot.model import Feed, Outline
from bot.pipeline.entries.urls import has_secret, mask_secrets
from bot.settings import Settings, load
from bot.store import Store, feeds, open_store

NAMED_FEEDS = 20
"""Lines that were not taken and are named."""


async def import_list(file: Path, console: Console) -> int:
    """Add the feeds of a file to those that every place may draw on; returns 1 when it held none that could
    be taken.

    They are added to the database beside `feeds.opml`, and as for every feed, what they hold at first sight
    is no news. Raises `SettingsError` for a file that is no list.
    """
    settings = load(read_opml)
    feed_list = read_public_list(_text(file), str(file), settings.file.fetch.open_hosts)
    store = await open_store(settings.database)
    try:
        async with store.write() as tx:
            existing_feeds = [feed for feed in await feeds.all_active(tx) if feed.shared]
            result = await take(tx, feed_list.outlines, existing_feeds, None, MOST)
    finally:
        await store.close()
    _tell(replace(result, problems=feed_list.problems), console)
    return 0 if result.added_count or result.known_count else 1


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise SettingsError([f"{file} is larger than {LARGEST // 1024 // 1024} MB. Divide it."])
    try:
        return decoded(unpack_list(file.read_bytes(), LARGEST))
    except CallError as error:
        raise SettingsError([f"{file}: {error}"]) from error


def _tell(result: ImportResult, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    for problem in result.problems[:NAMED_FEEDS]:
        say(f"✗ {mask_secrets(problem)}")
    if len(result.problems) > NAMED_FEEDS:
        say(f"✗ … and {len(result.problems) - NAMED_FEEDS} more")
    say(f"{result.added_count} added, {result.known_count} known already, {len(result.problems)} not taken.")
    if result.added_count:
        say("A running Strillone reads them within a minute; otherwise `strillone run` does.")


async def export_list(file: Path | None, err: Console) -> int:
    """Write the feeds that every place may draw on to a file, or print them; returns 1 when there are
    none.
    """
    settings = load(read_opml)
    shared_feeds = await _load_shared_feeds(settings)
    if not shared_feeds:
        err.print(
            "The database holds no feeds yet: `strillone run` brings those of feeds.opml in.", markup=False
        )
        return 1
    text = write_list("Strillone", [_outline_of(feed) for feed in shared_feeds])
    if any(has_secret(feed.url) for feed in shared_feeds):
        err.print("Some addresses hold passwords: keep this list to yourself.", markup=False)
    _write(text, file)
    if file is not None:
        err.print(f"{file}: {len(shared_feeds)} written.", markup=False, soft_wrap=True)
    return 0


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
    else:
        write_private(file, text)


async def _load_shared_feeds(settings: Settings) -> list[Feed]:
    store: Store = await open_store(settings.database)
    try:
        async with store.read() as tx:
            return [feed for feed in await feeds.all_active(tx) if feed.shared]
    finally:
        await store.close()


def _outline_of(feed: Feed) -> Outline:
    outline = outline_of(feed)
    return replace(outline, attributes={**outline.attributes, "group": feed.kind})
