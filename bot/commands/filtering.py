"""filter: which news a subscription takes or leaves out, and what another filter would have changed."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import (
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    is_to_be_seen,
    save_call,
    save_or_back,
)
from bot.commands.registry import registry
from bot.commands.subscription_choice import OF, check_is_meant, split_number, subscription_at
from bot.commands.subscription_lines import name_of
from bot.commands.views import View, answer_with, view_of
from bot.commands.wish_reading import is_wish, read_typed_wish
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Answer,
    Block,
    Call,
    CallRef,
    Entry,
    Heading,
    Item,
    Listing,
    Subscription,
    Text,
)
from bot.pipeline.filters.grammar import (
    LONGEST_TERM,
    Field,
    Filter,
    FilterTerm,
    Sign,
    filter_of,
    parse_filter,
    stored_filter,
)
from bot.pipeline.filters.matching import Decision, decide, names_of_kinds
from bot.store import entries, subscriptions
from bot.text.typed_words import action_in_english, is_everything
from bot.text.words import one_line
from bot.threads import in_thread

ACTIONS = ("add", "remove", "list", "test")
STARTERS = ("-crypto", '+"open weights"', "/gpt-?[0-9]/", "points:50")
"""Terms that show how words, phrases, patterns and points are written."""

TESTED = 50
"""Entries that a test looks at."""

SHOWN = 12
"""Entries of either side that a test names."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What somebody typed: a subscription's number (or none), what to do, and the terms."""

    number: str
    action: str
    terms: str


