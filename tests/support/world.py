"""A Strillone in a test's hands: the real jobs on a real store, a web of a few documents, a platform that keeps a record.

world = await World.on(store, clock)
await world.feed("halden", corvid(), larkwell())
channel = await world.channel(); await world.wants(channel, "now")
await world.settle(); world.platform.headlines(channel)
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from bot.app.wiring import Application, build_application
from bot.commands.codec import data_of
from bot.errors import DeliveryError, FeedError, HttpFailed, Refused, Unsure
from bot.feeds.opml import read_opml
from bot.i18n import Texts
from bot.i18n import load as load_texts
from bot.jobs import Context
from bot.model import (
    Channel,
    Document,
    Finding,
    Health,
    Identity,
    Item,
    Listing,
    Operation,
    OperationKind,
    Payload,
    Person,
    Place,
    PlaceKind,
    Role,
    Schedule,
    Search,
    SearchResult,
    StoryBlock,
    Subscription,
    Text,
)
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.ports import ChatGateway, Fetched, FetchRequest
from bot.schedulers.virtual import VirtualScheduler
from bot.settings import Environment, Settings, load
from bot.settings.file import LimitSettings
from bot.store import Store, dump, feeds, outbox, places, stories, subscriptions
from bot.store.schema import entries as entry_table
from bot.store.schema import operations

OPEN = LimitSettings(feeds="open", commands_per_minute=6000, discoveries_per_hour=6000)
"""What most tests are not about: everybody may add feeds, as often as they like."""

CONFIG = Path(__file__).parents[2] / "config"


@lru_cache
def settings() -> Settings:
    """The shipped settings, whatever folder or environment a test runs in."""
    return load(
        read_opml, Environment.model_construct(strillone_config=str(CONFIG), strillone_data="/nowhere")
    )


@lru_cache
def texts() -> Texts:
    return load_texts()


# --- what the feeds say ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class News:
    """One item of a feed. `hours` is its age at the clock's first moment; None leaves its date out."""

    slug: str
    title: str
    text: str
    hours: float | None = 1.0
    guid: str = ""
    link: str = ""


FILLER = (
    "The company showed the system to reporters in Oslo and answered their questions for an hour. "
    "Engineers explained that the work began three winters ago in a former cannery by the harbour. "
    "Customers in Norway, Denmark and Iceland may try it first, and a wider offer follows in the summer. "
    "The authors describe the method in a paper and give the code away under a free licence. "
    "A spokesperson declined to name the investors who had paid for the machines."
)


def corvid(**values: Any) -> News:
    text = f"Halden Labs released Corvid 3 on Monday, an open language model with 70 billion parameters. {FILLER}"
    return replace(News("corvid", "Halden Labs releases Corvid 3, an open language model", text), **values)


def corvid_elsewhere(**values: Any) -> News:
    text = (
        "The open language model Corvid 3 by Halden Labs can be downloaded since Monday. It has 70 billion parameters. "
        "Its licence lets anybody use, change and sell what is made with it, says the laboratory. "
        "Rivals in Paris and Beijing had kept the weights of their largest systems to themselves. "
        "Students at a school for translators already compare it with dictionaries from the attic. "
        "Critics miss a list of the books from which it learned to write."
    )
    return replace(
        News("corvid-3", "Corvid 3: Halden Labs opens its language model with 70 billion parameters", text),
        **values,
    )


def larkwell(**values: Any) -> News:
    text = (
        "An expired certificate kept the chatbot of Larkwell offline for nine hours on Sunday. "
        "Hospitals in Porto and Lisbon switched to paper while the assistant was silent. "
        "Larkwell renewed the certificate at midnight and promised a monitor that counts the days. "
        "The Portuguese regulator wants a written report about the incident within two weeks. "
        "Insurance brokers expect claims, although most contracts exclude failures shorter than a day. "
        "Nurses said that the handwritten lists worked better than feared."
    )
    return replace(
        News("larkwell", "Larkwell chatbot was down for nine hours after a certificate expired", text, 2.0),
        **values,
    )


def alpine(**values: Any) -> News:
    text = (
        "The Alpine authority gives providers of generative AI ninety days to label synthetic voices. "
        "Radio stations asked for the rule after a cloned mayor announced a flood that never came. "
        "Fines reach four percent of yearly turnover, and repeated offenders lose their licence. "
        "Small publishers may use a free watermark that a university in Trento maintains. "
        "Lawyers doubt that the deadline can be kept by stations without a technical department. "
        "The authority will publish examples of good labels next week."
    )
    return replace(
        News("alpine", "Alpine authority orders labels on synthetic voices within ninety days", text, 3.0),
        **values,
    )


