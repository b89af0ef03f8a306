"""topics: what a subscription may be about, by the words that it is asked for with."""

from bot.commands.declaration import Section, command
from bot.commands.views import view_of
from bot.jobs import Context
from bot.model import Answer, Call, Document, Item, Listing, Text


@command(
    name="topics",
    code="to",
    section=Section.NEWS,
    description="The topics there are",
    help_line="the topics there are, for `/subscribe` and `/latest`",
    details="They stand in `config/topics.toml`; an instance may add its own.",
)
async def topics(ctx: Context, call: Call) -> Answer:
    """Answer with the names of all topics, and what they are called."""
    words = (await view_of(ctx, call)).words
    items = tuple(Item(f"{name}: {words(topic.title)}") for name, topic in ctx.rules.topics.items())
    hint = words("For example {command}", command="/subscribe papers mon 08:00")
    return Answer(
        document=Document((Listing(items=items, title=words("Topics")), Text(hint)), words.language)
    )
