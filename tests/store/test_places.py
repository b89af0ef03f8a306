"""Servers, channels and persons in the store."""

import asyncio

from bot.model import Channel, ChannelState, OperationKind, OperationState, Person, Place, PlaceKind
from bot.store import Store, outbox, places, subscriptions
from tests.store.conftest import NOW, World, draft_of, later

GUILD = Place(platform="discord", address="c1", kind=PlaceKind.BROADCAST, name="news", server_address="g1", server_name="Lab", rights=frozenset({"send", "embed"}))  # fmt: skip
ADA = Person(platform="telegram", address="42", name="Ada")


async def settle(store: Store, place: Place, **defaults: str) -> Channel:
    async with store.write() as tx:
        return await places.ensure_channel_record(tx, place, defaults)


async def test_a_place_is_settled_once(store: Store) -> None:
    first = await settle(store, GUILD, language="it", zone="Europe/Rome")
    again = await settle(store, GUILD, language="de", zone="Europe/Berlin")
    assert first == again
    assert (first.language, first.zone, first.name, first.kind) == (
        "it",
        "Europe/Rome",
        "news",
        PlaceKind.BROADCAST,
    )
    assert first.rights == {"send", "embed"}
    async with store.read() as tx:
        assert await places.channel(tx, first.id) == first
        assert await places.channel_at(tx, GUILD) == first
        assert await places.channels_of(tx, "discord") == [first]
        assert await places.channels_of(tx, "telegram") == []
        assert await places.channel(tx, first.id + 1) is None


async def test_what_a_platform_does_not_say_stays(store: Store) -> None:
    first = await settle(store, GUILD)
    bare = await settle(
        store, Place(platform="discord", address="c1", kind=PlaceKind.BROADCAST, server_address="g1")
    )
    assert bare == first
    fresh = await settle(
        store,
        Place(
            platform="discord",
            address="c1",
            kind=PlaceKind.FORUM,
            name="forum",
            server_address="g1",
            rights=frozenset({"send"}),
        ),
    )
    assert (fresh.id, fresh.kind, fresh.name, fresh.rights) == (first.id, PlaceKind.FORUM, "forum", {"send"})


async def test_threads_are_channels_of_one_server(store: Store) -> None:
    one = await settle(store, Place(platform="telegram", address="-100", kind=PlaceKind.FORUM))
    two = await settle(store, Place(platform="telegram", address="-100", kind=PlaceKind.FORUM, thread="7"))
    elsewhere = await settle(store, Place(platform="discord", address="-100", kind=PlaceKind.FORUM))
    assert one.id != two.id
    assert one.server_id == two.server_id != elsewhere.server_id
    async with store.read() as tx:
        assert await places.server_at(tx, "telegram", "-100") == one.server_id
        assert await places.server_at(tx, "telegram", "-200") is None


async def test_settling_at_once_makes_one_channel(store: Store) -> None:
    found = await asyncio.gather(*(settle(store, GUILD) for _ in range(5)))
    assert len({channel.id for channel in found}) == 1


async def test_values_of_a_channel_are_set(store: Store) -> None:
    channel, other = (
        await settle(store, GUILD),
        await settle(store, Place(platform="telegram", address="1", kind=PlaceKind.PRIVATE)),
    )
    async with store.write() as tx:
        await places.set_values(tx, channel.id, language="fr", zone="Europe/Paris")
        await places.set_bot_link(tx, "discord", "https://discord.example/bot")
        found = [await places.channel(tx, number) for number in (channel.id, other.id)]
    assert [(c.language, c.zone, c.bot_link) for c in found if c] == [
        ("fr", "Europe/Paris", "https://discord.example/bot"),
        ("en", "UTC", ""),
    ]


async def test_a_channel_that_moves_keeps_what_it_wants(store: Store, world: World) -> None:
    channel = await world.channel("-1")
    number = await world.subscription(channel)
    async with store.write() as tx:
        operation = await outbox.get(tx, await _queued(tx, channel))
        assert operation is not None
        await outbox.record_done(tx, [(operation, "m1")], NOW)
        await places.move_channel(tx, channel.id, "-100")
        found = await places.channel(tx, channel.id)
        assert [subscription.id for subscription in await subscriptions.of_channel(tx, channel.id)] == [
            number
        ]
    assert found is not None
    assert (found.address, found.last_post) == ("-100", "0"), "every message there is newer than the move"