def garden(**values: Any) -> News:
    text = (
        "A robot named RV-9 weeds vineyards in Slovenia without any herbicide, guided by a vision transformer. "
        "Growers rent the machine for eleven euros per hour and charge it with solar panels. "
        "It tells bindweed from young vines by the shape of their leaves, even in the rain. "
        "Three cooperatives ordered forty machines for the coming season after a trial on terraces. "
        "The inventors met at a school for clockmakers and still build every gripper by hand. "
        "A museum of agriculture keeps the first prototype beside an ox plough."
    )
    return replace(
        News("garden", "RV-9 robot weeds Slovenian vineyards with a vision transformer", text, 4.0), **values
    )


def rss(title: str, start: datetime, items: Sequence[News]) -> bytes:
    """A feed document, newest item first."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://{title}.example/</link>{''.join(_item(title, start, item) for item in items)}</channel></rss>"
    ).encode()


def _item(title: str, start: datetime, item: News) -> str:
    link = item.link or f"https://{title}.example/{item.slug}"
    date = (
        ""
        if item.hours is None
        else f"<pubDate>{format_datetime(start - timedelta(hours=item.hours))}</pubDate>"
    )
    return (
        f"<item><guid>{item.guid or f'{title}-{item.slug}'}</guid><link>{link}</link><title>{escape(item.title)}</title>"
        f"<description>{escape(item.text)}</description>{date}</item>"
    )


class Web:
    """The web as a fetch: documents by address. `moments` counts what was asked."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes | FeedError] = {}
        self.asked: list[str] = []

    async def fetch(self, request: FetchRequest) -> Fetched:
        self.asked.append(request.url)
        found = self.documents.get(request.url)
        if found is None:
            raise HttpFailed("nothing here (404)", 404)
        if isinstance(found, FeedError):
            raise found
        kind = "text/html" if request.page else "application/rss+xml"
        return Fetched(url=request.url, changed=True, body=found, content_type=kind)


async def inline(fn: Callable[..., Any], *args: Any, deadline: timedelta, requester: int = 0) -> Any:
    """Do at once what would go to a child process."""
    return fn(*args)


# --- where it is posted ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A message as it stands in a chat."""

    post: str
    nonce: str
    payload: Payload
    reply_to: str

    @property
    def headlines(self) -> list[str]:
        return [story["headline"] for story in self.payload["stories"]]


