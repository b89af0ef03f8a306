"""latest, digest, story: reading the news. Nothing here marks a story as told."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.commands.completions import subscription_numbers, topics
from bot.commands.declaration import Option, Section, command
from bot.commands.muting import UNMUTED, Mutes, load_mutes, without_muted
from bot.commands.newest import DAY, PAGE, WEEK, NewestRequest, newest, read_newest_request
from bot.commands.previewing import look_ahead
from bot.commands.registry import registry
from bot.commands.subscription_choice import split_number, subscription_at
from bot.commands.topics import find_topic
from bot.commands.views import (
    View,
    load_saga,
    load_story,
    load_story_as_told,
    recent,
    view_of,
    view_of_post,
    write_cards,
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
from bot.pipeline.composing.compose import Counts, DigestContent
from bot.pipeline.selection.diversify import diversify
from bot.store import entries, outbox, seen_lists, subscriptions
from bot.text.typed_words import in_english
from bot.text.words import one_line
from bot.threads import in_thread

SIZE = "size"
"""What says how many stories stand on a page where nobody says that."""

MOST = 100
"""Stories of a list that can be asked for by their number."""

ECHO_MAX = 60
"""Characters of what somebody typed that an answer says again."""

PERIODS = {"today": DAY, "24h": DAY, "day": DAY, "week": WEEK, "7d": WEEK}
"""How far back a digest reaches that somebody asks for, in hours."""


async def numbers(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the numbers of the list that the asker saw last here: news is not ranked for every letter that
    somebody types.
    """
    story_ids = await _last_list(ctx, await view_of(ctx, call), call) or ()
    return tuple(str(n) for n in range(1, len(story_ids) + 1))


async def _numbers_and_periods(ctx: Context, call: Call) -> tuple[str, ...]:
    return (*await subscription_numbers(ctx, call), "today", "24h", "week")


