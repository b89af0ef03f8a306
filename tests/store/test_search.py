"""Where the search for a lost message begins: after the newest message of ours that was there for certain before it left."""

import pytest

from bot.model import Operation, Place, PlaceKind
from bot.store import Store, outbox
from tests.store.conftest import NOW, World, later

PLACE = Place(platform="telegram", address="chat-1", kind=PlaceKind.GROUP)


async def lost(store: Store, world: World, *, last_post: str = "") -> Operation:
    """An operation that left at NOW and was never heard of again."""
    channel = await world.channel("chat-1")
    before = await world.operation(channel) if last_post else None
    number = await world.operation(channel)
    async with store.write() as tx:
        if before is not None:
            posted = await outbox.get(tx, before)
            assert posted is not None
            await outbox.record_done(tx, [(posted, last_post)], later(minutes=-30))
        await outbox.sending(tx, [number], NOW)
        operation = await outbox.get(tx, number)
    assert operation is not None
    return operation


async def answered(store: Store, post: str, *, opened: float, closed: float) -> None:
    """An answer to a Call; times are in minutes after NOW."""
    async with store.write() as tx:
        number = await outbox.record_answer_start(tx, PLACE, later(minutes=opened))
        await outbox.record_answer_post(tx, number, post, later(minutes=closed))


async def begins(store: Store, operation: Operation) -> str:
    async with store.read() as tx:
        return (await outbox.search_for(tx, operation, "")).after


@pytest.mark.parametrize(
    ("last_post", "answer", "expected"),
    [("", "41", "41"), ("40", "41", "41"), ("9", "10", "10"), ("50", "41", "50"), ("12/13", "41", "12/13")],
)
async def test_it_begins_after_the_newest_answer_or_post_of_before(
    store: Store, world: World, last_post: str, answer: str, expected: str
) -> None:
    operation = await lost(store, world, last_post=last_post)
    await answered(store, answer, opened=-2, closed=-1)
    assert await begins(store, operation) == expected


async def test_an_answer_that_may_be_newer_than_the_lost_message_is_no_beginning(
    store: Store, world: World
) -> None:
    operation = await lost(store, world)
    await answered(store, "41", opened=-1, closed=1)
    assert await begins(store, operation) == ""


async def test_where_nothing_was_ever_posted_it_has_no_beginning(store: Store, world: World) -> None:
    assert await begins(store, await lost(store, world)) == ""
