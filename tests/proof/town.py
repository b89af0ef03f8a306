"""What the proof of delivery is judged by: stories nobody can mistake, and how often each chat shows each of them.

A `Town` is a chat of one kind on a fresh double with a copy of a database in which everything is read and
grouped, and a digest and two posts at once are due. The judge looks at the double's own messages and nowhere else.
"""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import create_engine, func, or_, select, text

from bot.app.seed import due_at, seed
from bot.app.wiring import Application, build_application, load_platform
from bot.errors import HttpFailed
from bot.feeds.opml import read_opml, write_opml
from bot.i18n import load as load_texts
from bot.model import Place
from bot.ports import Fetched, FetchRequest, PlatformOptions
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, load
from bot.store import Store, Tx, open_store, outbox
from bot.store.schema import (
    answers,
    channels,
    entries,
    feeds,
    operations,
    persons,
    stories,
    subscriptions,
)
from tests.doubles import discord, telegram
from tests.doubles.machine import Disk
from tests.doubles.postgres import Postgres
from tests.proof.chats import READER, Double, Kind, shown
from tests.proof.launch import CLOCK

HEADING = "AI news"
"""Stands in a digest's first message and in no other."""

AT_ONCE = 3
"""Stories that are posted at once, before the digest tells the others."""


# --- stories -------------------------------------------------------------------------------------------------

STORIES: Sequence[tuple[str, str, str]] = (
    ("Quellbrook", "trains a language model on letters of lighthouse keepers", "Storms, lamps, tides and herring fill the notebooks that volunteers copied by hand in Aberdeen. Its answers about fog are better than those of sailors, says a harbour master with forty winters behind him."),
    ("Varnholt", "teaches a neural network to hear cracks in church bells", "Bronze rings differently where rain has entered, and microphones in eleven towers learned the difference. Founders in Passau recast two bells after the software had raised its voice."),
    ("Ostrimar", "opens a dataset of a million labelled mushrooms", "Foragers photographed chanterelles, boletes and death caps under spruce and beech. Toxicologists checked every label twice and paid the pickers in dried porcini."),
    ("Dunmerrow", "lets robots fold laundry in a Lisbon hospital", "Grippers of silicone turn towels, gowns and pillowcases at four pieces a minute. Nurses wrote their complaints on a blackboard, which the cameras read at night."),
    ("Kestwick", "sells a chip that runs speech recognition on a button cell", "The circuit sleeps between syllables and wakes within microseconds. Hearing aids, doorbells and a talking thermometer are the first customers of the foundry."),
    ("Thalvane", "is fined for scraping recipes into its chatbot", "A court in Lyon found soufflés, sauces and whole menus copied word by word. Chefs brought their stained notebooks as evidence, and the judges asked for a tasting."),
    ("Pellgrave", "forecasts avalanches with a transformer for snow profiles", "Layers of powder, crust and depth hoar become tokens that the network reads from the ground up. Patrols near Davos closed three slopes on its advice before Sunday."),
    ("Morrowind-Hale", "publishes weights of a model that translates Basque poetry", "Rhymes survive in one stanza of three, count philologists in Bilbao. Shepherds and singers graded the verses at a festival where nobody knew which were artificial."),
    ("Zephyrine", "pauses its image generator after forged passports appear", "Border guards in Tallinn noticed eyelashes that cast no shadow. Engineers now stamp each picture with a pattern that scanners at airports understand."),
    ("Brackenford", "raises ninety million euros for tutors made of software", "Schools in Wales try the lessons in algebra and chemistry from January. Parents demanded a switch that ends every conversation at bedtime, and received it."),
    ("Umberlin", "maps coral reefs with autonomous submarines", "Sonar, lasers and patient divers gave the training material off Zanzibar. Bleached branches appear in violet on charts that fishermen unfold on their boats."),
    ("Castaverde", "proves a theorem about knots together with a computer", "The proof checker accepted forty thousand lines after a night in Coimbra. Topologists call the central lemma ugly, correct and impossible to remember."),
)  # fmt: skip
"""A name that stands nowhere else, what it does, and what is told about it."""

NAMES = tuple(name for name, _, _ in STORIES)


