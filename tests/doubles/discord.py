"""A Discord on loopback, REST and gateway, that keeps Discord's limits and refuses with its codes and words.

In a test: `async with DiscordDouble() as discord: news = discord.add_channel("news"); …; discord.shows(news)`.
As a process: `python -m tests.doubles.discord --port 8082 --record effects.jsonl`; every public method is then
`POST /control/{method}` with its arguments as a JSON object.

Lengths count UTF-16 units, the stricter of the two readings of Discord's limits.
"""

import argparse
import asyncio
import contextlib
import inspect
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, is_dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

TOKEN = "MTAw.loopback.token-that-only-this-server-knows"
EPOCH = 1_420_070_400_000
APPLICATION, BOT = 100_000_000_000_000_001, 100_000_000_000_000_002
ROLES = {100_000_000_000_000_003: "manager", 100_000_000_000_000_004: "administrator"}
"""The roles of every server, by id: what somebody has who is such a `User`."""
FIRST_ANSWER = 3.0
NONCES = 180.0
"""Seconds for which Discord remembers a nonce (“the past few minutes”)."""

BITS = {
    "administrator": 1 << 3,
    "manage_guild": 1 << 5,
    "view_audit_log": 1 << 7,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "manage_roles": 1 << 28,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "send_messages_in_threads": 1 << 38,
}
GIVEN = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")
GIVEN += ("create_public_threads", "send_messages_in_threads")
KINDS = {"text": 0, "dm": 1, "news": 5, "news_thread": 10, "thread": 11, "forum": 15, "media": 16}
FORUMS = {KINDS["forum"], KINDS["media"]}
THREADS = {10, 11, 12}
EPHEMERAL, CROSSPOSTED, REQUIRE_TAG = 1 << 6, 1 << 0, 1 << 4
SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
NAME = re.compile(r"[-_'\w]{1,32}")


class ApiError(Exception):
    """An answer that is no success, with Discord's code and words."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        self.status = status
        self.body = {"message": message, "code": code, **more}
        super().__init__(f"{status} {code} {message}")


def unknown(what: str, code: int) -> ApiError:
    return ApiError(404, code, f"Unknown {what}")


def form(path: str, code: str, message: str) -> ApiError:
    """Invalid Form Body, with the tree of errors as Discord nests it."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(path.split(".")):
        errors = {part: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)


MISSING_ACCESS = ApiError(403, 50001, "Missing Access")
MISSING_PERMISSIONS = ApiError(403, 50013, "Missing Permissions")


# --- what Discord refuses ----------------------------------------------------------------------------------


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def within(path: str, value: Any, limit: int, least: int = 0) -> str:
    if not isinstance(value, str):
        raise form(path, "BASE_TYPE_STRING", "Could not interpret as string.")
    if units(value) > limit:
        raise form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
    if units(value) < least:
        raise form(path, "BASE_TYPE_REQUIRED", "This field is required")
    return value


