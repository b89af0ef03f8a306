"""Lists of feeds: reading OPML 1 and 2, and writing it.

A list may hold `MOST` outlines with a feed and `LARGEST` bytes: beyond that it is a directory of the web, not
a list that somebody reads. Groups may nest; a feed remembers the names of its groups in its attribute
`group`.
"""

import html
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from lxml import etree

from bot.errors import AddressRefused, NotAFeed, SettingsError
from bot.feeds.address_lists import read_addresses
from bot.feeds.document_screen import refuse_bombs
from bot.feeds.markup import shortened
from bot.feeds.mending import with_known_names, without_impossible
from bot.feeds.public_addresses import check_url
from bot.model import FeedList, Outline
from bot.pipeline.entries.written_addresses import address_in

MOST = 10_000
"""Feeds that one list may name."""

LARGEST = 5 * 1024 * 1024
"""Bytes that one list may have."""

LONGEST_TAG = 16 * 1024
"""Characters of one outline: the time for reading its attributes grows with the square of their number."""

DEEPEST = 40
"""Groups within groups that are remembered by name."""

SEPARATOR = " / "
"""Between the names of nested groups."""

LONGEST_NAME = 60
"""Characters of a name by which an outline without an address is told: a whole list may stand on one line."""

LONGEST_ADDRESS = 100
BROKEN_LINES_MAX = 20
"""Places of a broken list that are named."""

FEED_TYPES = frozenset({"rss", "atom", "feed"})
LINK, INCLUDE = "link", "include"
"""What an outline may be that names no feed: a link, or another list whose outlines belong here."""

LONGEST_MENDED = 4096
"""Characters of a tag whose attributes are put in order."""

_TAG = re.compile(r"<outline\b([^\n<>]*(?:<(?!/?outline\b|/?body\b)[^\n<>]*)*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s([\w:]{1,40})\s{0,3}=\s{0,3}")
_PARTED_QUOTES = re.compile(r"[\"']\s{1,9}[\"']")
"""What parts two values of which the second has no name."""

_BARE_BYTES = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_ESCAPED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CONTROLS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMES = {"xmlurl": "xmlUrl", "htmlurl": "htmlUrl", "aionly": "aiOnly"}
"""Attributes whose usual spelling is not all in small letters."""


def read_opml(text: str, name: str) -> list[Outline]:
    """Return the feeds of a list, in order, each address once. Raises `SettingsError` naming the file when it
    is not OPML.
    """
    return list(read_list(text, name).outlines)


def read_list(text: str, name: str) -> FeedList:
    """Return the feeds of a list, in order, each address once, and a sentence for each outline that cannot be
    read.

    A text without any tag is read as addresses, one a line. Raises `SettingsError` naming the file when it is
    neither, or larger than we take.
    """
    if "<" not in text:
        _check_size(text, name)
        return read_addresses(text, name, MOST)
    root, broken = _root(text, name)
    outlines: dict[str, Outline] = {}
    problems: list[str] = list(broken)
    for element in filter(_is_outline, root.iter(etree.Element)):
        outline = _outline(element)
        if problem := _problem(element, outline):
            problems.append(f"line {element.sourceline}: {problem}")
        elif outline.url:
            outlines.setdefault(outline.url, outline)
        if len(outlines) + len(problems) > MOST:
            raise SettingsError(
                [f"{name} names more than {MOST:,} feeds. Divide it, or leave out what nobody reads."]
            )
    if broken and not outlines:
        raise SettingsError([f"{name} is not OPML that can be read: {broken[0]}."])
    return FeedList(tuple(outlines.values()), tuple(problems))


def read_public_list(text: str, name: str, opened: Collection[str] = ()) -> FeedList:
    """Return the feeds of a list that somebody sends: as `read_list`, and with a sentence for each address
    that we never visit.
    """
    listed = read_list(text, name)
    refused = {outline.url: why for outline in listed.outlines if (why := _why_refused(outline, opened))}
    kept = tuple(outline for outline in listed.outlines if outline.url not in refused)
    return FeedList(kept, (*listed.problems, *refused.values()))


