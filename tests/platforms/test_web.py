"""The page: what documents become, and what its routes answer over real HTTP."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest

from bot import i18n
from bot.app.webserver import WebServer
from bot.errors import Refused
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    Channel,
    CommandSpec,
    Document,
    Finding,
    Footer,
    Heading,
    Item,
    Listing,
    Operation,
    OperationKind,
    OperationState,
    Option,
    Person,
    Picture,
    Place,
    PlaceKind,
    Post,
    Purpose,
    Quote,
    Search,
    StoryBlock,
    Table,
    Text,
)
from bot.platforms.web import create
from bot.platforms.web.platform import WebPlatform
from bot.platforms.web.render import fragment
from bot.ports import PlatformOptions
from tests.doubles.gateway import Gateway

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></article><style>*{display:none}</style>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %} {0} %s",
    "a & b &lt;c&gt; &amp;amp;",
    "<!-- --> ]]> <![CDATA[ <svg/onload=alert(1)>",
    "\u202egnp.exe\u200b 𝕏 日本語 👩‍👩‍👧",
)
BAD_LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//example.org/x",
    "/call/1",
    "file:///etc/passwd",
    "tg://resolve?domain=x",
    "",
)
TAGS = frozenset(
    [
        "div",
        "h2",
        "h3",
        "p",
        "span",
        "a",
        "article",
        "button",
        "ul",
        "li",
        "details",
        "summary",
        "blockquote",
        "cite",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
ATTRIBUTES = frozenset({"class", "href", "target", "rel", "lang", "type", "data-call"})
CHANNEL = Channel(
    id=7,
    platform="web",
    address="ai-news",
    kind=PlaceKind.PAGE,
    server_id=0,
    name="ai-news",
    zone="Europe/Rome",
)
OTHER = Channel(
    id=8,
    platform="web",
    address="notizie",
    kind=PlaceKind.PAGE,
    server_id=0,
    name="notizie",
    language="it",
    zone="Europe/Rome",
)
MOMENT = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


@dataclass
class Seen(HTMLParser):
    """What a browser would see in a fragment."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def seen(*blocks: Block) -> Seen:
    """Parse the fragment of blocks, with what holds of every fragment checked."""
    found = Seen()
    found.feed(fragment(Document(blocks)))
    found.close()
    assert found.open == []
    assert set(found.tags) <= TAGS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    assert all(
        str(value).startswith(("https://", "http://")) for name, value in found.attributes if name == "href"
    )
    return found


def story(text: str, link: str = "https://example.org/a", **more: Any) -> StoryBlock:
    below = Listing(items=(Item(text, link),), title=text)
    meta = more.pop("meta", text)
    return StoryBlock(headline=text, link=link, sentences=(text, text), meta=meta, below=below, **more)


def every_kind(text: str, link: str) -> tuple[Block, ...]:
    return (
        Heading(text, text),
        story(text, link, number=1, label=text, more=Button(text, "st:i1")),
        story(text, link),
        Text(text),
        Text(text, quiet=True),
        Quote(text, text, link),
        Listing(items=(Item(text, link), Item(text)), title=text),
        Listing(items=(Item(text, link),), title=text, folded=True),
        Table((text, text), ((text, text),)),
        Picture(link, text),
        Actions((Button(text, "la"), Button(text, url=link))),
        Footer(text),
    )


# --- documents ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    every_kind("Plain words, exactly.", "https://example.org/a?b=1&c=2"),
    ids=lambda b: type(b).__name__,
)
def test_every_kind_of_block_shows_its_words(block: Block) -> None:
    assert "Plain words, exactly." in seen(block).text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    for block in every_kind(text, "https://example.org/"):
        found = seen(block)
        assert text in found.text
        assert "script" not in found.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_stay_values(text: str) -> None:
    found = seen(Actions((Button("x", text),)), story("x", f"https://example.org/{text}"))
    assert ("data-call", text) in found.attributes
    assert ("href", f"https://example.org/{text}") in found.attributes


