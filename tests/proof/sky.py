"""The storm in virtual time: a thousand channels, the same script, and every job: feeds that fail, grouping, publishing, delivery.

Fetching is a value that gives the documents of the outlets, or fails as the script says; the platform keeps a record of each chat and
does what the script says. All else is the program's own. Slow answers take virtual time, as do the pauses that a platform asks for.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, union_all

from bot.app.wiring import Application, build_application
from bot.errors import ChannelLost, ChannelMoved, HttpFailed, NotSent, Unreachable, Unsure
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.model import (
    Channel,
    Document,
    Finding,
    Health,
    Identity,
    Operation,
    Payload,
    Person,
    Place,
    PlaceKind,
    Role,
    Search,
    SearchResult,
    Subscription,
)
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.ports import ChatGateway, Fetched, FetchRequest
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, load
from bot.store import Store, feeds, open_store, outbox, places, subscriptions
from bot.store.schema import channels, entries, operations
from bot.store.schema import feeds as feed_rows
from bot.store.schema import subscriptions as wish_rows
from tests.proof import news
from tests.proof.news import NewsItem, document
from tests.proof.script import Fate, Turn, failures, is_troubled, turns
from tests.proof.town import SILENT, inline, made

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LASTS = timedelta(hours=2)
"""How long news arrives."""

LONGEST = timedelta(hours=30)
STEP = timedelta(minutes=30)
FEEDS = 9
STORIES = 8
DIGESTS = " ".join(f"{hour:02}:30" for hour in range(24))
GRID = timedelta(seconds=10)
QUICK = 0.2
"""Seconds that an answer takes when nothing is wrong."""

LINES = {"collect", "read", "group", "publish", "correct", "deliver"}
SETTINGS = """zone = "UTC"
[fetch]
shortest_poll_minutes = 5
longest_poll_minutes = 5
[breaking]
per_hour = 60
per_day = 500
"""


@dataclass
class Sky:
    """A platform that keeps a record of every chat and does to troubled ones what the script says."""

    scheduler: VirtualScheduler
    stormy: bool
    name: str = "sky"
    links_to_bot: bool = False
    hides_calls: bool = False
    has_post_menu: bool = False
    takes_replies: bool = False
    one_by_one: bool = False
    has_roles = False
    picks_places = False
    luck: random.Random = field(default_factory=lambda: random.Random("looks"))
    chats: dict[int, list[tuple[str, str, datetime]]] = field(default_factory=lambda: defaultdict(list))
    """What each chat shows: nonce, text and when."""

    lost: dict[int, datetime] = field(default_factory=dict)
    """Until when we may not post there."""

    moved: set[int] = field(default_factory=set)
    script: dict[int, list[Turn]] = field(default_factory=dict)

    async def run(self, gateway: ChatGateway) -> None:
        """Nothing to connect to."""

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        """Return everything that a document says, in one message."""
        return ({"text": repr(document)},)

    def link(self, channel: Channel, post: str, server: str) -> str:
        """Return nothing."""
        return ""

    def book(self, channel: Channel) -> float:
        """No limits."""
        return 0.0

    async def private_chat(self, person: Person) -> str:
        """Return a chat of that address."""
        return person.address

    def target_in(self, word: str) -> str:
        """Nothing typed names a place."""
        return ""

    def titles(self) -> Mapping[str, str]:
        """No place has a title."""
        return {}

    async def managed_place(self, target: str, person: Person) -> Place | None:
        """Nobody manages another place."""
        return None

    async def find_role(self, place: Place, name: str) -> Role | None:
        """There are no roles."""
        return None

    async def assign_role(self, place: Place, person: Person, role_id: str, *, has: bool | None) -> bool:
        """There are no roles."""
        return False

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:
        """Post, or meet the fate that is written."""
        number = number_of(channel.address)
        if number in self.lost:
            await self.scheduler.pause(QUICK)
            raise ChannelLost("403")
        if number in self.moved and channel.address == str(number):
            raise ChannelMoved("it migrated", f"{number}-moved")
        turn = self._turn(number)
        await self.scheduler.pause(turn.seconds if turn.fate is Fate.SLOW else QUICK)
        return self._met(turn, number, operation)

    def _turn(self, number: int) -> Turn:
        if not (self.stormy and is_troubled(number)):
            return Turn(Fate.FINE)
        left = self.script.setdefault(number, turns(number))
        return left.pop(0) if left else Turn(Fate.FINE)

    def _met(self, turn: Turn, number: int, operation: Operation) -> str:
        match turn.fate:
            case Fate.WAIT:
                raise NotSent("429", after=turn.seconds)
            case Fate.TROUBLE | Fate.BEFORE:
                raise Unsure(f"{turn.fate} {turn.status}")
            case Fate.LOST:
                self.lost[number] = self.scheduler.now + timedelta(seconds=turn.seconds)
                raise ChannelLost("403")
            case Fate.MOVED:
                self.moved.add(number)
                raise ChannelMoved("it migrated", f"{number}-moved")
        self.chats[number].append((operation.nonce, operation.payload["text"], self.scheduler.now))
        if turn.fate is Fate.AFTER:
            raise Unsure("cut after the effect")
        return operation.nonce

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:
        """Say whether a post is there; in a storm one question in five is not answered."""
        await self.scheduler.pause(QUICK)
        if self.luck.random() < 0.2:
            raise NotSent("nobody answers", after=5)
        there = any(nonce == operation.nonce for nonce, _, _ in self.chats[number_of(channel.address)])
        return SearchResult(Finding.FOUND, operation.nonce) if there else SearchResult(Finding.ABSENT)

    def identity(self) -> Identity | None:
        """Return nobody."""
        return None

    async def close(self) -> None:
        """Nothing is held."""


def number_of(address: str) -> int:
    """Return the number of a channel, whether it has moved or not."""
    return int(address.partition("-")[0])


@dataclass
class Press:
    """The outlets: story after story from `START` on, each by one of them. Says when each story was first handed out."""

    scheduler: VirtualScheduler
    stormy: bool
    first: dict[str, datetime] = field(default_factory=dict)
    fates: dict[int, list[str]] = field(
        default_factory=lambda: {n: failures(n, STORIES * 30) for n in range(FEEDS)}
    )

    async def fetch(self, request: FetchRequest) -> Fetched:
        """Give an outlet's feed as it is now, or fail as the script says. There are no pages."""
        outlet = request.url.removeprefix("https://outlet").partition(".")[0]
        if not request.url.endswith("/feed"):
            raise HttpFailed("nothing here (404)", 404)
        await self._suffer(int(outlet))
        told = [piece for piece in self._told() if piece.number % FEEDS == int(outlet)]
        tag = f'"{len(told)}"'
        if request.etag == tag:
            return Fetched(url=request.url, changed=False, etag=tag)
        for piece in told:
            self.first.setdefault(piece.name, self.scheduler.now)
        body = document(f"https://outlet{outlet}.example", told)
        return Fetched(url=request.url, changed=True, body=body, content_type="application/rss+xml", etag=tag)

    def _told(self) -> list[NewsItem]:
        gap = LASTS / STORIES
        moments = [START + timedelta(minutes=10) + number * gap for number in range(STORIES)]
        return [NewsItem(number, at) for number, at in enumerate(moments) if at <= self.scheduler.now]

    async def _suffer(self, outlet: int) -> None:
        if not (self.stormy and is_troubled(outlet)) or not self.fates[outlet]:
            return
        match self.fates[outlet].pop():
            case "500":
                raise HttpFailed("trouble (500)", 500)
            case "cut":
                raise Unreachable("cut off")
            case "slow":
                await self.scheduler.pause(10)


