"""Links and language codes as feeds write them."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from babel import localedata
from babel.core import get_global

from bot.languages import base_language
from bot.pipeline.entries.written_addresses import address_in

LONGEST = 2000
"""Characters of an address that are kept."""

_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[\w/%=&+,;:@~.-]*(?:\?[\w/%=&+,;:@~.-]+)?)?", re.ASCII)
"""An absolute address in which nothing needs resolving."""

_PATH = re.compile(
    r"(?:\.{0,2}/(?!/)|www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)+/)\S+|[\w~%-]+(?:/[\w~%.-]+)*\.(?:html?|php|aspx?)",
    re.ASCII | re.IGNORECASE,
)
"""What can be nothing but an address or a path, where an identifier was expected."""

_UNSAFE = re.compile(r"[\x00-\x20\"<>\\^`{|}\u00a0\u2028\u2029\u3000]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web_link(link: Any, base: str) -> str:
    """Return an absolute http(s) link, empty for anything else (javascript:, mailto:, a bare guid, “N/A”).

    Addresses are read as people write them: without a scheme, in brackets or quotes, with spaces.
    """
    text = link.strip() if isinstance(link, str) else ""
    if not text:
        return ""
    if _PLAIN.fullmatch(text) and "/." not in text:
        return text[:LONGEST]
    text = address_in(text)
    try:
        absolute = urljoin(base, _LONE_PERCENT.sub("%25", _UNSAFE.sub(_encoded, text))) if text else ""
        parts = urlsplit(absolute)
        good = parts.scheme in {"http", "https"} and parts.hostname and _is_host(parts.netloc)
    except ValueError:
        return ""
    return absolute[:LONGEST] if good else ""


def is_path(identifier: str) -> bool:
    """Tell whether an identifier without a scheme is where an entry is on its site, and no mere name."""
    return bool(_PATH.fullmatch(identifier))


def _is_host(netloc: str) -> bool:
    return "%20" not in netloc and "%22" not in netloc


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def language_code(language: Any) -> str:
    """Return the two or three letters of a declared language: `it-IT` and `it_IT` are `it`. What is no
    language (“English”) is none.
    """
    code = base_language(str(language or "").strip())
    code = get_global("language_aliases").get(code, code)
    return code if code and len(code) <= LONGEST_CODE and localedata.exists(code) else ""


LONGEST_CODE = 3
"""Letters of a language's code (ISO 639)."""
