"""preview: the next digest of a subscription as it would be posted now, for whoever asks alone.

Nothing counts as told by it.
"""

from collections.abc import Sequence

from bot.commands.completions import subscription_numbers
from bot.commands.declaration import Option, Section, command
from bot.commands.subscriptions import name_of, subscription_at
from bot.commands.views import View, label, posted_at, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.jobs.publishing.publish import Preview, preview_digest
from bot.model import Answer, Call, Document, Subscription, Text


@command(
    name="preview",
    code="pv",
    section=Section.SUBSCRIPTIONS,
    description="The next digest as it would be posted now, for you alone",
    help_line="the next digest as it would be posted now, for you alone",
    details="Nothing is posted, and nothing counts as told.",
    options=(Option("number", "Its number in /list", complete=subscription_numbers),),
    manager=True,
    changes_nothing=True,
    examples=("/preview", "/preview 2"),
)
async def preview(ctx: Context, call: Call) -> Answer:
    """Answer with the next digest of a subscription as it would be posted now; without a number there must be
    only one.
    """
    view = await view_of(ctx, call)
    number = call.arguments.get("number", "").strip().lstrip("#")
    subscription = await subscription_at(ctx, view, number)
    if not subscription.schedule.times:
        raise CallError(
            "{name} posts news at once and has no digest. /latest shows the newest; for a digest as well: "
            "/schedule {number} now 08:00",
            name=name_of(ctx, view, subscription),
            number=number or 1,
        )
    shown = await look_ahead(ctx, view, subscription)
    notes = [Text(note) for note in (_announcement(ctx, view, subscription), *_cautions(view, shown))]
    edition = () if _precedes_news(shown) else shown.document.blocks
    return Answer(document=Document((*notes, *edition), shown.document.language))


async def look_ahead(
    ctx: Context, view: View, subscription: Subscription, *, retells: bool = False
) -> Preview:
    """Return the next digest of a subscription as it would be now; one that `retells` as if nothing had been
    told. Raises `CallError` where it has just ended.
    """
    async with ctx.searches.turn(view.asker):
        shown = await preview_digest(ctx, subscription.id, retells=retells)
    if shown is None:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    return shown


def _announcement(ctx: Context, view: View, subscription: Subscription) -> str:
    words, zone, name = view.words, view.channel.zone, name_of(ctx, view, subscription)
    upcoming = posted_at(view.channel, subscription.next_slot_at) if subscription.next_slot_at else None
    if upcoming is None:
        return words("Only you see this: the next digest of {name} as it would be now.", name=name)
    return words(
        "Only you see this: the next digest of {name} as it would be now. It comes on {when} ({zone}).",
        name=name,
        when=f"{words.day(upcoming, zone)}, {words.time(upcoming, zone)}",
        zone=zone,
    )


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
