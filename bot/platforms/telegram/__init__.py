"""Telegram, by python-telegram-bot: Documents as HTML messages, Operations as requests, Updates as Calls."""

from bot.i18n import Texts
from bot.ports import Platform, PlatformOptions, PlatformSpec

SPEC = PlatformSpec(
    name="telegram",
    label="Telegram",
    extra="telegram",
    credential="TELEGRAM_TOKEN",
    credential_pattern=r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}",  # they stand right after `bot` in addresses
    addresses={"api": "TELEGRAM_BASE_URL"},
    start_link="{bot}?start={payload}",
)


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform; `options.addresses["api"]` replaces https://api.telegram.org.

    Raises `ModuleNotFoundError` without python-telegram-bot.
    """
    from bot.platforms.telegram.connection import Telegram

    return Telegram(options, texts)