async def virtual(folder: Path, count: int, *, stormy: bool) -> dict[str, Any]:
    """Let news of two hours reach so many channels; returns what they show, and how late after a feed told it, in seconds of virtual time."""
    made(folder)
    (folder / "strillone.toml").write_text(SETTINGS, encoding="utf-8")
    store = await open_store(f"sqlite:///{folder / 'strillone.db'}")
    scheduler = VirtualScheduler(START)
    sky, press = Sky(scheduler, stormy), Press(scheduler, stormy)
    environment = Environment.model_construct(strillone_config=str(folder), strillone_data=str(folder))
    house = await build_application(
        load(read_opml, environment), store, platforms={sky.name: sky}, texts=load_texts(), fetch=press.fetch,
        offload=inline, clock=scheduler.clock, wake=scheduler.wake, log=SILENT,
    )  # fmt: skip
    house.ctx.health[sky.name] = Health(platform=sky.name, state="connected")
    scheduler.use([line for line in house.lines if line.name in LINES])
    await _settled(store, count)
    await _live(house, scheduler, sky, count)
    await store.close()
    return _judged(sky, press, count, scheduler.now)


async def _settled(store: Store, count: int) -> None:
    async with store.write() as tx:
        for number in range(FEEDS):
            url = f"https://outlet{number}.example/feed"
            await feeds.add(
                tx,
                feeds.DeclaredFeed(
                    url=url, url_key=url, title=f"Outlet {number}", outlet=f"outlet{number}", ai_only=True
                ),
                "config",
            )
        for number in range(count):
            place = Place(platform="sky", address=str(number), kind=PlaceKind.GROUP)
            channel = await places.ensure_channel_record(
                tx, place, {"language": "en", "zone": "UTC", "origin": "config"}
            )
            schedule = parse_schedule("now" if at_once(number) else DIGESTS)
            subscription = Subscription(
                id=0,
                channel_id=channel.id,
                topic="all",
                schedule=schedule,
                size=20,
                created_at=START,
                next_slot_at=next_slot(schedule, "UTC", START),
            )
            await subscriptions.add(tx, subscription)


