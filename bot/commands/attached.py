"""Files of text that people attach to a command: how their bytes are read, and what is said of those that are
not taken.
"""

import codecs
import re

from bot.commands.archives import unpack_list
from bot.errors import CallError
from bot.i18n import Words
from bot.model import Answer, Document, Text
from bot.text.encodings import is_possible
from bot.text.guessing import guessed, is_shifted

LARGEST = 1024 * 1024
"""Bytes of a file that platforms hand over."""

_BYTE_ORDER = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FALLBACK_ENCODING = "cp1252"
_ENCODING_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")


def decoded(body: bytes) -> str:
    """Return the text of a file: by its byte order mark, else as UTF-8, else as its XML declaration says,
    else in the likeliest encoding.
    """
    for mark, encoding in _BYTE_ORDER:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    if is_shifted(body):
        return guessed(body) or body.decode(errors="replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        if declared := _declared_encoding(body):
            return body.decode(declared, errors="replace")
        return guessed(body) or body.decode(FALLBACK_ENCODING, errors="replace")


def text_of_list(body: bytes) -> str:
    """Return the text of a list of feeds that somebody sends, also of a packed one. Raises `CallError`."""
    return decoded(unpack_list(body, LARGEST))


def _declared_encoding(body: bytes) -> str:
    """Return the encoding that a file declares and may be in, empty for none: UTF-8 it is not."""
    match = _ENCODING_DECLARATION.match(body[:200])
    name = match[1].decode() if match else ""
    return name if is_possible(name) and name.lower().replace("_", "-") not in {"utf-8", "utf8"} else ""


def too_large(words: Words) -> Answer:
    """Return the answer to a file that is larger than platforms hand over."""
    return _text_answer(
        words,
        words(
            "That file is larger than 1 MB. Divide it, or give the address of the list: /import "
            "https://example.org/feeds.opml"
        ),
    )


def not_fetched(words: Words) -> Answer:
    """Return the answer to a file that the platform did not give us."""
    return _text_answer(words, words("The file could not be fetched. Send it again in a minute."))


def not_taken(words: Words, error: CallError) -> Answer:
    """Return the answer to a file that holds nothing to take."""
    return _text_answer(words, words(error.template, **error.values))


def _text_answer(words: Words, text: str) -> Answer:
    return Answer(document=Document((Text(text),), words.language))
