"""The seams between the middle and the edges: two protocols with several implementations, and
function types.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from bot.model import (
    Answer,
    Call,
    Channel,
    CommandSpec,
    Document,
    FeedAccess,
    FeedList,
    Identity,
    Length,
    Operation,
    Outline,
    Page,
    ParsedFeed,
    Payload,
    Person,
    Place,
    Post,
    Ranking,
    Role,
    Search,
    SearchResult,
    Sentence,
    Summary,
)

T = TypeVar("T")

Clock = Callable[[], datetime]
"""The present moment, aware, in UTC."""

"""Asks the scheduler to look at a line (by name) now instead of at its next tick."""


class Offload(Protocol):
    """Runs a module-level function in a child process, ended at its deadline.

    Raises `DeadlineMissed` or `ChildDied`; an exception of the function itself is raised as it is.
    """

    async def __call__(self, fn: Callable[..., T], *args: Any, deadline: timedelta, requester: int = 0) -> T:
        """Return what `fn(*args)` returns. `requester` is the server on whose behalf, 0 for the operator's
        own.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to ask for: validators are sent as they were received; `limit` is in decoded bytes; a `form` is
    posted.

    `requester` is the server on whose behalf it is asked, 0 for the operator's own: each has a share of what
    all use. `declared` is the address of the feed it belongs to, where the operator declared that: hosts and
    headers that she opens serve such feeds alone. `access` is what people let be sent to the host of that
    feed. Of a document beyond the limit the first bytes are taken where its `head` will do.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    page: bool = False
    limit: int = 5 * 1024 * 1024
    form: Mapping[str, str] | None = None
    requester: int = 0
    declared: str = ""
    access: FeedAccess | None = None
    head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, or word that it has not changed (`changed` False, empty body). `wait` is the pause its
    cache headers ask for, in seconds.

    `moved` is the new address when every redirect on the way was permanent; `hub` and `itself` are what its
    Link header names; `answered_at` is the moment by the server's clock, where it says that.
    """

    url: str
    changed: bool
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    wait: int = 0
    moved: str = ""
    hub: str = ""
    itself: str = ""
    answered_at: datetime | None = None


Fetch = Callable[[FetchRequest], Awaitable[Fetched]]
"""Gets a document from the web. Raises `FeedError`."""


class Parse(Protocol):
    """Reads a feed. Module-level, so it can run in a child."""

    def __call__(
        self, body: bytes, url: str, content_type: str, now: datetime, known_keys: Set[str] = frozenset()
    ) -> ParsedFeed:
        """Return the feed in a document; items whose hash is known may be left out. Raises `NotAFeed`,
        `TooLarge`.
        """
        ...


ReadPage = Callable[[bytes, str, str], Page]
"""(body, address, content type) → the page: its article, what it says of itself, and the wall before it.
Module-level.
"""


@dataclass(frozen=True, slots=True)
class CrawlPermission:
    """What a site allows those who read it by program: whether a page may be read, and how many seconds lie
    between two.
    """

    allowed: bool = True
    pause: float = 0.0


CheckRobots = Callable[[FetchRequest], Awaitable[CrawlPermission]]
"""(request of a page) → whether its site lets us read it. Raises `HostBusy`, or another `FeedError` while
that cannot be known."""

Discover = Callable[[bytes, str], tuple[str, ...]]
"""(page, its address) → feed addresses it names, best first. Module-level."""


Route = tuple[str, str, Callable[[Any], Awaitable[Any]]]
"""Method, path and handler (as aiohttp takes it) that an edge hands to the one web server."""


ReadOpml = Callable[[str, str], Sequence[Outline]]
"""(text, name of its file) → the feeds it lists. Raises `SettingsError`."""


ReadList = Callable[[str, str], FeedList]
"""(text, name of its file) → the feeds it lists and what is wrong with the others. Can run in a child. Raises
`SettingsError`.
"""

WriteList = Callable[[str, Iterable[Outline]], str]
"""(title, feeds) → an OPML document."""


@dataclass(frozen=True, slots=True)
class PlatformOptions:
    """What a platform is made from. `addresses` replaces the platform's own servers, by name (`api`,
    `gateway`).

    `banner` is a sentence that stands over everything shown, for example that it is sample news.
    """

    token: str = field(default="", repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict)
    banner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec:
    """What the program must know of a platform without loading it; `SPEC` of its package.

    `name` is the package's and `label` what people call it. `extra` is the optional dependency that brings
    its library. `credential` is the environment variable with its token (a platform without one is not
    reached by a token), and `credential_pattern` a regular expression for what such tokens look like, which
    no log may hold. `addresses` names the environment variables that replace its servers, by their names in
    `PlatformOptions.addresses`. `start_link` is the address that says a payload to the bot, with `{bot}` and
    `{payload}`; empty where there is none.
    """

    name: str
    label: str
    extra: str = ""
    credential: str = ""
    credential_pattern: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    start_link: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of every environment variable it reads."""
        return tuple(filter(None, (self.credential, *self.addresses.values())))


