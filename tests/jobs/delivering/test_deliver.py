"""deliver: what became of each operation, whatever the platform does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.errors import ChannelLost, ChannelMoved, DeliveryError, NotSent, PlatformDown, Refused, Unsure
from bot.jobs.delivering.deliver import Deliverer, deliver
from bot.jobs.delivering.pausing import pause_channel
from bot.jobs.operating.notices import tell_operators
from bot.jobs.publishing.publish import INSTANT_PRIORITY
from bot.model import Channel, ChannelState, Finding, OperationState, Person, Purpose, ToldMark
from bot.settings import DeliverySettings
from bot.store import outbox, places, subscriptions
from bot.store.schema import operations, told_marks
from tests.jobs.delivering.test_catchup import HOUR, operator
from tests.support.world import World, corvid, garden, larkwell, lost_answer

Queue = Callable[..., Awaitable[int]]


async def queue(world: World, channel: Channel, text: str, **values: object) -> int:
    """Put one message into the outbox."""
    draft = outbox.Draft(
        channel_id=channel.id, intent=f"test:{channel.id}:{text}", purpose=Purpose.NOTICE,
        payload={"stories": [], "said": [text]}, not_after=world.clock() + values.pop("life", timedelta(hours=6)), **values,  # type: ignore[operator, arg-type]
    )  # fmt: skip
    async with world.store.write() as tx:
        made = await outbox.queue(tx, draft, world.ctx.instance, world.clock())
    assert made is not None
    return made


def said(world: World, address: str = "chat") -> list[str]:
    return [shown.payload["said"][0] for shown in world.platform.chats[address]]


async def three(world: World) -> Channel:
    channel = await world.channel()
    for text in ("one", "two", "three"):
        await queue(world, channel, text)
    return channel


async def test_operations_leave_in_order(both: World) -> None:
    channel = await three(both)
    await deliver(both.ctx, channel.id)
    assert said(both) == ["one", "two", "three"]
    assert await both.states() == ["done"] * 3
    assert (await both.record(channel)).last_post == "m3"


async def test_a_reply_names_the_post_it_answers(world: World) -> None:
    channel = await world.channel()
    first = await queue(world, channel, "one")
    await queue(world, channel, "two", reply_to=first)
    await deliver(world.ctx, channel.id)
    assert [shown.reply_to for shown in world.platform.chats["chat"]] == ["", "m1"]


async def test_not_sent_waits_as_long_as_it_says_and_keeps_the_order(both: World) -> None:
    channel = await three(both)
    both.platform.script = [NotSent("slow down", 30)]
    await both.settle("deliver")
    assert said(both) == []
    both.clock.advance(29)
    await both.settle("deliver")
    assert said(both) == []
    both.clock.advance(2)
    await both.settle("deliver")
    assert said(both) == ["one", "two", "three"]
    assert channel.id


@pytest.mark.parametrize(
    "step", [lost_answer(), (OSError("socket closed"), "arrived")], ids=["unsure", "unexpected"]
)
async def test_a_message_that_arrived_is_found_and_not_sent_again(both: World, step: object) -> None:
    channel = await three(both)
    both.platform.script = [step]
    await deliver(both.ctx, channel.id)
    assert (await both.states())[0] == OperationState.UNCERTAIN
    both.clock.advance(3)
    await both.settle("deliver")
    assert said(both) == ["one", "two", "three"]
    assert [row.post for row in await both.rows(operations)] == ["m1", "m2", "m3"]


@pytest.mark.parametrize("error", [Unsure("cut off"), DeliveryError("odd"), ValueError("bug")])
async def test_a_message_that_never_arrived_is_sent_once_more(world: World, error: Exception) -> None:
    channel = await three(world)
    world.platform.script = [error]
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]


async def test_what_cannot_be_known_is_sent_again_by_default(world: World) -> None:
    channel = await three(world)
    world.platform.script, world.platform.finding = [lost_answer()], Finding.UNKNOWN
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    assert said(world) == ["one", "one", "two", "three"]


async def test_what_cannot_be_known_is_held_when_the_operator_says_so(
    file_store: object, clock: object
) -> None:
    world = await World.on(file_store, clock, delivery=DeliverySettings(uncertain="hold"))
    channel = await three(world)
    world.platform.script, world.platform.finding = [lost_answer()], Finding.UNKNOWN
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]
    assert await world.states() == ["held", "done", "done"]


@pytest.mark.parametrize(("error", "pause"), [(NotSent("later", 7), 7), (PlatformDown("down"), 30)])
async def test_a_search_that_fails_is_tried_later(world: World, error: Exception, pause: int) -> None:
    channel = await three(world)
    world.platform.script, world.platform.finding = [lost_answer()], error
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    assert (await world.states())[0] == OperationState.UNCERTAIN
    world.platform.finding = None
    world.clock.advance(pause + 1)
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]


async def test_a_search_knows_what_is_ours_and_whom_to_ask(world: World) -> None:
    channel = await three(world)
    async with world.store.write() as tx:
        await places.offer_claim(tx, "CODE", world.clock() + timedelta(minutes=1))
        assert await places.use_claim(tx, "CODE", Person(platform="scripted", address="boss"), world.clock())
    world.platform.script = [None, lost_answer()]
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    (search,) = world.platform.searched
    assert (search.after, search.known, search.operator) == ("m1", frozenset({"m1"}), "boss")


async def test_a_refused_message_untells_its_stories_and_the_next_one_leaves(both: World) -> None:
    channel = await both.channel()
    bad = await queue(both, channel, "one")
    await queue(both, channel, "two")
    await both.feed("halden", corvid())
    await both.settle("collect", "group")
    async with both.store.write() as tx:
        await subscriptions.store_marks(
            tx,
            channel.id,
            [
                ToldMark(
                    story_id=1, told_at=both.clock(), entry_ids=frozenset({1}), said="said", operation_id=bad
                )
            ],
        )
    both.platform.script = [Refused("too ugly")]
    await deliver(both.ctx, channel.id)
    assert said(both) == ["two"]
    assert await both.states() == ["refused", "done"]
    assert await both.count(told_marks) == 0


async def test_a_refused_update_leaves_the_story_told(world: World) -> None:
    """The first telling reached its readers: a refused update may not make the whole story new again."""
    from tests.jobs.publishing.test_publish import DOWNLOADS

    channel = await world.channel()
    await world.wants(channel, "now")
    await world.feed("halden", garden())
    await world.settle()
    world.serve("halden", corvid(hours=-1), garden())
    world.clock.advance(timedelta(hours=1, minutes=10))
    await world.settle()
    await world.feed("ledger")
    await world.settle()
    world.serve("ledger", DOWNLOADS)
    world.clock.advance(timedelta(hours=1, minutes=10))
    world.platform.script = [Refused("no updates today")]
    await world.settle()
    assert await world.states() == ["done", "refused"]
    assert await world.count(told_marks) == 1


async def test_a_lost_channel_is_paused_and_keeps_its_messages(both: World) -> None:
    channel = await three(both)
    both.platform.script = [ChannelLost("kicked out")]
    await both.settle("deliver")
    record = await both.record(channel)
    assert (record.state, record.state_reason) == (ChannelState.PAUSED, "kicked out")
    assert await both.states() == ["queued"] * 3
    async with both.store.write() as tx:
        await places.resume(tx, channel.id, both.clock())
    await both.settle("deliver")
    assert said(both) == ["one", "two", "three"]


async def test_a_paused_channel_gets_nothing(world: World) -> None:
    channel = await three(world)
    async with world.store.write() as tx:
        await places.pause(tx, channel.id, "quiet please", world.clock())
    await deliver(world.ctx, channel.id)
    assert said(world) == []


async def test_a_moved_channel_is_followed(both: World) -> None:
    channel = await three(both)
    both.platform.script = [ChannelMoved("it is a supergroup now", "-100777")]
    await both.settle("deliver")
    assert said(both) == []
    assert said(both, "-100777") == ["one", "two", "three"]
    assert (await both.record(channel)).address == "-100777"


@pytest.mark.parametrize("one_by_one", [True, False])
async def test_two_topics_of_a_chat_are_never_uncertain_at_once_where_ids_alone_tell_posts_apart(
    world: World, one_by_one: bool
) -> None:
    first, second = await world.channel("chat"), await world.channel("chat", thread="7")
    await queue(world, first, "one")
    await queue(world, second, "two")
    world.platform.one_by_one = one_by_one
    world.platform.script = [lost_answer(), lost_answer()]
    deliverer = Deliverer(world.ctx)
    await asyncio.gather(deliverer.run(first.id), deliverer.run(second.id))
    assert await world.states() == ["uncertain", "queued" if one_by_one else "uncertain"]
    world.clock.advance(3)
    await world.settle("deliver")
    world.clock.advance(3)
    await world.settle("deliver")
    assert sorted(said(world)) == ["one", "two"]


async def test_a_platform_that_is_down_shows_in_health_and_waits(world: World) -> None:
    await three(world)
    world.platform.script = [PlatformDown("the token is wrong", final=True)]
    await world.settle("deliver")
    assert world.ctx.health["scripted"].state == "down"
    world.clock.advance(31)
    await world.settle("deliver")
    assert said(world) == []
    await world.house.dispatcher.connected("scripted")
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]


async def test_a_channel_in_trouble_does_not_hold_up_another(world: World) -> None:
    first, second = await world.channel("a"), await world.channel("b")
    await queue(world, first, "one")
    await queue(world, second, "two")
    world.platform.script = [NotSent("slow down", 60)]
    await world.settle("deliver")
    assert len(said(world, "a") + said(world, "b")) == 1


async def test_what_expired_is_not_sent_and_the_rest_is(both: World) -> None:
    channel = await both.channel()
    await queue(both, channel, "old", life=timedelta(minutes=1))
    await queue(both, channel, "new")
    both.clock.advance(120)
    await deliver(both.ctx, channel.id)
    assert said(both) == ["new"]
    assert await both.states() == ["expired", "done"]


async def test_what_is_uncertain_is_looked_for_even_when_its_time_has_passed(world: World) -> None:
    channel = await world.channel()
    await queue(world, channel, "one", life=timedelta(minutes=1))
    world.platform.script = [lost_answer()]
    await deliver(world.ctx, channel.id)
    world.clock.advance(timedelta(hours=1))
    await world.settle("deliver")
    assert await world.states() == ["done"]
    assert said(world) == ["one"]


async def test_a_long_backlog_goes_out_in_shares(world: World) -> None:
    channel = await world.channel()
    for n in range(55):
        await queue(world, channel, str(n))
    await deliver(world.ctx, channel.id)
    assert len(said(world)) == 50
    await world.settle("deliver")
    assert said(world) == [str(n) for n in range(55)]


async def test_what_a_dead_process_left_sending_is_looked_for(both: World) -> None:
    channel = await three(both)
    first = (await both.rows(operations))[0].id
    async with both.store.write() as tx:
        await outbox.sending(tx, [first], both.clock())
    again = await both.restarted()
    await again.settle("deliver")
    assert said(again) == ["one", "two", "three"]
    assert len(again.platform.searched) == 1
    assert channel.id


async def test_a_chat_that_does_not_exist_is_no_error(world: World) -> None:
    await deliver(world.ctx, 99)
    assert larkwell().title


async def test_a_platform_at_its_limit_is_waited_for_before_anything_leaves(both: World) -> None:
    channel = await three(both)
    both.platform.pauses = [0.0, 5.0]
    await deliver(both.ctx, channel.id)
    assert said(both) == ["one"]
    assert await both.states() == ["done", "queued", "queued"]
    both.clock.advance(5)
    await both.settle("deliver")
    assert said(both) == ["one", "two", "three"]


async def test_news_told_at_once_goes_before_digests_of_other_channels(both: World) -> None:
    slow, fast = await both.channel("slow"), await both.channel("fast")
    await queue(both, slow, "digest")
    both.clock.advance(1)
    await queue(both, fast, "story", priority=INSTANT_PRIORITY)
    async with both.store.read() as tx:
        assert await outbox.due_channels(tx, ["scripted"], both.clock()) == [fast.id, slow.id]


async def test_a_wrong_token_is_told_to_the_operator_once(world: World) -> None:
    await operator(world)
    channel = await three(world)
    world.platform.script = [PlatformDown("the token is wrong", final=True)] * 2
    for _ in range(2):
        await deliver(world.ctx, channel.id)
        world.clock.advance(31)
    world.ctx.health["scripted"] = replace(world.ctx.health["scripted"], state="connected")
    await world.settle("deliver")
    assert [text for text in said(world, "op") if "the token is wrong" in text] == [said(world, "op")[0]]
    assert said(world) == ["one", "two", "three"]


async def test_a_platform_that_only_does_not_answer_is_no_news_to_the_operator(world: World) -> None:
    await operator(world)
    channel = await three(world)
    world.platform.script = [PlatformDown("no answer")]
    await deliver(world.ctx, channel.id)
    world.ctx.health["scripted"] = replace(world.ctx.health["scripted"], state="connected")
    world.clock.advance(31)
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]
    assert said(world, "op") == []


async def test_what_is_next_is_taken_for_many_channels_in_one_transaction(both: World) -> None:
    channels = [await both.channel(f"chat{number}") for number in range(5)]
    for channel in channels:
        for text in ("one", "two"):
            await queue(both, channel, text)
    commits: list[object] = []
    event.listen(both.store.engine.sync_engine, "commit", commits.append)
    sender = Deliverer(both.ctx)
    await asyncio.gather(*(sender.run(channel.id) for channel in channels))
    assert [said(both, channel.address) for channel in channels] == [["one", "two"]] * 5
    assert len(commits) == 3


async def test_a_search_that_fails_unexpectedly_is_made_again(world: World) -> None:
    channel = await three(world)
    world.platform.script, world.platform.finding = [lost_answer()], ValueError("bug")
    await deliver(world.ctx, channel.id)
    world.clock.advance(3)
    await world.settle("deliver")
    assert said(world) == ["one"]
    assert len(world.events("search.crashed")) == 1
    world.platform.finding = None
    world.clock.advance(31)
    await world.settle("deliver")
    assert said(world) == ["one", "two", "three"]


async def test_an_operator_without_a_private_chat_is_not_told(world: World) -> None:
    person = Person(platform=world.platform.name, address="somebody", name="Somebody")
    async with world.store.write() as tx:
        await places.offer_claim(tx, "code", world.clock() + HOUR)
        await places.use_claim(tx, "code", person, world.clock())
    await three(world)
    world.platform.script = [ChannelLost("kicked out")]
    await world.settle("deliver")
    assert len(world.events("notice.sent")) == 1
    assert await world.states() == ["queued"] * 3


async def test_what_must_wait_is_not_sent_before(world: World) -> None:
    channel = await three(world)
    world.platform.script = [NotSent("slow down", 30)]
    for _ in range(2):
        await deliver(world.ctx, channel.id)
    assert said(world) == []
    assert len(world.events("operation.not_done")) == 1


async def test_an_operator_gets_so_many_notices_a_day(world: World) -> None:
    await operator(world)
    for number in range(30):
        async with world.store.write() as tx:
            await tell_operators(tx, world.ctx, f"subject {number}", "Something happened.")
    await world.settle("deliver")
    assert len(world.platform.chats["op"]) == 20
    assert len(world.events("notice.sent")) == 30
    assert len(world.events("notice.limit_reached")) == 10


async def test_notices_about_servers_leave_room_for_others(world: World) -> None:
    """Three a day about one server, half of all about all servers: who causes them silences nothing else."""
    await operator(world)

    async def tell(subject: str, server_id: int = 0) -> None:
        async with world.store.write() as tx:
            await tell_operators(tx, world.ctx, subject, "Something happened.", server_id=server_id)

    for number in range(25):
        await tell(f"lost:{number}", 1)
    await tell("lost:other", 11)
    await world.settle("deliver")
    assert len(world.platform.chats["op"]) == 4
    for server_id in range(20, 40):
        await tell("lost", server_id)
    await tell("down")
    await world.settle("deliver")
    assert len(world.platform.chats["op"]) == 11


async def test_notices_of_a_group_that_shuts_us_out_again_and_again_are_few(world: World) -> None:
    await operator(world)
    channel = await world.channel("theirs", server="theirs")
    for _ in range(10):
        async with world.store.write() as tx:
            await pause_channel(tx, world.ctx, channel, "I was removed.")
            await places.resume(tx, channel.id, world.clock())
        world.clock.advance(timedelta(minutes=1))
    await world.settle("deliver")
    assert len(world.platform.chats["op"]) == 3
