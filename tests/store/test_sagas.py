"""Which stories belong to one saga."""

from datetime import UTC, datetime

from bot.model import RelatedStories
from bot.store import Store, sagas, stories

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def three_stories(store: Store) -> list[int]:
    async with store.write() as tx:
        first = await stories.take_changes(tx, 3)
        return [await stories.create(tx, first + place, NOW) for place in range(3)]


async def test_pairs_are_kept_once_and_found_from_either_side(store: Store) -> None:
    first, second, third = await three_stories(store)
    async with store.write() as tx:
        await sagas.relate(tx, {second: {first: 0.3, third: 0.0}, first: {second: 0.3}}, NOW)
        assert await sagas.related_to(tx, [first]) == [RelatedStories(first, second, 0.3)]
        assert await sagas.related_to(tx, [second, first]) == [RelatedStories(first, second, 0.3)]
        assert await sagas.related_to(tx, [third]) == []


async def test_a_pair_is_renewed_and_taken_back(store: Store) -> None:
    first, second, third = await three_stories(store)
    async with store.write() as tx:
        await sagas.relate(tx, {first: {second: 0.3, third: 0.4}}, NOW)
        await sagas.relate(tx, {second: {first: 0.5}, third: {first: 0.0}}, NOW)
        assert await sagas.related_to(tx, [first]) == [RelatedStories(first, second, 0.5)]


async def test_many_ids_are_asked_for_in_parts(store: Store) -> None:
    first, second, _ = await three_stories(store)
    async with store.write() as tx:
        await sagas.relate(tx, {first: {second: 0.3}}, NOW)
        assert len(await sagas.related_to(tx, range(1, 2_000))) == 1
        assert await sagas.related_to(tx, []) == []


async def test_what_a_story_goes_into_inherits_its_relations(store: Store) -> None:
    first, second, third = await three_stories(store)
    async with store.write() as tx:
        await sagas.relate(tx, {first: {third: 0.4}, second: {first: 0.5, third: 0.3}}, NOW)
        await stories.merge(tx, first, second, NOW)
        assert await sagas.related_to(tx, [second]) == [RelatedStories(second, third, 0.4)]
        assert await sagas.related_to(tx, [first]) == []
