"""Files of text that people attach to a command: how their bytes are read, and what is said of those that are not taken."""

import codecs
import re

from bot.i18n import Words
from bot.model import Answer, Document, Text
from bot.text.encodings import is_possible

LARGEST = 1024 * 1024
"""Bytes of a file that platforms hand over."""

_BYTE_ORDER = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHERWISE = "cp1252"
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")


def decoded(body: bytes) -> str:
    """Return the text of a file: by its byte order mark, else as UTF-8, else as its XML declaration says, else as Windows does."""
    for mark, encoding in _BYTE_ORDER:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode(_declared(body), errors="replace")


def _declared(body: bytes) -> str:
    found = _DECLARED.match(body[:200])
    name = found[1].decode() if found else OTHERWISE
    return name if is_possible(name) else OTHERWISE


def too_large(words: Words) -> Answer:
    """Return the answer to a file that is larger than platforms hand over."""
    return _said(
        words,
        words(
            "That file is larger than 1 MB. Divide it, or give the address of the list: /import https://example.org/feeds.opml"
        ),
    )


def not_fetched(words: Words) -> Answer:
    """Return the answer to a file that the platform did not give us."""
    return _said(words, words("The file could not be fetched. Send it again in a minute."))


def _said(words: Words, text: str) -> Answer:
    return Answer(Document((Text(text),), words.language))
