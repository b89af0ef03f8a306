"""What should be known of feeds that are read well: that much less of one is news on a topic than before, and that those of a server rest."""

from datetime import timedelta

from bot.commands.views import View, is_operator
from bot.jobs import Context
from bot.jobs.reading.costs import used_up
from bot.model import Block, Call, Item, Listing, Text
from bot.pipeline.entries.urls import mask_secrets
from bot.store import usage
from bot.store.topic_shares import Share, shares

COUNTED = timedelta(days=14)
ENOUGH = 20
"""Entries in either fortnight below which a share says little."""

FADED = 0.5
"""What is left of a share that has faded."""

SHOWN = 10


async def faded(ctx: Context, view: View, call: Call) -> list[Block]:
    """Return, for operators alone, the feeds in view of whose entries much less is kept than in the fortnight before."""
    now = ctx.clock()
    async with ctx.store.read() as tx:
        if not await is_operator(tx, call):
            return []
        found = await shares(tx, view.feed_ids, now - 2 * COUNTED, now - COUNTED)
    titles = {feed.id: mask_secrets(feed.title or feed.url) for feed in view.feeds}
    items = tuple(Item(_line(view, titles[one.feed_id], one)) for one in found if has_faded(one))
    if not items:
        return []
    title = view.words("Less of these feeds is on a topic than in the fortnight before:")
    return [Listing(items[:SHOWN], title, folded=True)]


async def resting(ctx: Context, view: View) -> list[Block]:
    """Return that the feeds which were added in a server rest because its day is used up; nothing where it is not."""
    async with ctx.store.read() as tx:
        used = await usage.used_on_day(tx, view.requester, ctx.clock())
    limits = ctx.policy.limits
    match used_up(ctx, used):
        case usage.ENTRIES:
            said = view.words(
                "The feeds added here have brought {n} entries today, the most there may be (limits.entries_per_day): "
                "they rest until midnight (UTC). Whoever runs me can raise that.",
                n=limits.entries_per_day,
            )
        case usage.BYTES:
            said = view.words(
                "The feeds added here have taken {n} MB today, the most there may be (limits.megabytes_per_day): "
                "they rest until midnight (UTC). Whoever runs me can raise that.",
                n=limits.megabytes_per_day,
            )
        case _:
            return []
    return [Text(said)]


def has_faded(one: Share) -> bool:
    """Tell whether at most half of the former share of a feed is still on a topic."""
    if one.before < ENOUGH or one.since < ENOUGH or not one.kept_before:
        return False
    return one.kept_since / one.since <= FADED * one.kept_before / one.before


def _line(view: View, title: str, one: Share) -> str:
    return view.words(
        "{feed}: {kept} of {n}, before {former} of {former_n}",
        feed=title,
        kept=one.kept_since,
        n=one.since,
        former=one.kept_before,
        former_n=one.before,
    )