def _why_refused(outline: Outline, opened: Collection[str]) -> str:
    try:
        check_url(outline.url, opened)
    except AddressRefused as error:
        return f"{outline.title}: {error}"
    return ""


def _outline(element: Any) -> Outline:
    attributes = {_plain_name(key): str(value).strip() for key, value in element.attrib.items()}
    attributes = {
        key: value if key.endswith("url") else _unescaped(value) for key, value in attributes.items()
    }
    if (group := _group(element)) and "group" not in attributes:
        attributes["group"] = group
    kind = attributes.get("type", "").lower()
    address = "" if kind == INCLUDE else attributes.get("xmlurl", "")
    address = address or (attributes.get("url", "") if kind in FEED_TYPES else "")
    url = address_in(address) or address
    return Outline(url, attributes.get("text") or attributes.get("title") or url, attributes)


def _is_outline(element: Any) -> bool:
    return _plain_name(element.tag) == "outline"


def _plain_name(key: Any) -> str:
    """Return a name without its prefix, in small letters, also where nobody has declared that."""
    return str(key).rpartition("}")[2].rpartition(":")[2].lower()


def _unescaped(text: str) -> str:
    """Undo one escaping too many: some programs write `AT&amp;amp;T`."""
    return html.unescape(text) if _ESCAPED.search(text) else text


def _group(element: Any) -> str:
    """Return the names of the groups around an outline, the outermost first."""
    names = []
    for above in filter(_is_outline, element.iterancestors()):
        attributes = {_plain_name(key): str(value).strip() for key, value in above.attrib.items()}
        names.append(_unescaped(attributes.get("text") or attributes.get("title") or ""))
        if len(names) == DEEPEST:
            break
    return SEPARATOR.join(name for name in reversed(names) if name)


def _problem(element: Any, outline: Outline) -> str:
    """Say why an outline is no feed although it seems meant as one; empty for feeds, groups, links
    and notes.
    """
    kind = outline.attributes.get("type", "").lower()
    if kind in {LINK, INCLUDE} and not outline.url:
        return _problem_of_link(outline, kind)
    if outline.url:
        fine = re.match(r"(?i)https?://[^\s/]+", outline.url)
        return "" if fine else f"`{outline.url[:100]}` is not a web address"
    is_note = not kind and outline.attributes.keys() <= {"text", "group"}
    if len(element) or is_note:
        return ""
    name = shortened(" ".join(outline.title.split()), LONGEST_NAME)
    return f"no xmlUrl ({name})" if name else "no xmlUrl"


def _problem_of_link(outline: Outline, kind: str) -> str:
    """Say where another list is that belongs into a list, empty for links. Lists within lists are not
    fetched: each could name any number of others.
    """
    address = outline.attributes.get("url") or outline.attributes.get("xmlurl", "")
    if address and (kind == INCLUDE or address.lower().endswith(".opml")):
        return f"its feeds are in another list, which /import takes: {address[:LONGEST_ADDRESS]}"
    return ""


def _check_size(text: str, name: str) -> None:
    if len(text) > LARGEST:
        raise SettingsError([f"{name} is larger than {LARGEST // 1024 // 1024} MB. Divide it."])


