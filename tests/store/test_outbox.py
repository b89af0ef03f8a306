"""The outbox in the store: once per intent, in order per channel, and findable when nobody knows."""

from typing import Any

import pytest

from bot.model import (
    Channel,
    Operation,
    OperationKind,
    OperationState,
    Place,
    PlaceKind,
    RecordedMessage,
    Search,
)
from bot.store import Store, Tx, outbox, places
from tests.store.conftest import NOW, World, draft_of, later

PLATFORMS = ("telegram", "discord")


async def got(store: Store, operation_id: int) -> Operation:
    async with store.read() as tx:
        found = await outbox.get(tx, operation_id)
    assert found is not None
    return found


async def settle(store: Store, operation_id: int, state: OperationState, **values: Any) -> None:
    async with store.write() as tx:
        await outbox.settle(tx, operation_id, state, values.pop("cause", ""), **values)


async def due(store: Store, minutes: float = 0, platforms: tuple[str, ...] = PLATFORMS) -> list[int]:
    async with store.read() as tx:
        return await outbox.due_channels(tx, platforms, later(minutes=minutes))


async def test_an_operation_comes_back_as_it_was_written(store: Store, world: World) -> None:
    channel = await world.channel()
    first = await world.operation(channel)
    payload = {"text": "é😀", "nested": {"list": [1, None, True]}}
    number = await world.operation(
        channel, "edit:1", payload=payload, reply_to=first, kind=OperationKind.EDIT
    )
    found = await got(store, number)
    assert (found.intent, found.payload, found.reply_to, found.kind) == (
        "edit:1",
        payload,
        first,
        OperationKind.EDIT,
    )
    assert (found.state, found.attempts, found.post, found.cause) == (OperationState.QUEUED, 0, "", "")
    assert (found.created_at, found.not_after, found.not_before, found.sending_at) == (
        NOW,
        later(hours=6),
        None,
        None,
    )


async def test_an_intent_is_written_once(store: Store, world: World) -> None:
    channel = await world.channel()
    number = await world.operation(channel, "digest:1:a", payload={"text": "first"})
    again = draft_of(channel, "digest:1:a", payload={"text": "second"})
    async with store.write() as tx:
        assert await outbox.queue(tx, again, "instance", NOW) is None
    assert (await got(store, number)).payload == {"text": "first"}


async def test_a_nonce_names_one_operation_of_one_instance(store: Store, world: World) -> None:
    channel = await world.channel()
    numbers = [await world.operation(channel, intent) for intent in ("a", "b", "x" * 200)]
    nonces = [(await got(store, number)).nonce for number in numbers]
    assert len(set(nonces)) == 3
    assert all(0 < len(nonce) <= 25 and nonce.isascii() for nonce in nonces)


async def test_one_channel_goes_in_order(store: Store, world: World) -> None:
    channel, other = await world.channel(), await world.channel()
    first, second = await world.operation(channel), await world.operation(channel)
    async with store.write() as tx:
        assert await next_ids(tx, channel, other) == {channel.id: first}
    for state, following in (
        (OperationState.SENDING, first), (OperationState.UNCERTAIN, first), (OperationState.HELD, second), (OperationState.REFUSED, second),
        (OperationState.EXPIRED, second), (OperationState.SUPERSEDED, second),
    ):  # fmt: skip
        await settle(store, first, state)
        async with store.read() as tx:
            assert await next_ids(tx, channel) == {channel.id: following}


async def next_ids(tx: Tx, *channels: Channel) -> dict[int, int]:
    found = await outbox.next_of(tx, [channel.id for channel in channels])
    return {channel: following.operation.id for channel, following in found.items()}


async def test_an_answer_knows_the_post_that_it_answers(store: Store, world: World) -> None:
    channel = await world.channel()
    first = await world.operation(channel)
    async with store.write() as tx:
        draft = draft_of(channel, "answer", reply_to=first)
        answer = await outbox.queue(tx, draft, "i", NOW)
        posted = await outbox.get(tx, first)
        assert posted is not None
        await outbox.record_done(tx, [(posted, "m7")], NOW)
        found = await outbox.next_of(tx, [channel.id])
    assert (found[channel.id].operation.id, found[channel.id].answers) == (answer, "m7")


async def test_channels_take_turns_longest_waiting_first(store: Store, world: World) -> None:
    late, early = await world.channel(), await world.channel(platform="discord")
    async with store.write() as tx:
        for channel, intent, hours in ((late, "l", 2), (early, "e", 1), (late, "l2", 3)):
            await outbox.queue(tx, draft_of(channel, intent), "i", later(hours=hours))
    assert await due(store) == [early.id, late.id]
    assert await due(store, platforms=("telegram",)) == [late.id]
    assert await due(store, platforms=()) == []


