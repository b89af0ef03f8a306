"""wish: what somebody wants, in plain words; shown as rules with what they would have brought, and saved by a
button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import (
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    save_call,
    save_or_back,
)
from bot.commands.own_topics import own_topic_called, own_topics_of
from bot.commands.subscription_choice import OF, check_is_meant, subscription_at
from bot.commands.subscription_lines import list_items, name_of
from bot.commands.subscriptions import add_subscription, move_to_zone, refuse_twin
from bot.commands.topics import find_topic
from bot.commands.usual_hours import DEFAULT, usual_time
from bot.commands.views import View, ensure_channel, is_before_readers, view_of
from bot.commands.wish_blocks import is_only_instant, rules_blocks
from bot.commands.wish_reading import read_typed_wish
from bot.commands.wish_undo import keep_last_wish, take_back
from bot.commands.zones import zone_question
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Bar,
    Block,
    Button,
    Call,
    CallRef,
    Channel,
    Document,
    Listing,
    OwnTopic,
    Subscription,
    Text,
)
from bot.pipeline.filters.grammar import Field, Filter, Sign, parse_filter, stored_filter
from bot.pipeline.filters.matching import names_of_kinds
from bot.pipeline.filters.wish_mentions import EVERYTHING_ON
from bot.pipeline.filters.wishes import WISH_MAX, Wish
from bot.pipeline.timing.joined import join_schedules
from bot.pipeline.timing.slots import describe, next_slot, parse_schedule
from bot.store import Tx, subscriptions
from bot.text.take_backs import is_take_back

TOPICS, TERMS, WHEN, ZONE, BAR, SIZE = "topics", "terms", "when", "zone", "bar", "size"
"""What the button that saves carries: the rules as they were shown, so that no others are saved."""

NUMBER = "number"
"""The subscription that a wish is about, where /filter or a button says so."""

EXAMPLE = "/wish no funding rounds, only research, mornings"
CHOICES = 8
"""Subscriptions that are offered where a wish may be about any of them."""


@command(
    name="wish",
    code="wi",
    section=Section.SUBSCRIPTIONS,
    description="Say in plain words what is to be posted here",
    help_line="say it in plain words: /wish no funding rounds, only research, mornings",
    details=(
        "Plain words in any language of the bot become rules: topics, kinds of news, words, outlets, "
        "languages, times, how important, how many. The answer shows the rules and what they would have "
        "brought in the last 14 days, and names what it did not understand; only your own button saves "
        "them. `/subscribe` and `/filter` read plain words, too, and so does a private chat. See "
        "[wishes](filters.md#wishes)."
    ),
    usage="/wish WORDS",
    options=(Option("words", "What is to be posted, and what is not", required=True, rest=True),),
    carried_options=(SAVED, TOPICS, TERMS, WHEN, ZONE, BAR, SIZE, NUMBER, OF),
    manager=True,
    examples=(
        EXAMPLE,
        "/wish only robotics, at most 3 stories, weekdays at 7:30",
        "/wish nothing from HypeWatch",
    ),
)
async def wish(ctx: Context, call: Call) -> Answer:
    """Show what plain words come to as rules, or save rules that were shown."""
    view = await view_of(ctx, call)
    if is_before_readers(ctx, call):
        raise CallError("Say that to me in a private chat: here my question would stand before all readers.")
    if is_take_back(call.arguments["words"]):
        return await take_back(ctx, view, call)
    if call.arguments.get(SAVED):
        own_topics = await own_topics_of(ctx, view)
        return await _save(ctx, view, call, _carried_wish(ctx, call.arguments, own_topics))
    text = call.arguments["words"]
    if len(text) > WISH_MAX:
        raise CallError("A wish has at most {most} characters. Say it in two.", most=WISH_MAX)
    meaning = await read_typed_wish(ctx, view, text)
    if not meaning.has_rules:
        raise CallError(
            "There is no rule in `{words}` that I understand. For example: {example}",
            words=", ".join(meaning.unread)[:80] or text[:80],
            example=EXAMPLE,
        )
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    number = call.arguments.get(NUMBER, "")
    meaning = _at_usual_time(meaning, channel_subscriptions, number)
    if _is_about_any(meaning, channel_subscriptions, number):
        return _ask_which(ctx, view, text, channel_subscriptions)
    meaning = _with_added_time(meaning, channel_subscriptions, number)
    changes = await _plan(ctx, view, meaning, channel_subscriptions, number)
    return await _show(ctx, view, call, meaning, changes)


def _at_usual_time(meaning: Wish, channel_subscriptions: Sequence[Subscription], number: str) -> Wish:
    """Return a wish that names days alone with the time of the subscription that it is about, or of its
    place.
    """
    if not meaning.lacks_time or meaning.schedule is None:
        return meaning
    subject = _subject(meaning, channel_subscriptions, number)
    at = usual_time((*subject, *channel_subscriptions))
    return replace(meaning, schedule=replace(meaning.schedule, times=(at,)))


def _subject(meaning: Wish, channel_subscriptions: Sequence[Subscription], number: str) -> list[Subscription]:
    """Return the subscriptions that a wish names, by a number or by their topics."""
    if _is_number(number, len(channel_subscriptions)):
        return [channel_subscriptions[int(number) - 1]]
    return [one for one in channel_subscriptions if (one.own_topic or one.topic) in meaning.topics]


def _with_added_time(meaning: Wish, channel_subscriptions: Sequence[Subscription], number: str) -> Wish:
    """Return a wish for another time beside those that there are with all of them. Raises `CallError` where
    no schedule holds them.
    """
    if not meaning.adds_time or meaning.schedule is None:
        return meaning
    for subscription in _subject(meaning, channel_subscriptions, number) or channel_subscriptions[:1]:
        joined_schedule = join_schedules(subscription.schedule, meaning.schedule)
        if joined_schedule is None:
            number = str(1 + channel_subscriptions.index(subscription))
            raise CallError(
                "{new} cannot stand beside {old}, which stays: a subscription has the same times on all its "
                "days. To post at {new} instead: {example}",
                new=meaning.schedule,
                old=subscription.schedule,
                example=f"/schedule {number} {describe(meaning.schedule)}",
            )
        meaning = replace(meaning, schedule=joined_schedule)
    return meaning


def _is_number(text: str, count: int) -> bool:
    return text.isdecimal() and 1 <= int(text) <= count


def _is_about_any(meaning: Wish, channel_subscriptions: Sequence[Subscription], number: str) -> bool:
    """Tell whether a wish names no topic where there are several subscriptions."""
    return not number and not meaning.topics and len(channel_subscriptions) > 1


def _ask_which(ctx: Context, view: View, text: str, channel_subscriptions: Sequence[Subscription]) -> Answer:
    """Ask which subscription is meant, with a button for each."""
    buttons = tuple(
        Button(
            f"{number} · {name_of(ctx, view, one)}"[:40],
            call=CallRef("wish", {"words": text, NUMBER: str(number), OF: str(one.id)}),
        )
        for number, one in enumerate(channel_subscriptions[:CHOICES], start=1)
    )
    question = Text(view.words("Which subscription is that about?"))
    return Answer(document=Document((question, Actions(buttons)), view.words.language))


async def _plan(
    ctx: Context, view: View, meaning: Wish, channel_subscriptions: Sequence[Subscription], number: str
) -> list[Change]:
    """Return what a wish changes: the subscription that is named, those on its topics, the only one there is,
    or none yet.
    """
    if number:
        own_topics = await own_topics_of(ctx, view)
        return [_changed_by_number(await subscription_at(ctx, view, number), meaning, own_topics)]
    topics = meaning.topics or (() if channel_subscriptions else (EVERYTHING_ON,))
    own_topics = await own_topics_of(ctx, view)
    on_topic = {one.own_topic or one.topic: one for one in channel_subscriptions if not one.feed_ids}
    if not topics:
        return [_apply(channel_subscriptions[0], meaning)]
    return [
        _apply(on_topic[topic], meaning)
        if topic in on_topic
        else _new(view, topic, own_topic_called(topic, own_topics), meaning)
        for topic in topics
    ]


def _new(view: View, topic: str, own: OwnTopic | None, meaning: Wish) -> Change:
    schedule = meaning.schedule or parse_schedule(DEFAULT)
    blank = Subscription(id=0, channel_id=view.channel.id, topic=topic, schedule=schedule)
    return Change(None, _apply(_on_topic(blank, topic, own), meaning).after)


def _on_topic(subscription: Subscription, topic: str, own: OwnTopic | None) -> Subscription:
    """Return a subscription to a topic, which may be one of its server's own."""
    if own is None:
        return replace(subscription, topic=topic, own_topic="", topic_terms="")
    return replace(subscription, topic=own.within, own_topic=own.name, topic_terms=own.terms)


