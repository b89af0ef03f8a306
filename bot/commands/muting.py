"""mute, unmute: what somebody wants to see nothing of in the news that they ask for."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.commands.declaration import Option, Section, command
from bot.commands.kind_names import term_name
from bot.commands.own_topics import own_topic_called, own_topics_of
from bot.commands.topics import find_topic, similar_topic
from bot.commands.views import View, answer_with, is_for_asker, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Heading,
    Item,
    Listing,
    Ranking,
    Story,
    Text,
)
from bot.pipeline.filters.grammar import Field, Filter, FilterTerm, Form, Sign, parse_filter, stored_filter
from bot.pipeline.filters.matching import filter_story, names_of_kinds
from bot.pipeline.selection.feed_rules import can_be_led
from bot.pipeline.selection.rank import rank
from bot.store import Tx, entries, reader_choices
from bot.text.typed_words import is_everything
from bot.text.words import fold, one_line
from bot.threads import in_thread

MUTED_MAX = 30
TOPIC = "topic:"
"""Before the name of a topic that is muted, in the store and where it is typed."""


@dataclass(frozen=True, slots=True)
class Mutes:
    """What somebody wants to see nothing of: the terms of a filter, and topics."""

    filter: Filter = field(default_factory=Filter)
    topics: tuple[str, ...] = ()


UNMUTED = Mutes()


async def _complete_muted(ctx: Context, call: Call) -> tuple[str, ...]:
    async with ctx.store.read() as tx:
        return (*await reader_choices.muted_by(tx, call.person), "all")


async def _complete_muting(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return what may be muted: the topics, and the outlets of the place."""
    view = await view_of(ctx, call)
    outlets = sorted({feed.outlet for feed in view.feeds if feed.outlet}, key=str.casefold)
    return (*ctx.rules.topics, *outlets, *(f"kind:{kind}" for kind in names_of_kinds(ctx.kinds)))


@command(
    name="mute",
    code="mu",
    section=Section.READERS,
    description="See nothing of a word, a topic or an outlet any more",
    help_line="see nothing of a word, a topic or an outlet any more: /mute crypto",
    details=(
        "For you alone: it vanishes from what /latest, /catchup and /digest show you, where nobody else "
        "reads the answer. What is posted in a channel stays: that is its managers' to filter. Without a "
        "word it shows what you muted."
    ),
    usage="/mute [WORDS]",
    options=(
        Option("what", "A word, a topic, an outlet, or kind:funding", rest=True, complete=_complete_muting),
    ),
    acts=True,
    examples=("/mute crypto", "/mute HypeWatch", "/mute kind:funding"),
)
async def mute(ctx: Context, call: Call) -> Answer:
    """Show the asker nothing of something any more; without it what they muted."""
    view = await view_of(ctx, call)
    text = one_line(call.arguments.get("what", ""))
    async with ctx.store.read() as tx:
        muted_terms = await reader_choices.muted_by(tx, call.person)
    if not text:
        return answer_with(view, _list_blocks(ctx, view, muted_terms))
    term = await _read_term(ctx, view, text)
    if len(muted_terms) >= MUTED_MAX and term not in muted_terms:
        raise CallError("You have muted {most} things already. /unmute takes some back.", most=MUTED_MAX)
    _filter_of([*muted_terms, term])
    async with ctx.store.write() as tx:
        await reader_choices.mute(tx, call.person, term, ctx.clock())
    text = view.words("Muted for you: {what}. Others still see it.", what=_in_words(ctx, view, term))
    buttons = (
        Button(view.words("Take that back"), call=CallRef("unmute", {"what": term})),
        Button(view.words("What I muted"), call=CallRef("mute")),
    )
    return answer_with(view, [Text(text), Actions(buttons)])


