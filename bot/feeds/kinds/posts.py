"""Posts without a title: their first sentence is one."""

import re

from bot.feeds.markup import shortened

MAX_TITLE = 100
_SENTENCE = re.compile(r"^.{12,}?(?:[.!?…](?=\s|$)|[。！？])", re.DOTALL)


def title_of_post(text: str) -> str:
    """Return the first sentence of a text, cut between words where it is too long; empty for no text."""
    line = text.split("\n", 1)[0].strip()
    sentence = _SENTENCE.match(line)
    title = sentence[0] if sentence and len(sentence[0]) <= MAX_TITLE else line
    return shortened(title, MAX_TITLE)
