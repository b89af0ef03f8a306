"""The storm of real sockets: a hundred chats on both platforms, news that keeps arriving for three minutes, and everything that fails.

The program itself runs, against the loopback platforms and feed servers, which do what the script says (`script`): chats whose
posts are refused for a while, cut off, slow or without an answer, that take our right to post away and give it back, groups that migrate,
a gateway that closes and invalidates its sessions, updates that fail, feeds that fail. One half of the chats is told news at once, the
other half has a digest every minute. The judge is what the chats show.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.report import say
from bot.app.seed import seed
from bot.feeds.opml import read_opml, write_opml
from bot.model import PlaceKind
from bot.settings import Environment, load
from bot.store import open_store
from bot.store.schema import channels, persons
from tests.doubles import discord, telegram
from tests.doubles.feeds import FeedServer, Reply, broken, status
from tests.proof import news
from tests.proof.chats import BEFORE_NUMBERS, READER, Kind, shown
from tests.proof.faults import alive
from tests.proof.launch import Lives, is_alive
from tests.proof.matrix import OPEN, Restless, found_in
from tests.proof.news import NewsItem, document
from tests.proof.script import SCALE, Fate, Turn, failures, is_troubled, turns
from tests.proof.sky import virtual
from tests.proof.town import Town, Verdict, made

CHATS = 100
FEEDS = 9
SECONDS = 180.0
"""How long news arrives."""

FIRST = 15.0
"""Seconds after the start at which the first story is told: every feed was read once by then, what it held counts as old."""

PATIENCE = 420.0
"""Seconds after the last story in which everything must have arrived: more than two waits of an hour, scaled."""

QUIET = 15.0
"""Seconds that are watched for repeats when everything has arrived."""

NUMBERS = 1_000
"""Telegram's chats are numbered from here on: below are the numbers that the double gives to groups which migrate."""


@dataclass
class Room:
    """A chat of the city: its number in the script, where it is, and when what was first seen there."""

    number: int
    double: Any
    chat: int
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def at_once(self) -> bool:
        """Whether it is told news at once, or by digests."""
        return self.number % 4 < 2

    def texts(self) -> list[str]:
        """Return what it shows of ours, where it moved at both addresses."""
        return shown(self.double, self.chat)


@dataclass
class City(Town):
    """Many chats on both platforms, and the outlets that tell news."""

    here: discord.DiscordDouble = field(kw_only=True)
    rooms: list[Room] = field(kw_only=True)
    outlets: list[FeedServer] = field(kw_only=True)

    def environment(self, *, kill: str = "", without: Sequence[str] = ()) -> dict[str, str]:
        """Return what a life is told: both platforms."""
        there = {"DISCORD_API_URL": self.here.api, "DISCORD_GATEWAY_URL": self.here.gateway}
        return super().environment(kill=kill, without=without) | {"DISCORD_TOKEN": discord.TOKEN} | there

    def verdict(self) -> Verdict:
        """Judge every chat."""
        each = [Verdict.of(room.texts(), self.words) for room in self.rooms]
        return sum(each[1:], each[0])


async def storms(server: Lives, folder: Path, *, chats: int = CHATS, count: int = 1_000) -> None:
    """Let both storms pass, each beside the same without faults."""
    for name in ("calm", "storm"):
        figures = await real(server, folder / name, chats, stormy=name == "storm")
        say(f"{name}, real sockets, {chats} chats", figures)
    for name in ("calm", "storm"):
        figures = await virtual(folder / f"virtual-{name}", count, stormy=name == "storm")
        say(f"{name}, virtual time, {count} channels", figures)