@dataclass
class Scripted:
    """A platform that keeps a record of every chat, and fails as it is told.

    `script` holds what happens to the next sends: an error to raise without any effect, or `(error, "arrived")`
    to raise after the message has appeared. `finding` None answers honestly whether a message is there.
    """

    name: str = "scripted"
    links_to_bot: bool = False
    hides_calls: bool = False
    has_post_menu: bool = False
    takes_replies: bool = True
    one_by_one: bool = False
    has_roles: bool = False
    picks_places: bool = False
    roles: tuple[Role, ...] = ()
    roles_of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    chats: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    script: list[Any] = field(default_factory=list)
    finding: Finding | Exception | None = None
    searched: list[Search] = field(default_factory=list)
    parts: int = 1
    posted_count: int = 0
    pauses: list[float] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    managers: dict[str, set[str]] = field(default_factory=dict)
    """Who manages each place that a target may name."""

    names: dict[str, str] = field(default_factory=dict)
    """The titles of these places, where they are others than their targets."""

    knows_titles: bool = True

    async def run(self, gateway: ChatGateway) -> None:
        await gateway.connected(self.name)

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        stories_shown = [
            {
                "headline": b.headline,
                "text": " ".join(b.sentences),
                "label": b.label,
                "meta": b.meta,
                "link": b.link,
                "more": data_of(b.more) if b.more else "",
                "below": [item.text for item in b.below.items] if b.below else [],
            }
            for b in document.blocks
            if isinstance(b, StoryBlock)
        ]
        said = [b.text for b in document.blocks if isinstance(b, Text)]
        tail = [
            i.text for b in document.blocks if isinstance(b, Listing) for i in b.items if isinstance(i, Item)
        ]
        whole = {"stories": stories_shown, "said": said, "tail": tail, "part": 1}
        rest = [{"stories": [], "said": [], "tail": [], "part": n} for n in range(2, self.parts + 1)]
        return (whole, *rest)

    def link(self, channel: Channel, post: str, server: str) -> str:
        return f"https://chat.example/{server}/{channel.address}/{post}"

    def book(self, channel: Channel) -> float:
        return self.pauses.pop(0) if self.pauses else 0.0

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if operation.kind is OperationKind.EDIT:
            return self._edit(operation, channel)
        if operation.kind is OperationKind.DELETE:
            return self._remove(operation, channel)
        self.posted_count += 1
        post = f"m{self.posted_count}"
        json.dumps(dict(operation.payload))
        self.chats[channel.address].append(Shown(post, operation.nonce, operation.payload, reply_to))
        if step is not None:
            raise step[0]
        return post

    def _edit(self, operation: Operation, channel: Channel) -> str:
        chat = self.chats[channel.address]
        for place, shown in enumerate(chat):
            if shown.post == operation.payload["post"]:
                chat[place] = replace(shown, nonce=operation.nonce, payload=operation.payload)
                return shown.post
        raise Refused("The message was deleted on Scripted.")

    def _remove(self, operation: Operation, channel: Channel) -> str:
        chat, post = self.chats[channel.address], str(operation.payload["post"])
        chat[:] = [shown for shown in chat if shown.post != post]
        return post

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:
        self.searched.append(search)
        if isinstance(self.finding, Exception):
            raise self.finding
        if self.finding is not None:
            return SearchResult(self.finding)
        for shown in self.chats[channel.address]:
            if shown.nonce == operation.nonce:
                return SearchResult(Finding.FOUND, shown.post)
        return SearchResult(Finding.ABSENT)

    async def private_chat(self, person: Person) -> str:
        return person.address

    def target_in(self, word: str) -> str:
        return word[1:] if self.managers and word.startswith("@") and '"' not in word else ""

    def titles(self) -> Mapping[str, str]:
        return {target: title for target, title in self.names.items() if self.knows_titles}

    async def managed_place(self, target: str, person: Person) -> Place | None:
        managers = self.managers.get(target)
        if managers is None or not (person.operator or person.address in managers):
            return None
        address, _, thread = target.partition("/")
        return Place(
            platform=self.name, address=address, kind=PlaceKind.GROUP, thread=thread,
            name=self.names.get(target, address.title()),
            server_address=f"server of {address}", language=person.language,
        )  # fmt: skip

    async def find_role(self, place: Place, name: str) -> Role | None:
        wanted = name.strip("<@&>").lower()
        return next((role for role in self.roles if wanted in {role.name, role.id}), None)

    async def assign_role(self, place: Place, person: Person, role_id: str, *, has: bool | None) -> bool:
        held = self.roles_of[person.address]
        has = role_id not in held if has is None else has
        (held.add if has else held.discard)(role_id)
        return has

    def identity(self) -> Identity | None:
        return Identity(name="Scripted", address="https://chat.example/strillone", places=1, invites=())

    async def close(self) -> None:
        return None

    def headlines(self, channel: Channel) -> list[str]:
        """Every headline a chat shows, in order."""
        return [headline for shown in self.chats[channel.address] for headline in shown.headlines]


def lost_answer() -> tuple[DeliveryError, str]:
    """The message arrives, its answer does not."""
    return Unsure("the connection broke"), "arrived"


# --- all of it ---------------------------------------------------------------------------------------------


