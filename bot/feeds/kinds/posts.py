"""Posts without a title: their first sentence is one."""

import re

from bot.feeds.markup import shortened
from bot.lexicon import alternatives
from bot.text.sentences import sentences

MAX_TITLE = 100
LOOKED_AT = 400
"""Letters of a line in which its first sentence ends."""

_LETTER = re.compile(r"\w|[\u2600-\U0010ffff]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
SHORTEST = 12
"""Letters below which a sentence alone says nothing: “Wow!”"""

_WARNING = re.compile(
    rf"(?:{alternatives(lambda lexicon: lexicon.page.warnings)})\s?[:：][^\n]{{0,500}}\n\s*", re.IGNORECASE
)
_EMBED = re.compile(rf"\[(?:{alternatives(lambda lexicon: lexicon.page.embeds)})\]", re.IGNORECASE)

_NO_TITLE = re.compile(
    rf"\W{{0,9}}(?:{alternatives(lambda lexicon: lexicon.page.untitled)})\W{{0,9}}", re.IGNORECASE
)


def is_missing(title: str) -> bool:
    """Tell whether what stands in a title's place is none: signs or an address alone, or a word for that
    there is none.
    """
    if _LETTER.search(title) is None or _ADDRESS.fullmatch(title):
        return True
    return _NO_TITLE.fullmatch(title) is not None


def without_notes(text: str) -> str:
    """Return a post without the warning above it and the notes below it for what programs left out."""
    text = _EMBED.sub("", text).strip() or text
    return text[warning.end() :] if (warning := _WARNING.match(text)) and text[warning.end() :] else text


def title_of_post(text: str) -> str:
    """Return the first sentence of a text, cut between words where it is too long; empty for no text."""
    line = text.split("\n", 1)[0].strip()
    end = next((span.end for span in sentences(line[:LOOKED_AT], "") if span.end >= SHORTEST), 0)
    title = line[:end] if 0 < end <= MAX_TITLE else line
    return shortened(title, MAX_TITLE)
