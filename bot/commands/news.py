"""latest, digest, story: reading the news. Nothing here marks a story as told."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.codec import is_encodable
from bot.commands.completions import subscription_numbers, topics
from bot.commands.declaration import Option, Section, command
from bot.commands.previewing import look_ahead
from bot.commands.subscriptions import subscription_at
from bot.commands.views import (
    View,
    load_saga,
    load_story,
    load_story_as_told,
    pieces,
    recent,
    recent_with,
    view_of,
    view_of_post,
)
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Heading,
    Length,
    Ranking,
    Subscription,
    Text,
)
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import Counts, Edition
from bot.pipeline.selection.diversify import diversify
from bot.store import entries, seen_lists, subscriptions
from bot.text.search_words import SearchTerms, phrase_of
from bot.threads import in_thread

PAGE = 3
MOST = 100
"""Stories of a list that can be asked for by their number."""

DAY = 24.0
WEEK = 168.0


async def numbers(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the numbers of the list that the asker saw last here: news is not ranked for every letter that
    somebody types.
    """
    story_ids = await _last_list(ctx, await view_of(ctx, call), call) or ()
    return tuple(str(n) for n in range(1, len(story_ids) + 1))


@command(
    name="latest",
    code="la",
    section=Section.NEWS,
    description="The newest stories",
    help_line="the newest stories, of a topic or with a word in them",
    details="Three to a page.",
    options=(Option("topic", "A topic or a word", rest=True, complete=topics),),
    carried_options=("page",),
    public=True,
)
async def latest(ctx: Context, call: Call) -> Answer:
    """Answer with the newest stories, three to a page, of a topic or with a word in them."""
    view = await view_of(ctx, call)
    search_words = call.arguments.get("topic", "").strip()
    page_text = call.arguments.get("page", "")
    page = int(page_text) if page_text.isdecimal() else 0
    rankings = await _matching(ctx, view, search_words, DAY)
    if not rankings:
        return await _nothing_found(ctx, view, search_words)
    page = min(page, (len(rankings) - 1) // PAGE)
    await remember_list(ctx, view, call, [ranking.story.id for ranking in rankings])
    shown_pieces = await pieces(ctx, view, rankings[page * PAGE : page * PAGE + PAGE], Length.LINE)
    blocks: list[Block] = [
        Heading(
            view.words("Latest"),
            view.words.plural("{n} story in 24 hours", "{n} stories in 24 hours", len(rankings)),
        )
    ]
    blocks += [
        compose.story_block(piece, view.words, view.channel, ctx.clock(), page * PAGE + n)
        for n, piece in enumerate(shown_pieces, start=1)
    ]
    if turns := _turns(view, search_words, page, len(rankings)):
        blocks.append(Actions(turns))
    return Answer(document=Document(tuple(blocks), view.words.language), edit="page" in call.arguments)


def _turns(view: View, search_words: str, page: int, count: int) -> tuple[Button, ...]:
    topic = search_words if is_encodable(_page(search_words, 999)) else ""
    buttons = []
    if page > 0:
        buttons.append(Button(view.words("‹ Newer"), call=_page(topic, page - 1)))
    if (page + 1) * PAGE < count:
        buttons.append(Button(view.words("Older ›"), call=_page(topic, page + 1)))
    return tuple(buttons)


def _page(topic: str, page: int) -> CallRef:
    return CallRef("latest", {"topic": topic, "page": str(page)})


async def _matching(ctx: Context, view: View, search_words: str, hours: float) -> list[Ranking]:
    if not search_words or search_words.lower() in ctx.rules.topics or search_words.lower() == "all":
        return await recent(ctx, view, search_words.lower() or "ai", hours)
    phrase = phrase_of(search_words, exact=False)
    return await recent_with(ctx, view, SearchTerms((phrase,)), hours) if phrase else []


async def _nothing_found(ctx: Context, view: View, search_words: str) -> Answer:
    """Say why there is nothing, and offer the nearest."""
    week = await _matching(ctx, view, search_words, WEEK)
    if week:
        template = view.words(
            "Nothing on {what} in 24 hours; the newest is older:", what=search_words or "AI"
        )
        nearest_pieces = await pieces(ctx, view, week[:1], Length.LINE)
        blocks: tuple[Block, ...] = (
            Text(template),
            compose.story_block(nearest_pieces[0], view.words, view.channel, ctx.clock(), None),
        )
        return Answer(document=Document(blocks, view.words.language))
    text = view.words(
        "Nothing on {what} this week. I read {n} feeds; /status tells how they are.",
        what=search_words or "AI",
        n=len(view.feeds),
    )
    return Answer(
        document=Document(
            (Text(text), Actions((Button(view.words("Latest"), call=CallRef("latest")),))),
            view.words.language,
        )
    )


@command(
    name="digest",
    code="di",
    section=Section.NEWS,
    description="The digest as it would be now",
    help_line="the digest as it would be now",
    details=(
        "Where digests are posted it is the next of them; where nothing is new for that, what the last days "
        "brought."
    ),
    options=(Option("number", "Its number in /list", complete=subscription_numbers),),
    public=True,
    about_place=True,
)
async def digest(ctx: Context, call: Call) -> Answer:
    """Answer with the next digest of the place as it would be now, with what was told before where nothing is
    new; where none are posted, with that of the last day.
    """
    view = await view_of(ctx, call)
    subscription = await _next_subscription(ctx, view, call.arguments.get("number", "").strip().lstrip("#"))
    if subscription is None:
        return await _digest_of_the_day(ctx, view, call)
    shown = await look_ahead(ctx, view, subscription)
    notes: tuple[Block, ...] = ()
    if not (shown.plan.stories or shown.plan.pointers or shown.plan.nearest):
        shown = await look_ahead(ctx, view, subscription, retells=True)
        if shown.plan.stories:
            notes = (
                Text(
                    view.words("Nothing new for the next digest yet. What the last days brought:"), quiet=True
                ),
            )
    await remember_list(ctx, view, call, [ranking.story.id for ranking in shown.plan.stories])
    return Answer(document=replace(shown.document, blocks=(*notes, *shown.document.blocks)))


async def _next_subscription(ctx: Context, view: View, number: str) -> Subscription | None:
    """Return the subscription with a number, else the one whose digest comes next; None where no digests are
    posted.
    """
    if number:
        return await subscription_at(ctx, view, number)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    slots = {one.next_slot_at: one for one in reversed(channel_subscriptions) if one.next_slot_at}
    return slots[min(slots)] if slots else None


async def _digest_of_the_day(ctx: Context, view: View, call: Call) -> Answer:
    """Answer with the digest as it would be for the last day, whatever was told before."""
    rankings = await recent(ctx, view, "ai", DAY)
    now = ctx.clock()
    selection, tail = await in_thread(diversify, rankings, 5, ctx.rules, "ai")
    await remember_list(ctx, view, call, [ranking.story.id for ranking in selection])
    shown_pieces = await pieces(ctx, view, selection, Length.LINE)
    async with ctx.store.read() as tx:
        count = await entries.count_since(tx, now - ctx.policy.horizon / 2, view.feed_ids)
    counts = Counts(
        entries=count, feeds=len(view.feeds), failing=sum(1 for feed in view.feeds if feed.failures)
    )
    edition = Edition(
        topic=ctx.rules.topics["ai"].title, slot_at=now, pieces=shown_pieces, tail=tail, counts=counts
    )
    return Answer(document=compose.digest_document(edition, view.words, view.channel))


async def remember_list(ctx: Context, view: View, call: Call, story_ids: Sequence[int]) -> None:
    """Keep which list the asker saw, for the numbers that they give next, where they are and in the place
    that it is about; one without stories has none.
    """
    if not story_ids:
        return
    async with ctx.store.write() as tx:
        for place in (view.channel, call.conversation):
            await seen_lists.remember(tx, place, call.person, list(story_ids[:MOST]), ctx.clock())


@command(
    name="story",
    code="st",
    section=Section.NEWS,
    description="All about one story",
    help_line="all about one story of the last list, with its sources",
    details="Each sentence stands beside the words of its source; what belongs to the same saga is named.",
    options=(Option("number", "Its number in the last list", required=True, complete=numbers),),
    carried_options=("view",),
    public=True,
)
async def story(ctx: Context, call: Call) -> Answer:
    """Answer with all about one story: by its number in the list last seen here, or by its id (i123).

    Under a channel's post it is shown as that channel was told it, to whoever can read the post and so has
    the key of its view.
    """
    view = await view_of(ctx, call)
    number = await story_id(ctx, view, call, call.arguments["number"].strip())
    if key := call.arguments.get("view", ""):
        view = await view_of_post(ctx, view, number, key)
        ranking = await load_story_as_told(ctx, view, number)
    else:
        ranking = await load_story(ctx, view, number)
    if ranking is None:
        raise CallError("That story is not among the feeds of this place. /latest shows the newest.")
    shown_pieces = await pieces(ctx, view, [ranking], Length.LONG)
    saga = await load_saga(ctx, view, ranking)
    document = compose.details(shown_pieces[0], view.words, view.channel, ctx.clock(), saga)
    return Answer(document=document)


async def story_id(ctx: Context, view: View, call: Call, reference: str) -> int:
    """Return the id of a story by its number in the list last seen here, or by i and its id. Raises
    `CallError` for another word.
    """
    match = re.fullmatch(r"(i?)#?(\d{1,12})", reference)
    if not match:
        raise CallError(
            "`{word}` is not a story's number. Give its number in the last list, for example /story 1.",
            word=reference[:40],
        )
    if match[1]:
        return int(match[2])
    numbered_ids = await _numbered_stories(ctx, view, call)
    number = int(match[2])
    if not numbered_ids:
        raise CallError("That story is not among the feeds of this place. /latest shows the newest.")
    if not 1 <= number <= len(numbered_ids):
        raise CallError(
            "There is no story {n} here: the last list has {count}. For example /story 1.",
            n=number,
            count=len(numbered_ids),
        )
    return numbered_ids[number - 1]


async def _numbered_stories(ctx: Context, view: View, call: Call) -> list[int]:
    """Return the ids of stories as the list numbered them that the asker saw last here: an answer to them, or
    a digest posted since.

    Without either, as /latest would.
    """
    story_ids = await _last_list(ctx, view, call)
    return story_ids if story_ids is not None else [r.story.id for r in await recent(ctx, view, "ai", DAY)]


async def _last_list(ctx: Context, view: View, call: Call) -> list[int] | None:
    """Return the ids of stories of the list that the asker saw last here, None without one."""
    async with ctx.store.read() as tx:
        last_slot = await subscriptions.last_slot(tx, view.channel.id) if view.known else None
        last_list = await seen_lists.last(tx, view.channel, call.person)
    if last_list is not None and (last_slot is None or last_slot[0] <= last_list[0]):
        return last_list[1]
    return list(last_slot[1].told) if last_slot is not None else None
