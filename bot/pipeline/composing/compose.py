"""From chosen stories and their summaries to the Document people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import Words
from bot.model import (
    Actions,
    Block,
    Button,
    CallRef,
    Channel,
    Document,
    Entry,
    Heading,
    Item,
    Listing,
    Quote,
    Ranking,
    ShownTime,
    StoryBlock,
    Summary,
    Text,
    ToldMark,
)
from bot.pipeline.composing.look import dress
from bot.pipeline.composing.story_key import story_key
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.selection.rank import language_of_news
from bot.pipeline.summarizing.headlines import headline_of, rests_on
from bot.pipeline.verification.contradictions import (
    Disagreement,
    dissenting_outlets,
    find_disagreements,
)
from bot.text.words import UNSPACED

TAIL = 8
"""How many further stories a digest names below the told ones, and of those told in other channels."""

CONTRADICTIONS = 2


@dataclass(frozen=True, slots=True)
class StoryCard:
    """One story of an content: how it ranks, what is said of it, and what its channel was told before."""

    ranking: Ranking
    summary: Summary
    mark: ToldMark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What an content was chosen from."""

    entries: int
    feeds: int
    failing: int = 0
    repeats: int = 0
    below_bar: int = 0
    filtered: int = 0


@dataclass(frozen=True, slots=True)
class Nearest:
    """The story that came nearest to a bar which nothing has passed `since` a moment."""

    ranking: Ranking
    since: datetime


@dataclass(frozen=True, slots=True)
class Pointer:
    """A story that another channel of the server was told, that channel's name and the way to its post, empty
    where there is none.
    """

    ranking: Ranking
    channel: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestContent:
    """Everything a digest shows; `slot_at` is its planned moment, `late` says that it comes well after."""

    topic: str
    slot_at: datetime
    cards: tuple[StoryCard, ...]
    tail: tuple[Ranking, ...]
    counts: Counts
    late: bool = False
    nearest: Nearest | None = None
    foreign: tuple[Ranking, ...] = ()
    """Stories told only in languages that are not read here."""
    pointers: tuple[Pointer, ...] = ()


def digest_document(content: DigestContent, words: Words, channel: Channel) -> Document:
    """Return the digest of a slot; a quiet day says so."""
    moment = {"day": _day(content.slot_at, words, channel), "time": words.time(content.slot_at, channel.zone)}
    title = (
        words("{topic} news · {day}, {time}", topic=words(content.topic), **moment)
        if content.topic
        else words("News · {day}, {time}", **moment)
    )
    head = Heading(title, _today(content, words) if channel.look.counts else "")
    blocks: list[Block] = [head]
    if content.late:
        blocks.append(
            Text(
                words(
                    "This digest is late: it was planned for {time}.",
                    time=words.time(content.slot_at, channel.zone),
                ),
                quiet=True,
            )
        )
    if not content.cards and not content.pointers:
        blocks += _quiet(content, words, channel)
    blocks += [
        story_block(card, words, channel, content.slot_at, n) for n, card in enumerate(content.cards, start=1)
    ]
    blocks += _pointer_blocks(content.pointers, words)
    blocks += _tail(content, words)
    counts_note = _note(content.counts, words) if channel.look.counts else ""
    notes = (counts_note, _budget(content.cards, words, channel))
    blocks += [Text(note, quiet=True) for note in notes if note]
    calls = ((words("Latest"), CallRef("latest")), (words("Status"), CallRef("status")))
    blocks.append(Actions(tuple(Button(label, call=call) for label, call in calls)))
    topic = words(content.topic) if content.topic else ""
    pictured = content.cards[0].ranking if content.cards else None
    return Document(dress(blocks, channel, topic, pictured), words.language)


def _tail(content: DigestContent, words: Words) -> list[Block]:
    """Name the stories that are not told: those behind the others, and how many there are only in other
    languages.
    """
    items = [Item(_title(r), r.lead.link) for r in content.tail[:TAIL]]
    if unnamed := len(content.tail) - len(items):
        items.append(Item(words.plural("and one more, in /latest", "and {n} more, in /latest", unnamed)))
    by_language: dict[str, list[Ranking]] = {}
    for ranking in content.foreign:
        by_language.setdefault(language_of_news(ranking), []).append(ranking)
    for language, rankings in by_language.items():
        name = words.language_name(language)
        items.append(
            Item(words("only in {language} ({n})", language=name, n=len(rankings)), rankings[0].lead.link)
        )
    count = _listed_count(content)
    if not count:
        return []
    if not content.cards and not content.pointers:
        return [Listing(items=tuple(items), title=words("In brief:"))]
    title = words.plural("Also: one more story", "Also: {n} more stories", count)
    return [Listing(items=tuple(items), title=title, folded=True)]


