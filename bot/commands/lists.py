"""import and export: the feeds of a place as a list (OPML) that other programs read, too."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.commands.access import take_discovery
from bot.commands.attached import LARGEST, text_of_list
from bot.commands.declaration import Option, Section, command
from bot.commands.feeds import removing
from bot.commands.finding import refusal
from bot.commands.subscriptions import DAILY_DIGEST
from bot.commands.views import View, ensure_channel, is_operator, view_of, whole_feeds
from bot.errors import CallError, FeedError, OffloadError, SettingsError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Attachment,
    Block,
    Button,
    Call,
    Document,
    Feed,
    FeedFormat,
    FeedList,
    Item,
    Listing,
    Outline,
    Text,
)
from bot.pipeline.entries.urls import feed_key, has_secret, mask_secrets, shown_host
from bot.pipeline.entries.written_addresses import typed_address
from bot.ports import FetchRequest
from bot.store import Tx, feed_visibility, feeds, places, subscriptions
from bot.store.feeds import DeclaredFeed

NAMED_FEEDS_MAX = 5
"""Outlines that were not taken and are named in an answer."""

DEADLINE = timedelta(seconds=20)
DEFAULT_KIND = "news outlet"
HEAVIEST = 10.0
"""The most that a list may let a feed count in ranking."""

FILE_NAME = "strillone-feeds.opml"
PLAIN = frozenset({"language", "htmlurl", "format"})
"""Attributes that a server's own list may give: what counts in ranking is the operator's to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of a list: how many feeds were added and how many were known, and those that were not
    taken, with why; `added_ids` are those that the server had not added before.
    """

    added_count: int = 0
    known_count: int = 0
    left_count: int = 0
    problems: tuple[str, ...] = ()
    added_ids: tuple[int, ...] = ()


# --- between lists and the store ---------------------------------------------------------------------------


def declare_outline(outline: Outline, server_id: int | None = None) -> DeclaredFeed:
    """Return a feed of a list as the store takes it."""
    attributes = outline.attributes
    title = outline.title if outline.title != outline.url else _host(outline.url)
    return DeclaredFeed(
        url=outline.url,
        url_key=feed_key(outline.url),
        title=title,
        outlet=attributes.get("outlet") or title,
        language=attributes.get("language", ""),
        kind=attributes.get("kind") or DEFAULT_KIND,
        weight=_weight(attributes.get("weight", "")),
        ai_only=attributes.get("aionly", "").lower() in {"yes", "true", "1"},
        home=attributes.get("htmlurl", ""),
        server_id=server_id,
        private=server_id is not None and has_secret(outline.url),
        format=FeedFormat.PAGE
        if attributes.get("format", "").lower() == FeedFormat.PAGE
        else FeedFormat.FEED,
    )


def _host(url: str) -> str:
    try:
        return shown_host(url) or mask_secrets(url)
    except ValueError:
        return mask_secrets(url)


def _weight(text: str) -> float:
    match = re.fullmatch(r"\d{1,3}(?:\.\d{1,6})?", text.strip())
    return min(float(match[0]), HEAVIEST) if match else 1.0


def outline_of(feed: Feed) -> Outline:
    """Return a feed as a line of a list; what is as usual is left out. `declare_outline` reads it back as the
    same feed.
    """
    attributes = {
        "language": feed.language,
        "kind": feed.kind if feed.kind != DEFAULT_KIND else "",
        "weight": f"{feed.weight:g}" if feed.weight != 1.0 else "",
        "aionly": "yes" if feed.ai_only else "",
        "format": "" if feed.format is FeedFormat.FEED else str(feed.format),
        "htmlurl": feed.home,
        "outlet": feed.outlet if feed.outlet != feed.title else "",
    }
    return Outline(
        feed.url, feed.title or _host(feed.url), {name: value for name, value in attributes.items() if value}
    )


async def take(
    tx: Tx, outlines: Iterable[Outline], known_feeds: Iterable[Feed], server_id: int | None, room: int
) -> ImportResult:
    """Add the feeds of a list that are not known yet, at most `room` of them; returns the counts. Of known
    ones it is remembered that the server wants them, too.
    """
    keys = {feed_key(feed.url) for feed in known_feeds}
    linked_before = await feed_visibility.linked_to(tx, server_id) if server_id is not None else frozenset()
    known_count = left_count = 0
    new_feed_ids: list[int] = []
    known_ids: list[int] = []
    for outline in outlines:
        feed = declare_outline(outline, server_id)
        if feed.url_key in keys:
            known_count += 1
            if server_id is not None:
                known_ids.append(await feeds.add(tx, feed, "person"))
        elif len(new_feed_ids) >= room:
            left_count += 1
        else:
            new_feed_ids.append(await feeds.add(tx, feed, "person"))
            keys.add(feed.url_key)
    added_ids = tuple(
        feed_id for feed_id in dict.fromkeys((*new_feed_ids, *known_ids)) if feed_id not in linked_before
    )
    return ImportResult(
        added_count=len(new_feed_ids), known_count=known_count, left_count=left_count, added_ids=added_ids
    )


# --- /import -----------------------------------------------------------------------------------------------


@command(
    name="import",
    code="im",
    section=Section.FEEDS,
    description="Add the feeds of an OPML file",
    help_line="add the feeds of an OPML file: attach it, or give its address",
    options=(
        Option("file", "A list of feeds, as feed readers export it", file=True),
        Option("address", "Or where the file is on the web"),
    ),
    details=(
        "A text with an address a line is taken as well. Its answer has a button that takes the whole list "
        "back, and then one that brings it back."
    ),
    manager=True,
    examples=("/import https://example.org/feeds.opml",),
)
async def import_(ctx: Context, call: Call) -> Answer:
    """Add the feeds of an OPML file, attached or on the web, to those of the Call's server."""
    view = await view_of(ctx, call)
    await take_discovery(ctx, call)
    feed_list = await _read(ctx, await _text(ctx, view, call), view.requester)
    most = ctx.policy.limits.feeds_per_server
    async with ctx.store.write() as tx:
        channel = await ensure_channel(tx, ctx, call)
        if await is_operator(tx, call):
            await places.trust(tx, channel.server_id)
        visible_feeds = await feeds.visible(tx, channel.server_id)
        own_count = sum(1 for feed in visible_feeds if not feed.shared)
        plain = (_plain(outline) for outline in feed_list.outlines)
        result = await take(tx, plain, visible_feeds, channel.server_id, most - own_count)
        channel_subscriptions = await subscriptions.of_channel(tx, channel.id)
    ctx.wake("collect")
    return Answer(
        document=_import_answer(
            view.words, replace(result, problems=feed_list.problems), most, wished=bool(channel_subscriptions)
        )
    )


