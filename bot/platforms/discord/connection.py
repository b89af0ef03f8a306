"""One bot on Discord: connects, stays, and says in words why it cannot."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from yarl import URL

from bot.errors import PlatformDown
from bot.i18n import Texts
from bot.model import (
    Channel,
    Document,
    Identity,
    Operation,
    Payload,
    Person,
    Place,
    PlaceKind,
    Role,
    Search,
    SearchResult,
)
from bot.platforms.discord.calls import Calls
from bot.platforms.discord.failures import CREDENTIAL_REFUSED, INTENTS, TROUBLE, translate_failures
from bot.platforms.discord.find import find
from bot.platforms.discord.greeting import begin_talk
from bot.platforms.discord.kinds import MessageKinds
from bot.platforms.discord.pace import Pace
from bot.platforms.discord.perform import perform
from bot.platforms.discord.places import NAME
from bot.platforms.discord.presence import Presence
from bot.platforms.discord.render import render
from bot.platforms.discord.roles import assign_role, find_role
from bot.platforms.discord.slash import CommandTranslator, Tree, declare, sync
from bot.platforms.discord.targets import managed_place, target_in, titles
from bot.platforms.discord.watch import Watch
from bot.ports import ChatGateway, PlatformOptions

log = structlog.get_logger(__name__)

READY = 0.1
"""Seconds to wait for the next server's description at start: nothing we do needs all of them."""

CLOSING = 5.0
"""Seconds for saying goodbye; then the connection is cut."""

LONGEST_WAIT = 30.0
"""Seconds of a rate limit that a post waits out in place (discord.py takes no smaller figure)."""

BAD_TOKEN_CODE = 4004
SHARDING_REQUIRED_CODE = 4011

RIGHTS_WITH_REASONS = (
    ("view_channel", "to see the channels it posts to"),
    ("send_messages", "to post digests and news"),
    ("send_messages_in_threads", "to post in threads and forums"),
    ("create_public_threads", "to open a thread for each digest in a forum"),
    ("read_message_history", "to find its own posts again, so that nothing is posted twice"),
)
"""The rights an invitation asks for, and why."""


