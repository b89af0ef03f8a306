"""A Document as Telegram messages: `{"text": HTML, "buttons": rows of {"text", "data" | "url"}, "preview":
address}`. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import assert_never

from bot.commands.codec import data_of
from bot.model import (
    Actions,
    Block,
    Button,
    Channel,
    Document,
    Footer,
    Heading,
    Item,
    Listing,
    Payload,
    Picture,
    PlaceKind,
    Quote,
    StoryBlock,
    Table,
    Text,
)
from bot.platforms.telegram.markup import (
    Size,
    address,
    bare,
    bold,
    clean,
    cut,
    escape,
    italic,
    linked,
    linked_and_timed,
    measure,
    one_line,
    timed,
    visible,
)

Key = dict[str, str]
"""A button: its `text` and either `data` or `url`."""

BLOCK = 3_400
"""UTF-16 units of the longest block, so that a heading still stands above it in one message."""

DATA_BYTES = 64
"""Bot API, InlineKeyboardButton: callback_data has 1 to 64 bytes; a start parameter at most 64 characters."""

PER_ROW = 8
"""Buttons that Telegram keeps in one row (PTB `InlineKeyboardMarkupLimit.BUTTONS_PER_ROW`)."""

MOST_KEYS = 96
"""Buttons below one message, with room for ours; Telegram takes 100 (PTB
`InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER`).
"""

DANGER = "danger"
"""The style of a button for what is dangerous (Bot API 9.4)."""

READERS_KEYS = 3
"""Buttons below a post that many read: one row, and no more."""

LINE = 200
"""Characters of another story of the same saga."""

CELL = 24
"""Columns of a table's cell; a phone shows about 36 in all."""

_STARTABLE = re.compile(r"[A-Za-z0-9_:]{1,64}")


@dataclass(frozen=True, slots=True)
class HtmlChunk:
    """A part of a document that is never divided: its HTML, the buttons it brings, the picture shown
    above.
    """

    html: str = ""
    more: tuple[Key, ...] = ()
    rows: tuple[tuple[Key, ...], ...] = ()
    preview: str = ""


@dataclass(slots=True, kw_only=True)
class _Message:
    """A message while it is filled."""

    parts: list[str] = field(default_factory=list)
    more: list[Key] = field(default_factory=list)
    rows: list[list[Key]] = field(default_factory=list)
    preview: str = ""
    size: Size = field(default_factory=Size)

    def holds(self, chunk: HtmlChunk) -> bool:
        keys = len(self.more) + len(chunk.more) + sum(map(len, self.rows)) + sum(map(len, chunk.rows))
        two_pictures = bool(self.preview and chunk.preview)
        return (self.size + measure(chunk.html)).fits() and keys <= MOST_KEYS and not two_pictures

    def add(self, chunk: HtmlChunk) -> None:
        self.parts += [chunk.html] if chunk.html else []
        self.more += chunk.more
        self.rows += map(list, chunk.rows)
        self.preview = self.preview or chunk.preview
        self.size += measure(chunk.html)

    def payload(self) -> Payload:
        rows = [self.more[start : start + PER_ROW] for start in range(0, len(self.more), PER_ROW)]
        text = "\n\n".join(self.parts) or "▸"
        return {"text": text, "buttons": rows + self.rows, "preview": self.preview}


def render(document: Document, channel: Channel) -> tuple[Payload, ...]:
    """Return the messages that carry the document in the channel; none when there is nothing to see."""
    messages = [_Message()]
    for block in document.blocks:
        for chunk in _chunks(block, channel):
            if not messages[-1].holds(chunk):
                messages.append(_Message())
            messages[-1].add(chunk)
    return tuple(message.payload() for message in messages if message.parts or message.rows)


def start_link(bot_link: str, data: str) -> str:
    """Return the address that opens the bot's private chat with a button's data; empty where it cannot carry
    it.

    A start parameter takes only letters, digits, `_` and `-` (core.telegram.org/bots/features#deep-linking),
    so `:` becomes `-`.
    """
    if not bot_link or not _STARTABLE.fullmatch(data):
        return ""
    return f"{bot_link}?start={data.replace(':', '-')}"


