"""How people see and name subscriptions: what each is about, and its line in /list."""

from collections.abc import Sequence
from datetime import datetime

from bot.commands.views import View, label, posted_at
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Bar,
    Item,
    Schedule,
    ShownTime,
    Subscription,
)
from bot.pipeline.filters.grammar import stored_filter
from bot.pipeline.timing.months import LAST_DAY
from bot.pipeline.timing.slots import EVERY_DAY, WORKING_DAYS

FILTER_SHOWN_MAX = 80
"""Characters of a filter that /list shows; /filter shows all of it."""

USUAL_SIZE = 5
"""Stories of a digest for which nobody has said how many."""


def list_items(
    ctx: Context, view: View, channel_subscriptions: Sequence[Subscription], *, numbered: bool = True
) -> tuple[Item, ...]:
    """Return a line for each subscription of a place, with the number by which people name it where all of
    them are given.
    """
    return tuple(
        Item(
            " · ".join(
                [
                    *([str(n)] if numbered else []),
                    name_of(ctx, view, subscription),
                    *_bar(view, subscription),
                    *_filter(subscription),
                    *_size(view, subscription),
                    _next_time(view, subscription),
                ]
            ),
            moments=_moments(view, subscription),
        )
        for n, subscription in enumerate(channel_subscriptions, start=1)
    )


def name_of(ctx: Context, view: View, subscription: Subscription) -> str:
    """Return what people call a subscription: its topic, or its feeds and their topic; before it its short
    name, where it has one.
    """
    subject = subject_of(ctx, view, subscription)
    return f"{subscription.name} ({subject})" if subscription.name else subject


def subject_of(ctx: Context, view: View, subscription: Subscription) -> str:
    """Return what a subscription is about: its topic, or its feeds and their topic."""
    topic = subscription.own_topic or (
        view.words(ctx.rules.topics[subscription.topic].title)
        if subscription.topic in ctx.rules.topics
        else view.words("everything")
    )
    titles = [feed.title for feed in view.feeds if feed.id in subscription.feed_ids]
    return f"{', '.join(titles)} ({topic})" if titles else topic


def schedule_in_words(schedule: Schedule, words: Words) -> str:
    """Return when a subscription posts, in a language; `parse_schedule` reads it, too."""
    parts = [words("at once")] if schedule.instant else []
    days: list[str] = []
    if month_days := _month_days_in_words(schedule, words):
        days.append(month_days)
    elif schedule.days == WORKING_DAYS:
        days.append(words("Monday to Friday"))
    elif schedule.days != EVERY_DAY:
        days.append(", ".join(map(words.weekday_name, schedule.days)))
    if schedule.times:
        parts.append(" ".join((*days, *(at.strftime("%H:%M") for at in schedule.times))))
    return ", ".join(parts)


def _month_days_in_words(schedule: Schedule, words: Words) -> str:
    """Return on which days of a month a subscription posts, empty where that is no rule of it."""
    if schedule.weeks:
        names = [words.weekday_of_month(week, day) for week in schedule.weeks for day in schedule.days]
        return words("on the {day} of each month", day=", ".join(names))
    if schedule.month_days == (LAST_DAY,):
        return words("on the last day of each month")
    days, count = words.month_days(schedule.month_days), len(schedule.month_days)
    if not count:
        return ""
    return words.plural("on the {days} of each month", "on the {days} of each month", count, days=days)


def _bar(view: View, subscription: Subscription) -> list[str]:
    """Return the bar of a subscription that has one."""
    return [] if subscription.bar is Bar.EVERYTHING else [label(subscription.bar, view.words)]


def _size(view: View, subscription: Subscription) -> list[str]:
    """Return how many stories a digest of a subscription has at most, where somebody said so."""
    if subscription.size == USUAL_SIZE:
        return []
    return [view.words.plural("one story at most", "{n} stories at most", subscription.size)]


def _filter(subscription: Subscription) -> list[str]:
    """Return the filter of a subscription that has one; of a long one the beginning, and how many terms more
    there are: what stands behind it is to be seen, too.
    """
    terms = [str(term) for term in stored_filter(subscription.filter).terms]
    first_terms: list[str] = []
    while (
        len(first_terms) < len(terms)
        and len(" ".join((*first_terms, terms[len(first_terms)]))) <= FILTER_SHOWN_MAX
    ):
        first_terms.append(terms[len(first_terms)])
    if len(first_terms) < len(terms):
        return [" ".join((*first_terms, f"… (+{len(terms) - len(first_terms)})"))]
    return [" ".join(first_terms)] if first_terms else []


def _next_time(view: View, subscription: Subscription) -> str:
    text = schedule_in_words(subscription.schedule, view.words)
    upcoming = posted_at(view.channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if upcoming is None:
        return text
    return f"{text} · {view.words('next: {when}', when=_day_and_time(view, upcoming))}"


def _day_and_time(view: View, moment: datetime) -> str:
    return f"{view.words.day(moment, view.channel.zone)} {view.words.time(moment, view.channel.zone)}"


def _moments(view: View, subscription: Subscription) -> tuple[ShownTime, ...]:
    upcoming = posted_at(view.channel, subscription.next_slot_at) if subscription.next_slot_at else None
    return (ShownTime(_day_and_time(view, upcoming), int(upcoming.timestamp())),) if upcoming else ()
