"""Which subscription of a place is meant: by its number in /list, its short name, or what /list calls it."""

import re
from collections.abc import Sequence

from bot.commands.declaration import Command
from bot.commands.subscription_lines import name_of, subject_of
from bot.commands.topics import find_topic
from bot.commands.views import View
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, Subscription, Text
from bot.store import subscriptions
from bot.text.words import fold

OF = "of"
"""What a button about one subscription carries beside its number: its id."""

CHOICES_MAX = 8
NAME_WORDS_MAX = 6
LABEL_MAX = 40
"""Subscriptions that are offered where it is asked which is meant, and characters of the button of each."""


class UnknownSubscription(CallError):
    """What was named is none of a place's subscriptions, or there are several and none was named; `choices`
    are what each is called, with its id.
    """

    def __init__(self, template: str, name: str, choices: Sequence[tuple[str, int]]) -> None:
        self.name = name
        self.choices = choices
        super().__init__(template, count=len(choices))


def ask_which_subscription(words: Words, call: Call, command: Command, error: UnknownSubscription) -> Answer:
    """Ask which subscription a Call is about, with a button for each and a line to type; without these where
    a command names its subscription behind other words.
    """
    question = Text(words(error.template, **error.values))
    if not command.usage.partition(" ")[2].strip("[").startswith("NUMBER"):
        return Answer(document=Document((question,), words.language), told=False)
    line = " ".join(filter(None, (call.arguments.get(option.name, "") for option in command.options)))
    rest = line.removeprefix("#").removeprefix(error.name).strip() if error.name else line
    example = words("For example: {example}", example=f"/{command.spec.name} 1 {rest}".strip())
    rows = tuple(
        Actions(
            (
                Button(
                    f"{number} · {name}"[:LABEL_MAX],
                    call=_subscription_call(command, number, subscription, rest),
                ),
            )
        )
        for number, (name, subscription) in enumerate(error.choices[:CHOICES_MAX], start=1)
    )
    return Answer(document=Document((question, Text(example), *rows), words.language), told=False)


def _subscription_call(command: Command, number: int, subscription: int, rest: str) -> CallRef:
    """Return the Call of a command about one subscription, with the rest of what was typed."""
    values = f"{number} {rest}".strip()
    arguments = {}
    for option in command.options:
        value, _, values = (values, "", "") if option.rest else values.partition(" ")
        if value and option.name not in command.carried_options:
            arguments[option.name] = value
    of = {OF: str(subscription)} if OF in command.carried_options else {}
    return CallRef(command.spec.name, {**arguments, **of})


def _find_by_name(
    ctx: Context, view: View, name: str, channel_subscriptions: Sequence[Subscription]
) -> Subscription | None:
    """Return the only subscription that a name means: its own, its topic's, or a part of what /list calls
    it.
    """
    folded_name = fold(name)
    own_number, rest = take_name(name, channel_subscriptions)
    if own_number and not rest:
        return channel_subscriptions[int(own_number) - 1]
    if not re.search(r"[^\W\d_]{2}", folded_name):
        return None
    topic = find_topic(ctx, name)
    of_topic = [
        one
        for one in channel_subscriptions
        if topic and one.topic == topic and not (one.feed_ids or one.own_topic)
    ]
    by_list = [one for one in channel_subscriptions if folded_name in fold(name_of(ctx, view, one))]
    return next((matches[0] for matches in (of_topic, by_list) if len(matches) == 1), None)


async def split_number(ctx: Context, view: View, *values: str) -> tuple[str, str]:
    """Return the number of the subscription that the values of some options begin with, by its number or what
    /list calls it, and the rest; an empty one where they begin with neither, for it may be left out.
    """
    line = " ".join(filter(None, map(str.strip, values)))
    number_match = re.match(r"#?(\d{1,4})(?:\s+|$)", line)
    if number_match:
        return number_match[1], line[number_match.end() :].strip()
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    return take_list_name(ctx, view, line, channel_subscriptions)


def take_list_name(
    ctx: Context, view: View, line: str, channel_subscriptions: Sequence[Subscription]
) -> tuple[str, str]:
    """Return the number of the subscription that a line begins with as /list calls it, by its short name, its
    topic or its feeds, empty for none, and the rest.
    """
    number, rest = take_name(line, channel_subscriptions)
    words = [] if number else line.split()
    for count in range(min(len(words), NAME_WORDS_MAX), 0, -1):
        name = " ".join(words[:count])
        matches = [
            number
            for number, subscription in enumerate(channel_subscriptions, start=1)
            if _is_called(ctx, view, subscription, name)
        ]
        if len(matches) == 1:
            return str(matches[0]), " ".join(words[count:])
    return number, rest


def _is_called(ctx: Context, view: View, subscription: Subscription, name: str) -> bool:
    """Tell whether a name is that of a subscription, as a whole."""
    if fold(name) in {fold(name_of(ctx, view, subscription)), fold(subject_of(ctx, view, subscription))}:
        return True
    is_of_feeds = bool(subscription.feed_ids or subscription.own_topic)
    return not is_of_feeds and find_topic(ctx, name) == subscription.topic


def take_name(line: str, channel_subscriptions: Sequence[Subscription]) -> tuple[str, str]:
    """Return the number of the subscription whose short name a line begins with, empty for none, and the
    rest.
    """
    first, _, rest = line.strip().partition(" ")
    for number, subscription in enumerate(channel_subscriptions, start=1):
        if subscription.name and fold(subscription.name) == fold(first):
            return str(number), rest.strip()
    return "", line.strip()


def check_is_meant(call: Call, subscription: Subscription) -> None:
    """Refuse a button that was given for another subscription: numbers move up when one ends. Raises
    `CallError`.
    """
    if call.arguments.get(OF, str(subscription.id)) != str(subscription.id):
        raise CallError("What is posted here has changed since. /list shows it; please say that again.")


async def subscription_at(ctx: Context, view: View, number: str) -> Subscription:
    """Return a subscription of a place by its number in /list, or by its name there; without either there
    must be only one. Raises `CallError` otherwise.
    """
    number = number.strip().removeprefix("#")
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    if not channel_subscriptions:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    if not number and len(channel_subscriptions) == 1:
        return channel_subscriptions[0]
    by_name = _find_by_name(ctx, view, number, channel_subscriptions)
    if by_name is not None:
        return by_name
    if not re.fullmatch(r"[0-9]{1,4}", number) or not 1 <= int(number) <= len(channel_subscriptions):
        raise UnknownSubscription(
            "Say which one: a number from 1 to {count}, or a name, as /list shows them.",
            number,
            [(name_of(ctx, view, one), one.id) for one in channel_subscriptions],
        )
    return channel_subscriptions[int(number) - 1]
