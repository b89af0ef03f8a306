"""look: how posts of a place look, each change shown as a post before it is saved."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import SAVED, is_to_be_seen, save_call, save_or_back
from bot.commands.shown_values import (
    NOTHING,
    OFF,
    ON,
    find_value,
    is_nothing,
    no_such_value,
    split_name,
    switch_name,
)
from bot.commands.views import View, view_of
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.jobs.publishing.enqueue import render_payloads
from bot.jobs.publishing.publish import preview_digest
from bot.model import (
    Actions,
    Answer,
    Button,
    Call,
    CallRef,
    Document,
    Heading,
    Item,
    Length,
    Listing,
    Look,
    Payload,
    PostButtons,
    Text,
)
from bot.store import places, subscriptions
from bot.text.typed_words import in_english
from bot.text.words import fold, one_line

LINE_MAX = 200
"""Characters of the line above or below a post."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something of a look: values that can be typed (any line of text, where there are none), and the look
    with one of them.
    """

    values: tuple[str, ...]
    change: Callable[[Look, str], Look]


def _flag(value: str) -> bool:
    return value == ON


FEATURES: Mapping[str, Feature] = {
    "length": Feature(
        (*(length.value for length in Length), OFF),
        lambda look, value: replace(look, length=None if value == OFF else Length(value)),
    ),
    "header": Feature((), lambda look, value: replace(look, header=value)),
    "footer": Feature((), lambda look, value: replace(look, footer=value)),
    "hashtags": Feature((ON, OFF), lambda look, value: replace(look, hashtags=_flag(value))),
    "counts": Feature((ON, OFF), lambda look, value: replace(look, counts=_flag(value))),
    "pictures": Feature((ON, OFF), lambda look, value: replace(look, pictures=_flag(value))),
    "previews": Feature((ON, OFF), lambda look, value: replace(look, previews=_flag(value))),
    "buttons": Feature(
        tuple(kind.value for kind in PostButtons),
        lambda look, value: replace(look, buttons=PostButtons(value)),
    ),
}
"""What can be changed of a look, by the word for it."""


LINES = (*(name for name, feature in FEATURES.items() if not feature.values), "line above", "line below")
"""What is a line of somebody's own, by its word and by its name."""


async def _complete_values(ctx: Context, call: Call) -> tuple[str, ...]:  # noqa: ARG001  they are the same everywhere
    return tuple(dict.fromkeys(value for feature in FEATURES.values() for value in feature.values))


@command(
    name="look",
    code="lo",
    section=Section.CHANNEL,
    description="How posts here look: length, lines above and below, hashtags, buttons",
    help_line="how posts here look: /look length short",
    details=(
        "`length` is headline, line, short or long; `header` and `footer` put a line above and below each "
        "post; `hashtags`, `counts`, `pictures` and `previews` (on Telegram, of the page of a single story) "
        "are on or off; `buttons` are full, links (to the sources alone) or none. Each change is shown as "
        "the next digest would look with it before it is saved. Another place is named first where the line "
        "may hold names itself: `/look @wire footer Join @talk`."
    ),
    usage="/look [length|header|footer|hashtags|counts|pictures|previews|buttons VALUE]",
    options=(
        Option(
            "feature",
            "length, header, footer, hashtags, counts, pictures, previews or buttons",
            complete=tuple(FEATURES),
        ),
        Option(
            "value",
            "To what, such as short, on, off, none, or a line",
            rest=True,
            complete=_complete_values,
            free_behind=LINES,
        ),
    ),
    carried_options=(SAVED,),
    manager=True,
    examples=("/look", "/look length short", "/look footer Our chat: #talk"),
)
async def look(ctx: Context, call: Call) -> Answer:
    """Show how posts of a place look, or change something of that: what it comes to is seen first."""
    view = await view_of(ctx, call)
    name, value = _read(ctx, view, call)
    if not name:
        return Answer(document=_card(view))
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    new_look = FEATURES[name].change(view.channel.look, value)
    if new_look == view.channel.look:
        return Answer(document=_card(view))
    if is_to_be_seen(ctx, call):
        return await _show(ctx, view, call, new_look, name)
    async with ctx.store.write() as tx:
        await places.set_look(tx, view.channel.id, new_look)
    before = value_in_words(view.channel.look, name, view.words)
    text = view.words(
        "Saved. {setting}: {after} (before: {before})",
        setting=feature_name(name, view.words),
        after=value_in_words(new_look, name, view.words),
        before=before,
    )
    back = {"feature": name, "value": _typed(view.channel.look, name), SAVED: "yes"}
    undo = Actions((Button(view.words("Take that back"), call=CallRef("look", back)),))
    return Answer(document=Document((Text(text), undo), view.words.language))


