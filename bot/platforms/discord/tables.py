"""A Table as a code block whose columns stand in line, also for scripts with wide characters. Pure."""

from itertools import zip_longest
from unicodedata import combining, east_asian_width

from bot.model import Table
from bot.platforms.discord.markup import one_line, units

CELL = 24
"""Columns of one cell: a phone shows about 40 in all."""


def table(block: Table, limit: int) -> str:
    """Return the table within `limit` units; rows that do not fit are counted in the last line."""
    rows = [tuple(_cell(text) for text in row) for row in (block.head, *block.rows) if row]
    widths = [max(map(_width, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = [_line(row, widths) for row in rows]
    return _fenced(lines, limit) if lines else ""


def _cell(text: str) -> str:
    """A fence cannot be escaped inside a code block, so a back tick is shown as its look-alike."""
    text = one_line(text).replace("`", "ˋ").replace("@", "@\u200b")
    if _width(text) <= CELL:
        return text
    while _width(text) >= CELL:
        text = text[:-1]
    return text.rstrip() + "…"


def _width(text: str) -> int:
    characters = (character for character in text if not combining(character) and character != "\u200b")
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in characters)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False))
    return "  ".join(padded).rstrip()


def _fenced(lines: list[str], limit: int) -> str:
    room, rows = limit - 20, []
    for number, line in enumerate(lines):
        room -= units(line) + 1
        if room < 0:
            rows.append(f"… +{len(lines) - number}")
            break
        rows.append(line)
    return "```\n" + "\n".join(rows) + "\n```"
