"""Roles of a server, as people name them."""

from bot.errors import CallError, DeliveryError
from bot.jobs import Context
from bot.model import Call, Role

EVERYBODY = frozenset({"@everyone", "@here", "everyone", "here"})
LONGEST_NAME = 40


async def find_role(ctx: Context, call: Call, name: str, *, everybody: CallError, example: str) -> Role:
    """Return the role that somebody means. Raises `CallError`: the given one for the names of everybody, and
    one with an example where there is no such role.
    """
    if name.lower() in EVERYBODY:
        raise everybody
    role = await ask_role(ctx, call, name)
    if role is None:
        raise CallError(
            "There is no role `{role}` in this server. Write @ and pick it, for example: {example}",
            role=name[:LONGEST_NAME],
            example=example,
        )
    return role


async def ask_role(ctx: Context, call: Call, name: str) -> Role | None:
    """Return the role of a name or a mention, None where there is none. Raises `CallError` where the platform
    cannot be asked.
    """
    try:
        return await ctx.platforms[call.place.platform].find_role(call.place, name)
    except DeliveryError as error:
        raise CallError("{text}", text=str(error)) from error
