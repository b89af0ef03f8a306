"""Lists of feeds: reading OPML 1 and 2, and writing it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from lxml import etree

from bot.errors import SettingsError
from bot.model import Outline

_BARE = re.compile(r"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")


def read_opml(text: str, name: str) -> list[Outline]:
    """Return the feeds of a list, in order, each address once. Raises `SettingsError` naming the file when it is not OPML."""
    found: dict[str, Outline] = {}
    for outline in _root(text, name).iter("{*}outline"):
        attributes = {str(key).lower(): str(value).strip() for key, value in outline.attrib.items()}
        if url := attributes.get("xmlurl"):
            title = attributes.get("text") or attributes.get("title") or url
            found.setdefault(url, Outline(url, title, attributes))
    return list(found.values())


def _root(text: str, name: str) -> Any:
    """Return the root element; entities are not expanded, and addresses with bare ampersands are forgiven."""
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(_BARE.sub("&amp;", text).lstrip("\ufeff \t\r\n").encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        msg = f"{name} is not OPML that can be read: {error}."
        raise SettingsError([msg]) from error
    if etree.QName(root).localname.lower() != "opml" or root.getroottree().docinfo.internalDTD is not None:
        msg = f"{name} is not OPML that can be read: it must begin with an `opml` element."
        raise SettingsError([msg])
    return root


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
