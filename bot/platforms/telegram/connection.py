"""One bot on Telegram: connects, reads updates in the order of each chat, and says in words why it cannot."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import Application
from telegram.request import HTTPXRequest

from bot.errors import NotSent, PlatformDown
from bot.i18n import Texts
from bot.model import (
    Channel,
    Document,
    Identity,
    Operation,
    Payload,
    Person,
    Place,
    Role,
    Search,
    SearchResult,
)
from bot.platforms.telegram.calls import Calls
from bot.platforms.telegram.elsewhere import Elsewhere
from bot.platforms.telegram.failures import NO_SUCH_BOT, failure
from bot.platforms.telegram.find import find
from bot.platforms.telegram.menus import Menus
from bot.platforms.telegram.pace import Pace
from bot.platforms.telegram.places import NAME
from bot.platforms.telegram.render import render
from bot.platforms.telegram.send import perform
from bot.platforms.telegram.targets import managed_place, target_in
from bot.platforms.telegram.turns import CONCURRENT_UPDATES, Turns
from bot.platforms.telegram.webhook import Webhook
from bot.ports import ChatGateway, PlatformOptions, Route

log = structlog.get_logger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]

UPDATES = (
    Update.MESSAGE, Update.CHANNEL_POST, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER,
    Update.INLINE_QUERY, Update.GUEST_MESSAGE,
)  # fmt: skip

LONG_POLL = 30
"""Seconds that a question for updates stays open."""

WEBHOOK_CHECK = 60.0
"""Seconds between two looks whether updates are still brought to us."""

TAKEN = (
    "Another program reads this bot's messages, or has told Telegram to bring them elsewhere. Stop the other "
    "copy; this one connects again."
)

READ_TIMEOUT = 20.0
"""Seconds to wait for an answer: an early end would make a post's fate unknown for nothing."""

RIGHTS_WITH_REASONS = (
    ("post_messages", "to post in a channel"),
    ("edit_messages", "to correct its own posts in a channel"),
    ("delete_messages", "to take away commands that are typed in a channel"),
)
"""Rights the invitations ask for, and why."""