async def real(
    server: Lives, folder: Path, chats: int, *, stormy: bool, seconds: float = SECONDS, stories: int = 30
) -> dict[str, Any]:
    """Let news arrive for some seconds in so many chats, with or without faults; returns what they show, and how late, in seconds."""
    async with city(folder, chats) as town, AsyncExitStack() as stack:
        town.words = news.NAMES[:stories]
        process = await stack.enter_async_context(alive(server, town))
        loop = asyncio.get_running_loop()
        told: dict[str, float] = {}
        work = [
            asyncio.create_task(_watch(town)),
            asyncio.create_task(_tell(town, told, seconds, stormy=stormy)),
        ]
        if stormy:
            work += [asyncio.create_task(deed) for deed in _weather(town, seconds)]
        try:
            await work[1]
            ended = loop.time()
            await _all_arrived(town, process)
            await asyncio.sleep(QUIET)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        return _judged(town, told, loop.time() - QUIET - ended)


async def _watch(town: City) -> None:
    """See when each chat first shows each story."""
    clock, words = asyncio.get_running_loop().time, set(town.words)
    done: dict[int, int] = defaultdict(int)
    while True:
        for room in town.rooms:
            texts = room.texts()
            for text in texts[done[room.number] :]:
                for word in words:
                    if word in text:
                        room.seen.setdefault(word, clock())
            done[room.number] = len(texts)
        await asyncio.sleep(0.1)


async def _all_arrived(town: City, process: int) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while town.verdict().lost or any(town.states()[state] for state in OPEN):
                if not is_alive(process):
                    msg = f"the program ended by itself: {town.log[-3000:]}"
                    raise Restless(msg)
                await asyncio.sleep(1)
    except TimeoutError:
        return  # what is missing then counts as lost


# --- news ----------------------------------------------------------------------------------------------------


