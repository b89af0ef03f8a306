"""why: the path of one entry, from its feed to what each subscription here made of it, with the rule and the
number that decided.

Only what this place may see is told: its entries, its subscriptions, what was posted in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands import news
from bot.commands.declaration import Option, Section, command
from bot.commands.reasons import factor_in_words, reason_in_words
from bot.commands.subscription_lines import name_of
from bot.commands.views import View, load_story, posted_at, view_of, whole_feeds
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.jobs.reading.ingest import quiet_date
from bot.model import (
    Answer,
    Block,
    Call,
    Document,
    Entry,
    Feed,
    FeedFormat,
    FeedRules,
    Heading,
    Item,
    Listing,
    ParsedEntry,
    Ranking,
    Reason,
    ReasonCode,
    ShownTime,
    Subscription,
    Text,
    ToldMark,
    Verdict,
)
from bot.pipeline.entries.identify import keys_of
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.filters.grammar import Filter, filter_of
from bot.pipeline.filters.matching import decide, filter_story
from bot.pipeline.grouping import index
from bot.pipeline.planning.plan import can_be_told_in, caps_of, without_pointers
from bot.pipeline.relevance.judge import AI_FEED_REASON, NO_WORD_REASON
from bot.pipeline.selection import breaking
from bot.pipeline.selection.feed_rules import can_be_led
from bot.pipeline.selection.rank import language_of_news, rank
from bot.store import Tx, entries, server_dedup, stories, subscriptions
from bot.store.subscriptions import SlotRecord

REMEMBERED = timedelta(days=30)
"""How far back slots are looked at."""


FIRST_POLL = timedelta(minutes=5)
"""How long the first reading of a page may take, from its answer to its last entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one subscription made of a story: its verdict on the entry, its newest slot with the story and
    what that decided, the cap that held it.
    """

    subscription: Subscription
    verdict: Verdict | None
    slot: SlotRecord | None
    reason: Reason | None
    held: tuple[datetime, Reason] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """All that is known here of one entry: its feed, its story as this place sees it, and what became of
    that.

    `elsewhere`: whether another channel of a server that is told once was told it.
    """

    entry: Entry
    feed: Feed
    ranking: Ranking | None
    verdicts: Sequence[Verdict]
    placement: tuple[float, str] | None
    told: ToldMark | None
    elsewhere: bool
    said: Sequence[Said]


@command(
    name="why",
    code="wy",
    section=Section.STATE,
    description="Why a story was posted here, or was not",
    help_line="why a story was posted, or was not: by its link, or its number in the last list",
    details="As an answer to a post of mine it needs neither.",
    usage="/why [LINK]",
    options=(
        Option(
            "what",
            "The link of an entry, or the number of a story in the last list",
            rest=True,
            complete=news.numbers,
        ),
    ),
    about_place=True,
    post_menu="Why this?",
    examples=("/why 1", "/why example.org/article"),
)
async def why(ctx: Context, call: Call) -> Answer:
    """Answer with the path of an entry, by its link, or of a story, by its number in the list last
    seen here.
    """
    view = await view_of(ctx, call)
    path = await _path(ctx, view, *await _found(ctx, view, call))
    lines = [
        _read(ctx, view, path),
        *_known_before(view.words, path),
        *_ruled(view.words, path.feed.rules),
        *_judged(ctx, view.words, path),
        _grouped(view.words, path),
    ]
    if path.ranking is not None:
        lines += [line for one in path.said if (line := _decided(ctx, view, one, path, path.ranking))]
        lines.append(_scored(view.words, path.ranking))
    moments = _moments(view, path)
    items = tuple(Item(line, moments=tuple(m for m in moments if m.shown in line)) for line in lines)
    blocks: list[Block] = [Heading(path.entry.title), Listing(items=items)]
    if any(one.slot and one.slot.rules != ctx.rules.hash for one in path.said):
        changed = view.words("Topics or names have changed since: today this could be decided otherwise.")
        blocks.append(Text(changed, quiet=True))
    return Answer(document=Document(tuple(blocks), view.words.language))


async def _found(ctx: Context, view: View, call: Call) -> tuple[Entry, Ranking | None]:
    """Return the entry that is asked for, with its story as this place sees it."""
    wanted = call.arguments.get("what", "").strip()
    if "." not in wanted:
        ranking = await load_story(ctx, view, await news.story_id(ctx, view, call, wanted))
        if ranking is None:
            raise CallError("That story is not among the feeds of this place. /latest shows the newest.")
        return ranking.lead, ranking
    address = wanted if "://" in wanted else f"https://{wanted}"
    (keys,) = keys_of([ParsedEntry(guid=address, link=address, title="", text="")])
    async with ctx.store.read() as tx:
        entry = await stories.entry_at(tx, address, keys.link_key, view.feed_ids)
    if entry is None:
        raise CallError(
            "No feed of this place has brought `{link}`. /status tells how they are.",
            link=mask_secrets(wanted)[:80],
        )
    return entry, await load_story(ctx, view, entry.story_id) if entry.story_id is not None else None


async def _path(ctx: Context, view: View, entry: Entry, ranking: Ranking | None) -> Path:
    feed = next(feed for feed in await whole_feeds(ctx, view) if feed.id == entry.feed_id)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
        names = await stories.names_of(tx, ranking.story.id) if ranking else []
        said = [await _said(tx, ctx, subscription, entry, names) for subscription in channel_subscriptions]
        topics = dict.fromkeys(
            subscription.topic for subscription in channel_subscriptions if subscription.topic != "all"
        ) or ("ai",)
        verdicts_by_topic = [await entries.verdict_of(tx, entry.id, topic) for topic in topics]
        told = without_pointers(await subscriptions.marks_in(tx, view.channel.id, names))
        elsewhere = bool(await server_dedup.find_posted_elsewhere(tx, view.channel, names))
        placement = await stories.placement_of(tx, entry.id)
    verdicts = [verdict for verdict in verdicts_by_topic if verdict is not None]
    return Path(
        entry=entry,
        feed=feed,
        ranking=ranking,
        verdicts=verdicts,
        placement=placement,
        told=next(iter(told.values()), None),
        elsewhere=elsewhere,
        said=said,
    )


async def _said(tx: Tx, ctx: Context, subscription: Subscription, entry: Entry, names: Sequence[int]) -> Said:
    slots = await subscriptions.slots_of(tx, subscription.id, ctx.clock() - REMEMBERED)
    slot = next((slot for slot in slots if _reason_of(slot, names)), None)
    verdict = await entries.verdict_of(tx, entry.id, subscription.topic)
    reason = _reason_of(slot, names) if slot else None
    held = await subscriptions.cap_of(tx, subscription.id, names)
    return Said(subscription=subscription, verdict=verdict, slot=slot, reason=reason, held=held)


def _reason_of(slot: SlotRecord, names: Sequence[int]) -> Reason | None:
    """Return what a slot made of a story: told, listed, or why it was skipped; None where it missed it."""
    if any(story in slot.told for story in names):
        return Reason(ReasonCode.TOLD)
    if any(story in slot.listed for story in names):
        return Reason(ReasonCode.LISTED)
    return next((reason for story, reason in slot.skipped if story in names), None)


def _when(view: View, moment: datetime) -> str:
    zone = view.channel.zone
    return f"{view.words.day(moment, zone)}, {view.words.time(moment, zone)}"


def _moments(view: View, path: Path) -> list[ShownTime]:
    """Return the moments that may be named, with the words for them."""
    upcoming = [
        posted_at(view.channel, slot_at) for fate in path.said if (slot_at := fate.subscription.next_slot_at)
    ]
    moments = [path.entry.first_seen, path.entry.published, *([path.told.told_at] if path.told else [])]
    moments += [fate.slot.slot_at for fate in path.said if fate.slot]
    moments += [fate.held[0] for fate in path.said if fate.held]
    moments += [moment for moment in upcoming if moment]
    by_words = {_when(view, moment): moment for moment in moments}
    return [ShownTime(text, int(moment.timestamp())) for text, moment in by_words.items()]


def _read(ctx: Context, view: View, path: Path) -> str:
    """Say when the entry was read and published; nothing of a date that it has only so that no digest tells
    it.
    """
    feed = mask_secrets(path.feed.title or path.feed.outlet)
    when = _when(view, path.entry.first_seen)
    if path.entry.backlog and path.entry.published == quiet_date(path.entry.first_seen, ctx.policy.horizon):
        return view.words("Read from {feed} on {when}.", feed=feed, when=when)
    published = _when(view, path.entry.published)
    return view.words(
        "Read from {feed} on {when}, published on {published}.", feed=feed, when=when, published=published
    )


def _known_before(words: Words, path: Path) -> list[str]:
    """Say of an item of a page that it stood there already when the page was added, or was rebuilt."""
    first_ok_at = path.feed.first_ok_at
    if not path.entry.backlog or path.feed.format is not FeedFormat.PAGE or first_ok_at is None:
        return []
    if path.entry.first_seen - first_ok_at < FIRST_POLL:
        return [words("It was known when the page was added.")]
    return [words("It was known when the page was rebuilt.")]


def _ruled(words: Words, rules: FeedRules) -> list[str]:
    """Say what this place makes of the entry's feed, where that is anything."""
    lines = []
    if not rules.leads:
        lines.append(words("Its feed counts among the sources here, and leads no story (/feeds)."))
    if rules.daily_cap and rules.leads:
        lines.append(
            words.plural(
                "Its feed leads one story a day here at most, its newest (/feeds).",
                "Its feed leads {n} stories a day here at most, its newest (/feeds).",
                rules.daily_cap,
            )
        )
    if not rules.for_models:
        lines.append(words("No model may read it (/feeds)."))
    return lines


