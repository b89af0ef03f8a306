"""settings: everything that can be set in a place on one panel, whose buttons turn it in place.

The panel knows no setting itself: a part of it shows what the command for it answers, and a choice is that
command with an argument, so that both ways always say and do the same.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.commands.declaration import Option, Section, command
from bot.commands.hindsight import SAVED
from bot.commands.looks import LINES
from bot.commands.panel_choices import Choice, times_of, times_with
from bot.commands.registry import registry
from bot.commands.shown_values import NOTHING, find_value, split_name
from bot.commands.subscription_choice import OF, check_is_meant, take_name
from bot.commands.subscription_lines import list_items, name_of
from bot.commands.subscriptions import listing
from bot.commands.views import View, is_before_readers, pause_reasons, view_of
from bot.errors import CallError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Heading,
    Item,
    Listing,
    Payload,
    PlaceKind,
    Subscription,
    Text,
)
from bot.pipeline.timing import quiet_hours
from bot.pipeline.timing.months import day_or_hour
from bot.pipeline.timing.slots import describe, parse_schedule
from bot.store import subscriptions

SIGNS = tuple("+-−–—－!")
"""What a term of a filter may begin with."""

_WHOLE_COMMAND = re.compile(r"/([a-z_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)

ROW = 3
"""Buttons beside one another that a phone still shows whole."""

ROWS_MAX = 4
"""Rows of buttons that one message of every platform holds; of many buttons more stand beside one another."""

LONGEST_LABEL = 40
SUBSCRIPTIONS_MAX = 20
"""Subscriptions among which the panel lets choose; more are set by their commands."""

PANEL = "panel"
"""What a button of the panel carries, so that the panel turns where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the panel: the command behind it, and its argument that a choice gives.

    A `numbered` one is about one subscription; one that `asks_back` shows what a value would have brought
    before it is saved. `hint` says what can be typed beyond the choices.
    """

    name: str
    title: str
    command: str
    argument: str
    hint: str
    choices: tuple[Choice, ...] = ()
    numbered: bool = False
    asks_back: bool = False


PARTS = (
    Part(
        name="times",
        title="Times",
        command="schedule",
        argument="when",
        hint="Other times, days and zones: {example}",
        numbered=True,
    ),
    Part(
        name="bar",
        title="How much",
        command="bar",
        argument="level",
        hint="",
        choices=(
            Choice("everything", "everything"),
            Choice("notable", "notable"),
            Choice("important", "important"),
            Choice("only the biggest", "biggest"),
        ),
        numbered=True,
        asks_back=True,
    ),
    Part(
        name="edit",
        title="Contents",
        command="edit",
        argument="value",
        hint="",
        choices=(
            Choice("{hours} stories a digest", "stories 3", "3"),
            Choice("{hours} stories a digest", "stories 5", "5"),
            Choice("{hours} stories a digest", "stories 8", "8"),
            Choice("two a day of each feed", "cap 2"),
            Choice("any number of each feed", "cap off"),
        ),
        numbered=True,
        asks_back=True,
    ),
    Part(
        name="filter",
        title="Filter",
        command="filter",
        argument="terms",
        hint="Leave out or ask for words, outlets and kinds: {example}",
        numbered=True,
        asks_back=True,
    ),
    Part(
        name="missed",
        title="Missed digests",
        command="missed",
        argument="policy",
        hint="",
        choices=(Choice("as one", "merge"), Choice("leave out", "skip"), Choice("one by one", "each")),
        numbered=True,
    ),
    Part(
        name="languages",
        title="Languages",
        command="languages",
        argument="languages",
        hint="",
        asks_back=True,
    ),
    Part(
        name="quiet",
        title="Quiet hours",
        command="quiet",
        argument="hours",
        hint="Other hours: {example}",
        choices=(
            Choice("{hours}", "22:00-07:00", "22:00–07:00"),
            Choice("{hours}", "23:00-08:00", "23:00–08:00"),
            Choice("{hours}, without a sound", "22:00-07:00 silent", "22:00–07:00"),
            Choice("{hours}, but the biggest", "22:00-07:00 biggest", "22:00–07:00"),
            Choice("no quiet hours", "off"),
        ),
    ),
    Part(
        name="recap",
        title="Look back",
        command="recap",
        argument="when",
        hint="Other days and times: {example}",
        choices=(
            Choice("Sundays at {hours}", "sun 18:00", "18:00"),
            Choice("Mondays at {hours}", "mon 08:00", "08:00"),
            Choice("no look back", "off"),
        ),
    ),
    Part(
        name="once",
        title="Told once",
        command="once",
        argument="whom",
        hint="",
        choices=(Choice("in the whole server", "server"), Choice("in each channel", "channel")),
    ),
    Part(
        name="look",
        title="Look",
        command="look",
        argument="value",
        hint="",
        choices=(
            Choice("headlines alone", "length headline"),
            Choice("one or two sentences", "length line"),
            Choice("a short paragraph", "length short"),
            Choice("only the way to the sources", "buttons links"),
            Choice("no buttons", "buttons none"),
            Choice("hashtags", "hashtags on"),
            Choice("pictures", "pictures on"),
            Choice("no counts", "counts off"),
        ),
        asks_back=True,
    ),
    Part(
        name="pause",
        title="Pause",
        command="pause",
        argument="until",
        hint="Until any other moment: {example}",
        choices=(Choice("for 8 hours", "8h"), Choice("until tomorrow", "tomorrow"), Choice("go on", "off")),
    ),
)
EXAMPLES = {
    "times": "/schedule 1 08:00 18:00 Europe/Rome",
    "filter": '/filter 1 add -crypto +"open weights"',
    "quiet": "/quiet 22:30-06:45",
    "recap": "/recap fri 17:00",
    "pause": "/pause 2026-12-31",
}
NAMES = tuple(part.name for part in PARTS)


@command(
    name="settings",
    code="sg",
    section=Section.CHANNEL,
    description="Everything that can be set here, on one panel",
    help_line="everything that can be set here, on one panel",
    details="Each button is a command that can be typed, too; the panel turns where it stands.",
    options=(
        Option("part", "What to set, such as times, bar, filter, quiet or recap", complete=NAMES),
        Option(
            "value",
            "To what; of a subscription its number first, such as 1 08:00",
            rest=True,
            free_behind=LINES,
        ),
    ),
    carried_options=(PANEL, OF, SAVED),
    manager=True,
    acts=True,
    examples=("/settings", "/settings quiet", "/settings times 1 08:00 18:00"),
)
async def settings(ctx: Context, call: Call) -> Answer:
    """Answer with the panel of a place, or with a part of it; with a value that is set first."""
    view = await view_of(ctx, call)
    async with ctx.store.read() as tx:
        place_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else ()
    if not place_subscriptions:
        return await listing(ctx, call)
    name = call.arguments.get("part", "").strip()
    sample: tuple[Payload, ...] = ()
    if not name:
        blocks = await _front(ctx, view, call, place_subscriptions)
    else:
        part, call = _read_part(ctx, view, call)
        number, value = _read_value(call, part, place_subscriptions)
        call, number, value = _as_typed(call, part, number, value, place_subscriptions)
        value = _value_of_choice(ctx, view, part, value)
        chosen = place_subscriptions[int(number) - 1] if _is_one(number, place_subscriptions) else None
        if chosen is not None:
            check_is_meant(call, chosen)
        if part.numbered and not number:
            blocks = _choice_of_subscription(ctx, view, part, value, place_subscriptions)
        else:
            blocks, sample = await _part_blocks(ctx, view, call, part, number, value, chosen)
    document = Document(tuple(blocks), view.words.language)
    return Answer(document=document, edit=PANEL in call.arguments, sample=sample)


def _read_part(ctx: Context, view: View, call: Call) -> tuple[Part, Call]:
    """Return the part that a Call is about, by its word or its title, and the Call without a title of several
    words. Raises `CallError` with the nearest.
    """
    parts = {part.name: part for part in PARTS}
    name = call.arguments["part"].strip().lower()
    line = f"{name} {call.arguments.get('value', '')}"
    part_name, value = split_name(ctx, view, line, parts, lambda key, words: words(parts[key].title))
    if part_name:
        return parts[part_name], replace(
            call, arguments={**call.arguments, "part": part_name, "value": value}
        )
    similar = difflib.get_close_matches(name, NAMES, n=1, cutoff=0)
    raise CallError(
        "There is no `{name}` among the settings: {parts}. For example /settings {near}",
        name=name[:40],
        parts=", ".join(NAMES),
        near=similar[0],
    )


def _is_one(number: str, place_subscriptions: Sequence[Subscription]) -> bool:
    return bool(number) and 1 <= int(number) <= len(place_subscriptions)


def _read_value(call: Call, part: Part, place_subscriptions: Sequence[Subscription]) -> tuple[str, str]:
    """Return the number of the subscription that a part is about, empty where nobody knows which of several,
    and the value.
    """
    text = call.arguments.get("value", "").strip()
    if not part.numbered:
        return "", text
    match = re.match(r"#?(\d{1,3})(?:\s+|$)", text)
    if match:
        return match[1], text[match.end() :]
    own_number, rest = take_name(text, place_subscriptions)
    return (own_number or ("1" if len(place_subscriptions) == 1 else "")), rest


def _as_typed(
    call: Call, part: Part, number: str, value: str, place_subscriptions: Sequence[Subscription]
) -> tuple[Call, str, str]:
    """Return what a part is to be set to, where somebody typed its whole command (`/schedule 2 10:00`) or the
    signs of a filter without saying what to do with these.

    Raises `CallError` where a number before a time may be that of a subscription as well as an hour.
    """
    match = _WHOLE_COMMAND.fullmatch(value)
    if match is not None and match[1] == part.command:
        arguments = {**call.arguments, "value": match[2] or ""}
        own_number, value = _read_value(replace(call, arguments=arguments), part, place_subscriptions)
        if own_number and own_number != number:
            call = replace(call, arguments={k: text for k, text in call.arguments.items() if k != OF})
        return call, own_number or number, value
    if part.name == "filter" and value.startswith(SIGNS):
        return call, number, f"add {value}"
    if part.name == "times":
        _check_no_number(value, len(place_subscriptions))
    return call, number, value


def _check_no_number(value: str, count: int) -> None:
    """Refuse times that begin with what may be the number of a subscription (`3 09:00`). Raises
    `CallError`.
    """
    match = re.fullmatch(r"#?(\d{1,2})\s+(\S.*)", value)
    if match is None or not 1 <= int(match[1]) <= count or not re.search(r"\d[:.h]\d\d", match[2]):
        return
    raise day_or_hour(value, describe(parse_schedule(value)), f"/schedule {match[1]} {match[2]}")


def form_title(words: Words, arguments: Mapping[str, str]) -> str:
    """Return what a form asks for that a button of the panel opens."""
    part = next((part for part in PARTS if part.name == arguments.get("part")), None)
    return words(part.title) if part else words("Settings")


def _value_of_choice(ctx: Context, view: View, part: Part, value: str) -> str:
    """Return the value of the choice whose label was typed, in any language; what is no label as it is."""
    choices = {choice.value: choice for choice in part.choices}
    return find_value(ctx, view, value, choices, lambda key, words: _label_of(choices[key], words)) or value


async def _front(
    ctx: Context, view: View, call: Call, place_subscriptions: Sequence[Subscription]
) -> list[Block]:
    """Return how everything is set, and a button for each part."""
    words = view.words
    async with ctx.store.read() as tx:
        look_back = await subscriptions.recap_of(tx, view.channel.id)
    quiet = view.channel.quiet
    recap_at = look_back.next_slot_at if look_back else None
    when = (
        f"{words.day(recap_at, view.channel.zone)}, {words.time(recap_at, view.channel.zone)}"
        if recap_at
        else ""
    )
    languages = ", ".join(words.language_name(code) for code in view.channel.languages_read)
    lines = (
        words("Languages: {languages}", languages=languages),
        words("Quiet hours: {hours}", hours=quiet_hours.describe(quiet) if quiet else NOTHING),
        words("Look back: {when}", when=when or NOTHING),
    )
    shown_parts = [
        part for part in PARTS if part.name != "once" or view.channel.kind is not PlaceKind.PRIVATE
    ]
    buttons = [_turn(words(part.title), part.name) for part in shown_parts]
    return [
        *(Text(reason) for reason in pause_reasons(view, ctx.clock())),
        Heading(words("Settings"), view.channel.zone),
        Listing(items=(*list_items(ctx, view, place_subscriptions), *map(Item, lines))),
        *_rows(ctx, call, buttons),
    ]


def _choice_of_subscription(
    ctx: Context, view: View, part: Part, value: str, place_subscriptions: Sequence[Subscription]
) -> list[Block]:
    """Ask which subscription a part is to be about."""
    buttons = [
        _turn(
            f"{number} · {name_of(ctx, view, subscription)}"[:LONGEST_LABEL],
            part.name,
            f"{number} {value}",
            subscription,
        )
        for number, subscription in enumerate(place_subscriptions, start=1)
    ]
    return [
        Heading(view.words(part.title)),
        Text(view.words("Of which subscription?")),
        Actions((*buttons[:SUBSCRIPTIONS_MAX], _turn(view.words("‹ Settings")))),
    ]


async def _part_blocks(
    ctx: Context, view: View, call: Call, part: Part, number: str, value: str, chosen: Subscription | None
) -> tuple[list[Block], tuple[Payload, ...]]:
    """Return a part: what its command says now, or says of the value that it is given, and the choices; what
    the command asks back stays a question with its own buttons.
    """
    sample: tuple[Payload, ...] = ()
    if part.name == "pause" and not value:
        state: Sequence[Block] = _pause_state(ctx, view)
    else:
        set_value = _languages_with(view, value) if part.name == "languages" else value
        if part.name == "times" and chosen is not None:
            set_value = times_with(chosen.schedule, value)
        answer = await registry().by_name[part.command].handler(ctx, _call_of(call, part, number, set_value))
        state, sample = answer.document.blocks, answer.sample
        if value and not set_value:
            note = view.words(
                "The last time stays: /unsubscribe ends a subscription, and /pause lets it rest."
            )
            state = (Text(note), *state)
        view = await view_of(ctx, call)
        async with ctx.store.read() as tx:
            chosen = await subscriptions.get(tx, chosen.id) if chosen is not None else None
    words = view.words
    settings_button = _turn(words("‹ Settings"))
    if part.asks_back and SAVED not in call.arguments and any(map(_saves, state)):
        question = [_in_panel(block, part, number, value, chosen) for block in state]
        return [*question, *_rows(ctx, call, [settings_button])], sample
    choices = _choices(ctx, view, part, chosen)
    buttons = [
        _turn(_label_of(choice, words), part.name, f"{number} {choice.value}", chosen) for choice in choices
    ]
    other_button = replace(_turn(words("Other…"), part.name, number, chosen), asks="value")
    other_buttons = [other_button] if part.hint else []
    example = EXAMPLES.get(part.name, "").replace(" 1 ", f" {number} ", 1)
    hint = words(part.hint, example=example) if part.hint else ""
    blocks = [
        *(block for block in state if not isinstance(block, Actions)),
        *((Text(hint, quiet=True),) if hint else ()),
        *_rows(ctx, call, [*buttons, *other_buttons, settings_button]),
    ]
    return blocks, sample


def _choices(ctx: Context, view: View, part: Part, chosen: Subscription | None) -> Sequence[Choice]:
    """Return the choices of a part: those that turn something on or off show how it is."""
    if part.name == "languages":
        return _languages(ctx, view)
    if part.name == "times" and chosen is not None:
        return times_of(chosen.schedule)
    return part.choices


def _label_of(choice: Choice, words: Words) -> str:
    label = words(choice.label, hours=choice.hours)
    return f"✓ {label}" if choice.is_set else label


def _saves(block: Block) -> bool:
    """Tell whether a block has the button that saves what was shown."""
    buttons = block.buttons if isinstance(block, Actions) else ()
    return any(button.call is not None and SAVED in button.call.arguments for button in buttons)


def _in_panel(block: Block, part: Part, number: str, value: str, chosen: Subscription | None) -> Block:
    """Return what asks whether a value is to be saved with buttons that turn the panel."""
    if not isinstance(block, Actions):
        return block
    save, back = block.buttons
    save_turn = _turn(save.label, part.name, f"{number} {value}", chosen, saves=True)
    return Actions((save_turn, _turn(back.label, part.name, number, chosen)))


def _call_of(call: Call, part: Part, number: str, value: str) -> Call:
    """Return the Call of a part's command: one that only shows, where there is no value."""
    arguments = {part.argument: value}
    match part.name:
        case "times":
            arguments = {part.argument: f"{number} {value}" if value else ""}
        case "look":
            feature, _, look_value = value.partition(" ")
            arguments = {"feature": feature, "value": look_value}
        case "filter":
            arguments = {"number": number, part.argument: value or "list"}
        case _ if part.numbered:
            arguments["number"] = number
    if SAVED in call.arguments:
        arguments[SAVED] = call.arguments[SAVED]
    return replace(call, command=part.command, arguments={k: v for k, v in arguments.items() if v})


