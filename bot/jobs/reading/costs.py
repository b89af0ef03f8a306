"""At whose expense a feed is read: of the servers that it is read for, that of the one with the most left of
its day.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.jobs import Context
from bot.model import Feed
from bot.store import feed_visibility, usage

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Expense:
    """The server at whose expense a feed is read, 0 for everybody's feeds, and why it is not read today;
    empty where it is.
    """

    server: int
    exhausted_part: str = ""


async def expense_of(ctx: Context, feed: Feed) -> Expense:
    """Return at whose expense a feed is read now: it rests only where every server that it is read for has
    used up its day.
    """
    if feed.shared:
        return Expense(0)
    async with ctx.store.read() as tx:
        readers = await feed_visibility.readers_of(tx, feed)
        usages = [(server, await usage.used_on_day(tx, server, ctx.clock())) for server in readers if server]
    if not usages:
        return Expense(0)
    server, least = min(usages, key=lambda one: max(_parts(ctx, one[1])))
    limits = ctx.policy.limits
    match used_up(ctx, least):
        case usage.ENTRIES:
            return Expense(
                server,
                (
                    f"The feeds added here have brought {limits.entries_per_day} entries today, the most "
                    "there may be (limits.entries_per_day)."
                ),
            )
        case usage.BYTES:
            return Expense(
                server,
                (
                    f"The feeds added here have taken {limits.megabytes_per_day} MB today, the most there "
                    "may be (limits.megabytes_per_day)."
                ),
            )
        case _:
            return Expense(server)


def used_up(ctx: Context, usage_today: Mapping[str, int]) -> str:
    """Return what a server has used up of its day, `usage.ENTRIES` or `usage.BYTES`; empty where something is
    left of both.
    """
    entry_share, byte_share = _parts(ctx, usage_today)
    if entry_share >= 1:
        return usage.ENTRIES
    return usage.BYTES if byte_share >= 1 else ""


def _parts(ctx: Context, usage_today: Mapping[str, int]) -> tuple[float, float]:
    """Return which parts of a day's entries and bytes are used."""
    limits = ctx.policy.limits
    byte_share = usage_today.get(usage.BYTES, 0) / (limits.megabytes_per_day * MEGABYTE)
    return usage_today.get(usage.ENTRIES, 0) / limits.entries_per_day, byte_share