class Platform(Protocol):
    """A place to post and be asked. Each file or package in `platforms/` makes one with its `create`."""

    name: str
    links_to_bot: bool
    """Whether its posts hold links to a chat with the bot, so that nothing may be rendered before its address
    is known.
    """
    picks_places: bool
    """Whether people may pick one of their chats there, so that buttons which do that are shown."""
    has_roles: bool
    """Whether its servers have roles that a post can mention."""
    hides_calls: bool
    """Whether nobody else sees what somebody asks for in a group, and what is answered."""
    has_post_menu: bool
    """Whether commands about a post stand in the menu of its message."""
    takes_replies: bool
    """Whether a command may be an answer to a post of ours, and is about that then."""
    one_by_one: bool
    """Whether only one post at a time may leave for a chat and all its threads, for lost ones are told apart
    by their ids alone.
    """

    async def run(self, gateway: "ChatGateway") -> None:
        """Connect and hand over Calls until cancelled. Raises `PlatformDown`; the caller starts it again."""
        ...

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        """Return the messages that carry the document there, in order, each within the platform's limits.
        Pure; needs no connection.
        """
        ...

    def link(self, channel: Channel, post: str, server: str) -> str:
        """Return the address that opens a post of ours, or with an empty post its channel; empty where there
        is none. `server` is the platform's id of its server.
        """
        ...

    def book(self, channel: Channel) -> float:
        """Book a post for a channel: 0 when it may leave now, which then counts as gone, else for how many
        seconds the limits allow none there.
        """
        ...

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:
        """Perform the operation and return the platform's id of the post. Raises a `DeliveryError`."""
        ...

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:
        """Look for an operation that may have arrived, without changing any other message. Raises `NotSent`
        or `PlatformDown`.
        """
        ...

    async def private_chat(self, person: Person) -> str:
        """Return the address of a person's private chat with us, opened where there is none yet; empty where
        the platform has none. Raises a `DeliveryError`.
        """
        ...

    def target_in(self, word: str) -> str:
        """Return the target of a Call that a typed word is, empty where it is none. Pure."""
        ...

    def titles(self) -> Mapping[str, str]:
        """Return the titles of the places that it knows without asking, by their targets."""
        ...

    async def managed_place(self, target: str, person: Person) -> Place | None:
        """Return the place that a target names, as it is at this moment, with our rights there.

        None where there is none, where we are not, and where the person may not manage it; whoever runs the
        instance may manage all. Raises a `DeliveryError` where that cannot be asked.
        """
        ...

    async def find_role(self, place: Place, name: str) -> Role | None:
        """Return the role of a place's server that a person names, None where there is none. Raises a
        `DeliveryError` where that cannot be asked.
        """
        ...

    async def assign_role(self, place: Place, person: Person, role_id: str, *, has: bool | None) -> bool:
        """Give a person a role of a place's server, or take it from them, with `has` None whichever is new;
        return whether they have it now. Raises a `DeliveryError`: also for a role that has an obstacle.
        """
        ...

    def identity(self) -> Identity | None:
        """Return who we are there, once connected."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class ChatGateway(Protocol):
    """What a platform hands acts to. All of it is safe to call at any time; nothing here raises for a
    person's mistake.
    """

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        """The commands to show."""
        ...

    async def answer(self, call: Call) -> Answer:
        """Answer a Call; a mistake is answered with what is right."""
        ...

    def typed(self, text: str, call: Call) -> Call | None:
        """Return the Call that a text means, None when it is not for us. `call` has person and place."""
        ...

    async def pressed(self, data: str, call: Call) -> Call:
        """Return the Call that a button's data carries. `call` has the person and the place."""
        ...

    async def picked(self, number: int, target: str, call: Call) -> Call:
        """Return the Call whose target was picked with a button's number. `call` has person and place."""
        ...

    async def form_title(self, data: str, call: Call) -> str:
        """Return what a form asks for that a button with this data opens. `call` has person and place."""
        ...

    async def complete(self, command: str, option: str, typed: str, call: Call) -> tuple[str, ...]:
        """Return at most 25 choices for an option that begins with `typed`. `call` has person and place."""
        ...

    async def placed(self, place: Place, may_post: bool, by: Person | None = None) -> None:
        """Take note that we now may, or may no longer, post to a place; `by` is who has brought us in."""
        ...

    async def start_answer(self, place: Place) -> int:
        """Record that an answer is about to leave for a place; returns its number."""
        ...

    async def record_answer(self, number: int, post: str) -> None:
        """Record the platform's id of an answer, by its number; an empty id: it certainly did not arrive."""
        ...

    async def connected(self, platform: str) -> None:
        """Take note that a platform is connected: its state is shown, what was held back may go."""
        ...

    async def posts(self, channel_id: int, limit: int) -> tuple[Post, ...]:
        """Return a channel's newest posts, oldest first."""
        ...

    async def channels(self, platform: str) -> tuple[Channel, ...]:
        """Return the channels of a platform."""
        ...

    async def operator_chats(self, platform: str) -> tuple[str, ...]:
        """Return the addresses of the private chats of those who run the instance."""
        ...

    async def activity(self, platform: str) -> str:
        """Return what stands beside our name: when the next digest of a platform comes; empty for none.
        Raises `DatabaseUnavailable`.
        """
        ...