def _changed_by_number(subscription: Subscription, meaning: Wish, own_topics: Sequence[OwnTopic]) -> Change:
    """Return the subscription that a wish names by its number, which may get another topic, and only one.
    Raises `CallError`.
    """
    if len(meaning.topics) > 1:
        raise CallError(
            "A subscription has one topic. Say it without a number, for one on each: {example}",
            example="/wish " + ", ".join(meaning.topics),
        )
    change = _apply(subscription, meaning)
    topic = next(iter(meaning.topics), subscription.topic)
    if not meaning.topics:
        return change
    own = own_topic_called(topic, own_topics)
    return replace(change, after=_on_topic(change.after, topic, own))


def _apply(subscription: Subscription, meaning: Wish) -> Change:
    """Return a subscription with the rules of a wish; what it says nothing of stays. How many stories there
    are at most says of news that only comes at once how many a day. Raises `CallError` where the terms become
    too many.
    """
    schedule = meaning.schedule or subscription.schedule
    size, a_day = (0, meaning.size) if is_only_instant(schedule) else (meaning.size, 0)
    after = replace(
        subscription,
        schedule=schedule,
        bar=meaning.bar or subscription.bar,
        size=size or subscription.size,
        posts_per_day=a_day or subscription.posts_per_day,
        filter=str(stored_filter(subscription.filter).with_terms(meaning.filter)),
    )
    return Change(subscription, after)


