"""pause, resume: a person lets nothing be posted in a place for a while.

Another thing than a place that we may not post to: both may be so at once, and neither ends the other.
"""

from datetime import datetime, timedelta
from enum import Enum

from bot.commands.completions import MOMENTS
from bot.commands.declaration import Option, Section, command
from bot.commands.views import View, is_before_readers, pause_end, pause_text, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Actions, Answer, Block, Button, Call, CallRef, Document, Pause, Text
from bot.pipeline.timing.moments import is_bare_day, parse_future
from bot.store import places, subscriptions

CONFIRMED = "confirmed"

LONGEST_WITHOUT_QUESTION = timedelta(days=7)
"""How long a pause may be whose only word is a day."""


class _FirstPost(Enum):
    """In what it is told what happened during a pause."""

    DIGEST = "digest"
    NEWS = "news"


@command(
    name="pause",
    code="pa",
    section=Section.SUBSCRIPTIONS,
    description="Post nothing here for a while",
    help_line="post nothing here until a moment, or until /resume: /pause monday",
    details=(
        "A moment is a length of time (`8h`, `2 days`), a time (`18:00`), a day (`tomorrow`, "
        "`monday 09:30`) or a date (`2026-12-31`). What happens meanwhile is told once, in the first digest "
        "afterwards; where there are none, in one post."
    ),
    options=(Option("until", "Such as 8h, tomorrow, monday 09:30 or a date", rest=True, complete=MOMENTS),),
    carried_options=(CONFIRMED,),
    manager=True,
    acts=True,
    examples=("/pause", "/pause 8h", "/pause monday 09:30"),
)
async def pause(ctx: Context, call: Call) -> Answer:
    """Let nothing be posted in a place until a moment, or until it is resumed."""
    view = await view_of(ctx, call)
    _require_channel(view)
    now = ctx.clock()
    text = call.arguments.get("until", "").strip()
    if text.lower() == "off":
        return await resume(ctx, call)
    until = parse_future(text, view.channel.zone, now) if text else None
    if until is not None and _may_begin_then(view, call, text, until - now, now):
        return _ask_for_end(view, call, text, until, now)
    since = earlier.since if (earlier := view.channel.pause) and earlier.covers(now) else now
    new_pause = Pause(since, until)
    async with ctx.store.write() as tx:
        await places.set_pause(tx, view.channel.id, new_pause)
        await subscriptions.rest_all(tx, view.channel.id, until)
    blocks: list[Block] = [Text(pause_text(view, new_pause))]
    match await _first_post(ctx, view):
        case _FirstPost.DIGEST:
            promise = view.words("What happens meanwhile is told once, in the first digest afterwards.")
            blocks.append(Text(promise, quiet=True))
        case _FirstPost.NEWS:
            promise = view.words("What happens meanwhile is told in one post afterwards.")
            blocks.append(Text(promise, quiet=True))
    if not is_before_readers(ctx, call):
        blocks.append(Actions((Button(view.words("Post again now"), call=CallRef("resume")),)))
    return Answer(document=Document(tuple(blocks), view.words.language))


@command(
    name="resume",
    code="re",
    section=Section.SUBSCRIPTIONS,
    description="Post here again",
    help_line="post here again after /pause",
    manager=True,
    acts=True,
)
async def resume(ctx: Context, call: Call) -> Answer:
    """End the pause of a place; what happened meanwhile is told once."""
    view = await view_of(ctx, call)
    _require_channel(view)
    now = ctx.clock()
    current = view.channel.pause
    if current is None or not current.covers(now):
        text = view.words("Nothing is paused here. /status says when the next digest comes.")
        return Answer(document=Document((Text(text),), view.words.language))
    async with ctx.store.write() as tx:
        await places.set_pause(tx, view.channel.id, Pause(current.since, now))
        await subscriptions.rest_all(tx, view.channel.id, now)
    ctx.wake("publish")
    ctx.wake("deliver")
    match await _first_post(ctx, view):
        case _FirstPost.DIGEST:
            text = view.words(
                "Posts come here again. What happened meanwhile is told once, in the first digest."
            )
        case _FirstPost.NEWS:
            text = view.words("Posts come here again. What happened meanwhile is told in one post.")
        case None:
            text = view.words("Posts come here again.")
    return Answer(document=Document((Text(text),), view.words.language))


def _may_begin_then(view: View, call: Call, text: str, length: timedelta, now: datetime) -> bool:
    """Tell whether a day that was typed alone may be one on which a pause is to begin: it is far away."""
    is_typed = not call.arguments.get(CONFIRMED)
    return is_typed and length > LONGEST_WITHOUT_QUESTION and is_bare_day(text, view.channel.zone, now)


def _ask_for_end(view: View, call: Call, text: str, until: datetime, now: datetime) -> Answer:
    """Ask whether nothing is to be posted from now on, where only a far day was named."""
    end_text = pause_end(view, until, now)
    question = view.words("From now on until {when}? A pause begins when you say it.", when=end_text)
    label = view.words("Post nothing until {when}", when=end_text)
    button = Button(label, call=CallRef("pause", {**call.arguments, "until": text, CONFIRMED: "yes"}))
    return Answer(document=Document((Text(question), Actions((button,))), view.words.language), told=False)


async def _first_post(ctx: Context, view: View) -> _FirstPost | None:
    """Return in what a place is told what happened during a pause, None where it wants nothing."""
    async with ctx.store.read() as tx:
        place_subscriptions = await subscriptions.of_channel(tx, view.channel.id)
    if any(subscription.schedule.times for subscription in place_subscriptions):
        return _FirstPost.DIGEST
    return _FirstPost.NEWS if place_subscriptions else None


def _require_channel(view: View) -> None:
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
