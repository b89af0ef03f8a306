"""Documents as HTML fragments. Every word is escaped; every link is http(s) and opens elsewhere."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup, escape

from bot.commands.codec import data_of
from bot.model import (
    Actions,
    Attachment,
    Block,
    Button,
    Document,
    Footer,
    Heading,
    Item,
    Listing,
    Picture,
    Quote,
    StoryBlock,
    Table,
    Text,
)


def fragment(document: Document) -> str:
    """Return a document as HTML."""
    blocks = Markup("\n").join(_group_blocks(document.blocks))
    return str(Markup('<div class="doc" lang="{}">{}</div>').format(document.language, blocks))


def download(attachment: Attachment) -> str:
    """Return a link that saves a file; the whole of it stands in the link."""
    body = b64encode(attachment.text.encode()).decode()
    link = Markup(
        '<p><a class="button" download="{}" href="data:application/octet-stream;base64,{}">{}</a></p>'
    )
    return str(link.format(attachment.name, body, attachment.name))


def _group_blocks(blocks: Sequence[Block]) -> Iterator[Markup]:
    """Render block by block. Quotations below a quiet line fold under that line: they are many, and most
    readers trust them unread.
    """
    rest = list(blocks)
    while rest:
        block = rest.pop(0)
        if isinstance(block, Text) and block.quiet and rest and isinstance(rest[0], Quote):
            count = next(
                (n for n, next_block in enumerate(rest) if not isinstance(next_block, Quote)), len(rest)
            )
            quotes, rest = rest[:count], rest[count:]
            yield _fold(block.text.rstrip(" :：\u00a0"), _join(_block(quote) for quote in quotes))
        else:
            yield _block(block)


def _block(block: Block) -> Markup:
    match block:
        case Heading():
            detail = Markup('<p class="detail">{}</p>').format(block.detail) if block.detail else Markup()
            return Markup("<h2>{}</h2>{}").format(block.text, detail)
        case StoryBlock():
            return _story(block)
        case Text():
            return Markup('<p class="{}">{}</p>').format("quiet" if block.quiet else "plain", block.text)
        case Quote():
            source = link(block.source, block.link)
            return Markup("<blockquote><p>{}</p><cite>{}</cite></blockquote>").format(block.text, source)
        case Listing():
            return _listing(block)
        case Table():
            return _table(block)
        case Picture():
            return Markup('<p class="quiet">{}</p>').format(link(block.alt, block.url))
        case Actions():
            return Markup('<div class="actions">{}</div>').format(
                _join(button(b) for b in block.buttons if not b.asks)
            )
        case Footer():
            line = " ".join(filter(None, (block.text, *(f"#{tag}" for tag in block.hashtags))))
            return Markup('<p class="footer">{}</p>').format(line)


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def link(text: str, url: str, kind: str = "") -> Markup:
    """Return a link to a web address; only the text when the address is none."""
    if not url.startswith(("http://", "https://")):
        return escape(text)
    look = Markup(' class="{}"').format(kind) if kind else Markup()
    return Markup('<a{} href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(
        look, url, text
    )


def button(key: Button) -> Markup:
    """Return a button that carries a Call, or a link that looks like one."""
    if key.url:
        return link(key.label, key.url, "button")
    return Markup('<button type="button" data-call="{}">{}</button>').format(data_of(key), key.label)


def _story(block: StoryBlock) -> Markup:
    number = Markup('<span class="number">{}</span>').format(block.number) if block.number else Markup()
    label = Markup('<span class="label">{}</span> ').format(block.label) if block.label else Markup()
    sentences = " ".join(block.sentences) if block.number else None
    text = (
        Markup("<p>{}</p>").format(sentences)
        if sentences
        else _join(Markup("<p>{}</p>").format(s) for s in block.sentences)
    )
    more = (
        Markup('<button type="button" class="chip" data-call="{}">{}</button>').format(
            data_of(block.more), block.more.label
        )
        if block.more
        else Markup()
    )
    meta_text = _drop_label(block.meta, block.more)
    rest = Markup("<span>{}</span>").format(meta_text) if meta_text else Markup()
    meta = Markup('<p class="meta">{}{}</p>').format(more, rest) if more or rest else Markup()
    below = Markup('<div class="below">{}</div>').format(_listing(block.below)) if block.below else Markup()
    return Markup('<article class="story{}">{}<div><h3>{}{}</h3>{}{}{}</div></article>').format(
        " update" if block.label else "", number, label, link(block.headline, block.link), text, meta, below
    )


def _drop_label(meta: str, more: Button | None) -> str:
    """Leave out of the meta line what the chip says already."""
    if more is None:
        return meta
    return " · ".join(part for part in meta.split(" · ") if part != more.label)


def _listing(block: Listing) -> Markup:
    items = _join(Markup("<li>{}</li>").format(_item(item)) for item in block.items)
    list_markup = Markup("<ul>{}</ul>").format(items)
    if block.folded:
        return _fold(block.title, list_markup)
    if not block.title:
        return list_markup
    return Markup('<div class="list"><p>{}</p>{}</div>').format(block.title, list_markup)


def _fold(title: str, inside: Markup) -> Markup:
    return Markup("<details><summary>{}</summary>{}</details>").format(title or "…", inside)


def _item(item: Item) -> Markup:
    return link(item.text, item.link)


def _table(block: Table) -> Markup:
    head = _join(Markup("<th>{}</th>").format(cell) for cell in block.head)
    rows = _join(
        Markup("<tr>{}</tr>").format(_join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in block.rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows)