def _judged(ctx: Context, words: Words, path: Path) -> list[str]:
    """Say for each topic of this place whether the entry is about it: the words found, and the number they
    gave.
    """
    lines = []
    for verdict in path.verdicts:
        known = ctx.rules.topics.get(verdict.topic)
        values = {"topic": words(known.title) if known else verdict.topic, "reason": _reason(words, verdict)}
        lines.append(
            words("About {topic}: {reason} (1.00 is enough).", **values)
            if verdict.relevant
            else words("Not about {topic}: {reason} (1.00 is needed).", **values)
        )
    return lines


def _reason(words: Words, verdict: Verdict) -> str:
    """Return a verdict's reason: what was found stands as it stands in the entry, our own words are
    translated.
    """
    if verdict.reason == AI_FEED_REASON:
        return words("the feed is only about AI")
    cause, _, score = verdict.reason.rpartition(" → ")
    return f"{words('no word or name of the topic') if cause == NO_WORD_REASON else cause}, {score}"


def _grouped(words: Words, path: Path) -> str:
    """Say with how many others here the entry tells one story, and what joined it to them."""
    if path.ranking is None:
        return words("It waits to be grouped into a story.")
    others = len(path.ranking.story.entries) - 1
    if not others:
        return words("A story of its own: nothing else here tells the same.")
    together = words.plural("One story with one other entry", "One story with {n} other entries", others)
    return f"{together}: {_joined(words, *path.placement)}" if path.placement else f"{together}."


