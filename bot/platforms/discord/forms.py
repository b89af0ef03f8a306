"""Forms (Discord's modals): a button that asks opens one, and what is typed there stands behind what its call
has already.

Nothing of a form is kept in memory: its custom_id is that of its button, which says everything.
"""

import re
from collections.abc import Mapping
from typing import Any

import discord

TITLE_MAX = 45
"""Characters of a modal's title and of a label in it (Discord, "Modals")."""

INPUT = "typed"
"""The custom_id of the one input of a form."""

INPUT_MAX = 300

_FORM = re.compile(r"\?(?P<argument>[a-z_]+)\?(?P<data>.*)", re.DOTALL)


def form_data(argument: str, data: str) -> str:
    """Return the data of a button that asks for an argument of its call."""
    return f"?{argument}?{data}"


def split_form_data(data: str) -> tuple[str, str]:
    """Return the argument that a button asks for, and the data of its call; an empty argument for one that
    asks for none.
    """
    match = _FORM.fullmatch(data)
    return (match["argument"], match["data"]) if match else ("", data)


def form_for(custom_id: str, title: str) -> discord.ui.Modal:
    """Return the form that a pressed button opens, which asks for what its title says, with one line to type
    in.
    """
    label = title[:TITLE_MAX] or "…"
    modal = discord.ui.Modal(title=label, custom_id=custom_id)
    line: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=INPUT, max_length=INPUT_MAX)
    modal.add_item(discord.ui.Label(text=label, component=line))
    modal.stop()  # else discord.py would keep it in memory until somebody sends it
    return modal


def text_in_form(interaction: "discord.Interaction[Any]") -> str:
    """Return what was typed in a form that was sent, empty where there is nothing."""
    data: Any = interaction.data or {}
    for entry in data.get("components") or ():
        inner: Mapping[str, Any] = entry.get("component") or next(iter(entry.get("components") or ()), {})
        if inner.get("custom_id") == INPUT:
            return str(inner.get("value") or "").strip()
    return ""
