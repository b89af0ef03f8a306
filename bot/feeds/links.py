"""Links and language codes as feeds write them."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[\w/%=&+,;:@~.-]*(?:\?[\w/%=&+,;:@~.-]+)?)?", re.ASCII)
"""An absolute address in which nothing needs resolving."""


def web_link(link: Any, base: str) -> str:
    """Return an absolute http(s) link, empty for anything else (javascript:, mailto:, a bare guid)."""
    text = str(link or "").strip()
    if not text:
        return ""
    if _PLAIN.fullmatch(text) and "/." not in text:
        return text[:2000]
    try:
        absolute = urljoin(base, text)
        parts = urlsplit(absolute)
    except ValueError:
        return ""
    good = parts.scheme in {"http", "https"} and parts.hostname and not re.search(r"\s", absolute)
    return absolute[:2000] if good else ""


def language_code(language: Any) -> str:
    """Return the two or three letters of a declared language: `it-IT` and `it_IT` are `it`."""
    return str(language or "").strip().replace("_", "-").split("-")[0].lower()[:8]
