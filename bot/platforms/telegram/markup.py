"""Plain text into Telegram's HTML, and back: cleaning, cutting, links, sizes. Pure; knows no block and no
connection.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from bot.model import ShownTime

JOINER = "\u2060"
"""WORD JOINER: no width, and ends what Telegram would otherwise make clickable."""

UNITS = 3_900
"""UTF-16 units aimed at; Telegram takes 4096 characters after entity parsing (Bot API, sendMessage)."""

ENTITIES = 96
"""Telegram applies the first 100 entities of a message and drops the rest (PTB
`MessageLimit.MESSAGE_ENTITIES`).
"""

SOURCE_BYTES = 32_000
"""The Bot API server refuses a source of more than 32,768 bytes (telegram-bot-api, Client.cpp)."""

LINK_BYTES = 8_000
"""All link addresses together; about 9,500 is ENTITIES_TOO_LONG (tdlib/telegram-bot-api issue 165)."""

ADDRESS_BYTES = 2_000
"""The longest single address we link, so that no link alone can fill a message."""

_LINES = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u0333\u033f\ufeff]")
_TOUCHY = re.compile(
    r"(?<=[@#])(?=\w)"  # mentions, hashtags and mail addresses
    r"|(?<=\$)(?=[^\W\d_])"  # cashtags; sums such as $5 stay whole
    r"|(?<=\S\.)(?=[^\W\d_])"  # addresses without a scheme: x.ai
    r"|(?<=\d\.)(?=\d+\.\d+\.\d)"  # addresses of machines
    r"|(?<=:)(?=//)"  # every scheme
)
_COMMAND = re.compile(r"(?<!\w)/(?=\w)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})+|\[[0-9a-f:.]+\]", re.IGNORECASE)
_TIMES = re.compile(r"</?tg-time[^<>]*+>")
_TAG = re.compile(r"<(/?)(\w++)(?: href=\"([^\"<>]*+)\")?[^<>]*+>")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？]+[」』”]*")
_SEPARATORS = " ·—–"
"""What stands between a moment and what happened then."""

_INVISIBLE = re.compile(r"[\u2028-\u202e\u0333\u033f\u030a\u200b\u2060]|\s+")


def clean(text: str) -> str:
    """Return text of a feed as characters: entities decoded, line ends and spaces unified, controls and
    direction overrides gone.
    """
    decoded = html.unescape(text).encode("utf-8", "replace").decode()
    lines = _FORBIDDEN.sub(" ", _LINES.sub("\n", decoded.replace("\t", " ")))
    spaced = re.sub(r" ?\n ?", "\n", _SPACES.sub(" ", lines))
    return unicodedata.normalize("NFC", re.sub(r"\n{3,}", "\n\n", spaced)).strip()


def one_line(text: str) -> str:
    """Return cleaned text without line ends."""
    return " ".join(clean(text).split())


def calm(text: str, *, commands: bool = False) -> str:
    """Return text in which nothing pings and nothing is clickable; `commands` True leaves the bot's own
    `/commands` so.
    """
    calmed = _TOUCHY.sub(JOINER, text)
    return calmed if commands else _COMMAND.sub("/" + JOINER, calmed)


def escape(text: str, *, commands: bool = False) -> str:
    """Return calm, escaped HTML text."""
    return html.escape(calm(text, commands=commands), quote=False)


def bold(markup: str) -> str:
    """Return markup set bold; nothing for nothing."""
    return f"<b>{markup}</b>" if markup else ""


def italic(markup: str) -> str:
    """Return markup set italic; nothing for nothing."""
    return f"<i>{markup}</i>" if markup else ""


def linked(markup: str, url: str) -> str:
    """Return markup as a link, or as it is where Telegram would drop the address."""
    safe = address(url)
    return f'<a href="{html.escape(safe)}">{markup}</a>' if safe and markup else markup


def timed(markup: str, moment: ShownTime | None) -> str:
    """Return markup whose moment, where it stands in it, is shown by the clock of whoever reads (Bot API,
    date-time entities): a time of day as one, else with its day.
    """
    shown = escape(one_line(moment.shown)) if moment else ""
    before, mark, after = markup.rpartition(shown) if shown else ("", "", markup)
    if moment is None or not mark:
        return markup
    form = "t" if moment.is_time_of_day else "wDt"
    return f'{before}<tg-time unix="{moment.unix_seconds}" format="{form}">{shown}</tg-time>{after}'


def linked_and_timed(text: str, link: str, moments: Sequence[ShownTime], *, commands: bool = False) -> str:
    """Return a line as a link, with its moments by the clock of whoever reads. Entities of the two kinds do
    not overlap: the link begins behind the last moment, or ends before the first.
    """
    texts = [one_line(moment.shown) for moment in moments if one_line(moment.shown) in text]
    if not texts or not address(link):
        return _all_timed(linked(escape(text, commands=commands and not link), link), moments)
    end = max(text.rfind(words) + len(words) for words in texts)
    rest = text[end:].lstrip(_SEPARATORS)
    if rest:
        before = text[: len(text) - len(rest)]
        return _all_timed(escape(before), moments) + linked(escape(rest), link)
    start = min(map(text.rfind, texts))
    label = text[:start].rstrip(_SEPARATORS + ",")
    return linked(escape(label), link) + _all_timed(escape(text[len(label) :]), moments)


def _all_timed(markup: str, moments: Sequence[ShownTime]) -> str:
    for moment in moments:
        markup = timed(markup, moment)
    return markup


def untimed(markup: str) -> str:
    """Return markup whose moments stay as they are written."""
    return _TIMES.sub("", markup)


def address(url: str) -> str:
    """Return an http(s) address that Telegram keeps, or an empty string.

    Telegram drops other schemes, hosts without a dot and impossible ports without a word (TDLib,
    LinkManager). Addresses with a user name are dropped too: they are made to look like another site's.
    """
    safe = _UNSAFE.sub(lambda match: _percent(match[0]), url.strip().encode("utf-8", "replace").decode())
    try:
        parts = urlsplit(safe)
        port = parts.port
    except ValueError:
        return ""
    right = parts.scheme in {"http", "https"} and "@" not in parts.netloc and port != 0
    host = _HOST.fullmatch(parts.netloc.rpartition(":")[0] if port is not None else parts.netloc)
    return safe if right and host and len(html.escape(safe).encode()) <= ADDRESS_BYTES else ""


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def units(text: str) -> int:
    """Return the length in UTF-16 units, in which Telegram counts offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, budget: int) -> str:
    """Return the text within `budget` UTF-16 units: cut after a sentence, else a word, and ended by an
    ellipsis.
    """
    if units(text) <= budget:
        return text
    head = _prefix(text, max(budget - 2, 1))
    end_offsets = [match.end() for match in _SENTENCE_END.finditer(head) if match.end() > len(head) // 2]
    if end_offsets:
        return head[: end_offsets[-1]] + " …"
    word = head.rfind(" ", len(head) // 2)
    return _drop_half_character(head[:word] if word > 0 else head).rstrip() + "…"


def _prefix(text: str, budget: int) -> str:
    head = text[:budget]
    while units(head) > budget:
        head = head[: -max(1, (units(head) - budget) // 2)]
    return head


def _drop_half_character(head: str) -> str:
    """Drop a last character that may be the first half of a joined emoji or accented letter."""
    joiner = "\u200d\ufe0f"
    while head and (head[-1] in joiner or unicodedata.combining(head[-1])):
        head = head[:-1]
    return head


def visible(text: str) -> bool:
    """Tell whether anything can be seen; Telegram refuses a text of spaces and format characters as empty."""
    return any(unicodedata.category(character)[0] not in "CZM" for character in text)


@dataclass(frozen=True, slots=True)
class Size:
    """What a piece of HTML takes of Telegram's limits."""

    units: int = 0
    entities: int = 0
    source: int = 0
    links: int = 0

    def __add__(self, size: "Size") -> "Size":
        """Return both together, with the blank line that parts two blocks."""
        gap = 2 if self.units and size.units else 0
        return Size(
            self.units + size.units + gap,
            self.entities + size.entities,
            self.source + size.source + gap,
            self.links + size.links,
        )

    def fits(self, limit: int = UNITS) -> bool:
        """Tell whether one message holds it."""
        inside = self.units <= limit and self.entities <= ENTITIES
        return inside and self.source <= SOURCE_BYTES and self.links <= LINK_BYTES


def bare(markup: str) -> str:
    """Return the text of HTML that this package wrote."""
    return html.unescape(_TAG.sub("", markup))


def measure(markup: str) -> Size:
    """Return the size of HTML that this package wrote."""
    tags = _TAG.findall(markup)
    opening_tags = sum(1 for closing, _, _ in tags if not closing)
    links = sum(len(href.encode()) for _, _, href in tags)
    return Size(units(bare(markup)), opening_tags, len(markup.encode()), links)


class _Reader(HTMLParser):
    """Collects the text and the link addresses of our own HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(markup: str) -> tuple[str, tuple[str, ...]]:
    """Return the text and the link addresses, in order, of HTML that this package wrote."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.text), tuple(reader.links)


def same(text: str, second: str) -> bool:
    """Tell whether two texts are the same to a reader: Telegram trims spaces and drops some characters."""
    return _INVISIBLE.sub("", text) == _INVISIBLE.sub("", second)


def same_address(first: str, second: str) -> bool:
    """Tell whether two addresses are the same: Telegram lowers the host and adds the first slash."""
    return _canonical(first) == _canonical(second)


def _canonical(url: str) -> tuple[str, str, str, str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, parts.fragment
