"""topic: the topics that a server makes for itself, from terms under a name."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.declaration import Option, Section, command
from bot.commands.filtering import decision_blocks
from bot.commands.own_topics import own_topic_called, own_topics_of, similar_own_topic
from bot.commands.topics import find_topic
from bot.commands.views import View, answer_with, ensure_channel, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Answer, Block, Call, Heading, Item, Listing, OwnTopic, Text
from bot.pipeline.filters.grammar import Filter, parse_filter, stored_filter
from bot.pipeline.filters.matching import names_of_kinds
from bot.pipeline.filters.wish_mentions import EVERYTHING_ON
from bot.pipeline.timing.slots import weekday_called
from bot.store import own_topics
from bot.text.typed_words import action_in_english, in_english, is_typed_word
from bot.text.words import fold, one_line

ACTIONS = ("add", "edit", "remove", "test", "list")
ALL = "all"
"""What stands before the terms of a topic that is not about AI alone; and the topic that it lies within."""

OWN_TOPICS_MAX = 20
"""Topics that a server may make for itself."""

NAME_MAX = 32
TIME_WORDS = frozenset({"now", "daily", "weekdays", "weekends"})
_NAME = re.compile(r"[^\W_][\w-]*")


async def _names(ctx: Context, call: Call) -> tuple[str, ...]:
    return tuple(topic.name for topic in await own_topics_of(ctx, await view_of(ctx, call)))


@command(
    name="topic",
    code="tp",
    section=Section.SUBSCRIPTIONS,
    description="Topics of this server's own, by words",
    help_line='make a topic of your own: /topic add voices "voice cloning" deepfake -film',
    details=(
        "A topic is a name for terms as [filters](filters.md) have them; an entry is on it when it is about "
        "AI and fits them (`all` before the terms: whatever it is about). `/subscribe NAME` and `/latest "
        "NAME` take it, in this server alone; what `edit` changes holds for its subscriptions at once. "
        "`test` names the last entries, kept and left out, with the term that decided, and takes terms that "
        "nobody has saved, too."
    ),
    usage="/topic add|edit|remove|test|list NAME TERMS",
    options=(
        Option("action", "add, edit, remove, test or list", complete=ACTIONS),
        Option("name", "A name of one word", complete=_names),
        Option("terms", 'Such as "voice cloning" deepfake -film; all before them: not AI alone', rest=True),
    ),
    manager=True,
    examples=(
        '/topic add voices "voice cloning" deepfake -film',
        "/topic test voices",
        "/topic remove voices",
    ),
)
async def topic(ctx: Context, call: Call) -> Answer:
    """Show, try, make, change or remove a topic of the server's own."""
    view = await view_of(ctx, call)
    action, name, line = (one_line(call.arguments.get(part, "")) for part in ("action", "name", "terms"))
    action = action_in_english(action) or "list"
    topics = await own_topics_of(ctx, view)
    if action not in ACTIONS:
        raise CallError(
            "Say what to do with it: {right}",
            right=f"/topic add {action} {name or 'deepfake'} {line}".strip()[:80],
        )
    if action == "list":
        return _list(view, topics)
    if not name:
        raise CallError("Which one? A name of one word, for example /topic {action} voices", action=action)
    if action == "test":
        return await _test(ctx, view, name, line, topics)
    if action == "remove":
        return await _remove(ctx, view, _find_named(name, topics))
    return await _keep(ctx, view, call, action, name, line)


def _find_named(name: str, topics: Sequence[OwnTopic]) -> OwnTopic:
    """Return the topic of a name. Raises `CallError` with the nearest."""
    if topic_here := own_topic_called(name, topics):
        return topic_here
    if similar := similar_own_topic(name, topics):
        raise CallError("There is no topic `{name}` here. Did you mean {near}?", name=name[:40], near=similar)
    raise CallError(
        'There is no topic `{name}` here. A new one: /topic add {right} "voice cloning" deepfake',
        name=name[:40],
        right=_right_name(name),
    )


def _list(view: View, topics: Sequence[OwnTopic]) -> Answer:
    words = view.words
    if not topics:
        text = words(
            "This server has no topics of its own yet. For example: {example}",
            example='/topic add voices "voice cloning" deepfake -film',
        )
        return answer_with(view, [Text(text)])
    items = tuple(Item(_line(one)) for one in topics)
    return answer_with(view, [Heading(words("Topics of this server's own")), Listing(items=items)])


def _line(topic: OwnTopic) -> str:
    return f"{topic.name}: {'' if topic.within == EVERYTHING_ON else f'{ALL} '}{topic.terms}"


