"""Read models: what one place may see of the news. Reading never marks anything as told."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from bot.commands.registry import registry
from bot.commands.targets import typed_target
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.jobs.publishing.summarize import summarize
from bot.languages import base_language
from bot.model import (
    Actions,
    Answer,
    Bar,
    Block,
    Button,
    Call,
    Channel,
    ChannelState,
    Document,
    Feed,
    FeedInView,
    Length,
    MarkKind,
    Pause,
    Place,
    PlaceKind,
    Ranking,
    ShownTime,
    Story,
    Text,
)
from bot.pipeline.composing.compose import StoryCard
from bot.pipeline.composing.story_key import channel_id_of, opens
from bot.pipeline.planning.plan import can_be_told_in
from bot.pipeline.selection.feed_rules import can_be_led, with_rules_of_feeds
from bot.pipeline.selection.rank import rank, sort_by_score
from bot.pipeline.timing.quiet_hours import closed_until
from bot.ports import SummaryTask
from bot.store import (
    Tx,
    entry_search,
    feed_visibility,
    feeds,
    own_topics,
    places,
    reader_choices,
    sagas,
    stories,
    subscriptions,
)
from bot.store.entry_search import Scope
from bot.text.search_words import SearchTerms
from bot.threads import in_thread

REMOVED_REASON = "I was removed, or may not post there any more."
"""Why a place is paused where no right is known to be missing."""

SAGA_MAX = 8
"""Other stories of its saga that are named beside a story, the likest."""

NO_ZONE = "UTC"
"""The zone of an instance, or a place, for which nobody has chosen one."""

OPENING = 4_000
"""Characters of an entry's text by which stories are ranked and searched; those that are shown are read
whole.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Where a Call comes from and what may be seen there. A place we have no record of is a channel with id
    0.

    `asker` is who asks, `server_id` that of the place, and `requester` the server on whose behalf, a negative
    number where we have no record of it. For a `stranger` no model is asked. `target` is typed behind
    commands about the same place.
    """

    channel: Channel
    known: bool
    feeds: Sequence[FeedInView]
    server_id: int | None
    words: Words
    asker: Hashable
    requester: int
    stranger: bool
    target: str = ""

    @property
    def feed_ids(self) -> list[int]:
        """The ids of the feeds in view."""
        return [feed.id for feed in self.feeds]


async def view_of(ctx: Context, call: Call) -> View:
    """Return what a Call's place may see."""
    async with ctx.store.read() as tx:
        channel = await places.channel_at(tx, call.place)
        server = (
            channel.server_id
            if channel
            else await places.server_at(tx, call.place.platform, call.place.server_address)
        )
        stranger = server is None and await _is_stranger(tx, ctx, call)
        visible = await _feeds_in_view(tx, server)
        answered_channel = channel if call.origin is None else await _heard_in(tx, call, channel)
        own_language = await _own_language(tx, ctx, call)
    own_channel = channel or unknown(ctx, call.place)
    if own_channel.kind is PlaceKind.PRIVATE:
        own_channel = replace(own_channel, view_key="")  # nobody else reads its links
    return View(
        channel=own_channel,
        known=channel is not None,
        feeds=visible,
        server_id=server,
        words=ctx.texts.for_language(own_language or answer_language(ctx, call, answered_channel)),
        asker=(call.person.platform, call.person.address),
        requester=server or _number_of(call.place),
        stranger=stranger,
        target=typed_target(ctx, call),
    )


async def _own_language(tx: Tx, ctx: Context, call: Call) -> str:
    """Return the language of an answer that nobody but the asker reads: what they chose, or where others are
    about the one that their platform tells; empty where the place says it.
    """
    if not is_for_asker(ctx, call):
        return ""
    if chosen_language := await reader_choices.language_of(tx, call.person):
        return chosen_language
    code = base_language(call.person.language)
    is_among_others = call.conversation.kind not in {PlaceKind.PRIVATE, PlaceKind.PAGE}
    return code if is_among_others and code in ctx.texts.languages else ""