def _listed_count(content: DigestContent) -> int:
    """Return how many stories are listed behind those that are told."""
    return len(content.tail) + len(content.foreign)


def _pointer_blocks(stories: Sequence[Pointer], words: Words) -> list[Block]:
    """Point to the stories that this server was told in its other channels, a line each."""
    if not stories:
        return []
    items = [
        Item(
            " · ".join(filter(None, (_title(pointer.ranking), _hash(pointer.channel)))),
            pointer.link or pointer.ranking.lead.link,
        )
        for pointer in stories[:TAIL]
    ]
    if unnamed := len(stories) - len(items):
        items.append(Item(words.plural("and one more, in /latest", "and {n} more, in /latest", unnamed)))
    return [Listing(items=tuple(items), title=words("Told in other channels of this server:"))]


def _hash(channel: str) -> str:
    return f"#{channel.removeprefix('#')}" if channel else ""


def _quiet(content: DigestContent, words: Words, channel: Channel) -> list[Block]:
    """Say that there is nothing to tell; where a bar kept something out, what came nearest to it. What is
    only listed is no silence.
    """
    if _listed_count(content):
        return [Text(words("Nothing to tell at length this time."))]
    if content.nearest is None:
        return [Text(words("A quiet day: nothing new since the last digest."))]
    ranking, since = content.nearest.ranking, content.nearest.since
    text = words(
        "Nothing passed your bar since {when} ({entries} read).",
        when=format_moment(since, content.slot_at, words, channel),
        entries=words.plural("{n} entry", "{n} entries", content.counts.entries),
    )
    return [
        Text(text),
        Listing(items=(Item(_title(ranking), ranking.lead.link),), title=words("The nearest:")),
    ]


def _today(content: DigestContent, words: Words) -> str:
    count = len(content.cards) or (0 if content.pointers else _listed_count(content))
    story_count = words.plural("{n} story", "{n} stories", count)
    if not content.counts.entries:  # told again: nothing came since
        return story_count
    entries = words.plural("{n} entry", "{n} entries", content.counts.entries)
    feeds = words.plural("{n} feed", "{n} feeds", content.counts.feeds)
    return words("{stories} from {entries} in {feeds}", stories=story_count, entries=entries, feeds=feeds)


def _note(counts: Counts, words: Words) -> str:
    parts = []
    if counts.repeats:
        parts.append(
            words.plural("Quietly left out: one repeat.", "Quietly left out: {n} repeats.", counts.repeats)
        )
    if counts.below_bar:
        parts.append(
            words.plural("Below your bar: one story.", "Below your bar: {n} stories.", counts.below_bar)
        )
    if counts.filtered:
        parts.append(
            words.plural(
                "Left out by the filter: one story.",
                "Left out by the filter: {n} stories.",
                counts.filtered,
            )
        )
    if counts.failing:
        parts.append(
            words.plural("One feed could not be read.", "{n} feeds could not be read.", counts.failing)
        )
    return " ".join(parts)


def _budget(cards: Sequence[StoryCard], words: Words, channel: Channel) -> str:
    """Say until when a budget lets no model write, where a story of this digest is told without one
    for that.
    """
    until = max(filter(None, (card.summary.without_model_until for card in cards)), default=None)
    return (
        words("Written without a model until {day} (budget).", day=words.date(until, channel.zone))
        if until
        else ""
    )


@dataclass(frozen=True, slots=True)
class PastStory:
    """A story that a channel was told: how it stands now, what was known then, and where it was first told
    here.
    """

    ranking: Ranking
    mark: ToldMark
    link: str


def recap_document(
    stories: Sequence[PastStory], since: datetime, words: Words, channel: Channel, now: datetime
) -> Document:
    """Return the look back on what a channel was told since a moment: a line for each story, with what became
    of it.
    """
    days = f"{words.day(since, channel.zone)} – {words.day(now, channel.zone)}"
    items = tuple(past_story_line(story, words, channel, now) for story in stories)
    head = Heading(words("Looking back"), days)
    return Document(dress((head, Listing(items=items)), channel), words.language)


def past_story_line(story: PastStory, words: Words, channel: Channel, now: datetime) -> Item:
    """Return the line of a story that a channel was told, with what became of it and the way to its post."""
    outcome = _outcome(story, words, channel, now)
    return Item(f"{_title(story.ranking)} · {outcome}", story.link or story.ranking.lead.link)


def _outcome(past: PastStory, words: Words, channel: Channel, now: datetime) -> str:
    """Say how many outlets tell a story by now, how many more than when it was told, and when that was."""
    sources = words.plural("{n} source", "{n} sources", past.ranking.outlets)
    known_outlets = {entry.outlet for entry in past.ranking.story.entries if entry.id in past.mark.entry_ids}
    more = past.ranking.outlets - len(known_outlets)
    since = [words.plural("{n} new since then", "{n} new since then", more)] if more > 0 else []
    return " · ".join([sources, *since, format_moment(past.mark.told_at, now, words, channel)])


