"""`strillone run`: read feeds, post digests and answer commands until a signal says to stop or to begin
again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.app.logs import configure
from bot.app.roles import Role
from bot.app.running import plan_for, restart_on_signal, running, stop_on_signal
from bot.cli import RESTART_CODE
from bot.errors import SettingsError
from bot.feeds.opml import read_opml
from bot.platforms import chat_platforms
from bot.settings import load


async def run(*, new_claim: bool, role: str) -> int:
    """Run with the settings as they stand now; return `RESTART_CODE` when they are to be read anew, else 0.

    Raises what ended a part that the whole cannot go on without, and `SettingsError` for settings that cannot
    be used.
    """
    settings = load(read_opml)
    log = configure(settings.secrets)
    plan = replace(plan_for(settings), new_claim=new_claim, role=Role(role))
    stop_request = stop_on_signal()
    restart_on_signal(stop_request, _problems, log)
    async with running(settings, plan, log) as strillone:
        log.info(
            "instance.running",
            role=role,
            platforms=sorted(plan.platforms),
            page=strillone.url,
            data=str(settings.data),
        )
        if not {spec.name for spec in chat_platforms()} & plan.platforms.keys():
            log.warning(
                "platform.none_configured",
                variables=[spec.credential for spec in chat_platforms()],
                note="only the local page works: set one of the variables, in the environment or in .env",
            )
        await asyncio.wait({stop_request, strillone.failure}, return_when=asyncio.FIRST_COMPLETED)
        if strillone.failure.done():
            strillone.failure.result()
        log.info("instance.stopping")
    log.info("instance.stopped")
    return RESTART_CODE if stop_request.result() else 0


def _problems() -> Sequence[str]:
    try:
        load(read_opml)
    except SettingsError as error:
        return error.problems
    return ()