async def _feeds_in_view(tx: Tx, server_id: int | None) -> list[FeedInView]:
    """Return the feeds that a server may see, with the numbers that it knows them by."""
    visible = await feeds.in_view(tx, server_id)
    former_ids = await feed_visibility.former_ids(tx, server_id) if server_id else {}
    own_ids = {feed.id for feed in visible} if former_ids else set()
    return [
        replace(feed, former_id=former)
        if (former := former_ids.get(feed.id, 0)) and former not in own_ids
        else feed
        for feed in visible
    ]


async def whole_feeds(ctx: Context, view: View) -> list[Feed]:
    """Return the feeds of a view with all that is known of them."""
    async with ctx.store.read() as tx:
        return await feeds.visible(tx, view.server_id)


def moment_in(text: str, when: str, zone: str, at: datetime) -> ShownTime:
    """Return the moment of which a text says when it is, with the zone in brackets behind it, in any
    language.
    """
    start = text.find(when)
    end = text.find(zone, start) + len(zone)
    return ShownTime(text[start : end + text.startswith((")", "）"), end)], int(at.timestamp()))


def answer_with(view: View, blocks: Sequence[Block], *, edit: bool = False) -> Answer:
    """Return an answer of some blocks, in the words of a view; one that may `edit` stands in place of that
    whose button was pressed.
    """
    return Answer(document=Document(tuple(blocks), view.words.language), edit=edit)


def hides_answers(ctx: Context, call: Call) -> bool:
    """Tell whether the platform of a Call shows each answer to whoever asks alone."""
    platform = ctx.platforms.get(call.conversation.platform)
    return platform is not None and platform.hides_calls


def is_before_readers(ctx: Context, call: Call) -> bool:
    """Tell whether an answer would stand in a broadcast channel before all readers, where nobody can be
    asked: a button would act elsewhere.
    """
    return call.conversation.kind is PlaceKind.BROADCAST and not hides_answers(ctx, call)


def is_for_asker(ctx: Context, call: Call) -> bool:
    """Tell whether nobody but the asker reads the answer to a Call: all but news and help in the groups of
    platforms that show them to all.
    """
    here, command = call.conversation, registry().by_name.get(call.command)
    is_public = command is not None and command.spec.public and not call.target
    return hides_answers(ctx, call) or here.kind is not PlaceKind.GROUP or not is_public


async def _heard_in(tx: Tx, call: Call, about: Channel | None) -> Channel | None:
    """Return the channel in whose language somebody is told of another one: their private chat; none where
    their own language is known, else that which they are told about.
    """
    origin = call.conversation
    private = await places.channel_at(tx, origin) if origin.kind is PlaceKind.PRIVATE else None
    return private or (None if call.person.language or origin.language else about)


async def _is_stranger(tx: Tx, ctx: Context, call: Call) -> bool:
    """Tell whether somebody from a place without a record is none of a private instance's own."""
    private = not ctx.policy.limits.open_to_strangers and call.place.kind is not PlaceKind.PAGE
    return private and not await is_operator(tx, call)


def _number_of(place: Place) -> int:
    """Return the number that stands for the server of a place that we have no record of: a negative one,
    which no record has.
    """
    name = f"{place.platform}\n{place.server_address or place.address}"
    return -1 - int.from_bytes(blake2b(name.encode(), digest_size=6).digest())


def answer_language(ctx: Context, call: Call, channel: Channel | None) -> str:
    """Return the language to answer in: the asker's own in private and unknown places, else the channel's."""
    if channel is not None:
        return channel.language
    return _spoken_language(ctx, call.person.language or call.conversation.language)


def _spoken_language(ctx: Context, tag: str) -> str:
    """Return the language of a tag where the bot speaks it, else the instance's."""
    code = base_language(tag)
    return code if code in ctx.texts.languages else ctx.policy.language


def unknown(ctx: Context, place: Place) -> Channel:
    """Return a channel for a place that we have no record of, with the instance's habits."""
    language = _spoken_language(ctx, place.language)
    return Channel(
        id=0,
        platform=place.platform,
        address=place.address,
        kind=place.kind,
        server_id=0,
        thread=place.thread,
        name=place.name,
        language=language,
        zone=_zone_of(ctx, language),
    )


