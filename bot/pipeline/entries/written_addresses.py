"""Addresses as people write them: copied with what stood around them, without a scheme, or with a slip in
it.
"""

import re

_WRAPPED = re.compile(r"[\t\r\n]+ *")
_AROUND = "<>\"'`“”‘’«»「」 \u00a0\u200b\ufeff"
"""What stands around an address that was copied from a text."""

_SUBSCRIBING = "feed|rss|atom|pcast|podcast|itpc|itms-pcast"
"""Schemes that name what is to be done with an address, not how it is reached."""

_DOUBLED = re.compile(rf"^(?:https?|{_SUBSCRIBING}):(?://)?(?=https?:)", re.IGNORECASE)
_SLOPPY = re.compile(r"^h{1,2}[tp]{2,4}(s?)[:;]?[/\\]{1,3}(?=[^/\\])", re.IGNORECASE)
_NO_SLASHES = re.compile(r"^(https?):(?=[\w-]+\.)", re.IGNORECASE)
_FEED = re.compile(rf"^(?:{_SUBSCRIBING}):/{{0,2}}(?=[\w-]+\.)", re.IGNORECASE)
_SCHEMELESS = re.compile(r"^//(?=[\w-]+\.)")
_ESCAPED_TWICE = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_LINKED = re.compile(r"^\[[^\[\]]{0,300}\]\((https?://[^()\s]{1,2000})\)$")
"""A link in Markdown."""

_SEVERAL = re.compile(r"[,;|]?\s{1,9}(?=https?://)", re.IGNORECASE)
"""What parts an address from a further one."""

_LABELLED = re.compile(
    r"^(?:url|link|source|web|website|href)\s{0,3}[:=]\s{0,3}[\"']?(?=https?:|www\.)", re.IGNORECASE
)
"""What people write before an address."""

_HOST = re.compile(
    r"^(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+([^\W\d_]{2,24}|xn--[a-z0-9-]{2,50})(?::\d{2,5})?(?=[/?#]|$)"
)
_FILES = frozenset(
    """
asp aspx atom cfm cgi do gif htm html jpeg jpg js json jsp md pdf php png rdf rss shtml svg txt webp xhtml xml
""".split()
)
"""Endings of files, which are no domains."""

_NOTHING = frozenset({"-", "#", "0", "n/a", "na", "nil", "none", "null", "undefined", "tbd", "false", "true"})
"""What programs and people write where there is no address."""

_ENDS = ".,;:!?…"
"""What ends the sentence that an address stood in."""


def address_in(text: str) -> str:
    """Return the address that somebody wrote, with its scheme where it names a host; empty for none."""
    text = _ESCAPED_TWICE.sub("&", _WRAPPED.sub("", text.strip()).strip(_AROUND))
    if text[:1] + text[-1:] in {"()", "[]", "{}"}:
        text = text[1:-1].strip(_AROUND)
    if text.casefold() in _NOTHING | {"http://", "https://"} or (
        " " in text and not re.search(r"[/?.]", text)
    ):
        return ""
    if linked := _LINKED.match(text):
        text = linked[1]
    text = _SEVERAL.split(_DOUBLED.sub("", _LABELLED.sub("", text)))[0]
    if sloppy := _SLOPPY.match(text):
        text = f"http{sloppy[1].lower()}://{text[sloppy.end() :]}"
    text = _NO_SLASHES.sub(r"\1://", text)
    text = _SCHEMELESS.sub("https://", _FEED.sub("https://", text))
    if text.lower().startswith(("http://", "https://")):
        scheme, rest = text.split("://", 1)
        path, mark, query = rest.partition("?")
        return f"{scheme.lower()}://" + path.replace("\\", "/") + mark + query
    return f"https://{text}" if _names_host(text) else text


def _names_host(text: str) -> bool:
    """Tell whether a text begins with a host: with www, or with a name that is no file's."""
    host = _HOST.match(text)
    if host is None:
        return False
    has_path = len(text) > host.end()
    return text.lower().startswith("www.") or (has_path and host[1].lower() not in _FILES)


def typed_address(text: str) -> str:
    """Return the address that a person gave, with its scheme: `https` where nothing stands."""
    text = text.strip()
    address = address_in(text if _LINKED.match(text) else text.rstrip(_ENDS + _AROUND)).rstrip(_ENDS)
    while address.endswith(")") and "(" not in address:
        address = address[:-1].rstrip(_ENDS)
    return address if not address or "://" in address else f"https://{address}"
