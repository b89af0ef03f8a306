"""What the proof of delivery is judged by: stories nobody can mistake, chats on loopback, and how often each shows each story.

A `Kind` is a kind of chat. A `Town` is one such chat on a fresh double with a copy of a database in which everything is read and
grouped, and a digest and two posts at once are due. The judge looks at the double's own messages and nowhere else.
"""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import create_engine, or_, text

from bot.app.house import build, load_platform
from bot.app.seed import due_at, seed
from bot.errors import HttpFailed
from bot.feeds.opml import read_opml, write_opml
from bot.model import Place, PlaceKind
from bot.ports import Fetched, FetchRequest, PlatformOptions
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, load
from bot.store import Tx, open_store, outbox
from bot.store.schema import channels, entries, feeds, operations, persons, subscriptions
from bot.texts import load as load_texts
from tests.doubles import discord, telegram
from tests.doubles.postgres import Postgres

READER, GROUP, CHANNEL = 4242, 71, 72
BEFORE_NUMBERS = 1_000_000_000_000
"""What Telegram's ids of groups and channels begin with."""

TEXT, THREAD = 300_000_000_000_000_001, 300_000_000_000_000_002
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


# --- chats ---------------------------------------------------------------------------------------------------

Double = telegram.TelegramDouble | discord.DiscordDouble


@dataclass(frozen=True)
class Kind:
    """A kind of chat, and how it stands in the settings."""

    name: str
    platform: str
    address: str
    kind: PlaceKind
    thread: str = ""

    def settle(self, double: Any) -> int:
        """Make the chat on a double, with a message of ours in it; returns its id."""
        number = int(self.thread or self.address)
        if self.platform == "discord":
            if not self.thread:
                return int(double.add_channel("text", name="news", number=number))
            parent = double.add_channel("text", name="news", number=int(self.address))
            return int(double.add_channel("thread", name="ai", parent=parent, number=number))
        double.add_private(READER)
        add = {PlaceKind.GROUP: double.add_group, PlaceKind.BROADCAST: double.add_channel}.get(self.kind)
        if add is not None:
            add("News", admins=[READER], number=-number - BEFORE_NUMBERS)
        double.own_message(number, "an earlier post")
        return number


KINDS = (
    Kind("Discord channel", "discord", str(TEXT), PlaceKind.GROUP),
    Kind("Discord thread", "discord", str(TEXT), PlaceKind.GROUP, str(THREAD)),
    Kind("Telegram private chat", "telegram", str(READER), PlaceKind.PRIVATE),
    Kind("Telegram group", "telegram", f"-{BEFORE_NUMBERS + GROUP}", PlaceKind.GROUP),
    Kind("Telegram channel", "telegram", f"-{BEFORE_NUMBERS + CHANNEL}", PlaceKind.BROADCAST),
)


def shown(double: Double, chat: int) -> list[str]:
    """Return the texts of our messages that a chat shows."""
    if isinstance(double, telegram.TelegramDouble):
        return [message.text for message in double.posts(chat)]
    return [message.text for message in double.shows(chat) if message.author == discord.BOT]


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


