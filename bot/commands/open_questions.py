"""Open questions: which place somebody was asked about last in a chat, so that plain words that follow are
about it, and whether a first talk has been shown already.
"""

from datetime import timedelta
from hashlib import blake2b

from bot.commands.codec import TARGET
from bot.commands.targets import target_of
from bot.jobs import Context
from bot.model import Call, Place
from bot.store import system

OPEN_FOR = timedelta(minutes=30)
"""How long plain words answer a question."""

SHOWN_FOR = timedelta(days=7)
"""How long a first talk is not begun by itself again."""


async def keep_open_question(ctx: Context, call: Call, command: str, place: Place) -> None:
    """Keep that a command has just asked in a chat what is to be posted in another place."""
    target = target_of(place)
    async with ctx.store.write() as tx:
        await system.keep_call(tx, _code(call, ""), command, {TARGET: target}, ctx.clock() + OPEN_FOR)
        await system.keep_call(tx, _code(call, target), command, {}, ctx.clock() + SHOWN_FOR)


async def find_open_question(ctx: Context, call: Call) -> tuple[str, str] | None:
    """Return the command that asked last in a chat, and the target that it asked about; None without one."""
    async with ctx.store.read() as tx:
        kept_call = await system.kept_call(tx, _code(call, ""), ctx.clock())
    return (kept_call[0], kept_call[1][TARGET]) if kept_call else None


async def was_asked(ctx: Context, call: Call, place: Place) -> bool:
    """Tell whether somebody has been asked lately what is to be posted in a place."""
    async with ctx.store.read() as tx:
        return await system.kept_call(tx, _code(call, target_of(place)), ctx.clock()) is not None


def _code(call: Call, target: str) -> str:
    """Return the code that a question is kept under: it tells nobody who was asked."""
    who = (call.person.platform, call.person.address, call.conversation.address, target)
    return f"asked {blake2b(repr(who).encode(), digest_size=8).hexdigest()}"