@dataclass
class World:
    store: Any
    clock: Any
    house: Application
    platform: Scripted
    web: Web
    logged: list[dict[str, Any]]
    woken: list[str]
    start: datetime

    @classmethod
    async def on(
        cls, store: Any, clock: Any, platform: Scripted | None = None, web: Web | None = None, **file: Any
    ) -> "World":
        """Build a Strillone on a store, as the program does when it starts."""
        platform, web = platform or Scripted(), web or Web()
        logged: list[dict[str, Any]] = []
        woken: list[str] = []
        found = settings()
        house = await build_application(
            replace(found, file=found.file.model_copy(update={"limits": OPEN, **file})), store, platforms={platform.name: platform},
            texts=texts(), fetch=web.fetch, offload=inline, clock=clock, wake=woken.append, log=_log(logged),
        )  # fmt: skip
        house.ctx.health[platform.name] = Health(platform=platform.name, state="connected")
        if platform.links_to_bot:
            await house.dispatcher.connected(platform.name)
        async with store.write() as tx:
            await outbox.recover_interrupted(tx)
        return cls(store, clock, house, platform, web, logged, woken, clock())

    @property
    def ctx(self) -> Context:
        return self.house.ctx

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.logged if event["event"] == name]

    async def feed(self, name: str, *items: News, server_id: int | None = None, **about: Any) -> int:
        """Let a feed exist that serves these items."""
        url = self.serve(name, *items)
        declared = feeds.DeclaredFeed(
            url=url,
            url_key=f"{name}.example/feed",
            title=name,
            outlet=name,
            language="en",
            ai_only=about.pop("ai_only", True),
            server_id=server_id,
            **about,
        )
        async with self.store.write() as tx:
            return await feeds.add(tx, declared, "config")

    def serve(self, name: str, *items: News) -> str:
        url = f"https://{name}.example/feed"
        self.web.documents[url] = rss(name, self.start, items)
        return url

    async def channel(self, address: str = "chat", **values: Any) -> Channel:
        place = Place(
            platform=self.platform.name, address=address, kind=PlaceKind.GROUP, thread=values.pop("thread", ""), server_address=values.pop("server", ""),
        )  # fmt: skip
        async with self.store.write() as tx:
            return await places.ensure_channel_record(tx, place, {"language": "en", "zone": "UTC", **values})

    async def wants(self, channel: Channel, when: str | Schedule, **values: Any) -> int:
        """Subscribe a channel to news as a person would write it."""
        schedule = parse_schedule(when) if isinstance(when, str) else when
        now = self.clock()
        subscription = Subscription(
            id=0, channel_id=channel.id, topic=values.pop("topic", "ai"), schedule=schedule, next_slot_at=next_slot(schedule, channel.zone, now), created_at=now,
            **values,
        )  # fmt: skip
        async with self.store.write() as tx:
            return await subscriptions.add(tx, subscription)

    async def settle(self, *lines: str) -> int:
        """Do everything that is due now."""
        virtual = VirtualScheduler(self.clock())
        wanted = lines or ("collect", "read", "group", "publish", "follow", "deliver")
        virtual.use([line for line in self.house.lines if line.name in wanted])
        return await virtual.settle()

    async def poll(self, feed_id: int) -> None:
        from bot.jobs.reading.collect import collect

        await collect(self.ctx, feed_id)

    async def restarted(self, **file: Any) -> "World":
        """The same store, chats and web, after the process ended and began again."""
        again = await World.on(self.store, self.clock, self.platform, self.web, **file)
        again.start = self.start
        return again

    async def one(self, query: Any) -> Any:
        async with self.store.read() as tx:
            return (await tx.execute(query)).scalar()

    async def rows(self, table: Any) -> list[Any]:
        async with self.store.read() as tx:
            return list(await tx.execute(select(table).order_by(*table.primary_key.columns)))

    async def rows_by_table(self) -> dict[str, list[list[Any]]]:
        """Everything in the store."""
        async with self.store.read() as tx:
            tables = await dump.tables_of(tx)
            return {t.name: [row async for some in dump.rows_of(tx, t) for row in some] for t in tables}

    async def count(self, table: Any) -> int:
        return int(await self.one(select(func.count()).select_from(table)))

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows(operations)]

    async def subscription(self, subscription_id: int) -> Subscription:
        async with self.store.read() as tx:
            found = await subscriptions.get(tx, subscription_id)
        assert found is not None
        return found

    async def record(self, channel: Channel) -> Channel:
        async with self.store.read() as tx:
            found = await places.channel(tx, channel.id)
        assert found is not None
        return found

    async def entries(self) -> list[Any]:
        return await self.rows(entry_table)

    async def newest_change(self) -> int:
        async with self.store.read() as tx:
            return await stories.newest_change(tx)


def _log(into: list[dict[str, Any]]) -> Any:
    def keep(_logger: Any, method: str, event: Any) -> Any:
        into.append({"level": method, **event})
        raise structlog.DropEvent

    return structlog.wrap_logger(
        structlog.PrintLogger(), processors=[keep], wrapper_class=structlog.make_filtering_bound_logger(10)
    )


def at(hour: int, minute: int = 0) -> Schedule:
    return Schedule((time(hour, minute),))


__all__ = [
    "News",
    "Scripted",
    "Shown",
    "Store",
    "Web",
    "World",
    "at",
    "lost_answer",
    "rss",
    "settings",
    "texts",
]
