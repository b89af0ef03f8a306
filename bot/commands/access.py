"""Who may do what costs something, and how often: strangers on a private instance nothing, everybody within
limits that are named.
"""

from datetime import timedelta

from bot.commands.views import is_operator
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Call, PlaceKind
from bot.store import Tx, places


def take_command(ctx: Context, call: Call) -> None:
    """Take one of the commands that a person may give in a minute. Raises `CallError` where none is left."""
    if call.place.kind is PlaceKind.PAGE:
        return
    wait = ctx.rations.commands.take((call.person.platform, call.person.address), ctx.clock())
    if wait:
        raise CallError(
            (
                "I take {most} commands a minute from one person: please wait {seconds} s. Whoever "
                "runs me can raise that (limits.commands_per_minute)."
            ),
            most=ctx.policy.limits.commands_per_minute,
            seconds=_seconds(wait),
        )


def may_complete(ctx: Context, call: Call) -> bool:
    """Take one of the completions that a person gets in a minute; tell whether there was one left."""
    if call.place.kind is PlaceKind.PAGE:
        return True
    return not ctx.rations.completions.take((call.person.platform, call.person.address), ctx.clock())


def take_claim(ctx: Context, call: Call) -> None:
    """Take one of the codes that a person may try in an hour. Raises `CallError` where none is left.

    What others try takes none of them: strangers would keep whoever has the right code from using it.
    """
    wait = ctx.rations.claims.take((call.person.platform, call.person.address), ctx.clock())
    if wait:
        ctx.log.warning("claim.refused", platform=call.person.platform, person=call.person.address)
        raise CallError(
            "Too many codes were tried. The next try is in {minutes} min.",
            minutes=max(1, _seconds(wait) // 60),
        )


async def take_discovery(ctx: Context, call: Call) -> None:
    """Take one of the addresses that a server may have looked at in an hour, where its people may give any.

    On a private instance (`access.feeds = "closed"`) these are the people who run it, and those who manage a
    place where one of them has added a feed. Raises `CallError` with the limit and who can raise it.
    """
    async with ctx.store.read() as tx:
        operator = await is_operator(tx, call)
        if not await may_add_feeds(tx, ctx, call):
            raise await _closed_error(tx)
    if operator or call.place.kind is PlaceKind.PAGE:
        return
    wait = ctx.rations.discoveries.take(
        (call.place.platform, call.place.server_address or call.place.address), ctx.clock()
    )
    if wait:
        raise CallError(
            (
                "I look at {most} addresses an hour for one server: please wait {minutes} min. "
                "Whoever runs me can raise that (limits.discoveries_per_hour)."
            ),
            most=ctx.policy.limits.discoveries_per_hour,
            minutes=max(1, _seconds(wait) // 60),
        )


async def may_add_feeds(tx: Tx, ctx: Context, call: Call) -> bool:
    """Tell whether feeds of one's own may be added from where a Call comes."""
    if await is_operator(tx, call):
        return True
    if ctx.policy.limits.open_to_strangers or call.place.kind is PlaceKind.PAGE:
        return True
    server = await places.server_at(tx, call.place.platform, call.place.server_address or call.place.address)
    return server is not None and await places.is_trusted(tx, server)


async def _closed_error(tx: Tx) -> CallError:
    if not await places.operators(tx):
        return CallError(
            "Feeds of your own are for whoever runs me, and nobody does yet: the log has the "
            "code for /claim. Topics are open to all, for example /subscribe ai 08:00."
        )
    return CallError(
        "Feeds of your own are closed here: ask whoever runs me to add one in this place, "
        "which opens it to those who manage it. Topics are open to all, for example "
        "/subscribe ai 08:00."
    )


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
