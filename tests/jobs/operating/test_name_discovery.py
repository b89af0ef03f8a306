"""learn: names from what was read, proposed once a day, and judged by as soon as they are accepted."""

from dataclasses import replace
from datetime import timedelta

from bot.errors import DeadlineMissed
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.operating.name_discovery import NameDiscoverer, use_names
from bot.store import entries, names
from bot.store.names import NameState
from tests.support.world import FILLER, News, World, garden

COMMON = frozenset({"nurses", "paper"})
DAYS = 24.0


def about(slug: str, title: str, hours: float = 1.0) -> News:
    return News(slug, title, FILLER, hours)


async def newsrooms(world: World) -> None:
    """Three outlets that write of nothing but AI and of Qilan, and one that writes of everything."""
    await world.feed(
        "halden",
        about("a", "Halden shows what Qilan can do", 30.0),
        about("b", "Teachers try Qilan at school", 2.0),
    )
    await world.feed("ledger", about("c", "Nobody knows yet why Qilan is so quick", 40.0))
    await world.feed("alpine", about("d", "A first look at Qilan by our reviewers", 5.0))
    await world.feed(
        "mixed",
        about("e", "Kitchens get cheaper in the spring"),
        about("f", "How Qilan won a summer in Porto"),
        garden(),
        ai_only=False,
    )
    await world.feed(
        "kitchen", *(about(f"k{n}", f"Soup number {n} is cheaper") for n in range(20)), ai_only=False
    )
    await world.settle("collect")


async def proposed(world: World) -> list[str]:
    async with world.store.read() as tx:
        return [one.name for one in await names.of_state(tx, NameState.PROPOSED)]


async def relevant(world: World, slug: str) -> bool:
    (entry,) = [e for e in await world.entries() if e.link.endswith(f"mixed.example/{slug}")]
    async with world.store.read() as tx:
        verdict = await entries.verdict_of(tx, entry.id, "ai")
    return bool(verdict and verdict.relevant)


async def test_a_name_of_several_outlets_is_proposed_once_a_day(both: World) -> None:
    await newsrooms(both)
    learner = NameDiscoverer(both.ctx, COMMON)
    await learner.run(0)
    assert await proposed(both) == ["Qilan"]
    async with both.store.read() as tx:
        (one,) = await names.of_state(tx, NameState.PROPOSED)
    assert (one.documents, one.outlets, one.elsewhere) == (4, 3, 1)
    assert "Qilan" in one.example
    assert await learner.due() == []
    both.clock.advance(timedelta(days=1))
    assert await learner.due() == [0]


async def test_where_nothing_was_read_yet_it_is_due_again(world: World) -> None:
    learner = NameDiscoverer(world.ctx, COMMON)
    await learner.run(0)
    assert await learner.due() == [0]


async def test_what_one_server_added_teaches_nothing(world: World) -> None:
    mine = await world.channel("mine", server="a")
    for name in ("halden", "ledger", "alpine", "valley"):
        await world.feed(name, about(name, f"What {name} makes of Qilan today"), server_id=mine.server_id)
    await world.settle("collect")
    await NameDiscoverer(world.ctx, COMMON).run(0)
    assert await proposed(world) == []


async def test_an_accepted_name_counts_at_once_after_a_restart_and_until_it_is_taken_back(
    both: World,
) -> None:
    await newsrooms(both)
    assert not await relevant(both, "f")
    before = both.ctx.rules.hash
    async with both.store.write() as tx:
        await names.decide(tx, "Qilan", NameState.ACCEPTED, both.clock())
    await use_names(both.ctx)
    assert both.ctx.rules.hash != before
    assert both.woken[-1] == "housekeeping"
    await housekeeping(both.ctx, 0)
    assert await relevant(both, "f")
    assert not await relevant(both, "e")
    again = await both.restarted()
    assert again.ctx.rules.hash == both.ctx.rules.hash
    await NameDiscoverer(again.ctx, COMMON).run(0)
    assert await proposed(again) == []
    async with again.store.write() as tx:
        await names.decide(tx, "Qilan", NameState.DISMISSED, again.clock())
    await use_names(again.ctx)
    assert again.ctx.rules.hash == before
    await housekeeping(again.ctx, 0)
    assert not await relevant(again, "f")


async def test_all_that_is_stale_is_judged_again_at_once(world: World) -> None:
    many = [about(f"n{n}", f"Harbour number {n} opens to ships", 1.0) for n in range(60)]
    await world.feed("mixed", *many, ai_only=False)
    await world.settle("collect")
    world.ctx.book.learn(["Harbour"])
    await housekeeping(world.ctx, 0)
    assert world.events("entries.rejudged")[0]["entries"] == 60


async def test_where_names_cannot_be_looked_for_it_is_said_and_tried_tomorrow(world: World) -> None:
    await world.feed("halden", about("halden", "What halden makes of Qilan today"))
    await world.settle("collect")

    async def slow(*_: object, **__: object) -> object:
        raise DeadlineMissed("It took too long.")

    learner = NameDiscoverer(replace(world.ctx, offload=slow), COMMON)
    await learner.run(0)
    assert len(world.events("names.not_searched")) == 1
    assert await learner.due() == []
    assert await proposed(world) == []
