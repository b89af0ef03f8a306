"""What should be known of feeds that are read well: that much less of one is news on a topic than before, and
that those of a server rest.
"""

from datetime import timedelta

from bot.commands.views import View, is_operator, whole_feeds
from bot.jobs import Context
from bot.jobs.reading.costs import used_up
from bot.model import Block, Call, Item, Listing, Text
from bot.pipeline.entries.urls import mask_secrets
from bot.store import usage
from bot.store.topic_shares import Share, shares

COUNTED_PERIOD = timedelta(days=14)
ENOUGH = 20
"""Entries in either fortnight below which a share says little."""

FADED = 0.5
"""What is left of a share that has faded."""

SHARES_SHOWN_MAX = 10


async def faded(ctx: Context, view: View, call: Call) -> list[Block]:
    """Return, for operators alone, the feeds in view of whose entries much less is kept than in the fortnight
    before.
    """
    now = ctx.clock()
    async with ctx.store.read() as tx:
        if not await is_operator(tx, call):
            return []
        feed_shares = await shares(tx, view.feed_ids, now - 2 * COUNTED_PERIOD, now - COUNTED_PERIOD)
    faded_shares = [feed_share for feed_share in feed_shares if has_faded(feed_share)]
    if not faded_shares:
        return []
    titles = {feed.id: mask_secrets(feed.title or feed.url) for feed in await whole_feeds(ctx, view)}
    items = tuple(Item(_line(view, titles[feed_share.feed_id], feed_share)) for feed_share in faded_shares)
    title = view.words("Less of these feeds is on a topic than in the fortnight before:")
    return [Listing(items=items[:SHARES_SHOWN_MAX], title=title, folded=True)]


async def resting(ctx: Context, view: View) -> list[Block]:
    """Return that the feeds which were added in a server rest because its day is used up; nothing where it is
    not.
    """
    async with ctx.store.read() as tx:
        usage_today = await usage.used_on_day(tx, view.requester, ctx.clock())
    limits = ctx.policy.limits
    match used_up(ctx, usage_today):
        case usage.ENTRIES:
            sentence = view.words(
                "The feeds added here have brought {n} entries today, the most there may be "
                "(limits.entries_per_day): "
                "they rest until midnight (UTC). Whoever runs me can raise that.",
                n=limits.entries_per_day,
            )
        case usage.BYTES:
            sentence = view.words(
                "The feeds added here have taken {n} MB today, the most there may be "
                "(limits.megabytes_per_day): "
                "they rest until midnight (UTC). Whoever runs me can raise that.",
                n=limits.megabytes_per_day,
            )
        case _:
            return []
    return [Text(sentence)]


def has_faded(feed_share: Share) -> bool:
    """Tell whether at most half of the former share of a feed is still on a topic."""
    if feed_share.before < ENOUGH or feed_share.since < ENOUGH or not feed_share.kept_before:
        return False
    return feed_share.kept_since / feed_share.since <= FADED * feed_share.kept_before / feed_share.before


def _line(view: View, title: str, feed_share: Share) -> str:
    return view.words(
        "{feed}: {kept} of {n}, before {former} of {former_n}",
        feed=title,
        kept=feed_share.kept_since,
        n=feed_share.since,
        former=feed_share.kept_before,
        former_n=feed_share.before,
    )
