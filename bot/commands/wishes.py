"""subscribe, unsubscribe, list, schedule: what a channel wants."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.commands.views import View, settled, view_of
from bot.errors import CallError, FeedError, NotAFeed, OffloadError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Button,
    Call,
    Channel,
    Document,
    Heading,
    Item,
    Listing,
    ParsedFeed,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.identify import link_key
from bot.pipeline.slots import describe, next_slot, parse_schedule
from bot.ports import FetchRequest
from bot.store import Tx, feeds, places, stories, subscriptions
from bot.store.feeds import Declared
from bot.texts import Words

DEFAULT = "08:00"
TRIES = 6
DEADLINE = timedelta(seconds=10)


async def subscribe(ctx: Context, call: Call) -> Answer:
    """Subscribe the place to a topic, or to a feed that is looked for at an address."""
    words = (await view_of(ctx, call)).words
    what = call.arguments["what"].strip()
    zone, rest = _zone(call.arguments.get("when", ""))
    every = bool(re.search(r"(?i)\ball\b", rest))
    schedule = parse_schedule(re.sub(r"(?i)\ball\b", " ", rest).strip() or DEFAULT)
    topic, found = await _wanted(ctx, what)
    async with ctx.store.write() as tx:
        channel = await settled(tx, ctx, call)
        if zone:
            await _move(tx, channel.id, zone, ctx.clock())
        zone = zone or channel.zone
        feed_id = await feeds.add(tx, _declared(found, channel), "person") if found else None
        wish = Subscription(
            0, channel.id, "all" if every else topic, schedule, (feed_id,) if feed_id else (),
            next_slot_at=next_slot(schedule, zone, ctx.clock()), created_at=ctx.clock(),
            read_up_to=0 if feed_id else await stories.newest_change(tx), instant_up_to=await stories.newest_change(tx),
        )  # fmt: skip
        await _refuse_twin(tx, wish)
        await subscriptions.add(tx, wish)
    ctx.wake("collect")
    name = found[1].title if found else words(ctx.rules.topics[topic].title)
    return Answer(_confirmation(words, name, wish, zone))


async def _refuse_twin(tx: Tx, wish: Subscription) -> None:
    for other in await subscriptions.of_channel(tx, wish.channel_id):
        if (other.topic, other.feed_ids) == (wish.topic, wish.feed_ids):
            raise CallError(
                "That is posted here already ({when}). /schedule changes when, /list shows all.",
                when=describe(other.schedule),
            )


def _confirmation(words: Words, name: str, wish: Subscription, zone: str) -> Document:
    text = words("Subscribed to {name}: {when}.", name=name, when=describe(wish.schedule))
    blocks = [Text(text)]
    if wish.next_slot_at:
        when = f"{words.day(wish.next_slot_at, zone)}, {words.time(wish.next_slot_at, zone)}"
        blocks.append(Text(words("Next digest here: {when} ({zone}).", when=when, zone=zone), quiet=True))
    return Document((*blocks, Actions((Button(words("What is posted here"), "li"),))), words.language)


async def _move(tx: Tx, channel_id: int, zone: str, now: datetime) -> None:
    """Let a place live in a time zone: whatever is posted there keeps its local times. A slot that has come already stays."""
    await places.set_values(tx, channel_id, zone=zone)
    for wish in await subscriptions.of_channel(tx, channel_id):
        if wish.next_slot_at is not None and wish.next_slot_at > now:
            await subscriptions.reschedule(tx, wish.id, wish.schedule, next_slot(wish.schedule, zone, now))


def _zone(text: str) -> tuple[str, str]:
    """Take a time zone such as Europe/Rome out of a schedule."""
    for word in text.split():
        if "/" in word:
            try:
                ZoneInfo(word)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise CallError(
                    "`{word}` is not a time zone. Zones are written like Europe/Rome or America/New_York.",
                    word=word[:40],
                ) from error
            return word, text.replace(word, " ")
    return "", text


async def _wanted(ctx: Context, what: str) -> tuple[str, tuple[str, ParsedFeed] | None]:
    if what.lower() in ctx.rules.topics:
        return what.lower(), None
    if "." not in what:
        known = ", ".join(ctx.rules.topics)
        raise CallError(
            "`{what}` is no topic and no address. Topics: {topics}. An address looks like https://example.org/feed.xml.",
            what=what[:60],
            topics=known,
        )
    return "ai", await find_feed(ctx, what if "://" in what else f"https://{what}")


async def find_feed(ctx: Context, address: str) -> tuple[str, ParsedFeed]:
    """Return the feed at an address, or the first one that the page there leads to. Raises `CallError` with what was tried."""
    try:
        url, feed, candidates = await _feed_or_leads(ctx, address)
    except (FeedError, OffloadError) as error:
        raise CallError(
            "{address} cannot be read: {cause}", address=address[:200], cause=str(error)
        ) from error
    if feed is not None:
        return url, feed
    for candidate in candidates[:TRIES]:
        if found := await _try_feed(ctx, candidate):
            return found
    tried = ", ".join(urlsplit(c).path or c for c in candidates[:TRIES])
    raise CallError(
        "{address} is a page without a feed. I looked at {tried}. If it has one, give me its address.",
        address=address[:200],
        tried=tried,
    )


async def _feed_or_leads(ctx: Context, address: str) -> tuple[str, ParsedFeed | None, tuple[str, ...]]:
    """Return where an address leads: to a feed, or to a page with the feed addresses that it names."""
    page = await ctx.fetch(FetchRequest(address))
    try:
        feed = await ctx.offload(
            ctx.parse, page.body, page.url, page.content_type, ctx.clock(), deadline=DEADLINE
        )
    except NotAFeed:
        return page.url, None, await ctx.offload(ctx.discover, page.body, page.url, deadline=DEADLINE)
    return page.url, feed, ()


async def _try_feed(ctx: Context, address: str) -> tuple[str, ParsedFeed] | None:
    try:
        document = await ctx.fetch(FetchRequest(address))
        parsed = await ctx.offload(
            ctx.parse, document.body, document.url, document.content_type, ctx.clock(), deadline=DEADLINE
        )
    except (FeedError, OffloadError) as error:
        ctx.log.debug("no feed here", address=address, cause=str(error))
        return None
    return document.url, parsed


def _declared(found: tuple[str, ParsedFeed], channel: Channel) -> Declared:
    url, feed = found
    title = feed.title or (urlsplit(url).hostname or url)
    return Declared(
        url, link_key(url), title, title, feed.language, home=feed.home, server_id=channel.server_id
    )


async def unsubscribe(ctx: Context, call: Call) -> Answer:
    """End one of the place's subscriptions."""
    view = await view_of(ctx, call)
    wish = await _numbered(ctx, view, call.arguments["number"])
    async with ctx.store.write() as tx:
        await subscriptions.end(tx, wish.id)
    return Answer(
        Document(
            (Text(view.words("No longer posted here: {name}.", name=_name(ctx, view, wish))),),
            view.words.language,
        )
    )


