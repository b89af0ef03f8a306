"""What channels would have received: some days of news, lived by the program's own jobs on a virtual clock.

Nothing is posted, nobody is asked, no model writes: stories are told in their sources' words, and what a
model would have cost is estimated from what it would have been sent.
"""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.app.seed import seed
from bot.app.wiring import Application, build_application, load_platform
from bot.i18n import load as load_texts
from bot.model import (
    Channel,
    Document,
    Entry,
    Length,
    PlaceKind,
    Purpose,
    Ranking,
    ReasonCode,
    Story,
    StoryBlock,
)
from bot.pipeline.selection.rank import rank
from bot.platforms import platform_specs
from bot.ports import PlatformOptions
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import ChannelSettings, FetchSettings, FileSettings, Settings, SubscriptionSettings
from bot.simulation import own
from bot.simulation.recording import Recording
from bot.store import Store, open_store, places, posted_documents, replay, subscriptions

WORK = frozenset({"collect", "read", "group", "publish", "learn"})
TICK = timedelta(minutes=10)
WARM_UP = timedelta(days=2)
"""For how long feeds are read before the first day that is shown: a program does not begin with that day."""

PAGE = ChannelSettings(
    platform="terminal",
    address="news",
    name="news",
    kind=PlaceKind.PAGE,
    subscriptions=(SubscriptionSettings(),),
)
"""Who receives where the configuration names nobody."""

NO_POLLING = FetchSettings(shortest_poll_minutes=1440, longest_poll_minutes=1440)
"""Nothing is polled by the clock: what a feed brought was seen when it was recorded."""

_SILENT = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(50))


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedStory:
    """A story of a post: the entries it was told from, its length, and what its place rested on."""

    story: Story
    headline: str
    length: Length
    language: str
    ranking: Ranking
    """Its place, and the factors of its score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPost:
    """What a channel would have received at a moment, and how many stories were left out for which reason."""

    channel: Channel
    purpose: Purpose
    at: datetime
    document: Document
    stories: tuple[PostedStory, ...]
    left_out: Mapping[ReasonCode, int]


async def simulate(
    settings: Settings, recording: Recording, *, start: datetime, until: datetime, origin: Store | None
) -> list[SimulatedPost]:
    """Live the days of a recording from a moment to another; return what would have been posted, in order.

    The places are those of `origin` where that is given, and else the channels of the settings.
    """
    with tempfile.TemporaryDirectory(prefix="strillone-simulation-") as scratch:
        store = await open_store(f"sqlite:///{scratch}/simulation.db")
        try:
            return await _live(settings, recording, store, start, until, origin)
        finally:
            await store.close()


async def _live(
    settings: Settings,
    recording: Recording,
    store: Store,
    start: datetime,
    until: datetime,
    origin: Store | None,
) -> list[SimulatedPost]:
    virtual = VirtualScheduler(max(start - WARM_UP, recording.start))
    texts = load_texts()
    terminal = load_platform("terminal", PlatformOptions(), texts)
    house = await build_application(
        _quiet(settings, with_channels=origin is None),
        store,
        platforms=dict.fromkeys((*platform_specs(), "terminal"), terminal),
        texts=texts,
        fetch=recording.fetch(virtual.clock),
        offload=_inline,
        clock=virtual.clock,
        wake=virtual.wake,
        log=_SILENT,
    )
    if origin is None:
        await seed(store, file_with_channel(settings), recording.outlines, house.ctx.platforms, virtual.now)
    else:
        await own.copy_places(origin, store, virtual.now)
    virtual.use([line for line in house.lines if line.name in WORK])

    async def upcoming() -> datetime:
        moment = virtual.now + TICK
        async with store.write() as tx:
            await replay.make_due(tx, recording.find_changes(virtual.now, moment), moment)
        return moment

    await virtual.live(until, upcoming)
    return [post for post in await _posts(house) if post.at >= start]


def file_with_channel(settings: Settings) -> FileSettings:
    """Return the settings of the file with somebody who receives."""
    file = settings.file
    return file if file.channels else file.model_copy(update={"channels": (PAGE,)})


def _quiet(settings: Settings, *, with_channels: bool) -> Settings:
    """Return settings by which feeds are read when they have changed, no model writes, and no monitor is
    asked.
    """
    channels = file_with_channel(settings).channels if with_channels else ()
    file = settings.file.model_copy(
        update={"summarizer": "extractive", "channels": channels, "fetch": NO_POLLING}
    )
    return replace(settings, file=file, models=(), heartbeats={})


async def _inline(fn: Any, *args: Any, deadline: timedelta, requester: int = 0) -> Any:  # noqa: ARG001  as `Offload` asks
    """Do the work of a child process here: what is read was read before."""
    return fn(*args)


async def _posts(house: Application) -> list[SimulatedPost]:
    """Return everything that was composed, in the order of its moments."""
    posts: list[SimulatedPost] = []
    async with house.ctx.store.read() as tx:
        for row in await replay.composed_posts(tx):
            channel = await places.channel(tx, row.channel_id)
            composition = await posted_documents.get(tx, row.id)
            if channel is None or composition is None:
                continue
            records = (
                await subscriptions.slots_of(tx, row.subject_id, row.at - TICK, 1)
                if row.purpose == Purpose.DIGEST
                else []
            )
            posts.append(
                SimulatedPost(
                    channel=channel,
                    purpose=Purpose(row.purpose),
                    at=row.at,
                    document=composition.document,
                    stories=tuple(_stories(house, composition, channel, row.at)),
                    left_out=Counter(reason.code for record in records for _, reason in record.skipped),
                )
            )
    return posts


def _stories(
    house: Application, composition: posted_documents.PostedDocument, channel: Channel, at: datetime
) -> Sequence[PostedStory]:
    blocks = {block.story_id: block for block in composition.document.blocks if isinstance(block, StoryBlock)}
    by_story: dict[int, list[Entry]] = {}
    for source in composition.sources:
        by_story.setdefault(source.story_id, []).append(source.earlier)
    stories = [
        (Story(id=number, change_no=0, created_at=at, changed_at=at, entries=tuple(entries)), block)
        for number, block in blocks.items()
        if number is not None and (entries := by_story.get(number))
    ]
    return [
        PostedStory(
            story=story,
            headline=block.headline,
            length=composition.lengths.get(story.id, Length.LINE),
            language=channel.language,
            ranking=rank(story, at, channel.languages_read, house.ctx.kinds),
        )
        for story, block in stories
    ]
