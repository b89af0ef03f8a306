"""edit: what a subscription is called and about, how much of it comes, and which kinds of news."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.edit_settings import (
    ALL,
    SETTINGS,
    example_of,
    setting_name,
    typed_value,
    value_in_words,
    wrong_value,
)
from bot.commands.hindsight import (
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    is_to_be_seen,
    save_call,
    save_or_back,
)
from bot.commands.own_topics import own_topics_of
from bot.commands.shown_values import OFF, split_name
from bot.commands.subscription_choice import OF, check_is_meant, split_number, subscription_at
from bot.commands.subscription_lines import list_items, name_of
from bot.commands.subscriptions import refuse_twin
from bot.commands.views import View, answer_with, view_of
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
    Subscription,
    Text,
)
from bot.pipeline.filters.matching import names_of_kinds
from bot.store import subscriptions
from bot.text.words import fold, one_line

CHOICES = 5
"""Subscriptions among which a button lets choose."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What somebody typed: which subscription, what of it, and to what."""

    number: str
    setting: str
    value: str


async def _complete_settings(ctx: Context, call: Call) -> tuple[str, ...]:  # noqa: ARG001  they are the same everywhere
    return tuple(SETTINGS)


async def _complete_values(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return values of every setting, of which what is typed chooses: topics, kinds and feeds."""
    view = await view_of(ctx, call)
    own_names = (topic.name for topic in await own_topics_of(ctx, view))
    outlets = sorted({feed.outlet for feed in view.feeds if feed.outlet}, key=str.casefold)
    return (*own_names, *ctx.rules.topics, ALL, OFF, "3", "5", "8", *names_of_kinds(ctx.kinds), *outlets)


@command(
    name="edit",
    code="ed",
    section=Section.SUBSCRIPTIONS,
    description="Change a subscription: its name, topic, feeds, kinds, and how much comes",
    help_line="change a subscription: /edit 1 stories 3",
    details=(
        "Without a setting it shows how everything is set. `name` gives it a short name, which every command "
        "takes in place of its number; `topic` and `feeds` say what it is about, `stories` how many stories "
        "a digest has, `hour` and `day` how many are posted at once at most, `cap` how many a day one feed "
        "may lead, `kinds` which kinds of news come (`release funding` only these, `-opinion` all but this). "
        "What would bring other stories shows first what it would have brought in the last 14 days."
    ),
    usage="/edit [NUMBER] [name|topic|feeds|stories|hour|day|cap|kinds VALUE]",
    options=(
        Option("number", "Its number or name in /list", complete=subscription_numbers),
        Option(
            "setting", "name, topic, feeds, stories, hour, day, cap or kinds", complete=_complete_settings
        ),
        Option("value", "To what, such as 3, robotics, or off", rest=True, complete=_complete_values),
    ),
    carried_options=(OF, SAVED),
    manager=True,
    examples=("/edit 1", "/edit 1 stories 3", "/edit 2 kinds release -opinion"),
)
async def edit(ctx: Context, call: Call) -> Answer:
    """Show how a subscription is set, or change something of it: what brings other stories is seen first."""
    view = await view_of(ctx, call)
    request = await _read_request(ctx, view, call)
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    if not (request.number or request.setting) and len(channel_subscriptions) > 1:
        return _ask_which(ctx, view, channel_subscriptions)
    before = await subscription_at(ctx, view, request.number)
    check_is_meant(call, before)
    number = str([subscription.id for subscription in channel_subscriptions].index(before.id) + 1)
    if not request.setting:
        return answer_with(view, _card(ctx, view, before, number))
    setting = SETTINGS[request.setting]
    if not request.value:
        raise wrong_value(request.setting, "", number)
    after = await setting.change(ctx, view, before, request.value)
    async with ctx.store.read() as tx:
        await refuse_twin(tx, after, before)
    if after == before:
        return answer_with(view, _card(ctx, view, before, number))
    arguments = {"number": number, "setting": request.setting, "value": request.value, OF: str(before.id)}
    if setting.is_seen_first and is_to_be_seen(ctx, call):
        return await _show(ctx, view, call, Change(before, after), arguments)
    return await _save(ctx, view, Change(before, after), arguments)


async def _read_request(ctx: Context, view: View, call: Call) -> _Request:
    """Return what was typed, in whichever options it came. Raises `CallError` for a setting that is none."""
    parts = (call.arguments.get(name, "") for name in ("number", "setting", "value"))
    number, rest = await split_number(ctx, view, one_line(" ".join(parts)))
    word, _, value = rest.partition(" ")
    if not word:
        return _Request(number, "", "")
    shown_name, shown_value = split_name(ctx, view, rest, SETTINGS, setting_name)
    if shown_name:
        return _Request(number, shown_name, shown_value)
    setting_by_word = {name: name for name in SETTINGS} | {
        "size": "stories",
        "topics": "topic",
        "feed": "feeds",
        "kind": "kinds",
        "title": "name",
    }
    if name := setting_by_word.get(fold(word)):
        return _Request(number, name, value.strip())
    similar = difflib.get_close_matches(fold(word), setting_by_word, n=1, cutoff=0)
    near = setting_by_word[similar[0]]
    example = example_of(near, number or "1")
    raise CallError(
        "There is no `{name}` in a subscription: {settings}. For example {example}",
        name=word[:40],
        settings=", ".join(SETTINGS),
        example=example,
    )


def _ask_which(ctx: Context, view: View, channel_subscriptions: Sequence[Subscription]) -> Answer:
    buttons = tuple(
        Button(
            f"{n} · {name_of(ctx, view, subscription)}"[:40],
            call=CallRef("edit", {"number": str(n), OF: str(subscription.id)}),
        )
        for n, subscription in enumerate(channel_subscriptions[:CHOICES], start=1)
    )
    items = list_items(ctx, view, channel_subscriptions)
    question = Text(view.words("Which subscription is that about?"))
    return answer_with(view, [question, Listing(items=items), Actions(buttons)])


def _card(ctx: Context, view: View, subscription: Subscription, number: str) -> list[Block]:
    """Return how a subscription is set, a line for each setting."""
    items = tuple(
        Item(f"{setting_name(name, view.words)}: {value_in_words(ctx, view, subscription, name)}")
        for name in SETTINGS
    )
    examples = ", ".join(example_of(name, number) for name in ("stories", "kinds", "name"))
    return [
        Heading(f"{number} · {name_of(ctx, view, subscription)}"),
        Listing(items=items),
        Text(view.words("To change it: {examples}", examples=examples), quiet=True),
    ]


async def _show(ctx: Context, view: View, call: Call, change: Change, arguments: Mapping[str, str]) -> Answer:
    """Answer with what a change would have brought, and with a button that saves it."""
    effect = await find_effect(ctx, view, [change])
    back = CallRef("edit", {"number": arguments["number"], OF: arguments[OF]})
    heading = Heading(
        name_of(ctx, view, change.before or change.after), _from_to(ctx, view, change, arguments)
    )
    blocks = [
        heading,
        *effect_blocks(view.words, effect),
        *save_or_back(view.words, save_call(call, arguments), back),
    ]
    return answer_with(view, blocks)


def _from_to(ctx: Context, view: View, change: Change, arguments: Mapping[str, str]) -> str:
    before, after = (
        value_in_words(ctx, view, subscription, arguments["setting"])
        for subscription in (change.before or change.after, change.after)
    )
    label = setting_name(arguments["setting"], view.words)
    return view.words("{setting}: {after} (before: {before})", setting=label, after=after, before=before)


async def _save(ctx: Context, view: View, change: Change, arguments: Mapping[str, str]) -> Answer:
    """Save a change, say from what to what, and offer to take it back."""
    before, after = change.before or change.after, change.after
    async with ctx.store.write() as tx:
        await refuse_twin(tx, after, before)
        await subscriptions.set_rules(tx, after)
    name, change_text = name_of(ctx, view, after), _from_to(ctx, view, change, arguments)
    text = view.words("Saved. {name}, {change}.", name=name, change=change_text)
    undo = {**arguments, "value": typed_value(view, before, arguments["setting"]), SAVED: "yes"}
    buttons = (
        Button(view.words("Take that back"), call=CallRef("edit", undo)),
        Button(view.words("What is posted here"), call=CallRef("list")),
    )
    return answer_with(view, [Text(text), Actions(buttons)])