class Polls(HTTPXRequest):
    """Asks for updates, and tells at once when Telegram takes the token back: the library would end polling
    silently.
    """

    def __init__(self, failure: "asyncio.Future[PlatformDown]") -> None:
        super().__init__(connection_pool_size=1, read_timeout=READ_TIMEOUT, connect_timeout=10.0)
        self._ended = failure

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Pass the request on and look at the status of its answer; after the end, no farewell that would cut
        off another reader.
        """
        if self._ended.done():
            raise TelegramError("polling has ended")
        status, body = await super().do_request(*args, **kwargs)
        if status in {401, 404}:
            _end(self._ended, PlatformDown(NO_SUCH_BOT, final=True))
        return status, body


def _end(failure: "asyncio.Future[PlatformDown]", cause: PlatformDown) -> None:
    if not failure.done():
        failure.set_result(cause)


class Telegram:
    """The Telegram platform: see `bot.ports.Platform`."""

    name = NAME
    links_to_bot = True
    hides_calls = False
    has_post_menu = False
    takes_replies = True
    has_roles = False
    picks_places = True
    one_by_one = True

    def __init__(self, options: PlatformOptions, texts: Texts) -> None:
        self._options = options
        self._texts = texts
        self._bot: Bot | None = None
        self._identity: Identity | None = None
        self._pace = Pace()
        public_url = options.addresses.get("webhook", "")
        self._webhook = Webhook(public_url, options.token) if public_url else None

    def routes(self) -> list[Route]:
        """Return where Telegram brings updates, where it is to bring them."""
        return self._webhook.routes() if self._webhook else []

    async def run(self, gateway: ChatGateway) -> None:
        """Connect and hand over Calls until cancelled. Raises `PlatformDown` with a sentence on what is
        wrong.
        """
        _hush()
        failure: asyncio.Future[PlatformDown] = asyncio.get_running_loop().create_future()
        app = self._application(failure)
        try:
            await self._connect(app, gateway)
            if self._webhook is None:
                await self._poll(app, failure)
                raise await failure
            await self._listen(app, self._webhook)
        except TelegramError as error:
            raise _down(error) from None  # the library's own text holds the token
        finally:
            self._bot = None
            if self._webhook is not None:
                self._webhook.close()
            await _stop(app)

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        """Return the messages that carry the document in the channel."""
        return render(document, channel)

    def link(self, channel: Channel, post: str, server: str) -> str:  # noqa: ARG002  Telegram has no servers
        """Return the address that opens a message for those who are in its chat; private chats and small
        groups have none.
        """
        if post and channel.address.startswith("-100"):
            return f"https://t.me/c/{channel.address[4:]}/{post}"
        return f"https://t.me/{channel.address[1:]}/{post}" if post and channel.address[0] == "@" else ""

    def book(self, channel: Channel) -> float:
        """Book a message within Telegram's limits: 0 when it may leave now, else in how many seconds
        one may.
        """
        return self._pace.book(channel)

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:
        """Perform the operation and return the id of its message. Raises a `DeliveryError`."""
        return await perform(self._require_bot(), operation, channel, reply_to)

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:
        """Look for an operation that may have arrived. Raises `NotSent` or `PlatformDown`."""
        return await find(self._require_bot(), operation, channel, search)

    async def private_chat(self, person: Person) -> str:
        """Return the id of the private chat with a person, which is theirs; only they can begin it."""
        return person.address

    def target_in(self, word: str) -> str:
        """Return the chat that a word names, empty where it names none."""
        return target_in(word)

    def titles(self) -> Mapping[str, str]:
        """Return nothing: a bot is told of no chat before something happens there."""
        return {}

    async def managed_place(self, target: str, person: Person) -> Place | None:
        """Return the group or channel that a target names, where the person may manage it. Raises a
        `DeliveryError`.
        """
        return await managed_place(self._require_bot(), target, person)

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
        """Return who we are on Telegram, once connected."""
        return self._identity

    async def close(self) -> None:
        """Nothing is held outside `run`, which closes what it opened."""

    def _require_bot(self) -> Bot:
        if self._bot is None:
            raise NotSent("Telegram is not connected at the moment.")
        return self._bot

    # --- connecting ---

    def _application(self, failure: "asyncio.Future[PlatformDown]") -> App:
        if not self._options.token:
            raise PlatformDown(NO_SUCH_BOT, final=True)
        api = self._options.addresses.get("api", "https://api.telegram.org").rstrip("/")
        builder = Application.builder().token(self._options.token)
        builder = builder.base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
        requests = HTTPXRequest(
            connection_pool_size=CONCURRENT_UPDATES, read_timeout=READ_TIMEOUT, connect_timeout=10.0
        )
        builder = builder.request(requests).get_updates_request(Polls(failure))
        return builder.concurrent_updates(Turns()).job_queue(None).build()

    async def _connect(self, app: App, gateway: ChatGateway) -> None:
        await app.initialize()
        self._identity = _identity(app.bot, await _chats(gateway))
        menus = Menus(app.bot, gateway.commands, self._texts)
        await menus.show()
        for chat in await gateway.operator_chats(NAME):
            await menus.show_operator(chat)
        turns = app.update_processor
        assert isinstance(turns, Turns)  # noqa: S101 - the builder was given them
        Calls(app.bot, gateway, self._texts, turns, menus).attach(app)
        Elsewhere(app.bot, gateway).attach(app)
        self._bot = app.bot
        log.info("telegram.connected", name=app.bot.username)
        await gateway.connected(NAME)

    async def _poll(self, app: App, platform_failure: "asyncio.Future[PlatformDown]") -> None:
        def troubled(error: TelegramError) -> None:
            if isinstance(error, Conflict):
                _end(platform_failure, _down(error))
            else:
                log.warning("telegram.polling_failed", cause=str(failure(error)))

        await app.start()
        assert app.updater is not None  # noqa: S101 - the builder makes one unless told not to
        await app.updater.start_polling(
            timeout=LONG_POLL, bootstrap_retries=0, allowed_updates=UPDATES, error_callback=troubled
        )

    async def _listen(self, app: App, webhook: Webhook) -> None:
        """Let updates be brought until another program takes them. Raises `TelegramError`, `PlatformDown`."""
        await app.start()
        await webhook.open(app.bot, app.update_queue, list(UPDATES))
        while True:
            await asyncio.sleep(WEBHOOK_CHECK)
            try:
                is_ours = await webhook.is_ours(app.bot)
            except NetworkError as error:
                log.warning("telegram.webhook_unknown", cause=str(failure(error)))
                continue
            if not is_ours:
                raise PlatformDown(TAKEN)


async def _stop(app: App) -> None:
    """Stop in order: no new updates, then those in hand are finished, then the connections go."""
    if app.updater is not None and app.updater.running:
        with suppress(TelegramError):  # polling that ended on a refused token raises it again here
            await app.updater.stop()
    if app.running:
        await app.stop()
    await app.shutdown()
    await app.bot.shutdown()  # opened even where `initialize` failed


def _down(error: TelegramError) -> PlatformDown:
    if isinstance(error, InvalidToken):
        return PlatformDown(NO_SUCH_BOT, final=True)
    meaning = failure(error)
    return (
        meaning if isinstance(meaning, PlatformDown) else PlatformDown(f"Telegram cannot be used: {meaning}")
    )


async def _chats(gateway: ChatGateway) -> int:
    return len({channel.address for channel in await gateway.channels(NAME)})


def _identity(bot: Bot, places: int) -> Identity:
    home = f"https://t.me/{bot.username}"
    invites = (
        f"{home}?startgroup=strillone&admin=post_messages",
        f"{home}?startchannel&admin=post_messages+edit_messages+delete_messages",
    )
    return Identity(
        name=bot.first_name,
        address=home,
        places=places,
        invites=invites,
        asks=RIGHTS_WITH_REASONS,
        number=str(bot.id),
    )


def _hush() -> None:
    """Keep the token, which stands in every address, out of the log; what the library reports, we report in
    our words.
    """
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