def _joined(words: Words, score: float, reason: str) -> str:
    """Return why grouping placed an entry, and by which score."""
    given = words.decimal(score)
    if reason == index.SAME_LINK_REASON:
        return words("the same link or title.")
    code, _, terms = reason.partition(": ")
    if code == index.WORDS and terms:
        return words("they share rare words: {terms} ({score}).", terms=terms, score=given)
    if code == index.WORDS:
        return words("they share rare words ({score}).", score=given)
    if reason == index.ANCHORS:
        return words("they share names and figures across languages ({score}).", score=given)
    return words("this one began it.")


def _decided(ctx: Context, view: View, one: Said, path: Path, ranking: Ranking) -> str:
    """Say what a subscription made of the story; nothing where it has neither decided nor will."""
    if one.verdict is not None and not one.verdict.relevant and path.told is None and one.reason is None:
        return f"{name_of(ctx, view, one.subscription)}: {view.words('it is not on the topic.')}"
    filter_ = filter_of(one.subscription)
    passing, decision = filter_story(ranking.story, filter_, ctx.kinds)
    is_led = passing is not None and (can_be_led(passing) or decision.leads)
    if not is_led and path.told is None and one.reason is None:
        return f"{name_of(ctx, view, one.subscription)}: {reason_in_words(view.words, decision.reason)}"
    if passing is not None and passing != ranking.story:
        ranking = rank(passing, ctx.clock(), view.channel.languages_read, ctx.kinds)
    parts = [_at_once(ctx, view, one, path, ranking)] if one.subscription.schedule.instant else []
    parts.append(_in_digest(ctx, view, one, path))
    parts.append(_share_by_filter(ctx, view.words, filter_, path) if is_led else "")
    said = " ".join(filter(None, parts))
    return f"{name_of(ctx, view, one.subscription)}: {said}" if said else ""


