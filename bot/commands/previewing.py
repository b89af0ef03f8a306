"""preview, test: the next digest of a subscription for whoever asks alone, to be read, and as the very
messages that would be posted now.

Nothing counts as told by them.
"""

from collections.abc import Sequence

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.muting import UNMUTED, Mutes, stories_without_muted
from bot.commands.subscription_choice import subscription_at
from bot.commands.subscription_lines import name_of
from bot.commands.views import View, label, moment_in, posted_at, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.jobs.publishing.enqueue import render_payloads
from bot.jobs.publishing.publish import Preview, preview_digest
from bot.model import Answer, Call, Document, Story, Subscription, Text


@command(
    name="preview",
    code="pv",
    section=Section.SUBSCRIPTIONS,
    description="The next digest as it would be posted now, for you alone",
    help_line="the next digest as it would be posted now, for you alone",
    details="Nothing is posted, and nothing counts as told.",
    options=(Option("number", "Its number or name in /list", complete=subscription_numbers),),
    manager=True,
    changes_nothing=True,
    examples=("/preview", "/preview 2"),
)
async def preview(ctx: Context, call: Call) -> Answer:
    """Answer with the next digest of a subscription as it would be posted now; without a number there must be
    only one.
    """
    view = await view_of(ctx, call)
    subscription = await _subscription_with_digest(ctx, view, call)
    shown = await look_ahead(ctx, view, subscription)
    notes = [_announcement(ctx, view, subscription), *map(Text, _cautions(view, shown))]
    edition = () if _precedes_news(shown) else shown.document.blocks
    return Answer(document=Document((*notes, *edition), shown.document.language))


@command(
    name="test",
    code="te",
    section=Section.SUBSCRIPTIONS,
    description="The next digest as the very messages that would be posted now, to you alone",
    help_line="the next digest as the very messages that would be posted now, to you alone",
    details=(
        "They look as they would in that channel: its form, links and buttons. `/preview` shows the same "
        "digest to be read. Nothing is posted, nobody is rung, and nothing counts as told."
    ),
    options=(Option("number", "Its number or name in /list", complete=subscription_numbers),),
    manager=True,
    changes_nothing=True,
    examples=("/test", "/test 2"),
)
async def test_digest(ctx: Context, call: Call) -> Answer:
    """Answer with the messages of the next digest of a subscription, rendered for its channel."""
    view = await view_of(ctx, call)
    subscription = await _subscription_with_digest(ctx, view, call)
    shown = await look_ahead(ctx, view, subscription)
    channel = shown.inputs.channel
    note = view.words(
        "A test, and only you see it: below, {name} as it would be posted in {place} now. Nothing counts as "
        "told.",
        name=name_of(ctx, view, subscription),
        place=channel.name or view.words("this chat"),
    )
    notes = [Text(text) for text in (note, *_cautions(view, shown))]
    sample = () if _precedes_news(shown) else render_payloads(ctx, shown.document, channel, shown.inputs.now)
    return Answer(document=Document(tuple(notes), view.words.language), sample=sample)


async def _subscription_with_digest(ctx: Context, view: View, call: Call) -> Subscription:
    """Return the subscription that a Call names. Raises `CallError` for one that has no digest."""
    number = call.arguments.get("number", "").strip().lstrip("#")
    subscription = await subscription_at(ctx, view, number)
    if not subscription.schedule.times:
        raise CallError(
            "{name} posts news at once and has no digest. /latest shows the newest; for a digest as well: "
            "/schedule {number} now 08:00",
            name=name_of(ctx, view, subscription),
            number=number or 1,
        )
    return subscription


async def look_ahead(
    ctx: Context,
    view: View,
    subscription: Subscription,
    *,
    retells: bool = False,
    mutes: Mutes = UNMUTED,
) -> Preview:
    """Return the next digest of a subscription as it would be now, without what somebody has muted; one that
    `retells` as if nothing had been told. Raises `CallError` where it has just ended.
    """

    async def keep(stories: Sequence[Story]) -> Sequence[Story]:
        return await stories_without_muted(ctx, mutes, stories)

    async with ctx.searches.turn(view.asker):
        shown = await preview_digest(ctx, subscription.id, retells=retells, keep=keep)
    if shown is None:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    return shown


def _announcement(ctx: Context, view: View, subscription: Subscription) -> Text:
    words, zone, name = view.words, view.channel.zone, name_of(ctx, view, subscription)
    upcoming = posted_at(view.channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if upcoming is None:
        return Text(words("Only you see this: the next digest of {name} as it would be now.", name=name))
    when = f"{words.day(upcoming, zone)}, {words.time(upcoming, zone)}"
    text = words(
        "Only you see this: the next digest of {name} as it would be now. It comes on {when} ({zone}).",
        name=name,
        when=when,
        zone=zone,
    )
    return Text(text, moment=moment_in(text, when, zone, upcoming))


def _precedes_news(shown: Preview) -> bool:
    """Tell whether a first digest is looked at before there is anything for it: there is no last one since
    which nothing is new.
    """
    is_first = shown.inputs.previous_slot_at is None and shown.plan.nearest is None
    return is_first and not shown.plan.tells_anything


def _cautions(view: View, shown: Preview) -> Sequence[str]:
    """Say why a digest is as empty as it is."""
    words, subscription = view.words, shown.inputs.subscription
    if shown.plan.stories:
        return ()
    if shown.plan.nearest is not None:
        return (
            words(
                "Nothing passes its bar, “{level}”, by now. /bar shows what each level brings.",
                level=label(subscription.bar, words),
            ),
        )
    if _precedes_news(shown):
        return (
            words("There was no digest yet: the first tells the news since a day before you subscribed."),
        )
    return ()
