"""A payload as embeds with rows of buttons below: for messages that were made so, and where Discord takes no
layout. Pure.

What fits into a layout fits into embeds: they may hold more text, and `render` counts the rows.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.model import Payload
from bot.platforms.discord.markup import escape, quiet

Embed = dict[str, Any]
"""An embed as Discord's own JSON."""

EMBEDS = 10
ROW = 5


def embeds_of(payload: Payload) -> list[Embed]:
    """Return the embeds of a message, one for each story; those that are too many join the last."""
    if "layout" not in payload:
        return list(payload.get("embeds") or ())
    groups = list(_groups(payload["layout"]))
    surplus = [entry for group in groups[EMBEDS - 1 :] for entry in group]
    groups = [*groups[: EMBEDS - 1], *([surplus] if surplus else [])]
    color = {"color": payload["color"]} if "color" in payload else {}
    return [{**embed, **color} for embed in map(_embed, groups) if embed] or [{"description": "▸"}]


def rows_of(payload: Payload) -> list[list[dict[str, str]]]:
    """Return the rows of buttons of a message: first those that stood beside stories, by their numbers."""
    if "layout" not in payload:
        return list(payload.get("rows") or ())
    story_keys = [_numbered(entry) for entry in payload["layout"] if "key" in entry]
    rows = [story_keys[start : start + ROW] for start in range(0, len(story_keys), ROW)]
    return rows + [entry["keys"] for entry in payload["layout"] if "keys" in entry]


def _groups(layout: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the entries between two lines."""
    group: list[dict[str, Any]] = []
    for entry in layout:
        if "line" in entry:
            yield group
            group = []
        else:
            group.append(entry)
    yield group


def _embed(entries: Iterable[dict[str, Any]]) -> Embed:
    text, image = "", ""
    for entry in entries:
        separator = "\n" if "key" in entry else "\n\n"
        parts = (entry.get("text", ""), quiet(escape(entry.get("alt", ""))))
        for part in filter(None, parts):
            text = f"{text}{separator}{part}" if text else part
        image = image or entry.get("image", "")
    pictured = {"image": {"url": image}} if image else {}
    return {**({"description": text} if text else {}), **pictured}


def _numbered(entry: dict[str, Any]) -> dict[str, str]:
    number = entry.get("number")
    return {**entry["key"], "label": f"{number} ▸"} if number is not None else entry["key"]