def feed_of(number: int) -> str:
    """Return the address of a story's feed; two stories share one."""
    return f"https://outlet{number // 2}.example/feed"


def documents(start: datetime) -> dict[str, bytes]:
    """Return every feed's document."""
    items: dict[str, str] = {}
    for number, (name, deed, about) in enumerate(STORIES):
        date = format_datetime(start - timedelta(minutes=20 + 7 * number))
        link = f"https://outlet{number // 2}.example/{name.lower()}"
        items[feed_of(number)] = items.get(feed_of(number), "") + (
            f"<item><guid>{link}</guid><link>{link}</link><title>{name} {deed}</title>"
            f"<description>{about}</description><pubDate>{date}</pubDate></item>"
        )
    return {
        url: f'<?xml version="1.0"?><rss version="2.0"><channel><title>{url[8:15]}</title>{body}</channel></rss>'.encode()
        for url, body in items.items()
    }


def made(folder: Path) -> Path:
    """Return a folder that is new."""
    folder.mkdir(parents=True)
    return folder


def made_again(folder: Path) -> Path:
    """Return a folder without anything in it."""
    shutil.rmtree(folder, ignore_errors=True)
    return made(folder)


# --- what is judged -------------------------------------------------------------------------------------------

WORDS = (*NAMES, HEADING)
"""What a chat shows once."""


@dataclass(frozen=True)
class Verdict:
    """What a chat shows against what it should show, each once."""

    expected: int
    delivered: int
    lost: tuple[str, ...]
    repeated: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str], words: Sequence[str] = WORDS) -> "Verdict":
        """Judge a chat in which every word should stand in one message."""
        found = {word: sum(word in text for text in texts) for word in words}
        return cls(
            len(found), sum(found.values()), tuple(word for word, times in found.items() if not times),
            tuple(word for word, times in found.items() for _ in range(times - 1)),
        )  # fmt: skip

    def __add__(self, other: "Verdict") -> "Verdict":
        """Judge two chats together."""
        both = (self.expected + other.expected, self.delivered + other.delivered)
        return Verdict(*both, self.lost + other.lost, self.repeated + other.repeated)


@dataclass
class Town:
    """One chat, its platform, and where the program keeps its things."""

    kind: Kind
    double: Double
    chat: int
    folder: Path
    database: str
    words: Sequence[str] = WORDS
    from_feeds: bool = False
    """Whether the news is not in the store yet but waits on its feeds."""

    lives: int = field(default=0)
    disk: Disk | None = None
    """The small disk on which the database is, where it is on one."""

    def environment(self, *, kill: str = "", without: Sequence[str] = ()) -> dict[str, str]:
        """Return what a life is told; each writes its steps into a file of its own."""
        self.lives += 1
        found = {
            "HOME": str(self.folder), "STRILLONE_DATA": str(self.folder), "STRILLONE_CONFIG": str(self.folder),
            "DATABASE_URL": self.database, "DELIVERY_STEPS": str(self.steps), "DELIVERY_KILL": kill,
            "DELIVERY_WITHOUT": ",".join(without), "DELIVERY_CLOCK": str(self.folder / CLOCK),
        }  # fmt: skip
        if self.disk is not None:
            found["DELIVERY_DISK"] = str(self.disk.keeper)
        if isinstance(self.double, telegram.TelegramDouble):
            return found | {"TELEGRAM_TOKEN": telegram.TOKEN, "TELEGRAM_BASE_URL": self.double.url}
        addresses = {"DISCORD_API_URL": self.double.api, "DISCORD_GATEWAY_URL": self.double.gateway}
        return found | {"DISCORD_TOKEN": discord.TOKEN} | addresses

    @property
    def steps(self) -> Path:
        """The steps of the newest life."""
        return self.folder / f"steps-{self.lives}"

    @property
    def log(self) -> str:
        """Everything that all lives said."""
        file = self.folder / "log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def verdict(self) -> Verdict:
        """Judge what the chat shows, in each of its topics where there are two."""
        first, *others = self.kind.threads
        if not others:
            return Verdict.of(shown(self.double, self.chat), self.words)
        each = [Verdict.of(shown(self.double, self.chat, thread), self.words) for thread in (first, *others)]
        return reduce(add, each)

    def copies(self) -> int:
        """Count forwards that were left in the operator's chat."""
        if isinstance(self.double, discord.DiscordDouble):
            return 0
        return sum(1 for message in self.double.shows(READER) if message.forwarded_from)

    def states(self) -> Counter[str]:
        """Count operations by state: only to know when the program has come to rest."""
        with _connected(self._copy() if self.disk else self.database) as connection:
            rows = connection.execute(text("SELECT state, count(*) FROM operations GROUP BY state"))
            return Counter({str(row[0]): int(row[1]) for row in rows})

    def waits(self) -> bool:
        """Tell whether news is still on its way from its feeds to the outbox, for the same purpose."""
        now, newest = datetime.now(UTC), select(func.max(stories.c.change_no)).scalar_subquery()
        steps = (
            select(feeds.c.id).where(feeds.c.next_poll_at <= now),
            select(entries.c.id).where(or_(entries.c.grouped_at.is_(None), entries.c.read_due_at <= now)),
            select(subscriptions.c.id).where(subscriptions.c.instant, subscriptions.c.instant_up_to < newest),
        )
        with _connected(self.database) as connection:
            return self.from_feeds and any(connection.execute(step.limit(1)).first() for step in steps)

    def answered(self, address: str, post: str) -> None:
        """Record an answer of ours in another chat."""
        now = datetime.now(UTC) - timedelta(hours=1)
        row = {"platform": self.kind.platform, "address": address, "at": now, "post": post, "closed_at": now}
        with _connected(self.database) as connection:
            connection.execute(answers.insert().values(row))
            connection.commit()

    def _copy(self) -> str:
        """Return the address of a copy of a database that only processes inside its disk can open."""
        seen = made_again(self.folder / "seen")
        for file in self.disk.folder.glob("strillone.db*") if self.disk else ():
            if not file.name.endswith("-shm"):
                shutil.copy(file, seen)
        return f"sqlite:///{seen / 'strillone.db'}"


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