@command(
    name="latest",
    code="la",
    section=Section.NEWS,
    description="The newest stories",
    help_line="the newest stories, of a topic or with a word in them: /latest robotics 5",
    details=(
        "Three to a page, or as many as a number from 1 to 10 says; `outlet:NAME` shows those that an outlet "
        "brings, `since:3d` reaches back further, `lang:it` shows those of a language, and words in "
        "quotation marks or behind a `-` are as in `/search`. So is what is typed behind the bot's name in "
        "other chats on Telegram."
    ),
    usage="/latest [TOPIC] [COUNT] [outlet:NAME]",
    options=(
        Option("topic", "A topic or a word; a number for so many; outlet:NAME", rest=True, complete=topics),
    ),
    carried_options=("page", SIZE),
    public=True,
    examples=("/latest", "/latest robotics 5", "/latest outlet:wire"),
)
async def latest(ctx: Context, call: Call) -> Answer:
    """Answer with the newest stories, of a topic, with a word in them, of an outlet; three to a page where
    nobody says how many.
    """
    view = await view_of(ctx, call)
    text = one_line(call.arguments.get("topic", ""))
    size_text = call.arguments.get(SIZE, "")
    page_size = int(size_text) if size_text.isdecimal() else PAGE
    request = read_newest_request(ctx, view, text, page_size)
    asked_view = replace(view, feeds=[feed for feed in view.feeds if feed.id in request.feed_ids])
    page_text = call.arguments.get("page", "")
    page = int(page_text) if page_text.isdecimal() else 0
    mutes = await load_mutes(ctx, call)
    hours = request.hours or DAY
    rankings = await newest(ctx, asked_view, request, hours)
    if not rankings and not await newest(ctx, asked_view, request, max(hours, WEEK)):
        request = read_newest_request(ctx, view, text, page_size, count_first=True)
        rankings = await newest(ctx, asked_view, request, hours)
    rankings = await without_muted(ctx, asked_view, mutes, rankings)
    if not rankings:
        return await _nothing_found(ctx, asked_view, call, request, mutes, text, len(view.feeds))
    size = request.page_size
    page = min(page, (len(rankings) - 1) // size)
    await remember_list(ctx, view, call, [ranking.story.id for ranking in rankings])
    cards = await write_cards(ctx, asked_view, rankings[page * size : page * size + size], Length.LINE)
    blocks: list[Block] = [
        Heading(
            view.words("Latest"),
            _count(view, request, len(rankings)),
        )
    ]
    blocks += [
        compose.story_block(card, view.words, view.channel, ctx.clock(), page * size + n)
        for n, card in enumerate(cards, start=1)
    ]
    if turns := _turns(view, text, page, has_more=(page + 1) * size < len(rankings)):
        blocks.append(Actions(turns))
    return Answer(document=Document(tuple(blocks), view.words.language), edit="page" in call.arguments)


def _count(view: View, request: NewestRequest, count: int) -> str:
    """Return how many stories there are, of how long where nobody said that."""
    if request.hours:
        return view.words.plural("{n} story", "{n} stories", count)
    return view.words.plural("{n} story in 24 hours", "{n} stories in 24 hours", count)


def _turns(view: View, text: str, page: int, *, has_more: bool) -> tuple[Button, ...]:
    buttons = []
    if page > 0:
        buttons.append(Button(view.words("‹ Newer"), call=_page(text, page - 1)))
    if has_more:
        buttons.append(Button(view.words("Older ›"), call=_page(text, page + 1)))
    return tuple(buttons)


def _page(text: str, page: int) -> CallRef:
    return CallRef("latest", {"topic": text, "page": str(page)})


async def _nothing_found(
    ctx: Context,
    view: View,
    call: Call,
    request: NewestRequest,
    mutes: Mutes = UNMUTED,
    line: str = "",
    feed_count: int | None = None,
) -> Answer:
    """Say why there is nothing, in how many feeds where not all that the place has were asked for, and offer
    the nearest that is not muted, as a list of one.
    """
    what = (line if request.is_narrow else request.search_words)[:ECHO_MAX] or "AI"
    everything = await newest(ctx, view, request, max(request.hours, WEEK))
    week = await without_muted(ctx, view, mutes, everything)
    if everything and not week:
        text = view.words("What there is on {what}, you muted: /mute shows it.", what=what)
        button = Button(view.words("What I muted"), call=CallRef("mute"))
        return Answer(document=Document((Text(text), Actions((button,))), view.words.language))
    if week:
        template = (
            view.words("Nothing fits {what}; the newest is older:", what=what)
            if request.hours
            else view.words("Nothing on {what} in 24 hours; the newest is older:", what=what)
        )
        await remember_list(ctx, view, call, [week[0].story.id])
        nearest_cards = await write_cards(ctx, view, week[:1], Length.LINE)
        blocks: tuple[Block, ...] = (
            Text(template),
            compose.story_block(nearest_cards[0], view.words, view.channel, ctx.clock(), 1),
        )
        return Answer(document=Document(blocks, view.words.language))
    text = _nothing_at_all(view, request, what, len(view.feeds) if feed_count is None else feed_count)
    return Answer(
        document=Document(
            (Text(text), Actions((Button(view.words("Latest"), call=CallRef("latest")),))),
            view.words.language,
        )
    )


def _nothing_at_all(view: View, request: NewestRequest, what: str, feed_count: int) -> str:
    """Say that nothing fits a request, in the time that it names or in a week."""
    if request.hours:
        return view.words.plural(
            "Nothing fits {what}. I read one feed; /status tells how it is.",
            "Nothing fits {what}. I read {n} feeds; /status tells how they are.",
            feed_count,
            what=what,
        )
    return view.words.plural(
        "Nothing on {what} this week. I read one feed; /status tells how it is.",
        "Nothing on {what} this week. I read {n} feeds; /status tells how they are.",
        feed_count,
        what=what,
    )


@command(
    name="digest",
    code="di",
    section=Section.NEWS,
    description="The digest as it would be now",
    help_line="the digest as it would be now; of the last week, or on a topic: /digest week robotics",
    details=(
        "Where digests are posted it is the next of them; where nothing is new for that, what the last days "
        "brought. With `today`, `24h` or `week`, or a topic, it is the digest of that time on that topic, "
        "whatever was told before."
    ),
    usage="/digest [NUMBER|today|24h|week] [TOPIC]",
    options=(
        Option("number", "Its number or name in /list, or today, 24h, week", complete=_numbers_and_periods),
        Option("topic", "A topic", rest=True, complete=topics),
    ),
    public=True,
    about_place=True,
    examples=("/digest", "/digest 2", "/digest week robotics"),
)
async def digest(ctx: Context, call: Call) -> Answer:
    """Answer with the next digest of the place as it would be now, with what was told before where nothing is
    new; where none are posted, with that of the last day.
    """
    view = await view_of(ctx, call)
    words = _digest_words(ctx, call)
    if any(word in PERIODS or find_topic(ctx, word) for word in words):
        hours, topic = _period_and_topic(ctx, words)
        if not await recent(ctx, view, topic, hours):
            title = view.words(ctx.rules.topics[topic].title)
            request = NewestRequest(search_words=title, feed_ids=())
            return await _nothing_found(ctx, view, call, request)
        return await _digest_of(ctx, view, call, hours, topic)
    number, rest = await split_number(ctx, view, *words)
    if rest:
        raise _no_period(rest.split()[-1])
    subscription = await _next_subscription(ctx, view, number)
    if subscription is None:
        return await _digest_of(ctx, view, call, DAY, "ai")
    mutes = await load_mutes(ctx, call)
    shown = await look_ahead(ctx, view, subscription, mutes=mutes)
    notes: tuple[Block, ...] = ()
    if not (shown.plan.stories or shown.plan.pointers or shown.plan.nearest):
        shown = await look_ahead(ctx, view, subscription, retells=True, mutes=mutes)
        if shown.plan.stories:
            notes = (
                Text(
                    view.words("Nothing new for the next digest yet. What the last days brought:"), quiet=True
                ),
            )
    await remember_list(ctx, view, call, [ranking.story.id for ranking in shown.plan.stories])
    return Answer(document=replace(shown.document, blocks=(*notes, *shown.document.blocks)))


def _digest_words(ctx: Context, call: Call) -> list[str]:
    """Return what was typed behind /digest: topics as they are called, also with several words, the others in
    the words of commands.
    """
    first, rest = (one_line(call.arguments.get(name, "")) for name in ("number", "topic"))
    typed = [f"{first} {rest}"] if find_topic(ctx, f"{first} {rest}") else [first, rest]
    return [word if find_topic(ctx, word) else in_english(word) for word in typed if word]


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


def _period_and_topic(ctx: Context, words: Sequence[str]) -> tuple[float, str]:
    """Return how many hours back a digest is to reach, and its topic. Raises `CallError` for a word that is
    neither.
    """
    hours, topic = DAY, "ai"
    for word in words:
        if word in PERIODS:
            hours = PERIODS[word]
        elif found_topic := find_topic(ctx, word):
            topic = found_topic
        else:
            raise _no_period(word)
    return hours, topic


def _no_period(word: str) -> CallError:
    return CallError(
        "`{word}` is neither a time ({times}) nor a topic, which /topics names. For example: /digest week "
        "robotics",
        word=one_line(word)[:40],
        times=", ".join(PERIODS),
    )


async def _digest_of(ctx: Context, view: View, call: Call, hours: float, topic: str) -> Answer:
    """Answer with the digest of the last hours on a topic, whatever was told before."""
    rankings = await recent(ctx, view, topic, hours)
    rankings = await without_muted(ctx, view, await load_mutes(ctx, call), rankings)
    now = ctx.clock()
    selection, tail = await in_thread(diversify, rankings, 5, ctx.rules, topic)
    await remember_list(ctx, view, call, [ranking.story.id for ranking in selection])
    cards = await write_cards(ctx, view, selection, Length.LINE)
    async with ctx.store.read() as tx:
        count = await entries.count_since(tx, now - timedelta(hours=hours), view.feed_ids)
    counts = Counts(
        entries=count, feeds=len(view.feeds), failing=sum(1 for feed in view.feeds if feed.failures)
    )
    content = DigestContent(
        topic=ctx.rules.topics[topic].title, slot_at=now, cards=cards, tail=tail, counts=counts
    )
    document = compose.digest_document(content, view.words, view.channel)
    if hours == DAY:
        return Answer(document=document)
    span = view.words.plural("{n} day", "{n} days", round(hours / DAY))
    note = Text(view.words("The last {span}:", span=span), quiet=True)
    return Answer(document=replace(document, blocks=(note, *document.blocks)))


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
    details=(
        "Each sentence stands beside the words of its source; what belongs to the same saga is named. As an "
        "answer to a post of mine it needs no number."
    ),
    options=(Option("number", "Its number in the last list", complete=numbers),),
    post_menu="Sources",
    carried_options=("view",),
    public=True,
    examples=("/story 1",),
)
async def story(ctx: Context, call: Call) -> Answer:
    """Answer with all about one story: by its number in the list last seen here, or by its id (i123).

    Under a channel's post it is shown as that channel was told it, to whoever can read the post and so has
    the key of its view.
    """
    view, ranking = await find_story(ctx, call)
    cards = await write_cards(ctx, view, [ranking], Length.LONG)
    saga = await load_saga(ctx, view, ranking)
    document = compose.details(cards[0], view.words, view.channel, ctx.clock(), saga)
    arguments = {"number": f"i{ranking.story.id}", "view": call.arguments.get("view", "")}
    followed = {"what": arguments["number"], "view": arguments["view"]}
    keep = Actions(
        (
            Button(view.words("Save"), call=CallRef("save", arguments)),
            Button(view.words("Follow"), call=CallRef("follow", followed)),
        )
    )
    return Answer(document=replace(document, blocks=(*document.blocks, keep)))