@dataclass
class Town:
    """One chat, its platform, and where the program keeps its things."""

    kind: Kind
    double: Double
    chat: int
    folder: Path
    database: str
    words: Sequence[str] = WORDS
    lives: int = field(default=0)

    def environment(self, *, kill: int = 0, without: Sequence[str] = ()) -> dict[str, str]:
        """Return what a life is told; each writes its steps into a file of its own."""
        self.lives += 1
        found = {
            "HOME": str(self.folder), "STRILLONE_DATA": str(self.folder), "STRILLONE_CONFIG": str(self.folder),
            "DATABASE_URL": self.database, "DELIVERY_STEPS": str(self.steps), "DELIVERY_KILL": str(kill),
            "DELIVERY_WITHOUT": ",".join(without),
        }  # fmt: skip
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
        """Judge what the chat shows."""
        return Verdict.of(shown(self.double, self.chat), self.words)

    def copies(self) -> int:
        """Count forwards that were left in the operator's chat."""
        if isinstance(self.double, discord.DiscordDouble):
            return 0
        return sum(1 for message in self.double.shows(READER) if message.forwarded_from)

    def states(self) -> Counter[str]:
        """Count operations by state: only to know when the program has come to rest."""
        with _connected(self.database) as connection:
            rows = connection.execute(text("SELECT state, count(*) FROM operations GROUP BY state"))
            return Counter({str(row[0]): int(row[1]) for row in rows})


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
thread = "{kind.thread}"
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
                yield Town(self.kind, double, chat, folder, database, self.words)

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
    web = documents(now)
    declare(kinds, folder, now, web)
    settings = load(
        read_opml, Environment.model_construct(strillone_config=str(folder), strillone_data=str(folder))
    )
    store = await open_store(database)
    scheduler = VirtualScheduler(now)
    texts = load_texts()
    platforms = {kind.platform: load_platform(kind.platform, PlatformOptions(), texts) for kind in kinds}
    house = await build(
        settings, store, platforms=platforms, texts=texts, fetch=_from(web), offload=_inline,
        clock=scheduler.clock, wake=scheduler.wake, log=SILENT,
    )  # fmt: skip
    await seed(store, settings.file, settings.outlines, platforms, now)
    scheduler.use([line for line in house.lines if line.name in {"collect", "read", "group"}])
    await scheduler.settle()
    await due_at(store, now)
    async with store.write() as tx:
        await _make_due(tx, now, kinds, before)
    if held:
        scheduler.use([line for line in house.lines if line.name == "publish"])
        await scheduler.settle()
        async with store.write() as tx:
            await tx.execute(operations.update().values(created_at=now - timedelta(hours=2)))
    await store.close()


def declare(kinds: Sequence[Kind], folder: Path, now: datetime, web: dict[str, bytes]) -> None:
    """Write the settings of some chats, whose digests are not due by themselves."""
    when = (now + timedelta(hours=12)).strftime("%H:%M")
    chats = "".join(CHAT.format(kind=kind, when=when) for kind in kinds)
    (folder / "strillone.toml").write_text(SETTINGS + chats, encoding="utf-8")
    rows = [("Proof", {"text": url[8:15], "xmlUrl": url, "aiOnly": "yes"}) for url in web]
    (folder / "feeds.opml").write_text(write_opml("Proof", rows), encoding="utf-8")


async def _make_due(tx: Tx, now: datetime, kinds: Sequence[Kind], before: str) -> None:
    await tx.execute(feeds.update().values(next_poll_at=now + timedelta(days=1)))
    fresh = or_(*(entries.c.title.startswith(name) for name in NAMES[:AT_ONCE]))
    await tx.execute(entries.update().where(fresh).values(backlog=False))
    await tx.execute(subscriptions.update().values(instant_up_to=0, created_at=now - timedelta(hours=3)))
    telegrams = [kind for kind in kinds if kind.platform == "telegram"]
    if before == "post":
        await tx.execute(channels.update().where(channels.c.platform == "telegram").values(last_post="1"))
    if before == "answer":
        for kind in telegrams:
            number = await outbox.answer_opened(tx, Place("telegram", kind.address, kind.kind), now)
            await outbox.answer_closed(tx, number, "1", now)
    for platform in {kind.platform for kind in kinds}:
        operator = {"platform": platform, "address": str(READER), "name": "Ada", "operator": True}
        await tx.execute(persons.insert().values(operator))


SILENT = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(50))


def _from(web: dict[str, bytes]) -> Callable[[FetchRequest], Any]:
    async def fetch(request: FetchRequest) -> Fetched:
        if request.url not in web:
            raise HttpFailed("nothing here (404)", 404)
        return Fetched(request.url, True, web[request.url], "application/rss+xml")

    return fetch


async def _inline(fn: Callable[..., Any], *args: Any, deadline: timedelta) -> Any:  # noqa: ARG001  as `Offload` asks
    return fn(*args)
