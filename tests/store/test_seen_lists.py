"""What a number means to somebody who saw a list."""

from bot.model import Person
from bot.store import Store, seen_lists
from tests.store.conftest import NOW, World, later

ANN, BOB = Person(platform="telegram", address="1"), Person(platform="telegram", address="2")


async def test_each_person_has_the_last_list_of_each_place(store: Store, world: World) -> None:
    here, there = await world.channel(), await world.channel()
    async with store.write() as tx:
        await seen_lists.remember(tx, here, ANN, [3, 1], NOW)
        await seen_lists.remember(tx, here, ANN, [2], later(minutes=1))
        await seen_lists.remember(tx, here, BOB, [5, 4], NOW)
        assert await seen_lists.last(tx, here, ANN) == (later(minutes=1), [2])
        assert await seen_lists.last(tx, here, BOB) == (NOW, [5, 4])
        assert await seen_lists.last(tx, there, ANN) is None


async def test_old_lists_are_forgotten(store: Store, world: World) -> None:
    here = await world.channel()
    async with store.write() as tx:
        await seen_lists.remember(tx, here, ANN, [1], NOW)
        await seen_lists.remember(tx, here, BOB, [2], later(minutes=2))
        await seen_lists.forget(tx, later(minutes=1))
        assert await seen_lists.last(tx, here, ANN) is None
        assert await seen_lists.last(tx, here, BOB) is not None
