"""correct: what was posted is put right when its sources change what it says."""

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.errors import DatabaseUnavailable, Refused, Unsure
from bot.jobs.operating.housekeeping import housekeeping
from bot.jobs.publishing.corrections import Corrector, correct
from bot.model import (
    Channel,
    Document,
    OperationKind,
    OperationState,
    Pause,
    Payload,
    Quiet,
    Sentence,
    Summary,
)
from bot.ports import SummaryTask
from bot.store import Store, open_store, outbox, places, posting_hold
from bot.store import posted_documents as composed_store
from bot.store.schema import composed_entries, compositions, operations
from tests.conftest import StillClock
from tests.jobs.conftest import Trouble
from tests.jobs.delivering.test_crash import Died, Fragile
from tests.support.world import FILLER, News, Scripted, Shown, World, corvid, corvid_elsewhere, larkwell

LINES = ("collect", "read", "group", "publish", "correct", "deliver")
FIXED = corvid(
    title="Halden Labs releases Corvid 3, an open language model",
    text=f"Halden Labs released Corvid 3 on Monday, an open language model with 17 billion parameters. {FILLER}",
)


async def posted(world: World, *items: News, when: str = "now") -> Channel:
    """A channel that was told of some news."""
    channel = await world.channel()
    await world.wants(channel, when)
    await world.feed("halden")
    await world.settle(*LINES)
    await served(world, *items)
    return channel


async def served(world: World, *items: News) -> None:
    """The feed says this now, and everything is done that follows from it."""
    world.serve("halden", *items)
    world.clock.advance(60)
    await world.poll(1)
    await world.settle(*LINES)


async def digested(world: World, *items: News) -> Channel:
    """A channel with a digest of some news."""
    channel = await posted(world, *items, when="10:00")
    world.clock.advance(timedelta(hours=1))
    await world.settle(*LINES)
    return channel


def stories(world: World, channel: Channel, place: int = -1) -> list[dict[str, str]]:
    found: list[dict[str, str]] = world.platform.chats[channel.address][place].payload["stories"]
    return found


async def edits(world: World) -> list[str]:
    return [row.state for row in await world.rows(operations) if row.kind == OperationKind.EDIT]


# --- edits -------------------------------------------------------------------------------------------------


async def test_a_figure_that_changes_is_put_right_in_the_post_and_is_no_update(both: World) -> None:
    channel = await posted(both, corvid())
    (before,) = stories(both, channel)
    assert "70 billion" in before["text"]
    await served(both, FIXED)
    assert len(both.platform.chats["chat"]) == 1
    (after,) = stories(both, channel)
    assert "17 billion" in after["text"]
    assert "70 billion" not in after["text"]
    assert after["meta"] == f"{before['meta']} · corrected"
    assert (after["headline"], after["link"]) == (before["headline"], before["link"])
    both.clock.advance(timedelta(hours=3))
    await both.settle(*LINES)
    assert len(both.platform.chats["chat"]) == 1
    assert await edits(both) == ["done"]


async def test_two_processes_that_put_one_post_right_do_it_once(both: World) -> None:
    await posted(both, corvid())
    both.serve("halden", FIXED)
    both.clock.advance(60)
    await both.poll(1)
    await both.settle("collect", "read", "group")
    first, second = Corrector(both.ctx), Corrector(both.ctx)
    (number,) = await first.due()
    await asyncio.gather(first.run(number), second.run(number))
    assert (
        len(both.events("correction.overtaken")) <= 1
    )  # whoever reads after the other saved has nothing to do
    assert not await first.due()
    await both.settle("deliver")
    assert await edits(both) == ["done"]


async def test_one_story_of_a_digest_is_put_right_and_the_rest_stays(both: World) -> None:
    channel = await digested(both, corvid(), larkwell())
    assert len(both.platform.chats["chat"]) == 1
    before = {story["headline"]: story for story in stories(both, channel)}
    assert len(before) == 2
    await served(both, FIXED, larkwell())
    after = {story["headline"]: story for story in stories(both, channel)}
    assert after[larkwell().title] == before[larkwell().title]
    assert "17 billion" in after[corvid().title]["text"]
    assert len(both.platform.chats["chat"]) == 1


