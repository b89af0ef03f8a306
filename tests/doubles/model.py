"""A loopback server that speaks `chat/completions` as OpenAI-compatible endpoints do. What it says is scripted; it keeps every request."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

Say = Callable[[dict[str, Any]], str]


class ModelDouble:
    """An endpoint: `say` makes the answer from the request; `structured` False refuses a response_format as small servers do."""

    def __init__(self, say: Say, *, structured: bool = True, status: int = 200) -> None:
        self.say = say
        self.structured = structured
        self.status = status
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> "ModelDouble":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        if self.status != 200:
            return web.json_response({"error": {"message": "no"}}, status=self.status)
        if not self.structured and "response_format" in body:
            return web.json_response({"error": {"message": "response_format is not supported"}}, status=400)
        message = {"role": "assistant", "content": self.say(body)}
        return web.json_response(
            {"choices": [{"index": 0, "message": message}], "usage": {"total_tokens": 1}}
        )


def sentences(*pairs: tuple[str, list[int]]) -> Say:
    """Always answer with these sentences and the ids they cite."""
    return lambda _: json.dumps({"sentences": [{"text": text, "ids": ids} for text, ids in pairs]})
