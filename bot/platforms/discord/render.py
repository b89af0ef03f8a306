"""A Document as Discord messages: `{"layout": [...], "color"}`, in a forum also `name` and `tags`. Pure.

The entries of a layout are `{"text"}`, `{"text", "key", "number"}` (a section with its button), `{"text",
"image", "alt"}` (one with its picture), `{"image", "alt"}`, `{"keys": [...]}` (a row of buttons) and
`{"line"}`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

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
from bot.platforms.discord.forms import form_data
from bot.platforms.discord.markup import (
    address,
    clean,
    cut,
    escape,
    linked,
    linked_and_timed,
    one_line,
    plain,
    quiet,
    subtext,
    timed,
    units,
)
from bot.platforms.discord.tables import table

Entry = dict[str, Any]
"""One part of a layout."""

Key = dict[str, str]
"""A button: its `label` and either `data` or `url`."""

COMPONENTS = 35
"""Discord takes 40 in a message, nested ones counted; what a message may need besides is a container, a role
that is mentioned, a file, and a row with the button that carries the nonce.
"""
TEXT = 3_900
"""Discord takes 4000 characters over all texts of a message; a role that is mentioned needs some."""
ROWS = 4
"""Rows that all buttons of a message would fill: where Discord takes no layout, they stand in five, the last
with the button that carries the nonce.
"""
ROW = 5
LABEL, DATA, URL = 80, 74, 512
"""A button's label, its data with room for a nonce of 25 below a custom_id's 100, and its address."""
DANGER = "danger"
"""The style of a button for what is dangerous, by its name in discord.py."""

NAME = 100
"""A forum thread's name."""

TITLE, FOOTER = 256, 500
STORY, PARAGRAPH, QUOTE, ITEM = 2_000, 3_500, 1_000, 200
FOLDED_ITEMS = 10
"""Items of a folded list that are shown: nothing here unfolds."""

NEWS, UPDATE = 0x4F6BED, 0xC98A2B
"""The colours of what is new, and of what goes on."""


@dataclass(slots=True)
class Chunk:
    """What is never divided. `flows` takes following paragraphs in; stories and headings have a `color`."""

    entries: list[Entry] = field(default_factory=list)
    flows: bool = False
    is_story: bool = False
    color: int = 0


