"""retain: what is kept no longer goes in short steps, and nothing is told twice or taken for news because of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.jobs import Keep
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.operating.retention import retain
from bot.model import Call, Person, Place, PlaceKind, SavedStory, Text
from bot.store import outbox, readers, retention
from bot.store.schema import (
    answers,
    entries,
    entry_versions,
    gone_keys,
    operations,
    slots,
    stories,
    told_marks,
    verdicts,
)
from tests.support.world import News, World, alpine, corvid, garden, larkwell

LONG = "Corvid 3 answers in nine languages, says the laboratory in its report. " * 90
PERSON = Person(platform="scripted", address="ann", name="Ann", manager=True)
PLACE = Place(platform="scripted", address="chat", kind=PlaceKind.GROUP)


@pytest.fixture(autouse=True)
def one_entry_of_each_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "KEPT_OF_FEED", 1)


async def age(world: World, **period: float) -> dict[str, int]:
    """Let time pass, and tell what was forgotten by then."""
    world.clock.advance(timedelta(**period))
    return await retain(world.ctx)


async def titles(world: World) -> set[str]:
    return {entry.title for entry in await world.entries()}


async def indexed(world: World) -> int:
    async with world.store.read() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM entry_words"))).scalar_one())


async def quiet_world(world: World, *items: News) -> int:
    """A feed whose news nobody is told, with a newer entry after them."""
    feed = await world.feed("halden", *items)
    await world.settle()
    world.clock.advance(timedelta(hours=1))
    world.serve("halden", larkwell(hours=-0.5), *items)
    await world.poll(feed)
    await world.settle()
    return feed


async def test_old_texts_are_cut_to_their_opening_and_read_as_before_otherwise(both: World) -> None:
    await both.feed("halden", corvid(text=LONG), larkwell())
    await both.settle()
    before = await both.entries()
    assert await age(both, days=29) == {}
    assert await age(both, days=2) == {"texts": 2}
    assert await age(both, hours=1) == {}
    after = await both.entries()
    assert [entry.text for entry in after] == [entry.text[: retention.KEPT_OPENING] for entry in before]
    assert len(max((entry.text for entry in after), key=len)) == retention.KEPT_OPENING
    assert await both.count(entry_versions) == 0
    assert await indexed(both) == 2


async def test_texts_of_what_was_told_or_saved_lately_stay_whole(both: World) -> None:
    channel = await both.channel()
    await both.feed("halden", corvid(text=LONG))
    await both.feed("ledger", larkwell(text=LONG))
    await both.feed("bench", alpine(text=LONG))
    await both.settle("collect", "group")
    both.clock.advance(timedelta(days=20))
    told, saved, _ = sorted({entry.story_id for entry in await both.entries()})
    async with both.store.write() as tx:
        mark = {"channel_id": channel.id, "story_id": told, "told_at": both.clock()}
        await tx.execute(told_marks.insert(), {**mark, "entry_ids": [], "versions": {}, "said": "x"})
        story = SavedStory(
            story_id=saved, headline="H", link="https://l.example", outlet="L", saved_at=both.clock()
        )
        await readers.save_story(tx, PERSON, story)
    assert await age(both, days=15) == {"texts": 1}
    assert await age(both, days=20) == {"texts": 2}


async def test_an_edit_of_a_cut_text_is_judged_by_its_opening(both: World) -> None:
    feed = await both.feed("halden", corvid(text=LONG))
    await both.settle()
    await age(both, days=31)
    (entry,) = await both.entries()
    both.serve("halden", corvid(text=f"{LONG} It runs on 12 machines in Bergen."))
    await both.poll(feed)
    (edited,) = await both.entries()
    assert (edited.version, edited.text, edited.grouped_at) == (2, entry.text, entry.grouped_at)
    both.serve("halden", corvid(text=f"It runs on 12 machines in Bergen. {LONG}"))
    await both.poll(feed)
    (changed,) = await both.entries()
    assert (changed.version, changed.grouped_at) == (3, None)
    assert len(changed.text) == retention.KEPT_OPENING


async def test_what_nobody_was_told_goes_with_all_that_belongs_to_it(both: World) -> None:
    await quiet_world(both, corvid(), alpine(), garden())
    assert await age(both, days=179) == {"texts": 4}
    assert await age(both, days=2) == {"entries": 3}
    assert await titles(both) == {larkwell().title}
    (story,) = await both.rows(stories)
    assert {row.story_id for row in await both.entries()} == {story.id}
    assert {row.entry_id for row in await both.rows(verdicts)} == {row.id for row in await both.entries()}
    assert await indexed(both) == 1
    assert await age(both, days=400) == {}


@pytest.mark.parametrize("hours", [1.0, None])
async def test_what_a_feed_serves_for_ever_is_no_news_after_it_is_gone(
    both: World, hours: float | None
) -> None:
    old = corvid(hours=hours, guid="a-guid"), alpine(hours=hours, guid="https://halden.example/?p=4")
    feed = await quiet_world(both, *old)
    channel = await both.channel()
    await both.wants(channel, "now")
    assert (await age(both, days=200))["entries"] == 2
    shown = both.platform.headlines(channel)
    renamed = alpine(hours=hours, guid="http://www.halden.example/?p=4", title="Alpine authority: labels")
    days = -24.0 * 200
    for documents in (
        [larkwell(hours=-0.5), *old],
        [larkwell(hours=-0.5), corvid(hours=hours, guid="a-guid", text="Edited since. " * 40), renamed],
        [larkwell(hours=-0.5), corvid(hours=hours, guid="another-guid"), renamed],
        [garden(hours=days), larkwell(hours=-0.5), *old],
    ):
        both.serve("halden", *documents)
        async with both.store.write() as tx:
            await tx.execute(text("UPDATE feeds SET item_hashes = '', body_hash = ''"))
        await both.poll(feed)
        await both.settle()
    assert await titles(both) == {larkwell().title, garden().title}
    assert both.platform.headlines(channel) == [*shown, garden().title]


async def test_items_at_one_page_are_told_apart_after_the_first_is_gone(both: World) -> None:
    page = "https://halden.example/weekly"
    feed = await quiet_world(both, corvid(link=page, guid="one"))
    await age(both, days=200)
    both.serve("halden", larkwell(hours=-0.5), alpine(link=page, guid="two", hours=-24.0 * 200))
    await both.poll(feed)
    assert await titles(both) == {larkwell().title, alpine().title}


async def test_told_and_saved_stories_stay_and_are_not_told_again(both: World) -> None:
    feed = await both.feed("halden", corvid())
    await both.settle()
    channel = await both.channel()
    subscription = await both.wants(channel, "daily 10:00")
    assert subscription
    both.serve("halden", larkwell(hours=-0.5), alpine(hours=-0.6), corvid())
    both.clock.advance(timedelta(minutes=50))
    await both.poll(feed)
    await both.settle("group")
    both.clock.advance(timedelta(minutes=11))
    await both.settle()
    told = both.platform.headlines(channel)
    assert told
    story = next(entry.story_id for entry in await both.entries() if entry.title == corvid().title)
    async with both.store.write() as tx:
        await readers.save_story(
            tx, PERSON, SavedStory(story_id=story, headline="H", link="l", outlet="O", saved_at=both.clock())
        )
    counts = await age(both, days=200)
    assert "entries" not in counts
    assert {row.said for row in await both.rows(told_marks)} == {""}
    for body in ("Larkwell will pay 40 million euros to the hospitals. ", "The hospitals got 50 million. "):
        both.serve("halden", larkwell(hours=-0.5, text=body * 12), alpine(hours=-0.6), corvid())
        await both.poll(feed)
        both.clock.advance(timedelta(days=1))
        await both.settle()
    assert both.platform.headlines(channel) == told


async def test_a_merged_story_that_was_saved_keeps_what_it_went_into(both: World) -> None:
    await quiet_world(both, corvid(), alpine())
    first, second, _ = sorted(row.id for row in await both.rows(stories))
    async with both.store.write() as tx:
        await tx.execute(
            stories.insert(), {"change_no": 99, "created_at": both.clock(), "changed_at": both.clock()}
        )
        gone = (await tx.execute(select(func.max(stories.c.id)))).scalar_one()
        await tx.execute(stories.update().where(stories.c.id == gone).values(merged_into=second))
        await readers.save_story(
            tx, PERSON, SavedStory(story_id=gone, headline="H", link="l", outlet="O", saved_at=both.clock())
        )
    assert (await age(both, days=200))["entries"] == 1
    left = {row.id for row in await both.rows(stories)}
    assert {second, gone} <= left
    assert first not in left


async def test_it_goes_on_where_it_ended_and_each_step_is_small(
    both: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.operating.retention.BATCH_ROWS", 1)
    monkeypatch.setattr("bot.jobs.operating.retention.BATCHES_MAX", 2)
    await quiet_world(both, corvid(), alpine(), garden())
    assert await age(both, days=200) == {"texts": 2, "entries": 2}
    assert await age(both, hours=1) == {"texts": 2, "entries": 1}
    assert await age(both, hours=1) == {}
    assert await titles(both) == {larkwell().title}


async def test_posts_forget_what_they_were_made_of(both: World) -> None:
    channel = await both.channel()
    await both.wants(channel, "daily 10:00")
    await both.feed("halden", corvid())
    await both.settle()
    both.clock.advance(timedelta(hours=1, minutes=1))
    await both.settle()
    async with both.store.write() as tx:
        for _ in range(2):
            number = await outbox.record_answer_start(tx, PLACE, both.clock())
            await outbox.record_answer_post(tx, number, f"a{number}", both.clock())
    (posted,) = await both.rows(operations)
    assert await age(both, days=29) == {}
    both.clock.advance(timedelta(days=2))
    await both.settle()
    counts = await retain(both.ctx)
    assert counts["operations"] == 1
    assert counts["answers"] == 1
    (emptied, *_) = await both.rows(operations)
    assert (emptied.payload, emptied.post, emptied.state) == ({}, posted.post, posted.state)
    assert await both.count(slots) >= 1
    assert await both.count(answers) == 1
    assert "operations" not in await age(both, hours=1)


async def test_a_page_keeps_what_stands_on_it(world: World) -> None:
    channel = await world.channel(kind="page")
    async with world.store.write() as tx:
        await tx.execute(text("UPDATE channels SET kind = 'page'"))
    await world.wants(channel, "daily 10:00")
    await world.feed("halden", corvid())
    await world.settle()
    world.clock.advance(timedelta(hours=1, minutes=1))
    await world.settle()
    await age(world, days=60)
    (posted,) = await world.rows(operations)
    assert posted.payload["stories"]


async def test_nothing_is_forgotten_where_all_is_kept(world: World) -> None:
    await quiet_world(world, corvid(text=LONG), alpine())
    kept = replace(world.ctx, policy=replace(world.ctx.policy, keep=Keep(None, None, None)))
    world.clock.advance(timedelta(days=4000))
    assert await retain(kept) == {}
    assert await world.count(entries) == 3
    assert await world.count(gone_keys) == 0


async def test_a_button_of_a_story_that_is_gone_is_answered_in_a_sentence(both: World) -> None:
    await quiet_world(both, corvid(), alpine())
    await both.channel()
    gone = {row.id for row in await both.rows(stories)}
    await age(both, days=200)
    gone -= {row.id for row in await both.rows(stories)}
    assert len(gone) == 2
    said = {typed: await ask(both, f"/{typed} i{min(gone)}") for typed in ("story", "why", "save")}
    assert set(said.values()) == {
        "That story is not among the feeds of this place. /latest shows the newest.",
    }
    assert not [event for event in both.logged if event["level"] in {"error", "exception"}]


async def ask(world: World, typed: str) -> str:
    """Type a command, and return what the answer says."""
    call = world.house.dispatcher.typed(typed, Call("", {}, PERSON, PLACE))
    assert call is not None
    answer = await world.house.dispatcher.answer(call)
    return " ".join(block.text for block in answer.document.blocks if isinstance(block, Text))


async def test_housekeeping_retains_and_says_how_much(world: World) -> None:
    await quiet_world(world, corvid(), alpine())
    world.clock.advance(timedelta(days=200))
    await housekeeping(world.ctx, 0)
    (event,) = world.events("store.retained")
    assert event["entries"] == 2
