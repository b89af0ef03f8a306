"""Some real days, lived by the product's own jobs on a virtual clock; what they published is taken from the store."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from bot.app.seed import seed
from bot.app.wiring import Application, build_application, load_platform
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.model import Bar, Document, Entry, PlaceKind, Purpose, Story, StoryBlock
from bot.pipeline.selection.rank import rank
from bot.ports import PlatformOptions
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import ChannelSettings, Environment, Settings, SubscriptionSettings, load
from bot.simulation.recording import Pieces, Recording
from bot.store import Store, open_store, posted_documents, stories, subscriptions
from bot.store.schema import channels, operations
from bot.store.schema import compositions as composed_table
from bot.text.words import has_cjk

DAILY, AT_ONCE = "daily", "at once"
SCHEDULES = {DAILY: "{slot}", AT_ONCE: "now {slot}"}
SLOT = "06:00"
SIZE = 5
TICK = timedelta(minutes=10)
WORK = frozenset({"collect", "read", "group", "publish", "learn"})
SILENT = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(50))


@dataclass(frozen=True, slots=True)
class Told:
    """A story as a post told it: the address of its headline's entry, its sentences, its entries then, and why it stood there."""

    story: int
    headline: str
    link: str
    sentences: tuple[str, ...]
    meta: str
    update: bool
    entries: tuple[Entry, ...]
    reasons: tuple[str, ...]
    placed: Mapping[int, str]
    line: bool = False
    """Whether it is only named below another story of its saga."""


@dataclass(frozen=True, slots=True)
class Post:
    """What was published in a channel: a digest of a slot, or a story at once."""

    channel: str
    intent: str
    purpose: Purpose
    at: datetime
    told: tuple[Told, ...]
    document: Document

    @property
    def is_digest(self) -> bool:
        """Whether it belongs to a slot."""
        return self.purpose is Purpose.DIGEST


def recorded_days(folder: Path, *, mixed: bool = False) -> Recording:
    """Return the days of a folder: their English side, or with `mixed` all of it."""
    return Recording.from_folder(folder) if mixed else Recording.from_folder(folder, _is_english)


def _is_english(feed: Mapping[str, Any], pieces: Pieces) -> bool:
    """Tell whether a feed is in English: it says so, and its titles do not say otherwise, for many feeds name no language."""
    titles = [piece["title"] for _, piece in pieces.get(feed["url"], ()) if isinstance(piece, dict)]
    return feed["language"] == "en" and sum(map(has_cjk, titles)) * 2 <= len(titles)


async def live(web: Recording, until: datetime) -> list[Post]:
    """Live the days of a web until a moment and return every post of both channels, in order."""
    settings = _settings()
    with tempfile.TemporaryDirectory(prefix="strillone-days-") as scratch:
        store = await open_store(f"sqlite:///{scratch}/days.db")
        try:
            return await _lived(web, until, settings, store)
        finally:
            await store.close()


async def _lived(web: Recording, until: datetime, settings: Settings, store: Store) -> list[Post]:
    virtual = VirtualScheduler(web.start)
    texts = load_texts()
    platforms = {"terminal": load_platform("terminal", PlatformOptions(), texts)}
    house = await build_application(
        settings, store, platforms=platforms, texts=texts, fetch=web.fetch(virtual.clock), offload=_inline,
        clock=virtual.clock, wake=virtual.wake, log=SILENT,
    )  # fmt: skip
    await seed(store, settings.file, web.outlines, platforms, virtual.now)
    await _let_everything_pass(store)
    virtual.use([line for line in house.lines if line.name in WORK])
    posts: list[Post] = []
    seen = 0

    async def upcoming() -> datetime:
        nonlocal seen
        fresh, seen = await _published(house, seen)
        posts.extend(fresh)
        return virtual.now + TICK

    await virtual.live(until + TICK, upcoming)
    return posts


async def _inline(fn: Any, *args: Any, deadline: timedelta, requester: int = 0) -> Any:  # noqa: ARG001  as `Offload` asks
    """Do the work of a child process here: one core, and the same result."""
    return fn(*args)


def _settings() -> Settings:
    """Return the shipped settings with the two channels of the benchmark."""
    shipped = load(read_opml, Environment.model_construct(strillone_data="", strillone_config=""))
    made = tuple(
        ChannelSettings(
            platform="terminal", address=name, kind=PlaceKind.PAGE, name=name, language="en", zone="UTC",
            subscriptions=(SubscriptionSettings(topic="ai", schedule=when.format(slot=SLOT), size=SIZE),),
        )
        for name, when in SCHEDULES.items()
    )  # fmt: skip
    file = shipped.file.model_copy(update={"channels": made, "summarizer": "extractive", "zone": "UTC"})
    return replace(shipped, file=file)


async def _let_everything_pass(store: Store) -> None:
    async with store.write() as tx:
        for subscription in await subscriptions.active(tx):
            await subscriptions.set_bar(tx, subscription.id, Bar.EVERYTHING)


async def _published(house: Application, after: int) -> tuple[list[Post], int]:
    """Return the posts composed since an operation, and the newest operation looked at."""
    query = (
        select(
            operations.c.id, operations.c.intent, operations.c.purpose, composed_table.c.at, channels.c.name
        )
        .join(composed_table, composed_table.c.operation_id == operations.c.id)
        .join(channels, channels.c.id == operations.c.channel_id)
        .where(operations.c.id > after)
        .order_by(operations.c.id)
    )
    async with house.ctx.store.read() as tx:
        rows = list(await tx.execute(query))
        found = []
        for row in rows:
            made = await posted_documents.get(tx, row.id)
            if made is not None:
                told = [
                    await _told(house, tx, block, made.sources, row.at, line=line)
                    for block, line in _stories_in(made.document)
                ]
                found.append(
                    Post(row.name, row.intent, Purpose(row.purpose), row.at, tuple(told), made.document)
                )
    return found, max([after, *(row.id for row in rows)])


def _stories_in(document: Document) -> Iterator[tuple[StoryBlock, bool]]:
    """Give the stories of a document, each with those of its saga behind it as blocks with a headline alone."""
    for block in document.blocks:
        if isinstance(block, StoryBlock):
            yield block, False
            for item in block.below.items if block.below else ():
                yield StoryBlock(headline=item.text, link=item.link, sentences=(), meta=""), True


async def _told(
    house: Application,
    tx: Any,
    block: StoryBlock,
    sources: Sequence[posted_documents.Source],
    at: datetime,
    *,
    line: bool,
) -> Told:
    by_story: dict[int, list[Entry]] = defaultdict(list)
    for source in sources:
        by_story[source.story_id].append(source.earlier)
    number = next((source.story_id for source in sources if source.earlier.link == block.link), 0)
    entries = tuple(by_story[number])
    story = Story(id=number, change_no=0, created_at=at, changed_at=at, entries=entries)
    factors = rank(story, at, ("en",), house.ctx.kinds).factors if entries else ()
    reasons = tuple(f"{one.code} {one.measure} ×{one.factor:.2f}" for one in factors)
    placed = {entry.id: await stories.placement_of(tx, entry.id) for entry in entries}
    said = {entry: f"{found[0]:.2f} {found[1]}" for entry, found in placed.items() if found}
    return Told(
        number, block.headline, block.link, block.sentences, block.meta, bool(block.label), entries, reasons, said,
        line,
    )  # fmt: skip