async def _show(ctx: Context, view: View, call: Call, meaning: Wish, changes: Sequence[Change]) -> Answer:
    """Answer with the rules of each subscription, what they would have brought, what was not understood, and
    a button that saves them.
    """
    words = view.words
    blocks: list[Block] = []
    for change in changes:
        blocks += rules_blocks(ctx, view, meaning, change)
        if _only_moves(change):
            continue  # the stories are the same, and how many says nothing of when
        effect = await find_effect(ctx, view, [change])
        blocks += effect_blocks(words, effect, is_new=change.before is None)
    blocks += _place_hints(ctx, view, meaning)
    if meaning.unread:
        unread = ", ".join(f"“{one}”" for one in meaning.unread)
        blocks.append(Text(words("Not understood, and in no rule: {words}.", words=unread)))
    rules = {
        "words": call.arguments["words"],
        TOPICS: ",".join(meaning.topics),
        TERMS: str(meaning.filter),
        WHEN: describe(meaning.schedule) if meaning.schedule else "",
        ZONE: meaning.zone,
        BAR: meaning.bar.value if meaning.bar else "",
        SIZE: str(meaning.size or ""),
        NUMBER: call.arguments.get(NUMBER, ""),
        OF: ",".join(str(change.before.id if change.before else 0) for change in changes),
    }
    blocks += save_or_back(words, save_call(call, rules), CallRef("list"))
    return Answer(document=Document(tuple(blocks), words.language))


def _place_hints(ctx: Context, view: View, meaning: Wish) -> list[Block]:
    """Return what a wish means for the whole place: its zone is that of everything there, and what is in a
    language that nobody reads there is not told.
    """
    words, languages_read = view.words, view.channel.languages_read
    blocks: list[Block] = []
    if meaning.zone and view.known and meaning.zone != view.channel.zone:
        blocks.append(
            Text(words("All that is posted here then goes by the clock of {zone}.", zone=meaning.zone))
        )
    unread_languages = [
        term.text
        for term in meaning.filter.terms
        if term.field is Field.LANGUAGE and term.sign is Sign.ANY and term.text not in languages_read
    ]
    if unread_languages and not ctx.summarizer.translates:
        hint = words(
            "News in {language} is only named here, not told, for nobody reads it. So that it is told: "
            "{example}",
            language=", ".join(words.language_name(code) for code in unread_languages),
            example=f"/languages {' '.join((*languages_read, *unread_languages))}",
        )
        blocks.append(Text(hint))
    return blocks


