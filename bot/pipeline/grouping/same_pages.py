"""When a link or a title alone says that two entries tell the same, and when it does not."""

from datetime import timedelta

from bot.pipeline.grouping.features import Doc, Item
from bot.pipeline.grouping.pairs import are_alike_in_text
from bot.text.terms import OPENING
from bot.text.titles import normal_title

SAME_TITLE = timedelta(hours=48)
ANOTHER_DAY = timedelta(hours=12)
LONG_TITLE = 16
"""Characters from which a normalised title says enough to be the same."""


def share_link(item: Item, candidate: Item) -> bool:
    """Tell whether the link that two entries have says that they tell the same: not one page of a changelog,
    and of one outlet, in two languages, or with a word in common.
    """
    return not _are_on_one_page(item.doc, candidate.doc) and (
        item.doc.outlet == candidate.doc.outlet
        or item.doc.language != candidate.doc.language
        or not item.weights.keys().isdisjoint(candidate.weights.keys())
        or are_alike_in_text(item, candidate)
    )


def share_title(item: Item, candidate: Item) -> bool:
    """Tell whether the title that two entries have says that they tell the same: a long one, within days."""
    if len(item.title) < LONG_TITLE:
        return False
    gap = abs(item.doc.published - candidate.doc.published)
    return not are_editions(item.doc, candidate.doc) and gap <= SAME_TITLE


def are_editions(a: Doc, b: Doc) -> bool:
    """Tell whether one outlet uses one headline for two texts: two editions of a column, and no story told
    twice.
    """
    if not a.outlet or a.outlet != b.outlet or a.text[:OPENING] == b.text[:OPENING]:
        return False
    return normal_title(a.title, a.outlet) == normal_title(b.title, b.outlet)


def tell_apart(a: Doc, b: Doc) -> bool:
    """Tell whether two entries cannot tell the same, however alike they read: editions, or texts of one feed
    for one moment of one page, as notes of a day are. These are phrased alike.
    """
    is_one_place = bool(a.feed and a.link_key) and (a.feed, a.link_key) == (b.feed, b.link_key)
    are_notes = is_one_place and a.published == b.published and a.text[:OPENING] != b.text[:OPENING]
    return are_notes or are_editions(a, b)


def _are_on_one_page(a: Doc, b: Doc) -> bool:
    """Tell whether one page serves two entries, as changelogs do: other titles of one outlet at one link, or
    other texts of one feed; without any text other days.
    """
    if bool(a.outlet) and a.outlet == b.outlet and normal_title(a.title) != normal_title(b.title):
        return True
    if not a.feed or a.feed != b.feed:
        return False
    if a.text or b.text:
        return a.text[:OPENING] != b.text[:OPENING]
    return abs(a.published - b.published) >= ANOTHER_DAY