async def test_a_second_change_is_put_right_as_well_and_marked_once(world: World) -> None:
    channel = await posted(world, corvid())
    await served(world, FIXED)
    await served(world, replace(FIXED, text=FIXED.text.replace("17 billion", "18 billion")))
    (story,) = stories(world, channel)
    assert "18 billion" in story["text"]
    assert story["meta"].count("corrected") == 1
    assert await edits(world) == ["done", "done"]


async def test_other_words_without_a_figure_or_a_name_are_changed_silently(world: World) -> None:
    channel = await posted(world, corvid())
    (before,) = stories(world, channel)
    calmer = corvid(
        title="Halden Labs publishes its newly trained open language model, called Corvid 3",
        text=corvid().text.replace("Engineers explained that the work began three winters ago in a former cannery by the harbour", "Nobody said when or where any of this work had been started, or who had ever thought of doing it"),
    )  # fmt: skip
    await served(world, calmer)
    (after,) = stories(world, channel)
    assert after["headline"] == calmer.title
    assert after["meta"] == before["meta"]


async def test_what_the_post_does_not_show_changes_nothing(world: World) -> None:
    channel = await posted(world, corvid())
    before = stories(world, channel)
    assert "Iceland" not in before[0]["text"]
    more = corvid().text.replace("Norway, Denmark and Iceland", "Norway, Denmark and 12 more countries")
    await served(world, corvid(text=more))
    assert (await world.entries())[0].version == 2
    assert stories(world, channel) == before
    assert await edits(world) == []
    assert [row.version for row in await world.rows(composed_entries)] == [2]


async def test_a_post_that_is_still_on_its_way_is_put_right_when_it_has_arrived(world: World) -> None:
    world.platform.script = [Unsure("no answer")]
    channel = await posted(world, corvid())
    assert await world.states() == [OperationState.UNCERTAIN]
    world.serve("halden", FIXED)
    await world.poll(1)
    await world.settle("correct")
    assert await edits(world) == []
    world.clock.advance(timedelta(minutes=1))
    await world.settle("deliver")
    await world.settle("correct", "deliver")
    assert "17 billion" in stories(world, channel)[0]["text"]
    assert len(world.platform.chats["chat"]) == 1


async def test_after_two_days_a_post_stays_as_it_is(world: World) -> None:
    channel = await posted(world, corvid())
    before = stories(world, channel)
    world.clock.advance(timedelta(hours=49))
    await served(world, FIXED)
    assert stories(world, channel) == before


async def test_nothing_is_put_right_while_posts_are_held(world: World) -> None:
    await posted(world, corvid())
    async with world.store.write() as tx:
        await posting_hold.start_hold(tx, world.clock())
    await served(world, FIXED)
    assert await edits(world) == []


# --- replies -----------------------------------------------------------------------------------------------


async def test_where_a_message_cannot_be_edited_a_reply_says_it(both: World) -> None:
    channel = await posted(both, corvid())
    both.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
    await served(both, FIXED)
    both.clock.advance(10)
    await both.settle(*LINES)
    first, reply = both.platform.chats["chat"]
    assert reply.reply_to == first.post
    (story,) = stories(both, channel)
    assert (story["label"], "17 billion" in story["text"]) == ("Correction", True)
    both.clock.advance(timedelta(hours=1))
    await both.settle(*LINES)
    assert len(both.platform.chats["chat"]) == 2


async def test_a_deleted_post_stays_deleted(world: World) -> None:
    await posted(world, corvid())
    world.platform.chats["chat"].clear()
    await served(world, FIXED)
    world.clock.advance(timedelta(hours=1))
    await world.settle(*LINES)
    assert world.platform.chats["chat"] == []
    assert await edits(world) == [OperationState.REFUSED]


@pytest.mark.parametrize("refusals", [1, 2, 3])
async def test_a_post_whose_edits_are_refused_has_a_notice_for_each_figure_that_does_not_hold(
    both: World, refusals: int
) -> None:
    await posted(both, corvid())
    for number in range(refusals):
        both.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
        await served(both, replace(FIXED, text=FIXED.text.replace("17 billion", f"{17 + number} billion")))
        both.clock.advance(10)
        await both.settle(*LINES)
    first, *notices = both.platform.chats["chat"]
    assert [notice.reply_to for notice in notices] == [first.post] * refusals
    assert f"{16 + refusals} billion" in notices[-1].payload["stories"][0]["text"]
    assert await Corrector(both.ctx).due() == []


