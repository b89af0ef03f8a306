"""News in chats that we are not in: what somebody types behind our name (inline queries) is answered with
stories to choose from, and a message that calls us in as a guest with one message.

https://core.telegram.org/bots/api#inline-mode, https://core.telegram.org/bots/api#answerguestquery
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import structlog
from telegram import (
    Bot,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
    User,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, ContextTypes, InlineQueryHandler, MessageHandler, filters

from bot.model import Actions, Answer, Call, Document, Heading, Place, PlaceKind, StoryBlock, Text
from bot.platforms.telegram.failures import failure
from bot.platforms.telegram.places import NAME, channel_for, person
from bot.platforms.telegram.render import render
from bot.ports import ChatGateway

log = structlog.get_logger(__name__)

LATEST = "latest"
SIZE = "size"
"""The argument of /latest that says how many stories a page has where nobody says that."""

OFFERED = 10
"""Stories to choose from: /latest shows no more at once."""

CACHED_SECONDS = 60
"""How long Telegram may answer the same query by itself."""

_NAME = re.compile(r"@\w{4,32}")

START = "start"
BUTTON_MAX = 64
"""Characters on the button above the results."""


class Elsewhere:
    """Answers inline queries, and messages of chats that we are no member of, with news alone."""

    def __init__(self, bot: Bot, gateway: ChatGateway) -> None:
        self._bot = bot
        self._gateway = gateway
        self._public = frozenset(spec.name for spec in gateway.commands if spec.public)

    def attach(self, app: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        """Register for inline queries and for messages that call us in as a guest."""
        app.add_handler(InlineQueryHandler(self._on_query))
        app.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE & filters.TEXT, self._on_guest))

    async def _on_query(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.inline_query
        if query is None:
            return
        call = _call_of(query.from_user, query.query, {SIZE: str(OFFERED)})
        answer = await self._gateway.answer(call)
        articles = [
            self._article(str(number), block.headline, block, answer, call.place)
            for number, block in enumerate(_stories(answer), start=1)
        ]
        button = None if articles else InlineQueryResultsButton(_first_words(answer), start_parameter=START)
        try:
            await query.answer(articles, cache_time=CACHED_SECONDS, is_personal=True, button=button)
        except TelegramError as error:
            log.info("telegram.query_unanswered", cause=str(failure(error)))

    async def _on_guest(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.guest_message
        if message is None or message.from_user is None or not message.guest_query_id:
            return
        call = self._read(message.from_user, message.text or "")
        answer = await self._gateway.answer(call)
        article = self._article("1", _first_words(answer), None, answer, call.place)
        try:
            await self._bot.answer_guest_query(message.guest_query_id, article)
        except TelegramError as error:
            log.info("telegram.query_unanswered", cause=str(failure(error)))

    def _read(self, user: User, text: str) -> Call:
        """Return what a guest is asked for: a command that shows news, with or without its slash, or words to
        look for; the newest in place of any other command.
        """
        own_name = f"@{self._bot.username}".casefold()
        words = " ".join(word for word in _NAME.sub(r" \g<0> ", text).split() if word.casefold() != own_name)
        call = _call_of(user, words)
        name = words.partition(" ")[0].lower()
        if not (name.startswith("/") or name in self._public):
            return call
        typed = self._gateway.typed(f"/{words.removeprefix('/')}", call)
        if typed is None or typed.command not in self._public or typed.target:
            return _call_of(user, "")
        return replace(typed, line="")  # what is said there others read: it is about no place of the asker's

    def _article(
        self, number: str, title: str, block: StoryBlock | None, answer: Answer, place: Place
    ) -> InlineQueryResultArticle:
        """Return a story, or a whole answer, as a message of another chat: without buttons, and with its
        sources behind a link into the private chat, as for the readers of a channel.
        """
        shown = (replace(block, number=None),) if block else answer.document.blocks
        blocks = tuple(each for each in shown if not isinstance(each, Actions))
        link = f"https://t.me/{self._bot.username}"
        channel = replace(channel_for(place, link), kind=PlaceKind.BROADCAST)
        text = render(Document(blocks, answer.document.language), channel)[0]["text"]
        content = InputTextMessageContent(
            text, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )
        description = " ".join((*block.sentences[:1], block.meta)) if block else ""
        return InlineQueryResultArticle(
            number, title, content, url=(block and block.link) or None, description=description or None
        )


def _call_of(user: User, words: str, carried: Mapping[str, str] | None = None) -> Call:
    """Return the Call for news in a chat that nothing is known of, where others read the answer."""
    who = person(user, private=False)
    place = Place(platform=NAME, address=f"guest:{who.address}", kind=PlaceKind.GROUP, language=who.language)
    return Call(LATEST, {"topic": words, **(carried or {})}, who, place)


def _stories(answer: Answer) -> Iterator[StoryBlock]:
    return (block for block in answer.document.blocks if isinstance(block, StoryBlock))


def _first_words(answer: Answer) -> str:
    """Return what an answer says first, as short as a button."""
    texts = (block.text for block in answer.document.blocks if isinstance(block, Heading | Text))
    return textwrap.shorten(next(texts, "Strillone"), BUTTON_MAX, placeholder="…")
