"""Forums, media channels and threads of Discord: titles, tags, what is closed, and digests of several messages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from bot.errors import ChannelLost, Refused
from bot.model import ChannelState, Finding, OperationKind, PlaceKind, Quiet, SearchResult
from bot.platforms.discord import render
from bot.store import places
from bot.store.schema import channels, operations
from tests.doubles.discord import DiscordDouble
from tests.platforms import test_discord
from tests.platforms.living import Guilds, guilds
from tests.platforms.test_discord import NOTHING, Acts, Desk, made
from tests.support.world import corvid, garden, larkwell

__all__ = ["guilds"]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with DiscordDouble() as double:
        desk = Desk(double, made(double), Acts())
        await desk.start()
        yield desk
        await desk.stop()


def forum(desk: Desk, kind: str = "forum", **more: Any) -> Any:
    return desk.channel(desk.double.add_channel(kind, **more), PlaceKind.FORUM)


async def known(desk: Desk) -> None:
    """Wait until the client has heard of everything that was done until now: events come in order."""
    identity = desk.platform.identity()
    assert identity is not None
    desk.double.add_guild("Next", tell=True)
    await test_discord.until(lambda: (found := desk.platform.identity()) and found.places > identity.places)


# --- tags --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["forum", "media"])
@pytest.mark.parametrize(
    ("tags", "topics", "applied"),
    [
        (("Science", "AI news", "Robotics"), ("KI", "AI"), ["AI news"]),
        (("Robotica", "Altro"), ("Robotica", "Robotics"), ["Robotica"]),
        (("🤖 robotics",), ("Robotics",), ["🤖 robotics"]),
        (("Chairs", "Paint"), ("AI",), []),
        (("AI",), (), []),
        (tuple(f"AI {n}" for n in range(7)), ("AI",), [f"AI {n}" for n in range(5)]),
    ],
)
async def test_tags_that_name_the_topic(
    desk: Desk, kind: str, tags: tuple[str, ...], topics: tuple[str, ...], applied: list[str]
) -> None:
    room = forum(desk, kind, tags=tags)
    await known(desk)
    await desk.send(room, payload={"tags": list(topics)})
    assert desk.double.threads(int(room.address))[0].applied == applied


async def test_a_required_tag_is_the_one_of_the_topic_or_else_the_first_that_we_may_set(desk: Desk) -> None:
    room = forum(desk, tags=("Staff", "Other", "AI"), moderated=("Staff",), tag_required=True)
    await known(desk)
    for topics in (["AI"], ["Chips"]):
        await desk.send(room, payload={"tags": topics})
    assert [thread.applied for thread in desk.double.threads(int(room.address))] == [["AI"], ["Other"]]


async def test_a_moderated_tag_is_for_those_who_manage_threads(desk: Desk) -> None:
    room = forum(desk, tags=("AI",), moderated=("AI",))
    await known(desk)
    await desk.send(room, payload={"tags": ["AI"]})
    desk.double.grant(int(room.address), "manage_threads")
    await known(desk)
    await desk.send(room, payload={"tags": ["AI"]})
    assert [thread.applied for thread in desk.double.threads(int(room.address))] == [[], ["AI"]]


async def test_a_forum_whose_tags_we_may_not_set_says_what_it_wants(desk: Desk) -> None:
    room = forum(desk, tags=("Staff",), moderated=("Staff",), tag_required=True)
    await known(desk)
    with pytest.raises(ChannelLost, match="asks for a tag on each post and has none that I may set"):
        await desk.send(room)


async def test_a_tag_that_is_missing_is_said_before_anything_is_saved(guilds: Guilds) -> None:
    staff = guilds.discord.add_channel(
        "forum", name="news", tags=("Staff",), moderated=("Staff",), tag_required=True
    )
    said = await guilds.ask("subscribe", staff, what="ai", when="10:00")
    assert "I may not post here yet: give me Manage Threads here, then say that again." in said
    guilds.discord.grant(staff, "manage_threads")
    said = await guilds.ask("subscribe", staff, what="ai", when="10:00")
    assert "Subscribed to AI: 10:00." in said


# --- threads -----------------------------------------------------------------------------------------------


async def test_a_thread_from_the_archive_takes_a_post(desk: Desk) -> None:
    parent = desk.double.add_channel()
    thread = desk.double.add_channel("thread", parent=parent)
    room = desk.channel(parent, thread=str(thread))
    desk.double.archive(thread)
    await desk.send(room)
    assert not desk.double._channels[thread].archived
    desk.double.archive(thread, locked=True)
    with pytest.raises(ChannelLost, match=r"The thread is closed: reopen it, or choose another place"):
        await desk.send(room)


async def test_a_thread_that_is_opened_again_takes_what_waits(desk: Desk) -> None:
    parent = desk.double.add_channel()
    thread = desk.double.add_channel("thread", parent=parent)
    room = desk.channel(parent, thread=str(thread))
    desk.double.archive(thread, locked=True)
    await known(desk)
    desk.acts.channels = (replace(room, state=ChannelState.PAUSED),)
    desk.double.unlock(thread)
    await test_discord.until(lambda: desk.acts.placed)
    place, may_post = desk.acts.placed[-1]
    assert (place.thread, may_post) == (str(thread), True)


@pytest.mark.parametrize("in_forum", [True, False])
async def test_what_stands_in_the_archive_is_put_right(desk: Desk, in_forum: bool) -> None:
    parent = desk.double.add_channel("forum" if in_forum else "text")
    thread = 0 if in_forum else desk.double.add_channel("thread", parent=parent)
    room = desk.channel(parent, PlaceKind.FORUM) if in_forum else desk.channel(parent, thread=str(thread))
    post = await desk.send(room)
    thread = thread or int(post)
    edit = desk.operation(room, "Mended", kind=OperationKind.EDIT, payload={"post": post})
    desk.double.archive(thread, locked=True)
    with pytest.raises(Refused, match="closed"):
        await desk.platform.send(edit, room, "")
    desk.double.archive(thread)
    assert await desk.platform.send(edit, room, "") == post
    assert desk.double.shows(thread)[0].edited == 1


async def test_what_has_opened_a_post_of_its_own_is_emptied_and_not_deleted(desk: Desk) -> None:
    room = forum(desk)
    post = await desk.send(room, "And so on.")
    removal = desk.operation(room, "What stood here", kind=OperationKind.DELETE, payload={"post": post})
    assert await desk.platform.send(removal, room, "") == post
    assert [shown.edited for shown in desk.double.shows(int(post))] == [1]


@pytest.mark.parametrize("closed", ["locked", "gone"])
async def test_an_answer_whose_thread_is_closed_opens_one_of_its_own(desk: Desk, closed: str) -> None:
    room = forum(desk)
    post = await desk.send(room, "First")
    if closed == "gone":
        desk.double.remove_channel(int(post))
    else:
        desk.double.archive(int(post), locked=True)
    operation = replace(desk.operation(room, "Second"), reply_to=1)
    answer = await desk.platform.send(operation, room, post)
    assert desk.double._channels[int(answer)].name == "Second"
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, answer)


# --- digests -----------------------------------------------------------------------------------------------


async def test_a_digest_in_a_forum_is_one_post_whatever_its_length(
    guilds: Guilds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "COMPONENTS", 9)
    news = guilds.discord.add_channel("forum", name="news", tags=("AI", "Other"))
    await guilds.world.feed("halden", corvid(), larkwell(), garden())
    await guilds.world.settle()
    await guilds.ask("subscribe", news, what="ai", when="10:00")
    guilds.world.clock.advance(timedelta(minutes=61))
    await guilds.world.settle("publish", "deliver")
    (thread,) = guilds.discord.threads(news)
    assert thread.name.startswith("AI news · ")
    assert thread.applied == ["AI"]
    first, *others = guilds.discord.shows(thread.id)
    assert others
    assert thread.name not in first.text
    posts = [row.post for row in await guilds.world.rows(operations)]
    assert posts == [str(thread.id), *(f"{thread.id}/{other.id}" for other in others)]


async def test_silent_hours_are_silent_in_a_forum_too(guilds: Guilds) -> None:
    news = guilds.discord.add_channel("forum", name="news")
    await guilds.world.feed("halden", corvid())
    await guilds.world.settle()
    await guilds.ask("subscribe", news, what="ai", when="10:00")
    (channel_id,) = [row.id for row in await guilds.world.rows(channels) if row.address == str(news)]
    async with guilds.world.store.write() as tx:
        await places.set_quiet(tx, channel_id, Quiet(time(8), time(12), silent=True))
    guilds.world.clock.advance(timedelta(minutes=61))
    await guilds.world.settle("publish", "deliver")
    (thread,) = guilds.discord.threads(news)
    assert thread.messages[0].flags & test_discord.SILENT


@pytest.mark.parametrize(
    ("entry", "words"), [("Sources", "Corvid 3"), ("Why this?", "Corvid 3"), ("Save", "Saved: ")]
)
async def test_the_menu_of_a_post_in_a_forum_knows_its_story(guilds: Guilds, entry: str, words: str) -> None:
    news = guilds.discord.add_channel("forum", name="news")
    await guilds.world.feed("halden", corvid())
    await guilds.world.settle()
    await guilds.ask("subscribe", news, what="ai", when="10:00")
    guilds.world.clock.advance(timedelta(minutes=61))
    await guilds.world.settle("publish", "deliver")
    (thread,) = guilds.discord.threads(news)
    reader = guilds.discord.user()
    asked = await guilds.discord.menu(thread.id, reader, entry, thread.messages[0].id)
    assert not asked.failed
    assert words in asked.messages[-1].text


async def test_a_post_of_somebody_else_in_a_forum_is_a_place_of_its_own(guilds: Guilds) -> None:
    news = guilds.discord.add_channel("forum", name="news")
    thread = guilds.discord.add_channel("thread", name="chat", parent=news, owner=guilds.ada.id)
    said = await guilds.ask("subscribe", thread, what="ai", when="10:00")
    assert "Subscribed to AI: 10:00." in said
    (record,) = [row for row in await guilds.world.rows(channels) if row.address == str(news)]
    assert record.thread == str(thread)
