"""Updates that Telegram brings to an address of ours, in place of being asked for them (`setWebhook`).

Whoever knows the address may post to it; only Telegram knows the secret that stands in a header of what it
brings. What comes while we are not connected is refused, and is brought again.
"""

import asyncio
import hmac
import json
from hashlib import blake2b
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot, Update

from bot.ports import Route

log = structlog.get_logger(__name__)

PATH = "/telegram/updates"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header

MAX_CONNECTIONS = 40
"""Updates that Telegram brings at once (its default)."""


class Webhook:
    """Takes updates and hands them to the bot that is connected."""

    def __init__(self, public_url: str, token: str) -> None:
        self.url = public_url.rstrip("/") + PATH
        self.secret = blake2b(token.encode(), person=b"webhook", digest_size=24).hexdigest()
        self._bot: Bot | None = None
        self._queue: asyncio.Queue[object] | None = None

    def routes(self) -> list[Route]:
        """Return where updates are brought."""
        return [("POST", PATH, self._take)]

    async def open(self, bot: Bot, queue: "asyncio.Queue[object]", kinds: list[str]) -> None:
        """Let Telegram bring updates from now on. Raises `TelegramError`."""
        self._bot, self._queue = bot, queue
        await bot.set_webhook(
            self.url, secret_token=self.secret, allowed_updates=kinds, max_connections=MAX_CONNECTIONS
        )

    def close(self) -> None:
        """Take no more updates; Telegram keeps them for a day."""
        self._bot = self._queue = None

    async def is_ours(self, bot: Bot) -> bool:
        """Tell whether updates are still brought to us; what Telegram could not bring of late is logged.
        Raises `TelegramError`.
        """
        info = await bot.get_webhook_info()
        if info.last_error_message:
            log.warning(
                "telegram.webhook_failed", cause=info.last_error_message, waiting=info.pending_update_count
            )
        return info.url == self.url

    async def _take(self, request: web.Request) -> web.Response:
        secret = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return web.Response(status=403)
        if self._bot is None or self._queue is None:
            return web.Response(status=503)
        update = _read(await request.read(), self._bot)
        if update is None:
            return web.Response(status=400)
        await self._queue.put(update)
        return web.Response()


def _read(body: bytes, bot: Bot) -> Update | None:
    """Return an update, None for what is none."""
    try:
        data: Any = json.loads(body)
        return Update.de_json(data, bot) if isinstance(data, dict) else None
    except (ValueError, TypeError, KeyError):
        return None
