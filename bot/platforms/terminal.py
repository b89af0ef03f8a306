"""The terminal: posts are printed as they read on a phone, 72 columns wide; typed lines are commands."""

import asyncio
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.text import Text as RichText

from bot.errors import Refused
from bot.i18n import Texts
from bot.model import (
    Actions,
    Block,
    Call,
    Channel,
    Document,
    Finding,
    Footer,
    Heading,
    Identity,
    Item,
    Listing,
    Operation,
    OperationKind,
    Payload,
    Person,
    Picture,
    Place,
    PlaceKind,
    Quote,
    Role,
    Search,
    SearchResult,
    StoryBlock,
    Table,
    Text,
)
from bot.ports import ChatGateway, Platform, PlatformOptions

WIDTH = 72
SPACES = str.maketrans("\t\n\v\f\r", "     ")
PLACE = Place(platform="terminal", address="terminal", kind=PlaceKind.PAGE, name="terminal")
PERSON = Person(platform="terminal", address="you", manager=True)
STYLES = {
    "heading": "bold",
    "headline": "bold cyan",
    "update": "bold yellow",
    "quiet": "dim",
    "text": "",
    "quote": "italic",
}

StyledLine = tuple[str, str]
"""A style's name and one printed line."""


class Terminal:
    """Prints Documents and, on a real terminal, answers what is typed."""

    name = "terminal"
    links_to_bot = False
    hides_calls = True
    has_post_menu = False
    takes_replies = False
    has_roles = False
    picks_places = False
    one_by_one = False

    def __init__(self, console: Console) -> None:
        self._console = console

    async def run(self, gateway: ChatGateway) -> None:
        """Answer typed lines until cancelled; without a terminal only print."""
        await gateway.connected(self.name)
        if not sys.stdin.isatty():
            await asyncio.Event().wait()
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        try:
            while line := await reader.readline():
                await self._answer_line(line.decode(errors="replace"), gateway)
            await asyncio.Event().wait()
        finally:
            transport.close()

    async def _answer_line(self, line: str, gateway: ChatGateway) -> None:
        call = gateway.typed(line, Call("", {}, PERSON, PLACE))
        if call is not None:
            answer = await gateway.answer(call)
            self.show(answer.document)
            if answer.attachment is not None:
                self._console.print(RichText(answer.attachment.text), soft_wrap=True)

    def show(self, document: Document) -> None:
        """Print a document."""
        self._print(list(lines(document)))

    def _print(self, pieces: Sequence[Sequence[str]]) -> None:
        for style, line in pieces:
            self._console.print(RichText(line, style=STYLES.get(style, "")), soft_wrap=True, highlight=False)
        self._console.print()

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:  # noqa: ARG002  a terminal has one kind of channel
        """Return the document as styled lines."""
        return ({"lines": [list(piece) for piece in lines(document)]},)

    def link(self, channel: Channel, post: str, server: str) -> str:  # noqa: ARG002  it is the same everywhere
        """Return nothing: what was printed has no address."""
        return ""

    def book(self, channel: Channel) -> float:  # noqa: ARG002  it is the same everywhere
        """Return 0: a terminal has no limits."""
        return 0.0

    async def send(self, operation: Operation, channel: Channel, reply_to: str) -> str:  # noqa: ARG002  nothing here is answered to
        """Print the operation's lines. Raises `Refused` for what changes an earlier one."""
        if operation.kind is not OperationKind.SEND:
            raise Refused("What was printed stays as it is.")
        self._print(operation.payload["lines"])
        return str(operation.id)

    async def find(self, operation: Operation, channel: Channel, search: Search) -> SearchResult:  # noqa: ARG002  what was printed cannot be looked up
        """Say that nobody knows: printing leaves no trace."""
        return SearchResult(Finding.UNKNOWN)

    async def private_chat(self, person: Person) -> str:  # noqa: ARG002  there are no chats between two here
        """Return nothing: there are no private chats here."""
        return ""

    def target_in(self, word: str) -> str:  # noqa: ARG002  there is one place here
        """Return nothing: there is no other place here."""
        return ""

    def titles(self) -> Mapping[str, str]:
        """Return nothing: there is no other place here."""
        return {}

    async def managed_place(self, target: str, person: Person) -> Place | None:  # noqa: ARG002  there is one place here
        """Return nothing: there is no other place here."""
        return None

    async def find_role(self, place: Place, name: str) -> Role | None:  # noqa: ARG002  there are no roles here
        """Return nothing: there are no roles here."""
        return None

    async def assign_role(
        self,
        place: Place,  # noqa: ARG002  there are no roles here
        person: Person,  # noqa: ARG002
        role_id: str,  # noqa: ARG002
        *,
        has: bool | None,  # noqa: ARG002
    ) -> bool:
        """Give nothing: there are no roles here."""
        return False

    def identity(self) -> Identity | None:
        """Return nothing: a terminal has no account."""
        return None

    async def close(self) -> None:
        """Do nothing: a terminal stays open."""