def _only_moves(change: Change) -> bool:
    """Tell whether a change is one of when alone."""
    before, after = change.before, change.after
    if before is None or before.schedule == after.schedule:
        return False
    return before == replace(after, schedule=before.schedule)


def _carried_wish(ctx: Context, arguments: Mapping[str, str], own_topics: Sequence[OwnTopic]) -> Wish:
    """Return the rules that a button carries. Raises `CallError` for what is right no more."""
    topics = tuple(filter(None, arguments.get(TOPICS, "").split(",")))
    if any(not (own_topic_called(topic, own_topics) or find_topic(ctx, topic)) for topic in topics):
        raise CallError("What is posted here has changed since. /list shows it; please say that again.")
    terms, when = arguments.get(TERMS, ""), arguments.get(WHEN, "")
    return Wish(
        topics=topics,
        filter=parse_filter(terms, names_of_kinds(ctx.kinds)) if terms else Filter(),
        schedule=parse_schedule(when) if when else None,
        zone=arguments.get(ZONE, ""),
        bar=Bar(arguments[BAR]) if arguments.get(BAR) else None,
        size=int(arguments[SIZE]) if arguments.get(SIZE) else None,
    )


async def _save(ctx: Context, view: View, call: Call, meaning: Wish) -> Answer:
    """Save rules that were shown, for the subscriptions that they were shown for."""
    if call.place.missing:
        raise CallError(
            "I may not post here yet: give me {rights} here, then say that again.",
            rights=", ".join(call.place.missing),
        )
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    changes = await _plan(ctx, view, meaning, channel_subscriptions, call.arguments.get(NUMBER, ""))
    _check_unchanged(call, changes)
    async with ctx.store.write() as tx:
        channel = await ensure_channel(tx, ctx, call)
        if meaning.zone:
            await move_to_zone(tx, channel.id, meaning.zone, ctx.clock())
            channel = replace(channel, zone=meaning.zone)
        saved_subscriptions = [await _keep(tx, ctx, channel, change, meaning) for change in changes]
        pairs = zip(changes, saved_subscriptions, strict=True)
        await keep_last_wish(tx, ctx, channel.id, [Change(change.before, after) for change, after in pairs])
    ctx.wake("collect")
    words = view.words
    view = await view_of(ctx, call)
    blocks: list[Block] = [
        Text(words("Saved.")),
        Listing(items=list_items(ctx, view, saved_subscriptions, numbered=False)),
        *await zone_question(ctx, view, call, channel, saved_subscriptions[-1]),
        Actions((Button(words("What is posted here"), call=CallRef("list")),)),
    ]
    return Answer(document=Document(tuple(blocks), words.language))


def _check_unchanged(call: Call, changes: Sequence[Change]) -> None:
    """Refuse to save for other subscriptions than those that were shown. Raises `CallError`."""
    if len(changes) == 1 and changes[0].before is not None:
        check_is_meant(call, changes[0].before)
    ids = ",".join(str(change.before.id if change.before else 0) for change in changes)
    if call.arguments.get(OF, "0") != ids:
        raise CallError("What is posted here has changed since. /list shows it; please say that again.")


async def _keep(tx: Tx, ctx: Context, channel: Channel, change: Change, meaning: Wish) -> Subscription:
    after = replace(change.after, channel_id=channel.id)
    if change.before is None:
        return await add_subscription(tx, ctx, channel, after, None)
    await refuse_twin(tx, after, change.before)
    await subscriptions.set_rules(tx, after)
    if meaning.schedule is None:
        return after
    upcoming = next_slot(meaning.schedule, channel.zone, ctx.clock())
    await subscriptions.reschedule(tx, after.id, meaning.schedule, upcoming)
    return replace(after, next_slot_at=upcoming)