async def test_the_messages_of_a_chat_that_moved_stay_behind(store: Store, world: World) -> None:
    """Their ids mean other messages in the new chat: nothing may answer, change or pass over those."""
    channel = await world.channel("-1")
    async with store.write() as tx:
        operation = await outbox.get(tx, await _queued(tx, channel))
        assert operation is not None
        await outbox.record_done(tx, [(operation, "4")], NOW)
        edit = draft_of(channel, "edit", payload={"post": "4"}, kind=OperationKind.EDIT)
        number = await outbox.queue(tx, edit, "i", NOW)
        await places.move_channel(tx, channel.id, "-100")
        left = await outbox.search_for(tx, operation, "")
        refused = await outbox.get(tx, number or 0)
    assert (left.after, left.known) == ("0", frozenset())
    assert refused is not None
    assert refused.state is OperationState.REFUSED


async def _queued(tx, channel: Channel) -> int:
    number = await outbox.queue(tx, draft_of(channel, "a"), "i", NOW)
    assert number is not None
    return number


async def test_a_channel_moves_to_an_address_that_is_known_already(store: Store, world: World) -> None:
    """Telegram tells of the new group before a post to the old one fails."""
    channel, newcomer = await world.channel("-1"), await world.channel("-100")
    kept = [await world.subscription(channel), await world.subscription(newcomer)]
    async with store.write() as tx:
        await places.move_channel(tx, channel.id, "-100")
        found = [await places.channel(tx, number) for number in (channel.id, newcomer.id)]
        at_new = await places.channel_at(tx, Place(platform="telegram", address="-100", kind=PlaceKind.GROUP))
        assert [subscription.id for subscription in await subscriptions.of_channel(tx, channel.id)] == kept
    assert [(c.address, c.state) for c in found if c] == [
        ("-100", ChannelState.ACTIVE),
        ("-1", ChannelState.PAUSED),
    ]
    assert at_new == found[0]


async def test_publishing_takes_turns(store: Store) -> None:
    channel = await settle(store, GUILD)
    seen: list[int] = []

    async def publish() -> None:
        async with store.write() as tx:
            turn = await places.publish_turn(tx, channel.id)
            await asyncio.sleep(0.01)
            seen.append(turn)

    await asyncio.gather(*(publish() for _ in range(4)))
    assert seen == [0, 1, 2, 3]


async def claim(store: Store, code: str, person: Person, hours: float = 0) -> bool:
    async with store.write() as tx:
        return await places.use_claim(tx, code, person, later(hours=hours))


async def test_a_claim_makes_one_operator_once(store: Store) -> None:
    async with store.write() as tx:
        await places.offer_claim(tx, "ABCD-1234", later(hours=1))
        assert not await places.is_operator(tx, ADA)
    assert not await claim(store, "ABCD-9999", ADA)
    taken = await asyncio.gather(
        *(claim(store, " abcd-1234 ", person) for person in (ADA, Person(platform="discord", address="7")))
    )
    assert sorted(taken) == [False, True]
    async with store.read() as tx:
        found = await places.operators(tx)
    assert len(found) == 1
    assert found[0].operator


async def test_a_claim_expires(store: Store) -> None:
    async with store.write() as tx:
        await places.offer_claim(tx, "ABCD", later(hours=1))
    assert not await claim(store, "ABCD", ADA, hours=1)
    assert await claim(store, "ABCD", ADA, hours=0.9)
    async with store.read() as tx:
        assert await places.is_operator(tx, ADA)
        assert await places.operators(tx) == [
            Person(platform="telegram", address="42", name="Ada", operator=True, chat="42")
        ]
        assert not await places.is_operator(tx, Person(platform="discord", address="42"))


async def test_a_code_is_not_kept_in_clear(store: Store) -> None:
    from sqlalchemy import select

    from bot.store.schema import claims

    async with store.write() as tx:
        await places.offer_claim(tx, "ABCD-1234", later(hours=1))
        assert "ABCD" not in str((await tx.execute(select(claims))).one())