@pytest.mark.parametrize("link", BAD_LINKS)
def test_only_web_addresses_are_links(link: str) -> None:
    for block in every_kind("Words", link):
        found = seen(block)
        assert "Words" in found.text
        assert "a" not in found.tags


def test_links_open_elsewhere_and_carry_nothing() -> None:
    found = seen(story("x"), Actions((Button("x", url="https://example.org/"),)))
    assert found.tags.count("a") == found.attributes.count(("target", "_blank")) == 3
    assert all("noopener" in str(value) for name, value in found.attributes if name == "rel")


def test_nothing_of_a_random_document_is_lost() -> None:
    for seed in range(60):
        dice = random.Random(seed)
        blocks: list[Block] = []
        wanted: list[str] = []
        for n in range(dice.randrange(1, 12)):
            text = f"{dice.choice(HOSTILE)} №{seed}.{n}."
            wanted.append(text)
            blocks.append(dice.choice(every_kind(text, dice.choice([*BAD_LINKS, "https://example.org/"]))))
        text = seen(*blocks).text
        positions = [text.find(part) for part in wanted]
        assert -1 not in positions
        assert positions == sorted(positions)


def test_the_chip_says_what_the_meta_line_then_leaves_out() -> None:
    html = fragment(
        Document((story("x", meta="9 sources · first: Wire, 07:12", more=Button("9 sources", "st:i1")),))
    )
    assert html.count("9 sources") == 1
    assert '<button type="button" class="chip" data-call="st:i1">9 sources</button>' in html
    assert "<span>first: Wire, 07:12</span>" in html


def test_the_meta_line_of_an_update_keeps_its_new_sources() -> None:
    text = seen(story("x", meta="1 new source · earlier: 06:33", more=Button("9 sources", "st:i1"))).text
    assert "1 new source · earlier: 06:33" in text


def test_a_story_without_more_keeps_its_whole_meta_line() -> None:
    assert "9 sources · first: Wire" in seen(story("x", meta="9 sources · first: Wire")).text


def test_quotations_fold_under_their_quiet_line() -> None:
    quotes = (Quote("One.", "Wire, 07:12", "https://example.org/"), Quote("Two.", "Post, 08:00"))
    html = fragment(
        Document(
            (story("x"), Text("Each sentence rests on these words:", quiet=True), *quotes, Text("After"))
        )
    )
    folded = html[html.index("<details>") : html.index("</details>")]
    assert "<summary>Each sentence rests on these words</summary>" in folded
    assert folded.count("<blockquote>") == 2
    assert html.index("After") > html.index("</details>")


def test_a_quotation_by_itself_is_not_folded() -> None:
    assert "details" not in seen(Text("Loud"), Quote("One.", "Wire")).tags
    assert "details" not in seen(Quote("One.", "Wire")).tags


def test_a_document_says_its_language() -> None:
    assert fragment(Document((Text("Ciao"),), "it")).startswith('<div class="doc" lang="it">')


def test_rendering_is_one_payload_that_json_can_carry() -> None:
    (payload,) = platform().render(Document((story(HOSTILE[0]),)), CHANNEL)
    assert json.loads(json.dumps(payload)) == payload