def _pause_state(ctx: Context, view: View) -> list[Block]:
    """Say whether anything holds posts back: `/pause` by itself would."""
    reasons = pause_reasons(view, ctx.clock())
    text = view.words("Nothing is paused here. /status says when the next digest comes.")
    return [Text(reason) for reason in reasons] or [Text(text)]


def _languages(ctx: Context, view: View) -> list[Choice]:
    """Return a choice for each language that is spoken: to read it, too, or no longer."""
    read = view.channel.languages_read
    return [
        Choice(view.words.language_name(code), f"{'-' if code in read else '+'}{code}", is_set=code in read)
        for code in ctx.texts.languages
    ]


def _languages_with(view: View, value: str) -> str:
    """Return the languages that a value asks for: `+it` and `-it` add one to those that are read by now, or
    take it away, for a panel may be older than they are; one stays.
    """
    match = re.fullmatch(r"([+-])([a-z]{2,3})", value)
    if match is None:
        return value
    others = [code for code in view.channel.languages_read if code != match[2]]
    new_codes = [*others, match[2]] if match[1] == "+" else others
    return " ".join(new_codes or view.channel.languages_read)


def _turn(
    label: str,
    part: str = "",
    value: str = "",
    subscription: Subscription | None = None,
    *,
    saves: bool = False,
) -> Button:
    """Return a button that turns the panel to a part, or sets a value of it, of one subscription; one that
    `saves` what was shown.
    """
    of = str(subscription.id) if subscription is not None else ""
    arguments = {"part": part, "value": value.strip(), PANEL: "y", OF: of, SAVED: "y" if saves else ""}
    return Button(label, call=CallRef("settings", {name: text for name, text in arguments.items() if text}))


def _rows(ctx: Context, call: Call, buttons: Sequence[Button]) -> list[Actions]:
    """Return buttons in rows that a phone shows whole; none where all readers would have them."""
    if is_before_readers(ctx, call):
        return []
    row = ROW if len(buttons) <= ROW * ROWS_MAX else ROW + 1
    return [Actions(tuple(buttons[start : start + row])) for start in range(0, len(buttons), row)]
