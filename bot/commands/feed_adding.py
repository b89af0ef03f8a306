"""feeds add: a feed that can be read only with what goes with the request, such as a cookie.

It becomes the own of the server it is added for, and is posted by `/subscribe` with its address.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from bot.commands.access import take_discovery
from bot.commands.feed_settings import ACCESS_SETTINGS, SETTINGS, ask_otherwise, check_privacy
from bot.commands.finding import FoundFeed, find_feed
from bot.commands.found_feeds import declare_found_feed, preview
from bot.commands.subscriptions import refuse_more_feeds
from bot.commands.views import View, ensure_channel, is_operator
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Call, Document, Feed, Text
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.entries.written_addresses import typed_address
from bot.store import Tx, feeds

ADD = "add"
EXAMPLE = "/feeds add https://example.org/feed.xml cookie session=1234"


async def add_feed(ctx: Context, view: View, call: Call) -> tuple[Document, Feed]:
    """Add the feed at an address that wants something with each request; return what is newest there, and the
    feed. Raises `CallError`.
    """
    draft = _draft_feed(ctx, call)
    # Before anything is asked: the way a request takes is nobody else's to say.
    await _check_proxy(ctx, call, draft)
    await take_discovery(ctx, call)
    found_feed = await find_feed(ctx, draft.url, view.requester, draft.access)
    async with ctx.store.write() as tx:
        feed = await _store(tx, ctx, call, found_feed, draft)
    ctx.wake("collect")
    words = view.words
    text = words(
        "{feed} counts here from now on, and is asked for with what you gave. /subscribe and its address "
        "lets it be posted by itself.",
        feed=mask_secrets(feed.title),
    )
    blocks = (Text(text), *preview(words, found_feed.feed, ctx.clock(), view.channel.zone))
    return Document(blocks, words.language), feed


def _draft_feed(ctx: Context, call: Call) -> Feed:
    """Return a feed as it is to be asked for. Raises `CallError`."""
    name, value = call.arguments.get("setting", ""), call.arguments.get("value", "").strip()
    if name in SETTINGS:
        check_privacy(ctx, call, SETTINGS[name])
    address = typed_address(call.arguments.get("feed", "").strip())
    if name not in ACCESS_SETTINGS or not value or "." not in (urlsplit(address).hostname or ""):
        raise CallError(
            "A feed that wants a cookie, a header or another user agent is added with it, for example: "
            "{example}. Any other is added by /subscribe and its address.",
            example=EXAMPLE,
        )
    return SETTINGS[name].change(Feed(id=0, url=address, title="", outlet=""), value)


async def _check_proxy(ctx: Context, call: Call, feed: Feed) -> None:
    """Let only operators send a request through a proxy. Raises `CallError`."""
    async with ctx.store.read() as tx:
        if feed.proxy and not await is_operator(tx, call):
            raise CallError("Only whoever runs this instance can send a feed through a proxy.")


async def _store(tx: Tx, ctx: Context, call: Call, found_feed: FoundFeed, draft: Feed) -> Feed:
    """Keep a feed with what goes with its requests."""
    channel = await ensure_channel(tx, ctx, call)
    await refuse_more_feeds(tx, ctx, channel)
    feed_id = await feeds.add(tx, declare_found_feed(found_feed, channel.server_id, private=True), "person")
    stored = await feeds.get(tx, feed_id)
    if stored is None:
        msg = "a feed that was just added is gone"
        raise LookupError(msg)
    return await ask_otherwise(
        tx, ctx, call, channel.server_id, replace(stored, headers=draft.headers, proxy=draft.proxy)
    )