# --- routes ------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    """Stands where commands would answer, and keeps what came in."""

    calls: list[Call] = field(default_factory=list)
    shown: list[Post] = field(default_factory=list)
    known: tuple[Channel, ...] = (CHANNEL, OTHER)
    up: asyncio.Event = field(default_factory=asyncio.Event)

    def gateway(self) -> Gateway:
        option = Option("topic", "A topic or a word", rest=True)
        specs = (
            CommandSpec(name="latest", code="la", description="The newest stories", options=(option,)),
            CommandSpec(name="help", code="he", description="</script><b>"),
        )
        return Gateway(
            commands=specs,
            answer=self.answer,
            typed=self.typed,
            pressed=self.pressed,
            complete=self.complete,
            connected=self.connected,
            posts=self.posts,
            channels=self.channels,
        )

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(
            document=Document((Text(f"{call.command}: {dict(call.arguments)}"),)),
            edit="page" in call.arguments,
        )

    def typed(self, text: str, call: Call) -> Call | None:
        return None if text == "silence" else Call("typed", {"text": text}, call.person, call.place)

    async def pressed(self, data: str, call: Call) -> Call:
        return Call(
            "pressed", {"data": data} | ({"page": "1"} if data == "turn" else {}), call.person, call.place
        )

    async def complete(self, command: str, option: str, typed: str, call: Call) -> tuple[str, ...]:
        return (command, option, typed, call.place.name)

    async def connected(self, name: str) -> None:
        assert name == "web"
        self.up.set()

    async def posts(self, channel_id: int, limit: int) -> tuple[Post, ...]:
        assert limit == 50
        return tuple(self.shown) if channel_id == CHANNEL.id else ()

    async def channels(self, name: str) -> tuple[Channel, ...]:
        return self.known


def platform(banner: str = "") -> WebPlatform:
    made = create(PlatformOptions(banner=banner), i18n.load())
    assert isinstance(made, WebPlatform)
    return made


def post(number: int, text: str) -> Post:
    return Post(number, {"html": fragment(Document((story(text),)))}, MOMENT)


def operation(number: int, text: str) -> Operation:
    payload = {"html": fragment(Document((Text(text),)))}
    return Operation(
        id=number,
        channel_id=CHANNEL.id,
        intent="x",
        nonce="n",
        payload=payload,
        state=OperationState.SENDING,
        created_at=MOMENT,
        not_after=MOMENT + timedelta(hours=1),
        purpose=Purpose.DIGEST,
    )


@dataclass
class House:
    """A page that is served, with a client."""

    web: WebPlatform
    desk: Desk
    url: str
    client: aiohttp.ClientSession

    async def call(self, body: Any, channel: object = CHANNEL.id) -> Any:
        async with self.client.post(f"{self.url}/call/{channel}", json=body) as response:
            assert response.status == 200
            return await response.json()


@asynccontextmanager
async def served(*, banner: str = "", running: bool = True) -> AsyncIterator[House]:
    web, desk = platform(banner), Desk()
    server = WebServer("127.0.0.1", 0, dict)
    await server.start(web.routes())
    task = asyncio.create_task(web.run(desk.gateway())) if running else None
    if running:
        await asyncio.wait_for(desk.up.wait(), 5)
    try:
        async with aiohttp.ClientSession(headers={"Origin": server.url}) as client:
            yield House(web, desk, server.url, client)
    finally:
        await web.close()
        await server.stop()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with served(banner="Sample & more") as found:
        yield found


async def test_the_page_shows_channels_posts_and_banner(house: House) -> None:
    house.desk.shown = [post(3, "Older story"), post(4, "Newer <story>")]
    async with house.client.get(house.url) as response:
        page = await response.text()
    assert response.content_type == "text/html"
    assert 'data-channel="7"' in page
    assert 'data-last="4"' in page
    assert page.index("Older story") < page.index("Newer &lt;story&gt;")
    assert "<time>08:05</time>" in page
    assert "Sample &amp; more" in page
    assert "notizie" in page
    assert "</script><b>" not in page


async def test_another_channel_speaks_its_own_language(house: House) -> None:
    async with house.client.get(f"{house.url}/channel/8") as response:
        page = await response.text()
    assert '<html lang="it">' in page
    assert "Qui non si pubblica ancora nulla." in page
    assert 'data-last="0"' in page


async def test_the_page_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own(house: House) -> None:
    async with house.client.get(house.url) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.replace("https://example.org", "")
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count('<script type="application/json"') + page.count(
        '<script src="/static/'
    )


