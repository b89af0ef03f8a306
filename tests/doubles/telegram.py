"""A Bot API server on loopback that keeps Telegram's limits: TDLib parses the markup, the refusals are the real server's words.

In a test: `async with TelegramDouble() as telegram: chat = telegram.add_private(7); …; telegram.shows(chat)`.
As a process: `python -m tests.doubles.telegram --port 8081 --record effects.jsonl`; every public method is then
`POST /control/{method}` with its arguments as a JSON object.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any

import aiohttp
import tdjson
from aiohttp import web
from yarl import URL

TOKEN = "4200:AAloopback-token-that-only-this-server-knows"
USERNAME = "strillone_test_bot"
BOT_ID = 4200
ANONYMOUS = 1087968824  # GroupAnonymousBot: the user Telegram names when an administrator speaks as the group

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
CONFLICT = "terminated by other getUpdates request; make sure that only one bot instance is running"

ENTITY_NAMES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeUnderline": "underline",
    "textEntityTypeStrikethrough": "strikethrough",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeSpoiler": "spoiler",
    "textEntityTypeMention": "mention",
    "textEntityTypeHashtag": "hashtag",
    "textEntityTypeCashtag": "cashtag",
    "textEntityTypeBotCommand": "bot_command",
    "textEntityTypeUrl": "url",
    "textEntityTypeEmailAddress": "email",
    "textEntityTypeDateTime": "date_time",
}
# TDLib's clean_input_string: direction overrides and the "vertical line" accents go, controls become spaces.
DROPPED = re.compile("[\u2028-\u202e\u0333\u033f\u030a\r]")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f]")


def tdlib(request: dict[str, Any]) -> dict[str, Any]:
    """Ask TDLib offline."""
    return json.loads(tdjson.td_execute(json.dumps(request).encode()))


tdlib({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


class ApiError(Exception):
    """An answer with `ok` false."""

    def __init__(self, code: int, words: str, **parameters: Any) -> None:
        self.code, self.parameters = code, parameters
        prefix = {
            400: "Bad Request",
            401: "",
            403: "Forbidden",
            404: "",
            409: "Conflict",
            429: "Too Many Requests",
        }
        head = prefix.get(code, "")
        self.description = f"{head}: {words}" if head else words
        super().__init__(self.description)


def refuse(words: str) -> ApiError:
    return ApiError(400, words)


# --- text --------------------------------------------------------------------------------------------------


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parsed(source: str, mode: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities (in UTF-16 units) of a source, as the real server reads it; raises what it refuses."""
    if len(source.encode()) > 32_768:
        raise refuse("text is too long")
    source = CONTROLS.sub(" ", DROPPED.sub("", source))
    text, entities = source, []
    if mode.upper() == "HTML":
        answer = tdlib(
            {"@type": "parseTextEntities", "text": source, "parse_mode": {"@type": "textParseModeHTML"}}
        )
        if answer["@type"] == "error":
            words = answer["message"]
            raise refuse(words[:1].lower() + words[1:])
        text, entities = answer["text"], [entity(each) for each in answer["entities"]]
    text, entities = trimmed(text, entities)
    if not text or not any(character.isprintable() and not character.isspace() for character in text):
        raise refuse("message text is empty")
    if len(text) > 4_096:
        raise refuse("message is too long")
    if sum(len(each.get("url", "").encode()) for each in entities) > 9_500:
        raise refuse("ENTITIES_TOO_LONG")
    return text, with_found(text, entities)[:100]


def entity(each: dict[str, Any]) -> dict[str, Any]:
    name = ENTITY_NAMES.get(each["type"]["@type"], each["type"]["@type"])
    rest = {"url": each["type"]["url"]} if "url" in each["type"] else {}
    rest |= {"unix_time": each["type"]["unix_time"]} if "unix_time" in each["type"] else {}
    return {"type": name, "offset": each["offset"], "length": each["length"], **rest}


def trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    total, kept = units(text), []
    for each in entities:
        start = max(each["offset"] - lead, 0)
        end = min(each["offset"] + each["length"] - lead, total)
        if end > start:
            kept.append({**each, "offset": start, "length": end - start})
    return text, kept


