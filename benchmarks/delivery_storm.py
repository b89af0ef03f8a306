"""Two storms. One of real sockets: forty chats on both platforms while a third of all requests fail in some way. One in virtual
time: a thousand channels through the outbox and the deliver job, behind a platform that fails as it is told.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.delivery_launch import Lives
from benchmarks.delivery_matrix import found_in, whole
from benchmarks.delivery_town import BEFORE_NUMBERS, SILENT, Kind, Town, Verdict, made, prepare, shown
from benchmarks.report import say
from bot.app.house import build
from bot.errors import ChannelLost, DeliveryError, NotSent, Unsure
from bot.feeds.opml import read_opml
from bot.model import (
    Channel,
    ChannelState,
    Document,
    Finding,
    Found,
    Health,
    Identity,
    Operation,
    Payload,
    Place,
    PlaceKind,
    Search,
)
from bot.ports import Inbox
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, load
from bot.store import Store, open_store, outbox, places
from bot.store.schema import channels, operations
from bot.texts import load as load_texts
from tests.doubles import discord, telegram

# --- on real sockets -----------------------------------------------------------------------------------------

CHATS = 20
"""On each platform."""

REQUESTS = 300
"""For how many requests of a kind the weather is made."""

POST = "POST /channels/*/messages"


@dataclass
class City(Town):
    """Many chats on both platforms."""

    here: discord.DiscordDouble = field(kw_only=True)
    chats: list[tuple[Any, int]] = field(kw_only=True)

    def environment(self, *, kill: int = 0, without: Sequence[str] = ()) -> dict[str, str]:
        """Return what a life is told: both platforms."""
        there = {"DISCORD_API_URL": self.here.api, "DISCORD_GATEWAY_URL": self.here.gateway}
        return super().environment(kill=kill, without=without) | {"DISCORD_TOKEN": discord.TOKEN} | there

    def verdict(self) -> Verdict:
        """Judge every chat."""
        each = [Verdict.of(shown(double, chat)) for double, chat in self.chats]
        return Verdict(
            sum(one.expected for one in each), sum(one.delivered for one in each),
            tuple(word for one in each for word in one.lost), tuple(word for one in each for word in one.repeated),
        )  # fmt: skip


async def storms(server: Lives, folder: Path, *, chats: int = CHATS, channels: int = 1_000) -> None:
    """Let both storms pass, each beside the same without faults."""
    for name in ("calm", "storm"):
        figures = await _real(server, folder / name, chats, stormy=name == "storm")
        say(f"{name}, real sockets, {2 * chats} chats", figures)
    for name in ("calm", "storm"):
        figures = await virtual(folder / f"virtual-{name}", channels, stormy=name == "storm")
        say(f"{name}, virtual time, {channels} channels", figures)


async def _real(server: Lives, folder: Path, chats: int, *, stormy: bool) -> dict[str, Any]:
    async with city(folder, chats) as town:
        if stormy:
            _weather(town, random.Random(7))
        began = asyncio.get_running_loop().time()
        await whole(server, town, patience=180)
        verdict, found = town.verdict(), found_in(town)
        return {
            "expected": verdict.expected, "delivered": verdict.delivered, "lost": len(verdict.lost),
            "repeated": len(verdict.repeated), "found": found["found"], "absent": found["absent"],
            "unknown": found["unknown"], "seconds": asyncio.get_running_loop().time() - began,
        }  # fmt: skip


@asynccontextmanager
async def city(folder: Path, chats: int) -> AsyncIterator[City]:
    """Give a town of so many chats on each platform, in which everything is due."""
    made(folder)
    groups = [
        Kind("group", "telegram", f"-{BEFORE_NUMBERS + n}", PlaceKind.GROUP) for n in range(1, chats + 1)
    ]
    texts = [Kind("text", "discord", str(300_000_000_000_000_000 + n), PlaceKind.GROUP) for n in range(chats)]
    async with telegram.TelegramDouble() as there, discord.DiscordDouble() as here:
        settled: list[tuple[Any, int]] = [(there, kind.settle(there)) for kind in groups]
        settled += [(here, kind.settle(here)) for kind in texts]
        database = f"sqlite:///{folder / 'strillone.db'}"
        await prepare([*groups, *texts], folder, database)
        everywhere = Kind("forty chats", "", "", PlaceKind.GROUP)
        yield City(everywhere, there, settled[0][1], folder, database, here=here, chats=settled)


def _weather(town: City, luck: random.Random) -> None:
    """Let a third of the requests that post fail, and a tenth of those that look."""
    there: Any = town.double
    for _ in range(REQUESTS):
        _telegram_fault(there, luck.random(), luck)
        _discord_fault(town.here, luck.random(), luck)
        if luck.random() < 0.1:
            there.cut("editMessageText", after=False)
        else:
            there.delay("editMessageText", 0.0)


def _telegram_fault(double: Any, dice: float, luck: random.Random) -> None:
    if dice < 0.08:
        double.cut("sendMessage", after=True)
    elif dice < 0.16:
        double.cut("sendMessage", after=False)
    elif dice < 0.22:
        double.fail("sendMessage", 500)
    elif dice < 0.28:
        double.fail("sendMessage", 429, retry_after=luck.randint(1, 3))
    else:
        double.delay("sendMessage", luck.choice((0.0, 0.0, 0.2)))


def _discord_fault(double: discord.DiscordDouble, dice: float, luck: random.Random) -> None:
    if dice < 0.08:
        double.fault(POST, cut="after")
    elif dice < 0.16:
        double.fault(POST, cut="before")
    elif dice < 0.22:
        double.fault(POST, status=luck.choice((500, 502, 503)))
    elif dice < 0.28:
        double.fault(POST, status=429, retry_after=luck.uniform(0.2, 2.5))
    else:
        double.fault(POST, delay=luck.choice((0.0, 0.0, 0.2)))


# --- in virtual time -----------------------------------------------------------------------------------------

TROUBLED = 3
"""One channel in so many has bad luck: half of its sends fail in some way."""

WAVES = 3
WAVE = timedelta(minutes=20)
LOST_FOR = timedelta(hours=1)
LONGEST = timedelta(hours=24)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Sky:
    """A platform that keeps a record of every chat and fails by dice, in troubled channels only."""

    clock: Any
    luck: random.Random
    stormy: bool
    name: str = "sky"
    chats: dict[str, list[tuple[str, datetime]]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[int, datetime] = field(default_factory=dict)

    def troubled(self, address: str) -> bool:
        """Tell whether a channel has bad luck."""
        return self.stormy and int(address) % TROUBLED == 0

    async def run(self, inbox: Inbox) -> None:
        """Nothing to connect to."""

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:  # noqa: ARG002
        """Nothing is published here."""
        return ()

    def link(self, channel: Channel, post: str, server: str) -> str:  # noqa: ARG002  nothing here is opened
        """Return nothing."""
        return ""

    def book(self, channel: Channel) -> float:  # noqa: ARG002
        """No limits."""
        return 0.0

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:  # noqa: ARG002
        """Post, or fail: without effect, or after it."""
        error, arrives = self._fate(channel)
        if arrives:
            self.chats[channel.address].append((operation.payload["text"], self.clock()))
        if error is not None:
            raise error
        return operation.nonce

    def _fate(self, channel: Channel) -> tuple[DeliveryError | None, bool]:
        if not self.troubled(channel.address) or self.luck.random() < 0.5:
            return None, True
        match self.luck.randrange(5):
            case 0:
                return NotSent("429", after=self.luck.uniform(1, 3600)), False
            case 1:
                return Unsure("500"), False
            case 2:
                return Unsure("cut before the effect"), False
            case 3:
                return Unsure("cut after the effect"), True
            case _:
                self.lost[channel.id] = self.clock()
                return ChannelLost("403"), False

    async def find(self, operation: Operation, channel: Channel, search: Search) -> Found:  # noqa: ARG002
        """Say whether a post is there; in a storm one question in five is not answered."""
        if self.luck.random() < 0.2:
            raise NotSent("nobody answers", after=5)
        there = any(text == operation.payload["text"] for text, _ in self.chats[channel.address])
        return Found(Finding.FOUND, operation.nonce) if there else Found(Finding.ABSENT)

    def identity(self) -> Identity | None:
        """Return nobody."""
        return None

    async def close(self) -> None:
        """Nothing is held."""


async def virtual(folder: Path, count: int, *, stormy: bool) -> dict[str, Any]:
    """Send three waves of posts to so many channels; returns what the chats show, and how late, in seconds of virtual time."""
    made(folder)
    store = await open_store(f"sqlite:///{folder / 'strillone.db'}")
    scheduler = VirtualScheduler(START)
    sky = Sky(scheduler.clock, random.Random(11), stormy)
    settings = load(
        read_opml, Environment.model_construct(strillone_config="config", strillone_data=str(folder))
    )
    house = await build(
        settings, store, platforms={sky.name: sky}, texts=load_texts(), fetch=_nothing, offload=_nothing,
        clock=scheduler.clock, wake=scheduler.wake, log=SILENT,
    )  # fmt: skip
    house.ctx.health[sky.name] = Health(sky.name, "connected")
    scheduler.use([line for line in house.lines if line.name == "deliver"])
    ids = await _channels(store, count)
    due: dict[str, datetime] = {}
    for wave in range(WAVES):
        await _live_until(store, scheduler, sky, START + wave * WAVE)
        due |= await _queue(store, ids, wave, scheduler.now)
    await _live_until(store, scheduler, sky, START + LONGEST)
    await store.close()
    return _judged(sky, ids, due, scheduler.now)


async def _nothing(*_: Any, **__: Any) -> Any:
    raise NotImplementedError


async def _channels(store: Store, count: int) -> list[tuple[int, str]]:
    found = []
    async with store.write() as tx:
        for number in range(count):
            place = Place("sky", str(number), PlaceKind.GROUP)
            channel = await places.settle(tx, place, {"language": "en", "zone": "UTC", "origin": "config"})
            found.append((channel.id, channel.address))
    return found


async def _queue(
    store: Store, ids: Sequence[tuple[int, str]], wave: int, now: datetime
) -> dict[str, datetime]:
    due = {}
    async with store.write() as tx:
        for channel, address in ids:
            said = f"{address}/{wave}"
            draft = outbox.Draft(channel, f"proof:{said}", {"text": said}, now + LONGEST)
            await outbox.queue(tx, draft, "proof", now)
            due[said] = now
    return due


async def _live_until(store: Store, scheduler: VirtualScheduler, sky: Sky, end: datetime) -> None:
    """Let everything happen up to a moment, or until nothing waits any more. Who lost a channel gives it back an hour later."""
    while True:
        await scheduler.settle()
        back = {channel: at + LOST_FOR for channel, at in sky.lost.items()}
        upcoming = [moment for moment in (await _next(store, scheduler.now), *back.values()) if moment]
        moment = min(upcoming, default=end)
        scheduler.now = max(scheduler.now, min(moment, end))
        async with store.write() as tx:
            for channel in [channel for channel, at in back.items() if at <= scheduler.now]:
                del sky.lost[channel]
                await tx.execute(
                    channels.update().where(channels.c.id == channel).values(state=ChannelState.ACTIVE)
                )
        if moment >= end:
            return


async def _next(store: Store, now: datetime) -> datetime | None:
    """Return when the next post that waits may go."""
    query = select(func.min(operations.c.not_before)).where(
        operations.c.state.in_(outbox.OPEN), operations.c.not_before > now
    )
    async with store.read() as tx:
        found: datetime | None = (await tx.execute(query)).scalar()
    return found


def _judged(
    sky: Sky, ids: Sequence[tuple[int, str]], due: dict[str, datetime], now: datetime
) -> dict[str, Any]:
    seen: dict[str, list[datetime]] = defaultdict(list)
    for chat in sky.chats.values():
        for said, at in chat:
            seen[said].append(at)
    healthy = [
        (seen[said][0] - at).total_seconds()
        for said, at in due.items()
        if seen[said] and int(said.partition("/")[0]) % TROUBLED
    ]
    return {
        "channels": len(ids), "expected": len(due), "delivered": sum(map(len, seen.values())),
        "lost": sum(1 for said in due if not seen[said]),
        "repeated": sum(len(times) - 1 for times in seen.values() if times),
        "healthy_p99_s": sorted(healthy)[int(0.99 * len(healthy))], "hours": (now - START).total_seconds() / 3600,
    }  # fmt: skip