@pytest.mark.parametrize(("name", "kind"), [("page.css", "text/css"), ("page.js", "text/javascript")])
async def test_static_files(house: House, name: str, kind: str) -> None:
    async with house.client.get(f"{house.url}/static/{name}") as response:
        assert response.status == 200
        assert response.content_type == kind
        assert response.charset == "utf-8"
        assert "//" not in (await response.text()).replace("// ", "")


@pytest.mark.parametrize(
    "path", ["/static/page.html", "/static/../platform.py", "/static/%2e%2e/platform.py", "/static/", "/x"]
)
async def test_nothing_else_is_served(house: House, path: str) -> None:
    async with house.client.get(house.url + path) as response:
        assert response.status == 404


async def test_typed_text_becomes_a_call(house: House) -> None:
    answer = await house.call({"text": "/latest robots"})
    assert answer["edit"] is False
    assert "typed: {&#39;text&#39;: &#39;/latest robots&#39;}" in answer["html"]
    (call,) = house.desk.calls
    assert call.person == Person(platform="web", address="page", manager=True, language="en")
    assert call.place == Place(
        platform="web",
        address="ai-news",
        kind=PlaceKind.PAGE,
        thread="",
        name="ai-news",
        server_address="page",
        server_name="",
        language="en",
    )


async def test_a_button_becomes_a_call_and_may_edit(house: House) -> None:
    assert (await house.call({"data": "st:i1"}))["edit"] is False
    assert (await house.call({"data": "turn"}))["edit"] is True
    assert [dict(call.arguments)["data"] for call in house.desk.calls] == ["st:i1", "turn"]


async def test_too_much_is_cut(house: House) -> None:
    await house.call({"data": "x" * 500})
    await house.call({"text": "y" * 5000})
    assert [max(map(len, call.arguments.values())) for call in house.desk.calls] == [64, 500]