async def test_a_pause_of_the_first_holds_up_the_rest_of_its_channel(store: Store, world: World) -> None:
    channel, other = await world.channel(), await world.channel()
    first, second = await world.operation(channel), await world.operation(channel)
    await world.operation(other)
    await settle(store, first, OperationState.QUEUED, not_before=later(minutes=5))
    assert await due(store) == [other.id]
    assert await due(store, 5) == [channel.id, other.id]
    await settle(store, first, OperationState.DONE)
    await settle(store, second, OperationState.QUEUED, not_before=later(minutes=9))
    assert await due(store, 5) == [other.id]


async def test_a_pause_of_a_later_one_does_not_hold_up_the_first(store: Store, world: World) -> None:
    channel = await world.channel()
    await world.operation(channel)
    await settle(store, await world.operation(channel), OperationState.QUEUED, not_before=later(minutes=5))
    assert await due(store) == [channel.id]


async def test_a_paused_channel_keeps_its_operations(store: Store, world: World) -> None:
    channel = await world.channel()
    await world.operation(channel)
    async with store.write() as tx:
        await places.pause(tx, channel.id, "", NOW)
    assert await due(store) == []
    async with store.write() as tx:
        await places.resume(tx, channel.id, NOW)
    assert await due(store) == [channel.id]


async def test_a_post_that_arrived(store: Store, world: World) -> None:
    channel = await world.channel()
    number = await world.operation(channel)
    async with store.write() as tx:
        await outbox.settle(tx, number, OperationState.QUEUED, "busy", later(minutes=1))
        await outbox.sending(tx, [number], later(minutes=2))
        operation = await outbox.get(tx, number)
        assert operation is not None
        assert (operation.state, operation.attempts, operation.sending_at) == (
            OperationState.SENDING,
            1,
            later(minutes=2),
        )
        await outbox.record_done(tx, [(operation, "m7")], later(minutes=3))
        found = await places.channel(tx, channel.id)
        assert await outbox.last_post_at(tx, channel.id) == later(minutes=3)
        assert await outbox.states_of(tx, channel.id) == {OperationState.DONE: 1}
    done = await got(store, number)
    assert found is not None
    assert (done.state, done.post, done.cause, done.not_before, found.last_post) == (
        OperationState.DONE,
        "m7",
        "",
        None,
        "m7",
    )


async def test_an_edit_leaves_the_newest_message_as_it_is(store: Store, world: World) -> None:
    """`last_post` is where a search begins; an edit answers with the id of an old message."""
    channel = await world.channel()
    posted = await got(store, await world.operation(channel))
    edit = await got(store, await world.operation(channel, kind=OperationKind.EDIT))
    async with store.write() as tx:
        await outbox.record_done(tx, [(posted, "m9")], NOW)
        await outbox.record_done(tx, [(edit, "m2")], NOW)
        found = await places.channel(tx, channel.id)
    assert found is not None
    assert found.last_post == "m9"


async def test_what_a_dead_sender_left_is_uncertain(store: Store, world: World) -> None:
    channel = await world.channel()
    left, queued = await world.operation(channel), await world.operation(channel)
    async with store.write() as tx:
        await outbox.sending(tx, [left], NOW)
        assert await outbox.recover_interrupted(tx) == 1
        assert await outbox.recover_interrupted(tx) == 0
    found = await got(store, left)
    assert (found.state, found.sending_at) == (OperationState.UNCERTAIN, NOW)
    assert "stopped" in found.cause
    assert (await got(store, queued)).state is OperationState.QUEUED


async def test_a_long_cause_is_cut(store: Store, world: World) -> None:
    number = await world.operation(await world.channel())
    await settle(store, number, OperationState.REFUSED, cause="é" * 3000)
    assert len((await got(store, number)).cause) == 500


PLACE = Place(platform="telegram", address="chat-1", kind=PlaceKind.GROUP)


@pytest.fixture
async def uncertain(store: Store, world: World) -> Operation:
    """An operation that left at NOW, after a post that arrived."""
    channel = await world.channel("chat-1")
    before, number = await world.operation(channel), await world.operation(channel)
    async with store.write() as tx:
        operation = await outbox.get(tx, before)
        assert operation is not None
        await outbox.record_done(tx, [(operation, "m1")], later(minutes=-1))
        await outbox.sending(tx, [number], NOW)
    return await got(store, number)


async def search(store: Store, operation: Operation) -> Search:
    async with store.read() as tx:
        return await outbox.search_for(tx, operation, "operator-chat")


async def test_a_search_starts_after_what_is_known(store: Store, uncertain: Operation) -> None:
    assert await search(store, uncertain) == Search(
        after="m1", known=frozenset({"m1"}), unrecorded=0, operator="operator-chat"
    )


