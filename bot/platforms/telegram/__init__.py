"""Telegram, by python-telegram-bot: Documents as HTML messages, Operations as requests, Updates as Calls."""

from bot.platforms.telegram.connection import Telegram
from bot.ports import Platform, PlatformOptions
from bot.texts import Texts


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform; `options.addresses["api"]` replaces https://api.telegram.org."""
    return Telegram(options, texts)