def _zone_of(ctx: Context, language: str) -> str:
    """Return the time zone of a new place: the instance's, or the only one of its language where that says
    nothing.
    """
    zones = ctx.texts.for_language(language).zones
    return zones[0] if ctx.policy.zone == NO_ZONE and len(zones) == 1 else ctx.policy.zone


async def recent(ctx: Context, view: View, topic: str, hours: float) -> list[Ranking]:
    """Return the stories of a view that changed within some hours, best first; where none can be read here,
    those that cannot.

    Their entries have the opening of their texts.
    """
    now = ctx.clock()
    since = now - timedelta(hours=hours)
    async with ctx.searches.turn(view.asker):
        async with ctx.store.read() as tx:
            top = await stories.newest_change(tx)
            news = await ctx.loaded_news.changed(
                tx, after=0, up_to=top, since=since, topic=topic, feed_ids=view.feed_ids, opening=OPENING
            )
        ruled_stories = with_rules_of_feeds(news.stories, view.feeds)
        fresh = [
            story
            for story in ruled_stories
            if can_be_led(story) and max(e.published for e in story.entries) >= since
        ]
        return await in_thread(_in_order, ctx, view, fresh, now)


async def recent_with(ctx: Context, view: View, search_terms: SearchTerms, hours: float) -> list[Ranking]:
    """Return the stories of a view that brought something within some hours in which an entry has what is
    looked for, best first.
    """
    now = ctx.clock()
    scope = Scope(feed_ids=view.feed_ids, since=now - timedelta(hours=hours))
    async with ctx.searches.turn(view.asker):
        async with ctx.store.read() as tx:
            entries_by_story = await entry_search.find(tx, search_terms, scope)
            matching = await stories.of_ids(tx, list(entries_by_story), view.feed_ids, OPENING)
        ruled_stories = with_rules_of_feeds(matching, view.feeds)
        return await in_thread(_in_order, ctx, view, ruled_stories, now)


def _in_order(ctx: Context, view: View, candidates: Iterable[Story], now: datetime) -> list[Ranking]:
    languages = view.channel.languages_read
    fresh = sort_by_score([ctx.rankings.rank(story, now, languages, ctx.kinds) for story in candidates])
    return [
        r
        for r in fresh
        if can_be_told_in(r, view.channel.languages_read, translates=ctx.summarizer.translates)
    ] or fresh


async def drawn_on(ctx: Context, view: View) -> tuple[list[int], tuple[str, ...]]:
    """Return the feeds and the topics that the subscriptions of a place draw on: all feeds where one names
    none, or there is no subscription; no topic where one takes all.
    """
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    own_feed_ids = {feed_id for subscription in channel_subscriptions for feed_id in subscription.feed_ids}
    takes_every_feed = not channel_subscriptions or any(
        not subscription.feed_ids for subscription in channel_subscriptions
    )
    feed_ids = [feed_id for feed_id in view.feed_ids if takes_every_feed or feed_id in own_feed_ids]
    topics = tuple(dict.fromkeys(subscription.topic for subscription in channel_subscriptions))
    return feed_ids, () if "all" in topics else topics


async def story_in(tx: Tx, view: View, story_id: int) -> Story | None:
    """Return a story with the entries that a view has, which know what its place makes of their feeds."""
    story = await stories.get(tx, story_id, view.feed_ids)
    return next(iter(with_rules_of_feeds([story], view.feeds)), None) if story else None


async def load_story(ctx: Context, view: View, story_id: int) -> Ranking | None:
    """Return one story as this view sees it."""
    async with ctx.store.read() as tx:
        story = await story_in(tx, view, story_id)
    return rank(story, ctx.clock(), view.channel.languages_read, ctx.kinds) if story else None


async def view_of_post(ctx: Context, view: View, story_id: int, key: str) -> View:
    """Return what the channel sees that showed a story with this key, in the asker's words. Raises
    `CallError` for a key that is none.
    """
    number = channel_id_of(key)
    async with ctx.store.read() as tx:
        channel = await places.channel(tx, number) if number is not None else None
        if channel is None or not opens(key, channel, story_id):
            raise CallError("That link leads nowhere any more. /latest shows the newest stories.")
        visible = await _feeds_in_view(tx, channel.server_id)
    return replace(
        view,
        channel=channel,
        known=True,
        feeds=visible,
        server_id=channel.server_id,
        stranger=False,
    )