class NullChatGateway:
    """A `ChatGateway` that knows no command and keeps nothing: for a platform that is only looked at."""

    @property
    def commands(self) -> tuple[CommandSpec, ...]:
        """There are none."""
        return ()

    async def answer(self, call: Call) -> Answer:
        """Answer with nothing."""
        return Answer(document=Document((), call.person.language or "en"))

    def typed(self, text: str, call: Call) -> Call | None:  # noqa: ARG002  nothing typed is for us
        """Return None."""
        return None

    async def pressed(self, data: str, call: Call) -> Call:  # noqa: ARG002  no button carries anything
        """Return the Call as it is."""
        return call

    async def picked(self, number: int, target: str, call: Call) -> Call:  # noqa: ARG002  no button picks anything
        """Return the Call as it is."""
        return call

    async def form_title(self, data: str, call: Call) -> str:  # noqa: ARG002  no button opens a form
        """Return nothing."""
        return ""

    async def complete(self, command: str, option: str, typed: str, call: Call) -> tuple[str, ...]:  # noqa: ARG002
        """Return nothing."""
        return ()

    async def placed(self, place: Place, may_post: bool, by: Person | None = None) -> None:
        """Keep nothing."""

    async def start_answer(self, place: Place) -> int:  # noqa: ARG002  nothing is kept
        """Return 0."""
        return 0

    async def record_answer(self, number: int, post: str) -> None:
        """Keep nothing."""

    async def connected(self, platform: str) -> None:
        """Keep nothing."""

    async def posts(self, channel_id: int, limit: int) -> tuple[Post, ...]:  # noqa: ARG002  nothing was kept
        """Return nothing."""
        return ()

    async def channels(self, platform: str) -> tuple[Channel, ...]:  # noqa: ARG002  nothing was kept
        """Return nothing."""
        return ()

    async def operator_chats(self, platform: str) -> tuple[str, ...]:  # noqa: ARG002  nothing was kept
        """Return nothing."""
        return ()

    async def activity(self, platform: str) -> str:  # noqa: ARG002  nothing was kept
        """Return nothing."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """A model and where it answers: an empty address is the provider's own, an empty key sends none.

    Prices are in the budget's currency per million tokens; `seconds` is how long an answer may take.
    """

    name: str
    address: str = ""
    key: str = field(default="", repr=False)
    price_in: float = 0.0
    price_out: float = 0.0
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call to a model costs: tokens in and out together, and money in millionths of the currency."""

    tokens: int
    money: int = 0


class Ledger(Protocol):
    """What may still be spent on models. A reservation that is never settled counts in full until its day
    ends.
    """

    async def reserve(self, most: Cost, server: int) -> int:
        """Set aside what a call may cost at most and return the reservation's number. Raises `OverBudget`."""
        ...

    async def settle(self, number: int, cost: Cost) -> None:
        """Replace a reservation by what the call has cost."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedSummary:
    """What a model wrote of a story, under the hash of all that it depends on; `refused` counts sentences the
    gate did not let through.

    `sent` is the text that went to the model about this story, and no other story's.
    """

    key: str
    story: int
    language: str
    length: Length
    model: str
    sentences: tuple[Sentence, ...]
    refused: int
    sent: str


class Cache(Protocol):
    """What models have written, kept over restarts."""

    async def find(self, keys: Sequence[str]) -> Mapping[str, CachedSummary]:
        """Return what is kept under some of these keys."""
        ...

    async def keep(self, summaries: CachedSummary) -> None:
        """Keep what a model wrote; a second keeping under one key changes nothing."""
        ...


Pause = Callable[[float], Awaitable[None]]
"""Waits for some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarizerOptions:
    """What a summarizer is made from: models in order of preference, what they may spend, what they wrote
    before.
    """

    models: tuple[ModelOptions, ...]
    ledger: Ledger
    cache: Cache
    clock: Clock
    pause: Pause


@dataclass(frozen=True, slots=True)
class SummaryTask:
    """A story to tell as it is seen in a view; `language` is the channel's."""

    ranking: Ranking
    language: str
    length: Length


class Summarizer(Protocol):
    """Tells stories in a few sentences, each with receipts. Each file in `summarizers/` makes one with its
    `create`.
    """

    translates: bool
    """Whether it can tell a story in a language that none of its sources is in."""

    async def summarize(self, tasks: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:
        """Return a summary of each story, in their order, which is also the order in which a budget is spent.

        `server` is the id of the one that they are for, 0 where nobody knows it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQueue:
    """A kind of work for a scheduler: what is due now (ids), and how one of them is done.

    `run` never raises for an expected failure. At most `concurrency` run together, never one id twice at a
    time.
    """

    name: str
    interval: timedelta
    due: Callable[[], Awaitable[Sequence[int]]]
    run: Callable[[int], Awaitable[None]]
    concurrency: int = 1
