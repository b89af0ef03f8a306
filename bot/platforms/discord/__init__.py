"""Discord, by discord.py: Documents as embeds, Operations as requests, interactions as Calls."""

from bot.i18n import Texts
from bot.platforms.discord.connection import Discord
from bot.ports import Platform, PlatformOptions


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform; `options.addresses` may replace `api` (https://discord.com/api/v10) and `gateway`."""
    return Discord(options, texts)
