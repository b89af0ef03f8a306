"""How much of a feed is taken."""

MAX_ENTRIES = 500
MAX_TEXT = 60_000
"""Characters of an entry's text."""

MAX_CATEGORIES = 20

UNTITLED = "Untitled"
"""The title of an entry that has neither title nor text, link or id."""