async def test_a_search_knows_answers_to_calls(store: Store, uncertain: Operation) -> None:
    async with store.write() as tx:
        told = await outbox.record_answer_start(tx, PLACE, later(minutes=1))
        lost = await outbox.record_answer_start(tx, PLACE, later(minutes=1))
        await outbox.record_answer_start(tx, PLACE, later(minutes=2))
        await outbox.record_answer_start(
            tx, Place(platform="telegram", address="chat-2", kind=PlaceKind.GROUP), later(minutes=1)
        )
        await outbox.record_answer_start(
            tx, Place(platform="discord", address="chat-1", kind=PlaceKind.GROUP), later(minutes=1)
        )
        await outbox.record_answer_post(tx, told, "m5", later(minutes=2))
        await outbox.record_answer_post(tx, lost, "", later(minutes=2))
    assert await search(store, uncertain) == Search(
        after="m1", known=frozenset({"m1", "m5"}), unrecorded=1, operator="operator-chat"
    )


async def test_a_search_knows_the_posts_in_other_threads_of_the_chat(
    store: Store, world: World, uncertain: Operation
) -> None:
    thread = await world.channel("chat-1", thread="7")
    operation = await got(store, await world.operation(thread))
    async with store.write() as tx:
        await outbox.record_done(tx, [(operation, "m8")], later(minutes=1))
    assert (await search(store, uncertain)).known == {"m1", "m8"}


async def test_a_search_counts_the_posts_in_other_threads_whose_ids_are_not_recorded(
    store: Store, world: World, uncertain: Operation
) -> None:
    thread, elsewhere = await world.channel("chat-1", thread="7"), await world.channel("chat-2")
    numbers = [await world.operation(channel) for channel in (thread, thread, elsewhere)]
    async with store.write() as tx:
        await outbox.sending(tx, [numbers[0], numbers[2]], NOW)
    assert (await search(store, uncertain)).unrecorded == 1
    assert (await search(store, await got(store, numbers[0]))).unrecorded == 1, "each sees the other"
    await settle(store, numbers[0], OperationState.HELD)
    assert (await search(store, uncertain)).unrecorded == 1, "what is held may have arrived"


async def test_a_search_knows_what_stands_in_other_chats(
    store: Store, world: World, uncertain: Operation
) -> None:
    elsewhere = await world.channel("chat-2")
    before, after = [await got(store, await world.operation(elsewhere)) for _ in range(2)]
    async with store.write() as tx:
        await outbox.record_done(tx, [(before, "m7")], NOW)
        await outbox.record_done(tx, [(after, "m9")], later(minutes=1))
        answer = await outbox.record_answer_start(
            tx, Place(platform="telegram", address="chat-3", kind=PlaceKind.PRIVATE), NOW
        )
        await outbox.record_answer_post(tx, answer, "m3", later(minutes=-2))
    assert set((await search(store, uncertain)).elsewhere) == {
        RecordedMessage("chat-2", "m7", before=True),
        RecordedMessage("chat-2", "m9", before=False),
        RecordedMessage("chat-3", "m3", before=True),
    }


async def test_a_post_to_another_thread_accompanies_the_next_one(store: Store, world: World) -> None:
    group, thread = await world.channel("chat-1"), await world.channel("chat-1", thread="7")
    number, _ = await world.operation(group), await world.operation(thread)

    async def accompanied() -> bool:
        async with store.read() as tx:
            return bool(await outbox.accompanied(tx, [thread.id]))

    assert not await accompanied()
    async with store.write() as tx:
        await outbox.sending(tx, [number], NOW)
    assert await accompanied()
    await settle(store, number, OperationState.UNCERTAIN)
    assert await accompanied()
    async with store.write() as tx:
        await places.pause(tx, group.id, "lost", NOW)
    assert not await accompanied(), "a lost thread does not stop the others"
    async with store.write() as tx:
        await outbox.sending(tx, [number], NOW)
    assert await accompanied(), "unless it is tried again at this moment"


async def test_the_history_of_a_channel_is_its_newest_posts_oldest_first(store: Store, world: World) -> None:
    channel = await world.channel()
    for n in range(4):
        operation = await got(store, await world.operation(channel, payload={"n": n}))
        async with store.write() as tx:
            if n != 1:
                await outbox.record_done(tx, [(operation, f"m{n}")], later(minutes=n))
    async with store.read() as tx:
        posts = await outbox.history(tx, channel.id, 2)
        assert await outbox.history(tx, channel.id + 1, 2) == []
    assert [(post.payload["n"], post.at) for post in posts] == [(2, later(minutes=2)), (3, later(minutes=3))]