async def load_story_as_told(ctx: Context, view: View, story_id: int) -> Ranking | None:
    """Return one story with the sources that its channel was told it from; as the channel sees it, where it
    was only listed there.
    """
    async with ctx.store.read() as tx:
        story = await story_in(tx, view, story_id)
        if story is None:
            return None
        mark = (await subscriptions.marks_in(tx, view.channel.id, [story.id])).get(story.id)
    if mark is not None and mark.kind is MarkKind.TOLD:
        story = replace(story, entries=tuple(entry for entry in story.entries if entry.id in mark.entry_ids))
    if not story.entries:
        return None
    return rank(story, ctx.clock(), view.channel.languages_read, ctx.kinds)


async def load_saga(ctx: Context, view: View, ranking: Ranking) -> list[Ranking]:
    """Return the other stories of a story's saga as this view sees them, in the order in which they began."""
    async with ctx.store.read() as tx:
        pairs = await sagas.related_to(tx, [ranking.story.id])
        others = [
            await story_in(tx, view, pair.other(ranking.story.id))
            for pair in sorted(pairs, key=lambda pair: -pair.likeness)[:SAGA_MAX]
        ]
    stories_by_id = {
        story.id: story for story in others if story is not None and story.id != ranking.story.id
    }
    rankings = [
        rank(story, ctx.clock(), view.channel.languages_read, ctx.kinds) for story in stories_by_id.values()
    ]
    return sorted(rankings, key=lambda ranking: min(e.published for e in ranking.story.entries))


async def write_cards(
    ctx: Context, view: View, rankings: Sequence[Ranking], length: Length
) -> tuple[StoryCard, ...]:
    """Return stories with their summaries in the view's language."""
    rankings = await _with_full_texts(ctx, view, rankings)
    tasks = [SummaryTask(ranking, view.channel.language, length) for ranking in rankings]
    summaries = await summarize(ctx, tasks, view.channel, ctx.own_words if view.stranger else None)
    return tuple(StoryCard(ranking, summary) for ranking, summary in zip(rankings, summaries, strict=True))


async def _with_full_texts(ctx: Context, view: View, rankings: Sequence[Ranking]) -> list[Ranking]:
    """Return stories with the whole texts of their entries, as they are now: of those entries that they have
    here.
    """
    async with ctx.store.read() as tx:
        full_stories = {ranking.story.id: await story_in(tx, view, ranking.story.id) for ranking in rankings}
    return [_read(ranking, full_stories[ranking.story.id] or ranking.story) for ranking in rankings]


def _read(ranking: Ranking, story: Story) -> Ranking:
    entry_ids = {entry.id for entry in ranking.story.entries}
    full_entries = tuple(entry for entry in story.entries if entry.id in entry_ids)
    lead = next((entry for entry in full_entries if entry.id == ranking.lead.id), ranking.lead)
    return replace(ranking, story=replace(story, entries=full_entries or ranking.story.entries), lead=lead)


async def is_operator(tx: Tx, call: Call) -> bool:
    """Tell whether a Call comes from somebody who runs this instance."""
    return call.person.operator or await places.is_operator(tx, call.person)


async def ensure_channel(tx: Tx, ctx: Context, call: Call) -> Channel:
    """Return the record of a Call's place, made with the instance's habits when there was none."""
    fresh = unknown(ctx, call.place)
    return await places.ensure_channel_record(
        tx, call.place, {"language": fresh.language, "zone": fresh.zone}
    )


async def at_home(ctx: Context, call: Call) -> None:
    """Let a channel that the configuration declares belong to the server that a Call from it names: the file
    cannot say which.
    """
    async with ctx.store.read() as tx:
        if await places.made_up_server(tx, call.place) is None:
            return
    async with ctx.store.write() as tx:
        if (made_up := await places.made_up_server(tx, call.place)) is not None:
            server_id = await places.settle_server(tx, call.place)
            await places.adopt(tx, made_up, server_id)
            await feed_visibility.hand_over(tx, made_up, server_id)
            await own_topics.hand_over(tx, made_up, server_id)


