"""topics: what a subscription may be about, by the words that it is asked for with."""

import difflib
from collections.abc import Iterator

from bot.commands.declaration import Section, command
from bot.commands.own_topics import own_topics_of
from bot.commands.views import view_of
from bot.jobs import Context
from bot.model import Answer, Call, Document, Item, Listing, Text
from bot.text.words import fold


@command(
    name="topics",
    code="to",
    section=Section.NEWS,
    description="The topics there are",
    help_line="the topics there are, for `/subscribe` and `/latest`",
    details=(
        "They stand in `config/topics.toml`; an instance may add its own there, and a server its own by "
        "`/topic`."
    ),
)
async def topics(ctx: Context, call: Call) -> Answer:
    """Answer with the names of all topics, and what they are called."""
    view = await view_of(ctx, call)
    words = view.words
    ready = tuple(Item(f"{name}: {words(topic.title)}") for name, topic in ctx.rules.topics.items())
    items = (*ready, *(Item(f"{topic.name}: {topic.terms}") for topic in await own_topics_of(ctx, view)))
    hint = words("For example {command}", command="/subscribe papers mon 08:00")
    return Answer(
        document=Document((Listing(items=items, title=words("Topics")), Text(hint)), words.language)
    )


def find_topic(ctx: Context, text: str) -> str:
    """Return the name of the topic that somebody means: by its name, or by what it is called in a language of
    the bot (`robotica`); empty for none.
    """
    title = fold(text.strip())
    return next((name for topic_title, name in titles_of_topics(ctx) if topic_title == title), "")


def similar_topic(ctx: Context, text: str) -> str:
    """Return what the topic is called that is most like a text, empty where none is near."""
    titles = [title for title, _ in titles_of_topics(ctx)]
    return next(iter(difflib.get_close_matches(fold(text.strip()), titles, n=1, cutoff=0.7)), "")


def titles_of_topics(ctx: Context) -> Iterator[tuple[str, str]]:
    """Return what each topic is called, folded, with its name."""
    for name in ctx.rules.topics:
        yield fold(name), name
    for name, topic in ctx.rules.topics.items():
        for language in ctx.texts.languages:
            yield fold(ctx.texts.for_language(language)(topic.title)), name