@command(
    name="unmute",
    code="um",
    section=Section.READERS,
    description="See again what you muted",
    help_line="see again what you muted: /unmute crypto",
    usage="/unmute NUMBER|WORDS|all",
    options=(
        Option(
            "what", "Its number or words in /mute, or all", required=True, rest=True, complete=_complete_muted
        ),
    ),
    acts=True,
    examples=("/unmute 1", "/unmute crypto", "/unmute all"),
)
async def unmute(ctx: Context, call: Call) -> Answer:
    """Show the asker again what they muted."""
    view = await view_of(ctx, call)
    async with ctx.store.write() as tx:
        muted_terms = await reader_choices.muted_by(tx, call.person)
        chosen_terms = _choose(ctx, view, one_line(call.arguments["what"]), muted_terms)
        await reader_choices.unmute(tx, call.person, chosen_terms)
    names = ", ".join(_in_words(ctx, view, term) for term in chosen_terms)
    return answer_with(view, [Text(view.words("You see again: {what}.", what=names))])


def _choose(ctx: Context, view: View, text: str, muted_terms: Sequence[str]) -> Sequence[str]:
    """Return the muted terms that a word means. Raises `CallError`."""
    if not muted_terms:
        raise CallError("You have muted nothing. For example: /mute crypto")
    if is_everything(text):
        return muted_terms
    if re.fullmatch(r"#?\d{1,3}", text) and 1 <= int(text.lstrip("#")) <= len(muted_terms):
        return [muted_terms[int(text.lstrip("#")) - 1]]
    matches = [
        term for term in muted_terms if fold(text) in {fold(term), fold(_in_words(ctx, view, term))}
    ] or [term for term in muted_terms if fold(text) == fold(term.partition(":")[2].strip('"'))]
    if not matches:
        raise CallError(
            "`{what}` is not muted. You muted: {terms}", what=text[:40], terms=", ".join(muted_terms)
        )
    return matches


async def _read_term(ctx: Context, view: View, text: str) -> str:
    """Return what is to be muted, as the store keeps it: a topic, an outlet of the place, or a term of a
    filter; several words are a phrase. Raises `CallError`.
    """
    bare = text.removeprefix("-").strip()
    name = bare.removeprefix(TOPIC)
    if topic := find_topic(ctx, name):
        return f"{TOPIC}{topic}"
    if own_topic := own_topic_called(name, await own_topics_of(ctx, view)):
        raise CallError(
            "{name} is a topic of this place's own, which cannot be muted. Mute its words: {example}",
            name=own_topic.name,
            example=f"/mute {own_topic.terms.split()[0].lstrip('+-')}",
        )
    if bare.startswith(TOPIC):
        near = similar_topic(ctx, name) or next(iter(ctx.rules.topics))
        raise CallError(
            "`{what}` is no topic. Did you mean {near}? /topics names all of them.", what=name[:40], near=near
        )
    if outlet := _outlet_called(view, bare):
        return str(FilterTerm(Sign.ANY, Field.OUTLET, outlet))
    bare = re.sub(rf"^{Field.LEADS}:", f"{Field.OUTLET}:", bare)  # what is muted is not shown at all
    is_plain = not re.search(r'^["“/]|^\w+:', bare)
    line = f'"{bare}"' if " " in bare and is_plain else bare
    terms = parse_filter(line, names_of_kinds(ctx.kinds)).terms
    if len(terms) > 1:
        raise CallError("Mute one thing at a time, for example: /mute crypto")
    (term,) = terms
    if term.field is Field.POINTS:
        raise CallError("Points mute nothing: most news has none. Mute a word, a topic, an outlet or a kind.")
    if term.field in {Field.OUTLET, Field.LEADS} and not _outlet_called(view, term.text):
        outlets = {fold(feed.outlet): feed.outlet for feed in view.feeds if feed.outlet}
        similar = difflib.get_close_matches(fold(term.text), outlets, n=1, cutoff=0)
        raise CallError(
            "No outlet here is called `{name}`. The nearest: {near}.",
            name=term.text[:40],
            near=outlets[similar[0]] if similar else "–",
        )
    return str(replace(term, sign=Sign.ANY))