# --- the evening before --------------------------------------------------------------------------------------

SETTINGS = """zone = "UTC"
[web]
enabled = false
"""
CHAT = """
[[channels]]
platform = "{kind.platform}"
address = "{kind.address}"
kind = "{kind.kind}"
thread = "{thread}"
subscriptions = [
  {{ name = "daily", topic = "ai", schedule = "{when}", size = 20, length = "long" }},
  {{ name = "at once", topic = "all", schedule = "now" }},
]
"""


@dataclass(frozen=True)
class Evening:
    """Folder and database of a kind of chat in which everything is due; towns get copies."""

    kind: Kind
    folder: Path
    postgres: Postgres | None = None
    template: str = ""
    words: Sequence[str] = WORDS
    from_feeds: bool = False

    @asynccontextmanager
    async def town(self, folder: Path) -> AsyncIterator[Town]:
        """Give a town with a copy of everything."""
        made(folder)
        for name in ("strillone.toml", "feeds.opml"):
            shutil.copy(self.folder / name, folder)
        double: Any = (
            telegram.TelegramDouble() if self.kind.platform == "telegram" else discord.DiscordDouble()
        )
        async with double:
            chat = self.kind.settle(double)
            with self._copied(folder) as database:
                yield Town(self.kind, double, chat, folder, database, self.words, self.from_feeds)

    @contextmanager
    def _copied(self, folder: Path) -> Iterator[str]:
        if self.postgres is None:
            yield f"sqlite:///{shutil.copy(self.folder / 'strillone.db', folder / 'strillone.db')}"
            return
        with self.postgres.copy(self.template) as address:
            yield address


async def prepare(
    kinds: Sequence[Kind], folder: Path, database: str, *, before: str = "post", held: bool = False
) -> None:
    """Read and group every story on a database, and make every digest and the posts at once due.

    `before` says what the store knows of the chats on Telegram: an earlier `post`, an `answer` to somebody, or `nothing`.
    `held`: everything was published two hours ago, and could not be posted since.
    """
    now = datetime.now(UTC)
    async with read_and_grouped(kinds, folder, database, documents(now), now) as night:
        await due_at(night.store, now)
        async with night.store.write() as tx:
            await _make_due(tx, now)
            await remember(tx, now, kinds, before)
        if held:
            await night.settle("publish")
            async with night.store.write() as tx:
                await tx.execute(operations.update().values(created_at=now - timedelta(hours=2)))