async def _tell(town: City, told: dict[str, float], seconds: float, *, stormy: bool) -> None:
    """Let the outlets tell one story after the other."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(FIRST)
    fates = {n: failures(n, len(town.words)) for n in range(len(town.outlets))}
    pieces: dict[int, list[NewsItem]] = defaultdict(list)
    for number in range(len(town.words)):
        outlet = number % len(town.outlets)
        pieces[outlet].append(NewsItem(number, datetime.now(UTC)))
        server = town.outlets[outlet]
        good = Reply(document(server.url("", ""), pieces[outlet][-20:]), etag=f'"{number}"')
        bad = [_reply(fates[outlet].pop(), good) for _ in range(3)] if stormy and is_troubled(outlet) else []
        server.serve("/feed", *bad, good)
        told[news.NAMES[number]] = loop.time()
        await asyncio.sleep(seconds / len(town.words))


def _reply(fate: str, good: Reply) -> Reply:
    return {"500": status(500), "cut": broken(), "slow": Reply(good.body, pieces=20, pause=0.3)}.get(
        fate, good
    )


# --- weather -------------------------------------------------------------------------------------------------


def _weather(town: City, seconds: float) -> list[Any]:
    """Write the script into the doubles; returns what happens in the course of the storm."""
    luck = random.Random("weather")
    deeds: list[Any] = [_gateway(town, seconds), _updates(town, seconds)]
    for room in town.rooms:
        if not is_troubled(room.number):
            continue
        for turn in turns(room.number):
            if turn.fate in {Fate.LOST, Fate.MOVED}:
                deeds.append(_event(room, turn, FIRST + luck.uniform(0.2, 0.5) * seconds))
            _write(room, turn)
            _look(room, luck)
    return deeds


def _write(room: Room, turn: Turn) -> None:
    """Let the next request that posts in a chat meet its fate."""
    wait = turn.seconds / SCALE
    if isinstance(room.double, telegram.TelegramDouble):
        double, chat, method = room.double, room.chat, "sendMessage"
        match turn.fate:
            case Fate.WAIT:
                double.fail(method, 429, retry_after=max(1, round(wait)), chat=chat)
            case Fate.TROUBLE:
                double.fail(method, turn.status, chat=chat)
            case Fate.BEFORE | Fate.AFTER:
                double.cut(method, after=turn.fate is Fate.AFTER, chat=chat)
            case _:
                double.delay(method, wait if turn.fate is Fate.SLOW else 0.0, chat=chat)
        return
    route = f"POST /channels/{room.chat}/messages"
    match turn.fate:
        case Fate.WAIT:
            room.double.fault(route, status=429, retry_after=wait)
        case Fate.TROUBLE:
            room.double.fault(route, status=turn.status)
        case Fate.BEFORE | Fate.AFTER:
            room.double.fault(route, cut="after" if turn.fate is Fate.AFTER else "before")
        case _:
            room.double.fault(route, delay=wait if turn.fate is Fate.SLOW else 0.0)


def _look(room: Room, luck: random.Random) -> None:
    """Let one look in five for an uncertain post get no answer."""
    cut = luck.random() < 0.2
    if isinstance(room.double, telegram.TelegramDouble):
        if cut:
            room.double.cut("editMessageText", after=False, chat=room.chat)
        else:
            room.double.delay("editMessageText", 0.0, chat=room.chat)
    else:
        room.double.fault(f"GET /channels/{room.chat}/messages", **({"cut": "before"} if cut else {}))


async def _event(room: Room, turn: Turn, at: float) -> None:
    """Take the right to post away and give it back, or let a group migrate."""
    await asyncio.sleep(at)
    double, small = room.double, -room.chat < BEFORE_NUMBERS
    if turn.fate is Fate.MOVED and isinstance(double, telegram.TelegramDouble) and small:
        double.migrate(room.chat)
    elif turn.fate is Fate.LOST and isinstance(double, telegram.TelegramDouble):
        double.set_bot(room.chat, "kicked")
        await asyncio.sleep(turn.seconds / SCALE)
        double.set_bot(room.chat, "member", {"can_send_messages"})
    elif turn.fate is Fate.LOST:
        double.revoke(room.chat, "send_messages")
        await asyncio.sleep(turn.seconds / SCALE)
        double.grant(room.chat, "send_messages")


async def _gateway(town: City, seconds: float) -> None:
    """Close the gateway, so that a RESUME follows; ask for a reconnect; invalidate the session (op 9)."""
    await asyncio.sleep(FIRST)
    deeds: Sequence[Callable[[], Any]] = (
        town.here.close_gateway,
        town.here.ask_reconnect,
        town.here.invalidate,
    )
    for deed in (*deeds, *deeds):
        await asyncio.sleep(seconds / 7)
        await deed()


async def _updates(town: City, seconds: float) -> None:
    """Let questions for updates fail in every way."""
    there: Any = town.double
    await asyncio.sleep(FIRST)
    for deed in (
        partial(there.fail, "getUpdates", 502, times=2),
        partial(there.cut, "getUpdates", after=False, times=2),
        partial(there.fail, "getUpdates", 429, retry_after=2),
        partial(there.fail, "getUpdates", 500),
    ):
        await asyncio.sleep(seconds / 5)
        deed()
        there.say(READER, READER, "hello")


# --- the city ------------------------------------------------------------------------------------------------

SETTINGS = """zone = "UTC"
[web]
enabled = false
[fetch]
shortest_poll_minutes = 0.05
longest_poll_minutes = 0.05
open_hosts = [{hosts}]
[breaking]
per_hour = 60
per_day = 500
"""
CHAT = """
[[channels]]
platform = "{platform}"
address = "{address}"
kind = "{kind}"
subscriptions = [{{ name = "news", topic = "{topic}", schedule = "{schedule}", size = 20, length = "short" }}]
"""


@asynccontextmanager
async def city(folder: Path, chats: int) -> AsyncIterator[City]:
    """Give so many chats, half of them on each platform, which want news, and outlets that have none yet."""
    made(folder)
    async with telegram.TelegramDouble() as there, discord.DiscordDouble() as here, AsyncExitStack() as stack:
        outlets = [FeedServer(f"127.0.1.{number + 1}") for number in range(FEEDS)]
        for outlet in outlets:
            await outlet.start()
            stack.push_async_callback(outlet.stop)
            outlet.serve("/feed", Reply(document(outlet.url("", ""), ())))
        kinds = [_kind(number) for number in range(chats)]
        rooms = [
            Room(
                number,
                there if kind.platform == "telegram" else here,
                kind.settle(there if kind.platform == "telegram" else here),
            )
            for number, kind in enumerate(kinds)
        ]
        _declare(folder, kinds, rooms, outlets)
        database = f"sqlite:///{folder / 'strillone.db'}"
        await _seeded(folder, database)
        everywhere = Kind("the city", "", "", PlaceKind.GROUP)
        yield City(everywhere, there, 0, folder, database, here=here, rooms=rooms, outlets=outlets)


def _kind(number: int) -> Kind:
    """Return the chat of a number; among Telegram's one in four of the troubled ones is a basic group."""
    if number % 2:
        return Kind("text", "discord", str(300_000_000_000_000_000 + number), PlaceKind.GROUP)
    small = is_troubled(number) and turns(number)[1].fate is Fate.MOVED
    address = NUMBERS + number + (0 if small else BEFORE_NUMBERS)
    return Kind("group", "telegram", f"-{address}", PlaceKind.GROUP)


