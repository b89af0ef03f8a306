"""A payload's layout as discord.py's LayoutView (Components V2), with the nonce in every custom_id."""

from collections.abc import Iterator
from typing import Any

import discord

from bot.model import Payload
from bot.platforms.discord.keys import button, carrier
from bot.platforms.discord.render import Entry

Part = discord.ui.Item[Any]


def layout_view(payload: Payload, nonce: str = "", file: discord.File | None = None) -> discord.ui.LayoutView:
    """Return the payload's layout, in one box below the role that it mentions and above the file that comes
    with it; with a nonce there is always a button that carries it.
    """
    view = discord.ui.LayoutView(timeout=None)
    if role := str(payload.get("mention") or ""):
        view.add_item(discord.ui.TextDisplay(f"<@&{role}>"))
    parts = [_part(entry, nonce) for entry in payload["layout"]]
    if nonce and not any("data" in key for entry in payload["layout"] for key in keys_of(entry)):
        parts.append(discord.ui.ActionRow(carrier(nonce)))
    view.add_item(discord.ui.Container(*parts, accent_color=payload.get("color")))
    if file is not None:
        view.add_item(discord.ui.File(file))
    view.stop()  # else discord.py would keep every message's buttons in memory for ever
    return view


def keys_of(entry: Entry) -> Iterator[dict[str, str]]:
    """Yield the buttons of one part of a layout."""
    yield from entry.get("keys", ())
    if "key" in entry:
        yield entry["key"]


def _part(entry: Entry, nonce: str) -> Part:
    match entry:
        case {"line": _}:
            return discord.ui.Separator()
        case {"keys": keys}:
            return discord.ui.ActionRow(*(button(key, nonce) for key in keys))
        case {"text": text, "key": key}:
            return discord.ui.Section(text, accessory=button(key, nonce))
        case {"text": text, "image": image}:
            return discord.ui.Section(text, accessory=discord.ui.Thumbnail(image, description=_alt(entry)))
        case {"image": image}:
            return discord.ui.MediaGallery(discord.MediaGalleryItem(image, description=_alt(entry)))
        case _:
            return discord.ui.TextDisplay(entry["text"])


def _alt(entry: Entry) -> str | None:
    return entry.get("alt") or None