def _chunks(block: Block, channel: Channel) -> Iterable[HtmlChunk]:
    is_private = channel.kind is PlaceKind.PRIVATE
    match block:
        case StoryBlock():
            return _story(block, channel)
        case Heading():
            return _heading(block, is_private)
        case Text():
            return _text(block, is_private)
        case Quote():
            return _quote(block)
        case Listing():
            return _listing(block, is_private)
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
        case Actions():
            return _actions(block, channel)
        case Footer():
            line = italic(escape(cut(clean(block.text), 1_000), commands=is_private))
            hashtags = " ".join(f"#{tag}" for tag in block.hashtags if tag.isalnum())
            return _visible_chunks(" ".join(filter(None, (line if block.text else "", hashtags))))
        case _:
            assert_never(block)


def _visible_chunks(html: str, preview: str = "") -> tuple[HtmlChunk, ...]:
    return (HtmlChunk(html, preview=preview),) if visible(bare(html)) else ()


def _heading(block: Heading, own: bool) -> tuple[HtmlChunk, ...]:
    title = bold(escape(cut(one_line(block.text), 500)))
    detail = escape(cut(clean(block.detail), 1_000), commands=own)
    return _visible_chunks(_lines(title, detail))


def _text(block: Text, own: bool) -> tuple[HtmlChunk, ...]:
    body = timed(_fitting(clean(block.text), BLOCK, commands=own), block.moment)
    return _visible_chunks(italic(body) if block.quiet else body)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


# --- stories -----------------------------------------------------------------------------------------------


def _story(block: StoryBlock, channel: Channel) -> tuple[HtmlChunk, ...]:
    head, below = _story_head(block), _story_below(block)
    is_private = channel.kind is PlaceKind.PRIVATE
    meta = timed(_story_meta(block, channel), block.moment if is_private else None)
    room = max(BLOCK - sum(measure(part).units for part in (head, meta, below)), 1_000)
    body = _fitting(" ".join(map(one_line, block.sentences)), room)
    more = _number_key(block) if is_private else ()
    preview = address(block.link) if block.preview else ""
    chunks = _visible_chunks(_lines(head, body, meta, below), preview)
    return tuple(replace(chunk, more=more) for chunk in chunks)


def _fitting(text: str, room: int, *, commands: bool = False) -> str:
    """Escape, and cut so that the text fits with the joiners in it, too."""
    budget, markup = room, escape(cut(text, room), commands=commands)
    while measure(markup).units > room and budget > 1:
        budget = budget * 9 // 10
        markup = escape(cut(text, budget), commands=commands)
    return markup


def _story_head(block: StoryBlock) -> str:
    title = linked(bold(escape(cut(one_line(block.headline), 400))), block.link)
    number = bold(str(block.number)) if block.number is not None else ""
    label = f"{escape(cut(one_line(block.label), 60))}:" if block.label.strip() else ""
    return " ".join(part for part in (number, label, title) if part)


def _story_meta(block: StoryBlock, channel: Channel) -> str:
    meta = cut(one_line(block.meta), 400)
    target = _more_link(block.more, channel)
    if not target or block.more is None:
        return f"▸ {escape(meta)}" if meta else ""
    label = cut(one_line(block.more.label), 60)
    before, source_label, after = meta.partition(label) if label else ("", "", meta)
    if source_label:
        return f"▸ {escape(before)}{linked(escape(label), target)}{escape(after)}"
    return " · ".join(part for part in (f"▸ {linked(escape(label or '▸'), target)}", escape(meta)) if part)


def _story_below(block: StoryBlock) -> str:
    """Return the other stories of the saga, a line each; the first line says what they are."""
    if block.below is None:
        return ""
    lines = [linked(escape(cut(one_line(item.text), LINE)), item.link) for item in block.below.items]
    shown = [line for line in lines if visible(bare(line))]
    title = escape(cut(one_line(block.below.title), 60))
    return "\n".join(f"{title} {line}" if n == 0 else f"· {line}" for n, line in enumerate(shown))


def _more_link(more: Button | None, channel: Channel) -> str:
    """Where readers share a post nobody's tap may change it: there the sources open in the reader's
    own chat.
    """
    if more is None or channel.kind is PlaceKind.PRIVATE:
        return ""
    return more.url or start_link(channel.bot_link, data_of(more))


