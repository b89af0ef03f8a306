"""A Document as Discord messages: `{"embeds": [...], "rows": [[{"label", "data" | "url"}]]}`, in a forum also
`name`. Pure.
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
from bot.platforms.discord.markup import (
    address,
    clean,
    cut,
    escape,
    linked,
    one_line,
    plain,
    quiet,
    subtext,
    units,
)
from bot.platforms.discord.tables import table

Embed = dict[str, Any]
"""An embed as Discord's own JSON."""

Key = dict[str, str]
"""A button: its `label` and either `data` or `url`."""

TITLE = 256
DESCRIPTION = 4_000
"""Discord takes 4096; 4000 with a title and a footer stay below the sum for one message."""
FOOTER = 500
"""Discord takes 2048, but this is one quiet line."""
EMBEDS = 10
SUM = 6_000
"""Characters over all embeds of one message (Discord, Embed Limits)."""
ROWS = 4
"""Discord takes 5 rows; the last is kept for the button that carries the nonce."""
ROW = 5
LABEL, DATA, URL = 80, 74, 512
"""A button's label, its data with room for a nonce of 25 below a custom_id's 100, and its address."""
NAME = 100
"""A forum thread's name."""

STORY, PARAGRAPH, QUOTE, ITEM = 2_000, 3_500, 1_000, 200
FOLDED_ITEMS = 6
"""Items of a folded list that are shown."""

NEWS, UPDATE = 0x4F6BED, 0xC98A2B


@dataclass(slots=True)
class EmbedChunk:
    """What is never divided: one embed, and the buttons that belong below it. `flows` takes following
    paragraphs in.
    """

    embed: Embed = field(default_factory=dict)
    flows: bool = False
    more: list[Key] = field(default_factory=list)
    rows: list[list[Key]] = field(default_factory=list)


