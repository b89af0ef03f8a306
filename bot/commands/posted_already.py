"""What is posted already: a second subscription to it, and what whoever asks for one may have meant."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.commands.subscription_choice import OF
from bot.commands.subscription_lines import schedule_in_words
from bot.commands.views import View
from bot.errors import CallError
from bot.model import Actions, Answer, Button, CallRef, Document, Item, Listing, Schedule, Subscription, Text
from bot.pipeline.timing.joined import is_monthly, join_schedules
from bot.pipeline.timing.slots import EVERY_DAY, describe


class PostedAlready(CallError):
    """A place has a subscription to the same already."""

    def __init__(self, template: str, existing: Subscription) -> None:
        self.existing = existing
        super().__init__(template, when=existing.schedule)


@dataclass(frozen=True, slots=True)
class WayOn:
    """What may have been meant: what its button says, the line to type, and the Call of both."""

    label: str
    line: str
    call: CallRef


def ask_for_meaning(
    view: View, existing: Subscription, number: int, new_schedule: Schedule, zone: str
) -> Answer:
    """Answer a second subscription to the same, at other times, with what may have been meant: to post at
    both, only at the new ones, or to look back then.
    """
    words = view.words
    ways = tuple(_ways_on(view, existing, number, new_schedule, zone))
    schedule_text = schedule_in_words(existing.schedule, words)
    text = words("That is posted here already ({when}). What is meant?", when=schedule_text)
    lines = Listing(items=tuple(Item(f"{way.label}: {way.line}") for way in ways))
    buttons = (Actions((Button(way.label, call=way.call),)) for way in ways)
    return Answer(document=Document((Text(text), lines, *buttons), words.language), told=False)


def _ways_on(
    view: View, existing: Subscription, number: int, new_schedule: Schedule, zone: str
) -> Iterator[WayOn]:
    words = view.words
    union = join_schedules(existing.schedule, new_schedule)
    if union is not None and union not in {existing.schedule, new_schedule}:
        label = words("Both: {when}", when=schedule_in_words(union, words))
        yield _reschedule(label, existing, number, union, zone)
    label = words("Only {when}", when=schedule_in_words(new_schedule, words))
    yield _reschedule(label, existing, number, new_schedule, zone)
    if _is_rarer(new_schedule, existing.schedule):
        line = _typed(replace(new_schedule, instant=False), zone)
        label = words("A look back: {when}", when=schedule_in_words(new_schedule, words))
        yield WayOn(label, f"/recap {line}", CallRef("recap", {"when": line}))


def _reschedule(label: str, existing: Subscription, number: int, schedule: Schedule, zone: str) -> WayOn:
    line = f"{number} {_typed(schedule, zone)}"
    return WayOn(label, f"/schedule {line}", CallRef("schedule", {"when": line, OF: str(existing.id)}))


def _typed(schedule: Schedule, zone: str) -> str:
    return f"{describe(schedule)} {zone}".strip()


def _is_rarer(new_schedule: Schedule, existing: Schedule) -> bool:
    """Tell whether a schedule posts on few days beside another, so that a look back may be meant."""
    is_seldom = is_monthly(new_schedule) or (len(new_schedule.days) == 1 and existing.days == EVERY_DAY)
    return bool(new_schedule.times) and is_seldom and not is_monthly(existing)