async def _text(ctx: Context, view: View, call: Call) -> str:
    """Return the text of the list that a Call brings or names. Raises `CallError`."""
    if text := call.arguments.get("file", ""):
        return text
    if not call.arguments.get("address", ""):
        raise CallError(
            "Attach an OPML file to /import, or give its address: /import https://example.org/feeds.opml"
        )
    address = typed_address(call.arguments["address"])
    try:
        document = await ctx.fetch(FetchRequest(url=address, limit=LARGEST, requester=view.requester))
    except FeedError as error:
        raise refusal(address, error) from error
    return text_of_list(document.body)


async def _read(ctx: Context, text: str, requester: int) -> FeedList:
    try:
        return await ctx.offload(ctx.read_list, text, "The file", deadline=DEADLINE, requester=requester)
    except (SettingsError, OffloadError) as error:
        raise CallError(
            "That is not a list of feeds (OPML) that I can read. {cause}", cause=_cause(error)
        ) from error


def _cause(error: Exception) -> str:
    """Return why a list cannot be read without the beginning that is said already."""
    before, _, after = mask_secrets(str(error)).partition(": ")
    cause = after or before
    return cause[:1].upper() + cause[1:]


def _plain(outline: Outline) -> Outline:
    """Return what a server's list may say of a feed. Of one that others may add, too, only where it is: what
    it is called, it tells itself.
    """
    if not has_secret(outline.url):
        attributes = {name: value for name, value in outline.attributes.items() if name == "format"}
        return Outline(outline.url, "", attributes)
    attributes = {name: value for name, value in outline.attributes.items() if name in PLAIN}
    return Outline(outline.url, outline.title, attributes)