def gathered_document(
    title: str,
    cards: Sequence[StoryCard],
    tail: Sequence[Ranking],
    words: Words,
    channel: Channel,
    now: datetime,
) -> Document:
    """Return the one post of stories that each would have had its own; those of the tail are only named."""
    blocks: list[Block] = [Heading(title, words.plural("{n} story", "{n} stories", len(cards) + len(tail)))]
    blocks += [story_block(card, words, channel, now, None) for card in cards]
    if tail:
        items = tuple(Item(_title(ranking), ranking.lead.link) for ranking in tail)
        blocks.append(
            Listing(
                items=items,
                title=words.plural("Also: one more story", "Also: {n} more stories", len(tail)),
                folded=True,
            )
        )
    return Document(dress(blocks, channel), words.language)


def instant(card: StoryCard, words: Words, channel: Channel, now: datetime) -> Document:
    """Return the post of one story told at once."""
    block = story_block(card, words, channel, now, None)
    return Document(dress((block,), channel, pictured=card.ranking), words.language)


def story_block(
    card: StoryCard, words: Words, channel: Channel, now: datetime, number: int | None
) -> StoryBlock:
    """Return one story as a block: headline, sentences, who reports it, and the way to its sources."""
    ranking, summary = card.ranking, card.summary
    label = words("Update") if ranking.update else ""
    moment = _reported(card, words, channel, now)
    return StoryBlock(
        headline=summary.headline,
        link=summary.lead.link,
        sentences=(paragraph,) if (paragraph := join_sentences(summary)) else (),
        meta=_meta(card, words, channel, moment.shown),
        number=number,
        label=label,
        more=Button(
            words.plural("{n} source", "{n} sources", ranking.outlets),
            call=story_call(ranking.story.id, channel),
        ),
        story_id=ranking.story.id,
        below=_below(ranking, words),
        moment=moment,
    )


def _below(ranking: Ranking, words: Words) -> Listing | None:
    """Name the other stories of a story's saga."""
    items = tuple(Item(_title(member), member.lead.link) for member in ranking.saga)
    return Listing(items=items, title=words("Also:")) if items else None


def story_call(story_id: int, channel: Channel) -> CallRef:
    """Return the call that opens a story: under a channel's post as that channel was told it, else as the
    asker may see it.
    """
    key = story_key(channel, story_id)
    return CallRef("story", {"number": f"i{story_id}"} | ({"view": key} if key else {}))


def join_sentences(summary: Summary) -> str:
    """Return the sentences of a summary as one paragraph; Chinese and Japanese put no space between them."""
    separator = "" if summary.language in UNSPACED else " "
    return separator.join(sentence.text for sentence in summary.sentences)


def _reported(card: StoryCard, words: Words, channel: Channel, now: datetime) -> ShownTime:
    """Return the moment that the line below a story tells: of an update when the story was told, else of its
    first report.
    """
    ranking = card.ranking
    if ranking.update and card.mark is not None:
        at = card.mark.told_at
    else:
        at = (_first_report(ranking) if ranking.outlets > 1 else ranking.lead).published
    return shown_moment(at, now, words, channel)


def _first_report(ranking: Ranking) -> Entry:
    return min(ranking.story.entries, key=lambda e: (e.published, e.id))


def _meta(card: StoryCard, words: Words, channel: Channel, when: str) -> str:
    """Return the line below a story: who reports it since when, who disagrees, and in which language."""
    ranking = card.ranking
    parts: list[str] = []
    if ranking.update and card.mark is not None:
        fresh = len({entry.outlet for entry in ranking.fresh})
        parts.append(words.plural("{n} new source", "{n} new sources", fresh))
        parts.append(words("earlier: {when}", when=when))
    elif ranking.outlets > 1:
        parts.append(words.plural("{n} source", "{n} sources", ranking.outlets))
        parts.append(words("first: {outlet}, {when}", outlet=_first_report(ranking).outlet, when=when))
    else:
        parts += [ranking.lead.outlet, when]
    if against := dissenting_outlets(find_disagreements(ranking.story.entries), ranking.lead):
        total = ranking.outlets
        parts.append(
            words.plural("{n} of {total} disagrees", "{n} of {total} disagree", len(against), total=total)
        )
    if card.summary.language and card.summary.language != channel.language:
        parts.append(words("in {language}", language=words.language_name(card.summary.language)))
    return " · ".join(parts)


def shown_moment(moment: datetime, now: datetime, words: Words, channel: Channel) -> ShownTime:
    """Return a moment in the past with the words in which somebody reads it now."""
    return ShownTime(format_moment(moment, now, words, channel), int(moment.timestamp()))


