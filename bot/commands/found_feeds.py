"""What whoever subscribes to a feed sees of it: its first entries, what was found in place of its address,
and what to be careful about.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.commands.finding import FoundFeed
from bot.commands.views import View, is_before_readers
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Channel,
    Document,
    FeedFormat,
    Item,
    Listing,
    ParsedEntry,
    ParsedFeed,
    PlaceKind,
    Text,
)
from bot.pipeline.entries.identify import link_key
from bot.pipeline.entries.urls import feed_key, has_secret, mask_secrets, shown_host
from bot.store.feeds import DeclaredFeed

ENTRIES_SHOWN_MAX = 3
"""Entries of a new feed that are shown to whoever subscribes."""

CONFIRMED = "news"

YES, NO = "yes", "no"
"""What a button carries beside the options of /subscribe: whether the list that was found on a page is its
news.
"""

LABEL = 24
"""Characters of an address on a button."""

GOOGLE_NEWS = "news.google.com"


def feed_blocks(
    ctx: Context, view: View, call: Call, channel: Channel, found_feed: FoundFeed, address: str
) -> tuple[Block, ...]:
    """Return what whoever subscribes to a feed should see of it."""
    return (
        *_page_block(view.words, found_feed, channel.zone),
        *_address_block(view.words, found_feed.url, address),
        *preview(view.words, found_feed.feed, ctx.clock(), channel.zone),
        *_other_feeds_block(view.words, found_feed.others),
        *_cautions(view.words, call, address),
    )


def _page_block(words: Words, found_feed: FoundFeed, zone: str) -> tuple[Block, ...]:
    """Say of a page without a feed, or with one that brings nothing, how it is read."""
    if found_feed.idle and found_feed.idle.entries:
        return (
            Text(_instead_of_old(words, found_feed, _newest_day(words, found_feed.idle, zone)), quiet=True),
        )
    if found_feed.format is FeedFormat.FEED:
        return ()
    if found_feed.idle:
        text = words(
            "Its feed holds nothing: I read the list of news off the page, at most once an hour. What is on "
            "it now is known and comes in no message."
        )
    else:
        text = words(
            "It has no feed: I read the list of news off the page, at most once an hour. What is on it now "
            "is known and comes in no message."
        )
    return (Text(text, quiet=True),)


def _instead_of_old(words: Words, found_feed: FoundFeed, day: str) -> str:
    """Say what is read in place of a feed that has held nothing new since a day."""
    if found_feed.format is FeedFormat.FEED:
        return words(
            "Another feed there, {address}, has held nothing new since {day}.",
            address=mask_secrets(found_feed.idle_url),
            day=day,
        )
    return words(
        "Its feed has held nothing new since {day}: I read the list of news off the page, at most once an "
        "hour. What is on it now is known and comes in no message.",
        day=day,
    )


def is_confirmed(ctx: Context, call: Call) -> bool:
    """Tell whether the list of a page was seen and found right. In broadcast channels nobody can be asked: a
    button would act elsewhere.
    """
    return call.arguments.get(CONFIRMED) == YES or is_before_readers(ctx, call)


def ask_for_list(ctx: Context, view: View, call: Call, found_feed: FoundFeed) -> Answer:
    """Show the first items of the list that was found on a page, and ask whether they are the news."""
    words = view.words
    address = mask_secrets(found_feed.url)
    idle = found_feed.idle
    if idle and idle.entries:
        question = words(
            "The feed of {address} has held nothing new since {day}, but there is a newer list on the page. "
            "Are these the news?",
            address=address,
            day=_newest_day(words, idle, view.channel.zone),
        )
    elif idle:
        question = words(
            "The feed of {address} holds nothing, but there is a list on the page. Are these the news?",
            address=address,
        )
    else:
        question = words(
            "{address} has no feed, but there is a list on it. Are these the news?", address=address
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


def _newest_day(words: Words, feed: ParsedFeed, zone: str) -> str:
    return words.day_of_year(max(entry.published for entry in feed.entries if entry.published), zone)


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


def offer_other_feeds(ctx: Context, call: Call, addresses: Sequence[str]) -> tuple[Button, ...]:
    """Return buttons that subscribe to the other feeds of a page. In broadcast channels there are none: they
    would act elsewhere.
    """
    if is_before_readers(ctx, call):
        return ()
    return tuple(
        Button(f"+ {_last_part(address)}", call=CallRef("subscribe", {**call.arguments, "what": address}))
        for address in addresses
    )


def _last_part(address: str) -> str:
    """Return what tells an address from its neighbours, short enough for a button."""
    parts = urlsplit(mask_secrets(address))
    path = parts.path.strip("/")
    return (path if len(path) <= LABEL else f"…{path[-LABEL:]}") or (
        shown_host(address) or mask_secrets(address)
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
