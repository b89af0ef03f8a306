"""learn: once a day, names that the rules do not know are looked for in what was read, and wait for whoever
runs the instance.

titles of a fortnight, of feeds that count for everybody ─► propose (child) ─► stored ─► /names ─► accepted:
judging knows them at once
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.errors import OffloadError
from bot.jobs import Context
from bot.pipeline.relevance.name_discovery import propose
from bot.store import names, system

LOOKED_AT = timedelta(days=14)
INTERVAL = timedelta(days=1)
DEADLINE = timedelta(seconds=60)
TITLES = 20_000
"""Titles that are read at once, the newest: some five seconds of a child's work."""

WAITING = 40
"""Proposals that wait at one time."""

FACT = "names looked for"


class NameDiscoverer:
    """Looks for new names once a day. `common` are everyday words, folded."""

    def __init__(self, ctx: Context, common: Collection[str]) -> None:
        self._ctx = ctx
        self._common = frozenset(common)

    async def due(self) -> list[int]:
        """Tell, as a list of one or none, whether it is a day since names were looked for."""
        async with self._ctx.store.read() as tx:
            last = await system.fact(tx, FACT)
        is_due = not last or self._ctx.clock() - datetime.fromisoformat(last) >= INTERVAL
        return [0] if is_due else []

    async def run(self, _: int) -> None:
        """Look for new names; where nothing has been read yet, that is done another time."""
        ctx = self._ctx
        now = ctx.clock()
        async with ctx.store.read() as tx:
            titles = await names.titles_since(tx, now - LOOKED_AT, TITLES)
            decided_names = await names.decided_names(tx)
        if not titles:
            return
        try:
            proposals = await ctx.offload(
                propose, titles, ctx.rules, self._common, decided_names, deadline=DEADLINE
            )
        except OffloadError as error:
            ctx.log.warning("names.not_searched", titles=len(titles), cause=str(error))
            proposals = None
        async with ctx.store.write() as tx:
            await system.remember(tx, FACT, now.isoformat())
            if proposals is not None:
                await names.add_proposals(tx, proposals[:WAITING], now)
        if proposals is not None:
            ctx.log.info("names.searched", titles=len(titles), found=len(proposals))


async def use_names(ctx: Context) -> None:
    """Let judging know the accepted names, and no others, from now on; what was seen lately is judged again
    by housekeeping.
    """
    await refresh_names(ctx)
    ctx.wake("housekeeping")


async def refresh_names(ctx: Context) -> None:
    """Let judging know the names that were accepted, in whichever process."""
    async with ctx.store.read() as tx:
        accepted = await names.accepted_names(tx)
    ctx.book.learn(accepted)
