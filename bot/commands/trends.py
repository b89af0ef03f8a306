"""trending: names that are spoken of more than in the time before."""

import re
from datetime import timedelta

from bot.commands.declaration import Option, Section, command
from bot.commands.news import remember_list
from bot.commands.views import view_of
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, Heading, Item, Listing, Text
from bot.pipeline.selection.trends import Trend, find_trends
from bot.store import entries
from bot.text.typed_words import in_english
from bot.text.words import one_line
from bot.threads import in_thread

DAYS = 7
LONGEST_DAYS = 30
TRENDS = 8
_LENGTH = re.compile(r"(\d{1,3})?\s?(d|days?|w|weeks?)?")
TITLES_MAX = 40_000
"""Titles that are looked at, the newest: about a second of work beside the event loop."""


@command(
    name="trending",
    code="tr",
    section=Section.NEWS,
    description="Names that are spoken of more than before",
    help_line="companies, models and people that are spoken of more than before: /trending 3",
    details=(
        "A name is shown with how many articles it has in the last 7 days (or as many as are asked for, up "
        "to 30), how many in as many days before, and the story that most outlets tell of it."
    ),
    options=(
        Option("days", "How many days, 7 where nothing is said", rest=True, complete=("1", "3", "7", "30")),
    ),
    public=True,
    examples=("/trending", "/trending 3"),
)
async def trending(ctx: Context, call: Call) -> Answer:
    """Answer with the names that rose most in some days against as many before."""
    view = await view_of(ctx, call)
    words = view.words
    days = _days(call.arguments.get("days", ""))
    since = ctx.clock() - timedelta(days=days)
    async with ctx.searches.turn(view.asker):
        async with ctx.store.read() as tx:
            titles = await entries.titles_since(
                tx, since - timedelta(days=days), "ai", view.feed_ids, TITLES_MAX
            )
        trends = await in_thread(find_trends, titles, since, ctx.rules, TRENDS)
    span = words.plural("{n} day", "{n} days", days)
    if not trends:
        text = words("In {span} no name is spoken of more than before. /latest shows the newest.", span=span)
        latest = Actions((Button(words("Latest"), call=CallRef("latest")),))
        return Answer(document=Document((Text(text), latest), words.language))
    await remember_list(ctx, view, call, [trend.entry.story_id for trend in trends])
    items = tuple(Item(_line(trend, n, words), trend.entry.link) for n, trend in enumerate(trends, start=1))
    hint = words("All about one of them: /story and its number.")
    blocks = (Heading(words("Trending"), span), Listing(items=items), Text(hint, quiet=True))
    return Answer(document=Document(blocks, words.language))


def _days(text: str) -> int:
    """Return a number of days: `3`, `3 days`, `week`. Raises `CallError`."""
    if not text:
        return DAYS
    match = _LENGTH.fullmatch(in_english(text))
    if match and (match[1] or match[2]):
        days = int(match[1] or 1) * (DAYS if (match[2] or "").startswith("w") else 1)
        if 1 <= days <= LONGEST_DAYS:
            return days
    raise CallError(
        "`{value}` is no number of days from 1 to {most}. For example: /trending 7",
        value=one_line(text)[:40],
        most=LONGEST_DAYS,
    )


def _line(trend: Trend, number: int, words: Words) -> str:
    articles = words.plural("{n} article", "{n} articles", trend.articles)
    before = words("{n} before", n=words.number(trend.articles_before))
    return f"{number} · {trend.name}: {articles}, {before} — {one_line(trend.entry.title)}"
