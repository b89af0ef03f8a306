"""What can be changed of a subscription by /edit: how values are read, and how they are shown."""

import difflib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.commands.kind_names import kind_name
from bot.commands.own_topics import own_topic_called, own_topics_of, similar_own_topic
from bot.commands.shown_values import NOTHING, OFF, find_value, is_nothing
from bot.commands.subscription_lines import subject_of
from bot.commands.topics import find_topic, similar_topic
from bot.commands.views import View
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.lexicon import LEXICONS
from bot.model import Subscription
from bot.pipeline.filters.grammar import Field, Filter, FilterTerm, Sign, stored_filter
from bot.pipeline.filters.matching import names_of_kinds
from bot.pipeline.planning.plan import caps_of
from bot.store import subscriptions
from bot.text.typed_words import WEEKDAYS, in_english, is_everything
from bot.text.words import fold, one_line

NAME = re.compile(r"[^\W_][\w-]{0,31}")
STORIES_MAX = 10
LIMIT_MAX = 100
FEEDS_MAX = 20
SHOWN_MAX = 200
"""Characters of a value that an answer shows."""

ALL = "all"
RESERVED = frozenset(
    """
    all off add remove list test now today week edit everything notable important biggest merge skip each
    server channel daily weekdays weekends silent none no yes mon tue wed thu fri sat sun
    """.split()
)
"""Words that commands read in the place of a name, beside those that say when."""

PLACE = "\0"
"""Stands for the kinds in a text that is to be recognised."""

