"""Buttons: a payload's rows as discord.py's View, with the operation's nonce in every custom_id."""

from collections.abc import Iterator
from typing import Any

import discord

from bot.model import Payload

SILENT = "n:"
"""The data of the button that only carries a nonce."""


def custom_id_of(data: str, nonce: str) -> str:
    """Return the custom_id of a button; the bar is always there, so that data may hold any other
    character.
    """
    return f"{data}|{nonce}"


def unmarked(custom_id: str) -> str:
    """Return the data of a custom_id; empty for a button that only carries a nonce."""
    data = custom_id.rpartition("|")[0] if "|" in custom_id else custom_id
    return "" if data == SILENT else data


def nonce_of(custom_id: str) -> str:
    """Return the nonce of a custom_id, empty in answers."""
    return custom_id.rpartition("|")[2] if "|" in custom_id else ""


def view(payload: Payload, nonce: str = "") -> discord.ui.View | None:
    """Return the payload's buttons; with a nonce there is always one that carries it."""
    key_view = discord.ui.View(timeout=None)
    rows = payload.get("rows") or []
    for number, row in enumerate(rows):
        for key in row:
            key_view.add_item(_button(key, nonce, number))
    if nonce and not any("data" in key for row in rows for key in row):
        key_view.add_item(_carrier(nonce, len(rows)))
    key_view.stop()  # else discord.py would keep every message's buttons in memory for ever
    return key_view if key_view.children else None


def _button(key: dict[str, str], nonce: str, row: int) -> "discord.ui.Button[Any]":
    if "url" in key:
        return discord.ui.Button(label=key["label"], url=key["url"], row=row)
    custom_id = custom_id_of(key["data"], nonce)
    return discord.ui.Button(label=key["label"], custom_id=custom_id, row=row)


def _carrier(nonce: str, row: int) -> "discord.ui.Button[Any]":
    return discord.ui.Button(label="·", custom_id=custom_id_of(SILENT, nonce), disabled=True, row=row)


def nonces(message: discord.Message) -> Iterator[str]:
    """Yield every nonce that a message's buttons carry."""
    for component in message.components:
        for child in getattr(component, "children", ()):
            if getattr(child, "custom_id", None):
                yield nonce_of(child.custom_id)


def carries(message: discord.Message, nonce: str) -> bool:
    """Whether the message is the one this nonce left with."""
    return bool(nonce) and nonce in set(nonces(message))
