"""Discord, by discord.py: Documents as layouts, Operations as requests, interactions as Calls."""

from bot.i18n import Texts
from bot.ports import Platform, PlatformOptions, PlatformSpec

SPEC = PlatformSpec(
    name="discord",
    label="Discord",
    extra="discord",
    credential="DISCORD_TOKEN",
    credential_pattern=r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b",
    addresses={"api": "DISCORD_API_URL", "gateway": "DISCORD_GATEWAY_URL"},
)


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform; `options.addresses` may replace `api` (https://discord.com/api/v10) and `gateway`.

    Raises `ModuleNotFoundError` without discord.py.
    """
    from bot.platforms.discord.connection import Discord

    return Discord(options, texts)