def _number_key(block: StoryBlock) -> tuple[Key, ...]:
    if block.more is None:
        return ()
    label = one_line(block.more.label) if block.number is None else f"{block.number} ▸"
    return _key(replace(block.more, label=label))


# --- lists, tables, quotes, pictures -----------------------------------------------------------------------


def _listing(block: Listing, own: bool) -> Iterable[HtmlChunk]:
    title = bold(escape(cut(one_line(block.title), 300)))
    tags = ("<blockquote expandable>", "</blockquote>") if block.folded else ("", "")
    lines = [
        line for line in (_item(item, own) for item in block.items) if visible(bare(line).removeprefix("•"))
    ]
    for at, chunk in enumerate(_line_groups(lines)):
        yield from _visible_chunks(_lines(title if at == 0 else "", tags[0] + "\n".join(chunk) + tags[1]))


def _item(item: Item, own: bool) -> str:
    text = cut(one_line(item.text), 600)
    return f"• {linked_and_timed(text, item.link, item.moments, commands=own)}"


def _line_groups(lines: Sequence[str]) -> Iterable[list[str]]:
    """Divide lines so that each part, with its title and frame, fits one message."""
    chunk: list[str] = []
    for line in lines:
        if chunk and not _with_room(measure("\n".join([*chunk, line]))):
            yield chunk
            chunk = []
        chunk.append(line)
    if chunk:
        yield chunk


def _with_room(size: Size) -> bool:
    return (size + Size(units=300, entities=3, source=1_000)).fits()


def _quote(block: Quote) -> tuple[HtmlChunk, ...]:
    words = _fitting(clean(block.text), BLOCK - 400)
    source = linked_and_timed(cut(one_line(block.source), 300), block.link, block.moments)
    if not visible(words):
        return _visible_chunks(source)
    return _visible_chunks(f"<blockquote>{words}</blockquote>" + (f"\n— {source}" if source else ""))


def _picture(block: Picture) -> tuple[HtmlChunk, ...]:
    safe = address(block.url)
    words = italic(linked(escape(cut(one_line(block.alt), 400)), safe))
    return _visible_chunks(words, preview=safe)


def _table(block: Table) -> Iterable[HtmlChunk]:
    rows = [tuple(cut(one_line(cell), CELL) for cell in row) for row in (block.head, *block.rows) if row]
    widths = [max(map(_columns, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = [_row(row, widths) for row in rows]
    for chunk in _line_groups([line for line in lines if line]):
        yield from _visible_chunks("<pre>" + "\n".join(chunk) + "</pre>")


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=False)]
    return "  ".join(cells).rstrip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _columns(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))


# --- buttons -----------------------------------------------------------------------------------------------


def _actions(block: Actions, channel: Channel) -> tuple[HtmlChunk, ...]:
    is_broadcast = channel.kind is PlaceKind.BROADCAST
    buttons = [_as_link(button, channel) for button in block.buttons] if is_broadcast else list(block.buttons)
    if channel.kind is not PlaceKind.PRIVATE:
        buttons = [
            button for button in buttons if not button.picks
        ]  # Telegram lets people pick in private alone
    row = tuple(key for button in buttons for key in _key(button))[
        : READERS_KEYS if is_broadcast else PER_ROW
    ]
    return (HtmlChunk(rows=(row,)),) if row else ()


def _as_link(button: Button, channel: Channel) -> Button:
    url = button.url or start_link(channel.bot_link, data_of(button))
    return replace(button, data="", call=None, url=url)


def _key(button: Button) -> tuple[Key, ...]:
    """Return the button, or nothing where Telegram would refuse the whole message because of it."""
    label = cut(one_line(button.label), 60)
    if not visible(label) or button.asks:  # Telegram has no forms
        return ()
    if button.url:
        safe = address(button.url)
        return ({"text": label, "url": safe},) if safe else ()
    data = data_of(button)
    if button.picks:
        return ({"text": label, "picks": button.picks, "data": data},) if data.isdigit() else ()
    style = {"style": DANGER} if button.is_dangerous else {}
    return ({"text": label, "data": data, **style},) if 1 <= len(data.encode()) <= DATA_BYTES else ()