def create(options: PlatformOptions, texts: Texts) -> Platform:  # noqa: ARG001  every platform is made alike
    """Return the terminal platform on standard output."""
    return Terminal(Console(width=WIDTH if not sys.stdout.isatty() else None))


def lines(document: Document) -> Iterator[StyledLine]:
    """Return a document as lines of at most 72 columns, each with its style."""
    for index, block in enumerate(document.blocks):
        if index and not isinstance(block, Actions):
            yield "text", ""
        yield from _block(block)


def _block(block: Block) -> Iterator[StyledLine]:
    match block:
        case Heading():
            yield from _wrap(block.text, "heading")
            yield from _wrap(block.detail, "quiet")
        case StoryBlock():
            yield from _story(block)
        case Listing():
            yield from _listing(block)
        case Quote():
            yield from _wrap(f"“{block.text}”", "quote", "   ")
            yield from _wrap(f"— {block.source}" if block.source else "", "quiet", "   ")
        case Table():
            yield from _table(block)
        case Actions():
            return
        case _:
            yield from _plain(block)


def _plain(block: Text | Footer | Picture) -> Iterator[StyledLine]:
    if isinstance(block, Picture):
        return _wrap(f"[{block.alt}]", "quiet")
    if isinstance(block, Footer):
        return _wrap(" ".join((block.text, *(f"#{tag}" for tag in block.hashtags))), "quiet")
    return _wrap(block.text, "quiet" if block.quiet else "text")


def _story(block: StoryBlock) -> Iterator[StyledLine]:
    number = f"{block.number}  " if block.number else ""
    indent = " " * len(number)
    label = f"{block.label}: " if block.label else ""
    yield from _wrap(
        f"{number}{label}{block.headline}", "update" if block.label else "headline", indent, first=""
    )
    for paragraph in [" ".join(block.sentences)] if block.number else block.sentences:
        yield from _wrap(paragraph, "text", indent)
    yield from _wrap(f"▸ {block.meta}", "quiet", indent)
    for place, item in enumerate(block.below.items if block.below else ()):
        title = f"{block.below.title} " if block.below and not place else ""
        yield from _wrap(f"· {title}{item.text}", "quiet", indent)


def _listing(block: Listing) -> Iterator[StyledLine]:
    if block.title:
        yield from _wrap(block.title, "text")
    for item in block.items:
        yield from _item(item)


def _item(item: Item) -> Iterator[StyledLine]:
    yield from _wrap(f"· {item.text}", "quiet", "    ", first="  ")


def _table(block: Table) -> Iterator[StyledLine]:
    rows = [block.head, *block.rows]
    widths = [max(_columns(row[i]) for row in rows) for i in range(len(block.head))]
    for row in rows:
        yield (
            "text",
            "  ".join(
                cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
            ).rstrip(),
        )


def _wrap(text: str, style: str, indent: str = "", first: str | None = None) -> Iterator[StyledLine]:
    """Break text into lines of 72 columns; wide characters (Chinese, Japanese, Korean) count two and break
    anywhere.
    """
    line = indent if first is None else first
    fresh = True
    for piece in _pieces(text.translate(SPACES)):
        for part in _parts(piece, WIDTH - _columns(indent)):
            if not fresh and _columns(line + part.rstrip()) > WIDTH:
                yield style, line.rstrip()
                line, fresh = indent, True
            line += part.lstrip() if fresh else part
            fresh = fresh and not part.strip()
    if not fresh:
        yield style, line.rstrip()


def _parts(word: str, room: int) -> Iterator[str]:
    """Cut a word that is wider than a line."""
    part = ""
    for char in word:
        if char != " " and _columns(part + char) > room:
            yield part
            part = ""
        part += char
    yield part


def _pieces(text: str) -> Iterator[str]:
    """Return words with their space, and wide characters one by one (closing punctuation stays with the one
    before).
    """
    word = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if wide and word and unicodedata.category(char) in {"Po", "Pe", "Pf"}:
            word += char
        elif wide or (word and unicodedata.east_asian_width(word[-1]) in "WF" and char != " "):
            if word:
                yield word
            word = char
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word


def _columns(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