@dataclass(slots=True)
class _Message:
    """A message while it is filled."""

    embeds: list[Embed] = field(default_factory=list)
    more: list[Key] = field(default_factory=list)
    rows: list[list[Key]] = field(default_factory=list)
    size: int = 0

    def holds(self, chunk: EmbedChunk) -> bool:
        rows = -(-len(self.more + chunk.more) // ROW) + len(self.rows) + len(chunk.rows)
        embeds = len(self.embeds) + bool(chunk.embed)
        return rows <= ROWS and embeds <= EMBEDS and self.size + measure(chunk.embed) <= SUM

    def add(self, chunk: EmbedChunk) -> None:
        self.embeds += [chunk.embed] if chunk.embed else []
        self.more += chunk.more
        self.rows += chunk.rows
        self.size += measure(chunk.embed)

    def payload(self) -> dict[str, Any]:
        rows = [self.more[start : start + ROW] for start in range(0, len(self.more), ROW)]
        return {"embeds": self.embeds or [{"description": "▸"}], "rows": _distinct(rows + self.rows)}


def render(document: Document, channel: Channel) -> tuple[Payload, ...]:
    """Return the messages that carry the document in the channel; none when there is nothing to see."""
    messages = [_Message()]
    for chunk in _chunks(document.blocks):
        if not messages[-1].holds(chunk):
            messages.append(_Message())
        messages[-1].add(chunk)
    payloads = [message.payload() for message in messages if message.embeds or message.more or message.rows]
    if channel.kind is PlaceKind.FORUM and not channel.thread:
        _name(payloads, document)
    return tuple(payloads)


def measure(embed: Embed) -> int:
    """Return the characters of an embed that count towards the sum."""
    texts = (embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", ""))
    return sum(map(units, texts))


def _name(payloads: list[dict[str, Any]], document: Document) -> None:
    """In a forum each message may open a thread, which needs a name."""
    heads = (one_line(getattr(block, "text", "")) for block in document.blocks if isinstance(block, Heading))
    stories = (one_line(block.headline) for block in document.blocks if isinstance(block, StoryBlock))
    name = next((head for head in (*heads, *stories) if head), "…")
    for number, payload in enumerate(payloads, 1):
        part = f" · {number}" if number > 1 else ""
        payload["name"] = cut(name, NAME - len(part), plain) + part


# --- blocks into chunks ------------------------------------------------------------------------------------


def _chunks(blocks: Iterable[Block]) -> list[EmbedChunk]:
    chunks: list[EmbedChunk] = []
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


def _heading(block: Heading) -> list[EmbedChunk]:
    embed = _embed_of(
        title=cut(one_line(block.text), TITLE), description=cut(clean(block.detail), PARAGRAPH), color=NEWS
    )
    return [EmbedChunk(embed, flows=True)] if embed else []


def _story(block: StoryBlock) -> list[EmbedChunk]:
    parts = (str(block.number or ""), one_line(block.label).rstrip(" ·"), one_line(block.headline))
    title = cut(" · ".join(filter(None, parts)), TITLE)
    meta = one_line(block.meta)
    lines = [
        cut(one_line(" ".join(block.sentences)), STORY),
        quiet("▸ " + cut(meta, ITEM * 2)) if meta else "",
        *_story_below(block),
    ]
    while units("\n".join(filter(None, lines))) > DESCRIPTION:
        lines.pop()
    color = UPDATE if block.label else NEWS
    embed = _embed_of(
        title=title, url=address(block.link), description="\n".join(filter(None, lines)), color=color
    )
    chunk = EmbedChunk(embed)
    if block.more is not None:
        label = f"{block.number} ▸" if block.number is not None else block.more.label
        chunk.more = [key for key in [_key(replace(block.more, label=label))] if key]
    return [chunk] if embed or chunk.more else []


def _story_below(block: StoryBlock) -> list[str]:
    """Return the other stories of the saga, a line each; the first line says what they are."""
    if block.below is None:
        return []
    lines = [linked(one_line(item.text), item.link, ITEM) for item in block.below.items]
    title = escape(one_line(block.below.title))
    return [f"{title} {line}" if n == 0 else f"· {line}" for n, line in enumerate(filter(None, lines))]


def _embed_of(**parts: Any) -> Embed:
    """Return an embed of the parts that say something; empty when only the colour or an address would be
    left.
    """
    embed = {name: value for name, value in parts.items() if value}
    return embed if "title" in embed or "description" in embed else {}


def _flow(markdown: str, chunks: list[EmbedChunk], *, close: bool = False) -> None:
    """Add a paragraph to the last embed where it belongs to it and fits, else in a new one."""
    if not markdown:
        return
    last = chunks[-1] if chunks else None
    if last is not None and last.flows and not last.rows:
        before = last.embed.get("description", "")
        text = (before + ("\n" if close else "\n\n") + markdown) if before else markdown
        if units(text) <= DESCRIPTION:
            last.embed["description"] = text
            return
    chunks.append(EmbedChunk({"description": markdown}, flows=True))


def _paragraph(block: Text | Quote | Listing | Table) -> str:
    match block:
        case Text():
            return cut(clean(block.text), PARAGRAPH, subtext if block.quiet else escape)
        case Quote():
            return _quote(block)
        case Listing():
            return _listing(block)
        case Table():
            return table(block, PARAGRAPH)


def _quote(block: Quote) -> str:
    words = cut(clean(block.text), QUOTE)
    source = linked(one_line(block.source), block.link, ITEM)
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
    return linked(one_line(item.text), item.link, ITEM)


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


def _picture(block: Picture, chunks: list[EmbedChunk]) -> None:
    url, alt = address(block.url), cut(one_line(block.alt), ITEM)
    if url and chunks and chunks[-1].embed and "image" not in chunks[-1].embed:
        chunks[-1].embed["image"] = {"url": url}
    elif url:
        chunks.append(EmbedChunk({"image": {"url": url}}, flows=True))
    if alt:
        _flow(quiet(alt), chunks, close=True)


def _footer(block: Footer, chunks: list[EmbedChunk]) -> None:
    line = " ".join(filter(None, (block.text, *(f"#{tag}" for tag in block.hashtags))))
    text = cut(one_line(line), FOOTER, plain)
    last = next((chunk for chunk in reversed(chunks) if chunk.embed), None)
    if not text:
        return
    if last is not None and "footer" not in last.embed:
        last.embed["footer"] = {"text": text}
    else:
        _flow(quiet(cut(one_line(line), FOOTER)), chunks, close=True)


# --- buttons -----------------------------------------------------------------------------------------------


def _actions(block: Actions, chunks: list[EmbedChunk]) -> None:
    keys = [key for key in map(_key, block.buttons) if key]
    for button in block.buttons:
        if len(button.url) > URL:  # no button can hold it, but a line of text can
            target = linked(one_line(button.label) or "▸", button.url, ITEM)
            _flow(target if target.startswith("[") else "", chunks)
    chunks += [EmbedChunk(rows=[keys[start : start + ROW]]) for start in range(0, len(keys), ROW)]


def _key(button: Button) -> Key:
    """Return a button as JSON; empty where Discord could not take it."""
    label = cut(one_line(button.label), LABEL, plain) or "▸"
    if button.url:
        url = address(button.url)
        return {"label": label, "url": url} if url and len(url) <= URL else {}
    data = data_of(button)
    return {"label": label, "data": data} if 0 < units(data) <= DATA else {}


def _distinct(rows: list[list[Key]]) -> list[list[Key]]:
    """Discord refuses a custom_id that stands twice in a message: the first stays."""
    known_keys: set[str] = set()
    distinct_rows = []
    for row in rows:
        fresh = [key for key in row if key.get("data", key.get("url", "")) not in known_keys]
        known_keys |= {key["data"] for key in fresh if "data" in key}
        distinct_rows += [_without_repeats(fresh)] if fresh else []
    return distinct_rows


def _without_repeats(row: list[Key]) -> list[Key]:
    return list({key.get("data") or key["url"]: key for key in reversed(row)}.values())[::-1]