@dataclass(frozen=True)
class Night:
    """A house in virtual time, of which some jobs may be done."""

    store: Store
    house: Application
    scheduler: VirtualScheduler

    async def settle(self, *names: str) -> None:
        """Do some jobs until nothing of theirs is due."""
        self.scheduler.use([line for line in self.house.lines if line.name in names])
        await self.scheduler.settle()


@asynccontextmanager
async def read_and_grouped(
    kinds: Sequence[Kind], folder: Path, database: str, web: dict[str, bytes], now: datetime
) -> AsyncIterator[Night]:
    """Declare some chats and feeds, and give the house that has read and grouped what the feeds hold."""
    declare(kinds, folder, now, web)
    settings = load(
        read_opml, Environment.model_construct(strillone_config=str(folder), strillone_data=str(folder))
    )
    store = await open_store(database)
    scheduler = VirtualScheduler(now)
    texts = load_texts()
    platforms = {kind.platform: load_platform(kind.platform, PlatformOptions(), texts) for kind in kinds}
    house = await build_application(
        settings, store, platforms=platforms, texts=texts, fetch=_from(web), offload=inline,
        clock=scheduler.clock, wake=scheduler.wake, log=SILENT,
    )  # fmt: skip
    await seed(store, settings.file, settings.outlines, platforms, now)
    night = Night(store, house, scheduler)
    await night.settle("collect", "read", "group")
    yield night
    await store.close()


def declare(kinds: Sequence[Kind], folder: Path, now: datetime, web: dict[str, bytes]) -> None:
    """Write the settings of some chats, whose digests are not due by themselves."""
    when = (now + timedelta(hours=12)).strftime("%H:%M")
    chats = "".join(
        CHAT.format(kind=kind, thread=thread, when=when) for kind in kinds for thread in kind.threads
    )
    (folder / "strillone.toml").write_text(SETTINGS + chats, encoding="utf-8")
    rows = [("Proof", {"text": url[8:15], "xmlUrl": url, "aiOnly": "yes"}) for url in web]
    (folder / "feeds.opml").write_text(write_opml("Proof", rows), encoding="utf-8")


async def _make_due(tx: Tx, now: datetime) -> None:
    await tx.execute(feeds.update().values(next_poll_at=now + timedelta(days=1)))
    fresh = or_(*(entries.c.title.startswith(name) for name in NAMES[:AT_ONCE]))
    await tx.execute(entries.update().where(fresh).values(backlog=False))
    await tx.execute(subscriptions.update().values(instant_up_to=0, created_at=now - timedelta(hours=3)))


async def remember(tx: Tx, now: datetime, kinds: Sequence[Kind], before: str = "post") -> None:
    """Write down what is known of some chats before, and who the operator is: see `prepare`."""
    telegrams = [kind for kind in kinds if kind.platform == "telegram"]
    if before == "post":
        for kind in telegrams:
            here = channels.c.address == kind.address
            await tx.execute(channels.update().where(here).values(last_post=kind.earlier))
    if before == "answer":
        for kind in telegrams:
            number = await outbox.record_answer_start(
                tx, Place(platform="telegram", address=kind.address, kind=kind.kind), now
            )
            await outbox.record_answer_post(tx, number, "1", now)
    for platform in {kind.platform for kind in kinds}:
        operator = {"platform": platform, "address": str(READER), "name": "Ada", "operator": True}
        await tx.execute(persons.insert().values(operator))


SILENT = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(50))


def _from(web: dict[str, bytes]) -> Callable[[FetchRequest], Any]:
    async def fetch(request: FetchRequest) -> Fetched:
        if request.url not in web:
            raise HttpFailed("nothing here (404)", 404)
        return Fetched(
            url=request.url, changed=True, body=web[request.url], content_type="application/rss+xml"
        )

    return fetch


async def inline(fn: Callable[..., Any], *args: Any, deadline: timedelta, requester: int = 0) -> Any:
    """Do the work of a child process here."""
    return fn(*args)