async def resume_where_possible(ctx: Context, call: Call, *, manages: bool) -> None:
    """Let posts leave again for a paused place, where a Call shows that they may.

    A platform that tells our rights says so itself; elsewhere a command that changes the place is reason to
    try.
    """
    if call.place.missing or not (call.place.rights or manages):
        return
    async with ctx.store.read() as tx:
        channel = await places.channel_at(tx, call.place)
    if channel is None or channel.state is ChannelState.ACTIVE:
        return
    async with ctx.store.write() as tx:
        await places.resume(tx, channel.id, ctx.clock())
    ctx.wake("publish")
    ctx.wake("deliver")


def pause_reasons(view: View, now: datetime) -> list[str]:
    """Return why nothing is posted in a place, with what to do about it: that a person paused it first, then
    that we may not; nothing where posts leave.
    """
    pause = view.channel.pause
    reasons = (pause_text(view, pause) if pause and pause.covers(now) else "", _loss_reason(view))
    return [reason for reason in reasons if reason]


def pause_text(view: View, pause: Pause) -> str:
    """Say that a person lets nothing be posted, until when, and how it goes on."""
    if pause.until is None:
        return view.words(
            "Posting is paused here by somebody who manages this place. It goes on after {resume}.",
            resume=f"/resume{view.target}",
        )
    words, zone = view.words, view.channel.zone
    return words(
        (
            "Posting is paused here until {when} ({zone}) by somebody who manages this place. "
            "{resume} ends that at once."
        ),
        when=pause_end(view, pause.until, pause.since),
        zone=zone,
        resume=f"/resume{view.target}",
    )


def pause_end(view: View, until: datetime, since: datetime) -> str:
    """Return when a pause ends, with its year where that is another than the one it begins in."""
    words, zone = view.words, view.channel.zone
    is_this_year = until.astimezone(ZoneInfo(zone)).year == since.astimezone(ZoneInfo(zone)).year
    day = words.day(until, zone) if is_this_year else words.day_of_year(until, zone)
    return f"{day}, {words.time(until, zone)}"


def posted_at(channel: Channel, slot_at: datetime) -> datetime | None:
    """Return when what is due at a moment is posted: then, or at the end of the pause or the quiet hours that
    hold it. None where a person's pause has no end.
    """
    moment = slot_at
    if channel.pause is not None and channel.is_paused(slot_at):
        if channel.pause.until is None:
            return None
        moment = channel.pause.until
    return closed_until(channel, moment) or moment


def _loss_reason(view: View) -> str:
    """Return why nothing is posted in a place that we may not post to; empty where we may."""
    if view.channel.state is not ChannelState.PAUSED:
        return ""
    if missing := view.channel.missing:
        return view.words(
            (
                "Nothing is posted here, because I may not: give me {rights} here. What waits leaves "
                "at once then."
            ),
            rights=", ".join(missing),
        )
    if view.channel.state_reason == REMOVED_REASON:
        return view.words("Nothing is posted here: I was removed, or may not post here any more.")
    return view.words("Posting here is paused: {reason}", reason=view.words.whole(view.channel.state_reason))


def label(level: Bar, words: Words) -> str:
    """Return the level of a bar as people read it."""
    names = {
        Bar.EVERYTHING: words("everything"),
        Bar.NOTABLE: words("notable"),
        Bar.IMPORTANT: words("important"),
        Bar.BIGGEST: words("only the biggest"),
    }
    return names[level]


def not_brought_in() -> CallError:
    """Return what is said where somebody has us for themselves alone, of what a place would have."""
    return CallError(
        "Only you have me here, so nothing can be posted or set for this place. Whoever manages it can bring "
        "me in."
    )


def bring_in_blocks(ctx: Context, words: Words, call: Call) -> tuple[Block, ...]:
    """Say that only the asker has us in a place, with the way to bring us in."""
    platform = ctx.platforms.get(call.place.platform)
    identity = platform.identity() if platform else None
    invites = identity.invites[:1] if identity else ()
    buttons = tuple(Button(words("Bring me in"), url=invite) for invite in invites)
    return Text(words(not_brought_in().template)), *((Actions(buttons),) if buttons else ())