def _outlet_called(view: View, name: str) -> str:
    """Return the outlet of a place that has a name, as it is written; empty for none."""
    return next((feed.outlet for feed in view.feeds if feed.outlet and fold(feed.outlet) == fold(name)), "")


def _in_words(ctx: Context, view: View, term: str) -> str:
    if term.startswith(TOPIC):
        topic = ctx.rules.topics.get(term.removeprefix(TOPIC))
        return view.words(topic.title) if topic else term
    (filter_term,) = stored_filter(term).terms
    is_phrase = filter_term.form is Form.PHRASE
    return filter_term.text if is_phrase else term_name(filter_term, view.words)


def _list_blocks(ctx: Context, view: View, muted_terms: Sequence[str]) -> list[Block]:
    if not muted_terms:
        return [Text(view.words("You have muted nothing. For example: /mute crypto"))]
    items = tuple(Item(f"{n} · {_in_words(ctx, view, term)}") for n, term in enumerate(muted_terms, start=1))
    hint = Text(view.words("/unmute and its number takes one back."), quiet=True)
    return [Heading(view.words("What you muted")), Listing(items=items), hint]


# --- what it does to answers -------------------------------------------------------------------------------


async def load_mutes(ctx: Context, call: Call) -> Mutes:
    """Return what the asker has muted; nothing where others read the answer, too."""
    if not is_for_asker(ctx, call):
        return UNMUTED
    async with ctx.store.read() as tx:
        muted_terms = await reader_choices.muted_by(tx, call.person)
    topics = tuple(term.removeprefix(TOPIC) for term in muted_terms if term.startswith(TOPIC))
    return Mutes(_filter_of(muted_terms), topics)


def _filter_of(muted_terms: Sequence[str]) -> Filter:
    """Return the filter that leaves out what is muted, topics aside. Raises `CallError` for more patterns
    than a filter may have.
    """
    lines = [term for term in muted_terms if not term.startswith(TOPIC)]
    terms = [replace(term, sign=Sign.NOT) for line in lines for term in stored_filter(line).terms]
    return Filter().with_terms(Filter(tuple(terms)))


async def without_muted(ctx: Context, view: View, mutes: Mutes, rankings: Sequence[Ranking]) -> list[Ranking]:
    """Return stories without those of which somebody wants to see nothing, and without such entries."""
    remaining = await stories_without_muted(ctx, mutes, [ranking.story for ranking in rankings])
    stories_by_id = {story.id: story for story in remaining}
    languages, now = view.channel.languages_read, ctx.clock()
    return [
        ranking if story == ranking.story else rank(story, now, languages, ctx.kinds)
        for ranking in rankings
        if (story := stories_by_id.get(ranking.story.id))
    ]


async def stories_without_muted(ctx: Context, mutes: Mutes, candidates: Sequence[Story]) -> Sequence[Story]:
    """Return stories without those of which somebody wants to see nothing, and without such entries."""
    if mutes == UNMUTED or not candidates:
        return candidates
    async with ctx.store.read() as tx:
        muted_ids = await _stories_on(tx, candidates, mutes.topics)
    others = [story for story in candidates if story.id not in muted_ids]
    return await in_thread(_passing, ctx, mutes.filter, others)


async def _stories_on(tx: Tx, candidates: Sequence[Story], topics: Sequence[str]) -> set[int]:
    """Return the ids of stories of which most entries are on one of some topics."""
    entry_ids = [entry.id for story in candidates for entry in story.entries]
    muted_ids: set[int] = set()
    for topic in topics:
        off_topic = await entries.off_topic(tx, entry_ids, topic)
        muted_ids |= {
            story.id
            for story in candidates
            if 2 * sum(entry.id not in off_topic for entry in story.entries) > len(story.entries)
        }
    return muted_ids


def _passing(ctx: Context, filter_: Filter, candidates: Sequence[Story]) -> list[Story]:
    filtered_stories = (filter_story(story, filter_, ctx.kinds)[0] for story in candidates)
    return [story for story in filtered_stories if story is not None and can_be_led(story)]
