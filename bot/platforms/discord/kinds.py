"""Of which kind a message is, a layout (Components V2) or embeds, and the chats that take no layouts.

A message keeps its kind when it is edited: a layout can not become embeds again, and what was posted as
embeds stays so. Where Discord refuses a layout, the same message is sent as embeds, and the next ones there,
too.
"""

import re
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TypeVar

import discord

from bot.model import Payload

T = TypeVar("T")

INVALID_FORM_CODE = 50035

_KIND_FIELD = re.compile(r"^In (?:message\.)?(?:flags|components|embeds|content)\b", re.MULTILINE)
"""How discord.py names the field that Discord refused."""


class Kind(Enum):
    """The kinds of messages."""

    LAYOUT = auto()
    EMBEDS = auto()


def kind_of_payload(payload: Payload) -> Kind:
    """Return the kind of message that a payload was rendered as; those from before layouts are embeds."""
    return Kind.LAYOUT if "layout" in payload else Kind.EMBEDS


def kind_of_message(message: discord.Message | None) -> Kind:
    """Return the kind of a message; a new one is a layout."""
    return Kind.LAYOUT if message is None or message.flags.components_v2 else Kind.EMBEDS


def is_refused(error: discord.HTTPException) -> bool:
    """Whether Discord did not take a message of this kind there."""
    return error.code == INVALID_FORM_CODE and _KIND_FIELD.search(error.text) is not None


class MessageKinds:
    """Which chats took no layouts since we started: there everything leaves as embeds."""

    def __init__(self) -> None:
        self._without_layouts: set[str] = set()

    def takes_layouts(self, chat: str) -> bool:
        """Whether a chat takes layouts as far as is known."""
        return chat not in self._without_layouts

    async def send(self, chat: str, payload: Payload, send: Callable[[Kind], Awaitable[T]]) -> T:
        """Send a payload in a kind that a chat takes; returns what `send` does. Raises
        `discord.HTTPException`.
        """
        if not self.takes_layouts(chat) or kind_of_payload(payload) is Kind.EMBEDS:
            return await send(Kind.EMBEDS)
        try:
            return await send(Kind.LAYOUT)
        except discord.HTTPException as error:
            if not is_refused(error):
                raise
        self._without_layouts.add(chat)
        try:
            return await send(Kind.EMBEDS)
        except discord.HTTPException as error:
            if is_refused(error):
                self._without_layouts.discard(chat)  # it is this message that is wrong
            raise

    async def edit(self, chat: str, post_kind: Kind, edit: Callable[[Kind], Awaitable[T]]) -> T:
        """Edit a message that was rendered as a kind: it may have been sent as the other one. Raises
        `discord.HTTPException`.
        """
        first = post_kind if self.takes_layouts(chat) else Kind.EMBEDS
        try:
            return await edit(first)
        except discord.HTTPException as error:
            if post_kind is Kind.EMBEDS or not is_refused(error):
                raise
        return await edit(Kind.LAYOUT if first is Kind.EMBEDS else Kind.EMBEDS)
