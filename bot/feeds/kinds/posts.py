"""Posts without a title: their first sentence is one."""

import re

from bot.feeds.markup import shortened
from bot.lexicon import alternatives

MAX_TITLE = 100
_LETTER = re.compile(r"\w|[\u2600-\U0010ffff]")
_SENTENCE = re.compile(r"^.{12,}?(?:[.!?…](?=\s|$)|[。！？])", re.DOTALL)


_NO_TITLE = re.compile(
    rf"\W{{0,9}}(?:{alternatives(lambda lexicon: lexicon.page.untitled)})\W{{0,9}}", re.IGNORECASE
)


def is_missing(title: str) -> bool:
    """Tell whether what stands in a title's place is none: signs alone, or a word for that there is none."""
    return _LETTER.search(title) is None or _NO_TITLE.fullmatch(title) is not None


def title_of_post(text: str) -> str:
    """Return the first sentence of a text, cut between words where it is too long; empty for no text."""
    line = text.split("\n", 1)[0].strip()
    sentence = _SENTENCE.match(line)
    title = sentence[0] if sentence and len(sentence[0]) <= MAX_TITLE else line
    return shortened(title, MAX_TITLE)
