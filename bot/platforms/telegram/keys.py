"""Keyboards: rendered buttons as Telegram wants them, with the operation's nonce in one of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from telegram import (
    ChatAdministratorRights,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)

from bot.model import Channel, Payload, PlaceKind
from bot.platforms.telegram.render import DATA_BYTES

Row = Sequence[Mapping[str, str]]

CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_delete_messages")
"""What we need in a channel: to post, to correct our posts, and to take away commands typed there."""

ADMINISTRATOR_RIGHTS = (
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""The rights that Telegram wants said of, given or not."""

MARK = "|"
"""Parts a button's data from the nonce of the operation that carries it."""

SILENT = "n:"
"""Data of the button that does nothing but carry a nonce."""


def keyboard(payload: Payload, channel: Channel, nonce: str = "") -> InlineKeyboardMarkup | None:
    """Return the payload's keyboard. Where lost posts are looked for by an edit, the nonce stands in it, so
    no two are equal.
    """
    rows: Sequence[Row] = payload.get("buttons") or ()
    if channel.kind is PlaceKind.BROADCAST:
        nonce = ""
    key_rows = _mark_first_key(rows, nonce) if nonce else [[_plain(key) for key in row] for row in rows]
    return InlineKeyboardMarkup([[_button(key) for key in row] for row in key_rows]) if key_rows else None


def picking_keyboard(payload: Payload) -> ReplyKeyboardMarkup | None:
    """Return the keyboard from which a chat is picked, in place of the phone's own: no other can do that.

    None for a payload without such buttons.
    """
    picking_rows = [
        [_picking_key(key) for key in row if "picks" in key] for row in payload.get("buttons") or ()
    ]
    rows = [row for row in picking_rows if row]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True) if rows else None


def _picking_key(key: Mapping[str, str]) -> KeyboardButton:
    """Return a button that lists the chats which its person may give us to, with the rights we need."""
    is_channel = key["picks"] == PlaceKind.BROADCAST
    bot_rights = ("can_manage_chat", *(CHANNEL_RIGHTS if is_channel else ()))
    person_rights = (*bot_rights, "can_promote_members", *(() if is_channel else ("can_change_info",)))
    request = KeyboardButtonRequestChat(
        request_id=int(key["data"]),
        chat_is_channel=is_channel,
        user_administrator_rights=_rights(person_rights),
        bot_administrator_rights=_rights(bot_rights),
    )
    return KeyboardButton(key["text"], request_chat=request)


def _rights(names: Iterable[str]) -> ChatAdministratorRights:
    """Return administrators' rights: those named, and no other."""
    rights: dict[str, Any] = dict.fromkeys(ADMINISTRATOR_RIGHTS, False) | dict.fromkeys(names, True)
    return ChatAdministratorRights(**rights)


def _plain(key: Mapping[str, str]) -> Mapping[str, str]:
    data = key.get("data", "")
    return {**key, "data": data + MARK} if MARK in data else key


def _mark_first_key(rows: Iterable[Row], nonce: str) -> list[list[Mapping[str, str]]]:
    key_rows: list[list[Mapping[str, str]]] = []
    is_marked = False
    for row in rows:
        key_rows.append([])
        for key in row:
            fits = not is_marked and _fits(key, nonce)
            key_rows[-1].append({**key, "data": f"{key['data']}{MARK}{nonce}"} if fits else _plain(key))
            is_marked = is_marked or fits
    return key_rows if is_marked else [*key_rows, [{"text": "·", "data": f"{SILENT}{MARK}{nonce}"}]]


def _fits(key: Mapping[str, str], nonce: str) -> bool:
    data = key.get("data", "")
    return bool(data) and len(f"{data}{MARK}{nonce}".encode()) <= DATA_BYTES


def _button(key: Mapping[str, str]) -> InlineKeyboardButton:
    if key.get("url"):
        return InlineKeyboardButton(key["text"], url=key["url"])
    return InlineKeyboardButton(key["text"], callback_data=key["data"], style=key.get("style"))


def unmarked(data: str) -> str:
    """Return a button's own data without the nonce."""
    return data.rpartition(MARK)[0] if MARK in data else data


def carries_nonce(markup: InlineKeyboardMarkup | None) -> bool:
    """Tell whether a message was delivered by the outbox, by its keyboard."""
    rows = markup.inline_keyboard if markup else ()
    datas = [key.callback_data for row in rows for key in row if isinstance(key.callback_data, str)]
    return any(MARK in data and not data.endswith(MARK) for data in datas)
