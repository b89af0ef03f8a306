"""Pages that hold a notice in place of what was asked for: it is not there, or something must be done."""

import re

from bot.feeds.listing.outline import Outline
from bot.feeds.walls import LONGEST_NOTICE, Signs, instead_of, is_error
from bot.model import Wall

LONGEST_HEADING = 80
"""Letters of a heading that says nothing but that a page is not there."""

EXCLAIMED_WORDS = 3
"""Words up to which a heading only exclaims: “Oops!”."""

_PARTS = re.compile(r"\s[|–—·:»›•-]\s")


def is_missing(outline: Outline) -> bool:
    """Tell whether a page that was served says that it is not there, whatever it lists below: by its first
    heading, by the line below one that only exclaims, or by what it is called.
    """
    headings = (element.number for element in outline.elements if element.tag == "h1")
    number = next(headings, None)
    called = _PARTS.split(outline.title.strip())[0]
    if number is None:
        return _says_missing(called)
    heading = outline.text(number)
    if _says_missing(heading):
        return True
    stop = outline.stops[number]
    next_line = next((text.words for text in outline.texts[stop : stop + 1]), "")
    is_exclaimed = len(heading.split()) <= EXCLAIMED_WORDS and heading.rstrip().endswith(
        ("!", "！", "…", "...")
    )
    return is_exclaimed and _says_missing(next_line)


def _says_missing(line: str) -> bool:
    return 0 < len(line) <= LONGEST_HEADING and is_error(line, "")


def find_wall(outline: Outline) -> Wall:
    """Return which wall a page without a list shows."""
    words = "\n".join(text.words for text in outline.texts)
    if len(words) > LONGEST_NOTICE:
        return Wall.NONE
    has_password = any(
        element.attributes.get("type", "").lower() == "password" for element in outline.elements
    )
    signs = Signs(shown=words, challenged=False, password=has_password, scripted=False, barred=False)
    wall = instead_of(signs, "", outline.title)
    return Wall.NONE if wall is Wall.SCRIPT else wall