async def test_two_refused_edits_of_one_correction_have_one_notice(world: World) -> None:
    platform = Paged(pages={"70 billion": 2, "17 billion": 2})
    world = await World.on(world.store, world.clock, platform)
    channel = await posted(world, corvid())
    world.platform.script = [Refused("Scripted refused the message: message can't be edited.")] * 2
    await served(world, FIXED)
    world.clock.advance(10)
    await world.settle(*LINES)
    assert len(await edits(world)) == 2
    notices = [row.part for row in await world.rows(operations) if row.purpose == "instead"]
    assert notices == [1, 2], "one notice, of as many messages as its text needs"
    assert len(world.platform.chats[channel.address]) == 4


async def test_other_words_for_the_same_are_worth_no_notice(world: World) -> None:
    channel = await posted(world, corvid())
    (before,) = stories(world, channel)
    reworded = corvid(text=corvid().text.replace("Halden Labs released Corvid 3 on Monday", "On Monday Halden Labs released Corvid 3"))  # fmt: skip
    world.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
    await served(world, reworded)
    world.clock.advance(10)
    await world.settle(*LINES)
    assert await edits(world) == [OperationState.REFUSED]
    assert stories(world, channel) == [before]
    assert await Corrector(world.ctx).due() == []


async def test_what_no_source_bears_out_any_more_is_worth_a_notice_without_a_figure(world: World) -> None:
    await posted(world, corvid())
    taken_out = corvid(text=corvid().text.replace("Halden Labs released Corvid 3 on Monday, an open", "Halden Labs has not released Corvid 3, an open"))  # fmt: skip
    world.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
    await served(world, taken_out)
    world.clock.advance(10)
    await world.settle(*LINES)
    first, notice = world.platform.chats["chat"]
    assert notice.reply_to == first.post


# --- fewer messages ----------------------------------------------------------------------------------------


@dataclass
class Paged(Scripted):
    """A platform on which a document has as many messages as `pages` says of words in it."""

    pages: dict[str, int] = field(default_factory=lambda: {"70 billion": 2})

    def render(self, document: Document, channel: Channel) -> tuple[Payload, ...]:
        text = str(document.blocks)
        self.parts = next((count for words, count in self.pages.items() if words in text), 1)
        (whole, *rest) = super().render(document, channel)
        return (whole, *({**page, "said": [text]} for page in rest))


async def test_where_fewer_messages_are_needed_the_first_is_edited_and_the_rest_goes(store: Store) -> None:
    world = await World.on(store, StillClock(), Paged())
    channel = await posted(world, corvid())
    assert len(world.platform.chats[channel.address]) == 2
    await served(world, FIXED)
    (shown,) = world.platform.chats[channel.address]
    assert "17 billion" in shown.headlines[0] + shown.payload["stories"][0]["text"]
    assert [row.kind for row in await world.rows(operations)] == ["send", "send", "edit", "delete"]
    await served(world, replace(FIXED, text=FIXED.text.replace("17 billion", "18 billion")))
    (shown,) = world.platform.chats[channel.address]
    assert "18 billion" in shown.payload["stories"][0]["text"]
    assert shown.post == "m1"


async def test_where_the_edit_is_refused_nothing_is_removed(store: Store) -> None:
    world = await World.on(store, StillClock(), Paged())
    channel = await posted(world, corvid())
    world.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
    await served(world, FIXED)
    world.clock.advance(10)
    await world.settle(*LINES)
    first, second, notice = world.platform.chats[channel.address]
    assert "70 billion" in first.payload["stories"][0]["text"]
    assert second.reply_to == ""
    assert notice.reply_to == first.post
    states = {row.kind: row.state for row in await world.rows(operations)}
    assert (states["edit"], states["delete"]) == (OperationState.REFUSED, OperationState.SUPERSEDED)