def _root(text: str, name: str) -> tuple[Any, list[str]]:
    """Return the root element, and a sentence for each place that could not be read. Entities are not
    expanded; bare ampersands, names of HTML and characters that XML cannot hold are forgiven.
    """
    _check_size(text, name)
    if max(map(len, text.split("<"))) > LONGEST_TAG:
        raise SettingsError(
            [f"{name} holds a tag of more than {LONGEST_TAG // 1024} KB, which no list of feeds needs."]
        )
    body = _CONTROLS.sub(" ", text).lstrip("\ufeff \t\r\n").encode("utf-8", "replace")
    try:
        refuse_bombs(body)
    except NotAFeed as error:
        raise SettingsError([f"{name} is not OPML that can be read: {error}"]) from error
    body = with_known_names(without_impossible(_BARE_BYTES.sub(b"&amp;", body)))
    parser = _parser()
    try:
        root = etree.fromstring(body, parser)
        if parser.error_log:
            parser = _parser()
            root = etree.fromstring(_TAG.sub(_in_order, body.decode()).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        msg = f"{name} is not OPML that can be read: {getattr(error, 'msg', '') or error}."
        raise SettingsError([msg]) from error
    if root is None and parser.error_log:
        raise SettingsError([f"{name} is not OPML that can be read: {parser.error_log[0].message}."])
    if root is None or _plain_name(root.tag) != "opml":
        msg = f"{name} is not OPML that can be read: it must begin with an `opml` element."
        raise SettingsError([msg])
    broken = {entry.line: _in_words(entry.message) for entry in reversed(parser.error_log)}
    return root, [f"line {line}: {message}" for line, message in sorted(broken.items())[:BROKEN_LINES_MAX]]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, recover=True
    )


def _in_order(tag: re.Match[str]) -> str:
    """Return an outline with its attributes as XML has them: each once, between quotes, with none inside."""
    inner, end = tag[1].rstrip("/ \t\r"), "/" if tag[1].rstrip().endswith("/") else ""
    places = list(_ATTRIBUTE.finditer(inner)) if len(inner) <= LONGEST_MENDED else []
    if not places:
        return tag[0]
    values: dict[str, str] = {}
    for at, place in enumerate(places):
        stop = places[at + 1].start() if at + 1 < len(places) else len(inner)
        value = inner[place.end() : stop].strip()
        quote = value[:1] if value[:1] in {'"', "'"} else ""
        value = value.removeprefix(quote).removesuffix(quote) if quote else value
        if _PARTED_QUOTES.search(value):
            return tag[0]
        values.setdefault(place[1], html.escape(html.unescape(value), quote=True))
    return "<outline" + "".join(f' {name}="{value}"' for name, value in values.items()) + end + ">"


def _in_words(message: str) -> str:
    """Return what is wrong in a line, in words that say what to mend."""
    if "ttribute" in message or "AttValue" in message:
        return "its attributes cannot be read: each needs a name and quotes around its value"
    return message


def write_list(title: str, outlines: Iterable[Outline]) -> str:
    """Return an OPML 2.0 document of some feeds, in groups: reading it again gives the same feeds."""
    return write_opml(title, ((o.attributes.get("group", ""), _written(o)) for o in outlines))


def _written(outline: Outline) -> dict[str, str]:
    own = {name: value for name, value in outline.attributes.items() if value and name != "group"}
    first = {"type": "rss", "text": outline.title, "xmlurl": outline.url}
    return {_NAMES.get(name, name): value for name, value in {**first, **own, **first}.items()}


def write_opml(title: str, feeds: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return an OPML 2.0 document with (group, attributes of an outline) for each feed; feeds without a group
    stand outside.
    """
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = _clean(title)
    body = ElementTree.SubElement(root, "body")
    groups: dict[str, ElementTree.Element] = {"": body}
    for group, attributes in feeds:
        values = {key: _clean(str(value)) for key, value in attributes.items()}
        ElementTree.SubElement(_group_in(groups, group), "outline", values)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _group_in(groups: dict[str, ElementTree.Element], path: str) -> ElementTree.Element:
    """Return the outline of a group, made with those around it where there was none."""
    if path not in groups:
        above, _, name = path.rpartition(SEPARATOR)
        groups[path] = ElementTree.SubElement(_group_in(groups, above), "outline", text=_clean(name))
    return groups[path]


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _CONTROLS.sub("", text)