Edit = Callable[[Context, View, Subscription, str], Awaitable[Subscription]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Something of a subscription that can be changed: an example, how a value is read, and whether another
    one brings other stories, so that it is seen before it is saved.
    """

    example: str
    change: Edit
    is_seen_first: bool = True


def example_of(setting: str, number: str) -> str:
    """Return how a setting of a subscription is typed."""
    return f"/edit {number} {setting} {SETTINGS[setting].example}"


def wrong_value(setting: str, value: str, number: str = "1") -> CallError:
    """Return what is right for a setting."""
    example = example_of(setting, number)
    if not value:
        return CallError("Say to what. For example {example}", example=example)
    return CallError(
        "`{value}` does not fit here. Right is, for example: {example}", value=value[:40], example=example
    )


# --- what can be changed -----------------------------------------------------------------------------------


async def _set_name(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    """Return it with a short name of one word that no other has."""
    if value.lower() == OFF or is_nothing(value):
        return replace(subscription, name="")
    if not NAME.fullmatch(value) or value.isdigit() or _is_of_a_command(value):
        raise CallError(
            "A short name is one word of letters and numbers, at most 32, and no word of a command: "
            "/edit 1 name papers"
        )
    async with ctx.store.read() as tx:
        others = await subscriptions.of_channel(tx, view.channel.id)
    if any(_is_called(ctx, other, value) for other in others if other.id != subscription.id):
        raise CallError("Another subscription here is called `{name}` already.", name=value)
    return replace(subscription, name=value)


def _is_of_a_command(value: str) -> bool:
    """Tell whether a command would read a word in the place of a name, in any language of ours: a setting, a
    level, a day, a topic.
    """
    english = in_english(value)
    typed_words = {word for lexicon in LEXICONS.values() for _, word in lexicon.typed.phrases()}
    return (
        bool({fold(value), english} & (RESERVED | SETTINGS.keys()))
        or fold(value) in map(fold, typed_words)
        or not set(WEEKDAYS).isdisjoint(english.split())
    )


def _is_called(ctx: Context, subscription: Subscription, name: str) -> bool:
    """Tell whether a name means another subscription: by its own name, or by what it is about."""
    if fold(subscription.name) == fold(name):
        return True
    about = subscription.own_topic or subscription.topic
    return fold(about) == fold(name) or find_topic(ctx, name) == about


async def _set_topic(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    """Return it about another topic, one of the server's own first."""
    own_topics = await own_topics_of(ctx, view)
    if own := own_topic_called(value, own_topics):
        return replace(subscription, topic=own.within, own_topic=own.name, topic_terms=own.terms)
    topic = find_topic(ctx, value) or (ALL if is_everything(value) else "")
    if not topic:
        near = similar_own_topic(value, own_topics) or similar_topic(ctx, value) or "ai"
        raise CallError(
            "`{what}` is no topic. Did you mean {near}? /topics names all of them.",
            what=value[:60],
            near=near,
        )
    return replace(subscription, topic=topic, own_topic="", topic_terms="")


async def _set_feeds(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    """Return it drawing on some feeds alone, by their numbers and words of their names; on all again."""
    if _is_all(ctx, view, value):
        return replace(subscription, feed_ids=())
    feed_ids: dict[int, None] = {}
    parts = value.split(",") if "," in value or not re.fullmatch(r"[#\d\s]+", value) else value.split()
    for part in filter(None, map(str.strip, parts)):
        feed_ids |= dict.fromkeys(_feeds_called(view, part))
    if len(feed_ids) > FEEDS_MAX:
        raise CallError("A subscription names at most {most} feeds.", most=FEEDS_MAX)
    return replace(subscription, feed_ids=tuple(feed_ids))


def _feeds_called(view: View, text: str) -> list[int]:
    if re.fullmatch(r"#?\d{1,9}", text):
        feed_ids = [feed.id for feed in view.feeds if feed.number == int(text.lstrip("#"))]
    else:
        feed_ids = [feed.id for feed in view.feeds if fold(text) in fold(f"{feed.outlet}\n{feed.title}")]
    if feed_ids:
        return feed_ids
    titles = {fold(feed.title): feed.title for feed in view.feeds if feed.title}
    similar = difflib.get_close_matches(fold(text), titles, n=1, cutoff=0)
    raise CallError(
        "No feed here is called `{name}`. The nearest: {near}. /subscribe ADDRESS adds another.",
        name=text[:40],
        near=titles[similar[0]] if similar else "",
    )


async def _set_stories(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:  # noqa: ARG001  every setting is read alike
    return replace(subscription, size=_number(value, "stories", STORIES_MAX, may_end=False))


async def _set_hour(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    return replace(subscription, posts_per_hour=_read_limit(ctx, view, value, "hour"))


async def _set_day(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    return replace(subscription, posts_per_day=_read_limit(ctx, view, value, "day"))


async def _set_cap(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    return replace(subscription, feed_cap=_read_limit(ctx, view, value, "cap"))


def _number(value: str, setting: str, most: int, *, may_end: bool = True) -> int:
    """Return a number from 1 to the most there may be; 0 for `off`."""
    word = in_english(value)
    if may_end and word in {OFF, ALL}:
        return 0
    if not re.fullmatch(r"[0-9]{1,3}", word) or not 1 <= int(word) <= most:
        raise wrong_value(setting, value)
    return int(word)


async def _set_kinds(ctx: Context, view: View, subscription: Subscription, value: str) -> Subscription:
    """Return it with terms for some kinds of news, and all others of its filter."""
    current = stored_filter(subscription.filter)
    others = Filter(tuple(term for term in current.terms if term.field is not Field.KIND))
    if _is_all(ctx, view, value):
        return replace(subscription, filter=str(others))
    kind_by_name = _kinds_by_name(ctx)
    kinds_line = _shown_kinds(ctx, value)
    terms = [
        term
        for part in kinds_line.split(",")
        if part.strip()
        for term in _kind_terms(part.strip(), kind_by_name)
    ]
    return replace(subscription, filter=str(others.with_terms(Filter(tuple(terms)))))


def _read_limit(ctx: Context, view: View, value: str, setting: str) -> int:
    """Return a limit as a number, 0 for none."""
    is_none = find_value(ctx, view, value, (OFF,), lambda _, words: words("no limit")) or is_nothing(value)
    return 0 if is_none else _number(value, setting, LIMIT_MAX)


def _is_all(ctx: Context, view: View, value: str) -> bool:
    """Tell whether a value takes what narrows a subscription away."""
    is_called_so = find_value(ctx, view, value, (ALL,), lambda _, words: words("all"))
    return bool(is_called_so) or is_everything(value) or in_english(value) == OFF


def _shown_kinds(ctx: Context, value: str) -> str:
    """Return kinds as they are typed, where a value says them as /edit shows them (`only releases · no
    opinion`); any other as it is.
    """
    return ", ".join(kind for part in value.split("·") for kind in _typed_kinds(ctx, one_line(part)))


def _typed_kinds(ctx: Context, part: str) -> list[str]:
    for words in map(ctx.texts.for_language, ctx.texts.languages):
        only_template, no_template = (words("only {kinds}", kinds=PLACE), words("no {kinds}", kinds=PLACE))
        for sign, template in ((Sign.ANY, only_template), (Sign.NOT, no_template)):
            start, _, end = template.partition(PLACE)
            line = fold(part)
            if not (line.startswith(fold(start)) and line.endswith(fold(end))):
                continue
            names = line.removeprefix(fold(start)).removesuffix(fold(end))
            kinds = [name.strip() for name in names.split(",")]
            if kinds and set(kinds) <= _kinds_by_name(ctx).keys():
                return [f"{sign}{kind}" for kind in kinds]
    return [part]


def _kinds_by_name(ctx: Context) -> dict[str, str]:
    """Return the kinds of news by what they are called in any language of the bot."""
    kinds = names_of_kinds(ctx.kinds)
    every_words = [ctx.texts.for_language(language) for language in ctx.texts.languages]
    kind_by_name = {fold(kind_name(kind, words)): kind for words in every_words for kind in kinds}
    return kind_by_name | {fold(f"{kind}s"): kind for kind in kinds} | {fold(kind): kind for kind in kinds}


def _kind_terms(text: str, kind_by_name: Mapping[str, str]) -> list[FilterTerm]:
    """Return the terms of a line: one for all of its words, where a kind is called so, else one for each."""
    sign = Sign.NOT if text.startswith("-") else Sign.ANY
    if kind := kind_by_name.get(fold(text.lstrip("-+"))):
        return [FilterTerm(sign, Field.KIND, kind)]
    if " " in text:
        return [term for word in text.split() for term in _kind_terms(word, kind_by_name)]
    similar = difflib.get_close_matches(fold(text.lstrip("-+")), kind_by_name, n=1, cutoff=0.5)
    raise CallError(
        "`{value}` is no kind of news. The nearest: {near}. There are {kinds}.",
        value=text[:40],
        near=f"{sign}{kind_by_name[similar[0]] if similar else 'release'}",
        kinds=", ".join(dict.fromkeys(kind_by_name.values())),
    )


SETTINGS: Mapping[str, Setting] = {
    "name": Setting("papers", _set_name, is_seen_first=False),
    "topic": Setting("robotics", _set_topic),
    "feeds": Setting("wire, ledger", _set_feeds),
    "stories": Setting("3", _set_stories),
    "hour": Setting("2", _set_hour, is_seen_first=False),
    "day": Setting("6", _set_day, is_seen_first=False),
    "cap": Setting("2", _set_cap),
    "kinds": Setting("release -opinion", _set_kinds),
}
"""What can be changed, by the word for it."""


# --- how it is shown ---------------------------------------------------------------------------------------


def setting_name(setting: str, words: Words) -> str:
    """Return what a setting is called."""
    labels = {
        "name": words("name"),
        "topic": words("topic"),
        "feeds": words("feeds"),
        "stories": words("stories a digest"),
        "hour": words("posts at once an hour"),
        "day": words("posts at once a day"),
        "cap": words("stories a day of each feed"),
        "kinds": words("kinds"),
    }
    return labels[setting]


def value_in_words(ctx: Context, view: View, subscription: Subscription, setting: str) -> str:
    """Return the value of a setting as people read it."""
    words = view.words
    caps = caps_of(subscription, ctx.policy.caps)
    is_at_once = subscription.schedule.instant or subscription.posts_per_hour or subscription.posts_per_day
    match setting:
        case "hour" | "day" if not is_at_once:
            return NOTHING
        case "name":
            return subscription.name or NOTHING
        case "topic":
            return subject_of(ctx, view, replace(subscription, feed_ids=()))
        case "feeds":
            titles = [feed.title for feed in view.feeds if feed.id in subscription.feed_ids]
            return ", ".join(titles)[:SHOWN_MAX] or words("all")
        case "stories":
            return words.number(subscription.size)
        case "hour":
            return _limit(words, caps.hour)
        case "day":
            return _limit(words, caps.day)
        case "cap":
            return _limit(words, subscription.feed_cap)
        case _:
            return _kinds_in_words(subscription, words)


def _limit(words: Words, most: int) -> str:
    return words.number(most) if 0 < most <= LIMIT_MAX else words("no limit")


def _kinds_in_words(subscription: Subscription, words: Words) -> str:
    terms = [term for term in stored_filter(subscription.filter).terms if term.field is Field.KIND]
    wanted_names = [kind_name(term.text, words) for term in terms if term.sign is not Sign.NOT]
    refused_names = [kind_name(term.text, words) for term in terms if term.sign is Sign.NOT]
    parts = [words("only {kinds}", kinds=", ".join(wanted_names))] if wanted_names else []
    parts += [words("no {kinds}", kinds=", ".join(refused_names))] if refused_names else []
    return " · ".join(parts) or words("all")


def typed_value(view: View, subscription: Subscription, setting: str) -> str:
    """Return the value of a setting as it is typed."""
    match setting:
        case "name":
            return subscription.name or OFF
        case "topic":
            return subscription.own_topic or subscription.topic
        case "feeds":
            numbers = {feed.id: feed.number for feed in view.feeds}
            return ", ".join(str(numbers.get(feed_id, feed_id)) for feed_id in subscription.feed_ids) or ALL
        case "stories":
            return str(subscription.size)
        case "hour":
            return str(subscription.posts_per_hour or OFF)
        case "day":
            return str(subscription.posts_per_day or OFF)
        case "cap":
            return str(subscription.feed_cap or OFF)
        case _:
            terms = [term for term in stored_filter(subscription.filter).terms if term.field is Field.KIND]
            return " ".join(f"{term.sign}{term.text}" for term in terms) or ALL
