"""Whether an operation of unknown fate arrived: message ids that could be ours are looked at, one by one, in
order.

Private chats and groups are looked at by an edit with the very same content: Telegram answers “not modified”
for our message, “can't be edited” for somebody else's and “not found” where there is none. Broadcast channels
are looked at by a silent forward to the operator, never by an edit, with which a bot may overwrite an
editor's post.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from enum import Enum, auto
from itertools import count

import structlog
from telegram import Bot, Message, MessageEntity
from telegram.error import BadRequest, TelegramError

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused
from bot.model import Channel, Finding, Operation, OperationKind, PlaceKind, Search, SearchResult
from bot.platforms.telegram.failures import failure
from bot.platforms.telegram.markup import read, same, same_address
from bot.platforms.telegram.send import chat, edit

log = structlog.get_logger(__name__)

TRIES = 30
"""Ids looked at before we give up: each costs a request of a chat's allowance."""

MISSES = 10
"""Ids without a message, one after the other, that end a chat's row of ids."""

UNKNOWN = SearchResult(Finding.UNKNOWN)


class Sight(Enum):
    """What looking at one id showed."""

    OURS = auto()
    OTHER = auto()
    MISSING = auto()
    HIDDEN = auto()
    CHANGED = auto()


Look = Callable[[int], Awaitable[Sight]]


async def find(bot: Bot, operation: Operation, channel: Channel, search: Search) -> SearchResult:
    """Look for an operation. Raises `NotSent` when it could not be looked for now, or `PlatformDown`."""
    if operation.kind is not OperationKind.SEND:
        return SearchResult(Finding.ABSENT)  # the same edit or removal twice does no harm
    search = search if _own_row(channel.address) else _in_the_shared_row(search)
    if not search.after.isdigit() or not _may_look(channel, search):
        return UNKNOWN
    forward = channel.kind is PlaceKind.BROADCAST
    look = _by_forward(bot, operation, channel, search) if forward else _by_edit(bot, operation, channel)
    try:
        return await _walk(look, channel, search)
    except TelegramError as error:
        return _gave_up(failure(error))


def _may_look(channel: Channel, search: Search) -> bool:
    return bool(search.operator) if channel.kind is PlaceKind.BROADCAST else search.unrecorded == 0


def _gave_up(error: DeliveryError) -> SearchResult:
    if isinstance(error, PlatformDown | NotSent):
        raise error
    if isinstance(error, ChannelLost | ChannelMoved | Refused):
        return UNKNOWN
    raise NotSent(f"The message could not be looked for: {error}") from error


async def _walk(look: Look, channel: Channel, search: Search) -> SearchResult:
    misses, hidden_count, is_end = 0, False, False
    for number in _candidates(search):
        sight = await look(number)
        if sight is Sight.OURS:
            return SearchResult(Finding.FOUND, str(number))
        if sight is Sight.CHANGED:
            return UNKNOWN
        hidden_count = hidden_count or sight is Sight.HIDDEN
        misses = misses + 1 if sight is Sight.MISSING else 0
        is_end = misses >= MISSES and number > _newest(search)
        if is_end and _own_row(channel.address):
            break
    return SearchResult(Finding.ABSENT) if is_end and not hidden_count else UNKNOWN


def _candidates(search: Search) -> Iterator[int]:
    ids = (number for number in count(int(search.after) + 1) if str(number) not in search.known)
    return (number for number, _ in zip(ids, range(TRIES), strict=False))


def _newest(search: Search) -> int:
    return max((int(message_id) for message_id in search.known if message_id.isdigit()), default=0)


def _own_row(address: str) -> bool:
    """Private chats and small groups share one row of ids per bot: there a gap says nothing of what
    follows.
    """
    return address.startswith(("-100", "@"))


def _in_the_shared_row(search: Search) -> Search:
    """In the shared row, what other chats had before comes before what is looked for, and no id of theirs can
    be its.
    """
    row = [
        message for message in search.elsewhere if message.post.isdigit() and not _own_row(message.address)
    ]
    before = [told.post for told in row if told.before] + [search.after] * search.after.isdigit()
    return replace(
        search, after=max(before, key=int, default=""), known=search.known | {told.post for told in row}
    )


# --- by an edit --------------------------------------------------------------------------------------------


def _by_edit(bot: Bot, operation: Operation, channel: Channel) -> Look:
    async def look(number: int) -> Sight:
        try:
            is_changed = await edit(bot, operation.payload, channel, str(number), operation.nonce)
        except BadRequest as error:
            return _sight_of_edit_error(error)
        if is_changed:
            log.error("telegram.find_changed", channel=channel.id, message=number, operation=operation.id)
        return Sight.CHANGED if is_changed else Sight.OURS

    return look


def _sight_of_edit_error(error: BadRequest) -> Sight:
    words = error.message.casefold()
    if "message to edit not found" in words or "message_id_invalid" in words:
        return Sight.MISSING
    if "can't be edited" in words or "message_author_required" in words:
        return Sight.OTHER
    raise error


# --- by a forward ------------------------------------------------------------------------------------------


def _by_forward(bot: Bot, operation: Operation, channel: Channel, search: Search) -> Look:
    text, links = read(operation.payload["text"])

    async def look(number: int) -> Sight:
        try:
            copy = await bot.forward_message(
                chat(search.operator), chat(channel.address), number, disable_notification=True
            )
        except BadRequest as error:
            return _sight_of_forward_error(error)
        await _delete(bot, search.operator, copy)
        return Sight.OURS if _carries(copy, text, links) else Sight.OTHER

    return look


def _sight_of_forward_error(error: BadRequest) -> Sight:
    words = error.message.casefold()
    if "message to forward not found" in words or "message_id_invalid" in words:
        return Sight.MISSING
    if "can't be forwarded" in words or "forwards_restricted" in words:
        return Sight.HIDDEN
    raise error


async def _delete(bot: Bot, operator: str, copy: Message) -> None:
    try:
        await bot.delete_message(chat(operator), copy.message_id)
    except TelegramError as error:
        log.warning("telegram.copy_left", message=copy.message_id, cause=type(error).__name__)


def _carries(copy: Message, text: str, links: tuple[str, ...]) -> bool:
    link_urls = [entity.url or "" for entity in copy.entities if entity.type == MessageEntity.TEXT_LINK]
    alike = len(link_urls) == len(links) and all(map(same_address, link_urls, links))
    return alike and same(copy.text or "", text)
