"""follow up: tell somebody in their private chat what is new of a story that they follow.

A story that changed is compared with what its reader was told of it, as a channel's is; what brings nothing
is passed by.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.jobs import Context
from bot.jobs.publishing.enqueue import OutboxDocument, render_payloads, write
from bot.jobs.publishing.summarize import summarize
from bot.model import Channel, FollowedStory, Length, Purpose, Ranking, Text, ToldMark
from bot.pipeline.composing import compose
from bot.pipeline.composing.compose import StoryCard
from bot.pipeline.planning.plan import without_pointers
from bot.pipeline.selection.feed_rules import can_be_led, with_rules_of_feeds
from bot.pipeline.selection.novelty import assess_novelty, opening
from bot.pipeline.selection.rank import rank
from bot.pipeline.timing.quiet_hours import closed_until
from bot.ports import SummaryTask
from bot.store import Tx, feeds, places, posting_hold, reader_choices, stories, subscriptions

BATCH_FOLLOWS = 500
LIFE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Inputs:
    """A follow, the private chat of its reader, the story as it is seen there, and what was told of it."""

    follow: FollowedStory
    channel: Channel
    ranking: Ranking | None
    mark: ToldMark | None


async def due_follows(ctx: Context) -> list[int]:
    """Return the ids of follows whose story has changed, but for chats that are asleep."""
    async with ctx.store.read() as tx:
        if await posting_hold.held_since(tx):
            return []
        channel_ids = await reader_choices.changed_follows(tx, BATCH_FOLLOWS)
        channels = {
            channel_id: await places.channel(tx, channel_id) for channel_id in set(channel_ids.values())
        }
    return [
        follow_id
        for follow_id, channel_id in channel_ids.items()
        if (channel := channels[channel_id]) and not _is_asleep(ctx, channel)
    ]


async def follow_up(ctx: Context, follow_id: int) -> None:
    """Tell what is new of a followed story, or pass it by."""
    async with ctx.store.read() as tx:
        inputs = await _load(tx, ctx, follow_id)
    if inputs is None:
        return
    card = await _write_card(ctx, inputs)
    story = inputs.ranking.story if inputs.ranking else None
    async with ctx.store.write() as tx:
        if await reader_choices.follow_at(tx, follow_id) is None:
            return  # its reader ended it meanwhile
        if story is None:
            await reader_choices.look_up_to(
                tx, follow_id, inputs.follow.story_id, await stories.newest_change(tx)
            )
            return
        if card is not None:
            if await places.publish_turn(tx, inputs.channel.id) != inputs.channel.publish_no:
                return  # something else was told there meanwhile: it is looked at again
            await write(tx, ctx, inputs.channel, _document(ctx, inputs.channel, card), ctx.clock())
        await reader_choices.look_up_to(tx, follow_id, story.id, story.change_no)
    if card is not None:
        ctx.wake("deliver")
        ctx.log.info("follow.told", channel=inputs.channel.id, story=story.id)


async def _load(tx: Tx, ctx: Context, follow_id: int) -> _Inputs | None:
    follow = await reader_choices.follow_at(tx, follow_id)
    channel = await places.channel(tx, follow.channel_id) if follow else None
    if follow is None or channel is None:
        return None
    view = await feeds.in_view(tx, channel.server_id)
    story = await stories.get(tx, follow.story_id, [feed.id for feed in view])
    if story is None or not story.entries:
        return _Inputs(follow, channel, None, None)
    (ruled_story,) = with_rules_of_feeds([story], view)
    ranking = rank(ruled_story, ctx.clock(), channel.languages_read, ctx.kinds)
    marks = without_pointers(await subscriptions.marks_in(tx, channel.id, [story.id]))
    return _Inputs(follow, channel, ranking, marks.get(story.id) or _known_to_reader(follow, ranking))


def _is_asleep(ctx: Context, channel: Channel) -> bool:
    now = ctx.clock()
    return closed_until(channel, now) is not None or channel.is_paused(now)


async def _write_card(ctx: Context, inputs: _Inputs) -> StoryCard | None:
    """Return the story with what is new of it, None where nothing is."""
    ranking = inputs.ranking
    if ranking is None or not can_be_led(ranking.story):
        return None
    novelty = assess_novelty(ranking, inputs.mark, ctx.kinds, ctx.clock())
    if novelty.skip or not novelty.update:
        return None
    fresh = tuple(entry for entry in novelty.fresh if entry.id not in ranking.aside)
    if not fresh:
        return None
    ranking = replace(ranking, update=True, fresh=fresh)
    task = SummaryTask(ranking, inputs.channel.language, Length.LINE)
    (summary,) = await summarize(ctx, [task], inputs.channel)
    return StoryCard(ranking, summary, inputs.mark)


def _document(ctx: Context, channel: Channel, card: StoryCard) -> OutboxDocument:
    now, words = ctx.clock(), ctx.texts.for_language(channel.language)
    post = compose.instant(card, words, channel, now)
    note = Text(words("You follow this story. /unfollow ends that."), quiet=True)
    document = replace(post, blocks=(*post.blocks, note))
    return OutboxDocument(
        intent=f"follow:{channel.id}:{card.ranking.story.id}:{card.ranking.story.change_no}",
        purpose=Purpose.STORY,
        subject_id=card.ranking.story.id,
        cards=(card,),
        payloads=render_payloads(ctx, document, channel, now),
        not_after=now + LIFE,
        reply_to=card.mark.operation_id if card.mark else None,
        document=document,
    )


def _known_to_reader(follow: FollowedStory, ranking: Ranking) -> ToldMark:
    """Return what the reader of a follow knew of its story as they began to follow it. It is no mark of their
    chat: a digest there tells the story all the same.
    """
    entries = [entry for entry in ranking.story.entries if entry.first_seen <= follow.followed_at]
    return ToldMark(
        story_id=ranking.story.id,
        told_at=follow.followed_at,
        entry_ids=frozenset(entry.id for entry in entries),
        said="\n".join(opening(entry) for entry in entries),
        versions={entry.id: entry.version for entry in entries},
    )
