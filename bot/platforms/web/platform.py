"""The page as a platform: posts are pushed to every open page, and acts on a page become Calls."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

from bot.errors import Refused
from bot.i18n import Texts
from bot.model import (
    Answer,
    Call,
    Channel,
    Document,
    Finding,
    Identity,
    Operation,
    OperationKind,
    Payload,
    Person,
    Place,
    PlaceKind,
    Role,
    Search,
    SearchResult,
)
from bot.platforms.web.render import download, fragment
from bot.ports import ChatGateway, PlatformOptions, Route

HISTORY = 50
"""Posts that a page shows when it is opened."""

HEARTBEAT = 15.0
"""Seconds between comments that keep an event stream open."""

CHAT_ONLY_COMMANDS = frozenset({"start", "claim"})
"""Commands that only make sense in another chat; the page does not suggest them."""

STATIC = {"page.css": "text/css", "page.js": "text/javascript"}


class WebPlatform:
    """Serves a chat on the local web server."""

    name = "web"
    links_to_bot = False
    hides_calls = True
    has_post_menu = False
    takes_replies = False
    has_roles = False
    picks_places = False
    one_by_one = False

    def __init__(self, options: PlatformOptions, texts: Texts) -> None:
        self._banner = options.banner
        self._texts = texts
        self._gateway: ChatGateway | None = None
        self._listeners: defaultdict[int, set[asyncio.Queue[str]]] = defaultdict(set)
        loader = PackageLoader("bot.platforms.web", "static")
        self._pages = Environment(loader=loader, autoescape=select_autoescape(default=True))

    async def run(self, gateway: ChatGateway) -> None:
        """Answer pages until cancelled."""
        self._gateway = gateway
        await gateway.connected(self.name)
        await asyncio.Event().wait()

    def routes(self) -> Sequence[Route]:
        """Return what the one web server serves for this platform."""
        return (
            ("GET", "/", self._page),
            ("GET", "/channel/{id}", self._page),
            ("GET", "/events/{id}", self._events),
            ("POST", "/call/{id}", self._call),
            ("GET", "/complete/{id}", self._complete),
            *(("GET", f"/static/{name}", self._static) for name in STATIC),
        )

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:  # noqa: ARG002  every channel of the page looks alike
        """Return the document as one HTML fragment."""
        return ({"html": fragment(document)},)

    def link(self, channel: Channel, post: str, server: str) -> str:  # noqa: ARG002  it is the same everywhere
        """Return nothing: posts have no address of their own."""
        return ""

    def book(self, channel: Channel) -> float:  # noqa: ARG002  it is the same everywhere
        """Return 0: a page has no limits."""
        return 0.0

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:  # noqa: ARG002  posts stand in order on the page
        """Push the post to every open page; pages opened later read it from the store. Raises `Refused` for
        what changes a post.
        """
        if operation.kind is not OperationKind.SEND:
            raise Refused("Posts on the page stay as they are.")
        for queue in self._listeners[channel.id]:
            queue.put_nowait(
                self._event(
                    operation.id, operation.payload, operation.sending_at or operation.created_at, channel
                )
            )
        return str(operation.id)

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:  # noqa: ARG002  a page shows what the store holds
        """Say that it is there: pages read posts from the store, so none is ever missing or doubled."""
        return SearchResult(Finding.FOUND, str(operation.id))

    async def private_chat(self, person: Person) -> str:  # noqa: ARG002  there are no chats between two here
        """Return nothing: there are no private chats here."""
        return ""

    def target_in(self, word: str) -> str:
        """Return the channel of the page that a word such as `@news` names."""
        return word[1:] if re.fullmatch(r"@[\w-]+", word) else ""

    def titles(self) -> Mapping[str, str]:
        """Return nothing: its places stand in the store."""
        return {}

    async def managed_place(self, target: str, person: Person) -> Place | None:  # noqa: ARG002  whoever has the page has all of it
        """Return the channel of the page that is called so."""
        for channel in await self._require_gateway().channels(self.name):
            if target.casefold() in {channel.address.casefold(), channel.name.casefold()}:
                return _place(channel)
        return None

    async def find_role(self, place: Place, name: str) -> Role | None:  # noqa: ARG002  there are no roles here
        """Return nothing: there are no roles here."""
        return None

    async def assign_role(
        self,
        place: Place,  # noqa: ARG002  there are no roles here
        person: Person,  # noqa: ARG002
        role_id: str,  # noqa: ARG002
        *,
        has: bool | None,  # noqa: ARG002
    ) -> bool:
        """Give nothing: there are no roles here."""
        return False

    def identity(self) -> Identity | None:
        """Return nothing: the page has no account."""
        return None

    async def close(self) -> None:
        """End every event stream."""
        for queues in self._listeners.values():
            for queue in queues:
                queue.put_nowait("")

    def _event(self, number: int, payload: Payload, at: datetime, channel: Channel) -> str:
        """Return a post as an event; its id is what a page that comes back names to hear what it missed."""
        time = self._texts.for_language(channel.language).time(at, channel.zone)
        data = json.dumps({"id": number, "html": payload["html"], "time": time}, ensure_ascii=False)
        return f"id: {number}\ndata: {data}\n\n"

    def _require_gateway(self) -> ChatGateway:
        if self._gateway is None:
            raise web.HTTPServiceUnavailable(text="Starting; try again in a second.")
        return self._gateway

    async def _channel(self, request: web.Request) -> tuple[Channel, tuple[Channel, ...]]:
        channels = await self._require_gateway().channels(self.name)
        channel_id = request.match_info.get("id")
        for channel in channels:
            if channel_id in {None, str(channel.id)}:
                return channel, channels
        raise web.HTTPNotFound(text="There is no such channel on this page.")

    async def _page(self, request: web.Request) -> web.Response:
        channel, shown_channel = await self._channel(request)
        gateway = self._require_gateway()
        words = self._texts.for_language(channel.language)
        posts = await gateway.posts(channel.id, HISTORY)
        post_values = [
            {"id": p.operation_id, "html": p.payload["html"], "time": words.time(p.at, channel.zone)}
            for p in posts
        ]
        commands = [
            {
                "name": c.name,
                "description": words(c.description),
                "options": [o.name for o in c.options if not o.file],
            }
            for c in gateway.commands
            if c.name not in CHAT_ONLY_COMMANDS
        ]
        template = self._pages.get_template("page.html")
        html = template.render(
            channel=channel,
            channels=shown_channel,
            posts=post_values,
            banner=self._banner,
            t=words,
            commands=commands,
        )
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _static(self, request: web.Request) -> web.Response:
        name = request.path.rsplit("/", 1)[1]
        body = (resources.files("bot.platforms.web") / "static" / name).read_bytes()
        return web.Response(
            body=body, content_type=STATIC[name], charset="utf-8", headers={"Cache-Control": "no-cache"}
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        channel, _ = await self._channel(request)
        last_event = _number(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners[channel.id].add(queue)
        try:
            await response.write(b": open\n\n")
            for post in await self._require_gateway().posts(channel.id, HISTORY):
                if post.operation_id > last_event:
                    await response.write(
                        self._event(post.operation_id, post.payload, post.at, channel).encode()
                    )
            await self._stream(response, queue)
        except ConnectionResetError:
            pass  # the page was closed, which is how such a stream ends
        finally:
            self._listeners[channel.id].discard(queue)
        return response

    async def _stream(self, response: web.StreamResponse, queue: asyncio.Queue[str]) -> None:
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if not event:
                return
            await response.write(event.encode())

    async def _call(self, request: web.Request) -> web.Response:
        channel, _ = await self._channel(request)
        payload = await _json(request)
        blank = Call(
            "",
            {},
            Person(platform=self.name, address="page", manager=True, language=channel.language),
            _place(channel),
        )
        gateway = self._require_gateway()
        if data := str(payload.get("data") or ""):
            call: Call | None = await gateway.pressed(data[:64], blank)
        else:
            call = gateway.typed(str(payload.get("text") or "")[:500], blank)
        if call is None:
            return web.json_response({"html": "", "edit": False})
        return _answer_response(await gateway.answer(call))

    async def _complete(self, request: web.Request) -> web.Response:
        channel, _ = await self._channel(request)
        query = request.query
        blank = Call("", {}, Person(platform=self.name, address="page"), _place(channel))
        suggestions = await self._require_gateway().complete(
            query.get("command", ""), query.get("option", ""), query.get("typed", ""), blank
        )
        return web.json_response(list(suggestions))


def _answer_response(answer: Answer) -> web.Response:
    html = fragment(answer.document) + "".join(str(payload["html"]) for payload in answer.sample)
    html += download(answer.attachment) if answer.attachment else ""
    return web.json_response({"html": html, "edit": answer.edit})


def _place(channel: Channel) -> Place:
    return Place(
        platform="web",
        address=channel.address,
        kind=PlaceKind.PAGE,
        thread=channel.thread,
        name=channel.name,
        server_address="page",
        language=channel.language,
    )


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else 0


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        value = await request.json()
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text="A call is JSON with text or data.") from error
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(text="A call is a JSON object with text or data.")
    return value