async def find_story(ctx: Context, call: Call) -> tuple[View, Ranking]:
    """Return the story that a Call names by its number in the list last seen here or by its id (i123), and
    the view that it is seen in: with the key of a post's view that of its channel.

    Raises `CallError` where there is none.
    """
    view = await view_of(ctx, call)
    number = await story_id(ctx, view, call, call.arguments.get("number", "").strip())
    if key := call.arguments.get("view", ""):
        view = await view_of_post(ctx, view, number, key)
        ranking = await load_story_as_told(ctx, view, number)
    else:
        ranking = await load_story(ctx, view, number)
    if ranking is None:
        raise CallError("That story is not among the feeds of this place. /latest shows the newest.")
    return view, ranking


async def story_id(ctx: Context, view: View, call: Call, reference: str) -> int:
    """Return the id of a story: of the post that a Call answers, by its number in the list last seen here, or
    by i and its id. Raises `CallError` for another word.
    """
    post_ids = await _stories_of_post(ctx, view, call)
    if not reference:
        return await _only_story(ctx, view, call, post_ids)
    match = re.fullmatch(r"(i?)#?(\d{1,12})", reference)
    if not match:
        raise CallError(
            "`{word}` is not a story's number. Give its number in the last list, for example {example}.",
            word=reference[:40],
            example=f"/{call.command} 1",
        )
    if match[1]:
        return int(match[2])
    numbered_ids = post_ids or await _numbered_stories(ctx, view, call)
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