def _import_answer(words: Words, result: ImportResult, most: int, *, wished: bool) -> Document:
    if result == ImportResult():
        return Document((Text(words("There is no feed in that list.")),), words.language)
    counts = [words.plural("One feed added.", "{n} feeds added.", result.added_count)]
    if result.known_count:
        counts.append(words.plural("One was known already.", "{n} were known already.", result.known_count))
    blocks: list[Block] = [Text(" ".join(counts))]
    if result.left_count:
        blocks.append(
            Text(
                words(
                    "A server may have {most} feeds of its own: {left} were left out.",
                    most=words.number(most),
                    left=words.number(result.left_count),
                )
            )
        )
    if result.problems:
        blocks.append(_problems(words, result.problems))
    if result.added_count:
        blocks.append(
            Text(
                words("They are read from now on. What they held before comes in no message at once."),
                quiet=True,
            )
        )
    buttons = (
        [Button(words("A daily digest here"), call=DAILY_DIGEST)] if result.added_count and not wished else []
    )
    if result.added_ids:
        buttons.append(Button(words("Take that back"), call=removing(result.added_ids)))
    if buttons:
        blocks.append(Actions(tuple(buttons)))
    return Document(tuple(blocks), words.language)


def _problems(words: Words, problems: Sequence[str]) -> Listing:
    items = [Item(mask_secrets(problem)) for problem in problems[:NAMED_FEEDS_MAX]]
    if more := len(problems) - len(items):
        items.append(Item(f"… +{words.number(more)}"))
    title = words.plural("One line could not be taken:", "{n} lines could not be taken:", len(problems))
    return Listing(items=tuple(items), title=title)


# --- /export -----------------------------------------------------------------------------------------------


@command(
    name="export",
    code="ex",
    section=Section.FEEDS,
    description="The feeds of this place as an OPML file",
    help_line="the feeds of this place as an OPML file",
    manager=True,
    changes_nothing=True,
)
async def export(ctx: Context, call: Call) -> Answer:
    """Answer with the feeds that the Call's place may see, as an OPML file. Those with a password in their
    address stay out.
    """
    view = await view_of(ctx, call)
    shown_feeds = [feed for feed in await whole_feeds(ctx, view) if not has_secret(feed.url)]
    if not shown_feeds:
        raise CallError("There are no feeds here yet. /subscribe with the address of one adds it.")
    outlines = [_outline_in_view(view, feed) for feed in sorted(shown_feeds, key=lambda feed: feed.shared)]
    blocks: list[Block] = [Text(view.words.plural("One feed.", "{n} feeds.", len(shown_feeds)))]
    if hidden_count := len(view.feeds) - len(shown_feeds):
        blocks.append(
            Text(
                view.words.plural(
                    "One with a password in its address is left out.",
                    "{n} with a password in their address are left out.",
                    hidden_count,
                ),
                quiet=True,
            )
        )
    text = ctx.write_list("Strillone", outlines)
    return Answer(
        document=Document(tuple(blocks), view.words.language), attachment=Attachment(FILE_NAME, text)
    )


def _outline_in_view(view: View, feed: Feed) -> Outline:
    group = view.words("Added here") if not feed.shared else view.words("For everybody")
    outline = outline_of(feed)
    return replace(outline, attributes={**outline.attributes, "group": group})
