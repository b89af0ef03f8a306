"""Buttons of discord.py, with the operation's nonce in every custom_id, and how it is found in a message."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.model import Payload
from bot.platforms.discord.embeds import rows_of

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


def rows_view(payload: Payload, nonce: str = "") -> discord.ui.View | None:
    """Return the buttons below a payload's embeds; with a nonce there is always one that carries it."""
    view = discord.ui.View(timeout=None)
    rows = rows_of(payload)
    for number, row in enumerate(rows):
        for key in row:
            view.add_item(button(key, nonce, number))
    if nonce and not any("data" in key for row in rows for key in row):
        view.add_item(carrier(nonce, len(rows)))
    view.stop()  # else discord.py would keep every message's buttons in memory for ever
    return view if view.children else None


def button(key: dict[str, str], nonce: str, row: int | None = None) -> "discord.ui.Button[Any]":
    """Return a button of a payload."""
    if "url" in key:
        return discord.ui.Button(label=key["label"], url=key["url"], row=row)
    custom_id = custom_id_of(key["data"], nonce)
    style = discord.ButtonStyle[key.get("style", "secondary")]
    return discord.ui.Button(style=style, label=key["label"], custom_id=custom_id, row=row)


def carrier(nonce: str, row: int | None = None) -> "discord.ui.Button[Any]":
    """Return the button that does nothing but carry a nonce."""
    return discord.ui.Button(label="·", custom_id=custom_id_of(SILENT, nonce), disabled=True, row=row)


def components_of(message: discord.Message) -> Iterator[Any]:
    """Yield every component of a message, in whichever kind of message."""
    yield from _walk(message.components)


def nonces(message: discord.Message) -> Iterator[str]:
    """Yield every nonce that a message's buttons carry."""
    for component in components_of(message):
        if custom_id := getattr(component, "custom_id", None):
            yield nonce_of(custom_id)


def _walk(components: Iterable[Any]) -> Iterator[Any]:
    """Yield components with all that stand in or beside them."""
    for component in components:
        yield component
        yield from _walk(getattr(component, "children", ()))
        if (accessory := getattr(component, "accessory", None)) is not None:
            yield accessory


def carries(message: discord.Message, nonce: str) -> bool:
    """Whether the message is the one this nonce left with."""
    return bool(nonce) and nonce in set(nonces(message))
