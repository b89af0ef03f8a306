"""subscribe, unsubscribe, list: what a channel wants."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from bot.commands.access import take_discovery
from bot.commands.completions import subscription_numbers, times_and_zones, topics
from bot.commands.declaration import Option, Section, command
from bot.commands.finding import FoundFeed, find_feed
from bot.commands.found_feeds import (
    CONFIRMED,
    NO,
    ask_for_list,
    declare_found_feed,
    feed_blocks,
    is_confirmed,
    offer_other_feeds,
)
from bot.commands.own_topics import own_topic_called, own_topics_of, similar_own_topic
from bot.commands.posted_already import PostedAlready, ask_for_meaning
from bot.commands.registry import registry
from bot.commands.subscription_choice import subscription_at
from bot.commands.subscription_hints import hint_blocks
from bot.commands.subscription_lines import list_items, name_of, schedule_in_words
from bot.commands.topics import find_topic, similar_topic
from bot.commands.usual_hours import DEFAULT, usual_time
from bot.commands.views import (
    View,
    bring_in_blocks,
    ensure_channel,
    is_operator,
    moment_in,
    pause_reasons,
    posted_at,
    view_of,
    whole_feeds,
)
from bot.commands.wish_reading import is_wish, read_typed_wish
from bot.commands.zone_moves import MOVES, ask_about_zone, find_neighbours
from bot.commands.zones import zone_question
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Bar,
    Block,
    Button,
    Call,
    CallRef,
    Channel,
    Document,
    FeedAccess,
    FeedFormat,
    Heading,
    Listing,
    OwnTopic,
    PlaceKind,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.entries.urls import feed_key, mask_secrets
from bot.pipeline.entries.written_addresses import typed_address
from bot.pipeline.timing.slots import next_slot, parse_schedule
from bot.pipeline.timing.zones import take_zone
from bot.store import Tx, feeds, places, stories, subscriptions
from bot.text.typed_words import in_english, is_everything

FIRST_DIGEST_PERIOD = timedelta(hours=24)
"""How far before a subscription its first digest begins."""

ALL = "all"
AGAIN = "again"
"""The argument of a button that brings ended subscriptions back, by their ids."""

BAR = "bar"
"""The argument of a button that says how important news must be."""

DAILY_DIGEST = CallRef("subscribe", {"what": "ai", "when": "08.00"})

INSTANT_NEWS_CALL = CallRef("subscribe", {"what": "ai", "when": "now"})

BREAKING_NEWS_CALL = CallRef("subscribe", {"what": "ai", "when": "now", BAR: Bar.IMPORTANT})
"""What other answers offer. Times have points there, for colons part the arguments of a button."""


@command(
    name="subscribe",
    code="su",
    section=Section.SUBSCRIPTIONS,
    description="Post news here",
    help_line="post news here: /subscribe ai weekdays 08:00",
    details=(
        "WHAT is a topic, a feed or a web site, `all` behind the address takes every topic of a "
        "feed, and `now` posts at once."
    ),
    options=(
        Option(
            "what",
            "A topic (ai, robotics…), a feed or a web site; all takes every topic of a feed",
            required=True,
            complete=topics,
        ),
        Option(
            "when",
            "Times such as 08:00 18:00, days such as weekdays, or now for news at once",
            rest=True,
            complete=times_and_zones,
        ),
    ),
    carried_options=(CONFIRMED, BAR, MOVES),
    manager=True,
    examples=(
        "/subscribe ai 08:00",
        "/subscribe robotics weekdays 08:00 18:00 Europe/Rome",
        "/subscribe https://example.org/feed.xml now",
    ),
)
async def subscribe(ctx: Context, call: Call) -> Answer:
    """Subscribe the place to a topic, or to a feed that is looked for at an address."""
    view = await view_of(ctx, call)
    if call.place.missing:
        raise CallError(
            "I may not post here yet: give me {rights} here, then say that again.",
            rights=", ".join(call.place.missing),
        )
    own_topics = await own_topics_of(ctx, view)
    try:
        usual = usual_time(await _place_subscriptions(ctx, view))
        request = _parse_wanted(ctx, _with_times_apart(ctx, call, own_topics), own_topics, usual)
    except CallError:
        if answer := await _as_wish(ctx, view, call):
            return answer
        raise
    try:
        return await _subscribe(ctx, view, call, request)
    except PostedAlready as error:
        existing, new_schedule = error.existing, request.schedule
        if not request.names_time or existing.schedule == new_schedule:
            raise
        ids = [subscription.id for subscription in await _place_subscriptions(ctx, view)]
        return ask_for_meaning(view, existing, 1 + ids.index(existing.id), new_schedule, request.zone)


async def _subscribe(ctx: Context, view: View, call: Call, request: "_Request") -> Answer:
    """Subscribe the place to what strict words ask for. Raises `CallError`."""
    topic, address, zone = request.topic, request.address, request.zone
    if address:
        await _recognise(ctx, view, address, topic)
        await take_discovery(ctx, call)
    if neighbours := await _find_neighbours(ctx, view, call, request):
        takes_all = " all" if topic == "all" else ""
        what = _with_times_apart(ctx, call, await own_topics_of(ctx, view)).arguments["what"]
        return ask_about_zone(
            ctx,
            view,
            neighbours,
            request.schedule,
            zone,
            lambda when: CallRef("subscribe", {"what": what, "when": f"{when}{takes_all}"}),
        )
    if call.arguments.get(CONFIRMED) == NO:
        text = view.words(
            "Then give me the page that lists the news, or the address of a feed: /subscribe ADDRESS"
        )
        return Answer(document=Document((Text(text),), view.words.language))
    found_feed = (
        await find_feed(ctx, address, view.requester, await _own_access(ctx, view, address))
        if address
        else None
    )
    if found_feed and found_feed.format is FeedFormat.PAGE and not is_confirmed(ctx, call):
        return ask_for_list(ctx, view, call, found_feed)
    async with ctx.store.write() as tx:
        channel = await ensure_channel(tx, ctx, call)
        if found_feed and await is_operator(tx, call):
            await places.trust(tx, channel.server_id)
        if zone:
            await move_to_zone(tx, channel.id, zone, ctx.clock())
            channel = replace(channel, zone=zone)
        subscription = await add_subscription(
            tx,
            ctx,
            channel,
            _new_subscription(channel, request, _bar_of(call)),
            found_feed,
        )
    ctx.wake("collect")
    title = declare_found_feed(found_feed).title if found_feed else name_of(ctx, view, subscription)
    blocks = (
        *(feed_blocks(ctx, view, call, channel, found_feed, address) if found_feed else ()),
        *hint_blocks(ctx, view.words, subscription, channel, found_feed, address),
    )
    offers = (
        *(offer_other_feeds(ctx, call, found_feed.others) if found_feed else ()),
        *_elsewhere_offer(ctx, view.words, call),
    )
    document = confirmation(
        view.words,
        title,
        subscription,
        channel,
        blocks,
        offers,
        place_name(call),
        pause_reasons(view, ctx.clock()),
    )
    question = await zone_question(ctx, view, call, channel, subscription)
    return Answer(document=replace(document, blocks=(*document.blocks, *question)))


async def _find_neighbours(ctx: Context, view: View, call: Call, request: "_Request") -> list[Subscription]:
    """Return the subscriptions that the zone of a new one would move; none where it is posted already, which
    is asked about by itself.
    """
    if not request.schedule.times:
        return []
    neighbours = await find_neighbours(ctx, view, call, request.zone)
    own = request.own_topic.name if request.own_topic else ""
    subjects = set(map(_subject, neighbours))
    return [] if not request.address and (own, request.topic, ()) in subjects else neighbours


class _Request(NamedTuple):
    """What strict words ask for: a topic, the address of a feed if one is, when, in which zone, a topic of
    the server's own if it is one, and whether they say when.
    """

    topic: str
    address: str
    schedule: Schedule
    zone: str
    own_topic: OwnTopic | None = None
    names_time: bool = False


def _bar_of(call: Call) -> Bar:
    """Return how important news must be that a button subscribes to; everything where it says no level."""
    level = call.arguments.get(BAR, "")
    return Bar(level) if level in set(Bar) else Bar.EVERYTHING


def _new_subscription(channel: Channel, request: _Request, bar: Bar) -> Subscription:
    own = request.own_topic
    return Subscription(
        id=0,
        channel_id=channel.id,
        topic=request.topic,
        schedule=request.schedule,
        bar=bar,
        own_topic=own.name if own else "",
        topic_terms=own.terms if own else "",
    )


async def _place_subscriptions(ctx: Context, view: View) -> Sequence[Subscription]:
    """Return the subscriptions of a place, none of one that is new."""
    async with ctx.store.read() as tx:
        return await subscriptions.of_channel(tx, view.channel.id) if view.known else ()


def _parse_wanted(ctx: Context, call: Call, own_topics: Sequence[OwnTopic], usual: time) -> _Request:
    """Return what strict words ask for, days without a time at the usual one. Raises `CallError`."""
    zone, rest = take_zone(call.arguments.get("when", ""))
    words = in_english(rest, hours_are_times=True).split()
    takes_all = "all" in words
    when = " ".join(word for word in words if word != "all")
    schedule = parse_schedule(when or DEFAULT, rest, usual=usual)
    subject = call.arguments["what"].strip()
    if (own := own_topic_called(subject, own_topics)) and not takes_all:
        return _Request(own.within, "", schedule, zone, own, bool(when))
    topic, address = _parse_subject(ctx, subject, own_topics)
    if takes_all and not address:
        raise CallError(
            (
                "`all` takes every topic of one feed: give its address before it, or leave it out: "
                "/subscribe {topic} 08:00"
            ),
            topic=topic,
        )
    return _Request("all" if takes_all else topic, address, schedule, zone, names_time=bool(when))


def _with_times_apart(ctx: Context, call: Call, own_topics: Sequence[OwnTopic]) -> Call:
    """Return a Call whose times stand in the option for them, where they were typed behind the topic or the
    address: `ai 08:00`.
    """
    words = call.arguments["what"].split()
    subjects = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    for count, subject in zip(range(len(words), 0, -1), subjects, strict=True):
        is_known = own_topic_called(subject, own_topics) or find_topic(ctx, subject)
        if is_known or (count == 1 and "." in subject):
            when = " ".join((*words[count:], call.arguments.get("when", ""))).strip()
            return replace(call, arguments={**call.arguments, "what": subject, "when": when})
    return call


async def _as_wish(ctx: Context, view: View, call: Call) -> Answer | None:
    """Return the answer to plain words in the place of strict ones, None where they are none."""
    typed = f"{call.arguments['what']} {call.arguments.get('when', '')}".strip()
    if not is_wish(await read_typed_wish(ctx, view, typed)):
        return None
    return await registry().by_name["wish"](ctx, replace(call, command="wish", arguments={"words": typed}))


async def add_subscription(
    tx: Tx, ctx: Context, channel: Channel, subscription: Subscription, found_feed: FoundFeed | None
) -> Subscription:
    """Add a subscription, with its feed if it is for one, and return it as it is from now on.

    A feed's first digest tells what it held, a topic's first the news of the last day too: nobody begins with
    a quiet day. News that is posted at once begins now.
    """
    feed_id = (
        await feeds.add(tx, declare_found_feed(found_feed, channel.server_id), "person")
        if found_feed
        else None
    )
    newest_change = await stories.newest_change(tx)
    day_before = await stories.newest_change_at(tx, ctx.clock() - FIRST_DIGEST_PERIOD)
    subscription = replace(
        subscription,
        feed_ids=(feed_id,) if feed_id else (),
        next_slot_at=next_slot(subscription.schedule, channel.zone, ctx.clock()),
        created_at=ctx.clock(),
        read_up_to=0 if feed_id else day_before if subscription.schedule.times else newest_change,
        instant_up_to=newest_change,
        rests_until=channel.pause.until if channel.pause and channel.is_paused(ctx.clock()) else None,
    )
    await refuse_twin(tx, subscription)
    await _refuse_more(tx, ctx, channel, found_feed)
    return replace(subscription, id=await subscriptions.add(tx, subscription))


async def _refuse_more(tx: Tx, ctx: Context, channel: Channel, found_feed: FoundFeed | None) -> None:
    """Refuse what goes beyond the limits of a place or its server."""
    limits = ctx.policy.limits
    if len(await subscriptions.of_channel(tx, channel.id)) >= limits.subscriptions_per_channel:
        raise CallError(
            (
                "A place may have {most} subscriptions. /unsubscribe ends one; whoever runs me can "
                "raise that (limits.subscriptions_per_channel)."
            ),
            most=limits.subscriptions_per_channel,
        )
    if found_feed:
        await refuse_more_feeds(tx, ctx, channel, added=1)


async def refuse_more_feeds(tx: Tx, ctx: Context, channel: Channel, added: int = 0) -> None:
    """Refuse a feed beyond those that a server may have, of which some were `added` just now. Raises
    `CallError`.
    """
    most = ctx.policy.limits.feeds_per_server
    if await feeds.count_feeds_added_by(tx, channel.server_id) - added >= most:
        raise CallError(
            (
                "A server may have {most} feeds of its own. Whoever runs me can raise that "
                "(limits.feeds_per_server)."
            ),
            most=most,
        )


async def _recognise(ctx: Context, view: View, address: str, topic: str) -> None:
    """Refuse an address in whatever spelling that is posted here already, before its publisher is asked."""
    if not view.known:
        return
    matching_ids = [
        feed.id for feed in await whole_feeds(ctx, view) if feed_key(feed.url) == feed_key(address)
    ]
    if not matching_ids:
        return
    async with ctx.store.read() as tx:
        await refuse_twin(
            tx,
            Subscription(
                id=0,
                channel_id=view.channel.id,
                topic=topic,
                schedule=Schedule(),
                feed_ids=(matching_ids[0],),
            ),
        )


async def _own_access(ctx: Context, view: View, address: str) -> FeedAccess | None:
    """Return what goes with the requests of the feed at an address, where it is this server's own."""
    own_feeds = await whole_feeds(ctx, view)
    return next(
        (feed.access for feed in own_feeds if feed.access and feed_key(feed.url) == feed_key(address)), None
    )