def _read(ctx: Context, view: View, call: Call) -> tuple[str, str]:
    """Return the feature and the value that were typed, by their own words or as /look says them. Raises
    `CallError` for what is none.
    """
    word = call.arguments.get("feature", "").strip()
    line = one_line(f"{word} {call.arguments.get('value', '')}")
    if not line:
        return "", ""
    name, value = split_name(ctx, view, line, FEATURES, feature_name)
    if not name:
        similar = difflib.get_close_matches(fold(word), FEATURES, n=1, cutoff=0)
        raise CallError(
            "There is no `{name}` in the look: {settings}. For example {example}",
            name=word[:40],
            settings=", ".join(FEATURES),
            example=_example(similar[0]),
        )
    if not FEATURES[name].values:
        return name, _read_line(name, value)
    if not value:
        raise CallError("Say to what. For example {example}", example=_example(name))
    typed = _find_value(ctx, view, name, value)
    if typed not in FEATURES[name].values:
        names = [_value_name(name, each, view.words) for each in FEATURES[name].values]
        raise no_such_value(value, names, _example(name))
    return name, typed


def _read_line(name: str, value: str) -> str:
    """Return the line of somebody's own that a feature is to have, empty for none. Raises `CallError`."""
    if not value:
        raise CallError("Say to what. For example {example}", example=_example(name))
    if len(value) > LINE_MAX:
        raise CallError("That line has at most {most} characters.", most=LINE_MAX)
    return "" if is_nothing(value) or in_english(value) == OFF else value


def _find_value(ctx: Context, view: View, name: str, value: str) -> str:
    """Return which value of a feature is meant, else the words in those of commands."""

    def value_name(value_key: str, words: Words) -> str:
        return _value_name(name, value_key, words)

    return find_value(ctx, view, value, FEATURES[name].values, value_name) or in_english(value)


def _value_name(name: str, value: str, words: Words) -> str:
    """Return what a value of a feature is called."""
    return value_in_words(FEATURES[name].change(Look(), value), name, words)


def _example(name: str) -> str:
    examples = {"length": "short", "header": "AI at noon", "footer": "Our chat: #talk", "buttons": "links"}
    return f"/look {name} {examples.get(name, ON)}"


async def _show(ctx: Context, view: View, call: Call, new_look: Look, name: str) -> Answer:
    """Answer with the next digest as it would look, and with a button that saves the look."""
    words = view.words
    arguments = {"feature": name, "value": _typed(new_look, name)}
    heading = Heading(feature_name(name, words), value_in_words(new_look, name, words))
    sample = await _sample(ctx, view, new_look)
    note = (
        words("Below, the next digest as it would look.")
        if sample
        else words("There is no digest to show it by.")
    )
    blocks = (heading, Text(note), *save_or_back(words, save_call(call, arguments), CallRef("look")))
    return Answer(document=Document(blocks, words.language), sample=sample)


async def _sample(ctx: Context, view: View, new_look: Look) -> tuple[Payload, ...]:
    """Return the first digest of a place in another look, with what was told before where nothing is new."""
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    digests = [one for one in channel_subscriptions if one.schedule.times]
    if not digests:
        return ()
    async with ctx.searches.turn(view.asker):
        shown = await preview_digest(ctx, digests[0].id, look=new_look)
        if shown is not None and not shown.plan.stories:
            shown = await preview_digest(ctx, digests[0].id, retells=True, look=new_look)
    return render_payloads(ctx, shown.document, shown.inputs.channel, shown.inputs.now) if shown else ()


def _card(view: View) -> Document:
    """Return how posts look, a line for each feature."""
    words, own_look = view.words, view.channel.look
    items = tuple(
        Item(f"{feature_name(name, words)}: {value_in_words(own_look, name, words)}") for name in FEATURES
    )
    examples = ", ".join(_example(name) for name in ("length", "footer", "buttons"))
    hint = Text(words("To change it: {examples}", examples=examples), quiet=True)
    return Document((Heading(words("The look of posts")), Listing(items=items), hint), words.language)


def feature_name(name: str, words: Words) -> str:
    """Return what a feature of a look is called."""
    names = {
        "length": words("length"),
        "header": words("line above"),
        "footer": words("line below"),
        "hashtags": words("hashtags"),
        "counts": words("counts"),
        "pictures": words("pictures"),
        "previews": words("previews of single stories"),
        "buttons": words("buttons"),
    }
    return names[name]


def value_in_words(own_look: Look, name: str, words: Words) -> str:
    """Return the value of a feature as people read it."""
    match name:
        case "length":
            return length_name(own_look.length, words)
        case "header" | "footer":
            return getattr(own_look, name) or NOTHING
        case "buttons":
            return buttons_name(own_look.buttons, words)
        case _:
            return switch_name(ON if getattr(own_look, name) else OFF, words)


def length_name(length: Length | None, words: Words) -> str:
    """Return what a length of stories is called."""
    names: Mapping[Length | None, str] = {
        None: words("as usual"),
        Length.HEADLINE: words("headlines alone"),
        Length.LINE: words("one or two sentences"),
        Length.SHORT: words("a short paragraph"),
        Length.LONG: words("a long paragraph"),
    }
    return names[length]


def buttons_name(buttons: PostButtons, words: Words) -> str:
    """Return what a choice of buttons is called."""
    names = {
        PostButtons.FULL: words("all"),
        PostButtons.LINKS: words("only the way to the sources"),
        PostButtons.NONE: words("none"),
    }
    return names[buttons]


def _typed(own_look: Look, name: str) -> str:
    """Return the value of a feature as it is typed."""
    value = getattr(own_look, name)
    if isinstance(value, bool):
        return ON if value else OFF
    return str(value or OFF)