async def test_talk_that_is_not_for_us_gets_no_answer(house: House) -> None:
    assert await house.call({"text": "silence"}) == {"html": "", "edit": False}


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null", b"\xff\xfe", b"[" * 20_000])
async def test_a_call_that_is_no_json_object_is_refused(house: House, body: bytes) -> None:
    async with house.client.post(f"{house.url}/call/7", data=body) as response:
        assert response.status == 400
        assert (await response.text()).startswith("A call is ")
    assert house.desk.calls == []


@pytest.mark.parametrize("body", [{}, {"text": None}, {"data": 0, "text": ["a"]}])
async def test_odd_values_are_texts(house: House, body: dict[str, object]) -> None:
    assert "typed" in (await house.call(body))["html"]


@pytest.mark.parametrize("path", ["/channel/99", "/channel/x", "/events/99", "/complete/99"])
async def test_an_unknown_channel(house: House, path: str) -> None:
    async with house.client.get(house.url + path) as response:
        assert response.status == 404
        assert response.headers["Content-Security-Policy"]
    async with house.client.post(f"{house.url}/call/99", json={"text": "x"}) as response:
        assert response.status == 404


async def test_a_page_without_channels(house: House) -> None:
    house.desk.known = ()
    async with house.client.get(house.url) as response:
        assert response.status == 404


async def test_completion(house: House) -> None:
    query = {"command": "latest", "option": "topic", "typed": "ro"}
    async with house.client.get(f"{house.url}/complete/7", params=query) as response:
        assert await response.json() == ["latest", "topic", "ro", "ai-news"]
    async with house.client.get(f"{house.url}/complete/7") as response:
        assert await response.json() == ["", "", "", "ai-news"]


async def test_before_it_runs_it_asks_for_patience() -> None:
    async with served(running=False) as house, house.client.get(house.url) as response:
        assert response.status == 503
        assert await response.text() == "Starting; try again in a second."


async def event(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the fields of the next event that is not a comment."""
    found: dict[str, str] = {}
    async with asyncio.timeout(5):
        while True:
            line = (await response.content.readline()).decode().rstrip("\n")
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                found[name] = value
            elif found:
                return found


Streams = Callable[..., Awaitable[aiohttp.ClientResponse]]


@pytest.fixture
async def stream(house: House) -> AsyncIterator[Streams]:
    """Open event streams whose first comment has come."""
    opened: list[aiohttp.ClientResponse] = []

    async def make(channel: int = CHANNEL.id, query: str = "", **headers: str) -> aiohttp.ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await house.client.get(f"{house.url}/events/{channel}{query}", headers=named)
        opened.append(response)
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b": open\n"
        return response

    yield make
    for response in opened:
        response.close()


async def test_a_post_reaches_every_open_page_of_its_channel(house: House, stream: Streams) -> None:
    one, two, other = await stream(), await stream(), await stream(OTHER.id)
    assert await house.web.send(operation(5, "Hello <b>"), CHANNEL, "") == "5"
    for response in (one, two):
        found = await event(response)
        assert found["id"] == "5"
        data = json.loads(found["data"])
        assert data["id"] == 5
        assert data["time"] == "08:05"
        assert "Hello &lt;b&gt;" in data["html"]
    await house.web.send(operation(6, "Ciao"), OTHER, "")
    assert json.loads((await event(other))["data"])["id"] == 6


async def test_a_post_on_the_page_cannot_be_edited(house: House) -> None:
    with pytest.raises(Refused, match="stay as they are"):
        await house.web.send(replace(operation(5, "x"), kind=OperationKind.EDIT), CHANNEL, "")


async def test_a_page_that_comes_back_hears_what_it_missed(house: House, stream: Streams) -> None:
    house.desk.shown = [post(3, "Known"), post(4, "Missed"), post(5, "Missed too")]
    for response in (
        await stream(query="?after=3"),
        await stream(Last_Event_ID="3"),
        await stream(query="?after=1", Last_Event_ID="3"),
    ):
        assert [(await event(response))["id"] for _ in range(2)] == ["4", "5"]
        await house.web.send(operation(6, "Now"), CHANNEL, "")
        assert (await event(response))["id"] == "6"


@pytest.mark.parametrize("after", ["x", "-1", "", "9" * 40, "1.5"])
async def test_a_strange_last_event_counts_as_none(house: House, stream: Streams, after: str) -> None:
    house.desk.shown = [post(3, "All")]
    assert (await event(await stream(query=f"?after={after}")))["id"] == "3"


async def test_lines_in_a_post_do_not_break_the_stream(house: House, stream: Streams) -> None:
    response = await stream()
    await house.web.send(operation(5, "one\n\ndata: two\r\n\u2028three"), CHANNEL, "")
    assert "one\n\ndata: two\r\n\u2028three" in json.loads((await event(response))["data"])["html"]


async def test_closing_ends_the_streams(house: House, stream: Streams) -> None:
    response = await stream()
    await house.web.close()
    async with asyncio.timeout(5):
        assert (await response.content.read()).strip() == b""


async def test_a_page_that_left_is_forgotten(house: House, stream: Streams) -> None:
    response = await stream()
    response.close()
    for number in range(5, 25):
        await house.web.send(operation(number, "x"), CHANNEL, "")
        await asyncio.sleep(0.01)
    again = await stream()
    await house.web.send(operation(30, "y"), CHANNEL, "")
    assert (await event(again))["id"] == "30"


async def test_a_quiet_stream_is_kept_open(
    house: House, stream: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.web.platform.HEARTBEAT", 0.05)
    response = await stream()
    async with asyncio.timeout(5):
        assert await response.content.readline() == b"\n"
        assert await response.content.readline() == b": still here\n"


async def test_looking_for_a_post_always_finds_it() -> None:
    found = await platform().find(
        operation(5, "x"), CHANNEL, Search(after="", known=frozenset(), unrecorded=0)
    )
    assert found.finding is Finding.FOUND
    assert found.post == "5"
    assert platform().identity() is None