@dataclass(slots=True)
class _Message:
    """A message while it is filled."""

    chunks: list[Chunk] = field(default_factory=list)

    def holds(self, chunk: Chunk) -> bool:
        entries = _Message([*self.chunks, chunk]).entries()
        rows = sum("keys" in entry for entry in entries) + -(-sum("key" in entry for entry in entries) // ROW)
        return count_components(entries) <= COMPONENTS and measure(entries) <= TEXT and rows <= ROWS

    def entries(self) -> list[Entry]:
        """A story has a line above and below, but at the edges of the message."""
        entries: list[Entry] = []
        for previous, chunk in zip([None, *self.chunks], self.chunks, strict=False):
            is_apart = previous is not None and (previous.is_story or chunk.is_story)
            entries += [*([{"line": True}] if is_apart else []), *chunk.entries]
        return entries

    def payload(self) -> dict[str, Any]:
        colors = {chunk.color for chunk in self.chunks if chunk.is_story}
        colors = colors or {chunk.color for chunk in self.chunks if chunk.color}
        color = {"color": UPDATE if colors == {UPDATE} else NEWS} if colors else {}
        return {"layout": _distinct(self.entries()), **color}


def render(document: Document, channel: Channel) -> tuple[Payload, ...]:
    """Return the messages that carry the document in the channel; none when there is nothing to see."""
    is_forum = channel.kind is PlaceKind.FORUM and not channel.thread
    name = _name(document) if is_forum else ""
    messages = _messages(_chunks(_untitled(document.blocks, name)))
    payloads = [message.payload() for message in messages]
    for number, payload in enumerate(payloads if is_forum else (), 1):
        part = f" · {number}" if number > 1 else ""
        payload |= {"name": cut(name, NAME - len(part), plain) + part, "tags": list(document.topics)}
    return tuple(payloads)


def _messages(chunks: Iterable[Chunk]) -> list[_Message]:
    """Fill one message after the other. Buttons never stand alone in the next one: what is above them goes
    along.
    """
    messages: list[_Message] = []
    for chunk in chunks:
        if not messages or not messages[-1].holds(chunk):
            last = messages[-1].chunks if messages else []
            goes_along = "keys" in chunk.entries[0] and len(last) > 1 and "keys" not in last[-1].entries[0]
            messages.append(_Message([last.pop()] if goes_along else []))
            if not messages[-1].holds(chunk):
                messages.append(_Message())
        messages[-1].chunks.append(chunk)
    return messages


def measure(entries: Iterable[Entry]) -> int:
    """Return the characters of a layout that count towards Discord's limit."""
    return sum(units(entry.get("text", "")) for entry in entries)


def count_components(entries: Iterable[Entry]) -> int:
    """Return how many components Discord counts in a layout."""
    return sum(_count_parts(entry) for entry in entries)


def _count_parts(entry: Entry) -> int:
    if "text" in entry:
        return 3 if {"key", "image"} & entry.keys() else 1  # a section, its text and what stands beside it
    return 1 + len(entry.get("keys", ()))


def _name(document: Document) -> str:
    """In a forum each message may open a thread, which needs a name."""
    heads = (one_line(block.text) for block in document.blocks if isinstance(block, Heading))
    stories = (one_line(block.headline) for block in document.blocks if isinstance(block, StoryBlock))
    return next((head for head in (*heads, *stories) if head), "…")


def _untitled(blocks: Sequence[Block], name: str) -> tuple[Block, ...]:
    """Return the blocks without the heading that the name of a thread says already."""
    is_whole = cut(name, NAME, plain) == name
    return tuple(
        replace(block, text="")
        if is_whole and isinstance(block, Heading) and one_line(block.text) == name
        else block
        for block in blocks
    )


# --- blocks into chunks ------------------------------------------------------------------------------------


def _chunks(blocks: Iterable[Block]) -> list[Chunk]:
    chunks: list[Chunk] = []
    for block in blocks:
        match block:
            case Heading():
                chunks += _heading(block)
            case StoryBlock():
                chunks += _story(block)
            case Picture():
                _picture(block, chunks)
            case Footer():
                _footer(block, chunks)
            case Actions():
                _actions(block, chunks)
            case _:
                _flow(_paragraph(block), chunks, close=isinstance(block, Text) and block.quiet)
    return chunks


def _heading(block: Heading) -> list[Chunk]:
    title, detail = cut(one_line(block.text), TITLE), cut(clean(block.detail), PARAGRAPH, subtext)
    text = "\n".join(filter(None, (f"## {title}" if title else "", detail)))
    return [Chunk([{"text": text}], flows=True, color=NEWS)] if text else []


def _story(block: StoryBlock) -> list[Chunk]:
    """Return a story over the whole width and below it who reports it, beside the button: on a phone a button
    takes a third of the width from the text beside it.
    """
    key = _key(block.more) if block.more is not None else {}
    head, meta = _headline(block), _meta(block, key)
    room = TEXT - units(head) - units(meta) - 2
    lines = [head, cut(one_line(" ".join(block.sentences)), min(STORY, room)), *_story_below(block)]
    while units("\n".join([*filter(None, lines), meta])) > TEXT:
        lines.pop()
    entries = _story_entries("\n".join(filter(None, lines)), meta, key, block.number)
    return [Chunk(entries, is_story=True, color=UPDATE if block.label else NEWS)] if entries else []


def _story_entries(text: str, meta: str, key: Key, number: int | None) -> list[Entry]:
    if not key:
        whole = "\n".join(filter(None, (text, meta)))
        return [{"text": whole}] if whole else []
    if not text and not meta:
        return [{"keys": [key]}]
    section = {"text": meta or text, "key": key, "number": number}
    return [{"text": text}, section] if text and meta else [section]


def _headline(block: StoryBlock) -> str:
    parts = (str(block.number or ""), one_line(block.label).rstrip(" ·"), one_line(block.headline))
    title = linked(" · ".join(filter(None, parts)), block.link, TITLE)
    return f"### {title}" if title else ""


def _meta(block: StoryBlock, key: Key) -> str:
    """Return who reports the story, without what the button beside it says already."""
    meta = one_line(block.meta)
    if key:
        meta = "" if meta == key["label"] else meta.removeprefix(f"{key['label']} · ")
    return timed(quiet("▸ " + cut(meta, ITEM * 2)), block.moment) if meta else ""


def _story_below(block: StoryBlock) -> list[str]:
    """Return the other stories of the saga, a line each; the first line says what they are."""
    if block.below is None:
        return []
    lines = [linked(one_line(item.text), item.link, ITEM) for item in block.below.items]
    title = escape(one_line(block.below.title))
    return [f"{title} {line}" if n == 0 else f"· {line}" for n, line in enumerate(filter(None, lines))]


def _flow(markdown: str, chunks: list[Chunk], *, close: bool = False) -> None:
    """Add a paragraph to the last text where it belongs to it and fits, else in a new one."""
    if not markdown:
        return
    last = chunks[-1] if chunks else None
    if last is not None and last.flows:
        text = last.entries[-1]["text"] + ("\n" if close else "\n\n") + markdown
        if units(text) <= TEXT:
            last.entries[-1]["text"] = text
            return
    chunks.append(Chunk([{"text": markdown}], flows=True))


def _paragraph(block: Text | Quote | Listing | Table) -> str:
    match block:
        case Text():
            return timed(cut(clean(block.text), PARAGRAPH, subtext if block.quiet else escape), block.moment)
        case Quote():
            return _quote(block)
        case Listing():
            return _listing(block)
        case Table():
            return table(block, PARAGRAPH)


def _quote(block: Quote) -> str:
    words = cut(clean(block.text), QUOTE)
    source = linked_and_timed(one_line(block.source), block.link, ITEM, block.moments)
    quote_lines = "\n".join(f"> {line}" for line in words.split("\n")) if words else ""
    return "\n".join(filter(None, (quote_lines, quiet(f"— {source}") if source else "")))


def _listing(block: Listing) -> str:
    title = cut(one_line(block.title), TITLE)
    items = [line for line in map(_item, block.items) if line]
    if not items:
        return ""
    lines = [_folded_list(items)] if block.folded else _whole_list(items)
    return "\n".join(([f"**{title}**"] if title else []) + lines)


def _item(item: Item) -> str:
    return linked_and_timed(one_line(item.text), item.link, ITEM, item.moments)


def _folded_list(items: Sequence[str]) -> str:
    shown_items = items[: min(_fitting(items), FOLDED_ITEMS)]
    return " · ".join([*shown_items, *_rest(len(items) - len(shown_items))])


def _whole_list(items: Sequence[str]) -> list[str]:
    shown_items = items[: _fitting(items)]
    return [f"- {item}" for item in shown_items] + _rest(len(items) - len(shown_items))


def _rest(hidden_count: int) -> list[str]:
    return [f"… +{hidden_count}"] if hidden_count else []


def _fitting(items: Sequence[str]) -> int:
    """Return how many of the first items fit into a paragraph."""
    sizes = accumulate(units(item) + len(" · ") for item in items)
    return sum(size <= PARAGRAPH for size in sizes)


def _picture(block: Picture, chunks: list[Chunk]) -> None:
    """Put a picture beside a story that has no button there, else below what stands above it."""
    url, alt = address(block.url), cut(one_line(block.alt), ITEM, plain)
    if not url:
        _flow(quiet(cut(one_line(block.alt), ITEM)), chunks, close=True)
        return
    picture = {"image": url, "alt": alt}
    story = chunks[-1].entries if chunks and chunks[-1].is_story else None
    if story is None:
        chunks.append(Chunk([picture]))
    elif story[-1].keys() == {"text"}:
        story[-1] |= picture
    else:
        story.append(picture)


def _footer(block: Footer, chunks: list[Chunk]) -> None:
    line = " ".join(filter(None, (block.text, *(f"#{tag}" for tag in block.hashtags))))
    text = cut(one_line(line), FOOTER)
    _flow(quiet(text) if text else "", chunks, close=True)


# --- buttons -----------------------------------------------------------------------------------------------


def _actions(block: Actions, chunks: list[Chunk]) -> None:
    keys = [key for key in map(_key, block.buttons) if key]
    for button in block.buttons:
        if len(button.url) > URL:  # no button can hold it, but a line of text can
            target = linked(one_line(button.label) or "▸", button.url, ITEM)
            _flow(target if target.startswith("[") else "", chunks)
    chunks += [Chunk([{"keys": keys[start : start + ROW]}]) for start in range(0, len(keys), ROW)]


def _key(button: Button) -> Key:
    """Return a button as JSON; empty where Discord could not take it."""
    label = cut(one_line(button.label), LABEL, plain) or "▸"
    if button.url:
        url = address(button.url)
        return {"label": label, "url": url} if url and len(url) <= URL else {}
    data = form_data(button.asks, data_of(button)) if button.asks else data_of(button)
    style = {"style": DANGER} if button.is_dangerous else {}
    return {"label": label, "data": data, **style} if 0 < units(data) <= DATA else {}


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Discord refuses a custom_id that stands twice in a message: the first stays."""
    known_keys: set[str] = set()
    distinct_entries = []
    for entry in entries:
        keys = entry["keys"] if "keys" in entry else [entry["key"]] if "key" in entry else []
        fresh = [key for key in _without_repeats(keys) if key.get("data", "") not in known_keys]
        known_keys |= {key["data"] for key in fresh if "data" in key}
        distinct_entries += _with_keys(entry, fresh) if keys else [entry]
    return distinct_entries


def _with_keys(entry: Entry, keys: Sequence[Key]) -> list[Entry]:
    """Return an entry with those of its buttons that stay; a row without one is none."""
    if "keys" in entry:
        return [{"keys": list(keys)}] if keys else []
    return [entry if keys else {"text": entry["text"]}]


def _without_repeats(row: Sequence[Key]) -> list[Key]:
    return list({key.get("data") or key["url"]: key for key in reversed(row)}.values())[::-1]