def with_found(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what Telegram makes clickable by itself, outside links and code."""
    found = [entity(each) for each in tdlib({"@type": "getTextEntities", "text": text})["entities"]]
    taken = [each for each in entities if each["type"] in {"text_link", "pre", "code"}]
    free = [each for each in found if not any(overlap(each, other) for other in taken)]
    named = [each for each in free if each["type"] in ENTITY_NAMES.values()]
    return sorted(entities + named, key=lambda each: (each["offset"], -each["length"]))


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )


def good_url(url: str) -> bool:
    escaped = url.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    answer = tdlib(
        {
            "@type": "parseTextEntities",
            "text": f'<a href="{escaped}">x</a>',
            "parse_mode": {"@type": "textParseModeHTML"},
        }
    )
    return bool(answer.get("entities"))


# --- what the server remembers -----------------------------------------------------------------------------


@dataclass
class Message:
    """A message as a chat shows it."""

    message_id: int
    chat: int
    author: int
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)
    picks: list[dict[str, Any]] = field(default_factory=list)
    """The buttons of a keyboard in place of the phone's own, from which a chat is picked."""
    preview: dict[str, Any] = field(default_factory=dict)
    thread: int = 0
    reply_to: int = 0
    edits: int = 0
    forwarded_from: int = 0
    service: bool = False
    silent: bool = False
    date: int = 0
    file_name: str = ""
    body: bytes = b""
    reader: int = 0
    """Who alone sees it; 0 for all. Then its number is that of an ephemeral message."""

    @property
    def links(self) -> list[str]:
        return [each["url"] for each in self.entities if each["type"] == "text_link"]

    @property
    def labels(self) -> list[str]:
        return [key["text"] for row in self.keyboard for key in row]


@dataclass
class User:
    id: int
    language: str = "en"
    name: str = "Ada"


@dataclass
class Chat:
    id: int
    kind: str
    title: str = ""
    bot: str = "member"
    rights: set[str] = field(default_factory=set)
    members: dict[int, str] = field(default_factory=dict)
    given: dict[int, set[str]] = field(default_factory=dict)
    topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    moved_to: int = 0
    protected: bool = False
    username: str = ""
    ephemeral: dict[int, Message] = field(default_factory=dict)
    """What single people see, by its number."""
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def own_ids(self) -> bool:
        return self.kind in {"supergroup", "channel"}


@dataclass
class Fault:
    method: str
    times: int
    status: int = 0
    words: str = ""
    retry_after: int = 0
    cut: str = ""
    seconds: float = 0.0
    chat: int = 0
    """The only chat that it is for; 0 for all."""


# --- the server --------------------------------------------------------------------------------------------


class TelegramDouble:
    """The server and the levers of a test. Chat ids are what `add_…` return."""

    def __init__(self, *, port: int = 0, record: Path | None = None, api: tuple[int, int] = (10, 0)) -> None:
        self._api = api
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.answered: list[str] = []
        self.offered: dict[str, list[dict[str, Any]]] = {}
        """What was answered to inline and guest queries."""
        self._port, self._record = port, record
        self._chats: dict[int, Chat] = {}
        self._users: dict[int, User] = {}
        self._updates: list[dict[str, Any]] = []
        self._update_ids = itertools.count(1)
        self._queries = itertools.count(1)
        self._asked: set[str] = set()
        self._shared_ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._faults: list[Fault] = []
        self._revoked = False
        self._poll: asyncio.Event | None = None
        self._hook: dict[str, Any] = {}
        self.hook_port = 0
        """Where on this machine the server listens that the webhook's public address leads to."""
        self._bringing: asyncio.Future[None] | None = None
        self._trouble = ""
        self._news = asyncio.Event()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "TelegramDouble":
        app = web.Application(client_max_size=30 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/documents/{number}", self._download)
        app.router.add_post("/control/{name}", self._control)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._bringing is not None:
            self._bringing.cancel()
            await asyncio.gather(self._bringing, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # --- chats ---

    def add_private(self, user_id: int, language: str = "en", name: str = "Ada") -> int:
        """A person who has pressed Start."""
        self._users[user_id] = User(user_id, language, name)
        self._chats[user_id] = Chat(user_id, "private", members={user_id: "member"})
        return user_id

    def add_group(
        self,
        title: str = "Group",
        *,
        supergroup: bool = True,
        admins: Iterable[int] = (),
        pinners: Iterable[int] = (),
        anonymous: Iterable[int] = (),
        members: Iterable[int] = (),
        announce: bool = False,
        number: int = 0,
    ) -> int:
        """A group with the bot in it as a plain member. `admins` have every right, `pinners` may only pin, the `anonymous` of both speak as the group."""
        number = number or next(self._numbers)
        chat_id = -(1_000_000_000_000 + number) if supergroup else -number
        chat = Chat(chat_id, "supergroup" if supergroup else "group", title, rights={"can_send_messages"})
        self._add(chat, [*admins, *pinners], members, announce=announce)
        for user in pinners:
            chat.given[user] = {"can_pin_messages"}
        for user in anonymous:
            chat.given[user] |= {"is_anonymous"}
        return chat.id

    def add_channel(
        self,
        title: str = "Channel",
        *,
        admins: Iterable[int] = (),
        rights: Iterable[str] = ("can_post_messages", "can_edit_messages"),
        announce: bool = False,
        number: int = 0,
        username: str = "",
    ) -> int:
        """A broadcast channel with the bot as an administrator; a public one has a `username`."""
        chat_id = -(1_000_000_000_000 + (number or next(self._numbers)))
        chat = Chat(chat_id, "channel", title, bot="administrator", rights=set(rights), username=username)
        return self._add(chat, admins, (), announce=announce)

    def _add(self, chat: Chat, admins: Iterable[int], members: Iterable[int], *, announce: bool) -> int:
        self._chats[chat.id] = chat
        for status, users in (("member", members), ("administrator", admins)):
            for user in users:
                self._users.setdefault(user, User(user))
                chat.members[user] = status
                if status == "administrator":
                    chat.given[user] = set(ADMIN_FLAGS) - {"is_anonymous"}
        if announce:
            self._membership(chat, "left")
        return chat.id

    def add_topic(self, chat: int) -> int:
        """A forum topic; its thread id is the id of the service message that opened it."""
        opened = self._message(self._chats[chat], author=0, text="", service=True)
        self._chats[chat].topics.add(opened.message_id)
        return opened.message_id

    def close_topic(self, chat: int, thread: int) -> None:
        """Delete a forum topic."""
        self._chats[chat].topics.discard(thread)

    def set_bot(self, chat: int, status: str, rights: Iterable[str] = ()) -> None:
        """Change the bot's membership (member, administrator, left, kicked) and tell it."""
        found = self._chats[chat]
        before, found.bot, found.rights = found.bot, status, set(rights)
        self._membership(found, before)

    def protect(self, chat: int) -> None:
        """Forbid forwards from a chat."""
        self._chats[chat].protected = True

    def migrate(self, chat: int) -> int:
        """Turn a basic group into a supergroup; returns its new id. Both say so, and whoever calls the old one is told.

        The messages stay in the old one, where none can be changed or forwarded any more; the new one counts its own from one.
        """
        old = self._chats[chat]
        new = self._chats[self.add_group(old.title)]
        new.members, new.bot, new.rights = dict(old.members), old.bot, set(old.rights)
        for place, told in ((old, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": old.id})):
            note = self._message(place, author=next(iter(old.members), 7), text="", service=True)
            self._push({"message": self._json(note) | told})
        old.moved_to = new.id
        return new.id

    def remove(self, chat: int) -> None:
        """Make a chat unknown."""
        del self._chats[chat]

    # --- people ---

    def say(
        self,
        chat: int,
        user: int,
        text: str,
        *,
        thread: int = 0,
        sender_chat: int = 0,
        automatic: bool = False,
        edited: bool = False,
        reply_to: int = 0,
        file: tuple[str, bytes] | None = None,
        age: int = 0,
        passed_on: dict[str, Any] | None = None,
    ) -> Message:
        """A person writes, or sends a file with `text` as its caption. In groups the bot hears commands only; in channels `user` is an administrator nobody sees. It was written `age` seconds ago; `passed_on` is what marks words of others."""
        found = self._chats[chat]
        message = self._message(found, author=sender_chat or user, text=text, thread=thread)
        message.date -= age
        message.entities = with_found(text, []) if text else []
        message.reply_to = reply_to
        message.file_name, message.body = file or ("", b"")
        kind = "channel_post" if found.kind == "channel" else "message"
        heard = found.kind in {"private", "channel"}
        if heard or text.startswith("/") or found.bot == "administrator":
            content = (
                self._json(message)
                | ({"is_automatic_forward": True} if automatic else {})
                | (passed_on or {})
            )
            self._push({f"edited_{kind}" if edited else kind: content})
        return message

    def other_message(self, chat: int, text: str = "…", *, service: bool = False) -> Message:
        """A message of somebody else that the bot is not told of, but that takes an id."""
        return self._message(self._chats[chat], author=99, text=text, service=service)

    def own_message(self, chat: int, text: str, *, thread: int = 0) -> Message:
        """A message of the bot that came another way."""
        return self._message(self._chats[chat], author=BOT_ID, text=text, thread=thread)

    def press(self, chat: int, message_id: int, label: str, user: int = 0) -> str:
        """Press a button by its label; returns the query id, or the address of a link button."""
        return self._press(self._chats[chat].messages[message_id], label, user or chat)

    def press_alone(self, message: Message, label: str) -> str:
        """Press a button of a message that nobody but its reader sees."""
        return self._press(message, label, message.reader)

    def _press(self, message: Message, label: str, user: int) -> str:
        key = next(key for row in message.keyboard for key in row if key["text"] == label)
        if "url" in key:
            return key["url"]
        query = str(next(self._queries))
        self._asked.add(query)
        self._push(
            {
                "callback_query": {
                    "id": query,
                    "from": self._user(user),
                    "message": self._json(message),
                    "chat_instance": "1",
                    "data": key["callback_data"],
                }
            }
        )
        return query

    def type_behind_name(self, user: int, words: str) -> str:
        """Type behind the bot's name in any chat, before anything is sent; returns the query's id."""
        query = str(next(self._queries))
        self._asked.add(query)
        self._push({"inline_query": {"id": query, "from": self._user(user), "query": words, "offset": ""}})
        return query

    def call_in(self, user: int, text: str) -> str:
        """Name the bot in a group that it is not in; returns the id of the guest query."""
        query = f"guest{next(self._queries)}"
        self._asked.add(query)
        chat = {"id": -1_009_999_999_999, "type": "supergroup", "title": "Elsewhere"}
        message = {
            "message_id": 5, "date": int(time.time()), "chat": chat, "from": self._user(user), "text": text,
            "guest_query_id": query,
        }  # fmt: skip
        self._push({"guest_message": message})
        return query

    def pick(self, chat: int, message_id: int, label: str, picked: int) -> None:
        """Press a button that lists chats and take one: it must fit what is asked, and the bot comes in with the rights it asked for."""
        message = self._chats[chat].messages[message_id]
        wanted = next(key for key in message.picks if key["text"] == label)["request_chat"]
        found, user = self._chats[picked], chat
        assert wanted["chat_is_channel"] == (found.kind == "channel"), "not listed: of another kind"
        assert given_rights(wanted.get("user_administrator_rights")) <= found.given.get(user, set()), (
            "not listed: they lack rights there"
        )
        rights = given_rights(wanted.get("bot_administrator_rights"))
        before, found.bot, found.rights = found.bot, "administrator", found.rights | rights
        self._membership(found, before, user)
        note = self._message(self._chats[chat], author=user, text="", service=True)
        shared = {"request_id": wanted["request_id"], "chat_id": picked}
        self._push({"message": self._json(note) | {"chat_shared": shared}})

    def shows(self, chat: int) -> list[Message]:
        """What a chat shows, oldest first, without service messages."""
        messages = self._chats[chat].messages
        return [messages[number] for number in sorted(messages) if not messages[number].service]

    def shows_alone(self, chat: int, reader: int) -> list[Message]:
        """What a chat shows to one person alone, oldest first."""
        ephemeral = self._chats[chat].ephemeral
        return [ephemeral[number] for number in sorted(ephemeral) if ephemeral[number].reader == reader]

    def posts(self, chat: int) -> list[Message]:
        """What the bot itself wrote there."""
        return [message for message in self.shows(chat) if message.author == BOT_ID]

    def history(self, chat: int) -> list[int]:
        """The chats whose messages people see as one: a group, and the supergroup that it became."""
        moved = self._chats[chat].moved_to
        return [chat, moved] if moved else [chat]

    async def until(self, done: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait for something to come true; looked at after every request."""
        async with asyncio.timeout(seconds):
            while not done():
                self._changed.clear()
                await self._changed.wait()

    # --- faults ---

    def fail(
        self,
        method: str,
        status: int,
        *,
        times: int = 1,
        words: str = "",
        retry_after: int = 0,
        chat: int = 0,
    ) -> None:
        """Answer the next calls of a method, for a chat or any, with an error, without effect."""
        self._faults.append(
            Fault(method, times, status=status, words=words, retry_after=retry_after, chat=chat)
        )

    def cut(self, method: str, *, after: bool, times: int = 1, chat: int = 0) -> None:
        """Break the connection of the next calls, before or after their effect."""
        self._faults.append(Fault(method, times, cut="after" if after else "before", chat=chat))

    def delay(self, method: str, seconds: float, *, times: int = 1, chat: int = 0) -> None:
        """Take long over the next calls."""
        self._faults.append(Fault(method, times, seconds=seconds, chat=chat))

    def revoke(self) -> None:
        """Make the token unknown: every call is answered 401."""
        self._revoked = True
        self._news.set()

    def restore(self) -> None:
        """Take the token again."""
        self._revoked = False

    # --- serving ---

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await self._arguments(request)
        self.requests.append((method, arguments))
        self._changed.set()
        try:
            self._authorize(request.match_info["token"])
            result = await self._with_faults(request, method, arguments)
            answer, status = {"ok": True, "result": result}, 200
        except ApiError as error:
            status = error.code
            answer = {"ok": False, "error_code": status, "description": error.description}
            answer |= {"parameters": error.parameters} if error.parameters else {}
        finally:
            self._changed.set()
        return web.json_response(answer, status=status)

    async def _arguments(self, request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            return dict(await request.json())
        return {**request.query, **(await request.post())}

    def _authorize(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise ApiError(404, "Not Found")
        if token != TOKEN or self._revoked:
            raise ApiError(401, "Unauthorized")

    async def _with_faults(self, request: web.Request, method: str, arguments: dict[str, Any]) -> Any:
        fault = self._fault(method, str(arguments.get("chat_id", "")))
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.status:
                raise self._scripted(fault)
        if fault is None or fault.cut != "before":
            result = await self._perform(method, arguments)
        if fault is not None and fault.cut:
            assert request.transport is not None
            request.transport.abort()
            self._changed.set()
            await asyncio.sleep(0)
            return None
        return result

    def _fault(self, method: str, chat: str) -> Fault | None:
        for fault in self._faults:
            if fault.method == method and fault.times and (not fault.chat or str(fault.chat) == chat):
                fault.times -= 1
                return fault
        return None

    def _scripted(self, fault: Fault) -> ApiError:
        if fault.retry_after:
            return ApiError(fault.status, f"retry after {fault.retry_after}", retry_after=fault.retry_after)
        return ApiError(fault.status, fault.words or "scripted")

    async def _perform(self, method: str, arguments: dict[str, Any]) -> Any:
        call = getattr(self, f"_do_{method.lower()}", None)
        if call is None:
            raise ApiError(404, "Not Found: method not found")
        result = call(arguments)
        return await result if asyncio.iscoroutine(result) else result

    async def _control(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        call = getattr(self, name, None)
        if name.startswith("_") or not callable(call) or asyncio.iscoroutinefunction(call):
            raise web.HTTPNotFound
        return web.json_response({"result": plain(call(**await request.json()))})

    # --- methods ---

    def _do_getme(self, _: dict[str, Any]) -> dict[str, Any]:
        rest = {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
            "supports_guest_queries": True,
        }
        return self._user(BOT_ID) | rest

    def _do_deletewebhook(self, _: dict[str, Any]) -> bool:
        self._hook = {}
        return True

    def _do_setwebhook(self, arguments: dict[str, Any]) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", arguments.get("secret_token", "")):
            raise refuse("secret token contains unallowed characters")
        self._hook = arguments
        self._bringing = self._bringing or asyncio.ensure_future(self._bring())
        return True

    def _do_getwebhookinfo(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "url": self._hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
            **(
                {"last_error_message": self._trouble, "last_error_date": int(time.time())}
                if self._trouble
                else {}
            ),
        }

    async def _bring(self) -> None:
        """Bring updates to the webhook, in order, each until it is taken."""
        async with aiohttp.ClientSession() as session:
            while True:
                while self._hook and self._updates:
                    await self._bring_one(session)
                self._news.clear()
                await self._news.wait()

    async def _bring_one(self, session: aiohttp.ClientSession) -> None:
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": self._hook["secret_token"],
            "Host": URL(self._hook["url"]).host or "",
        }
        port = self.hook_port or URL(self._hook["url"]).port
        address = URL(self._hook["url"]).with_scheme("http").with_host("127.0.0.1").with_port(port)
        try:
            async with session.post(address, json=self._updates[0], headers=headers) as response:
                if response.status == 200:
                    self._updates.pop(0)
                    return
                self._trouble = f"Wrong response from the webhook: {response.status}"
        except aiohttp.ClientError:
            self._trouble = "Connection refused"
        await asyncio.sleep(0.05)

    def _do_setmycommands(self, arguments: dict[str, Any]) -> bool:
        commands = json.loads(arguments["commands"])
        if len(commands) > 100:
            raise refuse("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise refuse("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise refuse("BOT_COMMAND_DESCRIPTION_INVALID")
        self.menus[self._menu(arguments)] = commands
        return True

    def _do_getmycommands(self, arguments: dict[str, Any]) -> list[dict[str, str]]:
        return self.menus.get(self._menu(arguments), [])

    def _menu(self, arguments: dict[str, Any]) -> tuple[str, str]:
        """The scope of a menu, with its chat if it has one, and its language."""
        scope = json.loads(arguments.get("scope") or '{"type": "default"}')
        language = arguments.get("language_code") or ""
        if language and not re.fullmatch(r"[a-z]{2}", language):
            raise refuse("invalid language_code specified")
        if scope["type"] == "chat":
            self._chat(scope)
        return f"{scope['type']} {scope.get('chat_id', '')}".strip(), language

    async def _do_getupdates(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        if self._hook:
            raise ApiError(409, "can't use getUpdates method while webhook is active")
        if self._poll is not None:
            self._poll.set()  # the older question is the one that is ended
        offset, allowed = int(arguments.get("offset") or 0), arguments.get("allowed_updates")
        kinds = set(json.loads(allowed)) if allowed else set()
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        wait = float(arguments.get("timeout") or 0)
        if wait and not self._due(kinds):
            await self._long_poll(wait, kinds)
        return self._due(kinds)[:100]

    def _due(self, kinds: set[str]) -> list[dict[str, Any]]:
        return [update for update in self._updates if not kinds or kinds & update.keys()]

    async def _long_poll(self, wait: float, kinds: set[str]) -> None:
        self._poll = mine = asyncio.Event()
        try:
            async with asyncio.timeout(wait):
                while not self._due(kinds):
                    await self._news_or(mine)
        except TimeoutError:
            return
        finally:
            if self._poll is mine:
                self._poll = None

    async def _news_or(self, ended: asyncio.Event) -> None:
        self._news.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._news, ended)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        if ended.is_set():
            raise ApiError(409, CONFLICT)
        if self._revoked:
            raise ApiError(401, "Unauthorized")

    def _do_sendmessage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        chat = self._writable(arguments)
        thread = self._thread(chat, arguments)
        reply_to = self._reply(chat, arguments)
        text, entities = parsed(arguments.get("text", ""), arguments.get("parse_mode", ""))
        keyboard = self._keyboard(arguments)
        message = self._message_to(chat, arguments, text=text, thread=thread)
        message.entities, message.keyboard, message.reply_to = entities, keyboard, reply_to
        message.picks = self._picks(chat, arguments)
        message.preview = self._preview(arguments)
        message.silent = arguments.get("disable_notification") == "true"
        self._write("send", message)
        return self._json(message)

    def _do_senddocument(self, arguments: dict[str, Any]) -> dict[str, Any]:
        chat = self._writable(arguments)
        thread, reply_to = self._thread(chat, arguments), self._reply(chat, arguments)
        file = arguments.get("document")
        if not isinstance(file, web.FileField):
            raise refuse("there is no document in the request")
        body = file.file.read()
        if not body:
            raise refuse("file must be non-empty")
        message = self._message_to(chat, arguments, text="", thread=thread)
        message.reply_to, message.file_name, message.body = reply_to, file.filename, body
        self._write("send", message)
        return self._json(message)

    def _do_getfile(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._holder(arguments["file_id"])
        if len(message.body) > 20 * 1024 * 1024:
            raise refuse("file is too big")
        return {**self._file_json(message), "file_path": f"documents/{arguments['file_id']}"}

    def _holder(self, file_id: str) -> Message:
        """The message that a file stands in; its id names chat and message."""
        chat, _, number = file_id.rpartition("_")
        if not number.isdigit() or int(chat) not in self._chats:
            raise refuse("wrong file_id or the file is temporarily unavailable")
        return self._chats[int(chat)].messages[int(number)]

    def _file_json(self, message: Message) -> dict[str, Any]:
        file_id = f"{message.chat}_{message.message_id}"
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": len(message.body),
            "file_name": message.file_name,
        }

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            raise web.HTTPUnauthorized
        self.requests.append(("download", {"number": request.match_info["number"]}))
        fault = self._fault("download", "")
        if fault is not None:
            return web.Response(status=fault.status)
        return web.Response(body=self._holder(request.match_info["number"]).body)

    def _do_editmessagetext(self, arguments: dict[str, Any]) -> dict[str, Any]:
        chat = self._writable(arguments)
        message = self._editable(chat, arguments)
        text, entities = parsed(arguments.get("text", ""), arguments.get("parse_mode", ""))
        new = (text, entities, self._keyboard(arguments), self._preview(arguments))
        if new == (message.text, message.entities, message.keyboard, message.preview):
            raise refuse(NOT_MODIFIED)
        message.text, message.entities, message.keyboard, message.preview = new
        return self._edited(message)

    def _do_answerinlinequery(self, arguments: dict[str, Any]) -> bool:
        results = json.loads(arguments["results"])
        if len(results) > 50:
            raise refuse("RESULTS_TOO_MUCH")
        if len({each["id"] for each in results}) < len(results):
            raise refuse("RESULT_ID_DUPLICATE")
        self._answer_query(arguments["inline_query_id"], results)
        return True

    def _do_answerguestquery(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._answer_query(arguments["guest_query_id"], [json.loads(arguments["result"])])
        return {"inline_message_id": f"inline{arguments['guest_query_id']}"}

    def _answer_query(self, query: str, results: list[dict[str, Any]]) -> None:
        if query not in self._asked or query in self.offered:
            raise refuse("query is too old and response timeout expired or query ID is invalid")
        for each in results:
            if not 1 <= len(each["id"].encode()) <= 64:
                raise refuse("RESULT_ID_INVALID")
            content = each["input_message_content"]
            content["text"], content["entities"] = parsed(
                content["message_text"], content.get("parse_mode", "")
            )
        self.offered[query] = results

    def _do_editephemeralmessagetext(self, arguments: dict[str, Any]) -> bool:
        message = self._ephemeral(arguments)
        text, entities = parsed(arguments.get("text", ""), arguments.get("parse_mode", ""))
        message.text, message.entities, message.keyboard = text, entities, self._keyboard(arguments)
        message.edits += 1
        self._write("edit", message)
        return True

    def _do_deleteephemeralmessage(self, arguments: dict[str, Any]) -> bool:
        message = self._ephemeral(arguments)
        del self._chats[message.chat].ephemeral[message.message_id]
        return True

    def _ephemeral(self, arguments: dict[str, Any]) -> Message:
        """The ephemeral message that a request names; before Bot API 10.2 there was no such request."""
        if self._api < (10, 2):
            raise ApiError(404, "Not Found: method not found")
        message = self._chat(arguments).ephemeral.get(int(arguments["ephemeral_message_id"]))
        if message is None or message.reader != int(arguments["receiver_user_id"]):
            raise refuse("message to edit not found")
        return message

    def _message_to(self, chat: Chat, arguments: dict[str, Any], *, text: str, thread: int) -> Message:
        """A message of the bot to all, or to one person alone; what a server does not know, it ignores."""
        wanted = arguments.get("ephemeral_message_parameters")
        if not wanted or self._api < (10, 3):
            return self._message(chat, author=BOT_ID, text=text, thread=thread)
        parameters = json.loads(wanted)
        unknown = set(parameters) - {
            "receiver_user_id",
            "callback_query_id",
            "replace_callback_query_message",
        }
        assert not unknown, f"not in EphemeralMessageParameters: {unknown}"
        reader = parameters["receiver_user_id"]
        if chat.kind not in {"group", "supergroup"}:
            raise refuse("ephemeral messages can be sent only to groups and supergroups")
        if query := parameters.get("callback_query_id"):
            if query not in self._asked:
                raise refuse("query is too old and response timeout expired or query ID is invalid")
        elif chat.members.get(reader, "left") in {"left", "kicked"}:
            raise refuse("PARTICIPANT_ID_INVALID")
        number = next(self._queries)
        message = Message(number, chat.id, BOT_ID, text, thread=thread, reader=reader, date=int(time.time()))
        chat.ephemeral[number] = message
        return message

    def _do_editmessagereplymarkup(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = self._editable(self._writable(arguments), arguments)
        keyboard = self._keyboard(arguments)
        if keyboard == message.keyboard:
            raise refuse(NOT_MODIFIED)
        message.keyboard = keyboard
        return self._edited(message)

    def _edited(self, message: Message) -> dict[str, Any]:
        message.edits += 1
        self._write("edit", message)
        return self._json(message)

    def _do_answercallbackquery(self, arguments: dict[str, Any]) -> bool:
        query = arguments["callback_query_id"]
        if query not in self._asked or query in self.answered:
            raise refuse("query is too old and response timeout expired or query ID is invalid")
        self.answered.append(query)
        return True

    def _do_sendchataction(self, arguments: dict[str, Any]) -> bool:
        return bool(self._writable(arguments))

    def _do_getchat(self, arguments: dict[str, Any]) -> dict[str, Any]:
        rest = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": GIFTS}
        return self._chat_json(self._chat(arguments)) | rest

    def _do_getchatmember(self, arguments: dict[str, Any]) -> dict[str, Any]:
        chat, user = self._chat(arguments), int(arguments["user_id"])
        if user == BOT_ID:
            return self._bot_member(chat, chat.bot)
        if user not in self._users:
            raise refuse("user not found")
        return self._member(user, chat.members.get(user, "left"), chat.given.get(user, ()))

    def _do_getchatadministrators(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        chat = self._chat(arguments)
        return [self._member(user, chat.members[user], given) for user, given in chat.given.items()]

    def _do_forwardmessage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        target = self._writable(arguments)
        source = self._chat({"chat_id": arguments["from_chat_id"]})
        original = source.messages.get(int(arguments["message_id"]))
        if original is None:
            raise refuse("message to forward not found")
        if original.service or source.protected:
            raise refuse("the message can't be forwarded")
        copy = self._message(target, author=BOT_ID, text=original.text)
        copy.entities, copy.forwarded_from = original.entities, source.id
        copy.silent = arguments.get("disable_notification") == "true"
        self._write("forward", copy)
        return self._json(copy)

    def _do_deletemessage(self, arguments: dict[str, Any]) -> bool:
        chat = self._chat(arguments)
        message = chat.messages.get(int(arguments["message_id"]))
        if message is None:
            raise refuse("message to delete not found")
        if message.author != BOT_ID and "can_delete_messages" not in chat.rights:
            raise refuse("message can't be deleted")
        del chat.messages[message.message_id]
        self._write("delete", message)
        return True

    # --- rules ---

    def _chat(self, arguments: dict[str, Any]) -> Chat:
        address = str(arguments.get("chat_id", ""))
        if not address:
            raise refuse("chat_id is empty")
        chat = self._chats.get(int(address)) if address.lstrip("-").isdigit() else self._called(address)
        if chat is None:
            raise refuse("chat not found")
        if chat.moved_to:
            words = "group chat was upgraded to a supergroup chat"
            raise ApiError(400, words, migrate_to_chat_id=chat.moved_to)
        return chat

    def _called(self, name: str) -> Chat | None:
        """The public chat of a name, in any case of letters."""
        names = {f"@{chat.username}".casefold(): chat for chat in self._chats.values() if chat.username}
        return names.get(name.casefold())

    def _writable(self, arguments: dict[str, Any]) -> Chat:
        chat = self._chat(arguments)
        if chat.bot in {"left", "kicked"}:
            raise ApiError(403, self._farewell(chat))
        if chat.kind == "channel" and chat.bot != "administrator":
            raise refuse("need administrator rights in the channel chat")
        if chat.kind == "channel" and not chat.rights & {"can_post_messages", "can_edit_messages"}:
            raise refuse("need administrator rights in the channel chat")
        plain_member = chat.kind in {"group", "supergroup"} and chat.bot != "administrator"
        if plain_member and "can_send_messages" not in chat.rights:
            raise refuse("not enough rights to send text messages to the chat")
        return chat

    def _farewell(self, chat: Chat) -> str:
        if chat.kind == "private":
            return "bot was blocked by the user"
        done = "was kicked from" if chat.bot == "kicked" else "is not a member of"
        return f"bot {done} the {chat.kind} chat"

    def _thread(self, chat: Chat, arguments: dict[str, Any]) -> int:
        thread = int(arguments.get("message_thread_id") or 0)
        if thread and thread not in chat.topics:
            raise refuse("message thread not found")
        return thread

    def _reply(self, chat: Chat, arguments: dict[str, Any]) -> int:
        if "reply_parameters" not in arguments:
            return 0
        reply = json.loads(arguments["reply_parameters"])
        if reply["message_id"] in chat.messages:
            return int(reply["message_id"])
        if reply.get("allow_sending_without_reply"):
            return 0
        raise refuse("message to be replied not found")

    def _keyboard(self, arguments: dict[str, Any]) -> list[list[dict[str, str]]]:
        markup = json.loads(arguments.get("reply_markup") or "{}")
        rows = [[self._key(key) for key in row] for row in markup.get("inline_keyboard", []) if row]
        if sum(map(len, rows)) > 100:
            raise refuse("REPLY_MARKUP_TOO_LONG")
        return rows

    def _picks(self, chat: Chat, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        markup = json.loads(arguments.get("reply_markup") or "{}")
        keys = [key for row in markup.get("keyboard", []) for key in row]
        for key in keys:
            if chat.kind != "private":
                raise refuse("chat requests can be used in private chats only")
            wanted = key["request_chat"]
            rights = given_rights(wanted.get("bot_administrator_rights"))
            if not rights <= given_rights(wanted.get("user_administrator_rights")):
                raise refuse("bot's administrator rights must be a subset of the user's administrator rights")
            if not -(2**31) <= wanted["request_id"] < 2**31:
                raise refuse("button request identifier must be a 32-bit integer")
        return keys

    def _key(self, key: dict[str, str]) -> dict[str, str]:
        if not key.get("text"):
            raise refuse("inline keyboard button text must be non-empty")
        if ("url" in key) == ("callback_data" in key):
            raise refuse("text buttons are unallowed in the inline keyboard")
        if "url" in key and not good_url(key["url"]):
            raise refuse(f"inline keyboard button URL '{key['url']}' is invalid: Wrong HTTP URL")
        if "callback_data" in key and not 1 <= len(key["callback_data"].encode()) <= 64:
            raise refuse("BUTTON_DATA_INVALID")
        if key.get("style", "danger") not in {"danger", "success", "primary"}:
            raise refuse("BUTTON_STYLE_INVALID")
        return key

    def _preview(self, arguments: dict[str, Any]) -> dict[str, Any]:
        options: dict[str, Any] = json.loads(arguments.get("link_preview_options") or "{}")
        return options

    def _editable(self, chat: Chat, arguments: dict[str, Any]) -> Message:
        message = chat.messages.get(int(arguments["message_id"]))
        if message is None:
            raise refuse("message to edit not found")
        in_channel = chat.kind == "channel" and "can_edit_messages" in chat.rights
        if message.service or message.forwarded_from or not (message.author == BOT_ID or in_channel):
            raise refuse("message can't be edited")
        return message

    # --- what the bot is told ---

    def _message(
        self, chat: Chat, *, author: int, text: str, thread: int = 0, service: bool = False
    ) -> Message:
        number = next(chat.ids if chat.own_ids else self._shared_ids)
        message = Message(
            number, chat.id, author, text, thread=thread, service=service, date=int(time.time())
        )
        chat.messages[number] = message
        return message

    def _push(self, content: dict[str, Any]) -> None:
        self._updates.append({"update_id": next(self._update_ids), **content})
        self._news.set()

    def _membership(self, chat: Chat, before: str, by: int = 0) -> None:
        first = chat.id if chat.kind == "private" else next(iter(chat.members), 7)
        changed = {
            "chat": self._chat_json(chat),
            "from": self._user(by or first),
            "date": int(time.time()),
            "old_chat_member": self._bot_member(chat, before),
            "new_chat_member": self._bot_member(chat, chat.bot),
        }
        self._push({"my_chat_member": changed})

    def _bot_member(self, chat: Chat, status: str) -> dict[str, Any]:
        return self._member(BOT_ID, status, chat.rights)

    def _member(self, user: int, status: str, rights: Iterable[str] = ()) -> dict[str, Any]:
        member: dict[str, Any] = {"user": self._user(user), "status": status}
        if status in {"administrator", "creator"}:
            member |= dict.fromkeys(ADMIN_FLAGS, False) | dict.fromkeys(rights, True)
        if status == "kicked":
            member["until_date"] = 0
        if status == "restricted":
            member |= dict.fromkeys(RESTRICTED_FLAGS, False) | dict.fromkeys(rights, True)
            member |= {"is_member": True, "until_date": 0}
        return member

    def _user(self, user_id: int) -> dict[str, Any]:
        if user_id == BOT_ID:
            return {"id": BOT_ID, "is_bot": True, "first_name": "Strillone", "username": USERNAME}
        user = self._users.get(user_id, User(user_id))
        return {"id": user_id, "is_bot": False, "first_name": user.name, "language_code": user.language}

    def _chat_json(self, chat: Chat) -> dict[str, Any]:
        name = (
            {"first_name": self._user(chat.id)["first_name"]}
            if chat.kind == "private"
            else {"title": chat.title}
        )
        name |= {"username": chat.username} if chat.username else {}
        return {"id": chat.id, "type": chat.kind, **name} | ({"is_forum": True} if chat.topics else {})

    def _sender(self, chat: Chat, author: int) -> dict[str, Any]:
        if chat.kind == "channel":
            return {"sender_chat": self._chat_json(chat)}
        if author < 0:
            bot = {"id": ANONYMOUS, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            return {"sender_chat": self._chat_json(self._chats[author]), "from": bot}
        return {"from": self._user(author)}

    def _json(self, message: Message) -> dict[str, Any]:
        chat = self._chats[message.chat]
        content = {
            "message_id": 0 if message.reader else message.message_id,
            "date": message.date,
            "chat": self._chat_json(chat),
            **self._said(message),
            **self._sender(chat, message.author),
        }
        if message.reader:
            content |= {
                "ephemeral_message_id": message.message_id,
                "receiver_user": self._user(message.reader),
            }
        if message.reply_to in chat.messages and message.author != BOT_ID:
            content["reply_to_message"] = self._json(chat.messages[message.reply_to])
        if message.keyboard:
            content["reply_markup"] = {"inline_keyboard": message.keyboard}
        if message.thread:
            content |= {
                "message_thread_id": message.thread,
                "is_topic_message": message.thread in chat.topics,
            }
        return content

    def _said(self, message: Message) -> dict[str, Any]:
        if not message.file_name:
            return {"text": message.text, "entities": message.entities}
        caption = {"caption": message.text, "caption_entities": message.entities} if message.text else {}
        return {"document": self._file_json(message), **caption}

    def _write(self, effect: str, message: Message) -> None:
        if self._record is not None:
            told = {**asdict(message), "body": len(message.body)}
            line = json.dumps({"at": time.time(), "effect": effect, **told}, ensure_ascii=False)
            with self._record.open("a", encoding="utf-8") as file:
                file.write(line + "\n")


GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
)
ADMIN_FLAGS = re.findall(
    r"\w+",
    """can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
    can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    can_post_messages can_edit_messages""",
)
RESTRICTED_FLAGS = re.findall(
    r"\w+",
    """can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info
    can_invite_users can_pin_messages can_manage_topics can_edit_tag can_react_to_messages""",
)


def given_rights(rights: dict[str, Any] | None) -> set[str]:
    """The names of administrators' rights that are given."""
    return {name for name, value in (rights or {}).items() if value}


def plain(value: Any) -> Any:
    """A result of a method as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(each) for name, each in asdict(value).items()}
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return [plain(each) for each in value] if isinstance(value, list) else value


async def serve(port: int, record: Path | None) -> None:
    """Run until cancelled."""
    async with TelegramDouble(port=port, record=record) as double:
        print(double.url, flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.record))


if __name__ == "__main__":
    main()