async def refuse_twin(tx: Tx, subscription: Subscription, before: Subscription | None = None) -> None:
    """Refuse a subscription to what another one of its channel is to, but where it was so `before`. Raises
    `CallError`.
    """
    if before is not None and _subject(before) == _subject(subscription):
        return
    for existing in await subscriptions.of_channel(tx, subscription.channel_id):
        if existing.id == subscription.id:
            continue
        if _subject(existing) == _subject(subscription):
            raise PostedAlready(
                "That is posted here already ({when}). /schedule changes when, /list shows all.", existing
            )


def _subject(subscription: Subscription) -> tuple[str, str, tuple[int, ...]]:
    """Return what a subscription is to."""
    return subscription.own_topic, subscription.topic, subscription.feed_ids


def confirmation(
    words: Words,
    name: str,
    subscription: Subscription,
    channel: Channel,
    detail_blocks: Sequence[Block] = (),
    offers: Sequence[Button] = (),
    place: str = "",
    cautions: Sequence[str] = (),
    *,
    is_new: bool = True,
) -> Document:
    """Say what is posted from now on, and when next: here, or in a place that is named."""
    when = schedule_in_words(subscription.schedule, words)
    if is_new:
        text = words("Subscribed to {name}: {when}.", name=name, when=when)
    else:
        text = words("{name} is posted {when} from now on.", name=name, when=when)
    blocks: list[Block] = [Text(text), *map(Text, cautions)]
    next_post_at = posted_at(channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if next_post_at is not None:
        zone = channel.zone
        when = f"{words.day(next_post_at, zone)}, {words.time(next_post_at, zone)}"
        upcoming = (
            words("Next digest in {place}: {when} ({zone}).", place=place, when=when, zone=zone)
            if place
            else words("Next digest here: {when} ({zone}).", when=when, zone=zone)
        )
        blocks.append(Text(upcoming, quiet=True, moment=moment_in(upcoming, when, zone, next_post_at)))
    actions = Actions((*offers, Button(words("What is posted here"), call=CallRef("list"))))
    return Document((*blocks, *detail_blocks, actions), words.language)


def place_name(call: Call) -> str:
    """Return the name of the place that a Call is about, empty where that is the one it was made in."""
    return (call.place.name or call.target) if call.origin else ""


def _elsewhere_offer(ctx: Context, words: Words, call: Call) -> tuple[Button, ...]:
    """Return a button that wants the same in a channel of the asker, where chats can be picked."""
    platform = ctx.platforms.get(call.place.platform)
    is_private = call.place.kind is PlaceKind.PRIVATE and call.origin is None
    if not (platform and platform.picks_places and is_private):
        return ()
    arguments = {name: call.arguments.get(name, "") for name in ("what", "when")}
    return (Button(words("In a channel of mine"), call=CallRef("elsewhere", arguments)),)


async def move_to_zone(tx: Tx, channel_id: int, zone: str, now: datetime) -> None:
    """Let a place live in a time zone: whatever is posted there keeps its local times. A slot that has come
    already stays.
    """
    await places.set_values(tx, channel_id, zone=zone)
    back = await subscriptions.recap_of(tx, channel_id)
    for subscription in (*await subscriptions.of_channel(tx, channel_id), *([back] if back else [])):
        if subscription.next_slot_at is not None and subscription.next_slot_at > now:
            await subscriptions.reschedule(
                tx, subscription.id, subscription.schedule, next_slot(subscription.schedule, zone, now)
            )


def _parse_subject(ctx: Context, argument: str, own_topics: Sequence[OwnTopic]) -> tuple[str, str]:
    """Return the topic that is wanted, and the address of a feed if one is."""
    if topic := find_topic(ctx, argument):
        return topic, ""
    if "." in argument:
        return "ai", typed_address(argument)
    what = mask_secrets(argument)[:60]
    if near := similar_own_topic(argument, own_topics) or similar_topic(ctx, argument):
        raise CallError(
            "`{what}` is no topic. Did you mean {near}? /topics names all of them.", what=what, near=near
        )
    raise CallError(
        (
            "`{what}` is no topic and no address. Topics: {topics}. An address looks like "
            "https://example.org/feed.xml."
        ),
        what=what,
        topics=", ".join(ctx.rules.topics),
    )


@command(
    name="list",
    code="li",
    section=Section.SUBSCRIPTIONS,
    description="What is posted here, and when",
    help_line="what is posted here, and when next",
    about_place=True,
)
async def listing(ctx: Context, call: Call) -> Answer:
    """Answer with what is posted here, and when next."""
    view = await view_of(ctx, call)
    if not call.place.has_bot:
        return Answer(document=Document(bring_in_blocks(ctx, view.words, call), view.words.language))
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    problems = [Text(reason) for reason in pause_reasons(view, ctx.clock())]
    if not channel_subscriptions:
        text = view.words("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
        return Answer(
            document=Document(
                (Text(text), Actions((Button(view.words("A daily digest here"), call=DAILY_DIGEST),))),
                view.words.language,
            )
        )
    return Answer(
        document=Document(
            (
                *problems,
                Heading(view.words("What is posted here"), view.channel.zone),
                Listing(items=list_items(ctx, view, channel_subscriptions)),
            ),
            view.words.language,
        )
    )


@command(
    name="unsubscribe",
    code="un",
    section=Section.SUBSCRIPTIONS,
    description="Stop a subscription",
    help_line="stop one: /unsubscribe 1, or all of them",
    details="It takes the number in `/list`, a name from there, or `all`.",
    usage="/unsubscribe NUMBER|all",
    options=(
        Option(
            "number",
            "Its number or name in /list, or all",
            required=True,
            rest=True,
            complete=subscription_numbers,
        ),
    ),
    carried_options=(AGAIN,),
    manager=True,
    examples=("/unsubscribe 1", "/unsubscribe robotics", "/unsubscribe all"),
)
async def unsubscribe(ctx: Context, call: Call) -> Answer:
    """End one of the place's subscriptions, or all of them; or let those go on that a button names."""
    view = await view_of(ctx, call)
    if call.arguments.get(AGAIN):
        return await _resume_ended(ctx, call, view)
    ended_subscriptions = await _subscriptions_named(ctx, view, call.arguments["number"])
    ended_ids = [subscription.id for subscription in ended_subscriptions]
    async with ctx.store.write() as tx:
        for subscription in ended_subscriptions:
            await subscriptions.end(tx, subscription.id)
        back = await subscriptions.recap_of(tx, view.channel.id)
        if back is not None and not await subscriptions.of_channel(tx, view.channel.id):
            await subscriptions.end(tx, back.id)
            ended_ids.append(back.id)
    names = ", ".join(name_of(ctx, view, subscription) for subscription in ended_subscriptions)
    text = view.words("No longer posted here: {name}.", name=names)
    again = CallRef("unsubscribe", {"number": ALL, AGAIN: ",".join(map(str, ended_ids))})
    actions = Actions((Button(view.words("Take that back"), call=again),))
    return Answer(document=Document((Text(text), actions), view.words.language))


async def _resume_ended(ctx: Context, call: Call, view: View) -> Answer:
    """Let subscriptions of a place go on that were ended, from now: what came meanwhile is told by the next
    digest. Raises `CallError` where there are others to the same now.
    """
    numbers = [int(word) for word in call.arguments[AGAIN].split(",") if word.isdecimal() and len(word) < 10]
    now = ctx.clock()
    async with ctx.store.write() as tx:
        ended_subscriptions = await subscriptions.ended(tx, view.channel.id, numbers)
        if not ended_subscriptions:
            raise CallError("There is nothing to take back any more. /list shows what is posted here.")
        for subscription in ended_subscriptions:
            if not subscription.recap:
                await refuse_twin(tx, subscription)
            upcoming = next_slot(subscription.schedule, view.channel.zone, now)
            await subscriptions.resume(tx, subscription.id, upcoming)
    names = ", ".join(name_of(ctx, view, subscription) for subscription in ended_subscriptions)
    text = view.words("Posted here again: {name}.", name=names)
    actions = Actions((Button(view.words("What is posted here"), call=CallRef("list")),))
    return Answer(document=Document((Text(text), actions), view.words.language))


async def _subscriptions_named(ctx: Context, view: View, text: str) -> list[Subscription]:
    """Return the subscriptions that a text names: one, or all. Raises `CallError`."""
    if not is_everything(text):
        return [await subscription_at(ctx, view, text)]
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    if not channel_subscriptions:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    return list(channel_subscriptions)