def format_moment(moment: datetime, now: datetime, words: Words, channel: Channel) -> str:
    """Return a moment in the past as somebody reads it now: its time, and its day unless that is today."""
    zone = ZoneInfo(channel.zone)
    clock = words.time(moment, channel.zone)
    if moment.astimezone(zone).date() == now.astimezone(zone).date():
        return clock
    if now - moment < timedelta(days=6):
        return f"{words.weekday(moment, channel.zone)} {clock}"
    if moment.astimezone(zone).year == now.astimezone(zone).year:
        return words.day(moment, channel.zone)
    return words.day_of_year(moment, channel.zone)


def _day(moment: datetime, words: Words, channel: Channel) -> str:
    return words.day(moment, channel.zone)


def _title(ranking: Ranking) -> str:
    return headline_of(ranking.lead)


def details(
    card: StoryCard, words: Words, channel: Channel, now: datetime, saga: Sequence[Ranking] = ()
) -> Document:
    """Return everything about one story: its points, the source sentence each rests on, who reports it, and
    what happened before and after it in the same saga.
    """
    ranking, summary = card.ranking, card.summary
    by_id = {entry.id: entry for entry in ranking.story.entries}
    reported = _reported(card, words, channel, now)
    blocks: list[Block] = [
        StoryBlock(
            headline=summary.headline,
            link=summary.lead.link,
            sentences=tuple(s.text for s in summary.sentences),
            meta=_meta(card, words, channel, reported.shown),
            moment=reported,
        )
    ]
    quotes = [
        (entry, rests_on(entry, r))
        for s in summary.sentences
        for r in s.receipts
        if (entry := by_id.get(r.entry_id))
    ]
    blocks.append(Text(words("Each sentence rests on these words of its source:"), quiet=True))
    blocks += [_quote_of(entry, text, words, channel, now) for entry, text in quotes[:8]]
    blocks += _contradictions(find_disagreements(ranking.story.entries), words, channel, now)
    originals = {entry.id for entry in without_reprints(ranking.story.entries)}
    items = tuple(_source(e, words, channel, now, reprint=e.id not in originals) for e in _sources(ranking))
    blocks.append(Listing(items=items, title=words("Sources")))
    if saga:
        lines = tuple(_event(event, words, channel, now) for event in saga)
        blocks.append(Listing(items=lines, title=words("Before and after")))
    return Document(tuple(blocks), words.language)


def _contradictions(
    disputes: Sequence[Disagreement], words: Words, channel: Channel, now: datetime
) -> list[Block]:
    """Return both sentences of the first contradictions, as they stand in their sources."""
    blocks: list[Block] = [Text(words("Here they contradict each other:"), quiet=True)] if disputes else []
    for disagreement in disputes[:CONTRADICTIONS]:
        sides = (disagreement.first, disagreement.second)
        blocks += [_quote_of(side.entry, side.text, words, channel, now) for side in sides]
    return blocks


def _quote_of(entry: Entry, text: str, words: Words, channel: Channel, now: datetime) -> Quote:
    moment = shown_moment(entry.published, now, words, channel)
    return Quote(text, f"{entry.outlet}, {moment.shown}", entry.link, (moment,))


def _sources(ranking: Ranking) -> list[Entry]:
    return sorted(ranking.story.entries, key=lambda e: (e.published, e.id))[:12]


def _source(entry: Entry, words: Words, channel: Channel, now: datetime, *, reprint: bool) -> Item:
    moment = shown_moment(entry.published, now, words, channel)
    parts = [
        entry.outlet,
        moment.shown,
        *([words("reprint")] if reprint else []),
        *([counts] if (counts := _counts(entry, words)) else []),
    ]
    return Item(f"{' · '.join(parts)} — {entry.title}", entry.link, (moment,))


def _counts(entry: Entry, words: Words) -> str:
    """Return how often a list of links has an entry voted for and talked about, empty for any other."""
    points = [words.plural("{n} point", "{n} points", entry.points)] if entry.points is not None else []
    talk = [words.plural("{n} comment", "{n} comments", entry.comments)] if entry.comments is not None else []
    return ", ".join((*points, *talk))


def _event(ranking: Ranking, words: Words, channel: Channel, now: datetime) -> Item:
    began = min(entry.published for entry in ranking.story.entries)
    moment = shown_moment(began, now, words, channel)
    return Item(f"{moment.shown} — {_title(ranking)}", ranking.lead.link, (moment,))


def told_text(summary: Summary) -> str:
    """Return what is said of a story, for remembering what a channel was told."""
    return "\n".join((summary.headline, *(sentence.text for sentence in summary.sentences)))