@pytest.mark.parametrize("kept", [False, True], ids=["undone", "unheard"])
async def test_a_death_while_messages_are_put_right_leaves_one_whole_text(
    migrated_file: Path, tmp_path: Path, kept: bool
) -> None:
    async def lived(fatal: int) -> tuple[list[Shown], int]:
        inner = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / f'{fatal}{kept}.db')}")
        world = await World.on(inner, StillClock(), Paged())
        await posted(world, corvid())
        world.serve("halden", FIXED)
        world.clock.advance(60)
        await world.poll(1)
        fragile = Fragile(inner, fatal, kept)
        with contextlib.suppress(Died):
            dying = await World.on(fragile, world.clock, world.platform, world.web)
            await dying.settle(*LINES)
        again = await World.on(inner, world.clock, world.platform, world.web)
        for _ in range(3):
            again.clock.advance(60)
            await again.settle(*LINES)
        await inner.close()
        return world.platform.chats["chat"], fragile.commits

    expected, commits = await lived(0)
    assert len(expected) == 1
    for fatal in range(1, commits + 1):
        shown, _ = await lived(fatal)
        assert [one.payload["stories"][0]["text"] for one in shown] == [
            one.payload["stories"][0]["text"] for one in expected
        ], f"died at commit {fatal} of {commits}"


async def test_where_other_messages_would_be_needed_a_reply_says_it(world: World) -> None:
    await posted(world, corvid())
    world.platform.parts = 2
    await served(world, FIXED)
    first, reply, *_ = world.platform.chats["chat"]
    assert "70 billion" in first.payload["stories"][0]["text"]
    assert reply.payload["stories"][0]["label"] == "Correction"
    assert reply.reply_to == first.post


@pytest.mark.parametrize(
    "title",
    ["Retraction: Halden Labs releases Corvid 3", "Ritirato: Halden Labs pubblica Corvid 3", "【撤稿】Halden Labs 发布 Corvid 3"],
)  # fmt: skip
async def test_a_retraction_is_told_as_a_reply(world: World, title: str) -> None:
    channel = await posted(world, corvid())
    before = stories(world, channel)
    await served(world, corvid(title=title))
    first, reply = world.platform.chats["chat"]
    assert first.payload["stories"] == before
    assert reply.reply_to == first.post
    assert [(s["label"], s["headline"]) for s in reply.payload["stories"]] == [("Retracted", title)]


# --- what is kept ------------------------------------------------------------------------------------------


async def test_what_another_source_still_says_stays(world: World) -> None:
    channel = await posted(world, corvid())
    before = stories(world, channel)
    await world.feed("ledger", corvid_elsewhere())
    await world.settle(*LINES)
    await served(world, corvid())
    assert stories(world, channel, 0) == before
    assert await edits(world) == []


async def test_what_was_composed_is_forgotten_after_a_week(both: World) -> None:
    await digested(both, corvid(), larkwell())
    assert (await both.count(compositions), await both.count(composed_entries)) == (1, 2)
    both.clock.advance(timedelta(days=6))
    await housekeeping(both.ctx, 0)
    assert await both.count(compositions) == 1
    both.clock.advance(timedelta(days=2))
    await housekeeping(both.ctx, 0)
    assert (await both.count(compositions), await both.count(composed_entries)) == (0, 0)


async def test_a_correction_that_fails_in_an_unexpected_way_stops_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await posted(world, corvid())

    def broken(self: Scripted, *_: object) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("bot.jobs.publishing.corrections.draft_changes", broken)
        await served(world, FIXED, larkwell())
    assert world.platform.headlines(channel)[-1] == larkwell().title
    assert len(world.events("post.not_corrected")) == 1


# --- what is no longer there -------------------------------------------------------------------------------


async def test_a_locked_database_only_delays_a_correction(trouble: Trouble, world: World) -> None:
    channel = await posted(world, corvid())
    world.serve("halden", FIXED)
    world.clock.advance(60)
    await world.poll(1)
    corrector = Corrector(world.ctx)
    (number,) = await corrector.due()
    async with trouble(world):
        with pytest.raises(DatabaseUnavailable):
            await corrector.run(number)
    assert await corrector.due() == [number]
    await corrector.run(number)
    await world.settle("deliver")
    assert "17 billion" in stories(world, channel)[0]["text"]
    assert world.events("post.not_corrected") == []


async def test_a_post_that_is_not_kept_any_more_is_left_alone(world: World) -> None:
    await posted(world, corvid())
    (operation,) = await world.rows(operations)
    world.clock.advance(timedelta(days=8))
    async with world.store.write() as tx:
        await composed_store.forget(tx, world.clock())
    await correct(world.ctx, operation.id)
    await correct(world.ctx, 99)
    assert await edits(world) == []


