"""subscribe, unsubscribe, list, schedule: what a channel wants."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.commands.access import take_discovery
from bot.commands.completions import TIMES, subscription_numbers, topics
from bot.commands.declaration import Option, Section, command
from bot.commands.finding import FoundFeed, find_feed
from bot.commands.own_topics import own_topic_called, own_topics_of, similar_own_topic
from bot.commands.registry import registry
from bot.commands.topics import find_topic, similar_topic
from bot.commands.views import View, ensure_channel, is_operator, label, pause_reasons, posted_at, view_of
from bot.commands.wish_reading import is_wish, read_typed_wish
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
    Item,
    Listing,
    OwnTopic,
    ParsedEntry,
    ParsedFeed,
    PlaceKind,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.entries.identify import link_key
from bot.pipeline.entries.urls import feed_key, has_secret, mask_secrets, shown_host
from bot.pipeline.entries.written_addresses import typed_address
from bot.pipeline.filters.grammar import stored_filter
from bot.pipeline.timing.slots import describe, next_slot, parse_schedule
from bot.pipeline.timing.zones import take_zone
from bot.store import Tx, feeds, places, stories, subscriptions
from bot.store.feeds import DeclaredFeed
from bot.text.typed_words import in_english
from bot.text.words import fold

DEFAULT = "08:00"
ENTRIES_SHOWN_MAX = 3
"""Entries of a new feed that are shown to whoever subscribes."""

FIRST_DIGEST_PERIOD = timedelta(hours=24)
"""How far before a subscription its first digest begins."""

CONFIRMED = "news"
YES, NO = "yes", "no"
"""What a button carries beside the options of /subscribe: whether the list that was found on a page is its
news.
"""

OF = "of"
"""What a button about one subscription carries beside its number: its id."""

FILTER_SHOWN_MAX = 80
"""Characters of a filter that /list shows; /filter shows all of it."""

USUAL_SIZE = 5
"""Stories of a digest for which nobody has said how many."""

LABEL = 24
"""Characters of an address on a button."""

GOOGLE_NEWS = "news.google.com"

DAILY_DIGEST = CallRef("subscribe", {"what": "ai", "when": "08.00"})
INSTANT_NEWS_CALL = CallRef("subscribe", {"what": "ai", "when": "now"})
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
            complete=TIMES,
        ),
    ),
    carried_options=(CONFIRMED,),
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
        request = _parse_wanted(ctx, _with_times_apart(ctx, call, own_topics), own_topics)
    except CallError:
        if answer := await _as_wish(ctx, view, call):
            return answer
        raise
    topic, address, zone = request.topic, request.address, request.zone
    if address:
        await _recognise(ctx, view, address, topic)
        await take_discovery(ctx, call)
    if call.arguments.get(CONFIRMED) == NO:
        text = view.words(
            "Then give me the page that lists the news, or the address of a feed: /subscribe ADDRESS"
        )
        return Answer(document=Document((Text(text),), view.words.language))
    found_feed = (
        await find_feed(ctx, address, view.requester, _own_access(view, address)) if address else None
    )
    if found_feed and found_feed.format is FeedFormat.PAGE and not _is_confirmed(call):
        return _ask_for_list(ctx, view, call, found_feed)
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
            _new_subscription(channel, request),
            found_feed,
        )
    ctx.wake("collect")
    title = declare_found_feed(found_feed).title if found_feed else name_of(ctx, view, subscription)
    blocks = _feed_blocks(ctx, view, call, channel, found_feed, address) if found_feed else ()
    offers = (
        *(_offers(call, found_feed.others) if found_feed else ()),
        *_elsewhere_offer(ctx, view.words, call),
    )
    document = _confirmation(
        view.words,
        title,
        subscription,
        channel,
        blocks,
        offers,
        _place_name(call),
        pause_reasons(view, ctx.clock()),
    )
    question = await zone_question(ctx, view, call, channel, subscription)
    return Answer(document=replace(document, blocks=(*document.blocks, *question)))


class _Request(NamedTuple):
    """What strict words ask for: a topic, the address of a feed if one is, when, in which zone, and a topic
    of the server's own if it is one.
    """

    topic: str
    address: str
    schedule: Schedule
    zone: str
    own_topic: OwnTopic | None = None


def _new_subscription(channel: Channel, request: _Request) -> Subscription:
    own = request.own_topic
    return Subscription(
        id=0,
        channel_id=channel.id,
        topic=request.topic,
        schedule=request.schedule,
        own_topic=own.name if own else "",
        topic_terms=own.terms if own else "",
    )


def _parse_wanted(ctx: Context, call: Call, own_topics: Sequence[OwnTopic]) -> _Request:
    """Return what strict words ask for. Raises `CallError`."""
    zone, rest = take_zone(call.arguments.get("when", ""))
    words = in_english(rest, hours_are_times=True).split()
    takes_all = "all" in words
    schedule = parse_schedule(" ".join(word for word in words if word != "all") or DEFAULT, rest)
    subject = call.arguments["what"].strip()
    if (own := own_topic_called(subject, own_topics)) and not takes_all:
        return _Request(own.within, "", schedule, zone, own)
    topic, address = _parse_subject(ctx, subject, own_topics)
    if takes_all and not address:
        raise CallError(
            (
                "`all` takes every topic of one feed: give its address before it, or leave it out: "
                "/subscribe {topic} 08:00"
            ),
            topic=topic,
        )
    return _Request("all" if takes_all else topic, address, schedule, zone)


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


def _feed_blocks(
    ctx: Context, view: View, call: Call, channel: Channel, found_feed: FoundFeed, address: str
) -> tuple[Block, ...]:
    """Return what whoever subscribes to a feed should see of it."""
    return (
        *_page_block(view.words, found_feed),
        *_address_block(view.words, found_feed.url, address),
        *preview(view.words, found_feed.feed, ctx.clock(), channel.zone),
        *_other_feeds_block(view.words, found_feed.others),
        *_cautions(view.words, call, address),
    )


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
    await subscriptions.add(tx, subscription)
    return subscription


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
    matching_ids = [feed.id for feed in view.feeds if feed_key(feed.url) == feed_key(address)]
    if not view.known or not matching_ids:
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


def _own_access(view: View, address: str) -> FeedAccess | None:
    """Return what goes with the requests of the feed at an address, where it is this server's own."""
    return next(
        (feed.access for feed in view.feeds if feed.access and feed_key(feed.url) == feed_key(address)), None
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
            raise CallError(
                "That is posted here already ({when}). /schedule changes when, /list shows all.",
                when=describe(existing.schedule),
            )


def _subject(subscription: Subscription) -> tuple[str, str, tuple[int, ...]]:
    """Return what a subscription is to."""
    return subscription.own_topic, subscription.topic, subscription.feed_ids


def _confirmation(
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
    when = describe(subscription.schedule)
    if is_new:
        text = words("Subscribed to {name}: {when}.", name=name, when=when)
    else:
        text = words("{name} is posted {when} from now on.", name=name, when=when)
    blocks: list[Block] = [Text(text), *map(Text, cautions)]
    next_post_at = posted_at(channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if next_post_at is not None:
        zone = channel.zone
        moment = f"{words.day(next_post_at, zone)}, {words.time(next_post_at, zone)}"
        upcoming = (
            words("Next digest in {place}: {when} ({zone}).", place=place, when=moment, zone=zone)
            if place
            else words("Next digest here: {when} ({zone}).", when=moment, zone=zone)
        )
        blocks.append(Text(upcoming, quiet=True))
    actions = Actions((*offers, Button(words("What is posted here"), call=CallRef("list"))))
    return Document((*blocks, *detail_blocks, actions), words.language)


def _page_block(words: Words, found_feed: FoundFeed) -> tuple[Block, ...]:
    """Say of a page without a feed how it is read."""
    if found_feed.format is FeedFormat.FEED:
        return ()
    text = words(
        "It has no feed: I read the list of news off the page, at most once an hour. What is on it now is "
        "known and comes in no message."
    )
    return (Text(text, quiet=True),)


def _is_confirmed(call: Call) -> bool:
    """Tell whether the list of a page was seen and found right. In broadcast channels nobody can be asked: a
    button would act elsewhere.
    """
    return call.arguments.get(CONFIRMED) == YES or call.conversation.kind is PlaceKind.BROADCAST


def _ask_for_list(ctx: Context, view: View, call: Call, found_feed: FoundFeed) -> Answer:
    """Show the first items of the list that was found on a page, and ask whether they are the news."""
    words = view.words
    question = words(
        "{address} has no feed, but there is a list on it. Are these the news?",
        address=mask_secrets(found_feed.url),
    )
    items = tuple(
        Item(_entry_line(words, entry, ctx.clock(), view.channel.zone), entry.link)
        for entry in found_feed.feed.entries[:ENTRIES_SHOWN_MAX]
    )
    yes, no = (CallRef("subscribe", {**call.arguments, CONFIRMED: answer}) for answer in (YES, NO))
    buttons = Actions((Button(words("Yes, subscribe"), call=yes), Button(words("No"), call=no)))
    return Answer(document=Document((Text(question), Listing(items=items), buttons), words.language))


def _other_feeds_block(words: Words, addresses: Sequence[str]) -> tuple[Block, ...]:
    return (
        (Listing(items=tuple(map(_addressed, addresses)), title=words("Also there:")),) if addresses else ()
    )


def _addressed(address: str) -> Item:
    """Return an address as a line; one with a password is shown without it, and leads nowhere."""
    return Item(mask_secrets(address), "" if has_secret(address) else address)


def _address_block(words: Words, url: str, given_address: str) -> tuple[Block, ...]:
    """Say where the feed is when it is not at the very address that was given."""
    if link_key(url) == link_key(given_address):
        return ()
    return (Text(words("Its feed: {address}", address=mask_secrets(url)), quiet=True),)


def preview(words: Words, feed: ParsedFeed, now: datetime, zone: str) -> tuple[Block, ...]:
    """Show the newest entries of a feed, so that whoever subscribes sees that it is the one they meant."""
    if not feed.entries:
        return (Text(words("It holds nothing yet."), quiet=True),)
    items = tuple(Item(_entry_line(words, entry, now, zone), entry.link) for entry in newest(feed.entries))
    return (Listing(items=items, title=words("Newest there:")),)


def newest(entries: Sequence[ParsedEntry], count: int = ENTRIES_SHOWN_MAX) -> list[ParsedEntry]:
    """Return the newest entries, newest first; those without a date keep their places after the dated
    ones.
    """
    return sorted(entries, key=lambda entry: -entry.published.timestamp() if entry.published else 0.0)[:count]


def _entry_line(words: Words, entry: ParsedEntry, now: datetime, zone: str) -> str:
    title = entry.title or entry.link
    if entry.published is None:
        return title
    local = entry.published.astimezone(ZoneInfo(zone))
    year = "" if local.year == now.year else f" {local.year}"
    return f"{title} · {words.day(entry.published, zone)}{year}"


def _cautions(words: Words, call: Call, address: str) -> tuple[Block, ...]:
    sentences = []
    if has_secret(address) and call.conversation.kind not in {PlaceKind.PRIVATE, PlaceKind.PAGE}:
        sentences.append(
            words(
                "Your message holds a password that others here may read: delete it, and give such "
                "addresses in a private chat."
            )
        )
    if urlsplit(address).hostname == GOOGLE_NEWS:
        sentences.append(
            words(
                "Google News hides where its links lead, so repeats of other feeds are hard to tell. "
                "The outlets' own feeds work better."
            )
        )
    return tuple(Text(sentence, quiet=True) for sentence in sentences)


def _offers(call: Call, addresses: Sequence[str]) -> tuple[Button, ...]:
    """Return buttons that subscribe to the other feeds of a page. In broadcast channels there are none: they
    would act elsewhere.
    """
    if call.conversation.kind is PlaceKind.BROADCAST:
        return ()
    return tuple(
        Button(f"+ {_last_part(address)}", call=CallRef("subscribe", {**call.arguments, "what": address}))
        for address in addresses
    )


def _place_name(call: Call) -> str:
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


def _last_part(address: str) -> str:
    """Return what tells an address from its neighbours, short enough for a button."""
    parts = urlsplit(mask_secrets(address))
    path = parts.path.strip("/")
    return (path if len(path) <= LABEL else f"…{path[-LABEL:]}") or (
        shown_host(address) or mask_secrets(address)
    )


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


def declare_found_feed(
    found_feed: FoundFeed, server_id: int | None = None, *, private: bool = False
) -> DeclaredFeed:
    """Return a feed that a person added as the store takes it; a secret in its address makes it private."""
    url, feed = found_feed.url, found_feed.feed
    title = feed.title or (shown_host(url) or mask_secrets(url))
    return DeclaredFeed(
        url=url,
        url_key=feed_key(url),
        title=title,
        outlet=title,
        language=feed.language,
        home=feed.home,
        server_id=server_id,
        private=server_id is not None and (private or has_secret(url)),
        format=found_feed.format,
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


def list_items(
    ctx: Context, view: View, channel_subscriptions: Sequence[Subscription], *, numbered: bool = True
) -> tuple[Item, ...]:
    """Return a line for each subscription of a place, with the number by which people name it where all of
    them are given.
    """
    return tuple(
        Item(
            " · ".join(
                [
                    *([str(n)] if numbered else []),
                    name_of(ctx, view, subscription),
                    *_bar(view, subscription),
                    *_filter(subscription),
                    *_size(view, subscription),
                    _next_time(view, subscription),
                ]
            )
        )
        for n, subscription in enumerate(channel_subscriptions, start=1)
    )


def name_of(ctx: Context, view: View, subscription: Subscription) -> str:
    """Return what people call a subscription: its topic, or its feeds and their topic; before it its short
    name, where it has one.
    """
    subject = subject_of(ctx, view, subscription)
    return f"{subscription.name} ({subject})" if subscription.name else subject


def subject_of(ctx: Context, view: View, subscription: Subscription) -> str:
    """Return what a subscription is about: its topic, or its feeds and their topic."""
    topic = subscription.own_topic or (
        view.words(ctx.rules.topics[subscription.topic].title)
        if subscription.topic in ctx.rules.topics
        else view.words("everything")
    )
    titles = [feed.title for feed in view.feeds if feed.id in subscription.feed_ids]
    return f"{', '.join(titles)} ({topic})" if titles else topic


def _bar(view: View, subscription: Subscription) -> list[str]:
    """Return the bar of a subscription that has one."""
    return [] if subscription.bar is Bar.EVERYTHING else [label(subscription.bar, view.words)]


def _size(view: View, subscription: Subscription) -> list[str]:
    """Return how many stories a digest of a subscription has at most, where somebody said so."""
    if subscription.size == USUAL_SIZE:
        return []
    return [view.words.plural("one story at most", "{n} stories at most", subscription.size)]


def _filter(subscription: Subscription) -> list[str]:
    """Return the filter of a subscription that has one; of a long one the beginning, and how many terms more
    there are: what stands behind it is to be seen, too.
    """
    terms = [str(term) for term in stored_filter(subscription.filter).terms]
    first_terms: list[str] = []
    while (
        len(first_terms) < len(terms)
        and len(" ".join((*first_terms, terms[len(first_terms)]))) <= FILTER_SHOWN_MAX
    ):
        first_terms.append(terms[len(first_terms)])
    if len(first_terms) < len(terms):
        return [" ".join((*first_terms, f"… (+{len(terms) - len(first_terms)})"))]
    return [" ".join(first_terms)] if first_terms else []


def _next_time(view: View, subscription: Subscription) -> str:
    text = describe(subscription.schedule)
    upcoming = posted_at(view.channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if upcoming is None:
        return text
    words, zone = view.words, view.channel.zone
    moment = f"{words.day(upcoming, zone)} {words.time(upcoming, zone)}"
    return f"{text} · {words('next: {when}', when=moment)}"


@command(
    name="schedule",
    code="sc",
    section=Section.SUBSCRIPTIONS,
    description="Change when a subscription posts",
    help_line="change when: /schedule 1 08:00 18:00 Europe/Rome",
    usage="/schedule [NUMBER] WHEN",
    options=(Option("when", "Its number, then times: 1 08:00 18:00", rest=True, complete=TIMES),),
    manager=True,
    examples=("/schedule 1 08:00 18:00", "/schedule now", "/schedule 2 mon 09:00 Rome"),
)
async def schedule(ctx: Context, call: Call) -> Answer:
    """Change when a subscription posts; without a number there must be only one."""
    view = await view_of(ctx, call)
    text = call.arguments.get("when", "")
    if not text:
        return await listing(ctx, call)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    own_number, text = take_name(text, channel_subscriptions)
    if own_number and not text:
        return await listing(ctx, call)
    zone, text = take_zone(text)
    typed, text = text, in_english(text, hours_are_times=True)
    number, times = (
        (own_number, text)
        if own_number
        else _split_number(text, len(channel_subscriptions), zoned=bool(zone))
    )
    subscription = await subscription_at(ctx, view, number)
    new_schedule = parse_schedule(times, typed) if times.strip() else subscription.schedule
    return Answer(document=await _reschedule(ctx, view, subscription, new_schedule, zone, _place_name(call)))


async def _reschedule(
    ctx: Context, view: View, subscription: Subscription, new_schedule: Schedule, zone: str, place: str
) -> Document:
    async with ctx.store.write() as tx:
        if zone:
            await move_to_zone(tx, view.channel.id, zone, ctx.clock())
        upcoming = next_slot(new_schedule, zone or view.channel.zone, ctx.clock())
        await subscriptions.reschedule(tx, subscription.id, new_schedule, upcoming)
    rescheduled = Subscription(
        id=subscription.id,
        channel_id=subscription.channel_id,
        topic=subscription.topic,
        own_topic=subscription.own_topic,
        schedule=new_schedule,
        feed_ids=subscription.feed_ids,
        next_slot_at=upcoming,
    )
    name = name_of(ctx, view, subscription)
    cautions = pause_reasons(view, ctx.clock())
    channel = replace(view.channel, zone=zone or view.channel.zone)
    return _confirmation(view.words, name, rescheduled, channel, place=place, cautions=cautions, is_new=False)


def _split_number(text: str, count: int, *, zoned: bool = False) -> tuple[str, str]:
    """Return the subscription's number that a schedule begins with, empty where it names none, and the rest.

    A number alone in front is a subscription, never an hour: times are written in full. Raises `CallError`
    where nothing says when.
    """
    match = re.match(r"\s*#?(\d{1,2})(?:\s+(.+))?\s*$", text)
    if match is None:
        return "", text
    number, rest = match[1], (match[2] or "").strip()
    if not rest and zoned:
        return number, ""
    if not re.search(r"[:.h]|[^\W\d_]{2}", rest.lower()):
        raise CallError(
            (
                "When is it to be posted? A number alone is a subscription; times are written in "
                "full: /schedule {number} 09:00"
            ),
            number=number if 1 <= int(number) <= count else 1,
        )
    return number, rest


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
    manager=True,
    examples=("/unsubscribe 1", "/unsubscribe robotics", "/unsubscribe all"),
)
async def unsubscribe(ctx: Context, call: Call) -> Answer:
    """End one of the place's subscriptions, or all of them."""
    view = await view_of(ctx, call)
    ended_subscriptions = await _subscriptions_named(ctx, view, call.arguments["number"])
    async with ctx.store.write() as tx:
        for subscription in ended_subscriptions:
            await subscriptions.end(tx, subscription.id)
        back = await subscriptions.recap_of(tx, view.channel.id)
        if back is not None and not await subscriptions.of_channel(tx, view.channel.id):
            await subscriptions.end(tx, back.id)
    names = ", ".join(name_of(ctx, view, subscription) for subscription in ended_subscriptions)
    text = view.words("No longer posted here: {name}.", name=names)
    return Answer(document=Document((Text(text),), view.words.language))


async def _subscriptions_named(ctx: Context, view: View, text: str) -> list[Subscription]:
    """Return the subscriptions that a text names: one, or all. Raises `CallError`."""
    if in_english(text) not in {"all", "everything"}:
        return [await subscription_at(ctx, view, text)]
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    if not channel_subscriptions:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    return list(channel_subscriptions)


def _find_by_name(
    ctx: Context, view: View, name: str, channel_subscriptions: Sequence[Subscription]
) -> Subscription | None:
    """Return the only subscription that a name means: its own, its topic's, or a part of what /list calls
    it.
    """
    folded_name = fold(name)
    own_number, rest = take_name(name, channel_subscriptions)
    if own_number and not rest:
        return channel_subscriptions[int(own_number) - 1]
    if not re.search(r"[^\W\d_]{2}", folded_name):
        return None
    topic = find_topic(ctx, name)
    of_topic = [
        one
        for one in channel_subscriptions
        if topic and one.topic == topic and not (one.feed_ids or one.own_topic)
    ]
    by_list = [one for one in channel_subscriptions if folded_name in fold(name_of(ctx, view, one))]
    return next((matches[0] for matches in (of_topic, by_list) if len(matches) == 1), None)


async def split_number(ctx: Context, view: View, *values: str) -> tuple[str, str]:
    """Return the number of the subscription that the values of some options begin with, by its number or its
    short name, and the rest; an empty one where they begin with neither, for it may be left out.
    """
    line = " ".join(filter(None, map(str.strip, values)))
    number_match = re.match(r"#?(\d{1,4})(?:\s+|$)", line)
    if number_match:
        return number_match[1], line[number_match.end() :].strip()
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    return take_name(line, channel_subscriptions)


def take_name(line: str, channel_subscriptions: Sequence[Subscription]) -> tuple[str, str]:
    """Return the number of the subscription whose short name a line begins with, empty for none, and the
    rest.
    """
    first, _, rest = line.strip().partition(" ")
    for number, subscription in enumerate(channel_subscriptions, start=1):
        if subscription.name and fold(subscription.name) == fold(first):
            return str(number), rest.strip()
    return "", line.strip()


def check_is_meant(call: Call, subscription: Subscription) -> None:
    """Refuse a button that was given for another subscription: numbers move up when one ends. Raises
    `CallError`.
    """
    if call.arguments.get(OF, str(subscription.id)) != str(subscription.id):
        raise CallError("What is posted here has changed since. /list shows it; please say that again.")


async def subscription_at(ctx: Context, view: View, number: str) -> Subscription:
    """Return a subscription of a place by its number in /list, or by its name there; without either there
    must be only one. Raises `CallError` otherwise.
    """
    number = number.strip().removeprefix("#")
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    if not channel_subscriptions:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    if not number and len(channel_subscriptions) == 1:
        return channel_subscriptions[0]
    by_name = _find_by_name(ctx, view, number, channel_subscriptions)
    if by_name is not None:
        return by_name
    if not re.fullmatch(r"[0-9]{1,4}", number) or not 1 <= int(number) <= len(channel_subscriptions):
        raise CallError(
            "Say which one: a number from 1 to {count}, or a name, as /list shows them.",
            count=len(channel_subscriptions),
        )
    return channel_subscriptions[int(number) - 1]
