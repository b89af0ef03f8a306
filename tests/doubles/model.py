"""A loopback server that speaks `chat/completions` as OpenAI-compatible endpoints do, and keeps every request.

What it says is a function of the request. Tokens are counted by a simple rule, four bytes each; and a ledger without limits and a
cache in memory stand in where a test is about neither.
"""

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.ports import Cache, CachedSummary, Cost, Ledger, ModelOptions, SummarizerOptions

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Reply:
    """An answer that is not simply words: a status, a refusal, no usage, a body as it is, or none at all."""

    text: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    usage: Any = None
    body: bytes | None = None
    cut: bool = False
    finish: str = "stop"
    hang: bool = False
    error: str = "no"


Say = Callable[[dict[str, Any]], str | Reply]


class ModelDouble:
    """An endpoint: `say` makes the answer from the request; settings in `unknown` are refused with 400, as small servers do."""

    def __init__(self, say: Say, *, unknown: Sequence[str] = (), models: Sequence[str] = ("small",)) -> None:
        self.say = say
        self.unknown = unknown
        self.models = models
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.tokens = 0
        self.url = ""
        self._gone = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "ModelDouble":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._list)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._gone.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def release(self) -> None:
        """Let go of every request that hangs."""
        self._gone.set()

    async def _list(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization", ""))
        return web.json_response({"object": "list", "data": [{"id": name} for name in self.models]})

    async def _complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        for name in self.unknown:
            if name in body:
                return _refused(400, f"Unsupported parameter: '{name}' is not supported with this model.")
        said = self.say(body)
        reply = said if isinstance(said, Reply) else Reply(said)
        return await self._sent(request, reply, body)

    async def _sent(self, request: web.Request, reply: Reply, body: dict[str, Any]) -> web.Response:
        if reply.hang:
            await self._gone.wait()
        if reply.cut and request.transport is not None:
            request.transport.abort()
        if reply.body is not None:
            return web.Response(body=reply.body, status=reply.status, headers=reply.headers)
        if reply.status != 200:
            return _refused(reply.status, reply.error, reply.headers)
        message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
        usage = {
            "prompt_tokens": tokens(json.dumps(body["messages"])),
            "completion_tokens": tokens(reply.text or ""),
        }
        self.tokens += sum(usage.values())
        return web.json_response(
            {
                "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
                "usage": reply.usage or usage,
            }
        )


def _refused(status: int, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"message": text}}, status=status, headers=headers)


def tokens(text: str) -> int:
    """Count tokens by the simple rule."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def answer(*pairs: tuple[str, Sequence[int]]) -> str:
    """Return sentences with the ids they cite as the JSON that is asked for."""
    made = [{"text": text, "ids": list(ids)} for text, ids in pairs]
    return json.dumps({"sentences": made}, ensure_ascii=False)


def sentences(*pairs: tuple[str, Sequence[int]]) -> Say:
    """Always answer with these sentences."""
    return lambda _: answer(*pairs)


def given(body: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Return the numbered sentences of a request."""
    found = re.findall(r"^(\d+)\. \[[^\]]*\] (.+)$", body["messages"][1]["content"], re.MULTILINE)
    return [(int(number), text) for number, text in found]


def stories(body: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the first and the last number of each story of a request."""
    found = re.findall(r"Sentences (\d+) to (\d+) tell", body["messages"][0]["content"])
    return [(int(first), int(last)) for first, last in found]


def copies(body: Mapping[str, Any]) -> str:
    """Answer as an honest model of few words: the first sentence of each story, word for word."""
    said = dict(given(body))
    return answer(*((said[first], [first]) for first, _ in stories(body)))


class Purse:
    """A ledger without limits, which remembers what was set aside and what was settled."""

    def __init__(self) -> None:
        self.reserved: list[Cost] = []
        self.settled: dict[int, Cost] = {}
        self.servers: list[int] = []

    async def reserve(self, most: Cost, server: int) -> int:
        self.reserved.append(most)
        self.servers.append(server)
        return len(self.reserved) - 1

    async def settle(self, number: int, cost: Cost) -> None:
        self.settled[number] = cost


class Memory:
    """A cache that ends with the test."""

    def __init__(self) -> None:
        self.kept: OrderedDict[str, CachedSummary] = OrderedDict()

    async def find(self, keys: Sequence[str]) -> Mapping[str, CachedSummary]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def keep(self, made: CachedSummary) -> None:
        self.kept.setdefault(made.key, made)


@dataclass
class Hands:
    """What a summarizer is made from, in a test's hands: pauses take no time and are written down, and move the clock."""

    models: tuple[ModelOptions, ...]
    ledger: Ledger = field(default_factory=Purse)
    cache: Cache = field(default_factory=Memory)
    now: datetime = NOW
    pauses: list[float] = field(default_factory=list)

    def options(self) -> SummarizerOptions:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        return SummarizerOptions(
            models=self.models, ledger=self.ledger, cache=self.cache, clock=lambda: self.now, pause=pause
        )


def hands(*doubles: ModelDouble, key: str = "", **values: Any) -> Hands:
    """Return what a summarizer is made from that asks these doubles in order."""
    names = ["small", "second", "third"]
    return Hands(
        tuple(
            ModelOptions(name=name, address=one.url, key=key)
            for name, one in zip(names, doubles, strict=False)
        ),
        **values,
    )