def _share_by_filter(ctx: Context, words: Words, filter_: Filter, path: Path) -> str:
    """Say what the filter makes of the entry itself in a story that others carry."""
    decision = decide(path.entry, filter_, ctx.kinds)
    if not decision.passes:
        return words("This entry has no part in it ({term}).", term=decision.term)
    if not decision.leads:
        return words("This entry counts among its sources and never leads it ({term}).", term=decision.term)
    return ""


def _at_once(ctx: Context, view: View, one: Said, path: Path, ranking: Ranking) -> str:
    """Say whether the story came at once, and if not, why."""
    words = view.words
    if path.told is not None:
        when = _when(view, path.told.told_at)
        is_in_digest = one.reason is not None and one.reason.code is ReasonCode.TOLD
        return "" if is_in_digest else words("told here on {when}.", when=when)
    if path.elsewhere:
        return "" if one.reason else reason_in_words(words, Reason(ReasonCode.ELSEWHERE))
    if one.held is not None:
        moment, cap = one.held
        caps = caps_of(one.subscription, ctx.policy.caps)
        limit = caps.day if cap.code is ReasonCode.CAP_DAY else caps.hour
        return reason_in_words(words, cap, when=_when(view, moment), limit=limit)
    if not can_be_led(ranking.story):
        return "" if one.reason else reason_in_words(words, Reason(ReasonCode.SUPPORTING))
    if not can_be_told_in(ranking, view.channel.languages_read, translates=ctx.summarizer.translates):
        foreign = Reason(ReasonCode.FOREIGN, {"language": language_of_news(ranking)})
        return "" if one.reason else reason_in_words(words, foreign)
    digests = bool(one.subscription.schedule.times)
    ruling = breaking.ruling(ranking, one.subscription.bar, ctx.kinds, ctx.clock(), beside_digests=digests)
    return "" if ruling.at_once else reason_in_words(words, ruling.reason)


def _in_digest(ctx: Context, view: View, one: Said, path: Path) -> str:
    """Say what the newest digest that saw the story made of it; else why none has."""
    words = view.words
    if one.slot is not None and one.reason is not None:
        return _by_slot(ctx, words, one.reason, _when(view, one.slot.slot_at))
    if one.subscription.feed_ids and path.entry.feed_id not in one.subscription.feed_ids:
        return words("its feed is not among those asked for.")
    if one.verdict is not None and not one.verdict.relevant:
        return words("it is not on the topic.")
    if one.subscription.next_slot_at is None or path.told is not None:
        return ""
    if path.ranking is not None and path.ranking.story.change_no <= one.subscription.read_up_to:
        return words("it is older than this subscription.")
    upcoming = posted_at(view.channel, one.subscription.next_slot_at)
    if upcoming is None:
        return words("no digest has seen it yet: posting is paused here (/resume).")
    return words("no digest has seen it yet; next: {when}.", when=_when(view, upcoming))


def _by_slot(ctx: Context, words: Words, reason: Reason, when: str) -> str:
    hours = ctx.policy.horizon // timedelta(hours=1)
    said = reason_in_words(words, reason, slot=when, hours=hours)
    if reason.code in {ReasonCode.TOLD, ReasonCode.LISTED}:
        return said
    return words("left out of the digest of {slot}: {reason}", slot=when, reason=said)


def _scored(words: Words, ranking: Ranking) -> str:
    """Return the score as a product of what made it."""
    parts = ", ".join(factor_in_words(words, factor) for factor in ranking.factors)
    return words(
        "Score {score}, weight without age {weight}: {parts}.",
        score=words.decimal(ranking.score),
        weight=words.decimal(ranking.weight),
        parts=parts,
    )
