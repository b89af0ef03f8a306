"""catchup: what was posted in a place since somebody last asked, as one digest for them alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands.completions import SINCE
from bot.commands.declaration import Option, Section, command
from bot.commands.muting import load_mutes, without_muted
from bot.commands.news import remember_list
from bot.commands.views import View, view_of, write_cards
from bot.jobs import Context
from bot.jobs.publishing.recap import load_past_stories
from bot.model import Actions, Answer, Block, Button, Call, CallRef, Document, Heading, Length, Listing, Text
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import PastStory
from bot.pipeline.timing.moments import parse_past
from bot.store import places, readers, subscriptions

FIRST = timedelta(days=1)
"""How far somebody who never asked is taken back."""

LONGEST = timedelta(days=31)
TOLD_STORIES_MAX = 5
"""Stories that are told; the others are a line each."""

STORIES_MAX = 30


@command(
    name="catchup",
    code="cu",
    section=Section.READERS,
    description="What was posted here since you last asked",
    help_line="what was posted here since you last asked, as one digest for you alone: /catchup week",
    details=(
        "Each story stands once, however often it was updated, the heaviest first; what happened in the same "
        "saga is one line. Without a moment it begins where you last caught up, the first time a day ago."
    ),
    options=(Option("since", "Since when, such as 3d, week, monday or a date", rest=True, complete=SINCE),),
    about_place=True,
    acts=True,
    examples=("/catchup", "/catchup week", "/catchup 3d"),
)
async def catchup(ctx: Context, call: Call) -> Answer:
    """Answer with what a place was told since the asker last caught up with it, or since a moment."""
    view = await view_of(ctx, call)
    now = ctx.clock()
    since = await _since(ctx, view, call, now)
    past_stories = await _without_muted(ctx, view, call, await _load(ctx, view, since))
    if view.known:
        async with ctx.store.write() as tx:
            await readers.catch_up(tx, call.person, view.channel.id, now)
    if not past_stories:
        return _nothing(view, since, now)
    await remember_list(ctx, view, call, [past.ranking.story.id for past in past_stories])
    blocks = [_heading(view, past_stories, since, now), *await _stories(ctx, view, past_stories, now)]
    return Answer(document=Document(tuple(blocks), view.words.language))


async def _since(ctx: Context, view: View, call: Call, now: datetime) -> datetime:
    """Return where somebody is to begin. Raises `CallError` for what is no moment."""
    if text := call.arguments.get("since", "").strip():
        return max(parse_past(text, view.channel.zone, now), now - LONGEST)
    async with ctx.store.read() as tx:
        caught_up_at = await readers.caught_up_at(tx, call.person, view.channel.id) if view.known else None
    return max(caught_up_at or now - FIRST, now - LONGEST)


async def _load(ctx: Context, view: View, since: datetime) -> list[PastStory]:
    if not view.known:
        return []
    async with ctx.store.read() as tx:
        marks = await subscriptions.told_since(tx, view.channel.id, since)
        channel = await places.channel(tx, view.channel.id) or view.channel
        return await load_past_stories(tx, ctx, channel, marks, STORIES_MAX)


async def _without_muted(
    ctx: Context, view: View, call: Call, past_stories: list[PastStory]
) -> list[PastStory]:
    mutes = await load_mutes(ctx, call)
    rankings = await without_muted(ctx, view, mutes, [past.ranking for past in past_stories])
    by_story = {ranking.story.id: ranking for ranking in rankings}
    return [
        replace(past, ranking=by_story[past.ranking.story.id])
        for past in past_stories
        if past.ranking.story.id in by_story
    ]


async def _stories(ctx: Context, view: View, past_stories: list[PastStory], now: datetime) -> list[Block]:
    """Return the heaviest stories told, the others a line each with the way to their posts."""
    main_stories, tail = past_stories[:TOLD_STORIES_MAX], past_stories[TOLD_STORIES_MAX:]
    cards = await write_cards(ctx, view, [past.ranking for past in main_stories], Length.LINE)
    blocks: list[Block] = [
        compose.story_block(card, view.words, view.channel, now, number)
        for number, card in enumerate(cards, start=1)
    ]
    if tail:
        items = tuple(compose.past_story_line(past, view.words, view.channel, now) for past in tail)
        title = view.words.plural("Also: one more story", "Also: {n} more stories", len(tail))
        blocks.append(Listing(items=items, title=title))
    return blocks


def _heading(view: View, past_stories: list[PastStory], since: datetime, now: datetime) -> Heading:
    count = view.words.plural("{n} story", "{n} stories", len(past_stories))
    moment = compose.format_moment(since, now, view.words, view.channel)
    return Heading(
        view.words("Catching up"), view.words("{stories} since {when}", stories=count, when=moment)
    )


def _nothing(view: View, since: datetime, now: datetime) -> Answer:
    moment = compose.format_moment(since, now, view.words, view.channel)
    text = view.words("Nothing was posted here since {when}.", when=moment)
    buttons = (
        Button(view.words("The last week"), call=CallRef("catchup", {"since": "week"})),
        Button(view.words("Latest"), call=CallRef("latest")),
    )
    return Answer(document=Document((Text(text), Actions(buttons)), view.words.language))
