"""Pages that hold a notice in place of what was asked for: it is not there, or something must be done."""

from bot.feeds.listing.outline import Outline
from bot.feeds.walls import LONGEST_NOTICE, Signs, instead_of, is_error
from bot.model import Wall

LONGEST_HEADING = 80
"""Letters of a heading that says nothing but that a page is not there."""


def is_missing(outline: Outline) -> bool:
    """Tell whether a page that was served says by its first heading that it is not there, whatever it lists
    below.
    """
    headings = (element.number for element in outline.elements if element.tag == "h1")
    heading = next(map(outline.text, headings), "")
    return 0 < len(heading) <= LONGEST_HEADING and is_error(heading, "")


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
