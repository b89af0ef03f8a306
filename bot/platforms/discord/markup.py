"""Plain text into Discord's markdown: escaped, measured, and cut where a reader would pause. Pure."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from unicodedata import category, combining
from urllib.parse import quote, urlsplit, urlunsplit

from discord.utils import escape_mentions

from bot.model import ShownTime

Style = Callable[[str], str]

URL_LIMIT = 2048
"""Characters of an embed's address that Discord takes."""

_CONTROLS = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_GAPS = re.compile(r"\n\s*\n")
_SPECIAL = re.compile(r"[\\*_~`|\[\]<]|:(?=//)")
_LINE_START = re.compile(r"^([^\S\n]*)([#>+-])", re.MULTILINE)
_LIST_NUMBER = re.compile(r"^([^\S\n]*\d+)([.)])", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*(?=\s)|[。！？]")
_SEPARATORS = " ·—–"
"""What stands between a moment and what happened then."""

MOST_CUT = 40
"""Characters of a title that are left in any case."""

_JOINERS = "\u200d\ufe0f\ufe0e"


def units(text: str) -> int:
    """Return the length in UTF-16 units: never less than what Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return the text without controls, direction overrides and lone surrogates; line breaks become `\\n`,
    two at most.
    """
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text).replace("\t", " "))
    characters = "".join(
        character for character in text if character == "\n" or category(character) not in {"Cc", "Cs"}
    )
    return _GAPS.sub("\n\n", characters).strip()


def one_line(text: str) -> str:
    """Return the cleaned text with every run of white space as one space."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """Return the text as it is, for places where Discord shows no markup: footers, labels, names."""
    return text


def escape(text: str) -> str:
    """Return markdown that shows exactly this text: no markup, mention, link, list, heading or quotation."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _LINE_START.sub(r"\1\\\2", text)
    text = _LIST_NUMBER.sub(r"\1\\\2", text)
    return escape_mentions(text)


def cut(text: str, limit: int, style: Style = escape) -> str:
    """Return the text in a style within `limit` units, cut at a sentence or word with “…” where it is
    longer.
    """
    if len(text) <= limit:
        styled = style(text)
        if units(styled) <= limit:
            return styled
    text = text[:limit]
    end = bisect_right(range(len(text)), limit - 1, key=lambda n: units(style(text[:n].rstrip()))) - 1
    return style(text[: _seam(text, max(end, 0))].rstrip()) + "…"


def _seam(text: str, end: int) -> int:
    """Return where to cut at or before `end`: after a sentence, else between words, else between
    characters.
    """
    sentences = [match.end() for match in _SENTENCE_END.finditer(text, 0, min(end + 1, len(text)))]
    if sentences and end * 0.6 < sentences[-1] <= end:
        return sentences[-1]
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    if space > end * 0.6:
        return space
    while 0 < end < len(text) and _inseparable(text, end):
        end -= 1
    return end


def _inseparable(text: str, at: int) -> bool:
    return bool(combining(text[at])) or text[at] in _JOINERS or text[at - 1] in _JOINERS


def address(url: str) -> str:
    """Return an http(s) address fit for an embed or a masked link; empty for any other, or a longer one."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or "." not in host or parts.username:
        return ""
    rest = (quote(part, safe="%/:?@!$&'*+,;=~-._") for part in (parts.path, parts.query, parts.fragment))
    cleaned = urlunsplit((parts.scheme.lower(), host + port, *rest))
    return cleaned if len(cleaned) <= URL_LIMIT else ""


def linked(text: str, url: str, limit: int) -> str:
    """Return `text` as a masked link within about `limit` visible units; without one where the address is
    none.
    """
    target = address(url)
    label = cut(text, limit)
    return f"[{label}]({target})" if target and label else label


def timed(markdown: str, moment: ShownTime | None) -> str:
    """Return markdown whose moment, where it stands in it, is shown by the clock of whoever reads (Discord,
    "Message Formatting"): a time of day as one, else with its day.
    """
    shown = escape(one_line(moment.shown)) if moment else ""
    before, mark, after = markdown.rpartition(shown) if shown else ("", "", markdown)
    if moment is None or not mark:
        return markdown
    return f"{before}<t:{moment.unix_seconds}:{'t' if moment.is_time_of_day else 'F'}>{after}"


def linked_and_timed(text: str, url: str, limit: int, moments: Sequence[ShownTime]) -> str:
    """Return `text` as a masked link within about `limit` visible units, with its moments by the clock of
    whoever reads. A link shows no such moment: it begins behind the last one, or ends before the first.
    """
    texts = [one_line(moment.shown) for moment in moments if one_line(moment.shown) in text]
    if not texts or not address(url):
        return _all_timed(linked(text, url, limit), moments)
    end = max(text.rfind(words) + len(words) for words in texts)
    rest = text[end:].lstrip(_SEPARATORS)
    before = text[: len(text) - len(rest)]
    if len(before) > limit:
        return linked(text, url, limit)
    if rest:
        return _all_timed(escape(before), moments) + linked(rest, url, max(limit - len(before), MOST_CUT))
    start = min(map(text.rfind, texts))
    label = text[:start].rstrip(_SEPARATORS + ",")
    return linked(label, url, limit) + _all_timed(escape(text[len(label) :]), moments)


def _all_timed(markdown: str, moments: Sequence[ShownTime]) -> str:
    for moment in moments:
        markdown = timed(markdown, moment)
    return markdown


def quiet(markdown: str) -> str:
    """Return every line as Discord's subtext."""
    return "\n".join(f"-# {line}" for line in markdown.split("\n") if line.strip())


def subtext(text: str) -> str:
    """Return plain text as subtext: a style for `cut`."""
    return quiet(escape(text))