async def _terms(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return terms that anybody may begin with: kinds of news, languages that are read, and the outlets of
    the place by what can be said of them.
    """
    view = await view_of(ctx, call)
    kinds = [f"{sign}kind:{name}" for name in names_of_kinds(ctx.kinds) for sign in ("", "-")]
    languages = [f"lang:{code}" for code in ctx.texts.languages]
    outlets = sorted({feed.outlet for feed in view.feeds if feed.outlet}, key=str.casefold)
    about_outlets = [
        str(FilterTerm(sign, field, outlet[:LONGEST_TERM]))
        for outlet in outlets
        for sign, field in ((Sign.NOT, Field.OUTLET), (Sign.NOT, Field.LEADS), (Sign.ANY, Field.OUTLET))
    ]
    return (*STARTERS, *about_outlets, *kinds, *languages)


@command(
    name="filter",
    code="fi",
    section=Section.SUBSCRIPTIONS,
    description="What a subscription takes or leaves out, by words, outlets, languages and kinds",
    help_line="leave out or ask for news by words: /filter add -crypto",
    details=(
        "`add` and `remove` show what would have changed in the last 14 days before anything is saved "
        "(`remove all` takes every term away); `test` names the last entries, kept and left out, with the "
        "term that decided. The terms are on [a page of their own](filters.md)."
    ),
    usage="/filter [NUMBER] add|remove|list|test TERMS",
    options=(
        Option("number", "Its number or name in /list", complete=subscription_numbers),
        Option("action", "add, remove, list or test", complete=ACTIONS),
        Option(
            "terms",
            'Such as -crypto +"open weights" -outlet:NAME lang:it kind:release',
            rest=True,
            complete=_terms,
        ),
    ),
    carried_options=(SAVED, OF),
    manager=True,
    examples=(
        "/filter add -crypto",
        '/filter 2 add +"open weights" -outlet:HypeWatch',
        "/filter test kind:release",
    ),
)
async def filter_(ctx: Context, call: Call) -> Answer:
    """Show, test or change the filter of a subscription; a change is shown with what it would have done
    before it is saved.
    """
    view = await view_of(ctx, call)
    try:
        request = await _read_line(ctx, view, call)
    except CallError:
        if answer := await _as_wish(ctx, view, call):
            return answer
        raise
    if not request.number and request.action == "list":
        return await _all_filters(ctx, view)
    subscription = await subscription_at(ctx, view, request.number)
    check_is_meant(call, subscription)
    current = filter_of(subscription)
    match request.action:
        case "list":
            return answer_with(view, [Text(_line(ctx, view, subscription, current))])
        case "test":
            trial = current
            if request.terms:
                terms = parse_filter(request.terms, names_of_kinds(ctx.kinds))
                trial = replace(current, terms=terms.terms)
            return await _test(ctx, view, subscription, trial)
        case _:
            new_filter = _change(ctx, request, current)
    if is_to_be_seen(ctx, call):
        return await _show_effect(ctx, view, call, subscription, request, new_filter)
    return await _save(ctx, view, subscription, new_filter)


async def _as_wish(ctx: Context, view: View, call: Call) -> Answer | None:
    """Return the answer to plain words in the place of terms, None where they are none, or have signs."""
    number, typed = await _split_line(ctx, view, call)
    if re.search(r"(?<!\S)[-+]\S", typed) or not is_wish(await read_typed_wish(ctx, view, typed)):
        return None
    arguments = {"words": typed, **({"number": number} if number else {})}
    return await registry().by_name["wish"](ctx, replace(call, command="wish", arguments=arguments))


async def _split_line(ctx: Context, view: View, call: Call) -> tuple[str, str]:
    """Return the number of a subscription (or none) and the rest of what was typed, in whichever options it
    came.
    """
    parts = (call.arguments.get(name, "") for name in ("number", "action", "terms"))
    line = one_line(" ".join(parts))
    number, rest = await split_number(ctx, view, line)
    if number and not re.match(r"#?\d", line) and action_in_english(rest.partition(" ")[0]) not in ACTIONS:
        meaning = await read_typed_wish(ctx, view, line)
        return ("", line) if meaning.topics and is_wish(meaning) else (number, rest)
    return number, rest


async def _read_line(ctx: Context, view: View, call: Call) -> _Request:
    """Return what was typed. Raises `CallError` that names what is near."""
    number, rest = await _split_line(ctx, view, call)
    action, _, terms = rest.partition(" ")
    known_action = action_in_english(action)
    if not rest or known_action in ACTIONS:
        return _Request(number, known_action or "list", terms.strip())
    similar = difflib.get_close_matches(action.lower(), ACTIONS, n=1, cutoff=0.6)
    right = (number, similar[0], terms) if similar else (number, "add", rest)
    raise CallError(
        "Say what to do with it: /filter {right}",
        right=one_line(" ".join(filter(None, right)))[:80],
    )


def _change(ctx: Context, request: _Request, current: Filter) -> Filter:
    """Return the filter as it is to become. Raises `CallError` where it would stay as it is."""
    if request.action == "remove" and (is_everything(request.terms) or request.terms.lower() == "off"):
        return Filter(topic=current.topic)
    terms = parse_filter(request.terms, names_of_kinds(ctx.kinds))
    if request.action == "add":
        new_filter = current.with_terms(terms)
        if new_filter == current:
            raise CallError("That is in the filter already: {filter}", filter=str(current))
        return new_filter
    new_filter = current.without(terms)
    if new_filter == current:
        raise CallError(
            "`{terms}` is not in the filter. It has: {filter}",
            terms=str(terms)[:80],
            filter=str(current) or "—",
        )
    return new_filter


async def _all_filters(ctx: Context, view: View) -> Answer:
    """Answer with the filter of every subscription of the place."""
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    if not channel_subscriptions:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    items = tuple(
        Item(f"{n} · {_line(ctx, view, one, stored_filter(one.filter))}")
        for n, one in enumerate(channel_subscriptions, start=1)
    )
    return answer_with(view, [Heading(view.words("Filters")), Listing(items=items)])


def _line(ctx: Context, view: View, subscription: Subscription, current: Filter) -> str:
    name = name_of(ctx, view, subscription)
    if not current.terms:
        return view.words("{name}: no filter. For example: /filter add -crypto", name=name)
    return f"{name}: {current}"


async def _save(ctx: Context, view: View, subscription: Subscription, new_filter: Filter) -> Answer:
    async with ctx.store.write() as tx:
        await subscriptions.set_filter(tx, subscription.id, str(new_filter))
    text = view.words("Saved. {line}", line=_line(ctx, view, subscription, new_filter))
    return answer_with(view, [Text(text)])


async def _show_effect(
    ctx: Context, view: View, call: Call, subscription: Subscription, request: _Request, new_filter: Filter
) -> Answer:
    """Answer with what a filter would have changed, and with buttons that save it or leave all as it is."""
    words = view.words
    effect = await find_effect(
        ctx, view, [Change(subscription, replace(subscription, filter=str(new_filter)))]
    )
    number = {"number": request.number} if request.number else {}
    save = {**number, "action": request.action, "terms": request.terms, OF: str(subscription.id)}
    blocks: list[Block] = [
        Heading(words("The filter of {name}", name=name_of(ctx, view, subscription)), str(new_filter) or "—"),
        *effect_blocks(words, effect),
        *save_or_back(words, save_call(call, save), CallRef("filter", {**number, "action": "list"})),
    ]
    return answer_with(view, blocks)


def _feed_ids(view: View, subscription: Subscription) -> list[int]:
    return [
        feed_id for feed_id in view.feed_ids if not subscription.feed_ids or feed_id in subscription.feed_ids
    ]


async def _test(ctx: Context, view: View, subscription: Subscription, trial: Filter) -> Answer:
    """Answer with the last entries, kept and left out, each with the term that decided."""
    heading = Heading(
        view.words("The filter of {name}", name=name_of(ctx, view, subscription)), str(trial) or "—"
    )
    feed_ids = _feed_ids(view, subscription)
    return answer_with(
        view, [heading, *await decision_blocks(ctx, view, subscription.topic, feed_ids, trial)]
    )


async def decision_blocks(
    ctx: Context, view: View, topic: str, feed_ids: Sequence[int], trial: Filter, shown: int = SHOWN
) -> list[Block]:
    """Return how many of the last entries on a topic a filter keeps and leaves out, and some of either with
    the term that decided.
    """
    words = view.words
    async with ctx.store.read() as tx:
        newest = await entries.newest_on(tx, topic, feed_ids, TESTED)
    decisions = await in_thread(_decide_all, newest, trial, ctx)
    passing = [(entry, decision) for entry, decision in decisions if decision.passes]
    failing = [(entry, decision) for entry, decision in decisions if not decision.passes]
    blocks: list[Block] = [
        Text(
            words(
                "Of the last entries it keeps {kept} and leaves out {dropped}.",
                kept=len(passing),
                dropped=len(failing),
            )
        )
    ]
    for title, side in ((words("Left out:"), failing), (words("Kept:"), passing)):
        if side:
            items = tuple(_decision_item(words, trial, *one) for one in side[:shown])
            blocks.append(Listing(items=items, title=title))
    return blocks


def _decide_all(newest: Sequence[Entry], trial: Filter, ctx: Context) -> list[tuple[Entry, Decision]]:
    return [(entry, decide(entry, trial, ctx.kinds)) for entry in newest]


def _decision_item(words: Words, trial: Filter, entry: Entry, decision: Decision) -> Item:
    """Return a line for an entry: its title, the term that decided, and what else becomes of it."""
    parts = [entry.title or entry.link, decision.term]
    if not decision.leads:
        parts.append(words("only among the sources"))
    is_counted = any(term.field is Field.POINTS for term in trial.terms)
    if decision.passes and is_counted and entry.points is None:
        parts.append(words("its feed counts no points"))
    return Item(" · ".join(filter(None, parts)), entry.link)