async def test_a_story_that_the_post_does_not_tell_changes_nothing(world: World) -> None:
    await posted(world, corvid())
    (operation,) = await world.rows(operations)
    async with world.store.write() as tx:
        await composed_store.put_right(tx, operation.id, Document((), "en"), {})
    await served(world, FIXED)
    assert await edits(world) == []
    assert {row.version for row in await world.rows(composed_entries)} == {2}


async def test_a_part_that_never_arrived_cannot_be_edited_and_a_reply_says_it(world: World) -> None:
    await posted(world, corvid())
    world.serve("halden", FIXED)
    world.clock.advance(60)
    await world.poll(1)
    (operation,) = await world.rows(operations)
    async with world.store.write() as tx:
        await outbox.settle(tx, operation.id, OperationState.REFUSED, "it was too long")
    await correct(world.ctx, operation.id)
    assert await edits(world) == []
    assert [row.purpose for row in await world.rows(operations)] == ["story", "correction"]


async def test_where_the_summary_stays_the_same_nothing_is_edited(world: World) -> None:
    sentence = "Halden Labs released Corvid 3, an open language model with 70 billion parameters."

    class Steady:
        translates = True

        async def summarize(self, wanted: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:
            return tuple(
                replace(honest, sentences=(Sentence(sentence, honest.sentences[0].receipts),))
                for honest in await inner.summarize(wanted, server)
            )

    inner = world.ctx.summarizer
    object.__setattr__(world.ctx, "summarizer", Steady())
    channel = await posted(world, corvid(text=f"{sentence} {FILLER}"))
    (before,) = stories(world, channel)
    assert before["text"] == sentence
    await served(world, corvid())
    assert stories(world, channel) == [before]
    assert await edits(world) == []


# --- notices -----------------------------------------------------------------------------------------------


def version(number: int) -> News:
    return replace(FIXED, text=FIXED.text.replace("17 billion", f"{number} billion"))


async def refuse_edit(world: World, *items: News) -> None:
    world.platform.script = [Refused("Scripted refused the message: message can't be edited.")]
    await served(world, *items)
    world.clock.advance(10)
    await world.settle(*LINES)


async def test_a_post_that_is_put_right_after_all_loses_the_notice_that_says_something_else(
    both: World,
) -> None:
    await posted(both, corvid())
    await refuse_edit(both, version(17))
    assert len(both.platform.chats["chat"]) == 2
    await served(both, version(18))
    (shown,) = both.platform.chats["chat"]
    assert "18 billion" in shown.payload["stories"][0]["text"]
    await served(both, version(19))
    assert [row.kind for row in await both.rows(operations)].count("delete") == 1


async def test_a_shrinking_edit_that_was_refused_is_tried_again_with_the_next_change(store: Store) -> None:
    world = await World.on(store, StillClock(), Paged())
    channel = await posted(world, corvid())
    await refuse_edit(world, version(17))
    await served(world, version(18))
    (shown,) = world.platform.chats[channel.address]
    assert "18 billion" in shown.payload["stories"][0]["text"]


async def test_a_notice_outlives_a_pause(world: World) -> None:
    channel = await posted(world, corvid())
    async with world.store.write() as tx:
        until = world.clock() + timedelta(days=3)
        await places.set_pause(tx, channel.id, Pause(world.clock(), until))
    await refuse_edit(world, version(17))
    assert len(world.platform.chats["chat"]) == 1
    world.clock.advance(timedelta(days=3, minutes=1))
    await world.settle(*LINES)
    first, notice = world.platform.chats["chat"]
    assert notice.reply_to == first.post


async def test_a_notice_waits_for_the_end_of_the_quiet_hours(world: World) -> None:
    channel = await posted(world, corvid())
    async with world.store.write() as tx:
        await places.set_quiet(tx, channel.id, Quiet(time(8), time(20)))
    await refuse_edit(world, version(17))
    assert len(world.platform.chats["chat"]) == 1
    world.clock.advance(timedelta(hours=11))
    await world.settle(*LINES)
    assert len(world.platform.chats["chat"]) == 2