class Connection(discord.Client):
    """discord.py's client for one `run`: it cannot be used again after it is closed. What is heard comes over
    one session, or in `ShardedConnection` over several.
    """

    def __init__(
        self,
        options: PlatformOptions,
        gateway: ChatGateway,
        texts: Texts,
        ready: Callable[[discord.Client], None],
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT,
            guild_ready_timeout=READY,
            http_trace=_refuse_repeats(),
        )
        self._gateway = gateway
        self._texts = texts
        self._when_ready = ready
        self._events: set[asyncio.Task[Any]] = set()
        self._synced = False
        self.calls = Calls(gateway, texts)
        self.watch = Watch(gateway)
        self._presence = Presence(self, gateway, NAME)
        self._presence_task: asyncio.Task[None] | None = None
        self.tree = Tree(self, self.calls)
        declare(self.tree, gateway.commands, self.calls)
        _redirect(self.http, options.addresses)

    async def setup_hook(self) -> None:
        """Load the languages, before commands are described in them."""
        if len(self._texts.languages) > 1:
            await self.tree.set_translator(CommandTranslator(self._texts))

    async def on_ready(self) -> None:
        """A session has begun: tell Discord of the commands once, then let deliveries go."""
        self._when_ready(self)
        log.info("discord.connected", name=str(self.user), servers=len(self.guilds))
        await self._gateway.connected(NAME)
        await self.watch.compare_rights(*self.guilds)
        self._presence.forget()
        if self._presence_task is None:
            self._presence_task = asyncio.create_task(self._presence.keep())
        if not self._synced:
            self._synced = True
            await self._sync()

    async def on_resumed(self) -> None:
        """The session goes on after a gap; what happened in it is told now."""
        log.info("discord.resumed")
        await self._gateway.connected(NAME)

    async def on_disconnect(self) -> None:
        """The library comes back by itself."""
        log.info("discord.disconnected")

    async def on_interaction(self, interaction: "discord.Interaction[Any]") -> None:
        """A button was pressed or a form sent; slash commands come through the tree."""
        if interaction.type is discord.InteractionType.component:
            await self.calls.pressed(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.calls.filled(interaction)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        self._when_ready(self)
        await self.watch.on_guild_removed(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server: what was paused there goes on, and whoever invited us is asked
        in private what is to be posted.
        """
        self._when_ready(self)
        log.info("discord.joined", server=guild.id, name=guild.name)
        await self.watch.compare_rights(guild)
        await begin_talk(self, guild, self._gateway)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is described only now, after the start or an outage of Discord."""
        await self.watch.compare_rights(guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        await self.watch.on_channel_removed(channel)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        await self.watch.on_thread_removed(payload.thread_id, self.get_guild(payload.guild_id))

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        """A thread may be open again."""
        if not payload.data["thread_metadata"].get("locked"):
            await self.watch.on_thread_open(payload.thread_id, self.get_guild(payload.guild_id))

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Overwrites of a channel, or the tags of a forum, may have changed."""
        if before.overwrites != after.overwrites or isinstance(after, discord.ForumChannel):
            await self.watch.compare_rights(after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role's permissions may have changed."""
        if before.permissions != after.permissions:
            await self.watch.compare_rights(after.guild)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        """Our own roles may have changed; of other members we hear nothing."""
        if self.user is not None and after.id == self.user.id:
            await self.watch.compare_rights(after.guild)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what an event's handler raised."""
        log.error("discord.event_failed", gateway_event=event_method, exc_info=sys.exc_info())

    async def _sync(self) -> None:
        try:
            if await sync(self.tree):
                log.info("discord.commands_changed", count=len(self.tree.get_commands()))
        except (*TROUBLE, discord.DiscordException) as error:
            log.warning("discord.commands_not_synced", cause=str(error))

    def _schedule_event(self, *args: Any, **kwargs: Any) -> asyncio.Task[None]:
        task = super()._schedule_event(*args, **kwargs)
        self._events.add(task)
        task.add_done_callback(self._events.discard)
        return task

    async def finish(self) -> None:
        """Let calls in hand end, say goodbye, and leave nothing behind."""
        ready = getattr(self._connection, "_ready_task", None)
        tasks = (ready, self._presence_task, *self._events)
        leftover = {task for task in tasks if task is not None and not task.done()}
        await self.calls.finish()
        try:
            async with asyncio.timeout(CLOSING):
                await self.close()
        except TimeoutError:
            await self.http.close()
        for task in leftover:
            task.cancel()
        await asyncio.gather(*leftover, return_exceptions=True)


class ShardedConnection(Connection, discord.AutoShardedClient):
    """The same over as many sessions as Discord recommends, each with a share of the servers: beyond 2,500
    servers it takes no single one (Discord, "Sharding").
    """

    async def on_shard_ready(self, shard_id: int) -> None:
        """One of the sessions has begun."""
        log.info("discord.shard_connected", shard=shard_id, shards=self.shard_count)


class Discord:
    """The Discord platform: see `bot.ports.Platform`."""

    name = NAME
    links_to_bot = False
    hides_calls = True
    has_post_menu = True
    takes_replies = False
    has_roles = True
    picks_places = False
    one_by_one = False

    def __init__(self, options: PlatformOptions, texts: Texts) -> None:
        self._options = options
        self._texts = texts
        self._client: discord.Client | None = None
        self._identity: Identity | None = None
        self._pace = Pace()
        self._kinds = MessageKinds()
        self._needs_shards = False

    async def run(self, gateway: ChatGateway) -> None:
        """Connect and hand over Calls until cancelled. Raises `PlatformDown` with a sentence on what is
        wrong.
        """
        if not self._options.token.strip():
            raise PlatformDown(CREDENTIAL_REFUSED, final=True)
        _hush()
        adapter = async_context.set(_adapter(self._options.addresses))
        try:
            while not await self._connect(gateway):
                self._needs_shards = True
                log.warning("discord.sharding", note="the bot is in more servers than one session may serve")
        finally:
            async_context.reset(adapter)
        raise PlatformDown("Discord ended the connection.")

    async def _connect(self, gateway: ChatGateway) -> bool:
        """Stay connected until it ends; returns False where Discord asks for several sessions. Raises
        `PlatformDown`.
        """
        kind = ShardedConnection if self._needs_shards else Connection
        client = kind(self._options, gateway, self._texts, self._ready)
        try:
            await client.start(self._options.token)
        except discord.ConnectionClosed as error:
            if error.code == SHARDING_REQUIRED_CODE and not self._needs_shards:
                return False
            raise _down(error) from error
        except Exception as error:
            raise _down(error) from error
        finally:
            self._client = None
            await client.finish()
        return True

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        """Return the messages that carry the document in the channel."""
        return render(document, channel)

    def link(self, channel: Channel, post: str, server: str) -> str:
        """Return the address that opens a message, or the channel without one; in a forum that of its
        thread.
        """
        thread, _, message = post.rpartition("/")
        forum = channel.kind is PlaceKind.FORUM and not channel.thread
        chat_id = (thread or message if forum else channel.thread) or channel.address
        guild = "@me" if channel.kind is PlaceKind.PRIVATE else server
        place = f"https://discord.com/channels/{guild}/{chat_id}"
        return place if not post else f"{place}/{message}" if message.isdigit() else ""

    def book(self, channel: Channel) -> float:  # noqa: ARG002  within a channel discord.py waits as answers say
        """Count a post and return 0, or return in how many seconds Discord's limit for all takes it."""
        return self._pace.book()

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:
        """Perform the operation and return the id of its post. Raises a `DeliveryError`."""
        return await perform(self._require_client(), self._kinds, operation, channel, reply_to)

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:
        """Look for an operation that may have arrived. Raises `NotSent` or `PlatformDown`."""
        return await find(self._require_client(), operation, channel, search)

    async def private_chat(self, person: Person) -> str:
        """Return the id of the private channel with a person, opened where there is none. Raises a
        `DeliveryError`.
        """
        client = self._require_client()
        with translate_failures(tuple, "the private chat"):
            return str((await client.create_dm(discord.Object(int(person.address)))).id)

    def target_in(self, word: str) -> str:
        """Return the channel that a word such as `<#123>` mentions, empty where it mentions none."""
        return target_in(word)

    def titles(self) -> Mapping[str, str]:
        """Return the names of the channels and threads of every server that we are in, by their ids."""
        return titles(self._client) if self._client else {}

    async def managed_place(self, target: str, person: Person) -> Place | None:
        """Return the channel or thread that a target names, where the person may manage it. Raises a
        `DeliveryError`.
        """
        return await managed_place(self._require_client(), target, person)

    async def find_role(self, place: Place, name: str) -> Role | None:
        """Return the role of a server that a person names or mentions, None where there is none."""
        return find_role(self._require_client(), place, name)

    async def assign_role(self, place: Place, person: Person, role_id: str, *, has: bool | None) -> bool:
        """Give a member a role or take it from them; return whether they have it now."""
        return await assign_role(self._require_client(), place, person, role_id, has=has)

    def identity(self) -> Identity | None:
        """Return who we are on Discord, once connected."""
        return self._identity

    async def close(self) -> None:
        """Nothing is held outside `run`, which closes what it opened."""

    def _ready(self, client: discord.Client) -> None:
        self._client = client
        self._identity = _identity(client)

    def _require_client(self) -> discord.Client:
        if self._client is None:
            raise PlatformDown("Discord is not connected at the moment.")
        return self._client


def _down(error: Exception) -> PlatformDown:
    match error:
        case PlatformDown():
            return error
        case discord.LoginFailure():
            return PlatformDown(CREDENTIAL_REFUSED, final=True)
        case discord.ConnectionClosed() if error.code == BAD_TOKEN_CODE:
            return PlatformDown(CREDENTIAL_REFUSED, final=True)
        case discord.PrivilegedIntentsRequired():
            return PlatformDown(INTENTS, final=True)
        case discord.HTTPException():
            return PlatformDown(f"Discord has trouble: {error.status} {' '.join(error.text.split())[:200]}.")
        case AttributeError() | OSError() | aiohttp.ClientError() | TimeoutError():
            return PlatformDown(
                "Discord could not be reached."
            )  # AttributeError: see discord.py, Client.connect
        case _:
            return PlatformDown(f"The connection to Discord broke ({type(error).__name__}).")


def _identity(client: discord.Client) -> Identity:
    permissions = discord.Permissions(**{name: True for name, _ in RIGHTS_WITH_REASONS})
    number = client.application_id or 0
    invite = discord.utils.oauth_url(number, permissions=permissions, scopes=("bot", "applications.commands"))
    name = client.user.name if client.user else ""
    user = str(client.user.id) if client.user else ""
    home = f"https://discord.com/users/{user}" if user else ""
    return Identity(
        name=name,
        address=home,
        places=len(client.guilds),
        invites=(invite,),
        asks=RIGHTS_WITH_REASONS,
        number=user,
    )


# --- what discord.py offers no option for ------------------------------------------------------------------


def _redirect(http: Any, addresses: Mapping[str, str]) -> None:
    """Let this client alone talk to other servers than Discord's."""
    api, gateway = addresses.get("api", "").rstrip("/"), addresses.get("gateway", "")
    request, connect = http.request, http.ws_connect

    async def redirect_route(route: Route, **options: Any) -> Any:
        route.url = _with_other_host(route.url, api)
        return await request(route, **options)

    async def joined(url: str, **options: Any) -> Any:
        url_parts = URL(url)
        if (
            url_parts.host == DiscordWebSocket.DEFAULT_GATEWAY.host
        ):  # a resumed session has an address of its own
            url_parts = URL(gateway).with_query(url_parts.query)
        return await connect(str(url_parts), **options)

    if api:
        http.request = redirect_route
    if gateway:
        http.ws_connect = joined


def _with_other_host(url: str, api: str) -> str:
    return api + url.removeprefix(Route.BASE) if api else url


def _adapter(addresses: Mapping[str, str]) -> AsyncWebhookAdapter:
    """Return what answers interactions, which go another way through the library than other requests."""
    api = addresses.get("api", "").rstrip("/")

    class Adapter(AsyncWebhookAdapter):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]

        async def request(self, route: Route, session: aiohttp.ClientSession, **options: Any) -> Any:
            route.url = _with_other_host(route.url, api)
            return await super().request(route, session, **options)

    return Adapter()


def _refuse_repeats() -> aiohttp.TraceConfig:
    """discord.py repeats every request after a 500. A new thread carries no nonce, so a repeat could open it
    twice.
    """

    async def look(
        _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        if params.method == "POST" and params.url.path.endswith("/threads") and params.response.status >= 500:
            params.response.close()
            raise aiohttp.ServerDisconnectedError(f"{params.response.status}")

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(look)
    return trace


def _hush() -> None:
    """What the library reports with traces, we report in our words."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    with suppress(AttributeError):
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
