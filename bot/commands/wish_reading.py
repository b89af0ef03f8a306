"""What the wishes of a place may name, and whether something typed is a wish at all."""

from bot.commands.own_topics import own_topics_of
from bot.commands.topics import titles_of_topics
from bot.commands.views import View
from bot.jobs import Context
from bot.pipeline.filters.grammar import Sign
from bot.pipeline.filters.wishes import Wish, languages_first, read_wish
from bot.text.wish_words import Names
from bot.text.words import fold

LEAST_WORDS = 4
"""Words of a topic and its times that are plain talk; fewer are strict words."""


async def read_typed_wish(ctx: Context, view: View, text: str) -> Wish:
    """Return the rules of what somebody typed, with the topics, its server's own among them, and the outlets
    of the place.
    """
    own_names = {fold(topic.name): topic.name for topic in await own_topics_of(ctx, view)}
    outlets = sorted({name for feed in view.feeds for name in (feed.outlet, feed.title) if name})
    names = Names(topics={**dict(titles_of_topics(ctx)), **own_names}, outlets=outlets)
    return read_wish(text, tuple(languages_first(view.words.language, ctx.texts.languages)), names)


def is_wish(wish: Wish) -> bool:
    """Tell whether something typed in the place of strict words is a wish, and no slip in these: `ai 25:00`,
    `robotis 08:00`, `ai weekdays`.
    """
    if any(character.isdigit() for words in wish.unread for character in words):
        return False
    is_talk = wish.words >= LEAST_WORDS and bool(wish.topics) and not wish.unread
    has_rules = bool(wish.filter.terms or wish.bar or wish.size or is_talk)
    is_refusal = any(term.sign is Sign.NOT for term in wish.filter.terms) and not wish.unread
    return has_rules and (wish.names_something or is_refusal)


def is_plain_wish(wish: Wish, *, names_place: bool = False) -> bool:
    """Tell whether plain talk is a wish: all of it is understood, and it says more than a topic, which may
    only be named, or also in which place.
    """
    says_more = names_place or bool(wish.filter.terms or wish.bar or wish.size or wish.schedule)
    return says_more and wish.names_something and not wish.unread
