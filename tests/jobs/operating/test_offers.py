"""What operators hear of what waits for them: each thing once, and not too often."""

from datetime import timedelta

from bot.jobs.operating.housekeeping import housekeeping
from bot.model import Place, PlaceKind, Proposal
from bot.store import feed_visibility, names, places
from bot.store.schema import capped_stories, feeds, placements
from tests.jobs.reading.test_feed_recovery import claimed, notices
from tests.support.world import World, corvid, larkwell

HOUR = timedelta(hours=1)


async def added(world: World, name: str) -> None:
    """A feed that one of two servers added, and that was read."""
    mine = await world.channel("mine", server="a")
    await world.channel("other", server="b")
    await world.feed(name, corvid(), server_id=mine.server_id)
    async with world.store.write() as tx:
        await tx.execute(feeds.update().values(origin="person"))
    await world.settle("collect")


async def test_feeds_that_wait_are_told_once_and_at_most_once_a_day(both: World) -> None:
    await claimed(both)
    await added(both, "owl")
    await housekeeping(both.ctx, 0)
    await housekeeping(both.ctx, 0)
    (said,) = await notices(both)
    assert "di cui nuovi: 1" in said
    assert "owl" not in said
    await added(both, "crow")
    both.clock.advance(23 * HOUR)
    await housekeeping(both.ctx, 0)
    assert len(await notices(both)) == 1
    both.clock.advance(2 * HOUR)
    await housekeeping(both.ctx, 0)
    assert len(await notices(both)) == 2
    both.clock.advance(25 * HOUR)
    await housekeeping(both.ctx, 0)
    assert len(await notices(both)) == 2


async def test_names_that_wait_are_told_once_a_week(both: World) -> None:
    await claimed(both)

    async def proposed(*found: str) -> int:
        async with both.store.write() as tx:
            await names.add_proposals(
                tx,
                [
                    Proposal(name=name, documents=3, outlets=2, days=2, elsewhere=0, example="")
                    for name in found
                ],
                both.clock(),
            )
        await housekeeping(both.ctx, 0)
        return len(await notices(both))

    assert await proposed() == 0
    assert await proposed("Corvid") == 1
    assert await proposed("Corvid", "Larkwell") == 1
    both.clock.advance(timedelta(days=7))
    assert await proposed("Corvid", "Larkwell") == 2
    both.clock.advance(timedelta(days=7))
    assert await proposed("Corvid", "Larkwell") == 2


async def test_old_reasons_are_forgotten(both: World) -> None:
    subscription = await both.wants(await both.channel(), "now 10:00")
    await both.feed("halden", corvid())
    await both.settle("collect", "group")
    (entry,) = await both.entries()
    async with both.store.write() as tx:
        row = {
            "subscription_id": subscription,
            "story_id": entry.story_id,
            "at": both.clock(),
            "reason": "cap-hour",
        }
        await tx.execute(capped_stories.insert().values(row))
        if await both.count(placements) == 0:
            await tx.execute(placements.insert().values(entry_id=entry.id, score=1.0, reason="same words"))
    both.clock.advance(timedelta(days=29))
    await both.feed("ledger", larkwell(hours=-29 * 24.0))
    await both.settle("collect", "group")
    await housekeeping(both.ctx, 0)
    before = await both.count(placements)
    assert (before >= 1, await both.count(capped_stories)) == (True, 1)
    both.clock.advance(timedelta(days=2))
    await housekeeping(both.ctx, 0)
    assert entry.id not in {row.entry_id for row in await both.rows(placements)}
    assert await both.count(capped_stories) == 0


async def test_where_one_server_has_all_channels_nobody_is_told_of_feeds(world: World) -> None:
    mine = await world.channel("mine", server="a")
    await world.feed("owl", corvid(), server_id=mine.server_id)
    await world.settle("collect")
    async with world.store.write() as tx:
        declared = await places.settle_server(
            tx, Place(platform="scripted", address="declared", kind=PlaceKind.GROUP)
        )
        assert declared != mine.server_id
        assert await feed_visibility.unannounced(tx) == []
    await world.channel("other", server="b")
    async with world.store.read() as tx:
        assert await feed_visibility.unannounced(tx) == [1]