async def _stories_of_post(ctx: Context, view: View, call: Call) -> list[int]:
    """Return the stories of the post of ours that a Call answers."""
    if not call.reply_to or not view.known:
        return []
    async with ctx.store.read() as tx:
        return await outbox.stories_of_post(tx, view.channel.id, call.reply_to)


async def _only_story(ctx: Context, view: View, call: Call, post_ids: Sequence[int]) -> int:
    """Return the one story of a post. Raises `CallError` that asks which, where it tells several or none."""
    if len(post_ids) == 1:
        return post_ids[0]
    if post_ids:
        await remember_list(ctx, view, call, post_ids)
        raise CallError(
            "That post tells {n} stories: say which by its number, for example /{command} 2.",
            n=len(post_ids),
            command=call.command,
        )
    raise _which_story(ctx, call)


def _which_story(ctx: Context, call: Call) -> CallError:
    """Return how a story is named on the platform of a Call."""
    platform = ctx.platforms.get(call.conversation.platform)
    if platform is not None and platform.has_post_menu:
        return CallError(
            "Which story? Give its number in the last list, for example /{command} 1, or open the menu of "
            "the post that tells it: Apps › {menu}.",
            command=call.command,
            menu=registry().by_name[call.command].spec.post_menu,
        )
    if platform is not None and platform.takes_replies:
        return CallError(
            "Which story? Give its number in the last list, for example /{command} 1, or answer the post "
            "that tells it.",
            command=call.command,
        )
    return CallError(
        "Which story? Give its number in the last list, for example /{command} 1.", command=call.command
    )


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