async def _keep(ctx: Context, view: View, call: Call, action: str, name: str, line: str) -> Answer:
    """Make a topic, or change one; the answer says what the last entries make of it."""
    _check_name(ctx, name)
    base, filter_ = _read_terms(ctx, line)
    async with ctx.store.write() as tx:
        channel = await ensure_channel(tx, ctx, call)
        topics = await own_topics.of_server(tx, channel.server_id)
        known_topic = own_topic_called(name, topics)
        if action == "edit":
            known_topic = _find_named(name, topics)
        elif known_topic is not None:
            raise CallError(
                "There is a topic {name} already: {line}. To change it: /topic edit {name} TERMS",
                name=known_topic.name,
                line=_line(known_topic)[:200],
            )
        elif len(topics) >= OWN_TOPICS_MAX:
            raise CallError(
                "A server has at most {most} topics of its own. /topic remove takes one away.",
                most=OWN_TOPICS_MAX,
            )
        new_topic = OwnTopic(known_topic.name if known_topic else name, base, str(filter_))
        followers = await own_topics.keep(tx, channel.server_id, fold(new_topic.name), new_topic, ctx.clock())
    view = await view_of(ctx, call)
    words = view.words
    blocks: list[Block] = [
        Text(words("Saved. {line}", line=_line(new_topic))),
        *await decision_blocks(ctx, view, new_topic.within, view.feed_ids, filter_, shown=3),
    ]
    if followers:
        follow = words.plural("One subscription follows it.", "{n} subscriptions follow it.", followers)
        blocks.append(Text(follow))
    else:
        blocks.append(
            Text(words("For a digest: {command}", command=f"/subscribe {new_topic.name} 08:00"), quiet=True)
        )
    return answer_with(view, blocks)


async def _test(ctx: Context, view: View, name: str, line: str, topics: Sequence[OwnTopic]) -> Answer:
    """Answer with what a topic keeps of the last entries and leaves out, or what other terms would."""
    known_topic = own_topic_called(name, topics)
    if known_topic is None and not line:
        known_topic = _find_named(name, topics)
    base, filter_ = (
        _read_terms(ctx, line)
        if known_topic is None or line
        else (known_topic.within, stored_filter(known_topic.terms))
    )
    heading = Heading(known_topic.name if known_topic else name[:NAME_MAX], str(filter_))
    return answer_with(view, [heading, *await decision_blocks(ctx, view, base, view.feed_ids, filter_)])


async def _remove(ctx: Context, view: View, known_topic: OwnTopic) -> Answer:
    async with ctx.store.write() as tx:
        server_id, key = view.channel.server_id, fold(known_topic.name)
        followers = await own_topics.count_followers(tx, server_id, key)
        if not followers:
            await own_topics.forget(tx, server_id, key)
    if followers:
        raise CallError(
            (
                "Subscriptions in this server are to {name} ({n}): end them first, for example /unsubscribe "
                "{name}"
            ),
            n=followers,
            name=known_topic.name,
        )
    return answer_with(view, [Text(view.words("There is no topic {name} any more.", name=known_topic.name))])


def _read_terms(ctx: Context, line: str) -> tuple[str, Filter]:
    """Return the topic that terms lie within, and them. Raises `CallError`."""
    first, _, rest = line.partition(" ")
    is_of_all = first.lower() == ALL
    filter_ = parse_filter(rest if is_of_all else line, names_of_kinds(ctx.kinds))
    if all(term.sign == "-" for term in filter_.terms):
        raise CallError(
            "A topic says what is on it, not only what is not: for example deepfake {terms}",
            terms=str(filter_)[:80],
        )
    return (ALL if is_of_all else EVERYTHING_ON), replace(filter_, topic=None)


def _check_name(ctx: Context, name: str) -> None:
    """Refuse a name that cannot be typed in one word, or that means something else. Raises `CallError`."""
    if not _NAME.fullmatch(name) or len(name) > NAME_MAX or not re.search(r"[^\W\d_]", name):
        raise CallError(
            (
                "`{name}` is no name for a topic: one word of at most {most} letters, digits and hyphens, "
                "for example {right}"
            ),
            name=name[:40],
            most=NAME_MAX,
            right=_right_name(name),
        )
    is_time = name.lower() in TIME_WORDS or weekday_called(name.lower()) is not None
    is_taken = (
        name.lower() in {*ACTIONS, ALL} or is_time or is_typed_word(name) or in_english(name) != fold(name)
    )
    if is_taken or find_topic(ctx, name):
        raise CallError(
            "`{name}` means something already. Take another name, for example {right}",
            name=name,
            right=f"my-{name.lower()}"[:NAME_MAX],
        )


def _right_name(name: str) -> str:
    """Return the nearest that can be a name."""
    words = re.findall(r"[^\W_]+", name)
    right = "-".join(words)[:NAME_MAX].strip("-").lower()
    return right if re.search(r"[^\W\d_]", right) else "voices"
