"""What stands beside our name in the lists of members: when the next digest comes."""

import asyncio

import discord
import structlog

from bot.errors import DatabaseUnavailable
from bot.ports import ChatGateway

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
"""Between two looks whether another digest is the next: Discord takes five changes in twenty seconds
("Gateway", Update Presence), and a digest is posted on the minute.
"""


class Presence:
    """Keeps the line beside our name true."""

    def __init__(self, client: discord.Client, gateway: ChatGateway, platform: str) -> None:
        self._client = client
        self._gateway = gateway
        self._platform = platform
        self._shown = ""

    async def keep(self) -> None:
        """Look and change the line until cancelled; while the database cannot be asked it stays as it is."""
        while True:
            try:
                await self._show(await self._gateway.activity(self._platform))
            except DatabaseUnavailable as error:
                log.debug("discord.presence_unknown", cause=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _show(self, line: str) -> None:
        if line == self._shown or self._client.is_closed():
            return
        await self._client.change_presence(activity=discord.CustomActivity(line) if line else None)
        self._shown = line

    def forget(self) -> None:
        """Let the next look show the line anew: a new session begins without one."""
        self._shown = ""