async def listing(ctx: Context, call: Call) -> Answer:
    """Answer with what is posted here, and when next."""
    view = await view_of(ctx, call)
    async with ctx.store.read() as tx:
        wishes = await subscriptions.of_channel(tx, view.channel.id)
    if not wishes:
        text = view.words("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
        return Answer(
            Document(
                (Text(text), Actions((Button(view.words("A daily digest here"), "su:ai:08.00"),))),
                view.words.language,
            )
        )
    items = tuple(
        Item(f"{n} · {_name(ctx, view, wish)} · {_when(view, wish)}")
        for n, wish in enumerate(wishes, start=1)
    )
    return Answer(
        Document(
            (Heading(view.words("What is posted here"), view.channel.zone), Listing(items)),
            view.words.language,
        )
    )


def _name(ctx: Context, view: View, wish: Subscription) -> str:
    topic = (
        view.words(ctx.rules.topics[wish.topic].title)
        if wish.topic in ctx.rules.topics
        else view.words("everything")
    )
    titles = [feed.title for feed in view.feeds if feed.id in wish.feed_ids]
    return f"{', '.join(titles)} ({topic})" if titles else topic


def _when(view: View, wish: Subscription) -> str:
    text = describe(wish.schedule)
    if wish.next_slot_at is None:
        return text
    words, zone = view.words, view.channel.zone
    upcoming = f"{words.day(wish.next_slot_at, zone)} {words.time(wish.next_slot_at, zone)}"
    return f"{text} · {words('next: {when}', when=upcoming)}"


async def schedule(ctx: Context, call: Call) -> Answer:
    """Change when a subscription posts; without a number there must be only one."""
    view = await view_of(ctx, call)
    text = call.arguments.get("when", "")
    if not text:
        return await listing(ctx, call)
    zone, text = _zone(text)
    number, times = _split_number(text, len(await numbers(ctx, call)), zoned=bool(zone))
    wish = await _numbered(ctx, view, number)
    chosen = parse_schedule(times) if times.strip() else wish.schedule
    return Answer(await _reschedule(ctx, view, wish, chosen, zone))


async def _reschedule(ctx: Context, view: View, wish: Subscription, chosen: Schedule, zone: str) -> Document:
    async with ctx.store.write() as tx:
        if zone:
            await _move(tx, view.channel.id, zone, ctx.clock())
        upcoming = next_slot(chosen, zone or view.channel.zone, ctx.clock())
        await subscriptions.reschedule(tx, wish.id, chosen, upcoming)
    changed = Subscription(wish.id, wish.channel_id, wish.topic, chosen, wish.feed_ids, next_slot_at=upcoming)
    return _confirmation(view.words, _name(ctx, view, wish), changed, zone or view.channel.zone)


def _split_number(text: str, count: int, *, zoned: bool = False) -> tuple[str, str]:
    """Tell `2 08:00` (the second subscription) from `8 18:30` (two times): a leading number counts when there is such a subscription and a time follows it in full."""
    if re.fullmatch(r"\s*#?\d{1,2}\s*", text) and zoned:
        return text.strip(" #"), ""
    match = re.match(r"\s*#?(\d{1,2})\s+(.+)$", text)
    if match and 1 <= int(match[1]) <= count and re.search(r"[:.h]|[a-z]{3}", match[2].lower()):
        return match[1], match[2]
    return "", text


async def _numbered(ctx: Context, view: View, number: str) -> Subscription:
    async with ctx.store.read() as tx:
        wishes = await subscriptions.of_channel(tx, view.channel.id)
    if not wishes:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    if not number and len(wishes) == 1:
        return wishes[0]
    if not number.isdigit() or not 1 <= int(number) <= len(wishes):
        raise CallError("Say which one: a number from 1 to {count}, as /list shows them.", count=len(wishes))
    return wishes[int(number) - 1]


async def numbers(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the numbers of the place's subscriptions."""
    view = await view_of(ctx, call)
    async with ctx.store.read() as tx:
        return tuple(str(n) for n in range(1, 1 + len(await subscriptions.of_channel(tx, view.channel.id))))
