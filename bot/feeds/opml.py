"""Lists of feeds: reading OPML 1 and 2, and writing it."""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

import listparser
from lxml import etree

from bot.errors import SettingsError
from bot.model import Outline


def read_opml(text: str, name: str) -> list[Outline]:
    """Return the feeds of a list, in order. Raises `SettingsError` naming the file when it is not OPML."""
    found = listparser.parse(text)
    if found.bozo or not found.version:
        msg = f"{name} is not OPML that can be read: {found.bozo_exception or 'no outline with an xmlUrl was found'}."
        raise SettingsError([msg])
    extras = _attributes(text)
    return [Outline(feed.url, feed.title or feed.url, extras.get(feed.url, {})) for feed in found.feeds]


def _attributes(text: str) -> dict[str, dict[str, str]]:
    """Return what listparser leaves out: our attributes of each outline, by address."""
    lenient = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(text.encode(), parser=lenient)
    found: dict[str, dict[str, str]] = {}
    for outline in root.iter("outline") if root is not None else ():
        plain = {str(key).lower(): str(value) for key, value in outline.attrib.items()}
        if "xmlurl" in plain:
            found[plain["xmlurl"]] = plain
    return found


def write_opml(title: str, feeds: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return an OPML 2.0 document with (group, attributes of an outline) for each feed."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    body = ElementTree.SubElement(root, "body")
    groups: dict[str, ElementTree.Element] = {}
    for group, attributes in feeds:
        if group not in groups:
            groups[group] = ElementTree.SubElement(body, "outline", text=group)
        ElementTree.SubElement(
            groups[group], "outline", {key: str(value) for key, value in attributes.items()}
        )
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=False) + "\n"