def at_once(number: int) -> bool:
    """Tell whether a channel is told news at once, or by a digest every hour."""
    return number % 4 < 2


async def _live(house: Application, scheduler: VirtualScheduler, sky: Sky, count: int) -> None:
    """Let time pass until everything has arrived. Who lost a channel is told when it may post there again."""

    async def upcoming() -> datetime:
        for number in [number for number, until in sky.lost.items() if until <= scheduler.now]:
            del sky.lost[number]
            await house.dispatcher.placed(
                Place(platform="sky", address=str(number), kind=PlaceKind.GROUP), True
            )
        return min([await _next(house.ctx.store, scheduler.now), *sky.lost.values()])

    while scheduler.now < START + LONGEST:
        await scheduler.live(scheduler.now + STEP, upcoming)
        shown = sum(len(chat) for chat in sky.chats.values())
        if (
            scheduler.now > START + LASTS + timedelta(hours=2)
            and not await _open(house.ctx.store)
            and shown >= count
        ):
            return


MOMENTS = (
    feed_rows.c.next_poll_at,
    operations.c.not_before,
    wish_rows.c.next_slot_at,
    wish_rows.c.rests_until,
    channels.c.retry_at,
)


async def _next(store: Store, now: datetime) -> datetime:
    """Return when something may be due next, by whole ten seconds: in a minute at the latest, in the next ten where entries are being read."""
    queries = [select(func.min(moment).label("at")).where(moment > now) for moment in MOMENTS]
    reading = select(entries.c.id).where(entries.c.grouped_at.is_(None)).limit(1)
    async with store.read() as tx:
        found = [row.at for row in await tx.execute(union_all(*queries)) if row.at is not None]
        at_work = (await tx.execute(reading)).first() is not None
    moment: datetime = min([*found, now + (GRID if at_work else timedelta(minutes=1))])
    return moment + (START - moment) % GRID


async def _open(store: Store) -> bool:
    async with store.read() as tx:
        waiting = select(func.count()).select_from(operations).where(operations.c.state.in_(outbox.OPEN))
        ungrouped = select(func.count()).select_from(entries).where(entries.c.grouped_at.is_(None))
        return bool((await tx.execute(waiting)).scalar() or (await tx.execute(ungrouped)).scalar())


def _judged(sky: Sky, press: Press, count: int, now: datetime) -> dict[str, Any]:
    names = news.NAMES[:STORIES]
    good = {name for n, name in enumerate(names) if not is_troubled(n % FEEDS)}
    lost = repeated = delivered = 0
    delays: dict[bool, list[float]] = {True: [], False: []}
    for number in range(count):
        for name in names:
            times = [at for _, text, at in sky.chats[number] if name in text]
            delivered += len(times)
            lost += not times
            repeated += max(0, len(times) - 1)
            if times and name in good and not is_troubled(number):
                delays[at_once(number)].append((times[0] - press.first[name]).total_seconds())
    return {
        "channels": count, "expected": count * STORIES, "delivered": delivered, "lost": lost, "repeated": repeated,
        "at_once_p99_s": _p99(delays[True]), "digest_p99_s": _p99(delays[False]), "hours": (now - START).total_seconds() / 3600,
    }  # fmt: skip


def _p99(delays: Sequence[float]) -> float:
    return sorted(delays)[int(0.99 * len(delays))] if delays else 0.0
