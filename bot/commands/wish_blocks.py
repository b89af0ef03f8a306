"""The rules of a subscription as a wish shows them, a line each."""

from bot.commands.hindsight import Change
from bot.commands.kind_names import term_name
from bot.commands.subscription_lines import name_of, schedule_in_words
from bot.commands.views import View, label
from bot.jobs import Context
from bot.model import Bar, Block, Heading, Item, Listing, Schedule
from bot.pipeline.filters.grammar import Sign, stored_filter
from bot.pipeline.filters.wishes import Wish


def rules_blocks(ctx: Context, view: View, meaning: Wish, change: Change) -> list[Block]:
    """Return the rules of a subscription, a line each: those that the wish is about, and where they apply."""
    words, after = view.words, change.after
    filter_ = stored_filter(after.filter)
    times = schedule_in_words(after.schedule, words)
    lines = [words("When: {when}", when=f"{times} ({meaning.zone or view.channel.zone})")]
    if change.before is not None and change.before.schedule != after.schedule:
        lines.append(words("Until now: {when}", when=schedule_in_words(change.before.schedule, words)))
    texts = {
        is_refused: ", ".join(
            term_name(term, words) for term in filter_.terms if (term.sign is Sign.NOT) is is_refused
        )
        for is_refused in (False, True)
    }
    if texts[False]:
        lines.append(words("Only: {terms}", terms=texts[False]))
    if texts[True]:
        lines.append(words("Never: {terms}", terms=texts[True]))
    if after.bar is not Bar.EVERYTHING:
        lines.append(words("How important: {level}", level=label(after.bar, words)))
    if meaning.size and is_only_instant(after.schedule):
        lines.append(words.plural("At most one post a day", "At most {n} posts a day", meaning.size))
    elif meaning.size:
        lines.append(words.plural("At most one story", "At most {n} stories", meaning.size))
    name = name_of(ctx, view, after)
    title = words("New: {name}", name=name) if change.before is None else name
    return [Heading(title, after.filter), Listing(items=tuple(map(Item, lines)))]


def is_only_instant(schedule: Schedule) -> bool:
    """Tell whether news only comes at once."""
    return schedule.instant and not schedule.times