def web_address(path: str, value: str, limit: int) -> str:
    within(path, value, limit)
    scheme, found, rest = value.partition("://")
    if scheme.lower() not in {"http", "https"}:
        words = f"Scheme \"{scheme if found else ''}\" must be one of ('http', 'https')."
        raise form(path, "URL_TYPE_INVALID_SCHEME", words)
    host = rest.split("/")[0]
    if not host or re.search(r"[\s<>\"]", value) or "." not in host:
        raise form(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    return value


def checked_embed(path: str, embed: dict[str, Any]) -> dict[str, Any]:
    """An embed as Discord stores it: trimmed, and refused where a part is too long."""
    kept = json.loads(json.dumps(embed))
    for name, limit in (("title", 256), ("description", 4096)):
        if embed.get(name) is not None:
            kept[name] = within(f"{path}.{name}", embed[name], limit).strip()
    if len(embed.get("fields") or []) > 25:
        raise form(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for number, each in enumerate(embed.get("fields") or []):
        within(f"{path}.fields.{number}.name", each.get("name", ""), 256, 1)
        within(f"{path}.fields.{number}.value", each.get("value", ""), 1024, 1)
    within(f"{path}.footer.text", (embed.get("footer") or {}).get("text", ""), 2048)
    within(f"{path}.author.name", (embed.get("author") or {}).get("name", ""), 256)
    for key in ("url", "image.url", "thumbnail.url"):
        value: Any = embed
        for part in key.split("."):
            value = (value or {}).get(part)
        if value:
            web_address(f"{path}.{key}", value, 2048)
    return {**kept, "type": "rich"}


def embed_size(embed: dict[str, Any]) -> int:
    fields = embed.get("fields") or []
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [each[part] for each in fields for part in ("name", "value")]
    return sum(units(text) for text in texts if text)


def checked_embeds(embeds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(embeds) > 10:
        raise form("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    kept = [checked_embed(f"embeds.{number}", embed) for number, embed in enumerate(embeds)]
    if sum(map(embed_size, kept)) > 6000:
        raise form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    return kept


def checked_components(rows: list[dict[str, Any]], layout: bool = False) -> list[dict[str, Any]]:
    """Components as Discord stores them: rows of buttons, or with the flag for it a layout."""
    if layout:
        return Layout().checked(rows)
    if len(rows) > 5:
        raise form("components", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
    seen: set[str] = set()
    kept = []
    for number, row in enumerate(rows):
        if row.get("type") != 1:
            raise form(
                f"components.{number}", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).'
            )
        kept.append({**row, "id": number + 1, "components": checked_row(f"components.{number}", row, seen)})
    return kept


def checked_row(path: str, row: dict[str, Any], seen: set[str]) -> list[dict[str, Any]]:
    buttons = row.get("components") or []
    if not 1 <= len(buttons) <= 5:
        raise form(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    return [checked_button(f"{path}.components", button, seen) for button in buttons]


class Layout:
    """One message of Components V2 while it is looked at: what counts over all of it, and what each part must be."""

    TEXT, MOST = 4_000, 40
    INSIDE = frozenset({1, 9, 10, 12, 13, 14})
    """What may stand in a container, and beside it."""

    def __init__(self) -> None:
        self.count, self.size = 0, 0
        self.custom_ids: set[str] = set()

    def checked(self, components: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = [self._part(f"components.{n}", each, self.INSIDE | {17}) for n, each in enumerate(components)]
        if self.count > self.MOST:
            words = f"The total number of components is {self.count}, more than {self.MOST}."
            raise form("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
        if self.size > self.TEXT:
            words = f"Component displayable text size {self.size} exceeds maximum size of {self.TEXT}"
            raise form("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
        return kept

    def _part(self, path: str, part: dict[str, Any], kinds: frozenset[int]) -> dict[str, Any]:
        kind = part.get("type")
        if kind not in kinds:
            words = f'Value of field "type" must be one of {tuple(sorted(kinds))}.'
            raise form(path, "UNION_TYPE_CHOICES", words)
        self.count += 1
        check = {
            1: self._row,
            2: self._button,
            9: self._section,
            10: self._text,
            11: self._picture,
            12: self._gallery,
        }
        check |= {13: self._file, 14: self._line, 17: self._container}
        return {**part, **check[kind](path, part), "id": part.get("id") or self.count}

    def _parts(self, path: str, parts: Any, kinds: frozenset[int], most: int) -> list[dict[str, Any]]:
        if not isinstance(parts, list) or not 1 <= len(parts) <= most:
            raise form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")
        return [self._part(f"{path}.{number}", part, kinds) for number, part in enumerate(parts)]

    def _container(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        if not 0 <= (part.get("accent_color") or 0) <= 0xFFFFFF:
            raise form(
                f"{path}.accent_color",
                "NUMBER_TYPE_MAX",
                "int value should be less than or equal to 16777215.",
            )
        return {
            "components": self._parts(f"{path}.components", part.get("components"), self.INSIDE, self.MOST)
        }

    def _section(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        texts = self._parts(f"{path}.components", part.get("components"), frozenset({10}), 3)
        if not part.get("accessory"):
            raise form(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
        return {
            "components": texts,
            "accessory": self._part(f"{path}.accessory", part["accessory"], frozenset({2, 11})),
        }

    def _row(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        self.count += len(part.get("components") or [])
        return {"components": checked_row(path, part, self.custom_ids)}

    def _button(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        return checked_button(path, part, self.custom_ids)

    def _text(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        content = within(f"{path}.content", part.get("content"), self.TEXT, 1).strip()
        if not content:
            raise form(f"{path}.content", "BASE_TYPE_REQUIRED", "This field is required")
        self.size += units(content)
        return {"content": content}

    def _picture(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        web_address(f"{path}.media.url", (part.get("media") or {}).get("url") or "", 2048)
        within(f"{path}.description", part.get("description") or "", 256)
        return {}

    def _gallery(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        items = part.get("items") or []
        if not 1 <= len(items) <= 10:
            raise form(f"{path}.items", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.")
        for number, item in enumerate(items):
            self._picture(f"{path}.items.{number}", item)
        return {}

    def _file(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        if not (part.get("file") or {}).get("url", "").startswith("attachment://"):
            raise form(
                f"{path}.file.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('attachment',)."
            )
        return {}

    def _line(self, path: str, part: dict[str, Any]) -> dict[str, Any]:
        if part.get("spacing", 1) not in {1, 2}:
            raise form(f"{path}.spacing", "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        return {}


def walked(components: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Every component, in the order in which people read."""
    for each in components:
        yield each
        yield from walked(each.get("components") or [])
        if each.get("accessory"):
            yield each["accessory"]


def checked_button(path: str, button: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    within(f"{path}.label", button.get("label") or "", 80)
    if not button.get("label") and not button.get("emoji"):
        raise form(path, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")
    if button.get("style") == 5:
        if button.get("custom_id"):
            raise form(path, "BUTTON_COMPONENT_CUSTOM_ID", "A custom id and url cannot both be specified")
        web_address(f"{path}.url", button.get("url") or "", 512)
        return dict(button)
    custom_id = within(f"{path}.custom_id", button.get("custom_id") or "", 100, 1)
    if custom_id in seen:
        words = "Component custom id cannot be duplicated"
        raise form(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", words)
    seen.add(custom_id)
    return dict(button)


BUTTON, TEXT_DISPLAY, FILE = 2, 10, 13
MESSAGE_MENU = 3
"""The type of a command that stands in the menu of a message."""


def checked_modal(modal: dict[str, Any]) -> dict[str, Any]:
    within("data.title", modal.get("title", ""), 45, 1)
    within("data.custom_id", modal.get("custom_id", ""), 100, 1)
    if not 1 <= len(modal["components"]) <= 5:
        raise form("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for number, each in enumerate(modal["components"]):
        if each["type"] != 18 or each["component"]["type"] != 4:
            raise form(f"data.components.{number}", "UNION_TYPE_CHOICES", "A label with a text input")
        within(f"data.components.{number}.label", each.get("label", ""), 45, 1)
    return modal


def checked_commands(commands: list[dict[str, Any]]) -> None:
    if len(commands) > 100:
        raise ApiError(400, 30032, "Maximum number of application commands reached (100).")
    for number, each in enumerate(commands):
        if each.get("type", 1) == MESSAGE_MENU:
            within(f"{number}.name", each["name"], 32, 1)
            continue
        if not NAME.fullmatch(each["name"]) or each["name"] != each["name"].lower():
            raise form(f"{number}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        within(f"{number}.description", each.get("description", ""), 100, 1)
        options = each.get("options") or []
        if len(options) > 25:
            raise form(f"{number}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        wanted = [bool(option.get("required")) for option in options]
        if wanted != sorted(wanted, reverse=True):
            words = "Required options must be placed before non-required options"
            raise form(f"{number}.options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        for place, option in enumerate(options):
            checked_option(f"{number}.options.{place}", option)


def checked_option(path: str, option: dict[str, Any]) -> None:
    if not NAME.fullmatch(option["name"]) or option["name"] != option["name"].lower():
        raise form(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    within(f"{path}.description", option.get("description", ""), 100, 1)
    checked_choices(f"{path}.choices", option.get("choices") or [])
    if option.get("choices") and option.get("autocomplete"):
        raise form(
            path, "APPLICATION_COMMAND_CHOICES_AUTOCOMPLETE", "Choices and autocomplete exclude each other"
        )


def checked_choices(path: str, choices: list[dict[str, Any]]) -> None:
    if len(choices) > 25:
        raise form(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for number, choice in enumerate(choices):
        within(f"{path}.{number}.name", choice.get("name", ""), 100, 1)
        within(f"{path}.{number}.value", choice.get("value", ""), 100)


# --- what there is -----------------------------------------------------------------------------------------


@dataclass
class User:
    """Somebody who presses and asks."""

    id: int
    name: str = "Ada"
    locale: str = "en-US"
    manager: bool = False
    administrator: bool = False
    installed: bool = False
    """Has installed the bot for themselves."""

    def json(self) -> dict[str, Any]:
        return {"id": str(self.id), "username": self.name, "discriminator": "0", "avatar": None}


@dataclass
class Message:
    """A message as a channel, or one person, shows it."""

    id: int
    channel: int
    author: int
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    flags: int = 0
    edited: int = 0
    reply_to: int = 0
    nonce: str = ""
    asked_by: int = 0
    mentions: Any = None
    loading: bool = False
    sent_at: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Everything readable, in order."""
        parts = [self.content]
        for embed in self.embeds:
            footer = (embed.get("footer") or {}).get("text", "")
            parts += [embed.get("title", ""), embed.get("description", ""), footer]
        parts += [each["content"] for each in walked(self.components) if each["type"] == TEXT_DISPLAY]
        return "\n".join(part for part in parts if part)

    @property
    def told(self) -> bool:
        """Whether there is anything in it."""
        parts = {"title", "description", "image", "fields"}
        embeds = [each for each in self.embeds if parts & {name for name, value in each.items() if value}]
        return bool(self.content or embeds or (self.layout and self.components))

    @property
    def layout(self) -> bool:
        """Whether it is one of Components V2."""
        return bool(self.flags & COMPONENTS_V2)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [each for each in walked(self.components) if each["type"] == BUTTON]

    @property
    def labels(self) -> list[str]:
        return [button.get("label", "") for button in self.buttons]

    @property
    def published(self) -> bool:
        return bool(self.flags & CROSSPOSTED)


@dataclass
class Channel:
    id: int
    type: int
    name: str
    guild: int = 0
    parent: int = 0
    owner: int = 0
    archived: bool = False
    locked: bool = False
    tags: tuple[str, ...] = ()
    moderated: tuple[str, ...] = ()
    """Tags of a forum that only those may set who manage threads."""
    applied: list[str] = field(default_factory=list)
    """The tags of a thread."""
    flags: int = 0
    given: set[str] = field(default_factory=set)
    """Rights that the bot has here beyond those that it has everywhere."""
    open_to: set[int] = field(default_factory=set)
    """Roles whose members see it."""
    denied: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    others: bool = False
    """Of a private chat: it is one of people with each other, in which the bot is not."""


@dataclass
class Guild:
    id: int
    name: str
    present: bool = True
    owner: int = 1
    inviter: int = 0
    """Who invited the bot, where it may read the audit log; else 0."""
    strangers: set[int] = field(default_factory=set)
    """People who are in other servers, but not in this one."""


@dataclass
class Asked:
    """An interaction and what came of it. `failed` is what Discord shows as “The application did not respond”."""

    id: int
    token: str
    type: int
    channel: int
    user: User
    at: float
    source: Message | None = None
    answered: int = 0
    first: Message | None = None
    messages: list[Message] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    """The form that it opened."""
    deferred: bool = False
    failed: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settled(self) -> bool:
        """Whether something final is shown, or Discord gave up."""
        waiting = self.first is not None and self.first.loading
        silent = self.answered == 6 and not self.messages and not (self.source and self.source.edited)
        return self.failed or (self.answered > 0 and not waiting and not silent)


@dataclass
class Fault:
    """What the next `times` requests that match get instead of, or beside, their effect."""

    route: str
    times: int = 1
    status: int = 0
    code: int = 0
    message: str = ""
    retry_after: float = 0.0
    via: bool = True
    everywhere: bool = False
    html: bool = False
    cut: str = ""
    delay: float = 0.0
    skip: int = 0


@dataclass
class Session:
    """A gateway session: what was told in it is told again after a RESUME."""

    id: str
    seq: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    shard: tuple[int, int] = (0, 1)

    def hears_of(self, guild: int) -> bool:
        """Whether a server's events are told here; those of no server are told to the first shard."""
        number, count = self.shard
        return (guild >> 22) % count == number if guild else number == 0


def presence_of(update: dict[str, Any]) -> str:
    """The line beside the bot's name, as Discord takes it (Gateway, Update Presence)."""
    assert set(update) == {"status", "afk", "since", "activities"}
    (activity,) = update["activities"] or ({"type": 4, "state": ""},)
    assert activity["type"] == 4, "a custom line"
    assert len(activity["state"]) <= 128
    return activity["state"]


class DiscordDouble:
    """See the module's docstring. Public methods are what tests may do and see."""

    def __init__(
        self, *, port: int = 0, record: str | Path = "", token: str = TOKEN, heartbeat: int = 41_250
    ) -> None:
        self.token = token
        self.commands: list[dict[str, Any]] = []
        self.syncs = 0
        self.presences: list[str] = []
        """What stood beside the bot's name, in order."""
        self.identifies = 0
        self.resumes = 0
        self.requests: list[str] = []
        self._port, self._heartbeat = port, heartbeat
        self._record = Path(record) if record else None
        self._last_id = 0
        self._guilds: dict[int, Guild] = {}
        self._left: dict[int, tuple[Guild, list[Channel]]] = {}
        self._channels: dict[int, Channel] = {}
        self._users: dict[int, User] = {}
        self._attached: dict[str, bytes] = {}
        self._asked: dict[str, Asked] = {}
        self._alone: dict[int, list[Message]] = {}
        self._nonces: dict[str, tuple[float, Message]] = {}
        self._without_bot: set[int] = set()
        self._nonce_life = NONCES
        self._faults: list[Fault] = []
        self._sessions: dict[str, Session] = {}
        self._refusing_gateway = False
        self._without_layouts: set[int] = set()
        self._shards = 1
        self._roles: list[dict[str, Any]] = []
        self._bot_roles: list[str] = []
        self.roles_given: dict[int, set[int]] = {}
        """The roles that were given to people, by their ids."""
        self._runner: web.AppRunner | None = None
        self.guild = self.add_guild("Newsroom")

    # --- lifetime ---

    async def __aenter__(self) -> "DiscordDouble":
        app = web.Application(middlewares=[self._middle], client_max_size=30 * 1024 * 1024)
        for method, path, handler in self._routes():
            app.router.add_route(method, path, handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for session in self._sessions.values():
            if session.socket is not None and not session.socket.closed:
                await session.socket.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api(self) -> str:
        """Goes where https://discord.com/api/v10 would."""
        return f"http://127.0.0.1:{self._port}/api/v10"

    @property
    def gateway(self) -> str:
        """Goes where wss://gateway.discord.gg would."""
        return f"ws://127.0.0.1:{self._port}/gateway"

    @property
    def addresses(self) -> dict[str, str]:
        """Both, as `PlatformOptions.addresses`."""
        return {"api": self.api, "gateway": self.gateway}

    # --- what a test arranges ---

    def add_guild(
        self,
        name: str = "Newsroom",
        *,
        tell: bool = False,
        owner: int = 1,
        inviter: int = 0,
        rooms: Iterable[str] = (),
    ) -> int:
        """Make a server that the bot is in, with text channels of these names; returns its id. With an `inviter` it may read in the audit log who that was."""
        guild = Guild(self._snowflake(), name, owner=owner, inviter=inviter)
        self._guilds[guild.id] = guild
        for room in rooms:
            number = self._snowflake()
            self._channels[number] = Channel(number, KINDS["text"], room, guild.id)
        if tell:
            self._tell("GUILD_CREATE", self._guild_json(guild))
        return guild.id

    def add_channel(
        self,
        kind: str = "text",
        *,
        name: str = "",
        guild: int = 0,
        parent: int = 0,
        tags: Iterable[str] = (),
        moderated: Iterable[str] = (),
        tag_required: bool = False,
        denied: Iterable[str] = (),
        number: int = 0,
        owner: int = 0,
    ) -> int:
        """Make a channel of a kind in KINDS; returns its id, which `number` may choose. A thread is the bot's own without another `owner`."""
        channel = Channel(number or self._snowflake(), KINDS[kind], name or kind, guild or self.guild, parent)
        channel.tags, channel.moderated, channel.denied = tuple(tags), tuple(moderated), set(denied)
        channel.flags = REQUIRE_TAG if tag_required else 0
        channel.owner = owner or (BOT if parent else 0)
        self._channels[channel.id] = channel
        event = "THREAD_CREATE" if channel.type in THREADS else "CHANNEL_CREATE"
        self._tell(event, self._channel_json(channel))
        return channel.id

    def add_place_without_bot(self, kind: str = "text") -> int:
        """Make a channel of a server that has not installed the bot, or a chat of people ("private"), of which no event tells it; returns its id."""
        guild = 0 if kind == "private" else self._snowflake()
        channel = Channel(self._snowflake(), 1 if kind == "private" else KINDS[kind], kind, guild)
        channel.others = kind == "private"
        self._channels[channel.id] = channel
        self._without_bot |= {guild} - {0}
        return channel.id

    def add_dm(self, user: User) -> int:
        """Make the private chat of the bot and a person; returns its id."""
        channel = Channel(self._snowflake(), 1, user.name, owner=user.id)
        self._channels[channel.id] = channel
        return channel.id

    def user(
        self,
        name: str = "Ada",
        *,
        manager: bool = False,
        administrator: bool = False,
        locale: str = "en-US",
        installed: bool = False,
    ) -> User:
        """Make a person."""
        user = User(self._snowflake(), name, locale, manager, administrator, installed)
        self._users[user.id] = user
        return user

    def other_message(self, channel: int, text: str = "hello", author: int = 7) -> int:
        """Somebody else writes; returns the message's id."""
        message = Message(self._snowflake(), channel, author, text, sent_at=now())
        self._channels[channel].messages.append(message)
        return message.id

    def revoke(self, channel: int, *rights: str) -> None:
        """Take rights from the bot in a channel."""
        self._channels[channel].denied |= set(rights)
        self._tell("CHANNEL_UPDATE", self._channel_json(self._channels[channel]))

    def grant(self, channel: int, *rights: str) -> None:
        """Give rights back, or beyond those that the bot has everywhere."""
        self._channels[channel].denied -= set(rights)
        self._channels[channel].given |= set(rights) - set(GIVEN)
        self._tell("CHANNEL_UPDATE", self._channel_json(self._channels[channel]))

    def remove_guild(self, guild: int) -> None:
        """Remove the bot from a server."""
        own = [each for each in self._channels.values() if each.guild == guild]
        self._left[guild] = (self._guilds.pop(guild), own)
        for each in own:
            del self._channels[each.id]
        self._tell("GUILD_DELETE", {"id": str(guild)})

    def return_guild(self, guild: int) -> None:
        """Invite the bot to a server again that removed it: its channels are the same."""
        self._guilds[guild], own = self._left.pop(guild)
        self._channels |= {each.id: each for each in own}
        self._tell("GUILD_CREATE", self._guild_json(self._guilds[guild]))

    def remove_channel(self, channel: int) -> None:
        """Delete a channel or thread."""
        gone = self._channels.pop(channel)
        event = "THREAD_DELETE" if gone.type in THREADS else "CHANNEL_DELETE"
        self._tell(event, self._channel_json(gone))

    def archive(self, thread: int, *, locked: bool = False) -> None:
        """Archive a thread, as happens after a time without messages."""
        self._channels[thread].archived, self._channels[thread].locked = True, locked

    def unlock(self, thread: int) -> None:
        """Open a thread again that was locked."""
        self._channels[thread].archived = self._channels[thread].locked = False
        self._tell("THREAD_UPDATE", self._channel_json(self._channels[thread]))

    def forget_nonces(self) -> None:
        """Let the few minutes pass for which Discord remembers nonces."""
        self._nonces.clear()

    def nonces_live(self, seconds: float) -> None:
        """Say for how long Discord remembers the nonces that come from now on."""
        self._nonce_life = seconds

    # --- faults ---

    def refuse_layouts(self, channel: int, refusing: bool = True) -> None:
        """Take no Components V2 in a channel, or take them again."""
        (self._without_layouts.add if refusing else self._without_layouts.discard)(channel)

    def fault(self, route: str, **what: Any) -> None:
        """Fail the next requests matching `METHOD /path` (with `*`): see Fault; `cut` is `before` or `after` the effect."""
        self._faults.append(Fault(route, **what))

    def refuse_token(self) -> None:
        """Answer 401 to everything from now on."""
        self.token = "another"

    def restore_token(self, token: str = TOKEN) -> None:
        """Take the token again."""
        self.token = token

    def refuse_gateway(self, refusing: bool = True) -> None:
        """Let gateway connections fail before they are made."""
        self._refusing_gateway = refusing

    def add_role(self, name: str, *, mentionable: bool = True, **more: Any) -> int:
        """Make a role in every server; returns its id."""
        role = self._role_json(self._snowflake(), "manager")
        self._roles.append({**role, "name": name, "permissions": "0", "mentionable": mentionable, **more})
        return int(role["id"])

    def open_channel(self, channel: int, role: int) -> None:
        """Let the members of a role see a channel."""
        self._channels[channel].open_to.add(role)

    def let_bot_give_roles(self, position: int = 5) -> None:
        """Give the bot a role that may give those below it."""
        own = self.add_role("Strillone", permissions=str(BITS["manage_roles"]), position=position)
        self._bot_roles = [str(own)]

    def require_shards(self, count: int) -> None:
        """Let nobody connect but with that many shards, as Discord does from 2,500 servers on."""
        self._shards = count

    async def close_gateway(self, code: int = 4000) -> None:
        """Close every gateway connection."""
        for session in list(self._sessions.values()):
            if session.socket is not None:
                socket, session.socket = session.socket, None
                await socket.close(code=code)

    async def ask_reconnect(self) -> None:
        """Send op 7."""
        await self._send_op({"op": 7, "d": None})

    async def invalidate(self) -> None:
        """Send op 9 that no RESUME can mend."""
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            if session.socket is not None:
                await session.socket.send_str(json.dumps({"op": 9, "d": False}))

    def malformed(self) -> None:
        """Send an event discord.py cannot read."""
        self._tell("GUILD_CREATE", {"nothing": True})

    # --- what people do ---

    async def slash(
        self,
        channel: int,
        user: User,
        command: str,
        options: dict[str, str] | None = None,
        *,
        files: dict[str, tuple[str, bytes]] | None = None,
        about: int = 0,
        wait: float = 5.0,
    ) -> Asked:
        """Use a slash command, with texts and files (name and bytes) by option, and wait for what is shown. `about` is the channel picked for its option of that kind."""
        spec = self._visible(command, user, channel)
        attached = {name: self._attach(*file) for name, file in (files or {}).items()}
        given = [{"name": name, "type": 3, "value": value} for name, value in (options or {}).items()]
        given += [{"name": name, "type": 11, "value": each["id"]} for name, each in attached.items()]
        resolved: dict[str, Any] = {}
        if about:
            given.append(self._pick(spec, about))
            resolved["channels"] = {str(about): self._picked_json(about, user)}
        self._may_give(spec, {each["name"]: each["value"] for each in given})
        kinds = {each["name"]: each["type"] for each in spec.get("options") or []}
        assert all(kinds[each["name"]] == each["type"] for each in given), f"of other kinds: {kinds}"
        data = {"id": spec["id"], "name": command, "type": 1, "options": given}
        if attached:
            resolved["attachments"] = {each["id"]: each for each in attached.values()}
        if resolved:
            data["resolved"] = resolved
        return await self._ask(2, channel, user, data, wait=wait)

    async def menu(self, channel: int, user: User, entry: str, message: int, *, wait: float = 5.0) -> Asked:
        """Pick an entry in the menu of a message, and wait for what is shown."""
        spec = self._visible(entry, user, channel)
        assert spec["type"] == MESSAGE_MENU
        shown = self._message_json(self._seen(channel, message, user))
        data = {
            "id": spec["id"],
            "name": entry,
            "type": MESSAGE_MENU,
            "target_id": str(message),
            "resolved": {"messages": {str(message): shown}},
        }
        return await self._ask(2, channel, user, data, wait=wait)

    def _pick(self, spec: dict[str, Any], channel: int) -> dict[str, Any]:
        """A channel that somebody picks from the list that Discord shows: of the kinds that the option takes."""
        option = next(each for each in spec.get("options") or [] if each["type"] == 7)
        kinds = option.get("channel_types") or []
        assert not kinds or self._channels[channel].type in kinds, f"only channels of {kinds} are listed"
        return {"name": option["name"], "type": 7, "value": str(channel)}

    def _picked_json(self, channel: int, user: User) -> dict[str, Any]:
        picked = self._channel_json(self._channels[channel])
        return {**picked, "permissions": str(self._rights_of(user))}

    def _attach(self, name: str, body: bytes) -> dict[str, Any]:
        """Put a file where Discord's own server of files gives it away; one called lost.opml is not there."""
        number = str(self._snowflake())
        if name != "lost.opml":
            self._attached[number] = body
        url = f"{self.api.removesuffix('/api/v10')}/attachments/{number}/{name}"
        return {
            "id": number,
            "filename": name,
            "size": len(body),
            "url": url,
            "proxy_url": url,
            "ephemeral": True,
        }

    async def _file(self, request: web.Request) -> web.StreamResponse:
        body = self._attached.get(request.match_info["number"])
        return web.Response(status=404) if body is None else web.Response(body=body)

    async def autocomplete(
        self,
        channel: int,
        user: User,
        command: str,
        option: str,
        typed: str = "",
        *,
        about: int = 0,
        wait: float = 3.5,
    ) -> list[str]:
        """Type into an option, with a channel picked or not; returns what is offered."""
        spec = self._visible(command, user, channel)
        found = next(each for each in spec["options"] if each["name"] == option)
        assert found.get("autocomplete"), f"/{command} {option} completes nothing"
        given = [{"name": option, "type": 3, "value": typed, "focused": True}]
        given += [self._pick(spec, about)] if about else []
        data = {"id": spec["id"], "name": command, "type": 1, "options": given}
        return (await self._ask(4, channel, user, data, wait=wait)).choices

    async def fill(self, channel: int, opened: Asked, text: str, user: User, *, wait: float = 5.0) -> Asked:
        """Type into the one line of a form that a button opened, send it, and wait for what is shown."""
        assert opened.modal is not None, "no form was opened"
        line = opened.modal["components"][0]["component"]
        component = {"type": 18, "component": {"type": 4, "custom_id": line["custom_id"], "value": text}}
        data = {"custom_id": opened.modal["custom_id"], "components": [component]}
        return await self._ask(5, channel, user, data, source=opened.source, wait=wait)

    async def press(self, channel: int, message: int, label: str, user: User, *, wait: float = 5.0) -> Asked:
        """Press the button with this label and wait for what is shown."""
        source = self._seen(channel, message, user)
        button = next((each for each in source.buttons if each.get("label") == label), None)
        assert button is not None, f"no button {label!r} among {source.labels}"
        assert button.get("style") != 5, f"{label!r} is a link"
        assert not button.get("disabled"), f"{label!r} is disabled"
        data = {"custom_id": button["custom_id"], "component_type": 2}
        return await self._ask(3, channel, user, data, source=source, wait=wait)

    # --- what people see ---

    def shows(self, channel: int) -> list[Message]:
        """What everybody sees in a channel, oldest first."""
        return [message for message in self._channels[channel].messages if not message.loading]

    def ephemeral(self, user: User | int) -> list[Message]:
        """What one person alone sees, oldest first."""
        number = user if isinstance(user, int) else user.id
        return [message for message in self._alone.get(number, []) if not message.loading]

    def threads(self, forum: int) -> list[Channel]:
        """The threads of a forum or channel, oldest first."""
        return [each for each in self._channels.values() if each.parent == forum]

    @property
    def connected(self) -> bool:
        """Whether a gateway session is open."""
        return any(each.socket is not None and not each.socket.closed for each in self._sessions.values())

    # --- interactions ---

    def _visible(self, command: str, user: User, channel: int) -> dict[str, Any]:
        spec = next((each for each in self.commands if each["name"] == command), None)
        assert spec is not None, f"Discord knows no /{command}"
        wanted = int(spec.get("default_member_permissions") or 0)
        place = self._channels[channel]
        private = place.type == 1
        if place.guild in self._without_bot or place.others:
            assert user.installed, "not shown to them: they have not installed it"
            assert 1 in spec["integration_types"], "not offered where only the person has it"
            assert (0 if place.guild else 2) in spec["contexts"], "not offered there"
        assert private or not wanted or self._rights_of(user) & (wanted | BITS["administrator"]), (
            "not shown to them"
        )
        return spec

    def _may_give(self, spec: dict[str, Any], options: dict[str, str]) -> None:
        known = {each["name"]: each for each in spec.get("options") or []}
        assert set(options) <= set(known), f"no such option: {set(options) - set(known)}"
        for name, option in known.items():
            assert name in options or not option.get("required"), f"{name} is required"
            allowed = [each["value"] for each in option.get("choices") or []]
            assert not allowed or name not in options or options[name] in allowed, f"{name}: {allowed}"

    def _rights_of(self, user: User) -> int:
        rights = sum(BITS[name] for name in GIVEN)
        return rights | BITS["manage_guild"] * user.manager | BITS["administrator"] * user.administrator

    async def _ask(
        self,
        kind: int,
        channel: int,
        user: User,
        data: dict[str, Any],
        *,
        source: Message | None = None,
        wait: float,
    ) -> Asked:
        number = self._snowflake()
        asked = Asked(number, f"token-{number}", kind, channel, user, time.monotonic(), source)
        self._asked[asked.token] = asked
        self._users.setdefault(user.id, user)
        edits = source.edited if source else 0
        self._tell("INTERACTION_CREATE", self._interaction_json(asked, data))
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if asked.answered == 0 and time.monotonic() - asked.at > FIRST_ANSWER:
                asked.failed = True
            if asked.settled and not (
                asked.answered in {6, 7} and source and source.edited == edits and not asked.messages
            ):
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked.changed.wait(), 0.05)
            asked.changed.clear()
        asked.failed = asked.failed or asked.answered == 0
        return asked

    def _owners(self, channel: Channel, user: User) -> dict[str, str]:
        """Who has installed the app that acts: the server, and the person."""
        servers = {} if channel.guild in self._without_bot else {"0": str(channel.guild)}
        return servers | ({"1": str(user.id)} if user.installed else {})

    def _seen(self, channel: int, message: int, user: User) -> Message:
        seen = self._channels[channel].messages + self._alone.get(user.id, [])
        return next(each for each in seen if each.id == message)

    def _interaction_json(self, asked: Asked, data: dict[str, Any]) -> dict[str, Any]:
        channel = self._channels[asked.channel]
        body: dict[str, Any] = {
            "id": str(asked.id),
            "application_id": str(APPLICATION),
            "type": asked.type,
            "token": asked.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": self._channel_json(channel),
            "app_permissions": str(self._allowed(channel)),
            "locale": asked.user.locale,
            "entitlements": [],
            "attachment_size_limit": 10_485_760,
            "authorizing_integration_owners": self._owners(channel, asked.user),
            "context": 0 if channel.guild else 1 if channel.type == 1 and not channel.others else 2,
        }
        if asked.source is not None:
            body["message"] = self._message_json(asked.source)
        if not channel.guild:
            return {**body, "user": asked.user.json()}
        member = {
            **self._member_json(asked.user.json()),
            "permissions": str(self._rights_of(asked.user)),
        }
        guild = {"id": str(channel.guild), "locale": "en-US", "features": []}
        return {
            **body,
            "guild_id": str(channel.guild),
            "guild": guild,
            "guild_locale": "en-US",
            "member": member,
        }

    async def _callback(self, request: web.Request) -> Any:
        asked = self._asked.get(request.match_info["token"])
        if asked is None or str(asked.id) != request.match_info["id"]:
            raise unknown("interaction", 10062)
        if asked.answered:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if time.monotonic() - asked.at > FIRST_ANSWER:
            asked.failed = True
            raise unknown("interaction", 10062)
        body = await said(request)
        message = self._first_answer(asked, body["type"], body.get("data") or {})
        asked.answered = body["type"]
        asked.changed.set()
        resource: dict[str, Any] = {"type": body["type"]}
        about: dict[str, Any] = {"id": str(asked.id), "type": asked.type}
        if message is not None:
            resource["message"] = self._message_json(message)
            about |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.loading,
                "response_message_ephemeral": bool(message.flags & EPHEMERAL),
            }
        return {"interaction": about, "resource": resource}

    def _first_answer(self, asked: Asked, kind: int, data: dict[str, Any]) -> Message | None:
        if kind == 8 and asked.type == 4:
            checked_choices("data.choices", data["choices"])
            asked.choices = [choice["value"] for choice in data["choices"]]
            return None
        if kind == 9:
            asked.modal = checked_modal(data)
            return None
        if kind in {6, 7} and asked.type not in {3, 5}:
            raise form("type", "INTERACTION_TYPE_INVALID", "Not valid for this interaction")
        if kind == 6:
            return None
        if kind == 7:
            assert asked.source is not None
            return self._changed(asked.source, data)
        if kind == 5:
            flags = data.get("flags", 0) & EPHEMERAL
            asked.deferred = True
            asked.first = self._show(
                asked, Message(self._snowflake(), asked.channel, BOT, flags=flags, loading=True)
            )
            return asked.first
        asked.first = self._show(asked, self._made(asked.channel, data))
        return asked.first

    def _show(self, asked: Asked, message: Message) -> Message:
        message.asked_by = asked.user.id
        asked.messages.append(message)
        if message.flags & EPHEMERAL:
            self._alone.setdefault(asked.user.id, []).append(message)
        else:
            self._channels[asked.channel].messages.append(message)
        if not message.loading:
            self._note("answer", message, user=asked.user.id)
        return message

    def _webhook(self, request: web.Request) -> Asked:
        asked = self._asked.get(request.match_info["token"])
        if asked is None or asked.answered == 0:
            raise unknown("Webhook", 10015)
        if time.monotonic() - asked.at > 15 * 60:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return asked

    async def _followup(self, request: web.Request) -> Any:
        asked, body = self._webhook(request), await said(request)
        if asked.first is not None and asked.first.loading:
            message = self._resolved(
                asked, body
            )  # keeps the visibility of the deferral, whatever the flags say
        else:
            message = self._show(asked, self._made(asked.channel, body))
        asked.changed.set()
        return self._message_json(message)

    def _resolved(self, asked: Asked, body: dict[str, Any]) -> Message:
        assert asked.first is not None
        kept = asked.first.flags
        self._changed(asked.first, body)
        asked.first.flags |= kept
        asked.first.loading, asked.first.edited = False, 0
        self._note("answer", asked.first, user=asked.user.id)
        return asked.first

    async def _original(self, request: web.Request) -> Any:
        asked = self._webhook(request)
        message = self._answer_of(asked, request.match_info["message"])
        if request.method == "GET":
            return self._message_json(message)
        if request.method == "DELETE":
            self._removed(asked, message)
            return None
        body = await said(request)
        message = self._resolved(asked, body) if message.loading else self._changed(message, body)
        asked.changed.set()
        return self._message_json(message)

    def _answer_of(self, asked: Asked, which: str) -> Message:
        if which == "@original":
            found = asked.source if asked.answered in {6, 7} else asked.first
        else:
            found = next((each for each in asked.messages if str(each.id) == which), None)
        if found is None:
            raise unknown("Message", 10008)
        return found

    def _removed(self, asked: Asked, message: Message) -> None:
        for shown in (
            self._channels[asked.channel].messages,
            self._alone.get(asked.user.id, []),
            asked.messages,
        ):
            if message in shown:
                shown.remove(message)
        if asked.first is message:
            asked.first = None
            asked.answered = 6  # nothing is shown any more, and a follow-up stands on its own
        self._note("delete", message)

    # --- messages ---

    def _made(self, channel: int, body: dict[str, Any]) -> Message:
        """A message from a body, or Discord's refusal."""
        layout = self._takes_layout(channel, body, 0)
        content = within("content", body.get("content") or "", 2000).strip()
        embeds = checked_embeds(body.get("embeds") or [])
        components = checked_components(body.get("components") or [], layout)
        message = Message(self._snowflake(), channel, BOT, content, embeds, components, sent_at=now())
        message.flags = body.get("flags", 0) & (EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2)
        self._keep_files(message, body)
        if not message.told and not message.files:
            raise ApiError(400, 50006, "Cannot send an empty message")
        message.mentions = body.get("allowed_mentions")
        return message

    def _takes_layout(self, channel: int, body: dict[str, Any], flags: int) -> bool:
        """Whether a message with these flags becomes a layout: then it has nothing of the other kind. No message ceases to be one."""
        layout = bool((flags | (body.get("flags") or 0)) & COMPONENTS_V2)
        if not layout:
            return False
        if channel in self._without_layouts:
            raise form("flags", "BASE_TYPE_CHOICES", "This flag is not supported here.")
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(name):
                words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                raise form(name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)
        return True

    def _keep_files(self, message: Message, body: dict[str, Any]) -> None:
        """A layout shows only those files that it names."""
        files = body.get("files") or {}
        shown = {each["file"]["url"] for each in walked(message.components) if each["type"] == FILE}
        gone = shown - {f"attachment://{name}" for name in files | message.files}
        if gone:
            raise form(
                "components", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"No attachment {gone}"
            )
        message.files |= {
            n: f for n, f in files.items() if not message.layout or f"attachment://{n}" in shown
        }

    def _changed(self, message: Message, body: dict[str, Any]) -> Message:
        layout = self._takes_layout(message.channel, body, message.flags)
        content = (
            within("content", body["content"] or "", 2000).strip() if "content" in body else message.content
        )
        embeds = checked_embeds(body["embeds"] or []) if "embeds" in body else message.embeds
        if layout and (content or embeds):
            words = "The 'embeds' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            raise form("embeds", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)
        if "components" in body:
            message.components = checked_components(body["components"] or [], layout)
        message.content, message.embeds = content, embeds
        message.flags |= COMPONENTS_V2 * layout
        self._keep_files(message, body)
        message.edited += 1
        self._note("edit", message)
        return message

    async def _post(self, request: web.Request) -> Any:
        channel = self._channel(request)
        body = await request.json()
        self._may_post(channel, body)
        nonce = str(body.get("nonce") or "")
        if units(nonce) > 25:
            raise form("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
        if nonce and body.get("enforce_nonce"):
            expires, known = self._nonces.get(nonce, (0.0, None))
            if known is not None and expires > time.monotonic():
                return self._message_json(known)
        message = self._made(channel.id, body)
        message.nonce, message.reply_to = nonce, self._reply(channel, body)
        if channel.archived:
            channel.archived = False
        channel.messages.append(message)
        if nonce:
            self._nonces[nonce] = (time.monotonic() + self._nonce_life, message)
        self._note("message", message)
        return self._message_json(message)

    def _may_post(self, channel: Channel, body: dict[str, Any]) -> None:
        if channel.type in FORUMS:
            raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
        self._need(channel, "send_messages_in_threads" if channel.type in THREADS else "send_messages")
        if body.get("embeds"):
            self._need(channel, "embed_links")
        if channel.locked:
            raise ApiError(403, 160005, "Thread is locked")

    def _reply(self, channel: Channel, body: dict[str, Any]) -> int:
        reference = body.get("message_reference")
        if not reference:
            return 0
        if "read_message_history" in self._denied(channel):
            raise ApiError(400, 160002, "Cannot reply without permission to read message history")
        number = int(reference["message_id"])
        if any(each.id == number for each in channel.messages):
            return number
        if reference.get("fail_if_not_exists", True):
            raise form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return 0

    async def _list(self, request: web.Request) -> Any:
        channel = self._channel(request)
        self._need(channel, "view_channel")
        if "read_message_history" in self._denied(channel):
            return []  # as Discord does: no error
        query = request.query
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise form("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        found = [each for each in channel.messages if not each.loading]
        if "after" in query:
            found = [each for each in found if each.id > int(query["after"])][:limit]
        elif "before" in query:
            found = [each for each in found if each.id < int(query["before"])][-limit:]
        return [self._message_json(each) for each in reversed(found[-limit:])]

    def _message(self, request: web.Request) -> tuple[Channel, Message]:
        channel = self._channel(request)
        self._need(channel, "view_channel")
        number = int(request.match_info["message"])
        found = next((each for each in channel.messages if each.id == number), None)
        if found is None:
            raise unknown("Message", 10008)
        return channel, found

    async def _get_message(self, request: web.Request) -> Any:
        channel, message = self._message(request)
        self._need(channel, "read_message_history")
        return self._message_json(message)

    async def _patch(self, request: web.Request) -> Any:
        channel, message = self._message(request)
        if message.author != BOT:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        return self._message_json(self._changed(message, await request.json()))

    async def _delete(self, request: web.Request) -> None:
        channel, message = self._message(request)
        if message.author != BOT:
            self._need(channel, "manage_messages")
        if channel.archived:
            raise ApiError(400, 50083, "Thread is archived")
        channel.messages.remove(message)
        self._note("delete", message)

    async def _crosspost(self, request: web.Request) -> Any:
        channel, message = self._message(request)
        if channel.type != KINDS["news"]:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        self._need(channel, "send_messages" if message.author == BOT else "manage_messages")
        if message.published:
            raise ApiError(400, 40033, "This message has already been crossposted")
        message.flags |= CROSSPOSTED
        self._note("crosspost", message)
        return self._message_json(message)

    async def _make_thread(self, request: web.Request) -> Any:
        forum, body = self._channel(request), await request.json()
        if forum.type not in FORUMS:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        self._need(forum, "send_messages")
        if not 1 <= units(str(body.get("name") or "").strip()) <= 100:
            raise form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        applied = body.get("applied_tags") or []
        if len(applied) > 5:
            raise form("applied_tags", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
        if forum.flags & REQUIRE_TAG and not applied:
            raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
        if body["message"].get("embeds"):
            self._need(forum, "embed_links")
        self._check_tags(forum, applied)
        starter = self._made(forum.id, body["message"])
        thread = Channel(starter.id, KINDS["thread"], body["name"].strip(), forum.guild, forum.id, BOT)
        thread.denied = forum.denied
        thread.applied = [
            tag for n, tag in enumerate(forum.tags, 1) if str(n) in {str(each) for each in applied}
        ]
        starter.channel, thread.messages = thread.id, [starter]
        self._channels[thread.id] = thread
        self._tell("THREAD_CREATE", self._channel_json(thread))
        self._note("thread", starter, name=thread.name, parent=forum.id)
        return {**self._channel_json(thread), "message": self._message_json(starter)}

    def _check_tags(self, forum: Channel, applied: list[Any]) -> None:
        own = {str(number): tag for number, tag in enumerate(forum.tags, 1)}
        for number in map(str, applied):
            if number not in own:
                raise form("applied_tags", "BASE_TYPE_CHOICES", "Unknown tag")
            if own[number] in forum.moderated and "manage_threads" not in forum.given:
                raise MISSING_PERMISSIONS

    async def _change_thread(self, request: web.Request) -> Any:
        """Archive a thread or bring it back."""
        thread, body = self._channel(request), await request.json()
        if thread.type not in THREADS or set(body) - {"archived"}:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        self._need(thread, "send_messages_in_threads")
        if thread.locked:
            raise MISSING_PERMISSIONS
        thread.archived = bool(body["archived"])
        return self._channel_json(thread)

    async def _active_threads(self, request: web.Request) -> Any:
        guild = int(request.match_info["guild"])
        found = [
            c for c in self._channels.values() if c.guild == guild and c.type in THREADS and not c.archived
        ]
        return {"threads": [self._channel_json(each) for each in found], "members": [], "has_more": False}

    async def _archived_threads(self, request: web.Request) -> Any:
        channel = self._channel(request)
        self._need(channel, "read_message_history")
        found = [each for each in self.threads(channel.id) if each.archived]
        return {"threads": [self._channel_json(each) for each in found], "members": [], "has_more": False}

    # --- rights ---

    def _channel(self, request: web.Request) -> Channel:
        text = request.match_info["channel"]
        found = self._channels.get(int(text)) if text.isdigit() else None
        if found is None:
            raise unknown("Channel", 10003)
        return found

    def _denied(self, channel: Channel) -> set[str]:
        parent = self._channels.get(channel.parent)
        return channel.denied | (parent.denied if parent else set())

    def _need(self, channel: Channel, right: str) -> None:
        denied = self._denied(channel)
        if "view_channel" in denied:
            raise MISSING_ACCESS
        if right in denied:
            raise MISSING_PERMISSIONS

    def _allowed(self, channel: Channel) -> int:
        given = {*GIVEN, *channel.given}
        return sum(BITS[name] for name in given if name not in self._denied(channel))

    # --- JSON ---

    def _message_json(self, message: Message) -> dict[str, Any]:
        bot = message.author == BOT
        body: dict[str, Any] = {
            "id": str(message.id),
            "channel_id": str(message.channel),
            "type": 19 if message.reply_to else 0,
            "content": message.content,
            "author": self._bot_json() if bot else User(message.author, "somebody").json(),
            "timestamp": message.sent_at or now(),
            "edited_timestamp": now() if message.edited else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "pinned": False,
            "embeds": message.embeds,
            "components": message.components,
            "flags": message.flags | (1 << 7) * message.loading,
        }
        if message.reply_to:
            body["message_reference"] = {
                "message_id": str(message.reply_to),
                "channel_id": str(message.channel),
            }
        if message.nonce:
            body["nonce"] = message.nonce
        if message.asked_by:
            user = self._users[message.asked_by].json()
            body["interaction_metadata"] = {
                "id": str(message.id),
                "type": 2,
                "user": user,
                "authorizing_integration_owners": {},
            }
            body["application_id"] = body["webhook_id"] = str(APPLICATION)
        return body

    def _channel_json(self, channel: Channel) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": str(channel.id),
            "type": channel.type,
            "name": channel.name,
            "flags": channel.flags,
        }
        if channel.type == 1:
            return {**body, "recipients": [User(channel.owner, channel.name).json()]}
        body |= {
            "guild_id": str(channel.guild),
            "position": 0,
            "permission_overwrites": [],
            "parent_id": None,
        }
        if (channel.denied or channel.given) and channel.type not in THREADS:
            allow, deny = (
                str(sum(BITS[name] for name in names)) for names in (channel.given, channel.denied)
            )
            body["permission_overwrites"] = [{"id": str(BOT), "type": 1, "allow": allow, "deny": deny}]
        body["permission_overwrites"] += [
            {"id": str(role), "type": 0, "allow": str(BITS["view_channel"]), "deny": "0"}
            for role in channel.open_to
        ]
        if channel.type in THREADS:
            body |= {
                "parent_id": str(channel.parent),
                "owner_id": str(channel.owner),
                "message_count": len(channel.messages),
                "member_count": 1,
                "thread_metadata": {
                    "archived": channel.archived,
                    "locked": channel.locked,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": now(),
                },
            }
        tags = [
            {
                "id": str(n + 1),
                "name": t,
                "moderated": t in channel.moderated,
                "emoji_id": None,
                "emoji_name": None,
            }
            for n, t in enumerate(channel.tags)
        ]
        return {**body, "available_tags": tags} if channel.type in FORUMS else body

    def _guild_json(self, guild: Guild) -> dict[str, Any]:
        own = [each for each in self._channels.values() if each.guild == guild.id]
        everyone = {
            "id": str(guild.id),
            "name": "@everyone",
            "permissions": str(
                sum(BITS[name] for name in GIVEN) + BITS["view_audit_log"] * bool(guild.inviter)
            ),
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0},
            "hoist": False,
            "managed": False,
            "mentionable": False,
        }
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner),
            "preferred_locale": "en-US",
            "member_count": 3,
            "roles": [
                everyone,
                *(self._role_json(number, name) for number, name in ROLES.items()),
                *self._roles,
            ],
            "emojis": [],
            "features": [],
            "members": [{**self._member_json(self._bot_json()), "roles": self._bot_roles}],
            "channels": [self._channel_json(each) for each in own if each.type not in THREADS],
            "threads": [self._channel_json(each) for each in own if each.type in THREADS],
        }

    def _role_json(self, number: int, name: str) -> dict[str, Any]:
        right = {"manager": "manage_guild", "administrator": "administrator"}[name]
        return {
            "id": str(number),
            "name": name,
            "permissions": str(BITS[right]),
            "position": 1,
            "color": 0,
            "colors": {"primary_color": 0},
            "hoist": False,
            "managed": False,
            "mentionable": False,
        }

    def _bot_json(self) -> dict[str, Any]:
        return {"id": str(BOT), "username": "Strillone", "discriminator": "0001", "avatar": None, "bot": True}

    def _member_json(self, user: dict[str, Any]) -> dict[str, Any]:
        return {"user": user, "roles": [], "joined_at": now(), "deaf": False, "mute": False, "flags": 0}

    # --- requests ---

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        rest = "/api/v10"
        message = f"{rest}/channels/{{channel}}/messages/{{message}}"
        original = f"{rest}/webhooks/{{app}}/{{token}}/messages/{{message}}"
        return [
            ("GET", "/gateway", self._gateway),
            ("GET", "/attachments/{number}/{name}", self._file),
            ("POST", "/control/{name}", self._control),
            ("GET", f"{rest}/gateway/bot", self._gateway_bot),
            ("GET", f"{rest}/users/@me", self._me),
            ("POST", f"{rest}/users/@me/channels", self._open_dm),
            ("GET", f"{rest}/oauth2/applications/@me", self._application),
            ("GET", f"{rest}/applications/{{app}}/commands", self._get_commands),
            ("PUT", f"{rest}/applications/{{app}}/commands", self._put_commands),
            ("GET", f"{rest}/channels/{{channel}}", self._get_channel),
            ("PATCH", f"{rest}/channels/{{channel}}", self._change_thread),
            ("GET", f"{rest}/channels/{{channel}}/messages", self._list),
            ("POST", f"{rest}/channels/{{channel}}/messages", self._post),
            ("GET", message, self._get_message),
            ("PATCH", message, self._patch),
            ("DELETE", message, self._delete),
            ("POST", f"{message}/crosspost", self._crosspost),
            ("POST", f"{rest}/channels/{{channel}}/threads", self._make_thread),
            ("GET", f"{rest}/guilds/{{guild}}/threads/active", self._active_threads),
            ("GET", f"{rest}/guilds/{{guild}}/members/{{user}}", self._get_member),
            ("PUT", f"{rest}/guilds/{{guild}}/members/{{user}}/roles/{{role}}", self._give_role),
            ("DELETE", f"{rest}/guilds/{{guild}}/members/{{user}}/roles/{{role}}", self._give_role),
            ("GET", f"{rest}/guilds/{{guild}}/audit-logs", self._get_audit_log),
            ("GET", f"{rest}/channels/{{channel}}/threads/archived/public", self._archived_threads),
            ("POST", f"{rest}/interactions/{{id}}/{{token}}/callback", self._callback),
            ("POST", f"{rest}/webhooks/{{app}}/{{token}}", self._followup),
            ("*", original, self._original),
        ]

    @web.middleware
    async def _middle(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)
        route = f"{request.method} {request.path.removeprefix('/api/v10')}"
        self.requests.append(route)
        fault = self._due(route)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.cut == "before":
            return cut(request)
        try:
            if fault is not None and fault.status:
                return refusal(fault)
            self._authorize(request)
            answer = answered(200, await handler(request))
        except ApiError as error:
            answer = answered(error.status, error.body)
        except web.HTTPException as error:
            answer = answered(error.status, {"message": f"{error.status}: {error.reason}", "code": 0})
        return cut(request) if fault is not None and fault.cut == "after" else answer

    def _due(self, route: str) -> Fault | None:
        for fault in self._faults:
            if fnmatch(route, fault.route) and fault.times > 0:
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None

    def _authorize(self, request: web.Request) -> None:
        open_to_all = request.path.startswith(("/api/v10/interactions/", "/api/v10/webhooks/"))
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.token}":
            raise ApiError(401, 0, "401: Unauthorized")

    async def _me(self, _: web.Request) -> Any:
        return self._bot_json()

    async def _application(self, _: web.Request) -> Any:
        return {
            "id": str(APPLICATION),
            "name": "Strillone",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": User(1, "owner").json(),
            "verify_key": "",
            "flags": 0,
        }

    async def _get_channel(self, request: web.Request) -> Any:
        channel = self._channel(request)
        self._need(channel, "view_channel")
        return self._channel_json(channel)

    async def _open_dm(self, request: web.Request) -> Any:
        user = self._users.get(int((await said(request))["recipient_id"]))
        if user is None:
            raise unknown("User", 10013)
        found = [each for each in self._channels.values() if each.type == 1 and each.owner == user.id]
        number = found[0].id if found else self.add_dm(user)
        return self._channel_json(self._channels[number])

    def chat_of(self, user: User) -> int:
        """The private chat of the bot and a person; 0 where none was opened."""
        found = [each.id for each in self._channels.values() if each.type == 1 and each.owner == user.id]
        return found[0] if found else 0

    async def _get_audit_log(self, request: web.Request) -> Any:
        guild = self._guilds[int(request.match_info["guild"])]
        if not guild.inviter:
            raise MISSING_PERMISSIONS
        bots = [(APPLICATION + 9, guild.owner), (BOT, guild.inviter)]
        entries = [
            {"id": str(self._snowflake()), "user_id": str(user), "target_id": str(bot), "action_type": 28}
            for bot, user in bots
        ]
        users = [self._users[guild.inviter].json(), self._bot_json()]
        empty = ("webhooks", "integrations", "guild_scheduled_events", "threads", "auto_moderation_rules")
        return {
            "audit_log_entries": entries,
            "users": users,
            "application_commands": [],
            **{name: [] for name in empty},
        }

    async def _get_member(self, request: web.Request) -> Any:
        guild = self._guilds.get(int(request.match_info["guild"]))
        user = self._users.get(int(request.match_info["user"]))
        if guild is None:
            raise unknown("Guild", 10004)
        if user is None or user.id in guild.strangers:
            raise unknown("Member", 10007)
        return {**self._member_json(user.json()), "roles": [str(each) for each in self._roles_of(user)]}

    async def _give_role(self, request: web.Request) -> Any:
        user, role = int(request.match_info["user"]), int(request.match_info["role"])
        if not self._bot_roles:
            raise MISSING_PERMISSIONS
        given = self.roles_given.setdefault(user, set())
        (given.add if request.method == "PUT" else given.discard)(role)
        return None

    def _roles_of(self, user: User) -> list[int]:
        own = [number for number, name in ROLES.items() if getattr(user, name)]
        return [*own, *self.roles_given.get(user.id, ())]

    async def _get_commands(self, request: web.Request) -> Any:
        if request.query.get("with_localizations") == "true":
            return self.commands
        return [{**each, "description_localizations": None} for each in self.commands]

    async def _put_commands(self, request: web.Request) -> Any:
        body = await request.json()
        checked_commands(body)
        self.syncs += 1
        self.commands = [stored(each, self._snowflake()) for each in body]
        self._note_raw({"effect": "commands", "names": [each["name"] for each in body]})
        return self.commands

    # --- gateway ---

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if self._refusing_gateway:
            return cut(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": self._heartbeat}}))
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = json.loads(frame.data)
            if said["op"] == 1:
                await socket.send_str(json.dumps({"op": 11}))
            elif said["op"] == 2:
                await self._identify(socket, said["d"])
            elif said["op"] == 3:
                self.presences.append(presence_of(said["d"]))
            elif said["op"] == 6:
                await self._resume(socket, said["d"])
        return socket

    async def _gateway_bot(self, _: web.Request) -> dict[str, Any]:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway, "shards": self._shards, "session_start_limit": limit}

    async def _identify(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        self.identifies += 1
        if said["token"] != self.token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if said["intents"] & PRIVILEGED:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        shard = tuple(said.get("shard", (0, 1)))
        if shard[1] < self._shards:
            await socket.close(code=4011, message=b"Sharding required.")
            return
        session = Session(f"session-{self._snowflake()}", socket=socket, shard=shard)
        guilds = [guild for guild in self._guilds.values() if session.hears_of(guild.id)]
        self._sessions[session.id] = session
        ready = {
            "v": 10,
            "user": self._bot_json(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.gateway,
            "application": {"id": str(APPLICATION), "flags": 0},
            "shard": list(shard),
        }
        self._tell("READY", ready, session)
        for guild in guilds:
            self._tell("GUILD_CREATE", {**self._guild_json(guild), "unavailable": False}, session)

    async def _resume(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        session = self._sessions.get(said["session_id"])
        if session is None:
            await socket.send_str(json.dumps({"op": 9, "d": False}))
            return
        self.resumes += 1
        session.socket = socket
        for event in session.told:
            if event["s"] > (said["seq"] or 0):
                await socket.send_str(json.dumps(event))
        self._tell("RESUMED", {}, session)

    async def _send_op(self, frame: dict[str, Any]) -> None:
        for session in self._sessions.values():
            if session.socket is not None:
                await session.socket.send_str(json.dumps(frame))

    def _tell(self, event: str, data: dict[str, Any], only: Session | None = None) -> None:
        """Queue an event; a session whose connection is gone gets it after its RESUME."""
        guild = int(data.get("guild_id") or (data.get("id", 0) if event.startswith("GUILD_") else 0) or 0)
        for session in [only] if only else [s for s in self._sessions.values() if s.hears_of(guild)]:
            session.seq += 1
            frame = {"op": 0, "t": event, "s": session.seq, "d": data}
            session.told.append(frame)
            socket = session.socket
            if socket is not None and not socket.closed:
                task = asyncio.get_running_loop().create_task(sent(socket, frame))
                TASKS.add(task)
                task.add_done_callback(TASKS.discard)

    # --- notes ---

    def _snowflake(self) -> int:
        self._last_id = max(self._last_id + 1, (int(time.time() * 1000) - EPOCH) << 22)
        return self._last_id

    def _note(self, effect: str, message: Message, **more: Any) -> None:
        shown = {"channel": message.channel, "id": message.id, "text": message.text, "nonce": message.nonce}
        buttons = [{key: each.get(key) for key in ("label", "custom_id", "url")} for each in message.buttons]
        self._note_raw({"effect": effect, **shown, "embeds": message.embeds, "buttons": buttons, **more})

    def _note_raw(self, effect: dict[str, Any]) -> None:
        if self._record is not None:
            with self._record.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"at": now(), **effect}, ensure_ascii=False) + "\n")

    async def _control(self, request: web.Request) -> web.Response:
        """Any public method from another process; people are given by their number."""
        name = request.match_info["name"]
        arguments = await request.json() if request.can_read_body else {}
        if "user" in arguments and name != "ephemeral":
            arguments["user"] = self._users[arguments["user"]]
        found = None if name.startswith("_") else getattr(self, name, None)
        if found is None:
            return answered(404, {"message": f"no {name}"})
        try:
            result = found(**arguments) if callable(found) else found
            if inspect.isawaitable(result):
                result = await result
        except (AssertionError, KeyError, TypeError) as error:
            return answered(400, {"message": f"{type(error).__name__}: {error}"})
        return answered(200, plain(result))


TASKS: set[asyncio.Task[None]] = set()
"""Frames on their way out: asyncio itself holds tasks only weakly."""


async def sent(socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError):
        await socket.send_str(json.dumps(frame))


async def said(request: web.Request) -> dict[str, Any]:
    """The JSON of a request; with files it is one part of several, and they stand in `files` by name."""
    if not request.content_type.startswith("multipart/"):
        return dict(await request.json())
    parts = await request.post()
    body = dict(json.loads(str(parts["payload_json"])))
    files = {
        each.filename: each.file.read().decode() for each in parts.values() if isinstance(each, web.FileField)
    }
    told = {each["filename"] for each in (body.get("data") or body).get("attachments") or []}
    assert told == set(files), f"attachments {told} are not the files {set(files)}"
    into = body.setdefault("data", {}) if "type" in body else body
    into["files"] = files
    return body


def now() -> str:
    return datetime.now(UTC).isoformat()


def stored(command: dict[str, Any], number: int) -> dict[str, Any]:
    """A command as Discord gives it back: with its defaults, and without options that say nothing."""
    kept = {
        "id": str(number),
        "application_id": str(APPLICATION),
        "version": str(number),
        "type": 1,
        **command,
    }
    rights = command.get("default_member_permissions")
    kept["default_member_permissions"] = None if rights is None else str(rights)
    kept["options"] = [
        {key: value for key, value in option.items() if value not in (False, [], None)}
        for option in command.get("options") or []
    ]
    return {"description": "", "name_localizations": None, "description_localizations": None, **kept}


def plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        shown = {"text": value.text, "labels": value.labels} if isinstance(value, Message) else {}
        kept = {k: v for k, v in vars(value).items() if not isinstance(v, asyncio.Event)}
        return {**{k: plain(v) for k, v in kept.items()}, **shown}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    return value


def answered(status: int, body: Any) -> web.Response:
    """discord.py reads JSON only where the type is exactly application/json, without a character set."""
    if body is None:
        return web.Response(status=204)
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")


def refusal(fault: Fault) -> web.Response:
    if fault.status != 429:
        if fault.status >= 500 or fault.html:
            return web.Response(
                status=fault.status, text="<html>upstream connect error</html>", content_type="text/html"
            )
        return answered(fault.status, {"message": fault.message or str(fault.status), "code": fault.code})
    body = {
        "message": "You are being rate limited.",
        "retry_after": fault.retry_after,
        "global": fault.everywhere,
    }
    answer = answered(429, body)
    answer.headers["Retry-After"] = str(fault.retry_after)
    if fault.via:
        answer.headers["Via"] = "1.1 google"
    if fault.everywhere:
        answer.headers["X-RateLimit-Global"] = "true"
    return answer


def cut(request: web.Request) -> web.Response:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def serve(port: int, record: str, token: str) -> None:
    async with DiscordDouble(port=port, record=record, token=token) as double:
        news, text = double.add_channel("news"), double.add_channel("text")
        about = {
            "guild": double.guild,
            "channels": {"news": news, "text": text},
            "token": token,
            **double.addresses,
        }
        sys.stdout.write(json.dumps(about) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Discord on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", default="")
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, given.record, given.token))


if __name__ == "__main__":
    main()
