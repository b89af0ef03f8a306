"""What an operator decides, through the real process: a feed of one group is opened to all, a name is taught and taken back."""

import asyncio
import re
from collections.abc import Callable

import pytest

from bot.feeds.opml import write_opml
from bot.store import feeds, open_store
from tests.doubles.telegram import Message
from tests.e2e.test_run import READER, Town, read_everything, stop, strillone, town, until

__all__ = ["town"]

LEADER = 77
"""Somebody who manages the group."""


async def answered(town: Town, chat: int, act: Callable[[], object]) -> Message:
    """Do something in a chat, and return the message that answers it."""
    before = len(town.telegram.posts(chat))
    act()
    await until(lambda: len(town.telegram.posts(chat)) > before, town)
    return town.telegram.posts(chat)[-1]


async def asked(town: Town, chat: int, text: str, user: int = READER) -> Message:
    """Say something, and return its answer, which is the asker's own wherever they ask."""
    return await answered(town, user, lambda: town.telegram.say(chat, user, text))


async def pressed(town: Town, message: Message, label: str) -> Message:
    return await answered(
        town, READER, lambda: town.telegram.press(READER, message.message_id, label, READER)
    )


def without(town: Town, outlet: str) -> str:
    """Take an outlet's feed out of the configuration; returns its address."""
    found = [o for o in town.newsroom.outlines() if o.title == outlet]
    kept = [o for o in town.newsroom.outlines() if o.title != outlet]
    rows = [("Sample", {"text": o.title, "xmlUrl": o.url, **o.attributes}) for o in kept]
    (town.folder / "feeds.opml").write_text(write_opml("Sample", rows))
    return found[0].url


async def until_read(town: Town, address: str) -> None:
    """Wait until the feed at an address has been read."""
    store = await open_store(town.database)
    async with asyncio.timeout(30):
        while True:
            async with store.read() as tx:
                if any(feed.url == address and feed.ok_at for feed in await feeds.all_active(tx)):
                    break
            await asyncio.sleep(0.2)
    await store.close()


@pytest.mark.timeout(180)
async def test_a_feed_of_one_group_is_opened_to_all_and_a_name_is_taught(town: Town) -> None:
    outlet = town.newsroom.outlines()[0].title
    address = without(town, outlet)
    town.telegram.add_private(LEADER)
    group = town.telegram.add_group("Owl friends", admins=[LEADER])
    with (town.folder / "strillone.toml").open("a") as settings:
        settings.write('[limits]\nfeeds = "open"\n')
    async with strillone(town, loopback_for_all=True) as process:
        await read_everything(town)
        await until(lambda: "/claim " in town.log, town)
        code = re.search(r"/claim ([0-9A-F]{8})", town.log)
        assert code is not None
        assert "You run this instance now" in (await asked(town, READER, f"/claim {code[1]}")).text
        assert "Subscribed to" in (await asked(town, group, f"/subscribe {address} 03:00", LEADER)).text
        await until_read(town, address)

        theirs = await asked(town, group, "/feeds", LEADER)
        assert "whoever runs me can open them to all" in theirs.text
        assert "Only whoever runs this" in (await asked(town, group, "/feeds open 1", LEADER)).text
        mine = await asked(town, READER, "/feeds")
        assert "added by Owl friends" in mine.text
        opened = await pressed(town, mine, f"For all: {outlet}")
        assert f"{outlet} counts for everybody from now on." in opened.text
        assert "could count for everybody" not in (await asked(town, READER, "/feeds")).text

        assert "is for whoever runs this instance" in (await asked(town, group, "/names", LEADER)).text
        taught = await asked(town, READER, "/names add Grand Harbour")
        assert taught.text.startswith("Grand Harbour counts from now on")
        await until(lambda: "entries.rejudged" in town.log, town)
        assert "Grand Harbour" in (await asked(town, READER, "/names")).text
        assert "counts no more" in (await asked(town, READER, "/names drop Grand Harbour")).text
        await stop(process)
    assert process.returncode == 0