def _declare(
    folder: Path, kinds: Sequence[Kind], rooms: Sequence[Room], outlets: Sequence[FeedServer]
) -> None:
    begin = datetime.now(UTC)
    minutes = " ".join(f"{begin + timedelta(minutes=n):%H:%M}" for n in range(1, 8))
    hosts = ", ".join(f'"127.0.1.{number + 1}"' for number in range(FEEDS))
    text = SETTINGS.format(hosts=hosts)
    for kind, room in zip(kinds, rooms, strict=True):
        subscription = (
            {"topic": "all", "schedule": "now"} if room.at_once else {"topic": "all", "schedule": minutes}
        )
        text += CHAT.format(platform=kind.platform, address=kind.address, kind=kind.kind, **subscription)
    (folder / "strillone.toml").write_text(text, encoding="utf-8")
    rows = [
        ("Proof", {"text": f"Outlet {n}", "xmlUrl": outlet.url("/feed"), "aiOnly": "yes"})
        for n, outlet in enumerate(outlets)
    ]
    (folder / "feeds.opml").write_text(write_opml("Proof", rows), encoding="utf-8")


async def _seeded(folder: Path, database: str) -> None:
    """Bring the settings into the database, and what an earlier life left there: an operator, and a post in each chat of Telegram's."""
    environment = Environment.model_construct(strillone_config=str(folder), strillone_data=str(folder))
    settings = load(read_opml, environment)
    store = await open_store(database)
    await seed(
        store, settings.file, settings.outlines, {"telegram": None, "discord": None}, datetime.now(UTC)
    )
    async with store.write() as tx:
        await tx.execute(channels.update().where(channels.c.platform == "telegram").values(last_post="1"))
        for platform in ("telegram", "discord"):
            operator = {"platform": platform, "address": str(READER), "name": "Ada", "operator": True}
            await tx.execute(persons.insert().values(operator))
    await store.close()


# --- the judge -----------------------------------------------------------------------------------------------


def _judged(town: City, told: dict[str, float], seconds: float) -> dict[str, Any]:
    verdict, found = town.verdict(), found_in(town)
    healthy = [room for room in town.rooms if not is_troubled(room.number)]
    good = {news.NAMES[n] for n in range(len(town.words)) if not is_troubled(n % len(town.outlets))}

    def late(rooms: Sequence[Room]) -> float:
        delays = [room.seen[word] - told[word] for room in rooms for word in good if word in room.seen]
        return sorted(delays)[int(0.99 * len(delays))] if delays else 0.0

    return {
        "expected": verdict.expected, "delivered": verdict.delivered, "lost": len(verdict.lost), "repeated": len(verdict.repeated),
        "found": found["found"], "absent": found["absent"], "unknown": found["unknown"],
        "at_once_p99_s": late([room for room in healthy if room.at_once]),
        "digest_p99_s": late([room for room in healthy if not room.at_once]),
        "resumes": town.here.resumes, "identifies": town.here.identifies, "rest_after_s": seconds,
        "where": sorted({f"{room.number}: {v}" for room in town.rooms if (v := Verdict.of(room.texts(), town.words)).lost or v.repeated})[:10],
    }  # fmt: skip
